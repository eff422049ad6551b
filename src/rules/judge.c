/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Replay. The rules that hit are walked by rank (priority, class, definition); at the end of each
 * priority come the metas that are ready by then (judge_metas.h works out which, and when).
 */
#include "rules/judge.h"

#include "core/arena.h"
#include "core/num.h"
#include "rules/autolearn.h"
#include "rules/judge_metas.h"
#include "rules/rule.h"

#include <stdlib.h>

#define SC_RULE "SHORTCIRCUIT"
#define TIME_RULE "TIME_LIMIT_EXCEEDED"

struct judging {
	const struct ruleset *rs;
	const struct match_hits *hits;
	struct arena *a;
	struct judge_metas metas;
	size_t meta_at;
	double score;
	bool stopped;                    /* by a short-circuit */
	struct report_hit *found, *subs; /* room for all there may be */
	uint32_t *found_rules;           /* of found; RULE_NONE: there is no such rule */
	size_t found_count, sub_count;
	struct judgement *out;
};

/* A short-circuit's own, and that time is up. */
enum { PSEUDO_RULES = 2 };

/* The rule set's scores, or a copy with the overlay's in it. True: a copy. */
static bool set_scores(struct judging *j, const struct judge_overlay *overlay)
{
	size_t n = j->rs->rule_count;
	double *scores;

	j->metas.scores = j->rs->scores[j->hits->score_set];
	if (!overlay || !overlay->score_count)
		return false;
	scores = arena_alloc(j->a, (n + 1) * sizeof(*scores));
	memcpy(scores, j->metas.scores, (n + 1) * sizeof(*scores));
	for (size_t i = 0; i < overlay->score_count; i++) {
		const struct rule *r = map_get(&j->rs->by_name, overlay->scores[i].rule);

		if (r)
			scores[r->index] = overlay->scores[i].score;
	}
	j->metas.scores = scores;
	return true;
}

static void run_metas(struct judging *j, const struct judge_overlay *overlay)
{
	const struct match_plan *plan = &j->rs->plans[j->hits->score_set];
	size_t n = j->rs->rule_count;
	uint32_t *untouched;
	uint64_t *scored;

	j->metas.untouched = plan->ready;
	j->metas.scored = plan->scored;
	if (set_scores(j, overlay)) {
		untouched = arena_alloc(j->a, (n + 1) * sizeof(*untouched));
		judge_metas_untouched(j->rs, plan, j->metas.scores, untouched);
		j->metas.untouched = untouched;
		scored = arena_calloc(j->a, bits_words(n), sizeof(*scored));
		judge_metas_scored(j->metas.scores, n, scored);
		j->metas.scored = scored;
	}
	judge_metas_run(&j->metas, plan, j->hits->hits, j->a);
}

/* r NULL: no such rule. */
static void push_pseudo(struct judging *j, const char *name, const struct rule *r, double score,
			struct str description)
{
	j->found_rules[j->found_count] = r ? r->index : (uint32_t)RULE_NONE;
	j->found[j->found_count++] = (struct report_hit){ .rule = str_of(name),
							  .score = score,
							  .count = 1,
							  .area = STR(""),
							  .description = description };
	j->score += score;
}

/* The pseudo-rule that tells of a short-circuit. */
static void add_shortcircuit(struct judging *j, double score)
{
	const struct rule *r;

	for (size_t i = 0; i < j->found_count; i++) {
		if (str_eq(j->found[i].rule, STR(SC_RULE)))
			return;
	}
	r = map_get(&j->rs->by_name, STR(SC_RULE));
	push_pseudo(j, SC_RULE, r, score,
		    r ? j->rs->judge_rules[r->index].description : JUDGE_NO_DESCRIPTION);
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

static void check_shortcircuit(struct judging *j, const struct judge_rule *r, double score)
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

static struct str area_name(unsigned area)
{
	static const struct str names[JUDGE_AREA_COUNT] = {
		[JUDGE_AREA_NONE] = { "", 0 },       [JUDGE_AREA_BODY] = { "BODY: ", 6 },
		[JUDGE_AREA_URI] = { "URI: ", 5 },   [JUDGE_AREA_RAW] = { "RAW: ", 5 },
		[JUDGE_AREA_FULL] = { "FULL: ", 6 },
	};

	return names[area];
}

static void add_hit(struct judging *j, const struct judge_rule *r, double score, uint32_t count)
{
	struct report_hit *to;

	check_shortcircuit(j, r, score);
	if (r->is_subrule) {
		to = &j->subs[j->sub_count++];
		score = 0;
	} else {
		j->found_rules[j->found_count] = (uint32_t)(r - j->rs->judge_rules);
		to = &j->found[j->found_count++];
	}
	*to = (struct report_hit){ .rule = r->name,
				   .score = score,
				   .count = count,
				   .order = r->order,
				   .area = area_name(r->area),
				   .description = r->description };
	for (uint32_t i = 0; i < count && !r->is_subrule; i++)
		j->score += score;
}

/* The metas that become ready at the end of this step. */
static void add_metas(struct judging *j, uint32_t step)
{
	for (; j->meta_at < j->metas.hit_count; j->meta_at++) {
		uint32_t m = j->metas.hits[j->meta_at];

		if (judge_metas_ready(&j->metas, m) > step)
			return;
		add_hit(j, &j->rs->judge_rules[m], j->metas.scores[m], 1);
	}
}

/* The hits that count, as places in the order of judging; at[] tells which it is. */
static const uint64_t *places_of_hits(const struct judging *j, uint32_t *at)
{
	const struct hits *h = j->hits->hits;
	uint64_t *places = arena_calloc(j->a, bits_words(j->rs->judging_count), sizeof(*places));

	for (uint32_t i = 0; i < h->used; i++) {
		uint32_t rule = h->numbers[i].rule, place;

		if (!bits_has(h->hit, rule) ||
		    !(bits_has(j->metas.scored, rule) || bits_has(h->scored, rule)))
			continue;
		place = j->rs->judge_rules[rule].place;
		bits_add(places, place);
		at[place] = i;
	}
	return places;
}

static bool same_batch(const struct judge_rule *a, const struct judge_rule *b)
{
	return a->step == b->step && a->run_class == b->run_class;
}

/* By rank; a short-circuit lets the batch (same priority, same class) end, and then all is over. */
static void replay(struct judging *j)
{
	const struct hits *h = j->hits->hits;
	const struct judge_rule *last = NULL;
	uint32_t *at = arena_alloc(j->a, (j->rs->judging_count + 1) * sizeof(*at));
	const uint64_t *places = places_of_hits(j, at);
	uint32_t step = 0;

	BITS_EACH(places, j->rs->judging_count, i)
	{
		const struct hit_numbers *it = &h->numbers[at[i]];
		const struct judge_rule *r = &j->rs->judge_rules[it->rule];
		double score = 0;

		while (!j->stopped && step < r->step)
			add_metas(j, step++);
		if (j->stopped && !(last && same_batch(last, r)))
			return;
		/* Most are sub-rules, of which nobody asks for the score: it is not fetched. */
		if (bits_has(h->scored, it->rule))
			score = it->score;
		else if (!r->is_subrule || r->shortcircuit != SC_OFF)
			score = j->metas.scores[it->rule];
		add_hit(j, r, score, it->count);
		last = r;
	}
	while (step < j->rs->step_count && !j->stopped)
		add_metas(j, step++);
}

static void add_time_limit(struct judging *j)
{
	const struct rule *r = map_get(&j->rs->by_name, STR(TIME_RULE));
	double score = r ? j->metas.scores[r->index] : 0.001;

	if (score == 0)
		return;
	push_pseudo(j, TIME_RULE, r, score, STR("Exceeded time limit / deadline"));
}

static void decide_learning(const struct judging *j, struct judgement *ret)
{
	const struct rules_settings *s = &j->rs->settings;
	struct autolearn learn;

	autolearn_decide(j->rs, j->hits->score_set, ret, j->found_rules, j->a, &learn);
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

static void make_room(struct judging *j)
{
	size_t most = j->hits->hits->used + j->metas.hit_count + PSEUDO_RULES;

	j->found = arena_alloc(j->a, most * sizeof(*j->found));
	j->found_rules = arena_alloc(j->a, most * sizeof(*j->found_rules));
	j->subs = arena_alloc(j->a, most * sizeof(*j->subs));
}

void judge(const struct ruleset *rs, const struct match_hits *hits,
	   const struct judge_overlay *overlay, struct arena *a, struct judgement *ret)
{
	struct judging j = { .rs = rs, .hits = hits, .a = a, .metas = { .rs = rs }, .out = ret };

	*ret = (struct judgement){ .shortcircuit_rule = STR_NONE, .shortcircuit_type = STR_NONE };
	run_metas(&j, overlay);
	make_room(&j);
	replay(&j);
	if (hits->stopped)
		add_time_limit(&j);
	else if (!j.stopped)
		add_metas(&j, JUDGE_STEP_FINISH);
	ret->score = num_round_milli(j.score);
	ret->required =
	    overlay && overlay->has_required ? overlay->required : rs->settings.required_score;
	ret->spam = ret->score >= ret->required;
	ret->hits = j.found;
	ret->hit_count = j.found_count;
	ret->subrules = j.subs;
	ret->subrule_count = j.sub_count;
	ret->scores = j.metas.scores;
	ret->truths = j.metas.truths;
	ret->shifted = j.metas.shifted;
	ret->values = j.metas.values;
	ret->ready = j.metas.ready;
	ret->untouched = j.metas.untouched;
	decide_learning(&j, ret);
}

/* --- the list of names --- */

enum { MAX_LIST = 1 << 20, MAX_ORDER = 1 << 16 };

/* Sorted by the places of their names, where these are known and different: NULL else. */
static const struct report_hit **sort_by_order(const struct report_hit *hits, size_t n,
					       struct arena *a)
{
	const struct report_hit **sorted = arena_alloc(a, n * sizeof(*sorted));
	uint32_t *at, last = 0;
	uint64_t *places;
	size_t to = 0;

	for (size_t i = 0; i < n; i++) {
		if (!hits[i].order || hits[i].order >= MAX_ORDER)
			return NULL;
		last = hits[i].order > last ? hits[i].order : last;
	}
	places = arena_calloc(a, bits_words(last + 1), sizeof(*places));
	at = arena_alloc(a, (last + 1) * sizeof(*at));
	for (size_t i = 0; i < n; i++) {
		if (bits_has(places, hits[i].order))
			return NULL;
		bits_add(places, hits[i].order);
		at[hits[i].order] = (uint32_t)i;
	}
	BITS_EACH(places, last + 1, i)
	sorted[to++] = &hits[at[i]];
	return sorted;
}

static int by_name(const void *a, const void *b)
{
	return str_cmp((*(const struct report_hit *const *)a)->rule,
		       (*(const struct report_hit *const *)b)->rule);
}

static const struct report_hit **sort_by_name(const struct report_hit *hits, size_t n,
					      struct arena *a)
{
	const struct report_hit **sorted = arena_alloc(a, n * sizeof(*sorted));

	for (size_t i = 0; i < n; i++)
		sorted[i] = &hits[i];
	qsort(sorted, n, sizeof(*sorted), by_name);
	return sorted;
}

struct str judge_tests(const struct report_hit *hits, size_t n, bool none, struct arena *a)
{
	const struct report_hit **sorted;
	size_t most = 0, at = 0;
	char *p;

	if (!n)
		return none ? STR("none") : STR("");
	sorted = sort_by_order(hits, n, a);
	if (!sorted)
		sorted = sort_by_name(hits, n, a);
	for (size_t i = 0; i < n && most < MAX_LIST; i++)
		most += (hits[i].rule.n + 1) * hits[i].count;
	p = arena_alloc(a, most < MAX_LIST ? most : MAX_LIST);
	for (size_t i = 0; i < n; i++) {
		struct str name = sorted[i]->rule;

		for (uint32_t k = 0; k < sorted[i]->count; k++) {
			if (name.n >= MAX_LIST - at)
				return str_make(p, at);
			if (at)
				p[at++] = ',';
			memcpy(p + at, name.p, name.n);
			at += name.n;
		}
	}
	return str_make(p, at);
}
