/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sequences into buckets. A bucket stands for every mixture of what its sequences have, so each is put, the most
 * frequent first, where the places that the bucket lets through grow least.
 */
#include "core/arena.h"
#include "rules/prefilter_build.h"

#include <math.h>
#include <stdlib.h>

/* PER_SET: one pass for so many. PER_BUCKET: bits of masks. */
enum { PER_SET = 48, PER_BUCKET = 32 };

/* What stands at most so often more where fewer bytes are looked at is not worth looking at more. */
static const double deeper = 1.05, seldom = 1 / 16384.0;

/* What one or several sequences have at each distance; and how often that is, of 1,000 bytes. */
struct shape {
	struct byteset at[NEEDS_WINDOW];
	unsigned often[NEEDS_WINDOW];
};

struct filling {
	struct shape shape;
	double often; /* of a place */
	size_t n;
};

/* Of bytes that mail has seldom none are left out. */
static unsigned often_in(struct builder *b, const struct byteset *set)
{
	unsigned sum = 0;

	for (unsigned c = byteset_next(set, 0); c < 256; c = byteset_next(set, c + 1))
		sum += b->often[c];
	return sum;
}

static struct shape shape_of(struct builder *b, const struct needs_look *w)
{
	struct shape s;

	for (size_t i = 0; i < NEEDS_WINDOW; i++) {
		s.at[i] = w->at[i];
		if (i >= w->length)
			memset(&s.at[i], 0xff, sizeof(s.at[i])); /* whatever stands behind it */
		s.often[i] = i < w->length ? often_in(b, &s.at[i]) : 1000;
	}
	return s;
}

static void join(struct builder *b, struct shape *to, const struct shape *other)
{
	for (size_t i = 0; i < NEEDS_WINDOW; i++) {
		struct byteset more;

		for (size_t w = 0; w < 4; w++)
			more.w[w] = other->at[i].w[w] & ~to->at[i].w[w];
		to->often[i] += to->often[i] < 1000 ? often_in(b, &more) : 0;
		byteset_union(&to->at[i], &more);
	}
}

static double often(const struct shape *s, size_t depth)
{
	double all = 1;

	for (size_t i = 0; i < depth; i++)
		all *= s->often[i] >= 1000 ? 1 : s->often[i] ? s->often[i] / 1000.0 : 1 / 1000.0;
	return all;
}

/* The bucket that it makes least worse. */
static void put(struct builder *b, const struct shape *shape, struct filling *to, size_t buckets,
		size_t *ret)
{
	struct filling best = { .n = 0 };
	double least = INFINITY;

	for (size_t i = 0; i < buckets; i++) {
		struct filling f = to[i];

		if (f.n == PER_BUCKET)
			continue;
		if (f.n++)
			join(b, &f.shape, shape);
		else
			f.shape = *shape;
		f.often = often(&f.shape, NEEDS_WINDOW);
		if (f.often - to[i].often >= least)
			continue;
		least = f.often - to[i].often;
		best = f;
		*ret = i;
	}
	to[*ret] = best;
}

struct sorted {
	const struct sequence *sequence;
	struct shape shape;
	double often;
	size_t bucket;
};

static int most_frequent_first(const void *a, const void *b)
{
	const struct sorted *x = a, *y = b;

	if (x->often != y->often)
		return x->often > y->often ? -1 : 1;
	return x->sequence->item < y->sequence->item ? -1 : 1;
}

/* Masks with so many bits left: the first of them. */
static size_t take_bits(struct builder *b, size_t n)
{
	if (!b->masks || b->used + n > PER_BUCKET) {
		b->masks = arena_zalloc(b->a, sizeof(*b->masks));
		b->used = 0;
	}
	b->used += n;
	return b->used - n;
}

static void add_mask(struct prefilter_masks *m, const struct sequence *s, size_t number)
{
	uint32_t bit = UINT32_C(1) << number;

	m->item[number] = s->item;
	for (size_t i = 0; i < NEEDS_WINDOW; i++) {
		for (unsigned c = 0; c < 256; c++) {
			if (i >= s->look.length || byteset_has(&s->look.at[i], (uint8_t)c))
				m->at[i][c] |= bit;
		}
	}
}

/* As few bytes as tell nearly as much as all. */
static size_t depth_of(const struct filling *of)
{
	double whole = 0, sum = INFINITY;
	size_t depth = 0;

	for (size_t i = 0; i < NIBBLES_BUCKETS; i++)
		whole += of[i].n ? of[i].often : 0;
	while (depth < NEEDS_WINDOW && sum > whole * deeper + seldom) {
		depth++;
		sum = 0;
		for (size_t i = 0; i < NIBBLES_BUCKETS; i++)
			sum += of[i].n ? often(&of[i].shape, depth) : 0;
	}
	return depth;
}

/* The buckets from `first` on; all n sequences know theirs. */
static void build_set(struct builder *b, struct prefilter_sequences *q, const struct filling *of,
		      size_t first, const struct sorted *all, size_t n)
{
	for (unsigned i = 0; i < NIBBLES_BUCKETS; i++) {
		size_t bit;

		if (!of[i].n)
			continue;
		bit = take_bits(b, of[i].n);
		nibbles_set(&q->nibbles, i, of[i].shape.at);
		q->bucket[i].masks = b->masks;
		for (size_t k = 0; k < n; k++) {
			if (all[k].bucket != first + i)
				continue;
			q->bucket[i].bits |= UINT32_C(1) << bit;
			add_mask(b->masks, all[k].sequence, bit++);
		}
	}
	q->nibbles.depth = depth_of(of);
}

static size_t sets_for(const struct vec *sequences)
{
	return (sequences->n + PER_SET - 1) / PER_SET;
}

static void build_kind(struct builder *b, const struct vec *sequences, bool is_high,
		       struct prefilter_sequences *ret)
{
	size_t n = 0, sets = sets_for(sequences);
	struct sorted *all = arena_calloc(b->scratch, sequences->n + 1, sizeof(*all));
	struct filling *of = arena_calloc(b->scratch, sets * NIBBLES_BUCKETS + 1, sizeof(*of));

	VEC_EACH (sequences, const struct sequence, s) {
		all[n].sequence = s;
		all[n].shape = shape_of(b, &s->look);
		all[n].often = often(&all[n].shape, NEEDS_WINDOW);
		n++;
	}
	qsort(all, n, sizeof(*all), most_frequent_first);
	for (size_t i = 0; i < n; i++)
		put(b, &all[i].shape, of, sets * NIBBLES_BUCKETS, &all[i].bucket);
	for (size_t i = 0; i < sets; i++) {
		ret[i].is_high = is_high;
		build_set(b, &ret[i], of + i * NIBBLES_BUCKETS, i * NIBBLES_BUCKETS, all, n);
	}
}

void prefilter_build_sequences(struct builder *b, struct prefilter_part *part)
{
	size_t always = sets_for(&b->sequences[KIND_ALWAYS]);
	size_t n = always + sets_for(&b->sequences[KIND_HIGH]);
	struct prefilter_sequences *all = arena_calloc(b->a, n + 1, sizeof(*all));

	part->sequences = all;
	part->sequence_count = n;
	build_kind(b, &b->sequences[KIND_ALWAYS], false, all);
	build_kind(b, &b->sequences[KIND_HIGH], true, all + always);
}
