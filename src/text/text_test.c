/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "core/arena.h"
#include "core/strbuf.h"
#include "text/text.h"

static struct text chars(const char *s)
{
	return (struct text){ str_of(s), true };
}

static struct text bytes(const char *s)
{
	return (struct text){ str_of(s), false };
}

static void test_length(void **state)
{
	(void)state;
	assert_int_equal(text_length(bytes("a\xc3\xa9")), 3);
	assert_int_equal(text_length(chars("a\xc3\xa9")), 2);
	assert_int_equal(text_length(chars("")), 0);
	assert_int_equal(text_offset_of(chars("a\xc3\xa9"
					      "b"),
					0),
			 0);
	assert_int_equal(text_offset_of(chars("a\xc3\xa9"
					      "b"),
					2),
			 3);
	assert_int_equal(text_offset_of(chars("a\xc3\xa9"
					      "b"),
					3),
			 4);
	assert_int_equal(text_offset_of(chars("a\xc3\xa9"
					      "b"),
					9),
			 4);
	assert_int_equal(text_offset_of(bytes("ab"), 1), 1);
	assert_int_equal(text_offset_of(bytes("ab"), 3), 2);
}

static void test_equality(void **state)
{
	(void)state;
	assert_true(text_eq(bytes("\xe9x"), chars("\xc3\xa9x")));
	assert_true(text_eq(chars("\xc3\xa9"), bytes("\xe9")));
	assert_false(text_eq(chars("\xc3\xa9"), bytes("\xc3\xa9")));
	assert_false(text_eq(chars("\xe2\x82\xac"), bytes("\xac")));
	assert_false(text_eq(chars("ab"), bytes("a")));
	assert_false(text_eq(chars("a"), bytes("ab")));
}

static void test_utf8(void **state)
{
	struct arena *a = arena_new();
	struct text t = bytes("plain");
	struct strbuf b;

	(void)state;
	assert_ptr_equal(text_utf8(a, t).p, t.s.p);
	assert_string_equal(str_cstr(a, text_utf8(a, bytes("\xe9\x80\xff"))),
			    "\xc3\xa9\xc2\x80\xc3\xbf");
	strbuf_init(&b, 0);
	text_add_latin1(&b, STR("a\xe9"
				"b\xff"));
	assert_true(str_eq(strbuf_str(&b), STR("a\xc3\xa9"
					       "b\xc3\xbf")));
	strbuf_done(&b);
	arena_free(a);
}

static void test_space(void **state)
{
	(void)state;
	assert_int_equal(text_space_at_start(bytes(" \t\v\f\r\nx"), false), 6);
	assert_int_equal(text_space_at_start(bytes("\xa0\x85x"), false), 0);
	assert_int_equal(text_space_at_start(bytes("\xa0\x85x"), true), 1);
	assert_int_equal(
	    text_space_at_start(chars("\xc2\xa0\xc2\x85\xe2\x80\x83\xe3\x80\x80x"), false), 10);
	assert_int_equal(text_space_at_start(chars("\xe2\x80\x8bx"), false), 0);
	assert_int_equal(text_space_at_end(bytes("x \n"), false), 2);
	assert_int_equal(text_space_at_end(bytes("x\xa0"), true), 1);
	assert_int_equal(text_space_at_end(chars("x\xe2\x80\xa8\xc2\xa0"), false), 5);
	assert_int_equal(text_space_at_end(chars("\xe3\x80\x80"), false), 3);
	assert_int_equal(text_space_at_end(bytes(""), true), 0);
}

static void test_words(void **state)
{
	static const struct {
		const char *in;
		bool chars;
		size_t start;
		bool end;
	} cases[] = {
		{ "", true, 0, false },
		{ "ab_1-", true, 4, false },
		{ "-a", false, 0, true },
		{ "\xc3\xa9x\xe2\x82\xac", true, 3,
		  false }, /* é is a letter, the euro sign is none */
		{ "\xc3\xa9", false, 0, false },
		{ "\xe2\x82\xac\xc3\xa9", true, 0, true },
		{ "a\xcc\x81", true, 3, true }, /* a mark */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct text t = { str_of(cases[i].in), cases[i].chars };

		assert_int_equal(text_word_at_start(t), cases[i].start);
		assert_int_equal(text_ends_in_word(t), cases[i].end);
	}
}

static void test_bytes(void **state)
{
	struct arena *a = arena_new();
	struct str in = STR("a\xc3\xa9\xe4\xbd\xa0z");

	(void)state;
	assert_true(str_eq(text_bytes(a, (struct text){ in, true }), STR("a\xe9\xffz")));
	assert_true(str_eq(text_bytes(a, (struct text){ in, false }), in));
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_length), cmocka_unit_test(test_equality),
		cmocka_unit_test(test_utf8),   cmocka_unit_test(test_space),
		cmocka_unit_test(test_words),  cmocka_unit_test(test_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
