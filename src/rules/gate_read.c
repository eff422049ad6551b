/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An expression into positions, a frame for each open group. A piece knows with which positions it
 * begins and ends; putting pieces in a row lets the beginnings of the one follow the ends of the other.
 * A piece that is repeated is copied, as its positions stand in a row.
 */
#include "core/arena.h"
#include "core/vec.h"
#include "rules/gate_private.h"
#include "rules/rx_text.h"

/* What may stand more often than it must, by more than this or of more positions, may stand without end. */
enum { MAX_OPTIONAL = 3, MAX_OPTIONAL_SIZE = 96 };

enum flag { FLAG_I = 1u << 0, FLAG_M = 1u << 1, FLAG_S = 1u << 2 };

struct piece {
	size_t from; /* its positions begin here and end where the next piece's begin */
	struct gate_set first[GATE_FRONT_COUNT], last;
	bool empty[GATE_FRONT_COUNT]; /* it may take nothing, where this stands in front */
};

struct frame {
	struct piece branch, done; /* so far; the branches before */
	bool has_done;
	unsigned flags; /* outside */
};

struct reading {
	struct arena *a;
	struct rd in;
	struct gate_position *at;
	size_t n;
	struct vec frames; /* struct frame */
	unsigned flags;
	bool word_bound;   /* struct gate_positions */
	bool has_branches; /* of the whole */
	bool failed;
};

static struct frame *top(struct reading *r)
{
	return VEC_LAST(&r->frames, struct frame);
}

static void nothing(struct reading *r, struct piece *ret)
{
	*ret = (struct piece){ .from = r->n, .empty = { true } };
}

static size_t new_position(struct reading *r)
{
	if (r->n == GATE_POSITIONS) {
		r->failed = true;
		return 0;
	}
	r->at[r->n] = (struct gate_position){ .is_final = false };
	return r->n++;
}

static void one_byte(struct reading *r, const struct byteset *set, struct piece *ret)
{
	size_t i = new_position(r);

	*ret = (struct piece){ .from = i };
	r->at[i].takes = *set;
	gate_set_add(&ret->first[GATE_ANYTHING], i);
	gate_set_add(&ret->last, i);
}

/* Which of a piece's beginnings may stand behind this position. */
static void let_follow(struct gate_position *p, const struct piece *next)
{
	gate_set_union(&p->follow, &next->first[GATE_ANYTHING]);
	if (byteset_has(&p->takes, '\n'))
		gate_set_union(&p->follow, &next->first[GATE_LINE_START]);
}

static void follow_all(struct reading *r, const struct gate_set *last, const struct piece *next)
{
	for (size_t w = 0; w < GATE_WORDS; w++) {
		for (uint64_t left = last->w[w]; left; left &= left - 1)
			let_follow(&r->at[w * 64 + (unsigned)__builtin_ctzll(left)], next);
	}
}

static bool may_be_empty(const struct piece *p)
{
	return p->empty[GATE_ANYTHING] || p->empty[GATE_LINE_START] || p->empty[GATE_SUBJECT_START];
}

/* p becomes p and then next. */
static void append(struct reading *r, struct piece *p, const struct piece *next)
{
	struct piece both = *p;

	follow_all(r, &p->last, next);
	memset(both.empty, 0, sizeof(both.empty));
	for (size_t i = 0; i < GATE_FRONT_COUNT; i++) {
		for (size_t k = 0; p->empty[i] && k < GATE_FRONT_COUNT; k++) {
			size_t front = i > k ? i : k;

			gate_set_union(&both.first[front], &next->first[k]);
			both.empty[front] = both.empty[front] || next->empty[k];
		}
	}
	if (!may_be_empty(next))
		memset(&both.last, 0, sizeof(both.last));
	gate_set_union(&both.last, &next->last);
	*p = both;
}

static void join(struct piece *p, const struct piece *other)
{
	for (size_t i = 0; i < GATE_FRONT_COUNT; i++) {
		gate_set_union(&p->first[i], &other->first[i]);
		p->empty[i] = p->empty[i] || other->empty[i];
	}
	gate_set_union(&p->last, &other->last);
}

static void shift(struct gate_set *s, size_t by)
{
	struct gate_set to = { { 0 } };

	if (!by)
		return;
	for (size_t i = GATE_WORDS; i-- > by / 64;) {
		to.w[i] = s->w[i - by / 64] << (by % 64);
		if (by % 64 && i > by / 64)
			to.w[i] |= s->w[i - by / 64 - 1] >> (64 - by % 64);
	}
	*s = to;
}

/* The piece as it is `by` positions behind where it stands. */
static struct piece moved(const struct piece *p, size_t by)
{
	struct piece ret = *p;

	ret.from += by;
	for (size_t i = 0; i < GATE_FRONT_COUNT; i++)
		shift(&ret.first[i], by);
	shift(&ret.last, by);
	return ret;
}

/* The last `size` positions, n times more. */
static void copy_positions(struct reading *r, size_t size, size_t n)
{
	size_t from = r->n - size;

	if (r->n + size * n > GATE_POSITIONS) {
		r->failed = true;
		return;
	}
	for (size_t i = 0; i < size * n; i++) {
		r->at[r->n] = r->at[from + i % size];
		shift(&r->at[r->n++].follow, (i / size + 1) * size);
	}
}

/* How many copies stand in a row; endless: the last one again and again. */
struct copies {
	size_t needed, optional;
	bool endless;
};

/* At most half of the positions that are left go to copies. */
static struct copies copies_of(const struct reading *r, struct rx_repeat repeat, size_t size)
{
	struct copies c = { .needed = repeat.min > 1 ? repeat.min : 1 };
	size_t max = size ? 1 + (GATE_POSITIONS - r->n) / 2 / size : 1;

	c.endless =
	    repeat.max == SIZE_MAX || repeat.max - c.needed > MAX_OPTIONAL ||
	    (repeat.max > 1 && repeat.max * size > MAX_OPTIONAL_SIZE && repeat.max > c.needed);
	if (!c.endless)
		c.optional = repeat.max - c.needed;
	if (c.needed > max) {
		c.endless = true;
		c.optional = 0;
		c.needed = max;
	}
	return c;
}

/* A piece as often as is said, behind the open branch. */
static void append_repeated(struct reading *r, struct piece *p, struct rx_repeat repeat)
{
	struct piece *branch = &top(r)->branch, one = *p;
	size_t size = r->n - p->from;
	struct copies c = copies_of(r, repeat, size);

	if (repeat.max == 0) {
		nothing(r, p);
		append(r, branch, p);
		return;
	}
	copy_positions(r, size, c.needed + c.optional - 1);
	for (size_t i = 0; i < c.needed + c.optional && !r->failed; i++) {
		struct piece next = moved(&one, i * size);

		if (c.endless && i + 1 == c.needed)
			follow_all(r, &next.last, &next);
		if (i >= c.needed || repeat.min == 0)
			next.empty[GATE_ANYTHING] = true;
		if (i)
			append(r, p, &next);
		else
			*p = next;
	}
	append(r, branch, p);
}

static void open_frame(struct reading *r, unsigned outside)
{
	struct frame *f = vec_must_push(&r->frames);

	f->flags = outside;
	nothing(r, &f->branch);
}

static void end_branch(struct reading *r)
{
	struct frame *f = top(r);

	if (f->has_done)
		join(&f->done, &f->branch);
	else
		f->done = f->branch;
	f->has_done = true;
	nothing(r, &f->branch);
}

static unsigned flags_with(unsigned flags, struct str change)
{
	bool off = false;

	for (size_t i = 0; i < change.n; i++) {
		unsigned bit = change.p[i] == 'i'   ? FLAG_I
			       : change.p[i] == 'm' ? FLAG_M
			       : change.p[i] == 's' ? FLAG_S
						    : 0;

		off = off || change.p[i] == '-';
		flags = off ? flags & ~bit : flags | bit;
	}
	return flags;
}

/* Whatever there is, nothing too. */
static void anything(struct reading *r, struct piece *ret)
{
	struct byteset all = { { 0 } };

	byteset_invert(&all);
	one_byte(r, &all, ret);
	follow_all(r, &ret->last, ret);
	ret->empty[GATE_ANYTHING] = true;
}

/* $ and its like: what stands there is looked at, not taken, so nothing can be said of what follows. */
static void subject_end(struct reading *r, struct piece *ret)
{
	struct byteset set = { { 0 } };

	byteset_add(&set, '\n');
	one_byte(r, &set, ret);
	r->at[ret->from].takes_end = r->at[ret->from].is_final = true;
}

static void empty_behind(struct reading *r, enum gate_front front, struct piece *ret)
{
	*ret = (struct piece){ .from = r->n };
	ret->empty[front] = true;
}

static void take_class(struct reading *r, struct piece *ret)
{
	struct byteset set;
	bool negated;

	if (!rx_text_class(&r->in, &set, &negated)) {
		r->failed = true;
		return;
	}
	if (r->flags & FLAG_I)
		byteset_fold(&set, true);
	if (negated)
		byteset_invert(&set);
	one_byte(r, &set, ret);
}

static void take_byte(struct reading *r, struct piece *ret)
{
	struct byteset set = { { 0 } };
	int c = rx_text_byte(&r->in);

	if (c < 0) {
		r->failed = true;
		return;
	}
	byteset_add(&set, (uint8_t)c);
	if (r->flags & FLAG_I)
		byteset_fold(&set, true);
	one_byte(r, &set, ret);
}

static void any_byte(struct reading *r, bool newline, struct piece *ret)
{
	struct byteset set = { { 0 } };

	if (!newline)
		byteset_add(&set, '\n');
	byteset_invert(&set);
	one_byte(r, &set, ret);
}

static void take_escape(struct reading *r, struct piece *ret)
{
	int c = rd_peek_at(&r->in, 1);
	struct byteset set;

	if (c < 0 || !ascii_is_alnum((char)c) || c == 'x') {
		take_byte(r, ret);
		return;
	}
	rd_skip(&r->in, 2);
	switch (c) {
	case 'd':
	case 'D':
	case 's':
	case 'S':
	case 'w':
	case 'W':
		set = rx_text_letter((char)c);
		one_byte(r, &set, ret);
		return;
	case 'A': empty_behind(r, GATE_SUBJECT_START, ret); return;
	case 'z':
	case 'Z': subject_end(r, ret); return;
	case 'N': any_byte(r, false, ret); return;
	case 'b':
	case 'B': nothing(r, ret); return;
	case 'g': rd_until(&r->in, "}"); break;
	case 'k': rd_until(&r->in, ">"); break;
	case 'R':
	case 'X': anything(r, ret); return;
	default: r->failed = true; return;
	}
	r->failed = r->failed || !rd_skip(&r->in, 1);
	anything(r, ret);
}

static void take_group(struct reading *r)
{
	unsigned outside = r->flags;
	struct str flags;
	struct piece p;

	if (rx_text_is_flags(&r->in, &flags)) {
		rd_skip(&r->in, flags.n + 3);
		r->flags = flags_with(r->flags, flags);
		return;
	}
	switch (rx_text_open(&r->in, &flags)) {
	case RX_TEXT_PLAIN:
		r->flags = flags_with(r->flags, flags);
		open_frame(r, outside);
		return;
	case RX_TEXT_VERB: r->failed = true; return;
	case RX_TEXT_LOOK: nothing(r, &p); break;
	default: anything(r, &p);
	}
	r->failed = r->failed || !rx_text_skip_group(&r->in);
	if (!r->failed)
		append_repeated(r, &p, rx_text_repeat(&r->in));
}

static void close_group(struct reading *r)
{
	struct piece p;

	rd_skip(&r->in, 1);
	if (r->frames.n == 1) {
		r->failed = true;
		return;
	}
	end_branch(r);
	p = top(r)->done;
	r->flags = top(r)->flags;
	vec_pop(&r->frames);
	append_repeated(r, &p, rx_text_repeat(&r->in));
}

/* The expression begins with a \b, whatever else it is. */
static bool begins_with_bound(const struct reading *r, struct rx_repeat repeat)
{
	return r->n == 0 && r->frames.n == 1 && repeat.min;
}

static void take_one(struct reading *r)
{
	struct piece p;
	struct rx_repeat repeat;
	int c = rd_peek(&r->in);
	bool is_bound = c == '\\' && rd_peek_at(&r->in, 1) == 'b';

	nothing(r, &p);
	switch (c) {
	case '(': take_group(r); return;
	case ')': close_group(r); return;
	case '|':
		rd_skip(&r->in, 1);
		r->has_branches = r->has_branches || r->frames.n == 1;
		end_branch(r);
		return;
	case '[': take_class(r, &p); break;
	case '\\': take_escape(r, &p); break;
	case '.':
		rd_skip(&r->in, 1);
		any_byte(r, r->flags & FLAG_S, &p);
		break;
	case '^':
		rd_skip(&r->in, 1);
		empty_behind(r, r->flags & FLAG_M ? GATE_LINE_START : GATE_SUBJECT_START, &p);
		break;
	case '$':
		rd_skip(&r->in, 1);
		subject_end(r, &p);
		break;
	default: take_byte(r, &p);
	}
	if (r->failed)
		return;
	repeat = rx_text_repeat(&r->in);
	r->word_bound = r->word_bound || (is_bound && begins_with_bound(r, repeat));
	append_repeated(r, &p, repeat);
}

bool gate_read(struct arena *scratch, struct str pcre, struct gate_positions *ret)
{
	struct reading r = { .a = scratch, .in = rd_of(pcre) };
	struct piece whole = { .from = 0 };

	r.at = arena_alloc(scratch, GATE_POSITIONS * sizeof(*r.at));
	vec_init(&r.frames, scratch, sizeof(struct frame), 0);
	open_frame(&r, 0);
	while (!r.failed && !rd_is_end(&r.in))
		take_one(&r);
	if (!r.failed && r.frames.n == 1) {
		end_branch(&r);
		whole = top(&r)->done;
	}
	if (r.failed || r.frames.n != 1 || may_be_empty(&whole))
		return false;
	for (size_t w = 0; w < GATE_WORDS; w++) {
		for (uint64_t left = whole.last.w[w]; left; left &= left - 1)
			r.at[w * 64 + (unsigned)__builtin_ctzll(left)].is_final = true;
	}
	ret->at = r.at;
	ret->n = r.n;
	ret->word_bound = r.word_bound && !r.has_branches;
	memcpy(ret->first, whole.first, sizeof(ret->first));
	return true;
}
