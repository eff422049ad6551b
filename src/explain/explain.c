/* SPDX-License-Identifier: BSD-2-Clause */
/* One rule explained: what it is, and what it did or why it did nothing. */
#include "explain/explain.h"

#include "core/arena.h"
#include "explain/explain_private.h"
#include "ipc/report.h"

#include <stdlib.h>

struct explain *explain_new(const struct explain_input *in, struct arena *a)
{
	struct explain *x = arena_zalloc(a, sizeof(*x));

	x->in = *in;
	x->hits = match_hits(in->match);
	x->a = a;
	budget_init_message(&x->budget, in->raw.n);
	explain_count_lines(x);
	return x;
}

const struct str *explain_logs(struct explain *x, size_t rule, size_t *ret_n)
{
	struct vec says;

	vec_init(&says, x->a, sizeof(struct str), EXPLAIN_PLACES * 4);
	for (size_t i = 0; i < x->hits->log_count; i++) {
		struct str *s = x->hits->logs[i].rule == rule ? vec_push(&says) : NULL;

		if (s)
			*s = str_sub(x->hits->logs[i].text, 0, EXPLAIN_DEFINITION);
	}
	*ret_n = says.n;
	return says.data;
}

void explain_find(struct explain *x, size_t rule, size_t max, struct match_finds *ret)
{
	match_find(x->in.match, rule, max, &x->budget, x->a, ret);
}

static const struct report_hit *find_hit(const struct judgement *j, struct str name)
{
	for (size_t i = 0; i < j->hit_count; i++)
		if (str_eq(j->hits[i].rule, name))
			return &j->hits[i];
	for (size_t i = 0; i < j->subrule_count; i++)
		if (str_eq(j->subrules[i].rule, name))
			return &j->subrules[i];
	return NULL;
}

static void add_lacks(const struct match_finds *f, struct explanation *ret)
{
	ret->lacks = f->lacks;
	ret->lack_count = f->lack_count;
	if (ret->lack_count > EXPLAIN_LITERALS) {
		ret->lacks_left_out = ret->lack_count - EXPLAIN_LITERALS;
		ret->lack_count = EXPLAIN_LITERALS;
	}
}

/* What a second look at its expression says. */
static void look_again(struct explain *x, size_t rule, struct explanation *ret)
{
	struct explain_place *places;
	struct match_finds f;

	explain_find(x, rule, EXPLAIN_PLACES, &f);
	ret->view = f.view;
	ret->flags = f.flags;
	ret->total = f.total;
	ret->subject_count = f.subject_count;
	places = arena_calloc(x->a, f.place_count + 1, sizeof(*places));
	for (size_t i = 0; i < f.place_count; i++)
		explain_place(x, &ret->detail, &f, &f.places[i], &places[i]);
	ret->places = places;
	ret->place_count = f.place_count;
	if (f.view == FIND_HEADER && f.subject_count && !f.place_count) {
		ret->has_subject = true;
		ret->subject = explain_excerpt(f.subjects[0], 0, f.subjects[0].n);
	}
	add_lacks(&f, ret);
}

static enum explain_reason no_match(const struct explanation *e)
{
	if (e->flags & FIND_IMPOSSIBLE)
		return EXPLAIN_IMPOSSIBLE;
	if (e->flags & FIND_NO_TAG)
		return EXPLAIN_NO_TAG;
	if (e->flags & (FIND_LIMIT | FIND_BUDGET))
		return EXPLAIN_LIMIT;
	if (e->detail.negated && e->place_count)
		return EXPLAIN_MATCHED;
	if ((e->flags & FIND_ABSENT) && !e->detail.has_if_unset)
		return EXPLAIN_ABSENT;
	return e->subject_count ? EXPLAIN_NO_MATCH : EXPLAIN_NOTHING_THERE;
}

static enum explain_reason why_not(struct explain *x, size_t rule, const struct explanation *e)
{
	enum rule_state state = match_rule(x->hits, rule).state;

	if (e->detail.off != RULE_ON)
		return EXPLAIN_OFF;
	if (e->detail.info.type == RULE_META)
		return e->meta.outcome == META_TRUE ? EXPLAIN_CUT_OFF : EXPLAIN_META;
	if (state == RULE_HIT)
		return EXPLAIN_CUT_OFF;
	if (e->detail.info.type == RULE_EMPTY)
		return EXPLAIN_SILENT;
	if (state == RULE_NOT_RUN && x->hits->stopped)
		return EXPLAIN_NOT_RUN;
	if (e->view == FIND_NOTHING)
		return state == RULE_NOT_RUN ? EXPLAIN_NOT_RUN : EXPLAIN_EVAL_NO;
	return no_match(e);
}

static void add_facts(struct explain *x, size_t rule, struct explanation *ret)
{
	ret->is_known = true;
	rule_detail(x->in.rules, rule, x->hits->score_set, &ret->detail);
	ret->description = ret->detail.info.description;
	ret->value = judgement_value(x->in.verdict, rule);
	if (ret->detail.info.type == RULE_META)
		explain_meta(x, rule, ret);
	else if (ret->detail.info.type != RULE_EMPTY)
		look_again(x, rule, ret);
	/* tflags nolog: what is said is not for eyes; the report has *REDACTED* there */
	if (!ret->detail.nolog)
		ret->says = explain_logs(x, rule, &ret->say_count);
}

void explain_rule(struct explain *x, struct str name, struct explanation *ret)
{
	const struct report_hit *hit = find_hit(x->in.verdict, name);
	size_t rule;

	*ret = (struct explanation){ .name = name, .description = STR("") };
	if (ruleset_find(x->in.rules, name, &rule)) {
		add_facts(x, rule, ret);
		ret->reason = hit ? EXPLAIN_HIT : why_not(x, rule, ret);
	} else if (!hit) {
		ret->reason = EXPLAIN_UNKNOWN;
		ret->nearest_count = rule_nearest(x->in.rules, name, ret->nearest);
	}
	if (!hit)
		return;
	ret->count = hit->count;
	ret->description = hit->description;
	ret->detail.info.score = hit->score;
}

static int by_weight(const void *a, const void *b)
{
	const struct report_hit *x = *(const struct report_hit *const *)a;
	const struct report_hit *y = *(const struct report_hit *const *)b;
	double p = x->score * x->count, q = y->score * y->count;

	p = p < 0 ? -p : p;
	q = q < 0 ? -q : q;
	if (p != q)
		return p > q ? -1 : 1;
	return str_cmp(x->rule, y->rule);
}

const struct report_hit **explain_order(const struct report_hit *hits, size_t n, struct arena *a)
{
	const struct report_hit **ret = arena_calloc(a, n + 1, sizeof(*ret));

	for (size_t i = 0; i < n; i++)
		ret[i] = &hits[i];
	qsort(ret, n, sizeof(*ret), by_weight);
	return ret;
}
