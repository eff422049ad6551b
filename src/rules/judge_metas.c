/* SPDX-License-Identifier: BSD-2-Clause */
#include "rules/judge_metas.h"

#include "core/arena.h"
#include "rules/judge.h"
#include "rules/rule.h"

static uint32_t ready_of(const struct judge_metas *j, uint32_t rule)
{
	return bits_has(j->touched, rule) ? j->ready[rule] : j->untouched[rule];
}

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

void judge_metas_untouched(const struct ruleset *rs, const struct match_plan *plan,
			   const double *scores, uint32_t *ret)
{
	for (size_t i = 0; i < rs->rule_count; i++) {
		bool ran = bits_has(plan->members, i) && scores[i] != 0;

		ret[i] = ran ? rs->steps[i] : (uint32_t)JUDGE_STEP_FINISH;
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

static void add_readers(uint64_t *set, const struct rule_readers *readers, uint32_t rule)
{
	for (uint32_t i = readers->from[rule]; i < readers->from[rule + 1]; i++)
		bits_add(set, readers->at[i]);
}

/* What a rule or meta came to, where that is not what everybody takes for granted. */
static void touch(struct judge_metas *j, uint32_t rule, uint32_t ready, double value)
{
	bits_add(j->touched, rule);
	if (value != 0)
		bits_add(j->truths, rule);
	j->ready[rule] = ready;
	j->values[rule] = value;
	if (ready != j->untouched[rule]) {
		add_readers(j->due, &j->rs->readers, rule);
		add_readers(j->moved, &j->rs->readers, rule);
	} else {
		add_readers(j->due, &j->rs->watchers, rule);
	}
}

/*
 * Rules that have run may be read from the end of their priority on, the others at the very end. (A rule
 * without score has not run, whatever a plugin made of it.)
 */
static void touch_rules(struct judge_metas *j, const struct match_plan *plan,
			const struct hits *hits)
{
	for (size_t w = 0; w < bits_words(hits->n); w++) {
		uint64_t ran = hits->ran[w] | hits->hit[w];
		uint64_t differs = hits->hit[w] | (ran ^ plan->members[w]);

		for (; differs; differs &= differs - 1) {
			uint32_t i = (uint32_t)(w * 64) + (uint32_t)__builtin_ctzll(differs);
			bool has_run = bits_has(&ran, i % 64) && j->scores[i] != 0;
			uint32_t ready = has_run ? j->rs->steps[i] : (uint32_t)JUDGE_STEP_FINISH;
			bool hit = has_run && bits_has(hits->hit, i);

			if (hit || ready != j->untouched[i])
				touch(j, i, ready, hit ? hits_numbers(hits, i)->value : 0);
		}
	}
}

/* The step from which on all it reads may be read. */
static uint32_t step_of(const struct judge_metas *j, const struct judge_meta *m)
{
	uint32_t step = 0;

	for (size_t i = 0; i < m->dep_count; i++)
		step = later(step, ready_of(j, m->deps[i]));
	return step;
}

/* In a circle nobody waits: what has not run in the first priority counts as no hit. */
static double first_value_of(const void *ctx, uint32_t id)
{
	const struct judge_metas *j = ctx;

	if (id == RULE_NONE || !bits_has(j->touched, id) || j->ready[id] > 0)
		return 0;
	return j->values[id];
}

static double value_of(const struct judge_metas *j, const struct judge_meta *m)
{
	struct expr_values all = { j->truths, j->values, (uint32_t)j->rs->rule_count };
	double v;
	bool ok;

	if (m->is_cyclic)
		ok = expr_eval(m->expr, first_value_of, j, &v);
	else
		ok = expr_eval_set(m->expr, &all, &v);
	return ok ? v : 0;
}

/* Known to be 0 without a look at its expression. */
static bool is_ruled_out(const struct judge_metas *j, const struct judge_guard *g)
{
	for (unsigned i = 0; i < g->all; i++)
		if (bits_has(j->truths, g->rule[i]) != (i < g->required))
			return true;
	return false;
}

/*
 * A meta without score is evaluated when it becomes ready in the run, never at the end; when it is true
 * it has no way to say so, and whoever reads it waits for ever.
 */
static void evaluate(struct judge_metas *j, size_t place)
{
	const struct judge_meta *m = &j->rs->judge_metas[place];
	bool moved = bits_has(j->moved, place), scored;
	uint32_t ready;
	double v = 0;

	if (!moved && is_ruled_out(j, &j->rs->judge_guards[place]))
		return;
	scored = j->scores[m->rule] != 0;
	ready = j->untouched[m->rule];
	if (moved)
		ready = meta_ready(m, step_of(j, m), scored);
	if (ready != JUDGE_STEP_NEVER)
		v = value_of(j, m);
	if (v != 0 && !scored) {
		ready = JUDGE_STEP_NEVER;
		v = 0;
	}
	if (v != 0)
		j->hits[j->hit_count++] = m->rule;
	if (v != 0 || ready != j->untouched[m->rule])
		touch(j, m->rule, ready, v > 0 || v == 0 ? v : 1);
}

/* Within a step whatever is read comes before who reads it: as they were found. Few, and mostly in order. */
static void sort_hits(struct judge_metas *j)
{
	for (size_t i = 1; i < j->hit_count; i++) {
		uint32_t m = j->hits[i];
		size_t to = i;

		for (; to && j->ready[j->hits[to - 1]] > j->ready[m]; to--)
			j->hits[to] = j->hits[to - 1];
		j->hits[to] = m;
	}
}

void judge_metas_run(struct judge_metas *j, const struct match_plan *plan, const struct hits *hits,
		     struct arena *a)
{
	size_t n = j->rs->rule_count + 1, metas = j->rs->meta_count;

	j->touched = arena_calloc(a, 2 * bits_words(n), sizeof(*j->touched));
	j->truths = j->touched + bits_words(n);
	j->values = arena_alloc(a, n * sizeof(*j->values));
	j->ready = arena_alloc(a, n * sizeof(*j->ready));
	j->moved = arena_calloc(a, bits_words(metas), sizeof(*j->moved));
	j->due = arena_alloc(a, bits_words(metas) * sizeof(*j->due));
	memcpy(j->due, j->rs->lively, bits_words(metas) * sizeof(*j->due));
	j->hits = arena_alloc(a, metas * sizeof(*j->hits));
	j->hit_count = 0;
	touch_rules(j, plan, hits);
	BITS_EACH(j->due, metas, place)
	evaluate(j, place);
	sort_hits(j);
}
