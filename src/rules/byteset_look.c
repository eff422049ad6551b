/* SPDX-License-Identifier: BSD-2-Clause */
/* What is left of a text at its end is read in pieces that may overlap: nothing behind it is. */
#include "rules/byteset_look.h"

#include "core/block.h"

enum { PLACES = BYTESET_LOOK_PLACES };

void byteset_look_init(struct byteset_look *l, const struct byteset *set)
{
	*l = (struct byteset_look){ { 0 }, { 0 } };
	for (unsigned c = byteset_next(set, 0); c < 256; c = byteset_next(set, c + 1)) {
		uint8_t *halves = c < 0x80 ? l->below : l->above;

		halves[c & 15] |= (uint8_t)(1u << (c >> 4 & 7));
	}
}

static bool any_plain(const struct byteset_look *l, struct str text)
{
	for (size_t i = 0; i < text.n; i++) {
		if (byteset_look_has(l, (uint8_t)text.p[i]))
			return true;
	}
	return false;
}

static void bits_plain(const struct byteset_look *l, struct str text, uint64_t *bits)
{
	for (size_t i = 0; i < text.n; i++) {
		uint64_t bit = byteset_look_has(l, (uint8_t)text.p[i]);

		bits[i / PLACES] = (i % PLACES ? bits[i / PLACES] : 0) | bit << i % PLACES;
	}
}

#if defined(__x86_64__)
#include <immintrin.h>

#define WITH_AVX2 __attribute__((target("avx2")))

enum { BLOCK = 32 };

struct tables {
	__m256i below, above;
};

WITH_AVX2 static inline struct tables tables_of(const struct byteset_look *l)
{
	return (struct tables){
		_mm256_broadcastsi128_si256(_mm_loadu_si128((const void *)l->below)),
		_mm256_broadcastsi128_si256(_mm_loadu_si128((const void *)l->above)),
	};
}

WITH_AVX2 static inline uint32_t bits_of(const struct tables *t, __m256i bytes)
{
	const __m256i half = _mm256_set1_epi8(15);
	const __m256i bit =
	    _mm256_setr_epi8(1, 2, 4, 8, 16, 32, 64, -128, 1, 2, 4, 8, 16, 32, 64, -128, 1, 2, 4, 8,
			     16, 32, 64, -128, 1, 2, 4, 8, 16, 32, 64, -128);
	__m256i low = _mm256_and_si256(bytes, half);
	__m256i high = _mm256_and_si256(_mm256_srli_epi16(bytes, 4), half);
	__m256i halves = _mm256_blendv_epi8(_mm256_shuffle_epi8(t->below, low),
					    _mm256_shuffle_epi8(t->above, low), bytes);
	__m256i its = _mm256_shuffle_epi8(bit, high);

	return (uint32_t)_mm256_movemask_epi8(
	    _mm256_cmpeq_epi8(_mm256_and_si256(halves, its), its));
}

WITH_AVX2 static inline uint32_t bits_at(const struct tables *t, const char *p)
{
	return bits_of(t, _mm256_loadu_si256((const void *)p));
}

/* Of less than BLOCK bytes. */
WITH_AVX2 static uint32_t bits_of_few(const struct tables *t, const char *p, size_t n)
{
	size_t second = n > BLOCK_BYTES ? n - BLOCK_BYTES : 0;
	block b = n < BLOCK_BYTES ? block_part(p, n) : block_at(p), c = b;
	uint32_t bits;

	if (second)
		c = block_at(p + second);
	bits = bits_of(t, _mm256_set_m128i((__m128i)c, (__m128i)b));
	return ((bits & 0xffff) | (bits >> 16) << second) & ((UINT32_C(1) << n) - 1);
}

WITH_AVX2 static bool any_avx2(const struct byteset_look *l, struct str s)
{
	struct tables t = tables_of(l);
	size_t at = 0;

	if (s.n < BLOCK)
		return bits_of_few(&t, s.p, s.n);
	for (; at + BLOCK <= s.n; at += BLOCK) {
		if (bits_at(&t, s.p + at))
			return true;
	}
	return bits_at(&t, s.p + s.n - BLOCK);
}

WITH_AVX2 static void bits_avx2(const struct byteset_look *l, struct str s, uint64_t *bits)
{
	struct tables t = tables_of(l);
	size_t left = s.n % PLACES, end = s.n - left;

	for (size_t at = 0; at < end; at += PLACES)
		bits[at / PLACES] = bits_at(&t, s.p + at) | (uint64_t)bits_at(&t, s.p + at + BLOCK)
								<< BLOCK;
	if (left >= BLOCK)
		bits[end / PLACES] = bits_at(&t, s.p + end) |
				     (uint64_t)bits_at(&t, s.p + s.n - BLOCK) << (left - BLOCK);
	else if (left)
		bits[end / PLACES] = bits_of_few(&t, s.p + end, left);
}

#define WITH_AVX512 __attribute__((target("avx512f,avx512bw,avx512vl")))

struct tables_64 {
	__m512i below, above, bit;
};

WITH_AVX512 static inline __m512i in_all_lanes(const uint8_t row[BYTESET_LOOK_HALVES])
{
	return _mm512_broadcast_i32x4(_mm_loadu_si128((const void *)row));
}

WITH_AVX512 static inline struct tables_64 tables_64_of(const struct byteset_look *l)
{
	static const uint8_t bit[BYTESET_LOOK_HALVES] = { 1, 2, 4, 8, 16, 32, 64, 128,
							  1, 2, 4, 8, 16, 32, 64, 128 };

	return (struct tables_64){ in_all_lanes(l->below), in_all_lanes(l->above),
				   in_all_lanes(bit) };
}

/* Of n bytes, at most 64: no others are read. */
WITH_AVX512 static inline uint64_t bits_of_64(const struct tables_64 *t, const char *p, size_t n)
{
	const __m512i half = _mm512_set1_epi8(15);
	__mmask64 there = UINT64_MAX >> (64 - n);
	__m512i x = _mm512_maskz_loadu_epi8(there, p);
	__m512i low = _mm512_and_si512(x, half);
	__m512i high = _mm512_and_si512(_mm512_srli_epi16(x, 4), half);
	__m512i halves = _mm512_mask_shuffle_epi8(_mm512_shuffle_epi8(t->below, low),
						  _mm512_movepi8_mask(x), t->above, low);

	return _mm512_mask_test_epi8_mask(there, halves, _mm512_shuffle_epi8(t->bit, high));
}

WITH_AVX512 static bool any_avx512(const struct byteset_look *l, struct str s)
{
	struct tables_64 t = tables_64_of(l);

	for (size_t at = 0; at < s.n; at += PLACES) {
		if (bits_of_64(&t, s.p + at, s.n - at < PLACES ? s.n - at : (size_t)PLACES))
			return true;
	}
	return false;
}

WITH_AVX512 static void bits_avx512(const struct byteset_look *l, struct str s, uint64_t *bits)
{
	struct tables_64 t = tables_64_of(l);

	for (size_t at = 0; at < s.n; at += PLACES)
		bits[at / PLACES] =
		    bits_of_64(&t, s.p + at, s.n - at < PLACES ? s.n - at : (size_t)PLACES);
}

#endif

bool byteset_look_any(enum cpu_vectors form, const struct byteset_look *l, struct str text)
{
	switch (form) {
#if defined(__x86_64__)
	case CPU_AVX512: return any_avx512(l, text);
	case CPU_AVX2: return any_avx2(l, text);
#endif
	default: return any_plain(l, text);
	}
}

void byteset_look_bits(enum cpu_vectors form, const struct byteset_look *l, struct str text,
		       uint64_t *bits)
{
	switch (form) {
#if defined(__x86_64__)
	case CPU_AVX512: bits_avx512(l, text, bits); break;
	case CPU_AVX2: bits_avx2(l, text, bits); break;
#endif
	default: bits_plain(l, text, bits);
	}
}
