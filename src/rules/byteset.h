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

static inline void byteset_add_range(struct byteset *s, unsigned from, unsigned to)
{
	for (unsigned c = from; c <= to && c <= 255; c++)
		byteset_add(s, (uint8_t)c);
}

static inline void byteset_union(struct byteset *s, const struct byteset *other)
{
	for (size_t i = 0; i < 4; i++)
		s->w[i] |= other->w[i];
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

/* Adds the other case of every member. */
static inline void byteset_fold(struct byteset *s, bool latin1)
{
	for (unsigned c = 0; c < 256; c++) {
		if (byteset_has(s, (uint8_t)c))
			byteset_add(s, byte_other_case((uint8_t)c, latin1));
	}
}
