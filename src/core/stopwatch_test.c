/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/budget.h"
#include "core/stopwatch.h"

#include <stdio.h>

static uint64_t now(void *ctx)
{
	return *(uint64_t *)ctx;
}

static void test_laps(void **state)
{
	uint64_t clock = 100;
	struct stopwatch w;
	struct budget b = { .watch = &w };

	(void)state;
	stopwatch_init(&w, now, &clock);
	clock = 130;
	assert_int_equal(stopwatch_lap(&w, "read"), 30);
	clock = 135;
	budget_lap(&b, "rules");
	clock = 1000;
	stopwatch_start(&w); /* it waited for something */
	clock = 1007;
	budget_lap(&b, "read");
	assert_int_equal(w.stage_count, 2);
	assert_string_equal(w.stage[0].name, "read");
	assert_true(w.stage[0].ns == 37 && w.stage[0].laps == 2);
	assert_true(w.stage[1].ns == 5 && w.stage[1].laps == 1);
}

static void test_nobody_watches(void **state)
{
	struct budget b = { .watch = NULL };

	(void)state;
	budget_lap(&b, "read");
	budget_lap(NULL, "read");
}

static void test_too_many(void **state)
{
	static char names[STOPWATCH_STAGES + 3][4];
	uint64_t clock = 0;
	struct stopwatch w;

	(void)state;
	stopwatch_init(&w, now, &clock);
	for (unsigned i = 0; i < STOPWATCH_STAGES + 3; i++) {
		snprintf(names[i], sizeof(names[i]), "%u", i);
		clock++;
		stopwatch_lap(&w, names[i]);
	}
	assert_int_equal(w.stage_count, STOPWATCH_STAGES);
	assert_int_equal(w.stage[STOPWATCH_STAGES - 1].ns, 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_laps),
		cmocka_unit_test(test_nobody_watches),
		cmocka_unit_test(test_too_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
