/* SPDX-License-Identifier: BSD-2-Clause */
/* The pieces of an expression: what each needs, in a row, as branches, repeated. */
#include "core/arena.h"
#include "rules/needs_private.h"

#include <math.h>

/* MAX_LITERAL: what may be one of more bytes is a class. */
enum { MAX_TAIL = 24, MAX_CLASS = 6, MAX_LITERAL = 4, MAX_FREQUENCY = 800, MAX_TIMES = 8 };
/* What may be left out is told apart from what comes then where it is as long. */
enum { MIN_APART = 3 };
/* Of 1,000 bytes of mail: what is more frequent is not worth a window's first place. */
enum { MAX_BEFORE = 300 };

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
	byteset_invert(&p->alphabet);
	byteset_invert(&p->last);
}

void needs_of_dot(const struct analysis *n, struct piece *p)
{
	static const struct byteset any = { { UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX } };

	*p = (struct piece){ .choices = 1, .last = any };
	needs_window_byte(&p->start, &any);
	if (!(n->flags & RX_TEXT_S))
		byteset_add(&p->alphabet, '\n');
	byteset_invert(&p->alphabet);
}

/* A set of bytes of which one must be there, and how often it is in mail; the rarest are kept. */
static void need_bytes(struct piece *p, const struct byteset *set, unsigned often)
{
	size_t at = 0;

	while (at < p->byte_sets && p->often[at] <= often) {
		if (!memcmp(&p->bytes[at], set, sizeof(*set)))
			return;
		at++;
	}
	if (at >= NEEDS_BYTE_SETS || often > MAX_FREQUENCY)
		return;
	for (size_t i = NEEDS_BYTE_SETS - 1; i > at; i--) {
		p->bytes[i] = p->bytes[i - 1];
		p->often[i] = p->often[i - 1];
	}
	p->bytes[at] = *set;
	p->often[at] = often;
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
	f->run_count = f->pieces = 0;
	f->is_ragged = false;
	f->tail_min = f->tail_max = 0;
	f->line = f->tail_line = 0;
}

/* A known distance is worth some bits. */
static double worth(const struct needs_found *f)
{
	return f->rarity + (f->set.times > 1 ? 8 : 0) + (f->back_max != SIZE_MAX ? 2 : 0);
}

void needs_add_found(struct piece *p, struct needs_found f)
{
	size_t at = p->found_count;

	if (!needs_is_useful(f.set))
		return;
	while (at && worth(&p->found[at - 1]) < worth(&f))
		at--;
	if (at >= NEEDS_CLAUSES)
		return;
	if (p->found_count < NEEDS_CLAUSES)
		p->found_count++;
	for (size_t i = p->found_count - 1; i > at; i--)
		p->found[i] = p->found[i - 1];
	p->found[at] = f;
}

static size_t sum(size_t a, size_t b)
{
	return a > SIZE_MAX - b ? SIZE_MAX : a + b;
}

static size_t product(size_t a, size_t b)
{
	return a && b > SIZE_MAX / a ? SIZE_MAX : a * b;
}

static struct needs_found found_at(struct needs_set set, size_t back_min, size_t back_max,
				   size_t line)
{
	return (struct needs_found){ set, back_min, back_max, needs_set_rarity(set), line };
}

void needs_end_tail(struct analysis *n, struct piece *p)
{
	if (needs_is_useful(p->tail))
		needs_add_found(p, found_at(needs_shortened(n->a, p->tail), 0, 0, 0));
	p->tail.n = 0;
}

void needs_open_frame(struct analysis *n, unsigned group)
{
	struct frame *f = vec_must_push(&n->frames);

	f->group = group;
	start_branch(f);
}

/* A wider choice of beginnings makes a window worth less. */
static void keep_window(struct analysis *n, const struct begun *b)
{
	bool is_near = b->back_max != SIZE_MAX;
	double rarity = needs_alts_rarity(b->alts) -
			(is_near ? log2((double)(b->back_max - b->back_min + 1)) : NEEDS_FAR_BITS);

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

static struct needs_alts grown(struct analysis *n, struct needs_alts x, const struct piece *p)
{
	struct needs_alts either = { NULL, 0 };

	if (p->is_optional && x.n && !needs_alts_are_full(x))
		either = needs_alts_append_either(n->a, x, &p->once);
	return either.n ? either : needs_alts_append(n->a, x, &p->start);
}

/* A window begins with the piece, so many bytes before it or with it, behind a prefix of the whole expression. */
static void begin_window(struct analysis *n, struct needs_alts alts,
			 const struct needs_window *prefix, size_t before)
{
	bool is_near = prefix->max_length <= NEEDS_MAX_BACK;

	if (n->live_count < NEEDS_LIVE)
		n->live[n->live_count++] =
		    (struct begun){ alts, is_near ? prefix->min_length - before : 0,
				    is_near ? prefix->max_length - before : SIZE_MAX };
}

/* With the byte in front of the piece, where no window that began before tells what stands there. */
static void begin_before(struct analysis *n, const struct frame *f, const struct piece *p)
{
	struct needs_window *w = arena_alloc(n->a, sizeof(*w));

	needs_window_byte(w, &f->branch.last);
	begin_window(n, needs_alts_append(n->a, (struct needs_alts){ w, 1 }, &p->start),
		     &f->branch.start, 1);
}

/* Only pieces of the whole expression: the distance from its start is known. */
static void grow_windows(struct analysis *n, const struct frame *f, const struct piece *p)
{
	const struct needs_window *prefix = &f->branch.start;
	size_t kept = 0;

	for (size_t i = 0; i < n->live_count; i++) {
		n->live[i].alts = grown(n, n->live[i].alts, p);
		if (needs_alts_are_full(n->live[i].alts))
			keep_window(n, &n->live[i]);
		else
			n->live[kept++] = n->live[i];
	}
	n->live_count = kept;
	if (p->start.min_length)
		begin_window(n, alts_of(n, p), prefix, 0);
	if (p->start.min_length && prefix->min_length && f->is_ragged &&
	    needs_frequency(&f->branch.last) < MAX_BEFORE)
		begin_before(n, f, p);
}

static void append_needs(struct analysis *n, const struct piece *p)
{
	struct frame *f = needs_top(n);

	needs_append_run(f, p);
	needs_marks_add(&f->branch.marks, &p->marks);
	if (n->frames.n == 1)
		grow_windows(n, f, p);
	if (f->branch.start.max_length == 0)
		f->branch.alts = alts_of(n, p);
	else
		f->branch.alts = grown(n, f->branch.alts, p);
	needs_window_append(&f->branch.start, &p->start);
	if (p->start.min_length)
		f->branch.last = p->last;
	else
		byteset_union(&f->branch.last, &p->last);
	f->is_ragged =
	    p->start.min_length != p->start.max_length || (f->is_ragged && !p->start.max_length);
	if (byteset_has(&p->alphabet, '\n'))
		f->line = f->branch.start.max_length;
	for (size_t i = 0; i < p->byte_sets; i++)
		need_bytes(&f->branch, &p->bytes[i], p->often[i]);
}

/* What the piece holds stands in the branch behind what is there already. */
static void append_found(struct frame *f, const struct piece *p, size_t min, size_t max,
			 size_t line)
{
	for (size_t i = 0; i < p->found_count; i++) {
		struct needs_found it = p->found[i];

		it.back_min = sum(it.back_min, min);
		it.back_max = sum(it.back_max, max);
		it.line = it.line ? sum(it.line, max) : line;
		needs_add_found(&f->branch, it);
	}
}

static void keep_tail(struct analysis *n, struct frame *f, struct needs_set tail)
{
	if (needs_is_useful(tail))
		needs_add_found(&f->branch, found_at(needs_shortened(n->a, tail), f->tail_min,
						     f->tail_max, f->tail_line));
}

/* The strings of the branch end here; what `tail` can be begins min to max bytes behind its start. */
static void break_tail(struct analysis *n, struct frame *f, struct needs_set tail, size_t min,
		       size_t max, size_t line)
{
	keep_tail(n, f, f->branch.tail);
	f->whole = false;
	f->branch.tail = tail;
	f->tail_min = min;
	f->tail_max = max;
	f->tail_line = line;
}

/* The branch goes on with this piece. */
static void append(struct analysis *n, const struct piece *p)
{
	struct frame *f = needs_top(n);
	size_t min = f->branch.start.min_length, max = f->branch.start.max_length;
	size_t line = f->line;
	struct needs_set joined;

	append_needs(n, p);
	append_found(f, p, min, max, line);
	if (needs_cross(n->a, f->branch.tail, p->tail, MAX_TAIL, &joined))
		f->branch.tail = joined;
	else
		break_tail(n, f, p->tail, min, max, line);
}

/* With a piece that stands there more than once: one copy before the break, one behind it. */
static void append_copies(struct analysis *n, const struct piece *again, const struct piece *one)
{
	struct frame *f = needs_top(n);
	struct needs_window *start = &f->branch.start;
	size_t min = start->min_length, max = start->max_length;
	size_t line = f->line;
	struct needs_set joined;

	append_needs(n, again);
	append_found(f, again, min, max, line);
	if (needs_cross(n->a, f->branch.tail, one->tail, MAX_TAIL, &joined))
		f->branch.tail = joined;
	max = start->max_length == SIZE_MAX ? SIZE_MAX : start->max_length - one->start.min_length;
	break_tail(n, f, one->tail, min, max, f->line);
}

/* The rarest of both, the next of both ...: each of them holds of either. */
static void join_found(struct analysis *n, struct piece *done, const struct piece *b)
{
	struct piece both = { .found_count = 0 };

	for (size_t i = 0; i < done->found_count && i < b->found_count; i++) {
		struct needs_found x = done->found[i], y = b->found[i];

		x.set = needs_union(n->a, x.set, y.set, NEEDS_MAX_LITERALS);
		x.back_min = x.back_min < y.back_min ? x.back_min : y.back_min;
		x.back_max = x.back_max > y.back_max ? x.back_max : y.back_max;
		x.line = x.line > y.line ? x.line : y.line;
		x.rarity = needs_set_rarity(x.set);
		needs_add_found(&both, x);
	}
	memcpy(done->found, both.found, sizeof(both.found));
	done->found_count = both.found_count;
}

/* One of a set of either: the rarest of all pairs. */
static void join_bytes(struct piece *done, const struct piece *b)
{
	struct piece both = { .byte_sets = 0 };

	for (size_t i = 0; i < done->byte_sets; i++) {
		for (size_t k = 0; k < b->byte_sets; k++) {
			struct byteset set = done->bytes[i];

			byteset_union(&set, &b->bytes[k]);
			need_bytes(&both, &set, needs_frequency(&set));
		}
	}
	memcpy(done->bytes, both.bytes, sizeof(both.bytes));
	memcpy(done->often, both.often, sizeof(both.often));
	done->byte_sets = both.byte_sets;
}

/* Only what all branches need is needed. */
static void join_branch(struct analysis *n, struct piece *done, struct piece *b)
{
	struct needs_set tail = needs_union(n->a, done->tail, b->tail, NEEDS_MAX_LITERALS);

	if (!tail.n) {
		needs_end_tail(n, done);
		needs_end_tail(n, b);
	}
	done->tail = tail;
	join_found(n, done, b);
	done->alts = needs_alts_union(n->a, done->alts, b->alts);
	needs_window_join(&done->start, &b->start);
	byteset_union(&done->last, &b->last);
	needs_join_runs(done, b);
	needs_marks_join(&done->marks, &b->marks);
	join_bytes(done, b);
}

/* The branch is complete: it joins the ones before, or is none. */
void needs_end_branch(struct analysis *n)
{
	struct frame *f = needs_top(n);
	struct piece *b = &f->branch;

	needs_end_runs(f);
	if (!f->whole) {
		keep_tail(n, f, b->tail);
		b->tail.n = 0;
	}
	if (b->is_impossible) {
		n->has_branches = n->has_branches || n->frames.n == 1;
		n->has_dropped = true;
		n->live_count = n->frames.n == 1 ? 0 : n->live_count;
		start_branch(f);
		return;
	}
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
	static const struct byteset ascii = { { UINT64_MAX, UINT64_MAX, 0, 0 } };
	struct byteset folded = *raw;
	size_t count;
	struct str *s;

	if (n->is_plain)
		byteset_intersect(&folded, &ascii);
	*ret = (struct piece){ .is_class = true, .alphabet = folded };
	byteset_fold_down(&folded);
	ret->last = folded;
	count = byteset_count(&folded);
	ret->choices = count > MAX_LITERAL;
	ret->is_impossible = n->is_plain && !count;
	if (n->flags & RX_TEXT_I)
		byteset_fold(&ret->alphabet, true);
	needs_window_byte(&ret->start, &folded);
	needs_count_byte(&ret->marks, &folded);
	need_bytes(ret, &folded, needs_frequency(&folded));
	if (count > MAX_CLASS)
		return;
	s = arena_alloc(n->a, (count + 1) * sizeof(*s));
	ret->tail = (struct needs_set){ s, count, 1 };
	for (unsigned c = byteset_next(&folded, 0); c < 256; c = byteset_next(&folded, c + 1)) {
		char byte = (char)c;

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

	if (p->is_impossible) { /* so is the branch, or nothing stands here */
		needs_top(n)->branch.is_impossible |= r.min > 0;
		n->has_dropped = true;
		return;
	}
	if (r.min == 1 && r.max == 1) {
		append(n, p);
		return;
	}
	again.once = p->start;
	again.is_optional = r.min == 0 && r.max == 1 && p->start.min_length >= MIN_APART;
	needs_window_repeat(&again.start, r.min, r.max);
	again.alts.n = 0;
	again.choices = product(p->choices, r.min);
	needs_marks_repeat(&again.marks, r.min);
	if (r.min == 0) { /* it need not be there at all */
		again.run.run.length = 0;
		again.word.length = 0;
		again.found_count = 0;
		again.byte_sets = 0;
		if (r.max == 1)
			again.tail = needs_union(
			    n->a, p->tail, (struct needs_set){ &empty_string, 1, 1 }, MAX_TAIL);
		else
			again.tail.n = 0;
		append(n, &again);
		return;
	}
	if (r.max == r.min && spell_out(n, p, r.min, &again.tail)) {
		append(n, &again);
		return;
	}
	again.tail = p->tail;
	needs_end_tail(n, &again);
	for (size_t i = 0; i < again.found_count; i++)
		again.found[i].set.times *= r.min < MAX_TIMES ? r.min : (size_t)MAX_TIMES;
	append_copies(n, &again, p);
}
