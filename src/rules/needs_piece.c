/* SPDX-License-Identifier: BSD-2-Clause */
/* The pieces of an expression: what each needs, in a row, as branches, repeated. */
#include "core/arena.h"
#include "rules/needs_private.h"

#include <math.h>

enum { MAX_TAIL = 24, MAX_CLASS = 6, MAX_FREQUENCY = 800, MAX_TIMES = 8 };

static const struct str empty_string = { "", 0 };

void needs_of_nothing(struct piece *p)
{
	*p = (struct piece){ .tail = { &empty_string, 1, 1 } };
	needs_window_empty(&p->start);
}

void needs_of_anything(struct piece *p, size_t min_length)
{
	*p = (struct piece){ .byte_sets = 0 };
	needs_window_anything(&p->start, min_length);
}

void needs_of_any_byte(struct piece *p)
{
	static const struct byteset any = { { UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX } };

	*p = (struct piece){ .byte_sets = 0 };
	needs_window_byte(&p->start, &any);
}

/* A set of bytes of which one must be there; the rarest are kept. */
static void need_bytes(struct piece *p, const struct byteset *set)
{
	unsigned often = needs_frequency(set);
	size_t at = 0;

	while (at < p->byte_sets && needs_frequency(&p->bytes[at]) <= often) {
		if (!memcmp(&p->bytes[at], set, sizeof(*set)))
			return;
		at++;
	}
	if (at >= NEEDS_BYTE_SETS || often > MAX_FREQUENCY)
		return;
	for (size_t i = NEEDS_BYTE_SETS - 1; i > at; i--)
		p->bytes[i] = p->bytes[i - 1];
	p->bytes[at] = *set;
	if (p->byte_sets < NEEDS_BYTE_SETS)
		p->byte_sets++;
}

struct frame *needs_top(struct analysis *n)
{
	return VEC_LAST(&n->frames, struct frame);
}

static void start_branch(struct frame *f)
{
	needs_of_nothing(&f->branch);
	f->whole = true;
}

void needs_open_frame(struct analysis *n)
{
	start_branch(vec_must_push(&n->frames));
}

/* A wider choice of beginnings makes a window worth less. */
static void keep_window(struct analysis *n, const struct begun *b)
{
	double rarity = needs_alts_rarity(b->alts) - log2((double)(b->back_max - b->back_min + 1));

	if (rarity <= n->best_rarity)
		return;
	n->best = *b;
	n->best_rarity = rarity;
}

/* A piece's branches, or the piece as its only one. */
static struct needs_alts alts_of(struct analysis *n, const struct piece *p)
{
	struct needs_window *w;

	if (p->alts.n)
		return p->alts;
	w = arena_alloc(n->a, sizeof(*w));
	*w = p->start;
	return (struct needs_alts){ w, 1 };
}

/* Only pieces of the whole expression: the distance from its start is known. */
static void grow_windows(struct analysis *n, const struct needs_window *prefix,
			 const struct piece *p)
{
	size_t kept = 0;

	for (size_t i = 0; i < n->live_count; i++) {
		n->live[i].alts = needs_alts_append(n->a, n->live[i].alts, &p->start);
		if (needs_alts_are_full(n->live[i].alts))
			keep_window(n, &n->live[i]);
		else
			n->live[kept++] = n->live[i];
	}
	n->live_count = kept;
	if (p->start.min_length && kept < NEEDS_LIVE && prefix->max_length <= NEEDS_MAX_BACK)
		n->live[n->live_count++] =
		    (struct begun){ alts_of(n, p), prefix->min_length, prefix->max_length };
}

static void append_needs(struct analysis *n, const struct piece *p)
{
	struct frame *f = needs_top(n);

	if (n->frames.n == 1)
		grow_windows(n, &f->branch.start, p);
	if (f->branch.start.max_length == 0)
		f->branch.alts = alts_of(n, p);
	else
		f->branch.alts = needs_alts_append(n->a, f->branch.alts, &p->start);
	needs_window_append(&f->branch.start, &p->start);
	for (size_t i = 0; i < p->byte_sets; i++)
		need_bytes(&f->branch, &p->bytes[i]);
	f->branch.best = needs_better(f->branch.best, p->best);
}

/* The strings of the branch end here, and go on from what `tail` can be. */
static void break_tail(struct frame *f, struct needs_set tail)
{
	f->branch.best = needs_better(f->branch.best, f->branch.tail);
	f->branch.best = needs_better(f->branch.best, tail);
	f->whole = false;
	f->branch.tail = tail;
}

/* The branch goes on with this piece. */
static void append(struct analysis *n, const struct piece *p)
{
	struct frame *f = needs_top(n);
	struct needs_set joined;

	append_needs(n, p);
	if (!needs_cross(n->a, f->branch.tail, p->tail, MAX_TAIL, &joined)) {
		break_tail(f, p->tail);
		return;
	}
	f->branch.tail = joined;
	f->branch.best = needs_better(f->branch.best, joined);
}

/* With a piece that stands there more than once: one copy before the break, one behind it. */
static void append_copies(struct analysis *n, const struct piece *again, struct needs_set one)
{
	struct frame *f = needs_top(n);
	struct needs_set joined;

	append_needs(n, again);
	if (needs_cross(n->a, f->branch.tail, one, MAX_TAIL, &joined))
		f->branch.best = needs_better(f->branch.best, joined);
	break_tail(f, one);
}

/* Only what all branches need is needed. */
static void join_branch(struct analysis *n, struct piece *done, const struct piece *b)
{
	done->tail = needs_union(n->a, done->tail, b->tail, NEEDS_MAX_LITERALS);
	done->best = needs_union(n->a, done->best, b->best, NEEDS_MAX_LITERALS);
	done->alts = needs_alts_union(n->a, done->alts, b->alts);
	needs_window_join(&done->start, &b->start);
	done->byte_sets = done->byte_sets && b->byte_sets;
	if (done->byte_sets)
		byteset_union(&done->bytes[0], &b->bytes[0]);
}

/* The branch is complete: it joins the ones before. */
void needs_end_branch(struct analysis *n)
{
	struct frame *f = needs_top(n);
	struct piece *b = &f->branch;

	b->best = needs_better(b->best, b->tail);
	if (!f->whole)
		b->tail.n = 0;
	if (n->frames.n == 1) {
		n->has_branches = n->has_branches || f->has_done;
		for (size_t i = 0; i < n->live_count; i++)
			keep_window(n, &n->live[i]);
		n->live_count = 0;
	}
	if (f->has_done)
		join_branch(n, &f->done, b);
	else
		f->done = *b;
	f->has_done = true;
	start_branch(f);
}

void needs_of_bytes(struct analysis *n, const struct byteset *raw, struct piece *ret)
{
	struct byteset folded = { { 0 } };
	size_t count;
	struct str *s;

	for (size_t w = 0; w < 4; w++) {
		for (uint64_t bits = raw->w[w]; bits; bits &= bits - 1)
			byteset_add(&folded,
				    byte_fold((uint8_t)(w * 64 + (unsigned)__builtin_ctzll(bits))));
	}
	*ret = (struct piece){ .byte_sets = 0 };
	needs_window_byte(&ret->start, &folded);
	need_bytes(ret, &folded);
	count = byteset_count(&folded);
	if (count > MAX_CLASS)
		return;
	s = arena_alloc(n->a, (count + 1) * sizeof(*s));
	ret->tail = (struct needs_set){ s, count, 1 };
	for (unsigned c = 0; c < 256; c++) {
		char byte = (char)c;

		if (byteset_has(&folded, (uint8_t)c))
			*s++ = str_dup(n->a, str_make(&byte, 1));
	}
}

void needs_of_char(struct analysis *n, uint8_t c, struct piece *ret)
{
	struct byteset set = { { 0 } };

	byteset_add(&set, c);
	needs_of_bytes(n, &set, ret);
}

/* All strings of exactly `count` copies; false: too many. */
static bool spell_out(struct analysis *n, const struct piece *p, size_t count,
		      struct needs_set *ret)
{
	struct needs_set more;

	*ret = p->tail;
	for (size_t i = 1; i < count; i++) {
		if (!needs_cross(n->a, *ret, p->tail, MAX_TAIL, &more))
			return false;
		*ret = more;
	}
	return true;
}

/* The piece r.min times and more. */
void needs_append_repeated(struct analysis *n, struct piece *p, struct rx_repeat r)
{
	struct piece again = *p;

	if (r.min == 1 && r.max == 1) {
		append(n, p);
		return;
	}
	needs_window_repeat(&again.start, r.min, r.max);
	again.alts.n = 0;
	if (r.min == 0) { /* it need not be there at all */
		again.best.n = 0;
		again.byte_sets = 0;
		if (r.max == 1)
			again.tail = needs_union(
			    n->a, p->tail, (struct needs_set){ &empty_string, 1, 1 }, MAX_TAIL);
		else
			again.tail.n = 0;
		append(n, &again);
		return;
	}
	again.best = needs_better(p->best, p->tail);
	again.best.times *= r.min < MAX_TIMES ? r.min : (size_t)MAX_TIMES;
	if (r.max == r.min && spell_out(n, p, r.min, &again.tail))
		append(n, &again);
	else
		append_copies(n, &again, p->tail);
}
