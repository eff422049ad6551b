/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * bits: sets of small numbers, a bit each, in words of 64. The owner knows how large a set is (bits_words()),
 * where it lives, and clears it before use; bits behind the last number stay 0.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Words of a set of the numbers below n. */
static inline size_t bits_words(size_t n)
{
	return (n + 63) / 64;
}

static inline bool bits_has(const uint64_t *set, size_t i)
{
	return set[i / 64] >> i % 64 & 1;
}

static inline void bits_add(uint64_t *set, size_t i)
{
	set[i / 64] |= (uint64_t)1 << i % 64;
}

static inline void bits_remove(uint64_t *set, size_t i)
{
	set[i / 64] &= ~((uint64_t)1 << i % 64);
}

/* The first member from `from` on, n if there is none below n. Members may be added behind it in between. */
static inline size_t bits_next(const uint64_t *set, size_t n, size_t from)
{
	size_t w = from / 64;
	uint64_t rest;

	if (from >= n)
		return n;
	rest = set[w] >> from % 64 << from % 64;
	while (!rest && ++w < bits_words(n))
		rest = set[w];
	return rest ? w * 64 + (size_t)__builtin_ctzll(rest) : n;
}

/* For each member below n, ascending. */
#define BITS_EACH(set, n, i)                                                                       \
	for (size_t i = bits_next((set), (n), 0); i < (n); i = bits_next((set), (n), i + 1))
