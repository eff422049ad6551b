/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Replay. The rules that hit are walked by rank (priority, class, definition); at the end of each
 * priority come the metas that are ready by then. When a meta is ready follows from what it reads and is
 * worked out beforehand, in one pass over the metas in order of dependence.
 */
#include "rules/judge.h"

#include "core/arena.h"
#include "core/strbuf.h"
#include "core/vec.h"
#include "rules/autolearn.h"
#include "rules/rule.h"

#include <stdio.h>
#include <stdlib.h>

#define SC_RULE "SHORTCIRCUIT"
#define TIME_RULE "TIME_LIMIT_EXCEEDED"

struct judging {
	const struct ruleset *rs;
	const struct match_hits *hits;
	struct arena *a;
	const double *scores; /* by rule */
	double *values;       /* what metas see, by rule */
	uint32_t *ready;      /* the step at whose end metas may read it, by rule */
	uint32_t read_step;   /* what a meta evaluated now can see: rules ready by then */
	uint32_t *metas;      /* those that hit, by the step in which they do */
	size_t meta_count, meta_at;
	double score;
	bool stopped;           /* by a short-circuit */
	struct vec found, subs; /* struct report_hit */
	struct judgement *out;
};

static double value_of(const void *ctx, uint32_t id)
{
	const struct judging *j = ctx;

	return id == RULE_NONE || j->ready[id] > j->read_step ? 0 : j->values[id];
}

static void set_scores(struct judging *j, const struct judge_overlay *overlay)
{
	size_t n = j->rs->rule_count;
	double *scores;

	j->scores = j->rs->scores[j->hits->score_set];
	if (!overlay || !overlay->score_count)
		return;
	scores = arena_alloc(j->a, (n + 1) * sizeof(*scores));
	memcpy(scores, j->scores, (n + 1) * sizeof(*scores));
	for (size_t i = 0; i < overlay->score_count; i++) {
		const struct rule *r = map_get(&j->rs->by_name, overlay->scores[i].rule);

		if (r)
			scores[r->index] = overlay->scores[i].score;
	}
	j->scores = scores;
}

/* Rules that have run are ready at the end of their priority, the others at the very end. */
static void set_values(struct judging *j)
{
	size_t n = j->rs->rule_count;

	j->values = arena_calloc(j->a, n + 1, sizeof(*j->values));
	j->ready = arena_calloc(j->a, n + 1, sizeof(*j->ready));
	j->ready[n] = JUDGE_STEP_FINISH; /* what is no rule */
	for (size_t i = 0; i < n; i++) {
		const struct rule_hits *h = &j->hits->rules[i];
		bool ran = h->state == RULE_HIT || h->state == RULE_MISS;

		ran = ran && j->scores[i] != 0;
		j->ready[i] = ran ? j->rs->steps[i] : JUDGE_STEP_FINISH;
		j->values[i] = ran && h->state == RULE_HIT ? h->value : 0;
	}
}

/* The step at whose end all that a meta reads is known. *ret_any: some of it is not 0. */
static uint32_t meta_step(const struct judging *j, const struct judge_meta *m, bool *ret_any)
{
	uint32_t step = 0;
	bool any = false;

	for (size_t i = 0; i < m->dep_count; i++) {
		uint32_t at = j->ready[m->deps[i]];

		step = at > step ? at : step;
		any |= j->values[m->deps[i]] != 0;
	}
	*ret_any = any;
	return m->is_cyclic ? 0 : m->waits_for_end ? (uint32_t)JUDGE_STEP_FINISH : step;
}

/*
 * A meta without score is evaluated when it becomes ready in the run, never at the end; when it is true
 * it has no way to say so, and whoever reads it waits for ever.
 */
static void evaluate(struct judging *j, const struct judge_meta *m)
{
	bool any, scored = j->scores[m->rule] != 0;
	uint32_t step = meta_step(j, m, &any);
	double v = 0;

	j->ready[m->rule] = JUDGE_STEP_NEVER;
	if (!m->expr || step == JUDGE_STEP_NEVER || (step == JUDGE_STEP_FINISH && !scored))
		return;
	/* in a circle nobody waits: what has not run in the first priority counts as no hit */
	j->read_step = m->is_cyclic ? 0 : (uint32_t)JUDGE_STEP_FINISH;
	if ((any || !m->is_silent) && !expr_eval(m->expr, value_of, j, &v))
		v = 0;
	if (v != 0 && !scored)
		return;
	j->ready[m->rule] = step;
	if (v == 0)
		return;
	j->values[m->rule] = v > 0 ? v : 1;
	j->metas[j->meta_count++] = m->rule;
}

struct meta_hit {
	uint32_t step, place, rule;
};

static int by_step(const void *a, const void *b)
{
	const struct meta_hit *x = a, *y = b;

	if (x->step != y->step)
		return x->step < y->step ? -1 : 1;
	return x->place < y->place ? -1 : x->place > y->place;
}

/* Metas that hit, by step; within a step whatever is read comes before who reads it. */
static void evaluate_metas(struct judging *j)
{
	struct meta_hit *hits;

	j->metas = arena_calloc(j->a, j->rs->meta_count + 1, sizeof(*j->metas));
	for (size_t i = 0; i < j->rs->meta_count; i++)
		evaluate(j, &j->rs->judge_metas[i]);
	hits = arena_calloc(j->a, j->meta_count + 1, sizeof(*hits));
	for (size_t i = 0; i < j->meta_count; i++)
		hits[i] = (struct meta_hit){ j->ready[j->metas[i]], (uint32_t)i, j->metas[i] };
	qsort(hits, j->meta_count, sizeof(*hits), by_step);
	for (size_t i = 0; i < j->meta_count; i++)
		j->metas[i] = hits[i].rule;
}

static struct str area_of(const struct rule *r)
{
	switch (r->type) {
	case RULE_BODY:
	case RULE_BODY_EVAL:
	case RULE_URI_DETAIL: return STR("BODY: ");
	case RULE_URI: return STR("URI: ");
	case RULE_RAWBODY:
	case RULE_RAWBODY_EVAL: return STR("RAW: ");
	case RULE_FULL: return STR("FULL: ");
	case RULE_MIMEHEADER: return r->flags & RULE_NEGATED ? STR("BODY: ") : STR("");
	default: return STR("");
	}
}

/* r NULL: no such rule. */
static struct str description_of(const struct rule *r)
{
	return r && r->description.n ? r->description : STR("No description available.");
}

static void push_hit(struct vec *v, struct str rule, double score, uint32_t count, struct str area,
		     struct str description)
{
	struct report_hit *h = vec_must_push(v);

	*h = (struct report_hit){ .rule = rule,
				  .score = score,
				  .count = count,
				  .area = area,
				  .description = description };
}

/* The pseudo-rule that tells of a short-circuit. */
static void add_shortcircuit(struct judging *j, double score)
{
	VEC_EACH (&j->found, struct report_hit, it) {
		if (str_eq(it->rule, STR(SC_RULE)))
			return;
	}
	push_hit(&j->found, STR(SC_RULE), score, 1, STR(""),
		 description_of(map_get(&j->rs->by_name, STR(SC_RULE))));
	j->score += score;
}

/* Against the points before this hit's own. */
static void check_limits(struct judging *j)
{
	const struct rules_settings *s = &j->rs->settings;
	bool ham = s->has_shortcircuit_min_ham_score && j->score < s->shortcircuit_min_ham_score;
	bool spam = s->has_shortcircuit_max_spam_score && j->score > s->shortcircuit_max_spam_score;

	if (j->stopped || !(ham || spam))
		return;
	ham = j->score < 0;
	j->stopped = true;
	j->out->shortcircuit_type = ham ? STR("ham") : STR("spam");
	add_shortcircuit(j, ham ? -0.001 : 0.001);
}

static void check_shortcircuit(struct judging *j, const struct rule *r, double score)
{
	const struct rules_settings *s = &j->rs->settings;
	double points = 0;

	if (j->stopped)
		return;
	check_limits(j);
	switch (r->shortcircuit) {
	case SC_OFF: return;
	case SC_ON:
		points = score < 0 ? -0.0001 : 0.0001;
		j->out->shortcircuit_type = score < 0 ? STR("ham") : STR("spam");
		break;
	case SC_HAM:
		points = s->shortcircuit_ham_score;
		j->out->shortcircuit_type = STR("ham");
		break;
	case SC_SPAM:
		points = s->shortcircuit_spam_score;
		j->out->shortcircuit_type = STR("spam");
		break;
	}
	j->stopped = true;
	j->out->shortcircuit_rule = r->name;
	add_shortcircuit(j, points);
}

static void add_hit(struct judging *j, const struct rule *r, uint32_t count)
{
	const struct rule_hits *h = &j->hits->rules[r->index];
	double score = h->has_score ? h->score : j->scores[r->index];
	struct str text = description_of(r);

	check_shortcircuit(j, r, score);
	if (r->flags & RULE_SUBRULE) {
		push_hit(&j->subs, r->name, 0, count, area_of(r), text);
		return;
	}
	push_hit(&j->found, r->name, score, count, area_of(r), text);
	for (uint32_t i = 0; i < count; i++)
		j->score += score;
}

/* The metas that become ready at the end of this step. */
static void add_metas(struct judging *j, uint32_t step)
{
	for (; j->meta_at < j->meta_count; j->meta_at++) {
		uint32_t m = j->metas[j->meta_at];

		if (j->ready[m] > step)
			return;
		add_hit(j, j->rs->rules[m], 1);
	}
}

static bool hit_counts(const struct judging *j, uint32_t rule)
{
	const struct rule_hits *h = &j->hits->rules[rule];

	return h->state == RULE_HIT && (j->scores[rule] != 0 || h->has_score);
}

static bool same_batch(const struct rule *a, const struct rule *b)
{
	return a->step == b->step && a->run_class == b->run_class;
}

/* By rank; a short-circuit lets the batch (same priority, same class) end, and then all is over. */
static void replay(struct judging *j)
{
	const struct rule *last = NULL;
	uint32_t step = 0;

	for (size_t i = 0; i < j->rs->judging_count; i++) {
		const struct rule *r;

		if (!hit_counts(j, j->rs->judging[i]))
			continue;
		r = j->rs->rules[j->rs->judging[i]];
		while (!j->stopped && step < r->step)
			add_metas(j, step++);
		if (j->stopped && !(last && same_batch(last, r)))
			return;
		add_hit(j, r, j->hits->rules[r->index].count);
		last = r;
	}
	while (step < j->rs->step_count && !j->stopped)
		add_metas(j, step++);
}

static void add_time_limit(struct judging *j)
{
	const struct rule *r = map_get(&j->rs->by_name, STR(TIME_RULE));
	double score = r ? j->scores[r->index] : 0.001;

	if (score == 0)
		return;
	push_hit(&j->found, STR(TIME_RULE), score, 1, STR(""),
		 STR("Exceeded time limit / deadline"));
	j->score += score;
}

static double rounded(double v)
{
	char text[64];

	snprintf(text, sizeof(text), "%0.3f", v);
	return strtod(text, NULL);
}

static void decide_learning(const struct judging *j, struct judgement *ret)
{
	const struct rules_settings *s = &j->rs->settings;
	struct autolearn learn;

	autolearn_decide(j->rs, j->hits->score_set, ret, j->a, &learn);
	ret->autolearn_points = learn.points;
	ret->autolearn_force = STR_NONE;
	ret->autolearn = STR("unavailable");
	if (!s->use_bayes || !s->bayes_auto_learn || j->stopped) {
		ret->autolearn = STR("disabled");
		return;
	}
	if (j->hits->stopped)
		return;
	if (learn.decision == AUTOLEARN_NO)
		ret->autolearn = STR("no");
	ret->autolearn_force = STR("no");
	if (learn.forced_by.n)
		ret->autolearn_force = arena_printf(j->a, "yes (%.*s)", STR_FMT(learn.forced_by));
}

void judge(const struct ruleset *rs, const struct match_hits *hits,
	   const struct judge_overlay *overlay, struct arena *a, struct judgement *ret)
{
	struct judging j = { .rs = rs, .hits = hits, .a = a, .out = ret };

	*ret = (struct judgement){ .shortcircuit_rule = STR_NONE, .shortcircuit_type = STR_NONE };
	vec_init(&j.found, a, sizeof(struct report_hit), 0);
	vec_init(&j.subs, a, sizeof(struct report_hit), 0);
	set_scores(&j, overlay);
	set_values(&j);
	evaluate_metas(&j);
	replay(&j);
	if (hits->stopped)
		add_time_limit(&j);
	else if (!j.stopped)
		add_metas(&j, JUDGE_STEP_FINISH);
	ret->score = rounded(j.score);
	ret->required =
	    overlay && overlay->has_required ? overlay->required : rs->settings.required_score;
	ret->spam = ret->score >= ret->required;
	ret->hits = j.found.data;
	ret->hit_count = j.found.n;
	ret->subrules = j.subs.data;
	ret->subrule_count = j.subs.n;
	ret->scores = j.scores;
	ret->values = j.values;
	ret->ready = j.ready;
	decide_learning(&j, ret);
}

static int by_name(const void *a, const void *b)
{
	return str_cmp((*(const struct report_hit *const *)a)->rule,
		       (*(const struct report_hit *const *)b)->rule);
}

struct str judge_tests(const struct report_hit *hits, size_t n, bool none, struct arena *a)
{
	const struct report_hit **sorted = arena_calloc(a, n + 1, sizeof(*sorted));
	struct strbuf b;
	struct str ret;

	for (size_t i = 0; i < n; i++)
		sorted[i] = &hits[i];
	qsort(sorted, n, sizeof(*sorted), by_name);
	strbuf_init(&b, 1 << 20);
	for (size_t i = 0; i < n; i++) {
		for (uint32_t k = 0; k < sorted[i]->count; k++) {
			if (b.n)
				strbuf_add_byte(&b, ',');
			strbuf_add(&b, sorted[i]->rule);
		}
	}
	if (!n && none)
		strbuf_add_c(&b, "none");
	ret = str_dup(a, strbuf_str(&b));
	strbuf_done(&b);
	return ret;
}
