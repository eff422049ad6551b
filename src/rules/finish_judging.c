/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What judging reads of every rule for every message, side by side: a walk over thousands of struct rule
 * waits for memory at each; and who reads whom, so that there need be no such walk. Made when all else of the
 * rule set is known.
 */
#include "core/arena.h"
#include "rules/autolearn.h"
#include "rules/judge_metas.h"
#include "rules/load.h"

#include <stdlib.h>

enum { MAX_REQUIRED = 64 };

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

static void make_metas(struct load *l)
{
	struct ruleset *rs = l->rs;
	struct judge_meta *metas = arena_calloc(l->a, rs->meta_count + 1, sizeof(*metas));
	uint64_t *lively = arena_calloc(l->a, bits_words(rs->meta_count), sizeof(*lively));
	size_t deps = 0;

	for (size_t i = 0; i < rs->meta_count; i++)
		deps += rs->rules[rs->metas[i]]->meta->dep_count;
	fill_metas(rs, metas, arena_calloc(l->a, deps + 1, sizeof(uint32_t)));
	for (size_t i = 0; i < rs->meta_count; i++) {
		if (!metas[i].is_silent)
			bits_add(lively, i);
	}
	rs->judge_metas = metas;
	rs->lively = lively;
}

/* --- who reads whom --- */

/* The rules that a meta is listed under. */
struct listed {
	const uint32_t *rules;
	size_t n;
	uint32_t one;
};

/*
 * One rule without which the meta is 0, where there is such a rule: the one that the fewest metas read, as
 * it will be 0 most often. Else all it reads. (from: of the list of all readers.)
 */
static struct listed watched(const struct ruleset *rs, const struct judge_meta *m,
			     const uint32_t *from)
{
	uint32_t required[MAX_REQUIRED];
	size_t n = m->expr ? expr_required(m->expr, required, MAX_REQUIRED) : 0;
	struct listed ret = { m->deps, m->dep_count, 0 };
	uint32_t fewest = UINT32_MAX;

	for (size_t i = 0; i < n; i++) {
		uint32_t r = required[i] == RULE_NONE ? (uint32_t)rs->rule_count : required[i];

		if (from[r + 1] - from[r] < fewest) {
			fewest = from[r + 1] - from[r];
			ret = (struct listed){ NULL, 1, r };
		}
	}
	return ret;
}

/* all NULL: each meta under everything it reads; else (all readers) under what it has to watch. */
static struct rule_readers list_readers(struct load *l, const struct rule_readers *all)
{
	const struct ruleset *rs = l->rs;
	size_t n = rs->rule_count + 1, total = 0;
	struct listed *lists = arena_calloc(l->scratch, rs->meta_count + 1, sizeof(*lists));
	uint32_t *from = arena_calloc(l->a, n + 1, sizeof(*from)), *at;

	for (size_t i = 0; i < rs->meta_count; i++) {
		const struct judge_meta *m = &rs->judge_metas[i];

		lists[i] = (struct listed){ m->deps, m->dep_count, 0 };
		if (all)
			lists[i] = watched(rs, m, all->from);
		if (!lists[i].rules)
			lists[i].rules = &lists[i].one;
		for (size_t k = 0; k < lists[i].n; k++)
			from[lists[i].rules[k]]++;
		total += lists[i].n;
	}
	at = arena_calloc(l->a, total + 1, sizeof(*at));
	/* from ends: each list is filled from its end, by which its beginning becomes known */
	for (size_t r = 1; r <= n; r++)
		from[r] += from[r - 1];
	for (size_t i = rs->meta_count; i-- > 0;) {
		for (size_t k = lists[i].n; k-- > 0;)
			at[--from[lists[i].rules[k]]] = (uint32_t)i;
	}
	return (struct rule_readers){ from, at };
}

/* --- what a meta cannot be true with, or without --- */

/* Whether rule a is more likely to decide: of what must hit, what few metas read; of what must not, what many do. */
static bool decides_sooner(const uint32_t *from, uint32_t a, uint32_t b, bool excluded)
{
	uint32_t na = from[a + 1] - from[a], nb = from[b + 1] - from[b];

	return excluded ? na > nb : na < nb;
}

/* Puts as many as there is room for behind those that are there. */
static void add_to_guard(struct judge_guard *g, uint32_t *rules, size_t n, const uint32_t *from,
			 bool excluded)
{
	for (size_t i = 0; i < n && g->all < JUDGE_GUARD_RULES; i++) {
		for (size_t k = i + 1; k < n; k++) {
			uint32_t first = rules[i];

			if (!decides_sooner(from, rules[k], first, excluded))
				continue;
			rules[i] = rules[k];
			rules[k] = first;
		}
		g->rule[g->all++] = rules[i];
	}
}

/* Those of the ids that are rules. */
static size_t keep_rules(uint32_t *ids, size_t n)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++)
		if (ids[i] != RULE_NONE)
			ids[kept++] = ids[i];
	return kept;
}

static void make_guards(struct load *l)
{
	struct ruleset *rs = l->rs;
	struct judge_guard *guards = arena_calloc(l->a, rs->meta_count + 1, sizeof(*guards));

	for (size_t i = 0; i < rs->meta_count; i++) {
		const struct judge_meta *m = &rs->judge_metas[i];
		struct judge_guard *g = &guards[i];
		uint32_t ids[MAX_REQUIRED];
		size_t n;

		g->expr = m->expr;
		g->meta = m->rule;
		g->is_cyclic = m->is_cyclic;
		if (!m->expr || m->is_cyclic)
			continue;
		n = keep_rules(ids, expr_required(m->expr, ids, MAX_REQUIRED));
		add_to_guard(g, ids, n, rs->readers.from, false);
		g->required = g->all;
		n = keep_rules(ids, expr_excluded(m->expr, ids, MAX_REQUIRED));
		add_to_guard(g, ids, n, rs->readers.from, true);
	}
	rs->judge_guards = guards;
}

/* --- by rule --- */

static uint8_t area_of(const struct rule *r)
{
	static const uint8_t areas[RULE_TYPE_COUNT] = {
		[RULE_BODY] = JUDGE_AREA_BODY,       [RULE_BODY_EVAL] = JUDGE_AREA_BODY,
		[RULE_URI_DETAIL] = JUDGE_AREA_BODY, [RULE_URI] = JUDGE_AREA_URI,
		[RULE_RAWBODY] = JUDGE_AREA_RAW,     [RULE_RAWBODY_EVAL] = JUDGE_AREA_RAW,
		[RULE_FULL] = JUDGE_AREA_FULL,
	};

	if (r->type == RULE_MIMEHEADER && (r->flags & RULE_NEGATED))
		return JUDGE_AREA_BODY;
	return areas[r->type];
}

static struct judge_rule *new_rules(struct load *l, size_t n)
{
	char *p = arena_zalloc(l->a, (n + 2) * sizeof(struct judge_rule));

	return (struct judge_rule *)(void *)(p + -(uintptr_t)p % _Alignof(struct judge_rule));
}

static int by_name(const void *a, const void *b)
{
	return str_cmp((*(struct judge_rule *const *)a)->name,
		       (*(struct judge_rule *const *)b)->name);
}

static void number_names(struct load *l, struct judge_rule *rules)
{
	size_t n = l->rs->rule_count;
	struct judge_rule **sorted = arena_alloc(l->scratch, (n + 1) * sizeof(struct judge_rule *));

	for (size_t i = 0; i < n; i++)
		sorted[i] = &rules[i];
	qsort(sorted, n, sizeof(*sorted), by_name);
	for (size_t i = 0; i < n; i++)
		sorted[i]->order = (uint32_t)i + 1;
}

static void make_rules(struct load *l)
{
	struct ruleset *rs = l->rs;
	struct judge_rule *rules = new_rules(l, rs->rule_count);

	for (size_t i = 0; i < rs->rule_count; i++) {
		const struct rule *r = rs->rules[i];

		rules[i] = (struct judge_rule){
			.name = r->name,
			.description = r->description.n ? r->description : JUDGE_NO_DESCRIPTION,
			.step = r->step,
			.watchers = rs->watchers.from[i],
			.watchers_end = rs->watchers.from[i + 1],
			.run_class = (uint8_t)r->run_class,
			.shortcircuit = (uint8_t)r->shortcircuit,
			.area = area_of(r),
			.learning = autolearn_traits(r),
			.is_subrule = r->flags & RULE_SUBRULE,
		};
		autolearn_sides(rs, r, &rules[i].head, &rules[i].body);
	}
	for (size_t i = 0; i < rs->judging_count; i++)
		rules[rs->judging[i]].place = (uint32_t)i;
	number_names(l, rules);
	rs->judge_rules = rules;
}

static void make_scores(struct load *l)
{
	struct ruleset *rs = l->rs;
	size_t n = rs->rule_count;

	for (unsigned set = 0; set < SCORE_SETS; set++) {
		double *scores = arena_calloc(l->a, n + 1, sizeof(*scores));

		for (size_t i = 0; i < n; i++)
			scores[i] = rs->rules[i]->score[set];
		rs->scores[set] = scores;
	}
}

/* --- by plan --- */

static void add_members(uint64_t *set, const struct rule_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		bits_add(set, list->at[i]->index);
}

static void make_members(struct load *l, struct match_plan *plan)
{
	struct gated_list *gated[] = { &plan->header,  &plan->body, &plan->uri,
				       &plan->rawbody, &plan->full, &plan->mime };
	size_t words = bits_words(l->rs->rule_count);
	uint64_t *all = arena_calloc(l->a, words, sizeof(*all));

	for (size_t i = 0; i < ELEMENTS(gated); i++) {
		uint64_t *set = arena_calloc(l->a, words, sizeof(*set));

		for (size_t k = 0; k < gated[i]->rules.n; k++) {
			if (!(gated[i]->rules.at[k]->flags & RULE_TEMPLATE)) /* runs later */
				bits_add(set, gated[i]->rules.at[k]->index);
		}
		for (size_t k = 0; k < words; k++)
			all[k] |= set[k];
		gated[i]->members = set;
	}
	add_members(all, &plan->mime_apart);
	add_members(all, &plan->uri_detail);
	add_members(all, &plan->ordered);
	plan->members = all;
}

void finish_judging(struct load *l)
{
	struct ruleset *rs = l->rs;

	make_metas(l);
	rs->readers = list_readers(l, NULL);
	rs->watchers = list_readers(l, &rs->readers);
	make_guards(l);
	make_rules(l);
	make_scores(l);
	for (unsigned set = 0; set < SCORE_SETS; set++) {
		uint32_t *ready = arena_calloc(l->a, rs->rule_count + 1, sizeof(*ready));
		uint64_t *scored = arena_calloc(l->a, bits_words(rs->rule_count), sizeof(*scored));

		if (!ruleset_has_set(rs, set))
			continue;
		make_members(l, &rs->plans[set]);
		judge_metas_scored(rs->scores[set], rs->rule_count, scored);
		rs->plans[set].scored = scored;
		judge_metas_untouched(rs, &rs->plans[set], rs->scores[set], ready);
		rs->plans[set].ready = ready;
	}
}
