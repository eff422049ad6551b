/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An expression into the steps of an echo, a frame for each open group. A group may begin with two choices
 * that are filled in later: to leave it out, when a `?` stands behind it, and to take its next branch.
 */
#include "core/reader.h"
#include "rules/echo_private.h"
#include "rules/rx_text.h"

#include <string.h>

enum { MAX_DEPTH = 8 };
struct frame {
	unsigned flags;     /* outside */
	size_t begin;       /* its first step: the choice to leave it out */
	size_t branch;      /* the open branch's choice to take the next one */
	uint8_t jumps;      /* of the branches before, each with the one before it in `to` */
	uint8_t group;      /* or look; ECHO_NONE: it captures nothing */
	enum echo_kind end; /* what ends that */
	bool has_branches;
};

struct reading {
	struct rd in;
	struct echo_step at[ECHO_STEPS];
	size_t n;
	size_t barrier; /* steps before this one end where something else may go on */
	struct frame frames[MAX_DEPTH];
	size_t depth;
	unsigned flags;
	unsigned groups, looks;      /* opened so far */
	bool known[ECHO_GROUPS + 1]; /* a COPY may ask for it */
	bool failed;
};

static const struct byteset any_byte = { { UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX } };

/* The last one is kept for ECHO_END. */
static struct echo_step *add(struct reading *r, enum echo_kind kind)
{
	struct echo_step *s = &r->at[r->n];

	if (r->n < ECHO_STEPS - 1)
		r->n++;
	else
		r->failed = true;
	*s = (struct echo_step){ .kind = kind, .to = ECHO_NONE };
	return s;
}

static void add_run(struct reading *r, const struct byteset *set, struct rx_repeat repeat)
{
	struct echo_step *s = add(r, ECHO_RUN);

	s->set = *set;
	s->min = repeat.min;
	s->max = repeat.max;
}

static void add_anything(struct reading *r)
{
	add_run(r, &any_byte, (struct rx_repeat){ 0, SIZE_MAX });
}

/* A literal grows while nothing else may go on within it. */
static void add_byte(struct reading *r, uint8_t c)
{
	bool nocase = r->flags & RX_TEXT_I;
	struct echo_step *s = r->n > r->barrier ? &r->at[r->n - 1] : NULL;

	if (!s || s->kind != ECHO_LITERAL || s->nocase != nocase || s->length == ECHO_TEXT) {
		s = add(r, ECHO_LITERAL);
		s->nocase = nocase;
	}
	s->text[s->length++] = (char)(nocase ? echo_lower(c) : c);
}

static void add_branch(struct reading *r, struct frame *f)
{
	f->branch = r->n;
	add(r, ECHO_CHOICE);
	r->barrier = r->n;
}

/* kind: ECHO_OPEN, ECHO_LOOK, or ECHO_END for a group that is neither. */
static void open_frame(struct reading *r, unsigned outside, enum echo_kind kind)
{
	struct frame *f = &r->frames[r->depth];
	unsigned *count = kind == ECHO_OPEN ? &r->groups : &r->looks;

	if (r->depth + 1 == MAX_DEPTH || *count == ECHO_GROUPS) {
		r->failed = true;
		return;
	}
	r->depth++;
	*f = (struct frame){
		.flags = outside, .begin = r->n, .jumps = ECHO_NONE, .group = ECHO_NONE
	};
	add(r, ECHO_CHOICE);
	if (kind != ECHO_END) {
		f->group = (uint8_t)++ * count;
		f->end = kind == ECHO_OPEN ? ECHO_CLOSE : ECHO_LOOKED;
		add(r, kind)->group = f->group;
	}
	add_branch(r, f);
}

static void next_branch(struct reading *r)
{
	struct frame *f = &r->frames[r->depth - 1];
	struct echo_step *jump = add(r, ECHO_JUMP);

	jump->to = f->jumps;
	f->jumps = (uint8_t)(jump - r->at);
	f->has_branches = true;
	r->at[f->branch].to = (uint8_t)r->n;
	add_branch(r, f);
}

/* All branches end here. */
static void join_branches(struct reading *r, struct frame *f)
{
	while (f->jumps != ECHO_NONE) {
		struct echo_step *jump = &r->at[f->jumps];

		f->jumps = jump->to;
		jump->to = (uint8_t)r->n;
	}
	r->barrier = r->n;
	if (f->group != ECHO_NONE) {
		add(r, f->end)->group = f->group;
		if (f->end == ECHO_CLOSE)
			r->known[f->group] = true;
	}
	r->barrier = r->n;
}

/* What the steps from there on can take. */
static struct byteset all_bytes(const struct reading *r, size_t from)
{
	struct byteset all = { { 0 } };

	for (; from < r->n; from++) {
		const struct echo_step *s = &r->at[from];

		if (s->kind == ECHO_COPY || s->kind == ECHO_LINES)
			return any_byte;
		byteset_union(&all, &s->set);
		for (size_t i = 0; i < s->length; i++)
			byteset_add(&all, (uint8_t)s->text[i]);
		if (s->nocase)
			byteset_fold(&all, true);
	}
	return all;
}

/* Its only branch ends with the end of a line. */
static bool ends_lines(const struct reading *r, const struct frame *f)
{
	const struct echo_step *s = &r->at[r->n - 1];
	struct byteset newline = { { 0 } };

	byteset_add(&newline, '\n');
	if (f->has_branches || r->barrier >= r->n)
		return false;
	return (s->kind == ECHO_LITERAL && s->text[s->length - 1] == '\n') ||
	       (s->kind == ECHO_RUN && s->min && !memcmp(&s->set, &newline, sizeof(newline)));
}

/* A group that stands more than once becomes any of its bytes, and what it held is not known. */
static void replace_repeated(struct reading *r, struct frame *f)
{
	struct byteset all = all_bytes(r, f->begin);
	bool lines = ends_lines(r, f);

	for (size_t i = f->begin; i < r->n; i++) {
		if (r->at[i].kind == ECHO_OPEN)
			r->known[r->at[i].group] = false;
	}
	r->n = f->begin;
	r->barrier = r->n;
	if (lines)
		add(r, ECHO_LINES)->max = SIZE_MAX;
	else
		add_run(r, &all, (struct rx_repeat){ 0, SIZE_MAX });
}

static void close_frame(struct reading *r, struct rx_repeat repeat)
{
	struct frame *f = &r->frames[--r->depth];

	r->flags = f->flags;
	if (repeat.max != 1 && f->group == ECHO_NONE) {
		replace_repeated(r, f);
		return;
	}
	join_branches(r, f);
	if (repeat.max != 1)
		replace_repeated(r, f);
	else if (repeat.min == 0)
		r->at[f->begin].to = (uint8_t)r->n;
}

static bool captures_here(const struct rd *in)
{
	int c = rd_peek_at(in, 3);

	return rd_peek_at(in, 1) != '?' || (rd_peek_at(in, 2) == '<' && c != '=' && c != '!');
}

/* Left out; what it captures would be counted. */
static void skip_look(struct reading *r)
{
	size_t from = r->in.at;

	r->failed = r->failed || !rx_text_skip_group(&r->in);
	for (size_t i = from + 1; !r->failed && i < r->in.at; i++) {
		struct rd in = r->in;

		in.at = i;
		r->failed = rd_peek(&in) == '(' && captures_here(&in);
	}
	rx_text_repeat(&r->in);
}

static void take_group(struct reading *r)
{
	unsigned outside = r->flags;
	bool captures = captures_here(&r->in);
	struct str flags;

	if (rx_text_is_flags(&r->in, &flags)) {
		rd_skip(&r->in, flags.n + 3);
		r->flags = rx_text_flags(r->flags, flags);
		return;
	}
	if (str_starts(rd_rest(&r->in), STR("(?|"))) {
		r->failed = true;
		return;
	}
	if (rd_accept_str(&r->in, STR("(?="))) {
		open_frame(r, outside, ECHO_LOOK);
		return;
	}
	switch (rx_text_open(&r->in, &flags)) {
	case RX_TEXT_PLAIN:
		r->flags = rx_text_flags(r->flags, flags);
		open_frame(r, outside, captures ? ECHO_OPEN : ECHO_END);
		break;
	case RX_TEXT_LOOK: skip_look(r); break;
	default: r->failed = true;
	}
}

static void close_group(struct reading *r)
{
	rd_skip(&r->in, 1);
	if (r->depth == 1)
		r->failed = true;
	else
		close_frame(r, rx_text_repeat(&r->in));
}

static void take_set(struct reading *r, const struct byteset *set)
{
	add_run(r, set, rx_text_repeat(&r->in));
}

static void take_class(struct reading *r)
{
	struct byteset set;
	bool negated;

	if (!rx_text_class(&r->in, &set, &negated)) {
		r->failed = true;
		return;
	}
	if (r->flags & RX_TEXT_I)
		byteset_fold(&set, true);
	if (negated)
		byteset_invert(&set);
	take_set(r, &set);
}

static void take_byte(struct reading *r)
{
	struct byteset set = { { 0 } };
	int c = rx_text_byte(&r->in);
	struct rx_repeat repeat = rx_text_repeat(&r->in);

	if (c < 0) {
		r->failed = true;
		return;
	}
	if (repeat.min == 1 && repeat.max == 1) {
		add_byte(r, (uint8_t)c);
		return;
	}
	byteset_add(&set, (uint8_t)c);
	if (r->flags & RX_TEXT_I)
		byteset_fold(&set, true);
	add_run(r, &set, repeat);
}

static void take_any(struct reading *r, bool newline)
{
	struct byteset set = { { 0 } };

	if (!newline)
		byteset_add(&set, '\n');
	byteset_invert(&set);
	take_set(r, &set);
}

/* \g{1} */
static void take_copy(struct reading *r)
{
	struct rx_repeat repeat;
	struct echo_step *s;
	size_t group = 0;

	rd_skip(&r->in, 2);
	if (!rd_accept(&r->in, '{'))
		r->failed = true;
	for (; ascii_is_digit((char)rd_peek(&r->in)) && group <= ECHO_GROUPS; rd_skip(&r->in, 1))
		group = group * 10 + (size_t)(rd_peek(&r->in) - '0');
	if (!rd_accept(&r->in, '}') || !group) {
		r->failed = true;
		return;
	}
	repeat = rx_text_repeat(&r->in);
	if (group > ECHO_GROUPS || !r->known[group] || repeat.min != 1 || repeat.max != 1) {
		add_anything(r);
		return;
	}
	s = add(r, ECHO_COPY);
	s->group = (uint8_t)group;
	s->nocase = r->flags & RX_TEXT_I;
}

/* What takes nothing: where it need not hold it is left out. */
static void take_bound(struct reading *r, enum echo_kind kind)
{
	if (rx_text_repeat(&r->in).min)
		add(r, kind);
}

static void take_escape(struct reading *r)
{
	int c = rd_peek_at(&r->in, 1);
	struct byteset set;

	if (c < 0 || !ascii_is_alnum((char)c) || c == 'x') {
		take_byte(r);
		return;
	}
	if (c == 'g') {
		take_copy(r);
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
		take_set(r, &set);
		return;
	case 'N': take_any(r, false); return;
	case 'A': take_bound(r, ECHO_SUBJECT_START); return;
	case 'Z': take_bound(r, ECHO_SUBJECT_END); return;
	case 'z':
	case 'b':
	case 'B': rx_text_repeat(&r->in); return;
	default: r->failed = true;
	}
}

static void take_one(struct reading *r)
{
	int c = rd_peek(&r->in);
	bool m = r->flags & RX_TEXT_M;

	switch (c) {
	case '(': take_group(r); return;
	case ')': close_group(r); return;
	case '[': take_class(r); return;
	case '\\': take_escape(r); return;
	case '|':
		rd_skip(&r->in, 1);
		next_branch(r);
		return;
	case '.':
		rd_skip(&r->in, 1);
		take_any(r, r->flags & RX_TEXT_S);
		return;
	case '^':
		rd_skip(&r->in, 1);
		take_bound(r, m ? ECHO_LINE_START : ECHO_SUBJECT_START);
		return;
	case '$':
		rd_skip(&r->in, 1);
		take_bound(r, m ? ECHO_LINE_END : ECHO_SUBJECT_END);
		return;
	default: take_byte(r);
	}
}

bool echo_read(struct str pcre, struct echo_step *ret, size_t *ret_n, bool *ret_twice)
{
	struct reading r = { .in = rd_of(pcre) };

	open_frame(&r, 0, ECHO_END);
	while (!r.failed && !rd_is_end(&r.in))
		take_one(&r);
	if (r.failed || r.depth != 1)
		return false;
	join_branches(&r, &r.frames[0]);
	r.at[r.n] = (struct echo_step){ .kind = ECHO_END, .to = ECHO_NONE };
	*ret_twice = false;
	for (size_t i = 0; i < r.n && !*ret_twice; i++)
		*ret_twice = r.at[i].kind == ECHO_COPY;
	*ret_n = r.n + 1;
	memcpy(ret, r.at, *ret_n * sizeof(*ret));
	return !r.failed;
}
