/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * With AVX2 both bytes are compared at 32 places at once, with AVX-512 at 64, in either case: a byte that has another
 * case is set a bit apart from it. White space has more than two forms, and is not compared so.
 */
#include "rules/prefilter_ask.h"

#include "core/must.h"
#include <string.h>

/* How often a byte stands in mail; white space: more often than all. */
static unsigned often(uint8_t c)
{
	struct byteset one = { { 0 } };

	byteset_add(&one, c);
	return c == ' ' ? UINT32_MAX : needs_frequency(&one);
}

static uint8_t case_bit(char c)
{
	return byte_other_case((uint8_t)c, true) ^ (uint8_t)c;
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
	*k = (struct ask){ .length = (uint8_t)text.n,
			   .first = (uint8_t)first,
			   .second = (uint8_t)second,
			   .first_bit = case_bit(text.p[first]),
			   .second_bit = case_bit(text.p[second]) };
	memcpy(k->text, text.p, text.n);
	return true;
}

static bool stands_at(const struct ask *k, const char *p)
{
	for (size_t i = 0; i < k->length; i++) {
		if (byte_fold((uint8_t)p[i]) != (uint8_t)k->text[i])
			return false;
	}
	return true;
}

static bool stands_in_plain(const struct ask *k, struct str subject)
{
	for (size_t at = 0; at + k->length <= subject.n; at++) {
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

WITH_AVX2 static inline struct both both_of(char c, uint8_t bit)
{
	return (struct both){ _mm256_set1_epi8((char)bit), _mm256_set1_epi8(c) };
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
	const struct pair p = { { both_of(k->text[k->first], k->first_bit),
				  both_of(k->text[k->second], k->second_bit) },
				{ k->first, k->second } };
	size_t last, at = 0;
	uint32_t places;

	if (s.n < k->length)
		return false;
	last = s.n - k->length;
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

#define WITH_AVX512 __attribute__((target("avx512f,avx512bw,avx512vl")))

/* A byte at 64 places, and the bit that its other case lacks. */
struct both_64 {
	__m512i bit, byte;
};

WITH_AVX512 static inline struct both_64 both_64_of(char c, uint8_t bit)
{
	return (struct both_64){ _mm512_set1_epi8((char)bit), _mm512_set1_epi8(c) };
}

/* At which of these places the byte stands; no others are read. */
WITH_AVX512 static inline __mmask64 where(const struct both_64 *b, const char *p, __mmask64 places)
{
	__m512i x = _mm512_maskz_loadu_epi8(places, p);

	return _mm512_mask_cmpeq_epi8_mask(places, _mm512_or_si512(x, b->bit), b->byte);
}

WITH_AVX512 static bool stands_in_avx512(const struct ask *k, struct str s)
{
	const struct both_64 one = both_64_of(k->text[k->first], k->first_bit);
	const struct both_64 two = both_64_of(k->text[k->second], k->second_bit);
	const char *first = s.p + k->first, *second = s.p + k->second;

	if (s.n < k->length)
		return false;
	for (size_t at = 0, left = s.n - k->length + 1; left;) {
		size_t n = left < 64 ? left : 64;
		uint64_t places = where(&two, second + at, UINT64_MAX >> (64 - n));

		places &= where(&one, first + at, UINT64_MAX >> (64 - n));
		if (places && stands_at_one(k, s.p + at, places))
			return true;
		at += n;
		left -= n;
	}
	return false;
}

#endif

bool ask_stands_in(enum cpu_vectors form, const struct ask *k, struct str subject)
{
	switch (form) {
#if defined(__x86_64__)
	case CPU_AVX512: return stands_in_avx512(k, subject);
	case CPU_AVX2: return stands_in_avx2(k, subject);
#endif
	default: return stands_in_plain(k, subject);
	}
}
