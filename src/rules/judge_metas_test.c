/* SPDX-License-Identifier: BSD-2-Clause */
/* Metas made at random, beside values worked out by evaluating each of them in turn. */
#include "rules/judge_metas.h"

#include "core/arena.h"
#include "core/strbuf.h"
#include "rules/harness.h"
#include "rules/rule.h"

enum { RULES = 12, METAS = 24, ROUNDS = 300 };

static const char mail[] = "Subject: subj\n\nabcdef\n"; /* every second rule hits */

static uint32_t next(uint32_t *seed)
{
	*seed = *seed * 1664525 + 1013904223;
	return *seed >> 16;
}

/* A rule, an earlier meta, a name of nothing, or a number. */
static void add_operand(struct strbuf *b, uint32_t *seed, unsigned metas)
{
	static const char *const before[] = { "", "", "", "!", "!", "-" };
	unsigned which = next(seed) % 16;

	strbuf_add_c(b, before[next(seed) % ELEMENTS(before)]);
	if (which == 0)
		strbuf_add_c(b, "NOTHING");
	else if (which == 1)
		strbuf_printf(b, "%u", next(seed) % 3);
	else if (which < 6 && metas)
		strbuf_printf(b, "M%u", next(seed) % metas);
	else
		strbuf_printf(b, "R%u", next(seed) % RULES);
}

static void add_expression(struct strbuf *b, uint32_t *seed, unsigned metas)
{
	static const char *const between[] = { " && ", " && ", " && ",   " || ",
					       " + ",  " > ",  " ? 1 : " };
	unsigned n = 1 + next(seed) % 5, open = 0;

	for (unsigned i = 0; i < n; i++) {
		if (i)
			strbuf_add_c(b, between[next(seed) % ELEMENTS(between)]);
		if (next(seed) % 4 == 0 && i + 1 < n) {
			strbuf_add_byte(b, '(');
			open++;
		}
		add_operand(b, seed, metas);
		if (open && next(seed) % 2) {
			strbuf_add_byte(b, ')');
			open--;
		}
	}
	for (; open; open--)
		strbuf_add_byte(b, ')');
}

static void make_rules(struct strbuf *b, uint32_t seed)
{
	for (unsigned i = 0; i < RULES; i++) {
		strbuf_printf(b, "body R%u /%c/\npriority R%u %u\n", i,
			      next(&seed) % 2 ? 'a' + (int)(i % 6) : 'z', i, next(&seed) % 3);
		if (next(&seed) % 8 == 0)
			strbuf_printf(b, "score R%u 0\n", i);
	}
	for (unsigned i = 0; i < METAS; i++) {
		strbuf_printf(b, "meta M%u ", i);
		add_expression(b, &seed, i);
		strbuf_add_byte(b, '\n');
		if (next(&seed) % 6 == 0)
			strbuf_printf(b, "score M%u 0\n", i);
	}
}

/* The same by the rules of SpamAssassin, each meta in turn: values and when they may be read. */
struct plain {
	double values[256];
	uint32_t ready[256];
};

static double plain_value(const void *ctx, uint32_t id)
{
	const struct plain *p = ctx;

	return id == RULE_NONE || p->ready[id] == JUDGE_STEP_NEVER ? 0 : p->values[id];
}

static void plain_meta(struct plain *p, const struct rule *r)
{
	uint32_t step = 0;
	double v = 0;

	for (size_t i = 0; i < r->meta->dep_count; i++) {
		uint32_t dep = r->meta->deps[i];
		uint32_t at = dep == RULE_NONE ? (uint32_t)JUDGE_STEP_FINISH : p->ready[dep];

		step = at > step ? at : step;
	}
	p->ready[r->index] = JUDGE_STEP_NEVER;
	if (!r->meta->expr || step == JUDGE_STEP_NEVER ||
	    (step == JUDGE_STEP_FINISH && r->score[0] == 0))
		return;
	if (!expr_eval(r->meta->expr, plain_value, p, &v))
		v = 0;
	if (v != 0 && r->score[0] == 0)
		return;
	p->ready[r->index] = step;
	p->values[r->index] = v > 0 ? v : v != 0;
}

static void plain_judge(struct plain *p, const struct harness *h)
{
	const struct ruleset *rs = h->rs;

	for (size_t i = 0; i < rs->rule_count; i++) {
		struct rule_hits hits = match_rule(match_hits(h->match), i);
		bool ran = (hits.state == RULE_HIT || hits.state == RULE_MISS) &&
			   rs->rules[i]->score[0] != 0;

		p->ready[i] = ran ? rs->rules[i]->step : (uint32_t)JUDGE_STEP_FINISH;
		p->values[i] = ran ? hits.value : 0;
	}
	for (size_t i = 0; i < rs->meta_count; i++)
		plain_meta(p, rs->rules[rs->metas[i]]);
}

static void test_random(void **state)
{
	size_t hits = 0, late = 0;

	(void)state;
	for (uint32_t seed = 1; seed <= ROUNDS; seed++) {
		struct plain plain;
		struct harness h;
		struct strbuf b;

		strbuf_init(&b, 0);
		make_rules(&b, seed * 7919);
		harness_load(&h, b.p);
		harness_scan(&h, mail);
		plain_judge(&plain, &h);
		for (size_t i = 0; i < h.rs->rule_count; i++) {
			if (judgement_value(&h.judgement, i) != plain.values[i] ||
			    judgement_ready(&h.judgement, i) != plain.ready[i])
				fail_msg("round %u, %.*s in\n%s", seed,
					 STR_FMT(h.rs->rules[i]->name), b.p);
			hits += h.rs->rules[i]->type == RULE_META && plain.values[i] != 0;
			late += plain.ready[i] == JUDGE_STEP_NEVER;
		}
		strbuf_done(&b);
		harness_done(&h);
	}
	assert_true(hits > ROUNDS && late > ROUNDS); /* there was something to compare */
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_random) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
