/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What judging reads of every rule for every message, side by side: a walk over thousands of struct rule
 * waits for memory at each. Made when all else of the rule set is known.
 */
#include "core/arena.h"
#include "rules/load.h"

static double nothing(const void *ctx, uint32_t id)
{
	(void)ctx, (void)id;
	return 0;
}

/* No meta is true, where all it reads is 0, but those of negations and the like. */
static bool is_silent(const struct rule *r)
{
	double v = 0;

	return !r->meta->expr || !expr_eval(r->meta->expr, nothing, NULL, &v) || v == 0;
}

static void fill_metas(struct ruleset *rs, struct judge_meta *metas, uint32_t *deps)
{
	for (size_t i = 0; i < rs->meta_count; i++) {
		const struct rule *r = rs->rules[rs->metas[i]];

		metas[i] = (struct judge_meta){
			.expr = r->meta->expr,
			.deps = deps,
			.dep_count = (uint32_t)r->meta->dep_count,
			.rule = r->index,
			.is_cyclic = r->flags & RULE_CYCLIC,
			.waits_for_end = r->flags & RULE_FINISH_ONLY,
			.is_silent = is_silent(r),
		};
		for (size_t k = 0; k < r->meta->dep_count; k++) {
			uint32_t dep = r->meta->deps[k];

			*deps++ = dep == RULE_NONE ? (uint32_t)rs->rule_count : dep;
		}
	}
}

void finish_judging(struct load *l)
{
	struct ruleset *rs = l->rs;
	size_t deps = 0, n = rs->rule_count;
	struct judge_meta *metas = arena_calloc(l->a, rs->meta_count + 1, sizeof(*metas));
	uint32_t *steps = arena_calloc(l->a, n + 1, sizeof(*steps));

	for (size_t i = 0; i < rs->meta_count; i++)
		deps += rs->rules[rs->metas[i]]->meta->dep_count;
	fill_metas(rs, metas, arena_calloc(l->a, deps + 1, sizeof(uint32_t)));
	rs->judge_metas = metas;
	for (size_t i = 0; i < n; i++)
		steps[i] = rs->rules[i]->step;
	rs->steps = steps;
	for (unsigned set = 0; set < SCORE_SETS; set++) {
		double *scores = arena_calloc(l->a, n + 1, sizeof(*scores));

		for (size_t i = 0; i < n; i++)
			scores[i] = rs->rules[i]->score[set];
		rs->scores[set] = scores;
	}
}
