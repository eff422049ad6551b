/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "core/arena.h"
#include "text/name_set.h"

static void test_few(void **state)
{
	_cleanup_(arena_freep) struct arena *a = arena_new();
	struct name_set s;
	char name[] = "co.uk";

	(void)state;
	name_set_init(&s, a);
	assert_false(name_set_has(&s, STR("co.uk")));
	name_set_add(&s, str_of(name));
	name_set_add(&s, STR("com"));
	name_set_add(&s, STR("com"));
	name[0] = 'x'; /* it was copied */
	assert_int_equal(s.count, 2);
	assert_true(name_set_has(&s, STR("co.uk")));
	assert_true(name_set_has(&s, STR("com")));
	assert_false(name_set_has(&s, STR("xo.uk")));
	assert_false(name_set_has(&s, STR("co.u")));
	assert_false(name_set_has(&s, STR("")));
	assert_false(name_set_has(&s, STR_NONE));
}

static void test_many(void **state)
{
	_cleanup_(arena_freep) struct arena *a = arena_new();
	struct name_set s;

	(void)state;
	name_set_init(&s, a);
	for (int i = 0; i < 5000; i++)
		name_set_add(&s, arena_printf(a, "%s%d.example", i % 2 ? "a-long-name-" : "", i));
	assert_int_equal(s.count, 5000);
	for (int i = 0; i < 5000; i++) {
		assert_true(name_set_has(
		    &s, arena_printf(a, "%s%d.example", i % 2 ? "a-long-name-" : "", i)));
		assert_false(name_set_has(
		    &s, arena_printf(a, "%s%d.example", i % 2 ? "" : "a-long-name-", i)));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_few),
		cmocka_unit_test(test_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
