/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The steps of an echo, tried with a list of what is still to be tried: a run that may end later, lines that
 * may be passed over, another branch. As steps go forward only, each of them is in that list once at most.
 */
#include "core/block.h"
#include "rules/echo_lines.h"
#include "rules/echo_private.h"

#include <string.h>

/* Bytes that may be looked at, by the subject's length and at least; what a choice costs. */
enum { WORK = 64, LEAST_WORK = 1024, CHOICE_WORK = 4, FAST_BYTES = 16 };

size_t echo_work(struct str subject)
{
	return subject.n * WORK + LEAST_WORK;
}

/* Where a step that has more than one way goes on next. */
struct trial {
	size_t at, end; /* RUN, LINES: at the latest */
	uint8_t step;
};

struct trying {
	const struct echo *e;
	struct echo_lines *lines;
	const uint8_t *p;
	size_t n, at;
	const struct echo_move *step;
	size_t count, work;
	bool has_copied; /* what a group held was asked for */
	size_t begin[ECHO_GROUPS + 1], end[ECHO_GROUPS + 1], looked[ECHO_GROUPS + 1];
	struct trial trials[ECHO_STEPS];
};

static uint64_t word_at(const struct trying *t, size_t at)
{
	const char *p = (const char *)t->p + at;

	return t->n - at >= 8 ? block_word(p) : block_short_word(p, t->n - at);
}

static bool take_literal(struct trying *t, const struct echo_move *s)
{
	const struct echo_text *text = &t->e->texts[s->place];

	if (t->n - t->at < s->length)
		return false;
	for (size_t i = 0; i * 8 < s->length; i++) {
		uint64_t word = word_at(t, t->at + i * 8) | text->fold[i];

		if ((word ^ text->words[i]) & text->valid[i])
			return false;
	}
	t->at += s->length;
	return true;
}

static bool same(const uint8_t *p, const uint8_t *q, size_t n, bool nocase)
{
	if (!nocase)
		return !memcmp(p, q, n);
	for (size_t i = 0; i < n; i++) {
		if (echo_lower(p[i]) != echo_lower(q[i]))
			return false;
	}
	return true;
}

/* A group that took no part holds nothing that could stand anywhere. */
static bool take_copy(struct trying *t, const struct echo_move *s)
{
	size_t begin = t->begin[s->group], end = t->end[s->group];

	t->has_copied = true;
	if (end < begin || t->n - t->at < end - begin ||
	    !same(t->p + t->at, t->p + begin, end - begin, s->nocase))
		return false;
	t->work += end - begin;
	t->at += end - begin;
	return true;
}

static size_t bound_of(uint32_t n)
{
	return n == UINT32_MAX ? SIZE_MAX : n;
}

/* How far the run goes from here. */
static size_t run_end(struct trying *t, const struct echo_move *s)
{
	const struct byteset *set = &t->e->runs[s->place].set;
	size_t at = t->at, most = t->n - at;
	const uint8_t *stop;

	if (s->max < most)
		most = s->max;
	most += at;
	if (s->stop >= 0 && most - at > FAST_BYTES) {
		stop = memchr(t->p + at, s->stop, most - at);
		at = stop ? (size_t)(stop - t->p) : most;
		t->work += (at - t->at) / FAST_BYTES + 1;
		return at;
	}
	while (at < most && byteset_has(set, t->p[at]))
		at++;
	t->work += at - t->at;
	return at;
}

static void try_later(struct trying *t, const struct echo_move *s, size_t at, size_t end)
{
	t->trials[t->count++] = (struct trial){ at, end, (uint8_t)(s - t->e->at) };
}

static bool take_run(struct trying *t, const struct echo_move *s)
{
	size_t end = run_end(t, s);

	if (end - t->at < s->min)
		return false;
	t->at = s->is_sure ? end : t->at + s->min;
	if (!s->is_sure)
		try_later(t, s, t->at, end);
	return true;
}

static void add_either_case(struct byteset *s, uint8_t c)
{
	byteset_add(s, c);
	byteset_add(s, byte_other_case(c, true));
}

/* The first two bytes of what a group holds, where nothing else may follow. */
static void first_of_group(const struct trying *t, size_t group, struct echo_next *n)
{
	size_t begin = t->begin[group];

	n->only = t->p[begin];
	n->other = byte_other_case(t->p[begin], true);
	if (t->end[group] - begin < 2)
		return;
	n->second = (struct byteset){ { 0 } };
	add_either_case(&n->second, t->p[begin + 1]);
	n->only_second = t->p[begin + 1];
	n->other_second = byte_other_case(t->p[begin + 1], true);
}

/* What may follow, given what groups hold; *room is for that. */
static const struct echo_next *next_now(struct trying *t, const struct echo_next *next,
					struct echo_next *room)
{
	bool is_one = !(next->groups & (next->groups - 1u)) && !next->may_end &&
		      byteset_next(&next->first, 0) == 256;

	if (!next->groups)
		return next;
	t->has_copied = true;
	*room = *next;
	for (unsigned groups = next->groups; groups; groups &= groups - 1) {
		size_t group = (size_t)__builtin_ctz(groups);

		if (t->end[group] <= t->begin[group]) {
			memset(&room->first, 0xff, sizeof(room->first));
			memset(&room->second, 0xff, sizeof(room->second));
			room->may_end = true;
			room->only = room->only_second = -1;
			return room;
		}
		add_either_case(&room->first, t->p[t->begin[group]]);
		if (is_one)
			first_of_group(t, group, room);
	}
	return room;
}

static bool may_be_second(const struct trying *t, const struct echo_next *next, size_t at)
{
	return at + 1 >= t->n || byteset_has(&next->second, t->p[at + 1]);
}

static block is_either(block b, int16_t c, int16_t other)
{
	return block_is(b, (char)c) | block_is(b, (char)other);
}

/* At which of the places of a block the only second byte stands behind, or the subject's end. */
static unsigned seconds_at(const struct trying *t, const struct echo_next *next, size_t at)
{
	struct str behind = str_make((const char *)t->p + at + 1, t->n - at - 1);
	block b = block_of(behind, 0);
	unsigned bits = block_bits(is_either(b, next->only_second, next->other_second));

	return behind.n < BLOCK_BYTES ? bits | 1u << behind.n : bits;
}

/* Where the only byte stands that may come next, from `at` to before `to`; `to`: nowhere. */
static size_t seek_only(const struct trying *t, const struct echo_next *next, size_t at, size_t to)
{
	struct str s = str_make((const char *)t->p, to);

	for (; at < to; at += BLOCK_BYTES) {
		block b = block_of(s, at);
		unsigned bits = block_bits(is_either(b, next->only, next->other));

		bits &= block_valid(s, at);
		if (bits && next->only_second >= 0)
			bits &= seconds_at(t, next, at);
		for (; bits; bits &= bits - 1) {
			if (may_be_second(t, next, at + block_first(bits)))
				return at + block_first(bits);
		}
	}
	return to;
}

/* Where what follows may begin, from `at` to `end`; behind that: nowhere. */
static size_t seek(const struct trying *t, const struct echo_next *next, size_t at, size_t end)
{
	size_t to = end < t->n ? end + 1 : t->n;

	if (at < to && next->only >= 0) {
		at = seek_only(t, next, at, to);
	} else {
		while (at < to &&
		       !(byteset_has(&next->first, t->p[at]) && may_be_second(t, next, at)))
			at++;
	}
	return at < to || (next->may_end && end == t->n) ? at : end + 1;
}

/* The run ends where what follows may begin; the next trial begins a byte later. */
static bool end_run(struct trying *t, struct trial *it, const struct echo_move *s)
{
	struct echo_next room;
	const struct echo_next *next = next_now(t, &t->e->runs[s->place].next, &room);
	size_t at = seek(t, next, it->at, it->end);

	t->work += (at - it->at) / (next->only >= 0 ? FAST_BYTES : 1);
	t->at = at;
	t->step = s + 1;
	it->at = at + 1;
	if (at >= it->end)
		t->count--;
	return at <= it->end;
}

static bool may_be_line(const struct trying *t, const struct echo_next *next, size_t at)
{
	if (at == t->n)
		return next->may_end;
	return byteset_has(&next->first, t->p[at]) && may_be_second(t, next, at);
}

/* Behind the next line's end, where what follows may begin. */
static bool end_lines(struct trying *t, struct trial *it, const struct echo_move *s)
{
	struct echo_next room;
	const struct echo_next *next = next_now(t, &t->e->runs[s->place].next, &room);
	int c = next->only >= 0 ? echo_lower((uint8_t)next->only) : -1;
	size_t at = it->at, looked = t->lines->looked;

	do {
		at = echo_lines_next(t->lines, at, it->end, c);
		t->work++;
	} while (at != STR_NPOS && !may_be_line(t, next, at));
	t->work += (t->lines->looked - looked) / FAST_BYTES;
	if (at == STR_NPOS) {
		t->count--;
		return false;
	}
	it->at = t->at = at;
	t->step = s + 1;
	return true;
}

/* To be tried later: what lies min - 1 bytes ahead may be a line's end. Now: nothing at all, if that is allowed. */
static bool take_lines(struct trying *t, const struct echo_move *s)
{
	size_t left = t->n - t->at, skip = s->min ? s->min - 1 : 0;
	size_t max = bound_of(s->max), most = max < left ? max : left;

	if (skip < most)
		try_later(t, s, t->at + skip, t->at + most);
	return !s->min;
}

/* The next way of the last step that has one. */
static bool try_next(struct trying *t)
{
	bool found = false;

	while (!found && t->count) {
		struct trial *it = &t->trials[t->count - 1];
		const struct echo_move *s = &t->e->at[it->step];

		t->work += CHOICE_WORK;
		if (s->kind == ECHO_RUN) {
			found = end_run(t, it, s);
		} else if (s->kind == ECHO_LINES) {
			found = end_lines(t, it, s);
		} else {
			t->count--;
			t->at = it->at;
			t->step = t->e->at + s->to;
			found = true;
		}
	}
	return found;
}

static bool may_follow(const struct trying *t, const struct echo_next *next)
{
	if (t->at == t->n)
		return next->may_end || next->groups;
	return byteset_has(&next->first, t->p[t->at]) || next->groups;
}

/* The other way is tried later, if it may lead on. */
static bool take_choice(struct trying *t, const struct echo_move *s)
{
	const struct echo_run *ways = &t->e->runs[s->place];

	if (may_follow(t, &ways[1].next))
		try_later(t, s, t->at, t->at);
	return may_follow(t, &ways[0].next);
}

static bool take(struct trying *t, const struct echo_move *s)
{
	switch ((enum echo_kind)s->kind) {
	case ECHO_LITERAL: return take_literal(t, s);
	case ECHO_RUN: return take_run(t, s);
	case ECHO_LINES: return take_lines(t, s);
	case ECHO_COPY: return take_copy(t, s);
	case ECHO_LOOK: t->looked[s->group] = t->at; return true;
	case ECHO_LOOKED: t->at = t->looked[s->group]; return true;
	case ECHO_CHOICE: return take_choice(t, s);
	case ECHO_LINE_START: return !t->at || t->p[t->at - 1] == '\n';
	case ECHO_LINE_END: return t->at == t->n || t->p[t->at] == '\n';
	case ECHO_SUBJECT_START: return !t->at;
	case ECHO_SUBJECT_END: return t->at == t->n || (t->at == t->n - 1 && t->p[t->at] == '\n');
	default: return true;
	}
}

/* Whether all steps can be taken from here; true as well when the work is used up. */
static bool fits(struct trying *t, size_t at, size_t work)
{
	t->at = at;
	t->step = t->e->at;
	t->count = 0;
	t->has_copied = false;
	while (t->step->kind != ECHO_END && t->work < work) {
		const struct echo_move *s = t->step;

		t->end[s->close] = t->begin[s->open] = t->at; /* of 0: nobody asks */
		if (s->kind == ECHO_JUMP) {
			t->step = t->e->at + s->to;
		} else if (take(t, s) && (s->kind != ECHO_RUN || s->is_sure)) {
			t->step = s + 1;
		} else if (!try_next(t)) {
			return false;
		}
	}
	return true;
}

/*
 * Where it did not fit, and all it takes begins with a run to where that cannot go on: it fits nowhere in the run,
 * but for what asks what a group held.
 */
static size_t next_start(struct trying *t, size_t at)
{
	const struct echo_move *run = t->e->leading;

	if (!run || t->has_copied)
		return at + 1;
	t->at = at;
	t->at = run_end(t, run);
	return t->at > at ? t->at : at + 1;
}

/* The same of a match that begins at a line. */
static size_t seek_line(const struct trying *t, const struct echo_next *first, size_t at,
			size_t last)
{
	int c = first->only >= 0 ? echo_lower((uint8_t)first->only) : -1;

	if (!at && may_be_line(t, first, at))
		return at;
	for (at = at ? at - 1 : at; (at = echo_lines_next(t->lines, at, last, c)) != STR_NPOS;) {
		if (may_be_line(t, first, at))
			return at;
	}
	return last + 1;
}

/* And of one that begins with the newline in front of it. */
static size_t seek_newline(const struct trying *t, const struct echo_next *first, size_t at,
			   size_t last)
{
	int c = first->only_second >= 0 ? echo_lower((uint8_t)first->only_second) : -1;

	while ((at = echo_lines_next(t->lines, at, last + 1, c)) != STR_NPOS) {
		if (may_be_second(t, first, at - 1))
			return at - 1;
	}
	return last + 1;
}

static size_t seek_begin(const struct trying *t, size_t at, size_t last)
{
	switch (t->e->begin) {
	case ECHO_AT_LINE: return seek_line(t, &t->e->first, at, last);
	case ECHO_AT_NEWLINE: return seek_newline(t, &t->e->first, at, last);
	default: return seek(t, &t->e->first, at, last);
	}
}

/* Where the line that every match has may begin, at a place or behind it; STR_NPOS: nowhere. */
static size_t needed_line(struct trying *t, size_t at)
{
	const struct echo_move *s = t->e->line;
	int c = echo_lower((uint8_t)t->e->line_first);
	size_t from = at;

	for (t->at = at; !take_literal(t, s); t->at = at) {
		at = echo_lines_next(t->lines, at, t->n, c);
		if (at == STR_NPOS)
			break;
	}
	t->work += ((at == STR_NPOS ? t->n : at) - from) / FAST_BYTES + 1;
	return at;
}

bool echo_next(const struct echo *e, struct echo_lines *lines, size_t *from, size_t last,
	       size_t *left)
{
	struct trying t; /* most of it stays unused */
	size_t at = *from, line = at;

	t.e = e;
	t.lines = lines;
	t.p = (const uint8_t *)lines->text.p;
	t.n = lines->text.n;
	for (size_t i = 0; i < e->groups; i++) {
		t.begin[i] = SIZE_MAX;
		t.end[i] = 0;
	}
	t.begin[0] = t.end[0] = 0;
	while (at <= last && (at = seek_begin(&t, at, last)) <= last) {
		t.work = 0;
		if (e->line && line <= at && (line = needed_line(&t, at ? at - 1 : 0)) == STR_NPOS)
			return false;
		if (fits(&t, at, *left)) {
			*left -= t.work < *left ? t.work : *left;
			*from = at;
			return true;
		}
		at = next_start(&t, at);
		*left -= t.work + 1 < *left ? t.work + 1 : *left;
	}
	return false;
}
