/* SPDX-License-Identifier: BSD-2-Clause */
#include "rules/judge_metas.h"

#include "core/arena.h"
#include "rules/judge.h"
#include "rules/rule.h"

static uint32_t later(uint32_t a, uint32_t b)
{
	return a > b ? a : b;
}

/* When a meta that reads up to `step` may be read itself; one without score not from the end on. */
static uint32_t meta_ready(const struct judge_meta *m, uint32_t step, bool scored)
{
	step = m->is_cyclic ? 0 : m->waits_for_end ? (uint32_t)JUDGE_STEP_FINISH : step;
	if (!m->expr || (step == JUDGE_STEP_FINISH && !scored))
		return JUDGE_STEP_NEVER;
	return step;
}

void judge_metas_scored(const double *scores, size_t n, uint64_t *set)
{
	for (size_t i = 0; i < n; i++)
		if (scores[i] != 0)
			bits_add(set, i);
}

void judge_metas_untouched(const struct ruleset *rs, const struct match_plan *plan,
			   const double *scores, uint32_t *ret)
{
	for (size_t i = 0; i < rs->rule_count; i++) {
		bool ran = bits_has(plan->members, i) && scores[i] != 0;

		ret[i] = ran ? rs->judge_rules[i].step : (uint32_t)JUDGE_STEP_FINISH;
	}
	ret[rs->rule_count] = JUDGE_STEP_FINISH;
	for (size_t i = 0; i < rs->meta_count; i++) {
		const struct judge_meta *m = &rs->judge_metas[i];
		uint32_t step = 0;

		for (size_t k = 0; k < m->dep_count; k++)
			step = later(step, ret[m->deps[k]]);
		ret[m->rule] = meta_ready(m, step, scores[m->rule] != 0);
	}
}

static void add_all(uint64_t *set, const uint32_t *at, const uint32_t *end)
{
	for (; at < end; at++)
		bits_add(set, *at);
}

/* What a rule or meta came to that may be read when everybody takes that for granted. */
static void hit(struct judge_metas *j, uint32_t rule, double value)
{
	const struct judge_rule *r = &j->rs->judge_rules[rule];
	const uint32_t *at = j->rs->watchers.at;

	if (value == 0)
		return;
	bits_add(j->truths, rule);
	j->values[rule] = value;
	add_all(j->due, at + r->watchers, at + r->watchers_end);
}

/* One that may be read at another step than thought, whatever it is. */
static void shift(struct judge_metas *j, uint32_t rule, uint32_t ready, double value)
{
	const struct rule_readers *readers = &j->rs->readers;
	const uint32_t *at = &readers->at[readers->from[rule]];
	const uint32_t *end = &readers->at[readers->from[rule + 1]];

	if (value != 0) {
		bits_add(j->truths, rule);
		j->values[rule] = value;
	}
	bits_add(j->shifted, rule);
	j->ready[rule] = ready;
	add_all(j->due, at, end);
	add_all(j->moved, at, end);
}

/*
 * Rules that have run may be read from the end of their priority on, the others at the very end. (A rule
 * without score has not run, whatever a plugin made of it.) What hit and is in the plan is as `untouched` has it.
 */
static void take_hits(struct judge_metas *j, const struct match_plan *plan, const struct hits *hits)
{
	for (uint32_t i = 0; i < hits->used; i++)
		__builtin_prefetch(&j->rs->judge_rules[hits->numbers[i].rule]);
	for (uint32_t i = 0; i < hits->used; i++) {
		const struct hit_numbers *it = &hits->numbers[i];

		if (!bits_has(hits->hit, it->rule) || !bits_has(j->scored, it->rule))
			continue;
		if (bits_has(plan->members, it->rule))
			hit(j, it->rule, it->value);
		else
			shift(j, it->rule, j->rs->judge_rules[it->rule].step, it->value);
	}
}

/* Rules without a hit that have run and are not in the plan, or the other way round. */
static void take_others(struct judge_metas *j, const struct match_plan *plan,
			const struct hits *hits)
{
	for (size_t w = 0; w < bits_words(hits->n); w++) {
		uint64_t ran = hits->ran[w];
		uint64_t differ = (ran ^ plan->members[w]) & ~hits->hit[w] & j->scored[w];

		for (; differ; differ &= differ - 1) {
			unsigned bit = (unsigned)__builtin_ctzll(differ);
			uint32_t i = (uint32_t)(w * 64) + bit;
			bool has_run = ran >> bit & 1;

			shift(j, i,
			      has_run ? j->rs->judge_rules[i].step : (uint32_t)JUDGE_STEP_FINISH,
			      0);
		}
	}
}

/* The step from which on all it reads may be read. */
static uint32_t step_of(const struct judge_metas *j, const struct judge_meta *m)
{
	uint32_t step = 0;

	for (size_t i = 0; i < m->dep_count; i++)
		step = later(step, judge_metas_ready(j, m->deps[i]));
	return step;
}

/* In a circle nobody waits: what has not run in the first priority counts as no hit. */
static double first_value_of(const void *ctx, uint32_t id)
{
	const struct judge_metas *j = ctx;

	if (id == RULE_NONE || !bits_has(j->truths, id) || judge_metas_ready(j, id) > 0)
		return 0;
	return j->values[id];
}

static double value_of(const struct judge_metas *j, const struct judge_guard *g)
{
	struct expr_values all = { j->truths, j->values, (uint32_t)j->rs->rule_count };
	double v;
	bool ok;

	if (g->is_cyclic)
		ok = expr_eval(g->expr, first_value_of, j, &v);
	else
		ok = expr_eval_set(g->expr, &all, &v);
	return !ok ? 0 : v > 0 || v == 0 ? v : 1;
}

/* Known to be 0 without a look at its expression. */
static bool is_ruled_out(const struct judge_metas *j, const struct judge_guard *g)
{
	for (unsigned i = 0; i < g->all; i++)
		if (bits_has(j->truths, g->rule[i]) != (i < g->required))
			return true;
	return !g->expr;
}

/*
 * A meta without score is evaluated when it becomes ready in the run, never at the end; when it is true
 * it has no way to say so, and whoever reads it waits for ever.
 */
static void settle(struct judge_metas *j, uint32_t rule, uint32_t ready, double v)
{
	if (v != 0 && !bits_has(j->scored, rule)) {
		ready = JUDGE_STEP_NEVER;
		v = 0;
	}
	if (v != 0)
		j->hits[j->hit_count++] = rule;
	if (ready != j->untouched[rule])
		shift(j, rule, ready, v);
	else
		hit(j, rule, v);
}

/* One that reads something that may be read at another step than thought. */
static void evaluate_moved(struct judge_metas *j, size_t place)
{
	const struct judge_meta *m = &j->rs->judge_metas[place];
	uint32_t ready = meta_ready(m, step_of(j, m), bits_has(j->scored, m->rule));

	settle(j, m->rule, ready,
	       ready == JUDGE_STEP_NEVER ? 0 : value_of(j, &j->rs->judge_guards[place]));
}

static void evaluate(struct judge_metas *j, size_t place)
{
	const struct judge_guard *g = &j->rs->judge_guards[place];
	double v;

	if (bits_has(j->moved, place)) {
		evaluate_moved(j, place);
		return;
	}
	if (is_ruled_out(j, g))
		return;
	v = value_of(j, g);
	if (v != 0 && j->untouched[g->meta] != JUDGE_STEP_NEVER)
		settle(j, g->meta, j->untouched[g->meta], v);
}

/* Within a step whatever is read comes before who reads it: as they were found. Few, and mostly in order. */
static void sort_hits(struct judge_metas *j)
{
	for (size_t i = 1; i < j->hit_count; i++) {
		uint32_t m = j->hits[i];
		size_t to = i;

		for (; to && judge_metas_ready(j, j->hits[to - 1]) > judge_metas_ready(j, m); to--)
			j->hits[to] = j->hits[to - 1];
		j->hits[to] = m;
	}
}

void judge_metas_run(struct judge_metas *j, const struct match_plan *plan, const struct hits *hits,
		     struct arena *a)
{
	size_t n = j->rs->rule_count + 1, metas = j->rs->meta_count;

	j->truths = arena_calloc(a, 2 * bits_words(n), sizeof(*j->truths));
	j->shifted = j->truths + bits_words(n);
	j->values = arena_alloc(a, n * sizeof(*j->values));
	j->ready = arena_alloc(a, n * sizeof(*j->ready));
	j->moved = arena_calloc(a, bits_words(metas), sizeof(*j->moved));
	j->due = arena_alloc(a, bits_words(metas) * sizeof(*j->due));
	memcpy(j->due, j->rs->lively, bits_words(metas) * sizeof(*j->due));
	j->hits = arena_alloc(a, metas * sizeof(*j->hits));
	j->hit_count = 0;
	take_hits(j, plan, hits);
	take_others(j, plan, hits);
	BITS_EACH(j->due, metas, place)
	evaluate(j, place);
	sort_hits(j);
}
