/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The first bytes of matches, from a gate's table: each first byte goes into a bucket; what may stand at the
 * places behind it is the bucket's sets. Letters that are frequent in mail have buckets of their own; the
 * other bytes share some, by what they are, as a bucket's first bytes then come out as they are.
 */
#include "rules/gate_private.h"

#include "core/arena.h"
#include "rules/byteset.h"

#ifdef __x86_64__
#include <immintrin.h>
#endif

enum { BUCKETS = 8 * GATE_SHUFFLES, SHARED = 6 };

/* Classes that may stand at each place, and rows that are reached. */
struct bucket {
	struct byteset at[GATE_PREFIX];
};

struct rows {
	uint16_t *at;
	size_t n;
	uint16_t *stamps; /* by row: the list that has it last */
	uint16_t now;
};

static void clear(struct rows *r)
{
	r->n = 0;
	r->now++;
}

static void add_row(struct rows *r, uint16_t row)
{
	uint16_t *stamp = &r->stamps[row];

	if (*stamp == r->now)
		return;
	*stamp = r->now;
	r->at[r->n++] = row;
}

/* What a row takes joins a set, where that leads to joins a list. */
static void take(const struct gate *g, uint16_t row, struct byteset *set, struct rows *to)
{
	for (unsigned c = 0; c < g->end_class; c++) {
		uint16_t next = gate_next(g, row, c);

		if (next == gate_dead(g))
			continue;
		byteset_add(set, (uint8_t)c);
		add_row(to, next);
	}
}

/* What may stand behind first bytes that lead to these rows. FOUND takes whatever comes. */
static void follow(const struct gate *g, struct rows list[2], struct bucket *b)
{
	struct rows *from = &list[0], *to = &list[1];

	for (size_t k = 1; k < GATE_PREFIX; k++) {
		struct rows *swap = from;

		clear(to);
		for (size_t i = 0; i < from->n; i++)
			take(g, from->at[i], &b->at[k], to);
		from = to;
		to = swap;
	}
}

static void add_byte(struct gate_halves *h, size_t bucket, unsigned c)
{
	h->low[c & 15] |= (uint8_t)(1u << bucket);
	h->high[c >> 4] |= (uint8_t)(1u << bucket);
}

/* Sets of classes into sets of bytes into tables; the first bytes are those of the bucket alone. */
static void add_bucket(struct gate *g, size_t i, const struct bucket *b, const uint8_t bucket[256])
{
	for (size_t k = 0; k < GATE_PREFIX; k++) {
		for (unsigned c = 0; c < 256; c++) {
			bool has = byteset_has(&b->at[k], g->class[c]) ||
				   (c == '\n' && byteset_has(&b->at[k], g->last_newline));

			if (has && (k || bucket[c] == i))
				add_byte(&g->filter.at[i / 8][k], i % 8, c);
		}
	}
}

/*
 * What may stand in front. Rows of sixteen bytes of which the same ones are members share a bucket; where there
 * are more than buckets, the last one takes them all.
 */
static void init_before(struct gate *g)
{
	uint16_t rows[16] = { 0 }, buckets[8];
	size_t n = 0;

	for (unsigned c = 0; c < 256; c++) {
		if (g->start[g->kind[c]] != gate_dead(g))
			rows[c >> 4] |= (uint16_t)(1u << (c & 15));
		else
			g->filter.looks_before = true;
	}
	for (unsigned row = 0; row < 16; row++) {
		size_t k = 0;

		while (k < n && buckets[k] != rows[row])
			k++;
		if (k == n && n < ELEMENTS(buckets))
			buckets[n++] = rows[row];
		k = k < ELEMENTS(buckets) ? k : ELEMENTS(buckets) - 1;
		for (unsigned c = 0; c < 16; c++) {
			if (rows[row] >> c & 1)
				add_byte(&g->filter.before, k, row * 16 + c);
		}
	}
}

/* Where a byte leads to that is the first one, whatever is in front. */
static bool leads_on(const struct gate *g, unsigned class)
{
	for (unsigned k = 0; k < GATE_EDGE; k++) {
		if (g->start[k] != gate_dead(g) && gate_next(g, g->start[k], class) != gate_dead(g))
			return true;
	}
	return false;
}

static bool lead_alike(const struct gate *g, unsigned class, unsigned other)
{
	for (unsigned k = 0; k < GATE_EDGE; k++) {
		if (gate_next(g, g->start[k], class) != gate_next(g, g->start[k], other))
			return false;
	}
	return true;
}

/* The bucket of each byte as a first one; frequent ones that lead to the same row share it. */
static void choose_buckets(const struct gate *g, uint8_t bucket[256])
{
	static const char frequent[] = " etaoinsrhldcumfpgwyb";
	static const uint8_t shared[16] = { 0, 0, 1, 2, 3, 4, 3, 4, 5, 5, 5, 5, 5, 5, 5, 5 };
	uint8_t taken[BUCKETS];
	size_t n = 0;

	for (unsigned c = 0; c < 256; c++)
		bucket[c] = (uint8_t)(BUCKETS - SHARED + shared[c >> 4]);
	for (size_t i = 0; frequent[i]; i++) {
		unsigned c = (uint8_t)frequent[i], other = byte_other_case((uint8_t)c, false);
		size_t k = 0;

		if (!leads_on(g, g->class[c]))
			continue;
		while (k < n && !lead_alike(g, taken[k], g->class[c]))
			k++;
		if (k == n && n < BUCKETS - SHARED)
			taken[n++] = g->class[c];
		if (k == n)
			continue;
		bucket[c] = (uint8_t)k;
		if (g->class[c] == g->class[other])
			bucket[other] = (uint8_t)k;
	}
}

static unsigned buckets_at(const struct gate_halves *h, uint8_t c)
{
	return h->low[c & 15] & h->high[c >> 4];
}

bool gate_filter_has(const struct gate_filter *f, const uint8_t *p, size_t left)
{
	bool any = false;

	if (f->looks_before && !buckets_at(&f->before, p[-1]))
		return false;
	for (size_t i = 0; i < GATE_SHUFFLES; i++) {
		unsigned buckets = 0xff;

		for (size_t k = 0; k < GATE_PREFIX && k < left; k++)
			buckets &= buckets_at(&f->at[i][k], p[k]);
		any = any || buckets;
	}
	return any;
}

void gate_filter_plain(const struct gate_filter *f, const uint8_t *p, size_t n, uint32_t *ret)
{
	for (size_t i = 0; i < n; i++) {
		ret[i] = 0;
		for (unsigned k = 0; k < GATE_BLOCK; k++, p++)
			ret[i] |= (uint32_t)gate_filter_has(f, p, GATE_PREFIX) << k;
	}
}

#ifdef __x86_64__
#define AVX2 __attribute__((target("avx2")))

AVX2 static __m256i twice(const uint8_t *table)
{
	return _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)table));
}

/* The buckets of 32 bytes. */
AVX2 static inline __m256i buckets_of(const struct gate_halves *h, const uint8_t *p)
{
	__m256i c = _mm256_loadu_si256((const __m256i *)p), half = _mm256_set1_epi8(15);
	__m256i high = _mm256_and_si256(_mm256_srli_epi16(c, 4), half);

	return _mm256_and_si256(_mm256_shuffle_epi8(twice(h->low), _mm256_and_si256(c, half)),
				_mm256_shuffle_epi8(twice(h->high), high));
}

AVX2 static inline __m256i buckets_behind(const struct gate_halves *h, const uint8_t *p)
{
	__m256i all = buckets_of(&h[0], p);

	for (size_t k = 1; k < GATE_PREFIX; k++)
		all = _mm256_and_si256(all, buckets_of(&h[k], p + k));
	return all;
}

AVX2 static inline uint32_t none_of(__m256i buckets)
{
	__m256i none = _mm256_cmpeq_epi8(buckets, _mm256_setzero_si256());

	return (uint32_t)_mm256_movemask_epi8(none);
}

AVX2 static void look_avx2(const struct gate_filter *f, const uint8_t *p, size_t n, uint32_t *ret)
{
	for (size_t i = 0; i < n; i++, p += GATE_BLOCK) {
		__m256i any = buckets_behind(f->at[0], p);

		for (size_t k = 1; k < GATE_SHUFFLES; k++)
			any = _mm256_or_si256(any, buckets_behind(f->at[k], p));
		ret[i] = ~none_of(any);
		if (f->looks_before)
			ret[i] &= ~none_of(buckets_of(&f->before, p - 1));
	}
}
#endif

void gate_filter_choose(struct gate_filter *f)
{
	f->look = gate_filter_plain;
#ifdef __x86_64__
	if (__builtin_cpu_supports("avx2"))
		f->look = look_avx2;
#endif
}

/* A first byte of a class joins a bucket. */
static void add_first(const struct gate *g, unsigned class, struct bucket *b, struct rows *to)
{
	if (!leads_on(g, class))
		return;
	byteset_add(&b->at[0], (uint8_t) class);
	for (unsigned k = 0; k < GATE_EDGE; k++) {
		uint16_t next = gate_next(g, g->start[k], class);

		if (g->start[k] != gate_dead(g) && next != gate_dead(g))
			add_row(to, next);
	}
}

void gate_filter_init(struct gate *g, struct arena *scratch)
{
	size_t rows = g->entries / 2; /* by name */
	struct rows list[2] = { { .now = 0 } };
	uint8_t bucket[256];

	gate_filter_choose(&g->filter);
	if (g->starts_only)
		return;
	for (size_t i = 0; i < ELEMENTS(list); i++) {
		list[i].at = arena_calloc(scratch, rows, sizeof(uint16_t));
		list[i].stamps = arena_calloc(scratch, rows, sizeof(uint16_t));
	}
	init_before(g);
	choose_buckets(g, bucket);
	for (size_t i = 0; i < BUCKETS; i++) {
		struct bucket b = { 0 };

		clear(&list[0]);
		for (unsigned c = 0; c < 256; c++) {
			if (bucket[c] == i)
				add_first(g, g->class[c], &b, &list[0]);
		}
		if (bucket['\n'] == i)
			add_first(g, g->last_newline, &b, &list[0]);
		follow(g, list, &b);
		add_bucket(g, i, &b, bucket);
	}
}
