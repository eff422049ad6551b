/* SPDX-License-Identifier: BSD-2-Clause */
/* Four places at once where the machine has AVX2. */
#include "rules/prefilter_masks.h"

#include <string.h>

size_t masks_next_plain(const struct masks *m, uint64_t open, const uint8_t *c, size_t n,
			size_t from)
{
	for (size_t i = from; open && i < n; i++) {
		uint64_t left = open & m->at[0][c[i]] & m->at[1][c[i + 1]];

		for (size_t k = 2; left && k < MASKS_DEPTH; k++)
			left &= m->at[k][c[i + k]];
		if (left)
			return i;
	}
	return n;
}

#if defined(__x86_64__)
#include <immintrin.h>

#define WITH_AVX2 __attribute__((target("avx2")))

/* A byte's mask for four bytes in a row. */
WITH_AVX2 static inline __m256i masks_at(const uint64_t *table, const uint8_t *c)
{
	int four;

	memcpy(&four, c, sizeof(four));
	return _mm256_i64gather_epi64((const long long *)table,
				      _mm256_cvtepu8_epi64(_mm_cvtsi32_si128(four)), 8);
}

WITH_AVX2 static size_t masks_next_avx2(const struct masks *m, uint64_t open, const uint8_t *c,
					size_t n, size_t from)
{
	__m256i all = _mm256_set1_epi64x((long long)open);
	size_t i = from;

	for (; open && i + 4 <= n; i += 4) {
		__m256i front =
		    _mm256_and_si256(masks_at(m->at[0], c + i), masks_at(m->at[1], c + i + 1));
		__m256i back =
		    _mm256_and_si256(masks_at(m->at[2], c + i + 2), masks_at(m->at[3], c + i + 3));
		__m256i none = _mm256_cmpeq_epi64(
		    _mm256_and_si256(_mm256_and_si256(front, back), all), _mm256_setzero_si256());
		unsigned some = (unsigned)_mm256_movemask_pd((__m256d)none) ^ 15;

		if (some)
			return i + (unsigned)__builtin_ctz(some);
	}
	return masks_next_plain(m, open, c, n, i);
}

size_t masks_next(const struct masks *m, uint64_t open, const uint8_t *c, size_t n, size_t from)
{
	return __builtin_cpu_supports("avx2") ? masks_next_avx2(m, open, c, n, from)
					      : masks_next_plain(m, open, c, n, from);
}

#else

size_t masks_next(const struct masks *m, uint64_t open, const uint8_t *c, size_t n, size_t from)
{
	return masks_next_plain(m, open, c, n, from);
}

#endif
