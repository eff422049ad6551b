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
	{ " a b=1 c='2' d=\"3\" e= f = 4 g=5 h i", "a!b[1]c[2]d[3]e[f]=!4!g[5]h!i!" },
};

static void put_attr(struct strbuf *out, const struct html_attr_slice *s)
{
	strbuf_add(out, s->name);
	if (s->bare)
		assert_true(str_eq(s->name, s->value));
	strbuf_add_c(out, s->bare ? "!" : "[");
	if (!s->bare)
		strbuf_add(out, s->value);
	strbuf_add_c(out, s->bare ? "" : "]");
}

static void test_attributes(void **state)
{
	(void)state;
	for (size_t i = 0; i < ELEMENTS(cases); i++) {
		struct str rest = str_of(cases[i].in);
		struct html_attr_slice s;
		struct strbuf out;

		strbuf_init(&out, 0);
		while (html_attr_next(&rest, &s.name, &s.value, &s.bare))
			put_attr(&out, &s);
		strbuf_add_byte(&out, '\0');
		assert_string_equal(strbuf_str(&out).p, cases[i].want);
		strbuf_done(&out);
	}
}

/* Those that the tokeniser has read on its way are the same. */
static void test_attributes_of_tags(void **state)
{
	struct arena *a = arena_new();

	(void)state;
	for (size_t i = 0; i < ELEMENTS(cases); i++) {
		struct str rest;
		struct html_attr_slice s;
		struct html_token t;
		const struct html_event *e;
		struct strbuf out;

		html_token_init(&t, arena_printf(a, "<x%s>y", cases[i].in), a, NULL);
		e = html_token_next(&t);
		assert_non_null(e);
		assert_int_equal(e->type, HTML_EVENT_START_TAG);
		strbuf_init(&out, 0);
		for (size_t k = 0; k < t.attr_count; k++)
			put_attr(&out, &t.attr[k]);
		for (rest = t.attrs_left; html_attr_next(&rest, &s.name, &s.value, &s.bare);)
			put_attr(&out, &s);
		strbuf_add_byte(&out, '\0');
		assert_string_equal(strbuf_str(&out).p, cases[i].want);
		strbuf_done(&out);
	}
	arena_free(a);
}

/* Sections inside sections: the strongest rules, and each "]]>" ends the last. */
static void test_nested_sections(void **state)
{
	struct arena *a = arena_new();
	struct html_token t;
	const struct html_event *e;

	(void)state;
	html_token_init(&t, STR("<![include[<![rcdata[<b>]]>x]]>y"), a, NULL);
	e = html_token_next(&t);
	assert_non_null(e);
	assert_true(e->type == HTML_EVENT_TEXT && str_eq(e->text, STR("<b>")));
	assert_int_equal(t.section_count, 1);
	e = html_token_next(&t);
	assert_non_null(e);
	assert_true(str_eq(e->text, STR("x")));
	assert_int_equal(t.section_count, 0);
	e = html_token_next(&t);
	assert_non_null(e);
	assert_true(str_eq(e->text, STR("y")));
	assert_null(html_token_next(&t));
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_attributes),
		cmocka_unit_test(test_attributes_of_tags),
		cmocka_unit_test(test_nested_sections),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
