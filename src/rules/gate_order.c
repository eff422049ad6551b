/* SPDX-License-Identifier: BSD-2-Clause */
#include "rules/gate_order.h"

#include "core/str.h"
#include "rules/gate_private.h"

enum { WORD_COST = 2, MARK_COST = 8, OTHER_COST = 24 };

struct waiting {
	uint32_t cost, state;
};

static uint8_t byte_cost(uint8_t c)
{
	bool is_word = ascii_is_alnum((char)c) || c == ' ';
	bool is_mark = (c > ' ' && c < 0x7f) || c == '\n';

	return is_word ? WORD_COST : is_mark ? MARK_COST : OTHER_COST;
}

void gate_order_init(struct gate_order *o, struct arena *a, const struct gate *g)
{
	vec_init(&o->heap, a, sizeof(struct waiting), 0);
	memset(o->costs, OTHER_COST, sizeof(o->costs));
	for (unsigned c = 0; c < 256; c++) {
		uint8_t *cost = &o->costs[g->class[c]], own = byte_cost((uint8_t)c);

		*cost = own < *cost ? own : *cost;
	}
	o->costs[g->last_newline] = MARK_COST;
}

unsigned gate_order_cost(const struct gate_order *o, const struct byteset *classes)
{
	unsigned least = OTHER_COST;

	for (unsigned c = byteset_next(classes, 0); c < 256 && least > WORD_COST;
	     c = byteset_next(classes, c + 1))
		least = o->costs[c] < least ? o->costs[c] : least;
	return least;
}

static bool is_before(const struct waiting *x, const struct waiting *y)
{
	return x->cost != y->cost ? x->cost < y->cost : x->state < y->state;
}

void gate_order_put(struct gate_order *o, uint32_t cost, uint32_t state)
{
	const struct waiting it = { cost, state };
	size_t i = o->heap.n;
	struct waiting *at;

	vec_must_push(&o->heap);
	for (at = o->heap.data; i && is_before(&it, &at[(i - 1) / 2]); i = (i - 1) / 2)
		at[i] = at[(i - 1) / 2];
	at[i] = it;
}

/* The last one sinks from the top to its place. */
bool gate_order_take(struct gate_order *o, uint32_t *ret_state)
{
	struct waiting *at = o->heap.data, it;
	size_t i = 0, child, n = o->heap.n;

	if (!n)
		return false;
	*ret_state = at[0].state;
	it = at[--n];
	for (; (child = 2 * i + 1) < n; i = child) {
		child += child + 1 < n && is_before(&at[child + 1], &at[child]);
		if (!is_before(&at[child], &it))
			break;
		at[i] = at[child];
	}
	at[i] = it;
	vec_truncate(&o->heap, n);
	return true;
}
