/* SPDX-License-Identifier: BSD-2-Clause */
/* Regexps of eval tests: Perl's defaults, delimiters, errors, limits. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "checks/regex.h"

#include "core/arena.h"
#include "core/budget.h"

static void test_match(void **state)
{
	static const struct {
		const char *pattern, *text;
		unsigned flags;
		bool want;
	} rows[] = {
		{ "a+b", "xaab", 0, true },
		{ "a+b", "xaAB", 0, false },
		{ "a+b", "xaAB", REGEX_NOCASE, true },
		{ "b$", "ab\n", 0, true },
		{ "b$", "b\na", 0, false },
		{ "b$", "b\na", REGEX_MULTILINE, true },
		{ "a.b", "a\nb", 0, false },
		{ "a.b", "a\nb", REGEX_DOTALL, true },
		{ "\\w", "\xc3\xa9", 0, false },
		{ "^.$", "\xc3\xa9", REGEX_CHARS, true },
		{ "^\xe9$", "\xc3\xa9", REGEX_CHARS, true },
		{ "\\w", "\xc3\xa9", REGEX_CHARS, false },
		{ "", "", 0, true },
	};
	struct arena *a = arena_new();

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct regex *re;

		assert_int_equal(
		    regex_compile(a, str_of(rows[i].pattern), rows[i].flags, &re, NULL), 0);
		assert_int_equal(regex_matches(re, str_of(rows[i].text), NULL), rows[i].want);
	}
	a = arena_free(a);
}

static void test_groups(void **state)
{
	struct arena *a = arena_new();
	const struct regex *re = regex_must_compile(a, "(a)(x)?(b)", 0);
	struct regex_found found;

	(void)state;
	assert_true(regex_find(re, STR("ab ab"), 1, NULL, &found));
	assert_int_equal(found.start, 3);
	assert_int_equal(found.end, 5);
	assert_true(str_eq(found.group[0], STR("ab")));
	assert_true(str_is_none(found.group[2]));
	assert_true(str_eq(found.group[3], STR("b")));
	assert_false(regex_find(re, STR("ab"), 3, NULL, &found));
	a = arena_free(a);
}

static void test_delimited(void **state)
{
	static const struct {
		const char *text, *subject;
		int want; /* -1: refused */
	} rows[] = {
		{ "/ab/", "xabx", 1 }, { "/ab/i", "XABX", 1 },  { "m{a/b}i", "A/B", 1 },
		{ "/a b/x", "ab", 1 }, { "ab", "ab", -1 },      { "/ab", "ab", -1 },
		{ "/ab/g", "ab", -1 }, { "/a(/", "a(", -1 },    { "", "", -1 },
		{ "m!a!", "a", 1 },    { "/a\\/b/", "a/b", 1 },
	};
	struct arena *a = arena_new();

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct regex *re;
		struct err e = ERR_INIT;
		int got = regex_compile_delimited(a, str_of(rows[i].text), &re, &e);

		assert_int_equal(got, rows[i].want < 0 ? -1 : 0);
		if (got == 0)
			assert_int_equal(regex_matches(re, str_of(rows[i].subject), NULL), 1);
		else
			assert_int_equal(e.kind, ERR_CONFIG);
	}
	a = arena_free(a);
}

static void test_limit(void **state)
{
	struct arena *a = arena_new();
	const struct regex *re = regex_must_compile(a, "(a+)+$", 0);
	struct budget none;
	char text[2000];

	(void)state;
	memset(text, 'a', sizeof(text));
	text[sizeof(text) - 1] = 'b';
	assert_false(regex_matches(re, str_make(text, sizeof(text)), NULL));
	budget_init(&none, 0, 0, 0, 0);
	assert_false(regex_matches(re, STR("a"), &none));
	a = arena_free(a);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_match),
		cmocka_unit_test(test_groups),
		cmocka_unit_test(test_delimited),
		cmocka_unit_test(test_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
