/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which places may begin a match, by their first bytes: 32 places at once by four bytes, and what is left by
 * eight. Tables of the buckets that gate_buckets.c makes. Also which rows most bytes lead back to: while a gate
 * reads these are passed over.
 */
#include "rules/gate_private.h"

#include "core/arena.h"
#include "rules/byteset.h"

#ifdef __x86_64__
#include <immintrin.h>
#endif

/* Entries of a table that is larger than what is kept of it near the processor: not to be read in vain. */
enum { LARGE_TABLE = 1 << 12 };

static void add_byte(struct gate_halves *h, size_t bucket, unsigned c)
{
	h->low[c & 15] |= (uint8_t)(1u << bucket);
	h->high[c >> 4] |= (uint8_t)(1u << bucket);
}

/* Sets of classes into sets of bytes into tables. */
static void add_bucket(struct gate *g, size_t i, const struct gate_bucket *b)
{
	for (size_t k = 0; k < GATE_PREFIX; k++) {
		for (unsigned c = 0; c < 256; c++) {
			if (byteset_has(&b->at[k], g->class[c]) ||
			    (c == '\n' && byteset_has(&b->at[k], g->last_newline)))
				add_byte(&g->filter.at[i / 8][k], i % 8, c);
		}
	}
}

/*
 * A set of bytes as halves. Rows of sixteen bytes of which the same ones are members share a bucket; where there
 * are more than buckets, the last one takes them all, and the set becomes larger.
 */
static void make_halves(struct gate_halves *h, const struct byteset *set)
{
	uint16_t buckets[8];
	size_t n = 0;

	for (unsigned row = 0; row < 16; row++) {
		uint16_t members = (uint16_t)(set->w[row / 4] >> row % 4 * 16);
		size_t k = 0;

		while (k < n && buckets[k] != members)
			k++;
		if (k == n && n < ELEMENTS(buckets))
			buckets[n++] = members;
		k = k < ELEMENTS(buckets) ? k : ELEMENTS(buckets) - 1;
		for (unsigned c = 0; c < 16; c++) {
			if (members >> c & 1)
				add_byte(h, k, row * 16 + c);
		}
	}
}

/* What may stand in front. */
static void init_before(struct gate *g)
{
	struct byteset front = { { 0 } };

	for (unsigned c = 0; c < 256; c++) {
		if (g->start[g->kind[c]] != gate_dead(g))
			byteset_add(&front, (uint8_t)c);
		else
			g->filter.looks_before = true;
	}
	make_halves(&g->filter.before, &front);
}

/* Of 1,000 bytes of mail, those that lead elsewhere; over `most` it may be more. */
static unsigned leaving(const struct gate *g, uint16_t row, const unsigned often[256],
			unsigned most)
{
	unsigned sum = 0;

	for (unsigned c = 0; c < g->end_class && sum <= most; c++)
		sum += gate_next(g, row, c) == row ? 0 : often[c];
	return sum;
}

/* Where stops are more frequent than `most`, looking for them is not worth it. */
static void init_loops(struct gate *g)
{
	const unsigned half = g->width / 2u, most = 250;
	unsigned often[256];

	gate_class_frequencies(g, often);
	for (unsigned row = GATE_FINAL_ROWS * half; 2 * row < g->entries; row += half) {
		struct gate_loop *loop = &g->loops[g->loop_count];
		struct byteset stops = { { 0 } };

		if (leaving(g, (uint16_t)row, often, most) > most)
			continue;
		for (unsigned c = 0; c < 256; c++) {
			if (gate_next(g, (uint16_t)row, g->class[c]) != row)
				byteset_add(&stops, (uint8_t)c);
		}
		loop->row = (uint16_t)row;
		make_halves(&loop->stops, &stops);
		if (++g->loop_count == GATE_LOOPS)
			return;
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
	for (size_t i = 0; i < f->shuffles; i++) {
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

		if (f->shuffles > 1)
			any = _mm256_or_si256(any, buckets_behind(f->at[1], p));
		ret[i] = ~none_of(any);
		if (f->looks_before)
			ret[i] &= ~none_of(buckets_of(&f->before, p - 1));
	}
}

/* Lines begin there: so few places that the next look, at eight bytes, takes less than one at all first bytes. */
AVX2 static void look_for_lines_avx2(const struct gate_filter *f, const uint8_t *p, size_t n,
				     uint32_t *ret)
{
	__m256i newline = _mm256_set1_epi8('\n');

	(void)f;
	for (size_t i = 0; i < n; i++, p += GATE_BLOCK) {
		__m256i before = _mm256_loadu_si256((const __m256i *)(p - 1));

		ret[i] = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(before, newline));
	}
}

AVX2 static size_t pass_avx2(const struct gate_halves *stops, const uint8_t *p, size_t n)
{
	size_t i = 0;

	for (; i + GATE_BLOCK <= n; i += GATE_BLOCK) {
		uint32_t at = ~none_of(buckets_of(stops, p + i));

		if (at)
			return i + (unsigned)__builtin_ctz(at);
	}
	return i;
}
#endif

/* Nothing but a newline may stand in front. */
static bool is_for_lines(const struct gate_filter *f)
{
	bool only = f->looks_before && buckets_at(&f->before, '\n');

	for (unsigned c = 0; c < 256 && only; c++)
		only = c == '\n' || !buckets_at(&f->before, (uint8_t)c);
	return only;
}

void gate_filter_choose(struct gate_filter *f)
{
	f->look = gate_filter_plain;
	f->pass = NULL;
#ifdef __x86_64__
	if (__builtin_cpu_supports("avx2")) {
		f->look = is_for_lines(f) ? look_for_lines_avx2 : look_avx2;
		f->pass = pass_avx2;
	}
#endif
}

/* By class: the buckets that have it at each of the first places. */
static void init_sieve(struct gate *g, struct arena *a, const struct gate_bucket *b)
{
	struct gate_sieve *sieve = arena_calloc(a, g->width, sizeof(*sieve));

	for (size_t i = 0; i < GATE_SIEVE_BUCKETS; i++) {
		for (size_t k = 0; k < GATE_DEPTH; k++) {
			for (unsigned c = byteset_next(&b[i].at[k], 0); c < g->end_class;
			     c = byteset_next(&b[i].at[k], c + 1))
				sieve[c].at[k] |= (uint8_t)(1u << i);
		}
	}
	for (size_t k = 0; k < GATE_DEPTH; k++)
		sieve[g->class['\n']].at[k] |= sieve[g->last_newline].at[k];
	g->sieve = sieve;
}

void gate_filter_init(struct gate *g, struct arena *a, struct arena *scratch)
{
	struct gate_bucket buckets[GATE_BUCKETS];
	struct gate_paths *paths;
	size_t used;

	init_loops(g);
	if (!g->starts_only)
		init_before(g);
	gate_filter_choose(&g->filter);
	if (g->starts_only)
		return;
	paths = gate_paths_new(scratch, g);
	g->shortest = (uint8_t)gate_paths_shortest(paths);
	used = gate_paths_sort(paths, GATE_PREFIX, buckets, GATE_BUCKETS);
	g->filter.shuffles = used > 8 ? 2 : 1;
	for (size_t i = 0; i < used; i++)
		add_bucket(g, i, &buckets[i]);
	gate_paths_sort(paths, GATE_DEPTH, buckets, GATE_SIEVE_BUCKETS);
	init_sieve(g, a, buckets);
	if (g->entries >= LARGE_TABLE)
		gate_prefix_init(g, a, scratch);
}
