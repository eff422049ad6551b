/* SPDX-License-Identifier: BSD-2-Clause */
/* Attributes one by one; whole sources are in html_token_test.c. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "core/arena.h"
#include "core/strbuf.h"
#include "text/html_token.h"

static const struct {
	const char *in, *want; /* name[value] each; name! without a value */
} cases[] = {
	{ "", "" },
	{ " \t\n", "" },
	{ " a=b", "a[b]" },
	{ " A = 'b c' d=\"e>f\"g", "A[b c]d[e>f]g!" },
	{ " a= ", "a[]" },
	{ " a=''", "a[]" },
	{ " = x", "=!x!" },
	{ " == x", "=[x]" },
	{ " / a/b=c/", "/!a/b[c/]" },
	{ " a=`b c`", "a[`b]c`!" },
	{ " a=b'c d'", "a[b'c]d'!" },
};

static void test_attributes(void **state)
{
	(void)state;
	for (size_t i = 0; i < ELEMENTS(cases); i++) {
		struct str rest = str_of(cases[i].in), name, value;
		struct strbuf out;
		bool bare;

		strbuf_init(&out, 0);
		while (html_attr_next(&rest, &name, &value, &bare)) {
			strbuf_add(&out, name);
			if (bare)
				assert_true(str_eq(name, value));
			strbuf_add_c(&out, bare ? "!" : "[");
			if (!bare)
				strbuf_add(&out, value);
			strbuf_add_c(&out, bare ? "" : "]");
		}
		strbuf_add_byte(&out, '\0');
		assert_string_equal(strbuf_str(&out).p, cases[i].want);
		strbuf_done(&out);
	}
}

/* Sections inside sections: the strongest rules, and each "]]>" ends the last. */
static void test_nested_sections(void **state)
{
	struct arena *a = arena_new();
	struct html_token t;
	struct html_event e;

	(void)state;
	html_token_init(&t, STR("<![include[<![rcdata[<b>]]>x]]>y"), a, NULL);
	assert_true(html_token_next(&t, &e));
	assert_true(e.type == HTML_EVENT_TEXT && str_eq(e.text, STR("<b>")));
	assert_int_equal(t.section_count, 1);
	assert_true(html_token_next(&t, &e));
	assert_true(str_eq(e.text, STR("x")));
	assert_int_equal(t.section_count, 0);
	assert_true(html_token_next(&t, &e));
	assert_true(str_eq(e.text, STR("y")));
	assert_false(html_token_next(&t, &e));
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_attributes),
		cmocka_unit_test(test_nested_sections),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
