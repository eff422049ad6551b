/* SPDX-License-Identifier: BSD-2-Clause */
/* The sample plugin hits whatever comes. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "checks/harness.h"

static const struct harness_row rows[] = {
	{ "any message", "header T eval:check_test_plugin()", "Subject: x\n\nx\n", 1 },
	{ "an empty one", "body T eval:check_test_plugin()", "", 1 },
};

static void test_hits(void **state)
{
	(void)state;
	assert_int_equal(harness_wrong_rows(rows, sizeof(rows) / sizeof(rows[0])), 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = { cmocka_unit_test(test_hits) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
