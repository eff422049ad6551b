/* SPDX-License-Identifier: BSD-2-Clause */
/* References; expectations are SpamAssassin 4.0.1's, RFC 3986 section 5.4 among them. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "core/arena.h"
#include "core/xalloc.h"
#include "text/uri.h"

static const struct {
	const char *base, *ref, *want;
} cases[] = {
	{ "http://a/b/c/d;p?q", "g:h", "g:h" },
	{ "http://a/b/c/d;p?q", "g", "http://a/b/c/g" },
	{ "http://a/b/c/d;p?q", "./g", "http://a/b/c/g" },
	{ "http://a/b/c/d;p?q", "g/", "http://a/b/c/g/" },
	{ "http://a/b/c/d;p?q", "/g", "http://a/g" },
	{ "http://a/b/c/d;p?q", "//g", "http://g" },
	{ "http://a/b/c/d;p?q", "?y", "http://a/b/c/d;p?y" },
	{ "http://a/b/c/d;p?q", "g?y", "http://a/b/c/g?y" },
	{ "http://a/b/c/d;p?q", "#s", "http://a/b/c/d;p?q#s" },
	{ "http://a/b/c/d;p?q", "g#s", "http://a/b/c/g#s" },
	{ "http://a/b/c/d;p?q", "g?y#s", "http://a/b/c/g?y#s" },
	{ "http://a/b/c/d;p?q", ";x", "http://a/b/c/;x" },
	{ "http://a/b/c/d;p?q", "g;x=1/./y", "http://a/b/c/g;x=1/y" },
	{ "http://a/b/c/d;p?q", "g;x=1/../y", "http://a/b/c/y" },
	{ "http://a/b/c/d;p?q", ".", "http://a/b/c/" },
	{ "http://a/b/c/d;p?q", "./", "http://a/b/c/" },
	{ "http://a/b/c/d;p?q", "..", "http://a/b/" },
	{ "http://a/b/c/d;p?q", "../", "http://a/b/" },
	{ "http://a/b/c/d;p?q", "../g", "http://a/b/g" },
	{ "http://a/b/c/d;p?q", "../..", "http://a/" },
	{ "http://a/b/c/d;p?q", "../../../g", "http://a/g" },
	{ "http://a/b/c/d;p?q", "/./g", "http://a/g" },
	{ "http://a/b/c/d;p?q", "/../g", "http://a/g" },
	{ "http://a/b/c/d;p?q", "g.", "http://a/b/c/g." },
	{ "http://a/b/c/d;p?q", "..g", "http://a/b/c/..g" },
	{ "http://a/b/c/d;p?q", "./../g", "http://a/b/g" },
	{ "http://a/b/c/d;p?q", "g/./h", "http://a/b/c/g/h" },
	{ "http://a/b/c/d;p?q", "g/../h", "http://a/b/c/h" },
	{ "http://a/b/c/d;p?q", "http:g", "http://a/b/c/g" },
	{ "http://a/b/c/d;p?q", "g?y/./x", "http://a/b/c/g?y/./x" },
	{ "http://a/b/c/d;p?q", "g#s/../x", "http://a/b/c/g#s/../x" },
	{ "http://a", "g", "http://a/g" },
	{ "", "http://a//b?c#d", "http://a//b?c#d" },
	{ "", "https://a/b/../c", "https://a/c" },
	{ "", "http://a/b/.", "http://a/b/" },
	{ "", "http://a#x\ny", "http://a#x" },
	{ "", "g", "g" },
	{ "", "./g", "/g" },
	{ "", "../g", "/g" },
	{ "", "../../g", "/g" },
	{ "", "//www.x.com/y", "http://www.x.com/y" },
	{ "", "//WWW12.x.com", "http://WWW12.x.com" },
	{ "", "//ftp3.x.com", "ftp://ftp3.x.com" },
	{ "", "//x.com", "//x.com" },
	{ "", "http://x/a/../../b", "http://x/b" },
	{ "", "a/../..", "/" },
	{ "", "0", "" },
	{ "", "a/0", "a/0" },
	{ "", "x#a\nb", "x#a" },
	{ "", "http:", "http:" },
	{ "", ":x", ":x" },
	{ "", "a//b/../c", "a//c" },
	{ "http://a/b", "http:?x", "http://a/b?x" },
};

static void test_resolve(void **state)
{
	struct arena *a = arena_new();

	(void)state;
	for (size_t i = 0; i < ELEMENTS(cases); i++) {
		struct text t = uri_resolve((struct text){ str_of(cases[i].base), false },
					    (struct text){ str_of(cases[i].ref), false }, a);

		assert_string_equal(str_cstr(a, t.s), cases[i].want);
	}
	arena_free(a);
}

static void test_kinds_mix(void **state)
{
	struct arena *a = arena_new();
	struct text t = uri_resolve((struct text){ STR("http://h/\xe9/"), false },
				    (struct text){ STR("\xe2\x82\xac"), true }, a);

	(void)state;
	assert_true(t.chars);
	assert_string_equal(str_cstr(a, t.s), "http://h/\xc3\xa9/\xe2\x82\xac");
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_resolve),
		cmocka_unit_test(test_kinds_mix),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
