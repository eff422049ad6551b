/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * With AVX2 both bytes are compared at 32 places at once, in either case: a byte that has another case is
 * set a bit apart from it. White space has more than two forms, and is not compared so.
 */
#include "rules/prefilter_ask.h"

#include "core/must.h"
#include "rules/needs.h"

#include <string.h>

/* How often a byte stands in mail; white space: more often than all. */
static unsigned often(uint8_t c)
{
	struct byteset one = { { 0 } };

	byteset_add(&one, c);
	return c == ' ' ? UINT32_MAX : needs_frequency(&one);
}

bool ask_init(struct ask *k, struct str text)
{
	size_t first = 0, second = 0;

	must(text.n <= NEEDS_MAX_LITERAL);
	for (size_t i = 1; i < text.n; i++) {
		if (often((uint8_t)text.p[i]) < often((uint8_t)text.p[first]))
			first = i;
	}
	if (!text.n || text.p[first] == ' ')
		return false;
	for (size_t i = 0; i < text.n; i++) {
		if (i != first &&
		    (second == first || often((uint8_t)text.p[i]) < often((uint8_t)text.p[second])))
			second = i;
	}
	if (text.p[second] == ' ')
		second = first;
	*k = (struct ask){ text, (uint8_t)first, (uint8_t)second };
	return true;
}

static bool stands_at(const struct ask *k, const char *p)
{
	for (size_t i = 0; i < k->text.n; i++) {
		if (byte_fold((uint8_t)p[i]) != (uint8_t)k->text.p[i])
			return false;
	}
	return true;
}

bool ask_stands_in_plain(const struct ask *k, struct str subject)
{
	for (size_t at = 0; at + k->text.n <= subject.n; at++) {
		if (stands_at(k, subject.p + at))
			return true;
	}
	return false;
}

#if defined(__x86_64__)
#include <immintrin.h>

#define WITH_AVX2 __attribute__((target("avx2")))

enum { BLOCK = 32 };

/* A byte in both cases. */
struct both {
	__m256i bit, byte;
};

WITH_AVX2 static inline struct both both_of(char c)
{
	uint8_t other = byte_other_case((uint8_t)c, true);

	return (struct both){ _mm256_set1_epi8((char)(other ^ (uint8_t)c)), _mm256_set1_epi8(c) };
}

WITH_AVX2 static inline __m256i is_byte(const char *p, const struct both *b)
{
	return _mm256_cmpeq_epi8(_mm256_or_si256(_mm256_loadu_si256((const void *)p), b->bit),
				 b->byte);
}

/* Both bytes of a literal, and where they are in it. */
struct pair {
	struct both b[2];
	size_t at[2];
};

WITH_AVX2 static inline __m256i pair_at(const struct pair *p, const char *from)
{
	return _mm256_and_si256(is_byte(from + p->at[0], &p->b[0]),
				is_byte(from + p->at[1], &p->b[1]));
}

/* Whether it stands at one of the places behind `from` that have a bit. */
static bool stands_at_one(const struct ask *k, const char *from, uint64_t places)
{
	for (; places; places &= places - 1) {
		if (stands_at(k, from + __builtin_ctzll(places)))
			return true;
	}
	return false;
}

WITH_AVX2 static inline uint32_t places_of(__m256i pairs)
{
	return (uint32_t)_mm256_movemask_epi8(pairs);
}

/* last: the last place, at most BLOCK - 1. */
WITH_AVX2 static bool stands_in_few(const struct ask *k, const struct pair *p, struct str s,
				    size_t last)
{
	char copy[2 * BLOCK + NEEDS_MAX_LITERAL] = { 0 };
	uint32_t places;

	memcpy(copy, s.p, s.n);
	places = places_of(pair_at(p, copy)) & (uint32_t)((UINT64_C(2) << last) - 1);
	return places && stands_at_one(k, copy, places);
}

WITH_AVX2 static bool stands_in_avx2(const struct ask *k, struct str s)
{
	const struct pair p = { { both_of(k->text.p[k->first]), both_of(k->text.p[k->second]) },
				{ k->first, k->second } };
	size_t last, at = 0;
	uint32_t places;

	if (s.n < k->text.n)
		return false;
	last = s.n - k->text.n;
	if (last < BLOCK)
		return stands_in_few(k, &p, s, last);
	for (; at + 2 * BLOCK <= last; at += 2 * BLOCK) {
		__m256i one = pair_at(&p, s.p + at), two = pair_at(&p, s.p + at + BLOCK);

		if (_mm256_testz_si256(_mm256_or_si256(one, two), _mm256_set1_epi8(-1)))
			continue;
		if (stands_at_one(k, s.p + at, places_of(one) | (uint64_t)places_of(two) << BLOCK))
			return true;
	}
	places = at + BLOCK <= last ? places_of(pair_at(&p, s.p + at)) : 0;
	if (places && stands_at_one(k, s.p + at, places))
		return true;
	places = places_of(pair_at(&p, s.p + last - (BLOCK - 1)));
	return places && stands_at_one(k, s.p + last - (BLOCK - 1), places);
}

bool ask_stands_in(const struct ask *k, struct str subject)
{
	return __builtin_cpu_supports("avx2") ? stands_in_avx2(k, subject)
					      : ask_stands_in_plain(k, subject);
}

#else

bool ask_stands_in(const struct ask *k, struct str subject)
{
	return ask_stands_in_plain(k, subject);
}

#endif
