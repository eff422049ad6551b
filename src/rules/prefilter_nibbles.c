/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * With AVX2 a shuffle looks up 32 bytes at once: a byte's place in a row is its lower half, and with the highest bit
 * where it is in another row, which gives no bucket. With AVX-512 all rows are one table that is looked up at
 * 64 places at once.
 */
#include "rules/prefilter_nibbles.h"

#include <assert.h>
#include <string.h>

/* NONE: in no bucket of this row. IN_ROW: in the table of all rows. */
enum { BLOCK = 64, NONE = 0x80, IN_ROW = 0x80 };

/* Upper halves of blanks and marks, digits, letters. */
static const uint8_t rows[NIBBLES_ROWS] = { 2, 3, 6, 7 };

static_assert(GRAMS_PLACES % BLOCK == 0 && (int)GRAMS_MARGIN >= (int)NEEDS_WINDOW,
	      "blocks are whole, and what is behind the last place is folded");

/* The row of such an upper half; NIBBLES_ROWS: it has none. */
static size_t row_of(unsigned half)
{
	size_t i = 0;

	while (i < NIBBLES_ROWS && rows[i] != half)
		i++;
	return i;
}

void nibbles_set(struct nibbles *n, unsigned bucket, size_t distance, const struct byteset *bytes)
{
	uint8_t bit = (uint8_t)(1u << bucket);

	for (unsigned c = byteset_next(bytes, 0); c < 256; c = byteset_next(bytes, c + 1)) {
		size_t row = row_of(c >> 4);

		if (row < NIBBLES_ROWS)
			n->at[distance].of[row][c & 15] |= bit;
		else
			n->at[distance].other[c >> 4] |= bit;
	}
}

static void split_plain(const struct grams_piece *piece, size_t n, struct nibbles_piece *ret)
{
	for (size_t i = 0; i < n + NEEDS_WINDOW - 1; i++) {
		uint8_t c = piece->at[GRAMS_MARGIN + i];

		for (size_t k = 0; k < NIBBLES_ROWS; k++)
			ret->of[k][i] = c >> 4 == rows[k] ? c & 15 : NONE;
		ret->of[NIBBLES_ROWS][i] = row_of(c >> 4) < NIBBLES_ROWS ? NONE : c >> 4;
	}
}

static uint8_t look_up(const uint8_t table[16], uint8_t at)
{
	return at & NONE ? 0 : table[at & 15];
}

static void look_plain(const struct nibbles *b, const struct nibbles_piece *piece, size_t n,
		       uint64_t ret[GRAMS_WORDS])
{
	for (size_t i = 0; i < n; i++) {
		uint8_t all = UINT8_MAX;

		for (size_t k = 0; k < b->depth; k++) {
			uint8_t here = look_up(b->at[k].other, piece->of[NIBBLES_ROWS][i + k]);

			for (size_t r = 0; r < NIBBLES_ROWS; r++)
				here |= look_up(b->at[k].of[r], piece->of[r][i + k]);
			all &= here;
		}
		if (i % 64 == 0)
			ret[i / 64] = 0;
		ret[i / 64] |= (uint64_t)(all != 0) << (i % 64);
	}
}

#if defined(__x86_64__)
#include <immintrin.h>

#define WITH_AVX2 __attribute__((target("avx2")))

WITH_AVX2 static void split_avx2(const struct grams_piece *piece, size_t n,
				 struct nibbles_piece *ret)
{
	for (size_t i = 0; i < n + NEEDS_WINDOW - 1; i += 32) {
		__m256i x = _mm256_loadu_si256((const void *)(piece->at + GRAMS_MARGIN + i));
		__m256i known = _mm256_setzero_si256(), half;

		for (size_t k = 0; k < NIBBLES_ROWS; k++) {
			__m256i low = _mm256_xor_si256(x, _mm256_set1_epi8((char)(rows[k] << 4)));
			__m256i at = _mm256_adds_epu8(low, _mm256_set1_epi8(0x70));

			_mm256_storeu_si256((void *)(ret->of[k] + i), at);
			known =
			    _mm256_or_si256(known, _mm256_andnot_si256(at, _mm256_set1_epi8(-1)));
		}
		half = _mm256_and_si256(_mm256_srli_epi16(x, 4), _mm256_set1_epi8(15));
		known = _mm256_and_si256(known, _mm256_set1_epi8((char)NONE));
		_mm256_storeu_si256((void *)(ret->of[NIBBLES_ROWS] + i),
				    _mm256_or_si256(half, known));
	}
}

WITH_AVX2 static inline __m256i twice(const uint8_t table[16])
{
	return _mm256_broadcastsi128_si256(_mm_loadu_si128((const void *)table));
}

WITH_AVX2 static inline __m256i look_up_32(__m256i table, const uint8_t *at)
{
	return _mm256_shuffle_epi8(table, _mm256_loadu_si256((const void *)at));
}

/* Which of 32 places have any. */
WITH_AVX2 static inline uint32_t any_of(__m256i all)
{
	return ~(uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(all, _mm256_setzero_si256()));
}

WITH_AVX2 static void look_avx2(const struct nibbles *b, const struct nibbles_piece *piece,
				size_t n, uint64_t ret[GRAMS_WORDS])
{
	for (size_t i = 0; i < n; i += BLOCK) {
		__m256i one = _mm256_set1_epi8(-1), two = one;

		for (size_t k = 0; k < b->depth; k++) {
			const uint8_t *at = piece->of[NIBBLES_ROWS] + i + k;
			__m256i table = twice(b->at[k].other);
			__m256i first = look_up_32(table, at), second = look_up_32(table, at + 32);

			for (size_t r = 0; r < NIBBLES_ROWS; r++) {
				at = piece->of[r] + i + k;
				table = twice(b->at[k].of[r]);
				first = _mm256_or_si256(first, look_up_32(table, at));
				second = _mm256_or_si256(second, look_up_32(table, at + 32));
			}
			one = _mm256_and_si256(one, first);
			two = _mm256_and_si256(two, second);
		}
		ret[i / 64] = any_of(one) | (uint64_t)any_of(two) << 32;
	}
	if (n % 64)
		ret[n / 64] &= UINT64_MAX >> (64 - n % 64);
}

#define WITH_AVX512 __attribute__((target("avx512f,avx512bw,avx512vl,avx512vbmi")))

/*
 * All rows are one table of 64: blanks and marks, digits, letters. A byte in a row is where it stands there, with the
 * highest bit, for which the table of upper halves has nothing; another one is its upper half.
 */
WITH_AVX512 static void split_avx512(const struct grams_piece *piece, size_t n,
				     struct nibbles_piece *ret)
{
	for (size_t i = 0; i < n + NEEDS_WINDOW - 1; i += BLOCK) {
		__m512i x = _mm512_loadu_si512(piece->at + GRAMS_MARGIN + i);
		__m512i low = _mm512_and_si512(x, _mm512_set1_epi8(0x1f));
		__m512i letter = _mm512_and_si512(x, _mm512_set1_epi8(0x40));
		__m512i row = _mm512_and_si512(x, _mm512_set1_epi8((char)0xa0));
		__m512i half = _mm512_and_si512(_mm512_srli_epi16(x, 4), _mm512_set1_epi8(15));
		__mmask64 known = _mm512_cmpeq_epi8_mask(row, _mm512_set1_epi8(0x20));

		low = _mm512_or_si512(low, _mm512_srli_epi16(letter, 1));
		low = _mm512_or_si512(low, _mm512_set1_epi8((char)IN_ROW));
		_mm512_storeu_si512(ret->of[0] + i, _mm512_mask_mov_epi8(half, known, low));
	}
}

/* Tables of all distances, in registers. */
struct tables {
	__m512i rows[NEEDS_WINDOW], other[NEEDS_WINDOW];
};

WITH_AVX512 static inline __attribute__((always_inline)) void look_deep(
    const struct nibbles *b, const struct nibbles_piece *piece, size_t n, size_t depth,
    uint64_t ret[GRAMS_WORDS])
{
	struct tables t;

#pragma GCC unroll 8
	for (size_t k = 0; k < depth; k++) {
		t.rows[k] = _mm512_loadu_si512(b->at[k].of);
		t.other[k] = _mm512_broadcast_i32x4(_mm_loadu_si128((const void *)b->at[k].other));
	}
	for (size_t i = 0; i < n; i += BLOCK) {
		__m512i all = _mm512_set1_epi8(-1);

#pragma GCC unroll 8
		for (size_t k = 0; k < depth; k++) {
			__m512i x = _mm512_loadu_si512(piece->of[0] + i + k);
			__m512i other = _mm512_shuffle_epi8(t.other[k], x);

			all =
			    _mm512_and_si512(all, _mm512_mask_permutexvar_epi8(
						      other, _mm512_movepi8_mask(x), x, t.rows[k]));
		}
		ret[i / 64] = _mm512_test_epi8_mask(all, all);
	}
	if (n % 64)
		ret[n / 64] &= UINT64_MAX >> (64 - n % 64);
}

WITH_AVX512 static void look_avx512(const struct nibbles *b, const struct nibbles_piece *piece,
				    size_t n, uint64_t ret[GRAMS_WORDS])
{
	switch (b->depth) {
	case 0: look_deep(b, piece, n, 0, ret); break;
	case 1: look_deep(b, piece, n, 1, ret); break;
	case 2: look_deep(b, piece, n, 2, ret); break;
	case 3: look_deep(b, piece, n, 3, ret); break;
	case 4: look_deep(b, piece, n, 4, ret); break;
	case 5: look_deep(b, piece, n, 5, ret); break;
	case 6: look_deep(b, piece, n, 6, ret); break;
	case 7: look_deep(b, piece, n, 7, ret); break;
	default: look_deep(b, piece, n, NEEDS_WINDOW, ret);
	}
}

#endif

void nibbles_split(enum cpu_vectors form, const struct grams_piece *piece, size_t n,
		   struct nibbles_piece *ret)
{
	switch (form) {
#if defined(__x86_64__)
	case CPU_AVX512: split_avx512(piece, n, ret); break;
	case CPU_AVX2: split_avx2(piece, n, ret); break;
#endif
	default: split_plain(piece, n, ret);
	}
}

void nibbles_look(enum cpu_vectors form, const struct nibbles *b, const struct nibbles_piece *piece,
		  size_t n, uint64_t ret[GRAMS_WORDS])
{
	switch (form) {
#if defined(__x86_64__)
	case CPU_AVX512: look_avx512(b, piece, n, ret); break;
	case CPU_AVX2: look_avx2(b, piece, n, ret); break;
#endif
	default: look_plain(b, piece, n, ret);
	}
}
