/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * block: sixteen bytes looked at together, for loops that seek the next byte of some kind in a text where most
 * are of no interest. Written in the compiler's vectors, so any processor will do; only the step from a
 * comparison to bits knows one. Nothing is read behind a text's end.
 *
 *	for (size_t i = 0; i < s.n; i += BLOCK_BYTES) {
 *		unsigned at = block_bits(block_is(block_of(s, i), '\n')) & block_valid(s, i);
 *		if (at)
 *			return i + block_first(at);
 *	}
 */
#pragma once

#include "core/str.h"

#include <stdint.h>

typedef unsigned char block __attribute__((vector_size(16)));

enum { BLOCK_BYTES = sizeof(block) };

static inline uint64_t block_word(const char *p)
{
	uint64_t w;

	memcpy(&w, p, sizeof(w));
	return w;
}

/* n < 8 bytes as the low ones of a word in memory's order, read in pieces that may overlap. */
static inline uint64_t block_short_word(const char *p, size_t n)
{
	const unsigned char *u = (const unsigned char *)p;
	uint32_t low, high;

	if (n < 4)
		return n ? u[0] | (uint64_t)u[n / 2] << n / 2 * 8 |
			       (uint64_t)u[n - 1] << (n - 1) * 8
			 : 0;
	memcpy(&low, p, 4);
	memcpy(&high, p + n - 4, 4);
	return low | (uint64_t)high << (n - 4) * 8;
}

/* ascii_lower() of eight bytes: bit 7 of a byte says whether it is a letter to fold, and becomes 0x20. */
static inline uint64_t block_lower_word(uint64_t w)
{
	const uint64_t each = 0x0101010101010101u;
	uint64_t low = w & 0x7f * each;
	uint64_t from_a = low + (0x80 - 'A') * each, above_z = low + (0x7f - 'Z') * each;

	return w | ((from_a ^ above_z) & ~w & 0x80 * each) >> 2;
}

static inline block block_at(const char *p)
{
	block b;

	memcpy(&b, p, sizeof(b));
	return b;
}

/* n < 16 bytes at p; behind them 0. */
static inline block block_part(const char *p, size_t n)
{
	uint64_t w[2] = { 0, 0 };
	block b;

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
	memcpy(w, p, n);
#else
	w[0] = n < 8 ? block_short_word(p, n) : block_word(p);
	w[1] = n > 8 ? block_word(p + n - 8) >> (16 - n) * 8 : 0;
#endif
	memcpy(&b, w, sizeof(b));
	return b;
}

/* The last n < 16 of 16 bytes that end at `end`; behind them 0. */
static inline block block_tail(const char *end, size_t n)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ && defined(__SIZEOF_INT128__)
	unsigned __int128 all;
	block b;

	if (!n)
		return (block){ 0 };
	memcpy(&all, end - BLOCK_BYTES, sizeof(all));
	all >>= (BLOCK_BYTES - n) * 8;
	memcpy(&b, &all, sizeof(b));
	return b;
#else
	return block_part(end - n, n);
#endif
}

/* The bytes of s from i (at most s.n) on; behind its end 0. */
static inline block block_of(struct str s, size_t i)
{
	size_t left = s.n - i;

	if (left >= BLOCK_BYTES)
		return block_at(s.p + i);
	return s.n >= BLOCK_BYTES ? block_tail(s.p + s.n, left) : block_part(s.p + i, left);
}

/* Which bits of a block at s[i] stand for bytes of s. */
static inline unsigned block_valid(struct str s, size_t i)
{
	return s.n - i >= BLOCK_BYTES ? 0xffffu : (1u << (s.n - i)) - 1;
}

/* Each of these: 0xff where it is so, 0 elsewhere. They are joined with | & ~. */
static inline block block_is(block b, char c)
{
	return (block)(b == (unsigned char)c);
}

/* Unsigned. */
static inline block block_below(block b, unsigned char c)
{
	return (block)(b < c);
}

/* first .. first + n - 1 */
static inline block block_in(block b, unsigned char first, unsigned char n)
{
	return block_below((block)(b - first), n);
}

static inline block block_high(block b)
{
	return (block)(b > 0x7f);
}

/* ascii_is_space() */
static inline block block_space(block b)
{
	return block_is(b, ' ') | block_in(b, '\t', 5);
}

/* A bit for each byte, the first is bit 0. Of comparisons only. */
static inline unsigned block_bits(block b)
{
#ifdef __SSE2__
	typedef char chars __attribute__((vector_size(16)));

	return (unsigned)__builtin_ia32_pmovmskb128((chars)b);
#else
	unsigned bits = 0;

	for (unsigned i = 0; i < BLOCK_BYTES; i++)
		bits |= (b[i] & 1u) << i;
	return bits;
#endif
}

/* bits: not 0. */
static inline size_t block_first(unsigned bits)
{
	return (size_t)__builtin_ctz(bits);
}

static inline size_t block_count(unsigned bits)
{
	return (size_t)__builtin_popcount(bits);
}
