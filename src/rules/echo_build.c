/* SPDX-License-Identifier: BSD-2-Clause */
/* From the steps as they were read to those that are tried, each with what may follow it. */
#include "core/arena.h"
#include "rules/echo_private.h"

#include <string.h>

static const struct byteset every_byte = { { UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX } };

static void add_folded(struct byteset *s, uint8_t c, bool nocase)
{
	byteset_add(s, c);
	if (nocase)
		byteset_add(s, byte_other_case(c, true));
}

/* What stands a byte further on, where n may follow. */
static struct byteset behind(const struct echo_next *n)
{
	return n->may_end || n->groups ? every_byte : n->first;
}

static void join(struct echo_next *n, const struct echo_next *other)
{
	byteset_union(&n->first, &other->first);
	byteset_union(&n->second, &other->second);
	n->groups |= other->groups;
	n->may_end = n->may_end || other->may_end;
}

static struct echo_next anything(void)
{
	return (struct echo_next){ .first = every_byte, .second = every_byte, .may_end = true };
}

static struct echo_next begin_of_literal(const struct echo_step *s, const struct echo_next *after)
{
	struct echo_next ret = { .may_end = false };

	add_folded(&ret.first, (uint8_t)s->text[0], s->nocase);
	if (s->length > 1)
		add_folded(&ret.second, (uint8_t)s->text[1], s->nocase);
	else
		ret.second = behind(after);
	return ret;
}

static struct echo_next begin_of_run(const struct echo_step *s, const struct echo_next *after)
{
	struct echo_next ret = { .may_end = false };
	struct byteset more = behind(after);

	if (s->max) {
		ret.first = s->set;
		if (s->max > 1)
			ret.second = s->set;
		if (s->min <= 1)
			byteset_union(&ret.second, &more);
	}
	if (!s->min)
		join(&ret, after);
	return ret;
}

/* What may stand where a step begins; those behind it are known. */
static struct echo_next begin_of(const struct echo_step *at, size_t i,
				 const struct echo_next *known)
{
	const struct echo_step *s = &at[i];
	struct echo_next ret = { .may_end = false };

	switch (s->kind) {
	case ECHO_LITERAL: return begin_of_literal(s, &known[i + 1]);
	case ECHO_RUN: return begin_of_run(s, &known[i + 1]);
	case ECHO_JUMP: return known[s->to];
	case ECHO_CHOICE:
		ret = known[i + 1];
		if (s->to != ECHO_NONE)
			join(&ret, &known[s->to]);
		return ret;
	case ECHO_COPY:
		ret.groups = (uint16_t)(1u << s->group);
		ret.second = every_byte;
		return ret;
	case ECHO_CLOSE: /* what it holds is not known before */
		return known[i + 1].groups >> s->group & 1 ? anything() : known[i + 1];
	case ECHO_OPEN:
	case ECHO_LOOK:
	case ECHO_LINE_START:
	case ECHO_SUBJECT_START: return known[i + 1];
	default: return anything();
	}
}

/* A byte and its other case, and nothing else; -1: the set is another one. */
static int16_t only_of(const struct byteset *set, int16_t *ret_other)
{
	unsigned c = byteset_next(set, 0), other;

	if (c == 256)
		return -1;
	other = byteset_next(set, c + 1);
	if (other < 256 && (byteset_count(set) > 2 || byte_other_case((uint8_t)c, true) != other))
		return -1;
	*ret_other = (int16_t)(other < 256 ? other : c);
	return (int16_t)c;
}

static void find_only(struct echo_next *n)
{
	n->only = n->may_end || n->groups ? -1 : only_of(&n->first, &n->other);
	n->only_second = only_of(&n->second, &n->other_second);
}

static bool meet(const struct byteset *a, const struct byteset *b)
{
	return (a->w[0] & b->w[0]) | (a->w[1] & b->w[1]) | (a->w[2] & b->w[2]) |
	       (a->w[3] & b->w[3]);
}

/* The only byte that is no member; -1: there are more, or none. */
static int16_t only_stop(struct byteset set)
{
	unsigned c;

	byteset_invert(&set);
	c = byteset_next(&set, 0);
	return c < 256 && byteset_next(&set, c + 1) == 256 ? (int16_t)c : -1;
}

static uint32_t bound_of(size_t n)
{
	return n < UINT32_MAX ? (uint32_t)n : UINT32_MAX;
}

static void fill_text(struct echo_text *t, const struct echo_step *s)
{
	uint8_t text[ECHO_TEXT] = { 0 }, fold[ECHO_TEXT] = { 0 }, valid[ECHO_TEXT] = { 0 };

	for (size_t i = 0; i < s->length; i++) {
		uint8_t c = (uint8_t)s->text[i];

		text[i] = c;
		valid[i] = 0xff;
		fold[i] = s->nocase && byte_other_case(c, true) != c ? 0x20 : 0;
	}
	memcpy(t->words, text, sizeof(text));
	memcpy(t->fold, fold, sizeof(fold));
	memcpy(t->valid, valid, sizeof(valid));
}

static void fill_run(struct echo_run *run, struct echo_move *m, const struct echo_step *s,
		     const struct echo_next *next)
{
	run->set = s->set;
	run->next = *next;
	find_only(&run->next);
	m->min = bound_of(s->min);
	m->max = bound_of(s->max);
	if (s->kind == ECHO_LINES)
		return;
	m->stop = only_stop(s->set);
	m->is_sure = !next->may_end && !next->groups && !meet(&s->set, &next->first);
	if (s[1].kind == ECHO_LINE_START && byteset_count(&s->set) == 256)
		m->kind = ECHO_LINES;
}

static bool has_set(const struct echo_step *s)
{
	return s->kind == ECHO_RUN || s->kind == ECHO_LINES;
}

static bool has_ways(const struct echo_step *s)
{
	return s->kind == ECHO_CHOICE && s->to != ECHO_NONE;
}

struct building {
	const struct echo_step *steps;
	struct echo_next known[ECHO_STEPS]; /* by step */
	uint8_t place[ECHO_STEPS + 1];      /* of the move that a step has become */
	struct echo *e;
	struct echo_text *texts;
	struct echo_run *runs;
	uint8_t n_texts, n_runs;
	uint8_t close, open; /* of the next move */
};

static struct echo_move *add_move(struct building *b, const struct echo_step *s)
{
	struct echo_move *m = &b->e->at[b->e->n++];

	*m = (struct echo_move){ .kind = (uint8_t)s->kind,
				 .to = s->to,
				 .group = s->group,
				 .close = b->close,
				 .open = b->open,
				 .nocase = s->nocase,
				 .length = s->length };
	b->close = b->open = 0;
	return m;
}

/* Nothing but what the step before has left to note. */
static void add_note(struct building *b, size_t step)
{
	add_move(b, &(struct echo_step){ .kind = ECHO_JUMP, .to = (uint8_t)step });
}

static void add_ways(struct building *b, struct echo_move *m, size_t i)
{
	m->place = b->n_runs;
	b->runs[b->n_runs++].next = b->known[i + 1];
	b->runs[b->n_runs++].next = b->known[b->steps[i].to];
}

static void add_step(struct building *b, size_t i)
{
	const struct echo_step *s = &b->steps[i];
	struct echo_move *m;

	if ((s->kind == ECHO_OPEN && b->open) || (s->kind == ECHO_CLOSE && (b->open || b->close)))
		add_note(b, i);
	b->place[i] = (uint8_t)b->e->n;
	if (s->kind == ECHO_OPEN) {
		b->open = s->group;
	} else if (s->kind == ECHO_CLOSE) {
		b->close = s->group;
		b->e->groups = s->group >= b->e->groups ? s->group + 1u : b->e->groups;
	} else if (s->kind != ECHO_CHOICE || has_ways(s)) {
		m = add_move(b, s);
		if (s->kind == ECHO_LITERAL) {
			m->place = b->n_texts;
			fill_text(&b->texts[b->n_texts++], s);
		} else if (has_set(s)) {
			m->place = b->n_runs;
			fill_run(&b->runs[b->n_runs++], m, s, &b->known[i + 1]);
		} else if (has_ways(s)) {
			add_ways(b, m, i);
		}
	}
}

static bool is_newlines(const struct echo *e, const struct echo_move *m)
{
	const struct byteset newline = { { UINT64_C(1) << '\n', 0, 0, 0 } };

	return m->kind == ECHO_RUN && m->min &&
	       !memcmp(&e->runs[m->place].set, &newline, sizeof(newline));
}

/* A literal behind lines, and at the begin of one, where no way leads past these. */
static void find_line(struct echo *e)
{
	size_t to = 0;

	for (size_t i = 1; i + 2 < e->n && e->at[i].kind != ECHO_LOOK; i++) {
		const struct echo_move *m = &e->at[i];
		bool is_start = m[1].kind == ECHO_LINE_START;

		to = m[-1].to != ECHO_NONE && m[-1].to > to ? m[-1].to : to;
		if (m->kind != ECHO_LINES || i < to || m[1 + is_start].kind != ECHO_LITERAL ||
		    (!is_start && !is_newlines(e, m - 1)))
			continue;
		e->line = m + 1 + is_start;
		e->line_first = e->runs[m->place].next.only;
		if (e->line_first < 0)
			e->line = NULL;
		return;
	}
}

/* Steps as moves; nobody goes to a step that he would have to come back to. */
static void build(struct building *b, size_t n)
{
	struct echo *e = b->e;

	for (size_t i = n; i-- > 0;)
		b->known[i] = begin_of(b->steps, i, b->known);
	for (size_t i = 0; i < n; i++)
		add_step(b, i);
	for (size_t i = 0; i < e->n; i++) {
		if (e->at[i].to != ECHO_NONE)
			e->at[i].to = b->place[e->at[i].to];
	}
	e->first = b->known[0].groups ? anything() : b->known[0];
	find_only(&e->first);
	if (e->at[0].kind == ECHO_LINE_START)
		e->begin = ECHO_AT_LINE;
	else if (e->first.only == '\n')
		e->begin = ECHO_AT_NEWLINE;
	if (e->at[0].kind == ECHO_RUN && e->at[0].is_sure && e->at[0].max == UINT32_MAX)
		e->leading = &e->at[0];
	find_line(e);
}

const struct echo *echo_new(struct arena *a, struct str pcre, bool by_line)
{
	struct echo_step at[ECHO_STEPS];
	struct building b = { .steps = at };
	size_t n, texts = 0, runs = 0;
	bool twice;

	if ((!by_line && str_find(pcre, STR("\\g{")) == STR_NPOS) ||
	    !echo_read(pcre, at, &n, &twice))
		return NULL;
	for (size_t i = 0; i < n; i++) {
		texts += at[i].kind == ECHO_LITERAL;
		runs += has_set(&at[i]) + 2u * has_ways(&at[i]);
	}
	b.e = arena_zalloc(a, sizeof(*b.e) + 2 * n * sizeof(b.e->at[0]));
	b.e->texts = b.texts = arena_calloc(a, texts + 1, sizeof(*b.texts));
	b.e->runs = b.runs = arena_calloc(a, runs + 1, sizeof(*b.runs));
	build(&b, n);
	return twice || (by_line && b.e->begin != ECHO_ANYWHERE && b.e->line) ? b.e : NULL;
}
