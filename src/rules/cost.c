/* SPDX-License-Identifier: BSD-2-Clause */
#include "rules/cost.h"

#include "core/arena.h"
#include "core/map.h"
#include "core/must.h"
#include "core/stopwatch.h"
#include "rules/hits.h"
#include "rules/match.h"
#include "rules/rule.h"
#include "rules/rx.h"

struct rule_costs {
	struct stopwatch *watch;
	struct rx_watch rx_watch;
	struct map by_rx; /* the expression's address -> index + 1 */
	struct rule_cost *rules;
	size_t rule_count;
	bool in_turn;
	size_t turn; /* whose; its time is measured as a whole */
};

static struct str key_of(const struct rx *const *rx)
{
	return str_make((const char *)rx, sizeof(*rx));
}

static void know_rx(struct rule_costs *c, const struct rx *rx, size_t rule)
{
	if (rx)
		map_put(&c->by_rx, key_of(&rx),
			(void *)(rule + 1)); // NOLINT(performance-no-int-to-ptr)
}

static uint64_t now(void *ctx)
{
	const struct rule_costs *c = ctx;

	return c->watch->now(c->watch->ctx);
}

static void on_search(void *ctx, const struct rx *rx, size_t bytes, uint64_t ns)
{
	struct rule_costs *c = ctx;
	size_t known = c->in_turn ? c->turn + 1 : (size_t)map_get(&c->by_rx, key_of(&rx));

	if (!known)
		return;
	c->rules[known - 1].runs++;
	c->rules[known - 1].bytes += bytes;
	if (!c->in_turn)
		c->rules[known - 1].ns += ns;
}

struct rule_costs *rule_costs_new(const struct ruleset *rs, struct stopwatch *watch,
				  struct arena *a)
{
	struct rule_costs *c = arena_zalloc(a, sizeof(*c));

	c->watch = watch;
	c->rx_watch = (struct rx_watch){ .now = now, .searched = on_search, .ctx = c };
	c->rule_count = rs->rule_count;
	c->rules = arena_calloc(a, rs->rule_count + 1, sizeof(*c->rules));
	map_init(&c->by_rx, a, false);
	for (size_t i = 0; i < rs->rule_count; i++) {
		const struct rule *r = rs->rules[i];

		know_rx(c, r->rx, i);
		for (int k = 0; r->type == RULE_URI_DETAIL && k < URI_KEY_COUNT; k++)
			know_rx(c, r->uri->rx[k], i);
	}
	return c;
}

void rule_costs_attach(struct rule_costs *costs, struct rx_run *run)
{
	rx_run_watch(run, costs ? &costs->rx_watch : NULL);
}

void rule_costs_begin(struct rule_costs *costs, size_t rule)
{
	must(rule < costs->rule_count && !costs->in_turn);
	costs->in_turn = true;
	costs->turn = rule;
}

void rule_costs_end(struct rule_costs *costs, const char *stage, bool is_call)
{
	struct rule_cost *r = &costs->rules[costs->turn];

	costs->in_turn = false;
	r->ns += stopwatch_lap(costs->watch, stage);
	r->runs += is_call;
}

void rule_costs_add_hits(struct rule_costs *costs, const struct match_hits *hits)
{
	const struct hits *h = hits->hits;

	BITS_EACH(h->hit, costs->rule_count, i)
	{
		costs->rules[i].hits += hits_numbers(h, i)->count;
		costs->rules[i].messages++;
	}
}

const struct rule_cost *rule_costs_get(const struct rule_costs *costs, size_t rule)
{
	must(rule < costs->rule_count);
	return &costs->rules[rule];
}
