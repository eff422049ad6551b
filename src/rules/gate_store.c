/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Gates as bytes, for rules/analyses.h: the struct itself, its sieve, its beginnings, its table. What comes
 * back is checked as far as walking it goes: no lookup leaves the table.
 */
#include "core/arena.h"
#include "core/reader.h"
#include "core/strbuf.h"
#include "rules/gate_private.h"

#include <string.h>

static size_t sieve_size(const struct gate *g)
{
	return g->starts_only ? 0 : g->width * sizeof(*g->sieve);
}

static size_t prefix_size(const struct gate *g)
{
	return g->prefix_bits ? ((size_t)1 << g->prefix_bits) / 8 : 0;
}

void gate_put(struct strbuf *out, const struct gate *g)
{
	struct gate head;

	if (!g)
		return;
	head = *g; /* without addresses: the same each time */
	head.next = NULL;
	head.sieve = NULL;
	head.prefix = NULL;
	head.filter.look = NULL;
	head.filter.pass = NULL;
	strbuf_add(out, str_make((const char *)&head, sizeof(head)));
	if (g->sieve)
		strbuf_add(out, str_make((const char *)g->sieve, sieve_size(g)));
	strbuf_add(out, str_make((const char *)g->prefix, prefix_size(g)));
	strbuf_add(out, str_make((const char *)g->next, g->entries * sizeof(*g->next)));
}

static bool are_bools(struct str head)
{
	static const size_t at[] = {
		offsetof(struct gate, is_exact),
		offsetof(struct gate, starts_only),
		offsetof(struct gate, filter.looks_before),
	};

	for (size_t i = 0; i < ELEMENTS(at); i++) {
		if ((uint8_t)head.p[at[i]] > true)
			return false;
	}
	return true;
}

/* All of a row is in the table. */
static bool is_row(const struct gate *g, uint16_t row)
{
	return 2 * (size_t)row + g->width <= g->entries;
}

static bool is_sound(const struct gate *g)
{
	if (!g->width || g->filter.shuffles > GATE_SHUFFLES || g->loop_count > GATE_LOOPS ||
	    g->width % 2 || !is_row(g, gate_dead(g)) || g->end_class >= g->width ||
	    g->last_newline >= g->width)
		return false;
	for (size_t i = 0; i < GATE_KINDS; i++) {
		if (!is_row(g, g->start[i]))
			return false;
	}
	for (size_t i = 0; i < sizeof(g->class); i++) {
		if (g->class[i] >= g->width || g->kind[i] >= GATE_KINDS)
			return false;
	}
	for (size_t i = 0; i < g->entries; i++) {
		if (!is_row(g, g->next[i]))
			return false;
	}
	return true;
}

static void *copy_of(struct arena *a, struct str bytes)
{
	void *copy = arena_alloc(a, bytes.n + 1);

	if (bytes.n)
		memcpy(copy, bytes.p, bytes.n);
	return copy;
}

bool gate_get(struct arena *a, struct str bytes, const struct gate **ret)
{
	struct rd r = rd_of(bytes);
	struct str head, table, sieve, prefix;
	struct gate *g;

	*ret = NULL;
	if (!bytes.n)
		return true;
	if (!rd_take(&r, sizeof(*g), &head) || !are_bools(head))
		return false;
	g = memcpy(arena_alloc(a, sizeof(*g)), head.p, sizeof(*g));
	if (g->entries > GATE_LARGE || g->prefix_bits > GATE_PREFIX_MAX_BITS ||
	    (g->prefix_bits && g->prefix_bits < GATE_PREFIX_MIN_BITS) ||
	    !rd_take(&r, sieve_size(g), &sieve) || !rd_take(&r, prefix_size(g), &prefix) ||
	    g->entries * sizeof(*g->next) != rd_left(&r))
		return false;
	table = rd_rest(&r);
	g->sieve = copy_of(a, sieve);
	g->prefix = g->prefix_bits ? copy_of(a, prefix) : NULL;
	g->next = copy_of(a, table);
	if (!is_sound(g))
		return false;
	gate_filter_choose(&g->filter);
	*ret = g;
	return true;
}
