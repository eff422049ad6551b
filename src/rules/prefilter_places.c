/* SPDX-License-Identifier: BSD-2-Clause */
#include "rules/prefilter_places.h"

#include <assert.h>

/* LISTED: are written to a list at least, whatever there is. */
enum { LISTED = 4 };

static_assert((int)PLACES_SPARE >= (int)LISTED, "there is room for these behind the places");

/* The places of a word's bits. Where it has few there is no branch that depends on them. */
static size_t list_word(uint64_t bits, size_t first, uint16_t *to)
{
	size_t n = 0;

	while (bits) {
		for (unsigned i = 0; i < LISTED; i++) {
			to[n] =
			    (uint16_t)(first + (unsigned)__builtin_ctzll(bits | UINT64_C(1) << 63));
			n += bits != 0;
			bits &= bits - 1;
		}
	}
	return n;
}

static size_t list_plain(const uint64_t bits[GRAMS_WORDS], size_t n, uint16_t *place)
{
	size_t count = 0;

	for (size_t i = 0; i * 64 < n; i++)
		count += list_word(bits[i], i * 64, place + count);
	return count;
}

#if defined(__x86_64__)
#include <immintrin.h>

#define WITH_AVX512                                                                                \
	__attribute__((target("avx512f,avx512bw,avx512vl,avx512vbmi,avx512vbmi2,popcnt")))

/* 0 to 63. */
static const uint8_t numbers[64] = {
	0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21,
	22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43,
	44, 45, 46, 47, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63,
};

/* A word's set bits: their numbers, moved together. */
WITH_AVX512 static size_t list_avx512(const uint64_t bits[GRAMS_WORDS], size_t n, uint16_t *place)
{
	const __m512i all = _mm512_loadu_si512(numbers);
	size_t count = 0;

	for (size_t i = 0; i * 64 < n; i++) {
		__m512i set = _mm512_maskz_compress_epi8(bits[i], all);
		__m512i first = _mm512_set1_epi16((short)(i * 64));
		__m512i low = _mm512_cvtepu8_epi16(_mm512_castsi512_si256(set));
		size_t more = (size_t)_mm_popcnt_u64(bits[i]);

		_mm512_storeu_si512(place + count, _mm512_add_epi16(low, first));
		if (more > 32) { /* hardly ever */
			__m512i high = _mm512_cvtepu8_epi16(_mm512_extracti64x4_epi64(set, 1));

			_mm512_storeu_si512(place + count + 32, _mm512_add_epi16(high, first));
		}
		count += more;
	}
	return count;
}

#endif

size_t places_list(enum cpu_vectors form, const uint64_t bits[GRAMS_WORDS], size_t n,
		   uint16_t place[GRAMS_PLACES + PLACES_SPARE])
{
#if defined(__x86_64__)
	if (form == CPU_AVX512)
		return list_avx512(bits, n, place);
#else
	(void)form;
#endif
	return list_plain(bits, n, place);
}
