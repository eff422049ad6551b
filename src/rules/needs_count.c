/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How often a match holds each punctuation mark, at least: two addresses hold two "@". And what a group may hold, for
 * where its text is asked for once more.
 */
#include "core/xalloc.h"
#include "rules/needs_private.h"

#include <math.h>

/* In bits: what several of a mark must tell to be asked for. */
enum { MIN_BITS = 8, MAX_TIMES = 30 };

/* Its place in needs_marks.of; NEEDS_MARKS: it is no mark. */
static unsigned index_of(unsigned c)
{
	static const struct {
		uint8_t first, last;
	} ranges[] = { { '!', '/' }, { ':', '@' }, { '[', '`' }, { '{', '~' } };
	unsigned at = 0;

	for (size_t i = 0; i < ELEMENTS(ranges); i++) {
		if (c >= ranges[i].first && c <= ranges[i].last)
			return at + c - ranges[i].first;
		at += ranges[i].last - ranges[i].first + 1u;
	}
	return NEEDS_MARKS;
}

static uint8_t capped(size_t n)
{
	return n < MAX_TIMES ? (uint8_t)n : (uint8_t)MAX_TIMES;
}

void needs_count_byte(struct needs_marks *m, const struct byteset *set)
{
	unsigned c = byteset_next(set, 0), at = index_of(c);

	if (at < NEEDS_MARKS && byteset_next(set, c + 1) > 255)
		m->of[at] = 1;
}

void needs_marks_add(struct needs_marks *m, const struct needs_marks *other)
{
	for (size_t i = 0; i < NEEDS_MARKS; i++)
		m->of[i] = capped((size_t)m->of[i] + other->of[i]);
}

void needs_marks_repeat(struct needs_marks *m, size_t times)
{
	for (size_t i = 0; i < NEEDS_MARKS; i++)
		m->of[i] = capped(m->of[i] * (times < MAX_TIMES ? times : (size_t)MAX_TIMES));
}

void needs_marks_join(struct needs_marks *m, const struct needs_marks *other)
{
	for (size_t i = 0; i < NEEDS_MARKS; i++)
		m->of[i] = m->of[i] < other->of[i] ? m->of[i] : other->of[i];
}

static size_t count(struct str s, uint8_t c)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		n += (uint8_t)s.p[i] == c;
	return n;
}

/* How many of them the clauses' literals hold anyway. */
static size_t told(const struct needs *n, uint8_t c)
{
	size_t most = 0;

	for (size_t i = 0; i < n->clause_count; i++) {
		size_t least = SIZE_MAX;

		for (size_t k = 0; k < n->clauses[i].count; k++) {
			size_t has = count(n->clauses[i].literals[k], c);

			least = has < least ? has : least;
		}
		most = least > most ? least : most;
	}
	return most;
}

void needs_keep_mark(const struct needs_marks *m, struct needs *ret)
{
	double best = MIN_BITS;

	for (unsigned c = '!'; c <= '~'; c++) {
		unsigned at = index_of(c);
		size_t times = at < NEEDS_MARKS ? m->of[at] : 0, known;
		double bits;

		if (times < 2)
			continue;
		known = told(ret, (uint8_t)c);
		if (times <= known)
			continue;
		bits = (double)(times - known) * -log2(needs_byte_frequency((uint8_t)c) / 1000.0);
		if (bits <= best)
			continue;
		best = bits;
		ret->mark = (uint8_t)c;
		ret->mark_times = (uint8_t)times;
	}
}

void needs_keep_group(struct analysis *n, unsigned number, const struct piece *p)
{
	if (number && number < NEEDS_GROUPS)
		n->groups[number] =
		    (struct needs_group){ true, p->alphabet, p->start.min_length, p->marks };
}

void needs_of_reference(const struct analysis *n, unsigned number, struct piece *ret)
{
	const struct needs_group *g = number < NEEDS_GROUPS ? &n->groups[number] : NULL;

	needs_of_anything(ret, 0);
	if (!g || !g->is_known || n->renumbers)
		return;
	needs_of_anything(ret, g->min_length);
	ret->alphabet = g->alphabet;
	ret->marks = g->marks;
	if (n->flags & RX_TEXT_I)
		byteset_fold(&ret->alphabet, true);
}
