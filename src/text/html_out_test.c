/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "core/arena.h"
#include "core/xalloc.h"
#include "text/html_out.h"

/* Each step: a letter (t text, i invisible text, w white space of a tag), then what is put. */
static const struct {
	const char *steps[6];
	const char *all, *visible, *invisible;
	uint32_t obfuscation;
	int backhair;
} cases[] = {
	{ { "ta  b\t\n c" }, "a b c", "", "", 0, 0 },
	{ { "ta ", "w\n", "t b" }, "a\nb", "", "", 0, 0 },
	{ { "ta ", "t b" }, "a  b", "", "", 0, 0 },
	{ { "ta ", "i b ", "w\n", "i c", "t d" }, "a  b \n c d", "a \n d", " b  c", 0, 0 },
	{ { "w\n", "w\n\n", "t " }, "\n\n\n", "", "", 0, 0 },
	{ { "t", "w ", "tx" }, " x", "", "", 0, 0 },
	{ { "tab", "tcd" }, "abcd", "", "", 1, 1 },
	{ { "tab", "tcd", "tefgh" }, "abcdefgh", "", "", 2, 2 },
	{ { "tabcdefgh", "tx" }, "abcdefghx", "", "", 1, 0 },
	{ { "ta_b", "tx" }, "a_bx", "", "", 1, 0 },
	{ { "tab.", "tx" }, "ab.x", "", "", 0, 0 },
	{ { "tab", "w ", "tx" }, "ab x", "", "", 0, 0 },
	{ { "tx\xc2\xa0y" }, "x y", "", "", 0, 0 },
};

static void test_steps(void **state)
{
	(void)state;
	for (size_t i = 0; i < ELEMENTS(cases); i++) {
		struct arena *a = arena_new();
		struct html_out o;

		html_out_init(&o, 0);
		for (size_t k = 0; k < 6 && cases[i].steps[k]; k++) {
			const char *s = cases[i].steps[k];

			if (s[0] == 'w')
				html_out_white(&o, s + 1);
			else
				html_out_text(&o, str_of(s + 1), false, s[0] == 'i');
		}
		assert_string_equal(str_cstr(a, text_buf_copy(&o.all, a).s), cases[i].all);
		assert_int_equal(o.split, cases[i].visible[0] != '\0');
		assert_string_equal(str_cstr(a, text_buf_copy(&o.visible, a).s), cases[i].visible);
		assert_string_equal(str_cstr(a, text_buf_copy(&o.invisible, a).s),
				    cases[i].invisible);
		assert_int_equal(o.obfuscation, cases[i].obfuscation);
		assert_int_equal(__builtin_popcountll(o.backhair), cases[i].backhair);
		html_out_done(&o);
		arena_free(a);
	}
}

static void test_blank(void **state)
{
	(void)state;
	assert_true(html_text_is_blank(STR(" \t\n"), false));
	assert_true(html_text_is_blank(STR(" \xc2\xa0"), false));
	assert_true(html_text_is_blank(STR("\xc3\x82\xc2\xa0"), true));
	assert_false(html_text_is_blank(STR("\xc2\xa0"), true));
	assert_false(html_text_is_blank(STR("\xa0"), false));
	assert_false(html_text_is_blank(STR("x"), false));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_steps),
		cmocka_unit_test(test_blank),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
