/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sequences into buckets. A bucket stands for every mixture of what its sequences have, so each is put, the most
 * frequent first, where the places that the bucket lets through grow least.
 */
#include "core/arena.h"
#include "rules/prefilter_build.h"

#include <math.h>
#include <stdlib.h>

/* One pass for so many, each a bit of masks. */
enum { PER_SET = 64 };

/* What a set lets through may be so much more if fewer bytes are looked at; and mail's places with high bytes. */
static const double deeper = 1.05, seldom = 1 / 16384.0, high_places = 1 / 4.0;

/* What one or several sequences have at a distance; and how often that is, of 1,000 bytes and of 128 high ones. */
struct kinds {
	struct byteset bytes;
	unsigned often, high;
};

struct shape {
	struct kinds at[NEEDS_WINDOW];
};

struct filling {
	struct shape shape;
	double often; /* of a place */
	size_t n;
};

/* Adds what the bytes are worth. */
static void count(struct builder *b, const struct byteset *bytes, struct kinds *to)
{
	for (size_t w = 0; w < 2; w++) {
		for (uint64_t left = bytes->w[w]; left; left &= left - 1)
			to->often += b->frequency[w * 64 + (unsigned)__builtin_ctzll(left)];
	}
	if (bytes->w[2] | bytes->w[3])
		to->high += (unsigned)(__builtin_popcountll(bytes->w[2]) +
				       __builtin_popcountll(bytes->w[3]));
}

static struct shape shape_of(struct builder *b, const struct needs_look *w)
{
	struct shape s = { 0 };

	for (size_t i = 0; i < NEEDS_WINDOW; i++) {
		s.at[i].bytes = w->at[i];
		if (i >= w->length) /* whatever stands behind it */
			memset(&s.at[i].bytes, 0xff, sizeof(s.at[i].bytes));
		count(b, &s.at[i].bytes, &s.at[i]);
	}
	return s;
}

/* At one distance. */
static struct kinds both(struct builder *b, const struct kinds *x, const struct kinds *y)
{
	struct kinds all = *x;
	struct byteset more;

	for (size_t w = 0; w < 4; w++)
		more.w[w] = y->bytes.w[w] & ~x->bytes.w[w];
	byteset_union(&all.bytes, &more);
	count(b, &more, &all);
	return all;
}

/* Of places that the first bytes of a shape let through: those of ASCII, and those of high bytes. */
struct share {
	double ascii, high;
};

static void narrow(struct share *to, const struct kinds *k)
{
	to->ascii *= k->often >= 1000 ? 1 : k->often ? k->often / 1000.0 : 1 / 1000.0;
	to->high *= k->high / 128.0;
}

static double often(const struct shape *s, size_t depth)
{
	struct share all = { 1, high_places };

	for (size_t i = 0; i < depth; i++)
		narrow(&all, &s->at[i]);
	return all.ascii + all.high;
}

static double often_with(struct builder *b, const struct filling *f, const struct shape *shape)
{
	struct share all = { 1, high_places };

	for (size_t i = 0; i < NEEDS_WINDOW; i++) {
		struct kinds k = f->n ? both(b, &f->shape.at[i], &shape->at[i]) : shape->at[i];

		narrow(&all, &k);
	}
	return all.ascii + all.high;
}

/* To the bucket that it makes least worse: its number. A set has PER_SET at most. */
static size_t put(struct builder *b, const struct shape *shape, struct filling *to, size_t *left,
		  size_t buckets)
{
	double least = INFINITY;
	size_t best = 0;

	for (size_t i = 0; i < buckets; i++) {
		double worse;

		if (!left[i / NIBBLES_BUCKETS])
			continue;
		worse = often_with(b, &to[i], shape) - to[i].often;
		if (worse < least)
			best = i;
		least = fmin(worse, least);
	}
	for (size_t i = 0; i < NEEDS_WINDOW; i++)
		to[best].shape.at[i] =
		    to[best].n ? both(b, &to[best].shape.at[i], &shape->at[i]) : shape->at[i];
	to[best].often = often(&to[best].shape, NEEDS_WINDOW);
	to[best].n++;
	left[best / NIBBLES_BUCKETS]--;
	return best;
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
	if (!b->masks || b->used + n > PER_SET) {
		b->masks = prefilter_build_rows(b->a, 1, sizeof(*b->masks));
		b->used = 0;
	}
	b->used += n;
	return b->used - n;
}

static void add_mask(struct builder *b, const struct sequence *s, const struct prefilter_item *item,
		     size_t number)
{
	uint64_t bit = UINT64_C(1) << number;

	b->masks->item[number] = item;
	b->masks->rule[number] = item->rule;
	b->masks->more[number] = b->more[item - b->made];
	b->masks->longer |= item->compared ? bit : 0;
	for (size_t i = item->length; i <= NEEDS_MAX_LITERAL; i++)
		b->masks->fits[i] |= bit;
	for (size_t i = 0; i < NEEDS_WINDOW; i++) {
		for (unsigned c = 0; c < 256; c++) {
			if (i >= s->look.length || byteset_has(&s->look.at[i], (uint8_t)c))
				b->masks->at[c][i] |= bit;
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

/* The set of that number, of all n sequences. */
static void build_set(struct builder *b, struct prefilter_sequences *q, const struct filling *of,
		      size_t number, const struct sorted *all, size_t n)
{
	size_t count = 0, bit;

	for (size_t i = 0; i < NIBBLES_BUCKETS; i++)
		count += of[i].n;
	bit = take_bits(b, count);
	q->masks = b->masks;
	for (unsigned i = 0; i < NIBBLES_BUCKETS; i++) {
		for (size_t k = 0; of[i].n && k < NEEDS_WINDOW; k++)
			nibbles_set(&q->nibbles, i, k, &of[i].shape.at[k].bytes);
	}
	for (size_t i = 0; i < n; i++) {
		if (all[i].bucket / NIBBLES_BUCKETS != number)
			continue;
		q->bits |= UINT64_C(1) << bit;
		add_mask(b, all[i].sequence, &b->made[all[i].sequence->item], bit++);
	}
	q->nibbles.depth = depth_of(of);
}

void prefilter_build_sequences(struct builder *b, struct prefilter_part *part)
{
	const struct vec *sequences = &b->sequences;
	size_t n = 0, sets = (sequences->n + PER_SET - 1) / PER_SET;
	struct sorted *all = arena_calloc(b->scratch, sequences->n + 1, sizeof(*all));
	struct filling *of = arena_calloc(b->scratch, sets * NIBBLES_BUCKETS + 1, sizeof(*of));
	size_t *left = arena_calloc(b->scratch, sets + 1, sizeof(*left));
	struct prefilter_sequences *set = arena_calloc(b->a, sets + 1, sizeof(*set));

	VEC_EACH (sequences, const struct sequence, s) {
		all[n].sequence = s;
		all[n].shape = shape_of(b, &s->look);
		all[n].often = often(&all[n].shape, NEEDS_WINDOW);
		n++;
	}
	qsort(all, n, sizeof(*all), most_frequent_first);
	for (size_t i = 0; i < sets; i++)
		left[i] = PER_SET;
	for (size_t i = 0; i < n; i++)
		all[i].bucket = put(b, &all[i].shape, of, left, sets * NIBBLES_BUCKETS);
	for (size_t i = 0; i < sets; i++)
		build_set(b, &set[i], of + i * NIBBLES_BUCKETS, i, all, n);
	part->sequences = set;
	part->sequence_count = sets;
}
