/* SPDX-License-Identifier: BSD-2-Clause */
/* Values: making, comparing, copying, and writing in the language. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "conf/conf_testing.h"

static const struct conf_place none = { .file = "" };

static void test_hash_many_keys(void **state)
{
	struct arena *a = arena_new();
	struct conf_value *h = conf_new(a, CONF_HASH, none);
	size_t n = 0;

	(void)state;
	for (int round = 0; round < 2; round++)
		for (int i = 0; i < 1000; i++)
			conf_hash_put(a, h, arena_printf(a, "key%d", i),
				      conf_new_int(a, i + round, none));
	assert_int_equal(h->count, 1000);
	assert_int_equal(conf_hash_get(h, STR("key999"))->integer, 1000);
	assert_null(conf_hash_get(h, STR("key1000")));
	assert_true(conf_equal(h, conf_copy(a, h, &n)));
	assert_int_equal(n, 1001);
	arena_free(a);
}

static void test_equal(void **state)
{
	struct arena *a = arena_new();
	struct conf_value *x = conf_new(a, CONF_LIST, none), *y;
	size_t n = 0;

	(void)state;
	conf_list_add(a, x, conf_new_string(a, STR("a"), none));
	conf_list_add(a, x, conf_new_real(a, 0.5, none));
	y = conf_copy(a, x, &n);
	assert_true(conf_equal(x, y));
	y->items[1] = conf_new_real(a, 0.25, none);
	assert_false(conf_equal(x, y));
	/* the copy is deep */
	assert_true(x->items[1]->real == 0.5);
	assert_false(conf_equal(conf_new_int(a, 1, none), conf_new_string(a, STR("1"), none)));
	assert_true(conf_equal(conf_new_int(a, 1000, none), conf_new_real(a, 1e3, none)));
	arena_free(a);
}

static void test_scalars(void **state)
{
	static const struct {
		const char *text;
		bool is_number, is_true;
		double number;
	} cases[] = {
		{ "", false, false, 0 },        { "0", true, false, 0 },
		{ "00", true, true, 0 },        { " 5 ", true, true, 5 },
		{ "-1.5e2", true, true, -150 }, { "5k", false, true, 0 },
		{ "0.0", true, true, 0 },       { "abc", false, true, 0 },
		{ "1e999", false, true, 0 },
	};
	struct arena *a = arena_new();

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct conf_value *v = conf_new_string(a, str_of(cases[i].text), none);
		double d = 0;

		assert_int_equal(conf_number(v, &d), cases[i].is_number);
		assert_int_equal(conf_is_true(v), cases[i].is_true);
		if (cases[i].is_number)
			assert_true(d == cases[i].number);
	}
	assert_string_equal(conf_text(a, conf_new_real(a, 10.0 / 3, none)).p, "3.33333333333333");
	assert_string_equal(conf_text(a, conf_new_int(a, -7, none)).p, "-7");
	assert_true(str_is_none(conf_text(a, conf_new(a, CONF_LIST, none))));
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hash_many_keys),
		cmocka_unit_test(test_equal),
		cmocka_unit_test(test_scalars),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
