/* SPDX-License-Identifier: BSD-2-Clause */
/* A gate over a subject. */
#include "rules/gate.h"

#include "core/str.h"
#include "rules/gate_private.h"

/* Bytes that may be read for each there is, and in any case. */
enum { TIMES = 8, AT_LEAST = 4096 };
/* Bytes that are read at one place before the next has its turn. */
enum { STRIDE = 4 };

static uint16_t start_at(const struct gate *g, struct str subject, size_t at)
{
	return g->start[at ? g->kind[(uint8_t)subject.p[at - 1]] : GATE_EDGE];
}

/* Over the last bytes, and what is known at the end. */
static uint16_t read_end(const struct gate *g, struct str subject, size_t at, uint16_t row)
{
	bool is_line = subject.n && subject.p[subject.n - 1] == '\n';

	for (; at + is_line < subject.n; at++)
		row = gate_next(g, row, g->class[(uint8_t)subject.p[at]]);
	if (at < subject.n)
		row = gate_next(g, row, g->last_newline);
	return gate_next(g, row, g->end_class);
}

/* What is known of one place; *left goes down by what is read. */
static uint16_t reads(const struct gate *g, struct str subject, size_t at, size_t *left)
{
	uint16_t row = start_at(g, subject, at);
	size_t i = at;

	while (i + 1 < subject.n && !gate_is_final(g, row))
		row = gate_next(g, row, g->class[(uint8_t)subject.p[i++]]);
	*left -= i - at < *left ? i - at : *left;
	return gate_is_final(g, row) ? row : read_end(g, subject, i, row);
}

bool gate_may_begin(const struct gate *g, struct str subject, size_t at)
{
	size_t left = 0;

	return reads(g, subject, at, &left) != gate_dead(g);
}

size_t gate_work(size_t n)
{
	return TIMES * n + AT_LEAST;
}

void gate_walk_init(struct gate_walk *w, const struct gate *g, struct str subject, size_t first,
		    size_t last)
{
	w->gate = g;
	w->subject = subject;
	w->next = first;
	w->last = last < subject.n ? last : subject.n;
	w->left = gate_work(subject.n);
	w->base = w->count = w->given = 0;
	w->whether = w->found = w->sure = false;
}

static void add_places(struct gate_walk *w, size_t from, uint32_t places)
{
	for (; places; places &= places - 1)
		w->at[w->count++] = (uint16_t)(from + (unsigned)__builtin_ctz(places));
}

/* The places of whole blocks that the filter leaves. */
static void look(struct gate_walk *w, size_t blocks)
{
	const struct gate_filter *f = &w->gate->filter;
	uint32_t places[GATE_CHUNK / GATE_BLOCK];

	f->look(f, (const uint8_t *)w->subject.p + w->next, blocks, places);
	for (size_t i = 0; i < blocks; i++)
		add_places(w, i * GATE_BLOCK, places[i]);
}

/* A block in which the subject ends; its last places have not as many bytes as the filter looks at. */
static void look_at_end(struct gate_walk *w)
{
	const struct gate_filter *f = &w->gate->filter;
	uint8_t bytes[1 + GATE_BLOCK + GATE_PREFIX - 1] = { 0 };
	size_t n = w->subject.n - w->next;
	size_t told = n < GATE_PREFIX - 1 ? 0 : n - (GATE_PREFIX - 1);
	uint32_t places;

	memcpy(bytes, w->subject.p + w->next - 1, 1 + n);
	f->look(f, bytes + 1, 1, &places);
	add_places(w, 0, places & ((UINT32_C(1) << told) - 1));
	for (size_t i = told; i <= n; i++) {
		if (gate_filter_has(f, bytes + 1 + i, n - i))
			w->at[w->count++] = (uint16_t)i;
	}
}

/* Where the automaton stands behind some bytes more; at the subject's end it knows. */
static uint16_t read_on(const struct gate *g, struct str subject, size_t at, uint16_t row)
{
	if (at + STRIDE >= subject.n)
		return gate_is_final(g, row) ? row : read_end(g, subject, at, row);
	for (size_t i = 0; i < STRIDE; i++)
		row = gate_next(g, row, g->class[(uint8_t)subject.p[at + i]]);
	return row;
}

/* Some bytes more at each place; what is dead is left out. False: all that is left may begin a match. */
static bool read_all(struct gate_walk *w, size_t depth)
{
	const struct gate *g = w->gate;
	size_t count = 0;
	bool open = false;

	for (size_t i = 0; i < w->count; i++) {
		uint16_t row = read_on(g, w->subject, w->base + w->at[i] + depth, w->row[i]);

		w->at[count] = w->at[i];
		w->row[count] = row;
		count += row != gate_dead(g);
		open = open || !gate_is_final(g, row);
		w->found = w->found || row == GATE_FOUND;
	}
	w->left -= w->count * STRIDE < w->left ? w->count * STRIDE : w->left;
	w->count = count;
	return open && !(w->found && w->whether);
}

/* The next places, looked at and read. */
static void fill(struct gate_walk *w)
{
	const struct gate *g = w->gate;
	size_t places = w->last - w->next + 1, bytes = w->subject.n - w->next;
	size_t blocks = (places < GATE_CHUNK ? places + GATE_BLOCK - 1 : GATE_CHUNK) / GATE_BLOCK;

	while (blocks && blocks * GATE_BLOCK + GATE_PREFIX - 1 > bytes)
		blocks--;
	w->base = w->next;
	w->count = w->given = 0;
	if (blocks)
		look(w, blocks);
	else
		look_at_end(w);
	w->next += blocks ? blocks * GATE_BLOCK : GATE_BLOCK + GATE_PREFIX;
	while (w->count && w->base + w->at[w->count - 1] > w->last)
		w->count--;
	for (size_t i = 0; i < w->count; i++)
		w->row[i] = start_at(g, w->subject, w->base + w->at[i]);
	for (size_t depth = 0; w->left && read_all(w, depth);)
		depth += STRIDE;
}

bool gate_walk_next(struct gate_walk *w, size_t *ret_at, bool *ret_rest)
{
	if (!w->next) {
		uint16_t row = reads(w->gate, w->subject, 0, &w->left);

		w->next = 1;
		*ret_at = 0;
		*ret_rest = false;
		w->found = w->sure = row == GATE_FOUND;
		if (row != gate_dead(w->gate))
			return true;
	}
	while (w->given == w->count) {
		if (w->next > w->last || w->gate->starts_only)
			return false;
		fill(w);
	}
	w->sure = w->row[w->given] == GATE_FOUND;
	*ret_at = w->base + w->at[w->given++];
	*ret_rest = !w->left;
	return true;
}

enum gate_answer gate_ask(const struct gate *g, struct str subject, size_t from)
{
	struct gate_walk w;
	size_t at;
	bool rest = false, any = false;

	if (!g)
		return GATE_PERHAPS;
	gate_walk_init(&w, g, subject, from, subject.n);
	w.whether = true;
	while (!w.found && gate_walk_next(&w, &at, &rest) && !rest)
		any = true;
	return w.found ? GATE_SURELY : any || rest ? GATE_PERHAPS : GATE_NO;
}

bool gate_may_match(const struct gate *g, struct str subject, size_t from)
{
	return gate_ask(g, subject, from) != GATE_NO;
}

size_t gate_memory(const struct gate *g)
{
	return g ? sizeof(*g) + g->entries * sizeof(uint16_t) : 0;
}
