/* SPDX-License-Identifier: BSD-2-Clause */
/* Tokens and their places. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "conf/lex.h"
#include "core/arena.h"

static const struct {
	const char *text;
	bool want_term;
	enum tok kind;
	const char *token;
	unsigned line, col;
} cases[] = {
	{ "  $x", true, TOK_SCALAR, "x", 1, 3 },
	{ "${x}", true, TOK_SCALAR, "x", 1, 1 },
	{ "${ $x }", true, TOK_CAST, "$", 1, 1 },
	{ "@$x", true, TOK_CAST, "@", 1, 1 },
	{ "@x", true, TOK_ARRAY, "x", 1, 1 },
	{ "%x", true, TOK_HASH, "x", 1, 1 },
	{ "&x", true, TOK_FUNC, "x", 1, 1 },
	{ "$0", true, TOK_OP, "$0", 1, 1 },
	{ "# c\n# d\n\tword", true, TOK_WORD, "word", 3, 2 },
	{ "A::b", true, TOK_WORD, "A::b", 1, 1 },
	{ "1..3", true, TOK_NUMBER, "1", 1, 1 },
	{ "1.5e+3x", true, TOK_NUMBER, "1.5e+3", 1, 1 },
	{ "'a\\'b'", true, TOK_STRING, "a\\'b", 1, 1 },
	{ "q{a{b}c}", true, TOK_STRING, "a{b}c", 1, 1 },
	{ "q => 1", true, TOK_WORD, "q", 1, 1 },
	{ "y}", true, TOK_WORD, "y", 1, 1 },
	{ "qw\n( a b )", true, TOK_WORDS, " a b ", 1, 1 },
	{ "qr'x'mi", true, TOK_REGEXP, "x", 1, 1 },
	{ "s{a} {b}g", true, TOK_MATCH, "a", 1, 1 },
	{ "/ 2", false, TOK_OP, "/", 1, 1 },
	{ "/ab/", true, TOK_MATCH, "ab", 1, 1 },
	{ "<<E\nbody\nE\n", true, TOK_STRING, "body\n", 1, 1 },
	{ "<<'E E'\nbody\nE E\n", true, TOK_STRING, "body\n", 1, 1 },
	{ "=>", false, TOK_OP, "=>", 1, 1 },
	{ "__END__\n'", true, TOK_EOF, "__END__", 1, 1 },
	{ "=pod\n'\n=cut\n5", true, TOK_NUMBER, "5", 4, 1 },
	{ "# line 7 \"f\"\n5", true, TOK_NUMBER, "5", 7, 1 },
	{ " # line 7 \"f\"\n5", true, TOK_NUMBER, "5", 2, 1 },
	{ "\xef\xbb\xbf"
	  "5",
	  true, TOK_NUMBER, "5", 1, 1 },
	{ "'abc", true, TOK_BAD, "this quote is never closed", 1, 1 },
	{ "", true, TOK_EOF, "", 1, 1 },
};

static void test_tokens(void **state)
{
	struct arena *a = arena_new();

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct lex lx;
		struct token t;

		lex_init(&lx, a, str_of(cases[i].text), "f");
		lex_next(&lx, cases[i].want_term, &t);
		if (t.kind != cases[i].kind || !str_eq(t.text, str_of(cases[i].token)))
			print_error("%s: %d '%.*s'\n", cases[i].text, t.kind, STR_FMT(t.text));
		assert_int_equal(t.kind, cases[i].kind);
		assert_true(str_eq(t.text, str_of(cases[i].token)));
		assert_int_equal(t.place.line, cases[i].line);
		assert_int_equal(t.place.col, cases[i].col);
	}
	arena_free(a);
}

/* Two here-documents on a line, and the line count behind them. */
static void test_here_documents(void **state)
{
	struct arena *a = arena_new();
	struct lex lx;
	struct token t;

	(void)state;
	lex_init(&lx, a, STR("<<A . <<B ;\na1\na2\nA\nb1\nB\n$x"), "f");
	lex_next(&lx, true, &t);
	assert_true(str_eq(t.text, STR("a1\na2\n")));
	lex_next(&lx, false, &t);
	lex_next(&lx, true, &t);
	assert_true(str_eq(t.text, STR("b1\n")));
	lex_next(&lx, false, &t);
	assert_int_equal(t.op, ';');
	lex_next(&lx, true, &t);
	assert_int_equal(t.kind, TOK_SCALAR);
	assert_int_equal(t.place.line, 7);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tokens),
		cmocka_unit_test(test_here_documents),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
