/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The first bytes of matches, from a gate's table: where two bytes lead to is a path, and what may stand at the
 * places behind them comes from the table too. Paths are sorted into buckets so that few places of mail are
 * in one: those that mail is likeliest to go first, each to where it adds least.
 */
#include "rules/gate_private.h"

#include "core/arena.h"
#include "rules/needs.h"

#include <math.h>
#include <stdlib.h>

struct path {
	struct gate_bucket sets;
	double often; /* how likely it is at a place of mail, in some unit */
};

/* Rows by number, as far as they are reached within GATE_DEPTH bytes: these come first in the table. */
struct gate_paths {
	const struct gate *g;
	size_t reached[GATE_DEPTH];             /* by so many bytes: how many rows */
	struct byteset *behind[GATE_DEPTH - 2]; /* by row: classes so many bytes behind it */
	unsigned often[256];                    /* by class: of 1,000 bytes of mail */
	struct path *at;
	size_t n;
};

/* A bucket that is being filled: how likely each of its bytes is, and all together. */
struct filling {
	struct gate_bucket *sets;
	double often[GATE_DEPTH], all;
};

static uint16_t name_of(const struct gate *g, size_t row)
{
	return (uint16_t)(row * (g->width / 2u));
}

static size_t number_of(const struct gate *g, uint16_t row)
{
	return row / (g->width / 2u);
}

/* How many rows a byte more reaches from these. */
static size_t reach(const struct gate *g, size_t first, size_t end)
{
	uint16_t last = gate_dead(g);

	for (size_t row = first; row < end; row++) {
		for (unsigned c = 0; c < g->end_class; c++) {
			uint16_t next = gate_next(g, name_of(g, row), c);

			last = next > last ? next : last;
		}
	}
	return number_of(g, last) + 1;
}

static void find_reached(struct gate_paths *t)
{
	const struct gate *g = t->g;
	uint16_t last = gate_dead(g);
	size_t done = 0;

	for (unsigned k = 0; k < GATE_EDGE; k++)
		last = g->start[k] > last ? g->start[k] : last;
	t->reached[0] = number_of(g, last) + 1;
	for (size_t i = 1; i < GATE_DEPTH; i++) {
		size_t n = reach(g, done, t->reached[i - 1]);

		done = t->reached[i - 1];
		t->reached[i] = n > done ? n : done;
	}
}

/* What a row takes, and the rows that it leads to, without most doubles; their number. */
static size_t take_row(const struct gate *g, size_t row, struct byteset *set, uint16_t *to)
{
	uint16_t last = gate_dead(g);
	size_t n = 0;

	for (unsigned c = 0; c < g->end_class; c++) {
		uint16_t next = gate_next(g, name_of(g, row), c);

		if (next == gate_dead(g))
			continue;
		byteset_add(set, (uint8_t)c);
		if (next != last)
			to[n++] = (uint16_t)number_of(g, next);
		last = next;
	}
	return n;
}

/* What rows take, then what those take that they lead to, and so on. */
static void find_behind(struct gate_paths *t, struct arena *a)
{
	size_t rows = t->reached[GATE_DEPTH - 1];
	uint16_t *to = arena_alloc(a, (rows * t->g->end_class + 1) * sizeof(*to));
	size_t *ends = arena_calloc(a, rows + 1, sizeof(*ends));

	t->behind[0] = arena_calloc(a, rows, sizeof(struct byteset));
	for (size_t row = 0; row < rows; row++) {
		size_t from = row ? ends[row - 1] : 0;

		ends[row] = from + take_row(t->g, row, &t->behind[0][row], to + from);
	}
	for (size_t i = 1; i < ELEMENTS(t->behind); i++) {
		size_t at = 0;

		rows = t->reached[GATE_DEPTH - 1 - i];
		t->behind[i] = arena_calloc(a, rows, sizeof(struct byteset));
		for (size_t row = 0; row < rows; row++) {
			for (; at < ends[row]; at++)
				byteset_union(&t->behind[i][row], &t->behind[i - 1][to[at]]);
		}
	}
}

void gate_class_frequencies(const struct gate *g, unsigned ret[256])
{
	struct byteset bytes[256] = { 0 };

	for (unsigned c = 0; c < 256; c++)
		byteset_add(&bytes[g->class[c]], (uint8_t)c);
	byteset_add(&bytes[g->last_newline], '\n');
	for (unsigned c = 0; c < g->end_class; c++)
		ret[c] = needs_frequency(&bytes[c]);
}

static bool may_end(const struct gate *g, size_t row, unsigned class)
{
	return row >= GATE_FINAL_ROWS && gate_next(g, name_of(g, row), class) < gate_dead(g);
}

size_t gate_paths_shortest(const struct gate_paths *t)
{
	const struct gate *g = t->g;

	for (size_t n = 0; n < GATE_DEPTH; n++) {
		bool one_more = false;

		for (size_t row = n ? t->reached[n - 1] : 0; row < t->reached[n]; row++) {
			if (may_end(g, row, g->end_class))
				return n;
			for (unsigned c = 0; c < g->end_class && !one_more; c++)
				one_more = may_end(g, row, c);
		}
		if (one_more)
			return n + 1;
	}
	return GATE_DEPTH;
}

static double often(const struct gate_paths *t, const struct byteset *set)
{
	double sum = 0;

	for (size_t w = 0; w < 4; w++) {
		for (uint64_t bits = set->w[w]; bits; bits &= bits - 1)
			sum += t->often[w * 64 + (unsigned)__builtin_ctzll(bits)];
	}
	return sum / 1000;
}

/* Sets of classes by the row that they lead to: first bytes, or first and second ones. */
static void take(const struct gate *g, uint16_t from, const struct byteset *first,
		 struct path *paths)
{
	for (unsigned c = 0; c < g->end_class; c++) {
		uint16_t next = gate_next(g, from, c);
		struct gate_bucket *to = &paths[number_of(g, next)].sets;

		if (next == gate_dead(g))
			continue;
		if (first)
			byteset_union(&to->at[0], first);
		byteset_add(&to->at[first ? 1 : 0], (uint8_t)c);
	}
}

/* Nothing but the subject's end leads on. */
static bool only_ends(const struct gate *g, size_t row)
{
	for (unsigned c = 0; c < g->end_class; c++) {
		if (gate_next(g, name_of(g, row), c) != gate_dead(g))
			return false;
	}
	return true;
}

/* Paths of two bytes, and what is behind them; of one byte where the subject must end behind it. */
static void find_paths(struct gate_paths *t, struct arena *a)
{
	const struct gate *g = t->g;
	struct path *one = arena_calloc(a, t->reached[1], sizeof(*one));
	struct path *two = arena_calloc(a, t->reached[2] + t->reached[1], sizeof(*two));
	const struct byteset none = { { 0 } };

	for (unsigned k = 0; k < GATE_EDGE; k++) {
		if (g->start[k] != gate_dead(g))
			take(g, g->start[k], NULL, one);
	}
	for (size_t row = 0; row < t->reached[1]; row++) {
		if (memcmp(&one[row].sets.at[0], &none, sizeof(none)) != 0)
			take(g, name_of(g, row), &one[row].sets.at[0], two);
	}
	for (size_t row = 0; row < t->reached[2]; row++) {
		struct path p = two[row];

		if (!memcmp(&p.sets.at[0], &none, sizeof(none)))
			continue;
		for (size_t i = 2; i < GATE_DEPTH; i++)
			p.sets.at[i] = t->behind[i - 2][row];
		two[t->n++] = p;
	}
	for (size_t row = 0; row < t->reached[1]; row++) {
		if (memcmp(&one[row].sets.at[0], &none, sizeof(none)) != 0 && only_ends(g, row))
			two[t->n++] = one[row];
	}
	t->at = two;
}

/* What a path adds to a bucket: how likely that is then, in *ret_often by place. */
static double joined(const struct gate_paths *t, const struct filling *to,
		     const struct gate_bucket *b, size_t depth, double ret_often[GATE_DEPTH])
{
	double all = 1;

	for (size_t i = 0; i < depth; i++) {
		struct byteset more = b->at[i];

		for (size_t w = 0; w < 4; w++)
			more.w[w] &= ~to->sets->at[i].w[w];
		ret_often[i] = to->often[i] + often(t, &more);
		all *= ret_often[i];
	}
	return all;
}

static void join(struct filling *to, const struct gate_bucket *b, const double at[GATE_DEPTH])
{
	for (size_t i = 0; i < GATE_DEPTH; i++)
		byteset_union(&to->sets->at[i], &b->at[i]);
	memcpy(to->often, at, sizeof(to->often));
}

static int by_often(const void *a, const void *b)
{
	const struct path *x = a, *y = b;

	return x->often < y->often   ? 1
	       : x->often > y->often ? -1
				     : memcmp(&x->sets, &y->sets, sizeof(x->sets));
}

size_t gate_paths_sort(struct gate_paths *t, size_t depth, struct gate_bucket *to, size_t count)
{
	struct gate_bucket nothing = { .at = { { { 0 } } } };
	struct filling at[GATE_BUCKETS] = { { .all = 0 } }, none = { .sets = &nothing };
	double often_at[GATE_DEPTH] = { 0 };
	size_t used = 0;

	memset(to, 0, count * sizeof(*to));
	for (size_t i = 0; i < t->n; i++)
		t->at[i].often = joined(t, &none, &t->at[i].sets, depth, often_at);
	qsort(t->at, t->n, sizeof(*t->at), by_often);
	for (size_t i = 0; i < t->n; i++) {
		const struct gate_bucket *sets = &t->at[i].sets;
		double least = HUGE_VAL;
		size_t best = 0;

		if (used < count)
			at[used].sets = &to[used];
		for (size_t k = 0; k < used + (used < count) && least > 0; k++) {
			double all = joined(t, &at[k], sets, depth, often_at);

			if (all - at[k].all < least) {
				least = all - at[k].all;
				best = k;
			}
		}
		at[best].all = joined(t, &at[best], sets, depth, often_at);
		join(&at[best], sets, often_at);
		used += best == used;
	}
	return used;
}

struct gate_paths *gate_paths_new(struct arena *a, const struct gate *g)
{
	struct gate_paths *t = arena_zalloc(a, sizeof(*t));

	t->g = g;
	find_reached(t);
	find_behind(t, a);
	gate_class_frequencies(g, t->often);
	find_paths(t, a);
	return t;
}
