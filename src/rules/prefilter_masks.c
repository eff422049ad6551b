/* SPDX-License-Identifier: BSD-2-Clause */
/* Eight places at once where the machine has AVX2. */
#include "rules/prefilter_masks.h"

#include <assert.h>
#include <string.h>

static_assert((int)MASKS_MARGIN >= 7 + (int)NEEDS_WINDOW,
	      "eight places are looked at where one is left");

void masks_look_plain(const struct masks *m, uint32_t open, const uint8_t *c, size_t n,
		      uint64_t ret[MASKS_WORDS])
{
	memset(ret, 0, MASKS_WORDS * sizeof(*ret));
	for (size_t i = 0; i < n; i++) {
		uint32_t left = open & m->at[0][c[i]] & m->at[1][c[i + 1]] & m->at[2][c[i + 2]] &
				m->at[3][c[i + 3]];

		ret[i / 64] |= (uint64_t)(left != 0) << (i % 64);
	}
}

#if defined(__x86_64__)
#include <immintrin.h>

#define WITH_AVX2 __attribute__((target("avx2")))

/* The masks of eight bytes in a row. */
WITH_AVX2 static inline __m256i masks_at(const uint32_t *table, const uint8_t *c)
{
	__m256i eight = _mm256_cvtepu8_epi32(_mm_loadl_epi64((const void *)c));

	return _mm256_i32gather_epi32((const int *)table, eight, 4);
}

WITH_AVX2 static void masks_look_avx2(const struct masks *m, uint32_t open, const uint8_t *c,
				      size_t n, uint64_t ret[MASKS_WORDS])
{
	__m256i all = _mm256_set1_epi32((int)open);
	uint8_t bits[MASKS_PLACES / 8] = { 0 };

	for (size_t i = 0; i < n; i += 8) {
		__m256i front =
		    _mm256_and_si256(masks_at(m->at[0], c + i), masks_at(m->at[1], c + i + 1));
		__m256i back =
		    _mm256_and_si256(masks_at(m->at[2], c + i + 2), masks_at(m->at[3], c + i + 3));
		__m256i none = _mm256_cmpeq_epi32(
		    _mm256_and_si256(_mm256_and_si256(front, back), all), _mm256_setzero_si256());

		bits[i / 8] = (uint8_t)~_mm256_movemask_ps((__m256)none);
	}
	memcpy(ret, bits, sizeof(bits));
	if (n % 64)
		ret[n / 64] &= UINT64_MAX >> (64 - n % 64);
}

void masks_look(const struct masks *m, uint32_t open, const uint8_t *c, size_t n,
		uint64_t ret[MASKS_WORDS])
{
	if (__builtin_cpu_supports("avx2"))
		masks_look_avx2(m, open, c, n, ret);
	else
		masks_look_plain(m, open, c, n, ret);
}

#else

void masks_look(const struct masks *m, uint32_t open, const uint8_t *c, size_t n,
		uint64_t ret[MASKS_WORDS])
{
	masks_look_plain(m, open, c, n, ret);
}

#endif
