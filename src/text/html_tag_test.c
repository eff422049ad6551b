/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "core/arena.h"
#include "core/xalloc.h"
#include "text/html_tag.h"
#include "text/html_token.h"
#include "text/uri.h"

static void test_table(void **state)
{
	(void)state;
	for (unsigned i = 0; i < HTML_TAG_COUNT; i++) {
		const struct html_tag_def *def = html_tag_at(i);

		assert_ptr_equal(html_tag_find(def->name), def);
		assert_int_equal(html_tag_index(def), i);
	}
	assert_null(html_tag_find(STR("blink")));
	assert_null(html_tag_find(STR("")));
	assert_string_equal(html_tag_find(STR("p"))->white, "\n\n");
	assert_int_equal(html_tag_find(STR("th"))->style, HTML_STYLE_TD);
	assert_int_equal(html_tag_find(STR("th"))->uri_type, 0);
	assert_int_equal(html_tag_find(STR("td"))->uri_type, URI_TD);
	assert_false(html_tag_find(STR("embed"))->element);
}

static void test_namespaces(void **state)
{
	static const struct {
		const char *name;
		bool want;
	} names[] = {
		{ "o:p", true },     { "st1:place", true }, { "o:p/", true },
		{ "st9:x-y", true }, { "o:", false },       { "o:/", false },
		{ "o:p//", false },  { "st:place", false }, { "st12:x", false },
		{ "x:p", false },    { "o:a.b", false },
	};

	(void)state;
	for (size_t i = 0; i < ELEMENTS(names); i++)
		assert_int_equal(html_tag_is_namespaced(str_of(names[i].name), false),
				 names[i].want);
}

static void test_attributes(void **state)
{
	struct arena *arena = arena_new();
	struct html_token t;
	struct html_attrs a;

	(void)state;
	html_token_init(&t,
			STR("<a HREF=1&amp;2 href=3 alt=x color='r&#101;d' size b/href=y /href=z "
			    "a/src width=1 height=2 width=3>"),
			arena, NULL);
	assert_non_null(html_token_next(&t));
	html_attrs_read(&a, &t, false, arena);
	assert_true(str_eq(html_attrs_get(&a, HTML_ATTR_WIDTH).s, STR("1")));
	assert_true(str_eq(html_attrs_get(&a, HTML_ATTR_HEIGHT).s, STR("2")));
	assert_true(str_eq(html_attrs_get(&a, HTML_ATTR_HREF).s, STR("1&2")));
	assert_true(str_eq(html_attrs_get(&a, HTML_ATTR_COLOR).s, STR("red")));
	assert_true(str_eq(html_attrs_get(&a, HTML_ATTR_SIZE).s, STR("size")));
	assert_true(str_eq(html_attrs_get(&a, HTML_ATTR_ODD_HREF).s, STR("y")));
	assert_true(str_eq(html_attrs_get(&a, HTML_ATTR_ODD_SRC).s, STR("a/src")));
	assert_false(html_attrs_has(&a, HTML_ATTR_SRC));
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_namespaces),
		cmocka_unit_test(test_attributes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
