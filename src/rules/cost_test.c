/* SPDX-License-Identifier: BSD-2-Clause */
/* What is put down to which rule: searches, bytes, hits, and the time of a clock that ticks when it is read. */
#include "rules/harness.h"

#include "core/arena.h"
#include "core/budget.h"
#include "core/stopwatch.h"
#include "msg/msg.h"
#include "rules/cost.h"

#include <string.h>

static const char rules[] =
    "body DEAR /\\w+ [a-z]{3} nothing such/\n" /* no literal stands there: never run */
    "body OFTEN /the/\n"
    "tflags OFTEN multiple\n"
    "header SUBJ Subject =~ /^(h)el+o(?!\\1)/\n" /* not regular: a search */
    "header ABSENT X-None =~ /x/\n"
    "header CAPTURED Subject =~ /(?<WORD>hel+o)/\n"
    "body TAGGED /%{WORD}/\n"
    "uri URI /example/\n"
    "uri_detail DETAIL domain =~ /^example\\.com$/\n"
    "mimeheader PART Content-Type =~ /plain/\n"
    "header CALLED eval:test_value(2)\n"
    "meta META CALLED && SUBJ\n";

static const char mail[] = "From: joe@example.com\nSubject: hello\nContent-Type: text/plain\n\n"
			   "the cat, the dog\n\nand http://www.example.com/the/path\n";

static uint64_t tick(void *ctx)
{
	return ++*(uint64_t *)ctx;
}

struct measured {
	struct harness h;
	uint64_t ticks;
	struct stopwatch watch;
	struct rule_costs *costs;
};

static void begin(struct measured *t)
{
	harness_load(&t->h, rules);
	t->ticks = 0;
	stopwatch_init(&t->watch, tick, &t->ticks);
	t->costs = rule_costs_new(t->h.rs, &t->watch, t->h.arena);
}

static void scan(struct measured *t, const char *raw, bool watched)
{
	struct arena *a = arena_new();
	struct budget b;
	struct match_options o = { .costs = watched ? t->costs : NULL };
	struct match *m;
	struct msg *msg;

	budget_init_message(&b, strlen(raw));
	b.watch = watched ? &t->watch : NULL;
	msg = msg_new(a, str_of(raw), NULL, 1785500000000, ruleset_msg_config(t->h.rs), &b);
	m = match_new(t->h.rs, msg, a, &b, &o);
	while (match_run(m) == MATCH_WAITS)
		match_expire(m);
	if (watched)
		rule_costs_add_hits(t->costs, match_hits(m));
	arena_free(a);
}

static const struct rule_cost *cost(const struct measured *t, const char *rule)
{
	size_t i = 0;

	assert_true(ruleset_find(t->h.rs, str_of(rule), &i));
	return rule_costs_get(t->costs, i);
}

static void test_counts(void **state)
{
	static const struct {
		const char *rule;
		uint64_t runs, hits, messages;
		bool timed;
	} want[] = {
		{ "DEAR", 0, 0, 0, false },    { "OFTEN", 3, 3, 1, true },
		{ "SUBJ", 1, 1, 1, true },     { "ABSENT", 0, 0, 0, false },
		{ "CAPTURED", 1, 1, 1, true }, { "TAGGED", 1, 1, 1, true },
		{ "URI", 0, 1, 1, false },     { "DETAIL", 1, 1, 1, true },
		{ "PART", 1, 1, 1, true },     { "CALLED", 1, 1, 1, true },
		{ "META", 0, 0, 0, false },
	};
	struct measured t;

	(void)state;
	begin(&t);
	scan(&t, mail, true);
	for (size_t i = 0; i < ELEMENTS(want); i++) {
		const struct rule_cost *c = cost(&t, want[i].rule);

		if (c->runs != want[i].runs || c->hits != want[i].hits ||
		    c->messages != want[i].messages || (c->ns > 0) != want[i].timed)
			fail_msg("%s: %llu runs, %llu hits, %llu messages, %llu ns", want[i].rule,
				 (unsigned long long)c->runs, (unsigned long long)c->hits,
				 (unsigned long long)c->messages, (unsigned long long)c->ns);
	}
	harness_done(&t.h);
}

/* Twice the message is twice the cost; what is not watched costs nothing. */
static void test_adds_up(void **state)
{
	struct measured t;
	struct rule_cost once;
	uint64_t ticks;

	(void)state;
	begin(&t);
	scan(&t, mail, true);
	once = *cost(&t, "OFTEN");
	scan(&t, mail, true);
	assert_int_equal(cost(&t, "OFTEN")->runs, 2 * once.runs);
	assert_int_equal(cost(&t, "OFTEN")->bytes, 2 * once.bytes);
	assert_int_equal(cost(&t, "OFTEN")->hits, 2 * once.hits);
	assert_int_equal(cost(&t, "OFTEN")->messages, 2);
	ticks = t.ticks;
	scan(&t, mail, false);
	assert_int_equal(t.ticks, ticks);
	assert_int_equal(cost(&t, "OFTEN")->runs, 2 * once.runs);
	harness_done(&t.h);
}

/* Every tick is in one stage; a rule's part of a stage is not more than the stage. */
static void test_stages(void **state)
{
	struct measured t;
	uint64_t all = 0, evals = 0;

	(void)state;
	begin(&t);
	scan(&t, mail, true);
	for (size_t i = 0; i < t.watch.stage_count; i++) {
		all += t.watch.stage[i].ns;
		if (strcmp(t.watch.stage[i].name, "eval functions") == 0)
			evals = t.watch.stage[i].ns;
	}
	assert_int_equal(all, t.ticks - 1); /* the first one was the stopwatch's start */
	assert_true(evals && evals >= cost(&t, "CALLED")->ns);
	harness_done(&t.h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_counts),
		cmocka_unit_test(test_adds_up),
		cmocka_unit_test(test_stages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
