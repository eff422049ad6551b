/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "core/arena.h"
#include "text/html_entity.h"

static const struct {
	const char *in;
	bool chars, in_attribute;
	const char *want;
	bool want_chars;
} cases[] = {
	{ "no reference", false, false, "no reference", false },
	{ "&lt;&gt;&amp;&quot;&apos;", false, false, "<>&\"'", false },
	{ "&lt b&gt", false, false, "< b>", false },
	{ "&#38;lt;", false, false, "&lt;", false },
	{ "&amp;lt;", false, false, "&lt;", false },
	{ "&eacute;&#160;x", false, false, "\xe9\xa0x", false },
	{ "&eacute;&#160;x", true, false, "\xc3\xa9\xc2\xa0x", true },
	{ "&eacute;&euro;", false, false, "\xc3\xa9\xe2\x82\xac", true },
	{ "&euro;&eacute;\xe9", false, false, "\xe2\x82\xac\xc3\xa9\xc3\xa9", true },
	{ "\xe9&euro;", false, false, "\xc3\xa9\xe2\x82\xac", true },
	{ "&euro", false, false, "&euro", false },
	{ "&copyx", false, false, "\xa9x", false },
	{ "&copyx", false, true, "&copyx", false },
	{ "&copy", false, true, "\xa9", false },
	{ "&notit;", false, false, "\xacit;", false },
	{ "&ampx", false, false, "&x", false },
	{ "&Tab;&NewLine;&AMP;", false, false, "&Tab;&NewLine;&AMP;", false },
	{ "&#;&#x;&;&", false, false, "&#;&#x;&;&", false },
	{ "&#0;&#x110000;&#xFFFE;&#xFFFF;", false, false, "&#0;&#x110000;&#xFFFE;&#xFFFF;", false },
	{ "&#99999999999999999999;", false, false, "&#99999999999999999999;", false },
	{ "&#150;&#255", false, false, "\x96\xff", false },
	{ "&#X41&#x42;C", false, false, "ABC", false },
	{ "&#xFDD0;", false, false, "\xef\xbf\xbd", true },
	{ "&#x1FFFE;", false, false, "\xef\xbf\xbd", true },
	{ "&#xD83D;&#xDE00;", false, false, "\xf0\x9f\x98\x80", true },
	{ "&#xD83D; &#xDE00;", false, false, "\xef\xbf\xbd \xef\xbf\xbd", true },
	{ "&#xDE00;&#xD83D;", false, false, "\xef\xbf\xbd\xef\xbf\xbd", true },
	{ "&thetasym;&hellip;&zwnj;", false, false, "\xcf\x91\xe2\x80\xa6\xe2\x80\x8c", true },
	{ "&aaaaaaaaaaaaaaaaaaaaaaaa;", false, false, "&aaaaaaaaaaaaaaaaaaaaaaaa;", false },
	{ "&sup2x&frac14y", false, false, "\xb2x\xbcy", false },
};

static void test_decode(void **state)
{
	(void)state;
	for (size_t i = 0; i < ELEMENTS(cases); i++) {
		struct arena *a = arena_new();
		struct text t = html_entity_decode(
		    (struct text){ str_of(cases[i].in), cases[i].chars }, cases[i].in_attribute, a);

		assert_int_equal(t.s.n, strlen(cases[i].want));
		assert_memory_equal(t.s.p, cases[i].want, t.s.n);
		assert_int_equal(t.chars, cases[i].want_chars);
		arena_free(a);
	}
}

static void test_nothing_to_do_is_the_same_slice(void **state)
{
	struct str in = STR("plain");

	(void)state;
	assert_ptr_equal(html_entity_decode((struct text){ in, false }, false, NULL).s.p, in.p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_decode),
		cmocka_unit_test(test_nothing_to_do_is_the_same_slice),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
