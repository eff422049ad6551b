/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The steps of an echo, tried with a list of what is still to be tried: a run that may end later, lines that
 * may be passed over, another branch. As steps go forward only, each of them is in that list once at most.
 */
#include "core/arena.h"
#include "core/must.h"
#include "rules/echo_private.h"

#include <string.h>

/* Bytes that may be looked at, by the subject's length and at least; what a choice costs. */
enum { WORK = 8, LEAST_WORK = 1024, CHOICE_WORK = 4, FAST_BYTES = 16 };

static void next_union(struct echo_next *n, const struct echo_next *other)
{
	byteset_union(&n->first, &other->first);
	n->may_end = n->may_end || other->may_end;
}

/* What may stand where a step begins; those behind it are known. */
static struct echo_next begin_of(const struct echo *e, size_t i, const struct echo_next *known)
{
	const struct echo_step *s = &e->at[i];
	struct echo_next ret = { { { 0 } }, false };

	switch (s->kind) {
	case ECHO_LITERAL:
		byteset_add(&ret.first, (uint8_t)s->text[0]);
		if (s->nocase)
			byteset_fold(&ret.first, true);
		return ret;
	case ECHO_RUN:
		if (s->max)
			ret.first = s->set;
		if (!s->min)
			next_union(&ret, &known[i + 1]);
		return ret;
	case ECHO_JUMP: return known[s->to];
	case ECHO_CHOICE:
		ret = known[i + 1];
		if (s->to != ECHO_NONE)
			next_union(&ret, &known[s->to]);
		return ret;
	case ECHO_OPEN:
	case ECHO_CLOSE:
	case ECHO_LOOK:
	case ECHO_LINE_START:
	case ECHO_SUBJECT_START: return known[i + 1];
	default: byteset_invert(&ret.first); ret.may_end = true;
	}
	return ret;
}

static bool meet(const struct byteset *a, const struct byteset *b)
{
	return (a->w[0] & b->w[0]) | (a->w[1] & b->w[1]) | (a->w[2] & b->w[2]) |
	       (a->w[3] & b->w[3]);
}

/* The only member, or -1. */
static int only_member(const struct byteset *set)
{
	unsigned c = byteset_next(set, 0);

	return c < 256 && byteset_next(set, c + 1) == 256 ? (int)c : -1;
}

static void find_begins(struct echo *e)
{
	struct echo_next known[ECHO_STEPS];
	struct byteset stop;

	for (size_t i = e->n; i-- > 0;) {
		struct echo_step *s = &e->at[i];

		known[i] = begin_of(e, i, known);
		if (s->kind != ECHO_RUN && s->kind != ECHO_LINES)
			continue;
		s->next = known[i + 1];
		s->only_next = s->next.may_end ? -1 : only_member(&s->next.first);
		if (s->kind == ECHO_LINES)
			continue;
		stop = s->set;
		byteset_invert(&stop);
		s->only_stop = only_member(&stop);
		s->is_sure = !s->next.may_end && !meet(&s->set, &s->next.first);
		if (e->at[i + 1].kind == ECHO_LINE_START && byteset_count(&s->set) == 256)
			s->kind = ECHO_LINES;
	}
	e->first = known[0];
}

const struct echo *echo_new(struct arena *a, struct str pcre)
{
	struct echo_step at[ECHO_STEPS];
	struct echo *e;
	size_t n;

	if (!echo_read(pcre, at, &n))
		return NULL;
	e = arena_zalloc(a, sizeof(*e) + n * sizeof(*at));
	memcpy(e->at, at, n * sizeof(*at));
	e->n = n;
	find_begins(e);
	return e;
}

size_t echo_work(struct str subject)
{
	return subject.n * WORK + LEAST_WORK;
}

/* Where a step that has more than one way goes on next. */
struct trial {
	uint8_t step;
	size_t at, end; /* RUN, LINES: at the latest */
};

struct trying {
	const struct echo *e;
	const uint8_t *p;
	size_t n, at;
	const struct echo_step *step;
	struct trial trials[ECHO_STEPS];
	size_t count;
	size_t begin[ECHO_GROUPS + 1], end[ECHO_GROUPS + 1], looked[ECHO_GROUPS + 1];
	size_t work;
};

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

static bool take_literal(struct trying *t, const struct echo_step *s)
{
	if (t->n - t->at < s->length ||
	    !same(t->p + t->at, (const uint8_t *)s->text, s->length, s->nocase))
		return false;
	t->at += s->length;
	return true;
}

/* A group that took no part holds nothing that could stand anywhere. */
static bool take_copy(struct trying *t, const struct echo_step *s)
{
	size_t begin = t->begin[s->group], end = t->end[s->group];

	if (end < begin || t->n - t->at < end - begin ||
	    !same(t->p + t->at, t->p + begin, end - begin, s->nocase))
		return false;
	t->work += end - begin;
	t->at += end - begin;
	return true;
}

/* How far the run goes from here. */
static size_t run_end(struct trying *t, const struct echo_step *s)
{
	size_t at = t->at, most = t->n - at;
	const uint8_t *stop;

	if (s->max < most)
		most = s->max;
	most += at;
	if (s->only_stop >= 0 && most - at > FAST_BYTES) {
		stop = memchr(t->p + at, s->only_stop, most - at);
		at = stop ? (size_t)(stop - t->p) : most;
		t->work += (at - t->at) / FAST_BYTES + 1;
		return at;
	}
	while (at < most && byteset_has(&s->set, t->p[at]))
		at++;
	t->work += at - t->at;
	return at;
}

static bool take_run(struct trying *t, const struct echo_step *s)
{
	size_t end = run_end(t, s);

	if (end - t->at < s->min)
		return false;
	t->at = s->is_sure ? end : t->at + s->min;
	if (!s->is_sure)
		t->trials[t->count++] = (struct trial){ (uint8_t)(s - t->e->at), t->at, end };
	return true;
}

/* What must come next, where a copy follows the step: its first byte. */
static void next_of_copy(const struct trying *t, const struct echo_step *s, struct echo_next *ret)
{
	const struct echo_step *copy = s[1].kind == ECHO_LINE_START ? s + 2 : s + 1;
	size_t begin = t->begin[copy->group];

	if (copy->kind != ECHO_COPY || t->end[copy->group] <= begin)
		return;
	*ret = (struct echo_next){ .may_end = false };
	byteset_add(&ret->first, t->p[begin]);
	if (copy->nocase)
		byteset_fold(&ret->first, true);
}

/* Where that byte stands which must come next, with the second one of its literal. */
static size_t next_byte(const struct trying *t, const struct echo_step *s, size_t at, size_t end)
{
	const struct echo_step *text = s[1].kind == ECHO_LITERAL && s[1].length > 1 ? s + 1 : NULL;
	size_t to = end < t->n ? end + 1 : end;
	const uint8_t *found;

	for (; at < to && (found = memchr(t->p + at, s->only_next, to - at)); at++) {
		at = (size_t)(found - t->p);
		if (!text || at + 1 == t->n ||
		    (text->nocase ? echo_lower(t->p[at + 1]) : t->p[at + 1]) ==
			(uint8_t)text->text[1])
			return at;
	}
	return end + 1;
}

/* Where the run may end, from `at` to `end`; behind that: nowhere. */
static size_t next_end(const struct trying *t, const struct echo_step *s, size_t at, size_t end)
{
	struct echo_next next = s->next;

	if (s->only_next >= 0 && end - at > FAST_BYTES)
		return next_byte(t, s, at, end);
	next_of_copy(t, s, &next);
	for (; at < t->n && at <= end; at++) {
		if (byteset_has(&next.first, t->p[at]))
			return at;
	}
	return next.may_end ? at : end + 1;
}

/* The run ends where what follows may begin; the next trial begins a byte later. */
static bool end_run(struct trying *t, struct trial *it, const struct echo_step *s)
{
	size_t at = next_end(t, s, it->at, it->end);

	t->work += at - it->at;
	t->at = at;
	t->step = s + 1;
	it->at = at + 1;
	if (at >= it->end)
		t->count--;
	return at <= it->end;
}

/* Behind the next line's end, where what follows may begin. */
static bool end_lines(struct trying *t, struct trial *it, const struct echo_step *s)
{
	struct echo_next next = s->next;
	size_t at = it->at;
	const uint8_t *end;

	next_of_copy(t, s, &next);
	while (at < it->end && (end = memchr(t->p + at, '\n', it->end - at))) {
		at = (size_t)(end - t->p) + 1;
		t->work++;
		if (at < t->n ? !byteset_has(&next.first, t->p[at]) : !next.may_end)
			continue;
		t->work += (at - it->at) / FAST_BYTES;
		it->at = t->at = at;
		t->step = s + 1;
		return true;
	}
	t->work += (it->end - it->at) / FAST_BYTES;
	t->count--;
	return false;
}

/* To be tried later: what lies min - 1 bytes ahead may be a line's end. Now: nothing at all, if that is allowed. */
static bool take_lines(struct trying *t, const struct echo_step *s)
{
	size_t left = t->n - t->at, skip = s->min ? s->min - 1 : 0;
	size_t most = s->max < left ? s->max : left;

	if (skip < most)
		t->trials[t->count++] =
		    (struct trial){ (uint8_t)(s - t->e->at), t->at + skip, t->at + most };
	return !s->min;
}

/* The next way of the last step that has one. */
static bool try_next(struct trying *t)
{
	bool found = false;

	while (!found && t->count) {
		struct trial *it = &t->trials[t->count - 1];
		const struct echo_step *s = &t->e->at[it->step];

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

static bool take(struct trying *t, const struct echo_step *s)
{
	switch (s->kind) {
	case ECHO_LITERAL: return take_literal(t, s);
	case ECHO_RUN: return take_run(t, s);
	case ECHO_LINES: return take_lines(t, s);
	case ECHO_COPY: return take_copy(t, s);
	case ECHO_OPEN: t->begin[s->group] = t->at; return true;
	case ECHO_CLOSE: t->end[s->group] = t->at; return true;
	case ECHO_LOOK: t->looked[s->group] = t->at; return true;
	case ECHO_LOOKED: t->at = t->looked[s->group]; return true;
	case ECHO_CHOICE:
		if (s->to != ECHO_NONE)
			t->trials[t->count++] =
			    (struct trial){ (uint8_t)(s - t->e->at), t->at, t->at };
		return true;
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
	t->work = 0;
	while (t->step->kind != ECHO_END && t->work < work) {
		const struct echo_step *s = t->step;

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

bool echo_next(const struct echo *e, struct str subject, size_t *from, size_t last, size_t *left)
{
	struct trying t; /* most of it stays unused */

	t.e = e;
	t.p = (const uint8_t *)subject.p;
	t.n = subject.n;
	memset(t.begin, 0xff, sizeof(t.begin));
	memset(t.end, 0, sizeof(t.end));
	for (size_t at = *from; at <= last; at++) {
		if (at < t.n ? !byteset_has(&e->first.first, t.p[at]) : !e->first.may_end)
			continue;
		if (fits(&t, at, *left)) {
			*left -= t.work < *left ? t.work : *left;
			*from = at;
			return true;
		}
		*left -= t.work + 1 < *left ? t.work + 1 : *left;
	}
	return false;
}
