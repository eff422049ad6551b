/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "core/arena.h"
#include "text/text_buf.h"

/* c: characters, b: bytes; each piece is added in turn. */
static const struct {
	const char *pieces[3];
	const char *kinds;
	const char *want;
	bool want_chars;
} cases[] = {
	{ { "a", "b", "c" }, "bbb", "abc", false },
	{ { "a", "\xe9", "c" },
	  "bbb",
	  "a\xe9"
	  "c",
	  false },
	{ { "a", "\xe9", "c" },
	  "bbc",
	  "a\xc3\xa9"
	  "c",
	  true },
	{ { "\xe2\x82\xac", "\xe9", "c" },
	  "cbb",
	  "\xe2\x82\xac\xc3\xa9"
	  "c",
	  true },
	{ { "\xe9", "", "\xe9" }, "bcb", "\xc3\xa9\xc3\xa9", true },
};

static void test_add(void **state)
{
	(void)state;
	for (size_t i = 0; i < ELEMENTS(cases); i++) {
		struct arena *a = arena_new();
		struct text_buf v;
		struct text t;

		text_buf_init(&v);
		for (int k = 0; k < 3; k++)
			text_buf_add(&v, (struct text){ str_of(cases[i].pieces[k]),
							cases[i].kinds[k] == 'c' });
		t = text_buf_copy(&v, a);
		assert_string_equal(str_cstr(a, t.s), cases[i].want);
		assert_int_equal(t.chars, cases[i].want_chars);
		text_buf_done(&v);
		arena_free(a);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_add),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
