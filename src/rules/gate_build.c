/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An expression into a gate: the states it has (gate_states.h), of which rows are named, and what finds places to
 * begin at (gate_filter.c).
 */
#include "rules/gate.h"

#include "core/arena.h"
#include "rules/gate_states.h"

static bool leads_on(const struct gate *g, uint16_t row)
{
	for (unsigned c = 0; c <= g->end_class; c++) {
		if (gate_next(g, row, c) != gate_dead(g))
			return true;
	}
	return false;
}

/* Rows from which nothing comes; whether it is worth something. */
static bool end_starts(struct gate_states *b)
{
	struct gate *g = b->out;

	g->starts_only = true;
	for (unsigned k = 0; k < GATE_KINDS; k++) {
		if (!(b->by.all_kinds >> k & 1) || !leads_on(g, g->start[k]))
			g->start[k] = gate_dead(g);
		g->starts_only = g->starts_only && (k == GATE_EDGE || g->start[k] == gate_dead(g));
	}
	if (g->start[GATE_EDGE] == GATE_MAYBE * (g->width / 2u))
		return false;
	for (unsigned k = 0; !g->starts_only && k < GATE_KINDS; k++) {
		if (g->start[k] < gate_dead(g) ||
		    gate_next(g, g->start[k], g->end_class) < gate_dead(g))
			return false;
	}
	return true;
}

static bool build(struct gate_states *b)
{
	uint16_t *next, *order;
	struct gate *g = b->out;

	if (!gate_states_build(b))
		return false;
	g->entries = b->rows * g->width;
	gate_states_number(b, g->width / 2u, &next, &order);
	g->next = next;
	return end_starts(b);
}

/* False: nothing can be said, or where repetitions are spelled out, not all of it. */
static bool make(struct gate_states *b, struct str pcre, bool spell_out, size_t max_entries)
{
	*b = (struct gate_states){ .a = b->a,
				   .max_entries = max_entries,
				   .is_all_or_nothing = spell_out };
	b->out = arena_zalloc(b->a, sizeof(*b->out));
	if (!gate_read(b->a, pcre, spell_out ? GATE_SPELL_OUT : 0, &b->in) ||
	    (spell_out && !b->in.is_exact) || !build(b))
		return false;
	b->out->is_exact = b->in.is_exact && !b->has_overflowed;
	return !spell_out || b->out->is_exact;
}

const struct gate *gate_new(struct arena *a, struct arena *work, struct str pcre,
			    size_t max_entries)
{
	_cleanup_(arena_freep) struct arena *own = work ? NULL : arena_new();
	struct gate_states b = { .a = work ? work : own };
	struct arena_mark mark = arena_get_mark(b.a);
	struct gate *g = NULL;

	if (make(&b, pcre, true, max_entries) || make(&b, pcre, false, max_entries)) {
		g = memcpy(arena_alloc(a, sizeof(*g)), b.out, sizeof(*g));
		g->next = memcpy(arena_alloc(a, g->entries * sizeof(*g->next)), g->next,
				 g->entries * sizeof(*g->next));
		gate_filter_init(g, a, b.a);
	}
	arena_reset(b.a, mark);
	return g;
}

bool gate_is_at_start(const struct gate *g)
{
	return g && g->starts_only;
}

bool gate_is_exact(const struct gate *g)
{
	return g && g->is_exact;
}
