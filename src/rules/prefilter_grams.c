/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The pass over the bytes. With AVX2 eight hashes are made and looked up at once (a gather from a map of
 * at most 8 kB); without it one by one. Both give the same bits.
 */
#include "rules/prefilter_grams.h"

#include "rules/needs.h"

#include <string.h>

void grams_fold_plain(struct grams_piece *piece, size_t offset, const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		piece->at[offset + i] = byte_fold((uint8_t)p[i]);
}

static uint32_t load32(const uint8_t *p)
{
	uint32_t x;

	memcpy(&x, p, sizeof(x));
	return x;
}

size_t grams_map_words(size_t n, unsigned *ret_shift)
{
	unsigned bits = GRAMS_MIN_BITS;

	while (bits < GRAMS_MAX_BITS && n > 1u << (bits - 6))
		bits++;
	*ret_shift = 32 - bits;
	return (size_t)1 << (bits - 5);
}

void grams_look_plain(const struct grams_piece *piece, size_t n, const struct grams_map *m,
		      uint64_t ret[GRAMS_WORDS])
{
	const uint8_t *p = piece->at + GRAMS_MARGIN;

	for (size_t i = 0; i < n; i++) {
		uint32_t bit = grams_hash(load32(p + i)) >> m->shift;

		if (i % 64 == 0)
			ret[i / 64] = 0;
		ret[i / 64] |= (uint64_t)(m->word[bit / 32] << bit % 32 >> 31) << (i % 64);
	}
}

#if defined(__x86_64__)
#include <immintrin.h>

#define WITH_AVX2 __attribute__((target("avx2")))

/* from..to of unsigned bytes: all bits set. */
WITH_AVX2 static inline __m256i within(__m256i x, char from, char to)
{
	__m256i up = _mm256_sub_epi8(x, _mm256_set1_epi8(from));

	return _mm256_cmpeq_epi8(_mm256_min_epu8(up, _mm256_set1_epi8((char)(to - from))), up);
}

/* byte_fold() of 32 bytes. */
WITH_AVX2 static inline __m256i fold(__m256i x)
{
	__m256i high = _mm256_andnot_si256(_mm256_cmpeq_epi8(x, _mm256_set1_epi8((char)0xd7)),
					   within(x, (char)0xc0, (char)0xde));
	__m256i upper = _mm256_or_si256(within(x, 'A', 'Z'), high);
	__m256i low = _mm256_or_si256(x, _mm256_and_si256(upper, _mm256_set1_epi8(0x20)));

	return _mm256_blendv_epi8(low, _mm256_set1_epi8(' '), within(x, '\t', '\r'));
}

WITH_AVX2 static void fold_avx2(struct grams_piece *piece, size_t offset, const char *p, size_t n)
{
	size_t i = 0;

	for (; i + 32 <= n; i += 32) {
		__m256i x = _mm256_loadu_si256((const void *)(p + i));

		_mm256_storeu_si256((void *)(piece->at + offset + i), fold(x));
	}
	if (i < n) {
		char rest[32] = { 0 };
		__m256i x;

		memcpy(rest, p + i, n - i);
		x = _mm256_loadu_si256((const void *)rest);
		x = fold(x);
		memcpy(rest, &x, sizeof(rest));
		memcpy(piece->at + offset + i, rest, n - i);
	}
}

/* A map's members, one in each lane. */
struct lanes {
	const struct grams_map *map;
	__m256i factor, low;
	__m128i bit, word; /* shifts of a hash */
};

/* The bits of the grams at p, p + 4 ..., each as the highest bit of its lane. */
WITH_AVX2 static inline __m256i bits_at(const uint8_t *p, const struct lanes *l)
{
	__m256i gram = _mm256_loadu_si256((const void *)p);
	__m256i hash = _mm256_mullo_epi32(gram, l->factor);
	__m256i word =
	    _mm256_i32gather_epi32((const int *)l->map->word, _mm256_srl_epi32(hash, l->word), 4);
	__m256i at = _mm256_and_si256(_mm256_srl_epi32(hash, l->bit), l->low);

	return _mm256_and_si256(_mm256_sllv_epi32(word, at), _mm256_set1_epi32((int)0x80000000u));
}

WITH_AVX2 static void grams_look_avx2(const struct grams_piece *piece, size_t n,
				      const struct grams_map *m, uint64_t ret[GRAMS_WORDS])
{
	const uint8_t *from = piece->at + GRAMS_MARGIN;
	struct lanes l = { m, _mm256_set1_epi32((int)grams_hash(1)), _mm256_set1_epi32(31),
			   _mm_cvtsi32_si128((int)m->shift), _mm_cvtsi32_si128((int)m->shift + 5) };
	uint32_t bits;

	if (!n)
		return;
	ret[(n - 1) / 64] = 0; /* may be filled by half */
	for (size_t i = 0; i < n; i += 32) {
		const uint8_t *p = from + i;
		__m256i even = _mm256_or_si256(_mm256_srli_epi32(bits_at(p, &l), 24),
					       _mm256_srli_epi32(bits_at(p + 2, &l), 8));
		__m256i odd =
		    _mm256_or_si256(_mm256_srli_epi32(bits_at(p + 1, &l), 16), bits_at(p + 3, &l));

		bits = (uint32_t)_mm256_movemask_epi8(_mm256_or_si256(even, odd));
		memcpy((char *)ret + i / 8, &bits, sizeof(bits));
	}
	if (n % 64)
		ret[n / 64] &= UINT64_MAX >> (64 - n % 64);
}

void grams_fold(struct grams_piece *piece, size_t offset, const char *p, size_t n)
{
	if (__builtin_cpu_supports("avx2"))
		fold_avx2(piece, offset, p, n);
	else
		grams_fold_plain(piece, offset, p, n);
}

void grams_look(const struct grams_piece *piece, size_t n, const struct grams_map *m,
		uint64_t ret[GRAMS_WORDS])
{
	if (__builtin_cpu_supports("avx2"))
		grams_look_avx2(piece, n, m, ret);
	else
		grams_look_plain(piece, n, m, ret);
}

#else

void grams_fold(struct grams_piece *piece, size_t offset, const char *p, size_t n)
{
	grams_fold_plain(piece, offset, p, n);
}

void grams_look(const struct grams_piece *piece, size_t n, const struct grams_map *m,
		uint64_t ret[GRAMS_WORDS])
{
	grams_look_plain(piece, n, m, ret);
}

#endif
