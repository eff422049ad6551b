/* SPDX-License-Identifier: BSD-2-Clause */
/* Arguments as Perl reads them, ranges, directive values. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "checks/args.h"

#include "core/arena.h"

static void test_number(void **state)
{
	static const struct {
		const char *text;
		double want;
	} rows[] = {
		{ "", 0 },     { "3", 3 },         { "-3", -3 },  { "+3", 3 },   { " 3", 3 },
		{ "3abc", 3 }, { "abc", 0 },       { ".5", 0.5 }, { "5.", 5 },   { "1e2", 100 },
		{ "1e", 1 },   { "0.015", 0.015 }, { "-", 0 },    { "0x10", 0 }, { "1.2.3", 1.2 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		double got = arg_number(str_of(rows[i].text));

		if (got < rows[i].want || got > rows[i].want)
			fail_msg("%s: %f", rows[i].text, got);
	}
}

static void test_range(void **state)
{
	struct str open[] = { STR("undef"), STR("undef") }, both[] = { STR("1"), STR("2") };
	struct arena *a = arena_new();
	void *compiled;

	(void)state;
	assert_int_equal(arg_compile_range(a, NULL, open, 2, &compiled, NULL), 0);
	assert_true(arg_in_half_open(compiled, -1e9) && arg_in_closed(compiled, 1e9));
	assert_int_equal(arg_compile_range(a, NULL, both, 2, &compiled, NULL), 0);
	assert_true(arg_in_half_open(compiled, 1) && !arg_in_half_open(compiled, 2));
	assert_true(arg_in_closed(compiled, 2) && !arg_in_closed(compiled, 2.1));
	assert_int_equal(arg_compile_range(a, NULL, both, 1, &compiled, NULL), 0);
	assert_true(arg_in_closed(compiled, 1e9) && !arg_in_closed(compiled, 0.9));
	assert_int_equal(arg_compile_key_range(a, NULL, both, 2, &compiled, NULL), 0);
	assert_true(arg_in_closed(compiled, 2) && !arg_in_closed(compiled, 1));
	assert_int_equal(arg_compile_numbers(a, NULL, both, 2, &compiled, NULL), 0);
	struct eval_call call = { .compiled = compiled };

	assert_true(call_number(&call, 0) == 1 && call_number(&call, 1) == 2);
	assert_true(call_number(&call, ARG_NUMBERS - 1) == 0);
	arena_free(a);
}

static void test_directives(void **state)
{
	static const struct {
		const char *value;
		int want_bool, want_number;
	} rows[] = {
		{ "1", 0, 0 },  { "yes", 0, -1 },  { "NO", 0, -1 },  { "2", -1, 0 },
		{ "", -1, -1 }, { "-2.5", -1, 0 }, { ".5", -1, -1 }, { "5.", -1, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct directive_call call = { .key = STR("k"), .value = str_of(rows[i].value) };
		struct err e = ERR_INIT;
		double number;
		bool yes;

		assert_int_equal(directive_bool(&call, &yes, &e), rows[i].want_bool);
		assert_int_equal(directive_number(&call, &number, &e), rows[i].want_number);
	}
}

static void test_words(void **state)
{
	struct str rest = STR("  one\ttwo ");

	(void)state;
	assert_true(str_eq(next_word(&rest), STR("one")));
	assert_true(str_eq(next_word(&rest), STR("two")));
	assert_int_equal(next_word(&rest).n, 0);
	assert_true(str_is_blank(STR(" \t\n")));
	assert_false(str_is_blank(STR(" x")));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_number),
		cmocka_unit_test(test_range),
		cmocka_unit_test(test_directives),
		cmocka_unit_test(test_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
