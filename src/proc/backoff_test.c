/* SPDX-License-Identifier: BSD-2-Clause */
#include "proc/backoff.h"

#include "core/xalloc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void test_doubles_and_forgets(void **state)
{
	(void)state;
	static const struct {
		bool worked;
		int64_t want_ms;
	} ends[] = {
		{ false, 100 },   { false, 200 },   { false, 400 },   { true, 0 },
		{ true, 0 },      { false, 100 },   { false, 200 },   { false, 400 },
		{ false, 800 },   { false, 1600 },  { false, 3200 },  { false, 6400 },
		{ false, 12800 }, { false, 25600 }, { false, 51200 }, { false, 60000 },
		{ false, 60000 },
	};
	struct backoff b = { 0 };
	for (size_t i = 0; i < ELEMENTS(ends); i++)
		assert_int_equal(backoff_next_ms(&b, ends[i].worked), ends[i].want_ms);
	for (int i = 0; i < 1000; i++)
		assert_int_equal(backoff_next_ms(&b, false), 60000);
	assert_int_equal(b.restarts, ELEMENTS(ends) + 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_doubles_and_forgets) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
