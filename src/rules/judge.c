/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Replay. The rules that hit are walked by rank (priority, class, definition); at the end of each
 * priority come the metas that are ready by then (judge_metas.h works out which, and when).
 */
#include "rules/judge.h"

#include "core/arena.h"
#include "core/num.h"
#include "core/strbuf.h"
#include "core/vec.h"
#include "rules/autolearn.h"
#include "rules/judge_metas.h"
#include "rules/rule.h"

#include <endian.h>

#define SC_RULE "SHORTCIRCUIT"
#define TIME_RULE "TIME_LIMIT_EXCEEDED"

struct judging {
	const struct ruleset *rs;
	const struct match_hits *hits;
	struct arena *a;
	struct judge_metas metas;
	size_t meta_at;
	double score;
	bool stopped;           /* by a short-circuit */
	struct vec found, subs; /* struct report_hit */
	struct vec found_rules; /* const struct rule *: of found; NULL: none */
	struct judgement *out;
};

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
	uint32_t *untouched;

	j->metas.untouched = plan->ready;
	if (set_scores(j, overlay)) {
		untouched = arena_alloc(j->a, (j->rs->rule_count + 1) * sizeof(*untouched));
		judge_metas_untouched(j->rs, plan, j->metas.scores, untouched);
		j->metas.untouched = untouched;
	}
	judge_metas_run(&j->metas, plan, j->hits->hits, j->a);
}

static void push_hit(struct vec *v, struct str rule, double score, uint32_t count, struct str area,
		     struct str description)
{
	VEC_ADD(v, struct report_hit,
		(struct report_hit){ .rule = rule,
				     .score = score,
				     .count = count,
				     .area = area,
				     .description = description });
}

/* r NULL: no such rule. */
static struct str description_of(const struct judging *j, const struct rule *r)
{
	return r ? j->rs->judge_rules[r->index].description : JUDGE_NO_DESCRIPTION;
}

/* Of the hit just pushed to found; NULL: there is no such rule. */
static void push_rule(struct judging *j, const struct rule *r)
{
	VEC_ADD(&j->found_rules, const struct rule *, r);
}

/* The pseudo-rule that tells of a short-circuit. */
static void add_shortcircuit(struct judging *j, double score)
{
	const struct rule *r;

	VEC_EACH (&j->found, struct report_hit, it) {
		if (str_eq(it->rule, STR(SC_RULE)))
			return;
	}
	r = map_get(&j->rs->by_name, STR(SC_RULE));
	push_hit(&j->found, STR(SC_RULE), score, 1, STR(""), description_of(j, r));
	push_rule(j, r);
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

static void add_hit(struct judging *j, uint32_t index, uint32_t count)
{
	const struct judge_rule *r = &j->rs->judge_rules[index];
	const struct hits *h = j->hits->hits;
	double score =
	    bits_has(h->scored, index) ? hits_numbers(h, index)->score : j->metas.scores[index];

	check_shortcircuit(j, r, score);
	if (r->is_subrule) {
		push_hit(&j->subs, r->name, 0, count, r->area, r->description);
		return;
	}
	push_hit(&j->found, r->name, score, count, r->area, r->description);
	push_rule(j, j->rs->rules[index]);
	for (uint32_t i = 0; i < count; i++)
		j->score += score;
}

/* The metas that become ready at the end of this step. */
static void add_metas(struct judging *j, uint32_t step)
{
	for (; j->meta_at < j->metas.hit_count; j->meta_at++) {
		uint32_t m = j->metas.hits[j->meta_at];

		if (j->metas.ready[m] > step)
			return;
		add_hit(j, m, 1);
	}
}

/* The hits that count, as places in the order of judging. */
static const uint64_t *places_of_hits(const struct judging *j)
{
	const struct hits *h = j->hits->hits;
	uint64_t *places = arena_calloc(j->a, bits_words(j->rs->judging_count), sizeof(*places));

	BITS_EACH(h->hit, h->n, i)
	{
		if (j->metas.scores[i] != 0 || bits_has(h->scored, i))
			bits_add(places, j->rs->judging_places[i]);
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
	const struct judge_rule *last = NULL;
	const uint64_t *places = places_of_hits(j);
	uint32_t step = 0;

	BITS_EACH(places, j->rs->judging_count, i)
	{
		uint32_t index = j->rs->judging[i];
		const struct judge_rule *r = &j->rs->judge_rules[index];

		while (!j->stopped && step < r->step)
			add_metas(j, step++);
		if (j->stopped && !(last && same_batch(last, r)))
			return;
		add_hit(j, index, hits_count(j->hits->hits, index));
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
	push_hit(&j->found, STR(TIME_RULE), score, 1, STR(""),
		 STR("Exceeded time limit / deadline"));
	push_rule(j, r);
	j->score += score;
}

static void decide_learning(const struct judging *j, struct judgement *ret)
{
	const struct rules_settings *s = &j->rs->settings;
	struct autolearn learn;

	autolearn_decide(j->rs, j->hits->score_set, ret, j->found_rules.data, j->a, &learn);
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
	struct judging j = { .rs = rs, .hits = hits, .a = a, .metas = { .rs = rs }, .out = ret };

	*ret = (struct judgement){ .shortcircuit_rule = STR_NONE, .shortcircuit_type = STR_NONE };
	vec_init(&j.found, a, sizeof(struct report_hit), 0);
	vec_init(&j.subs, a, sizeof(struct report_hit), 0);
	vec_init(&j.found_rules, a, sizeof(const struct rule *), 0);
	run_metas(&j, overlay);
	replay(&j);
	if (hits->stopped)
		add_time_limit(&j);
	else if (!j.stopped)
		add_metas(&j, JUDGE_STEP_FINISH);
	ret->score = num_round_milli(j.score);
	ret->required =
	    overlay && overlay->has_required ? overlay->required : rs->settings.required_score;
	ret->spam = ret->score >= ret->required;
	ret->hits = j.found.data;
	ret->hit_count = j.found.n;
	ret->subrules = j.subs.data;
	ret->subrule_count = j.subs.n;
	ret->scores = j.metas.scores;
	ret->touched = j.metas.touched;
	ret->values = j.metas.values;
	ret->ready = j.metas.ready;
	ret->untouched = j.metas.untouched;
	decide_learning(&j, ret);
}

/* A name by its first bytes as a number, which tells most apart. */
struct named_hit {
	uint64_t first;
	const struct report_hit *hit;
};

static struct named_hit named(const struct report_hit *h)
{
	unsigned char bytes[sizeof(uint64_t)] = { 0 };
	uint64_t first;

	if (h->rule.n)
		memcpy(bytes, h->rule.p, h->rule.n < sizeof(bytes) ? h->rule.n : sizeof(bytes));
	memcpy(&first, bytes, sizeof(first));
	return (struct named_hit){ be64toh(first), h };
}

static bool is_before(const struct named_hit *a, const struct named_hit *b)
{
	return a->first != b->first ? a->first < b->first : str_cmp(a->hit->rule, b->hit->rule) < 0;
}

/* Two sorted halves of from[], the second begins at `half`, become one in to[]. */
static void merge(const struct named_hit *from, size_t half, size_t n, struct named_hit *to)
{
	size_t i = 0, k = half;

	for (size_t at = 0; at < n; at++)
		to[at] =
		    k == n || (i < half && !is_before(&from[k], &from[i])) ? from[i++] : from[k++];
}

/* Runs of 1, 2, 4 ... are merged. Returns which of both, n entries each, holds all in the end. */
static struct named_hit *sort(struct named_hit *list, struct named_hit *other, size_t n)
{
	for (size_t run = 1; run < n; run *= 2) {
		struct named_hit *to = other;

		for (size_t i = 0; i < n; i += 2 * run) {
			size_t left = n - i, all = left < 2 * run ? left : 2 * run;

			merge(list + i, run < all ? run : all, all, to + i);
		}
		other = list;
		list = to;
	}
	return list;
}

struct str judge_tests(const struct report_hit *hits, size_t n, bool none, struct arena *a)
{
	struct named_hit *sorted = arena_alloc(a, 2 * n * sizeof(*sorted));
	struct strbuf b;
	struct str ret;

	for (size_t i = 0; i < n; i++)
		sorted[i] = named(&hits[i]);
	sorted = sort(sorted, sorted + n, n);
	strbuf_init(&b, 1 << 20);
	for (size_t i = 0; i < n; i++) {
		struct str name = sorted[i].hit->rule;

		for (uint32_t k = 0; k < sorted[i].hit->count; k++) {
			if (b.n)
				strbuf_add_byte(&b, ',');
			strbuf_add(&b, name);
		}
	}
	if (!n && none)
		strbuf_add_c(&b, "none");
	ret = str_dup(a, strbuf_str(&b));
	strbuf_done(&b);
	return ret;
}
