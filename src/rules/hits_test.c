/* SPDX-License-Identifier: BSD-2-Clause */
#include "rules/hits.h"

#include "core/arena.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

enum { RULES = 5000, STEP = 1237 /* shares no factor with it: each rule comes once */ };

static void test_every_rule_has_its_own_numbers(void **state)
{
	struct arena *a = arena_new();
	struct hits h;

	(void)state;
	hits_init(&h, a, RULES);
	for (size_t i = 0; i < RULES; i++) {
		size_t rule = i * STEP % RULES;

		assert_int_equal(hits_count(&h, rule), 0);
		hits_set(&h, rule, rule % 7 + 1, (double)rule);
	}
	assert_int_equal(h.used, RULES);
	for (size_t rule = 0; rule < RULES; rule++) {
		struct rule_hits r = hits_get(&h, rule);

		assert_int_equal(r.state, RULE_HIT);
		assert_int_equal(r.count, rule % 7 + 1);
		assert_true(r.value == (double)rule);
		assert_false(r.has_score);
	}
	arena_free(a);
}

static void test_counts_go_up(void **state)
{
	struct arena *a = arena_new();
	struct hits h;

	(void)state;
	hits_init(&h, a, RULES);
	hits_add(&h, 7, 0);
	assert_int_equal(hits_get(&h, 7).state, RULE_NOT_RUN);
	hits_add(&h, 7, 2);
	hits_add(&h, 7, 3);
	assert_int_equal(hits_count(&h, 7), 5);
	assert_true(hits_get(&h, 7).value == 5);
	assert_int_equal(h.used, 1);
	arena_free(a);
}

static void test_a_score_is_no_hit(void **state)
{
	struct arena *a = arena_new();
	struct rule_hits r;
	struct hits h;

	(void)state;
	hits_init(&h, a, RULES);
	hits_set_score(&h, 11, 2.5);
	r = hits_get(&h, 11);
	assert_int_equal(r.state, RULE_NOT_RUN);
	assert_true(r.has_score && r.score == 2.5);
	hits_set(&h, 11, 1, 4);
	r = hits_get(&h, 11);
	assert_int_equal(r.state, RULE_HIT);
	assert_true(r.has_score && r.score == 2.5 && r.value == 4);
	arena_free(a);
}

static void test_what_is_forgotten_begins_anew(void **state)
{
	struct arena *a = arena_new();
	struct hits h;

	(void)state;
	hits_init(&h, a, RULES);
	for (size_t rule = 0; rule < RULES; rule++)
		hits_add(&h, rule, 9);
	for (size_t rule = 0; rule < RULES; rule++)
		bits_remove(h.hit, rule);
	for (size_t rule = RULES; rule-- > 0;)
		hits_add(&h, rule, rule + 1);
	assert_int_equal(h.used, RULES);
	for (size_t rule = 0; rule < RULES; rule++)
		assert_int_equal(hits_count(&h, rule), rule + 1);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_rule_has_its_own_numbers),
		cmocka_unit_test(test_counts_go_up),
		cmocka_unit_test(test_a_score_is_no_hit),
		cmocka_unit_test(test_what_is_forgotten_begins_anew),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
