/* SPDX-License-Identifier: BSD-2-Clause */
#include "rules/lex.h"

#include "core/arena.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void test_lines(void **state)
{
	static const struct {
		const char *name, *line, *locale, *key, *value; /* key NULL: nothing to do */
	} cases[] = {
		{ "plain", "body A /x/", "en_US", "body", "A /x/" },
		{ "case and hyphen", "Required-Score\t5", "en_US", "required_score", "5" },
		{ "outer blanks, CR", "  score A 1 \r", "en_US", "score", "A 1" },
		{ "inner blanks stay", "describe A  two  blanks", "en_US", "describe",
		  "A  two  blanks" },
		{ "comment", "body A /x/ # why", "en_US", "body", "A /x/" },
		{ "no quoting protects", "body A m#x#", "en_US", "body", "A m" },
		{ "escaped", "body A /a\\#b/", "en_US", "body", "A /a#b/" },
		{ "escaped backslash too", "body A /a\\\\#b/", "en_US", "body", "A /a\\#b/" },
		{ "escape, then comment", "body A /a\\#b/ # c", "en_US", "body", "A /a#b/" },
		{ "only a comment", "# x", "en_US", NULL, NULL },
		{ "blank", " \t ", "en_US", NULL, NULL },
		{ "a single 0", "0", "en_US", NULL, NULL },
		{ "two zeros", "00", "en_US", "00", "" },
		{ "no continuation", "body A /x\\", "en_US", "body", "A /x\\" },
		{ "NBSP is no blank",
		  "body\xa0"
		  "A",
		  "en_US",
		  "body\xa0"
		  "a",
		  "" },
		{ "lang that fits", "lang de describe A Hallo", "de_DE", "describe", "A Hallo" },
		{ "lang, any case", "lang DE describe A Hallo", "de_DE", "describe", "A Hallo" },
		{ "lang that does not", "lang de describe A Hallo", "en_US", NULL, NULL },
		{ "lang en is not C.UTF-8", "lang en describe A x", "C", NULL, NULL },
		{ "lang without rest", "lang de", "de_DE", "lang", "de" },
		{ "Lang is no keyword", "Lang de x", "en_US", "lang", "de x" },
		{ "lang comes before endif", "lang de endif", "en_US", NULL, NULL },
		{ "lang as expression", "lang d. describe A x", "de_DE", "describe", "A x" },
	};

	(void)state;
	for (size_t i = 0; i < ELEMENTS(cases); i++) {
		struct arena *a = arena_new();
		struct lex_line l;
		bool ok = lex_line(a, str_of(cases[i].line), str_of(cases[i].locale), &l);

		if (ok != (cases[i].key != NULL) ||
		    (ok && (!str_eq(l.key, str_of(cases[i].key)) ||
			    !str_eq(l.value, str_of(cases[i].value))))) {
			print_error("%s: %.*s | %.*s\n", cases[i].name, STR_FMT(l.key),
				    STR_FMT(l.value));
			fail();
		}
		arena_free(a);
	}
}

static void test_locale(void **state)
{
	static const struct {
		const char *env, *want;
	} cases[] = { { "", "en_US" },          { "C", "en_US" },     { "POSIX", "en_US" },
		      { "C.UTF-8", "C" },       { "de_DE", "de_DE" }, { "de_DE.UTF-8", "de_DE" },
		      { "de_DE@euro", "de_DE" } };

	(void)state;
	for (size_t i = 0; i < ELEMENTS(cases); i++)
		assert_true(str_eq(lex_locale(str_of(cases[i].env)), str_of(cases[i].want)));
}

static void test_words(void **state)
{
	struct str rest = STR("  a \t b  "), w;

	(void)state;
	assert_true(lex_word(&rest, &w) && str_eq(w, STR("a")) && str_eq(rest, STR("b  ")));
	assert_true(lex_word(&rest, &w) && str_eq(w, STR("b")) && rest.n == 0);
	assert_false(lex_word(&rest, &w));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_locale),
		cmocka_unit_test(test_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
