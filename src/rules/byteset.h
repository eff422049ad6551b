/* SPDX-License-Identifier: BSD-2-Clause */
/* byteset: a set of byte values, as character classes and first-byte tests need it. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct byteset {
	uint64_t w[4];
};

static inline void byteset_add(struct byteset *s, uint8_t c)
{
	s->w[c >> 6] |= UINT64_C(1) << (c & 63);
}

static inline bool byteset_has(const struct byteset *s, uint8_t c)
{
	return s->w[c >> 6] >> (c & 63) & 1;
}

/* from <= 255; a `to` over 255 is 255. */
static inline void byteset_add_range(struct byteset *s, unsigned from, unsigned to)
{
	unsigned last = to > 255 ? 255 : to;

	for (unsigned i = from >> 6; from <= last && i <= last >> 6; i++) {
		unsigned low = i == from >> 6 ? from & 63 : 0;
		unsigned high = i == last >> 6 ? last & 63 : 63;

		s->w[i] |= UINT64_MAX >> (63 - high) & UINT64_MAX << low;
	}
}

/* Whether all members of the other one are in it. */
static inline bool byteset_holds(const struct byteset *s, const struct byteset *other)
{
	uint64_t more = 0;

	for (size_t i = 0; i < 4; i++)
		more |= other->w[i] & ~s->w[i];
	return !more;
}

static inline void byteset_union(struct byteset *s, const struct byteset *other)
{
	for (size_t i = 0; i < 4; i++)
		s->w[i] |= other->w[i];
}

static inline void byteset_intersect(struct byteset *s, const struct byteset *other)
{
	for (size_t i = 0; i < 4; i++)
		s->w[i] &= other->w[i];
}

static inline bool byteset_is_empty(const struct byteset *s)
{
	return !(s->w[0] | s->w[1] | s->w[2] | s->w[3]);
}

static inline bool byteset_same(const struct byteset *s, const struct byteset *other)
{
	return s->w[0] == other->w[0] && s->w[1] == other->w[1] && s->w[2] == other->w[2] &&
	       s->w[3] == other->w[3];
}

static inline void byteset_invert(struct byteset *s)
{
	for (size_t i = 0; i < 4; i++)
		s->w[i] = ~s->w[i];
}

static inline size_t byteset_count(const struct byteset *s)
{
	size_t n = 0;

	for (size_t i = 0; i < 4; i++)
		n += (size_t)__builtin_popcountll(s->w[i]);
	return n;
}

/*
 * The other case of a byte, itself when it has none: ASCII letters, and with `latin1` those of ISO 8859-1
 * (C0-D6 D8-DE and E0-F6 F8-FE), which is how Perl folds octets under (?aa).
 */
static inline uint8_t byte_other_case(uint8_t c, bool latin1)
{
	uint8_t low = c | 0x20;

	if (low >= 'a' && low <= 'z')
		return c ^ 0x20;
	if (latin1 && low >= 0xe0 && low != 0xf7 && low != 0xff)
		return c ^ 0x20;
	return c;
}

/* The least member that is `from` or more; 256: none. */
static inline unsigned byteset_next(const struct byteset *s, unsigned from)
{
	for (unsigned i = from >> 6; i < 4; i++) {
		uint64_t rest = s->w[i] & (i == from >> 6 ? UINT64_MAX << (from & 63) : UINT64_MAX);

		if (rest)
			return i * 64 + (unsigned)__builtin_ctzll(rest);
	}
	return 256;
}

/* Adds the other case of every member: both cases of a letter are 32 bits apart in one word. */
static inline void byteset_fold(struct byteset *s, bool latin1)
{
	const uint64_t ascii = 0x07fffffe, high = 0x7f7fffff; /* A-Z; C0-D6 D8-DE */
	uint64_t either = (s->w[1] | s->w[1] >> 32) & ascii;

	s->w[1] |= either | either << 32;
	either = latin1 ? (s->w[3] | s->w[3] >> 32) & high : 0;
	s->w[3] |= either | either << 32;
}
