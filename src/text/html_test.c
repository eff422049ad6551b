/* SPDX-License-Identifier: BSD-2-Clause */
/* Rendered text; expectations are SpamAssassin 4.0.1's results for the same sources. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "core/budget.h"
#include "text/html_test.h"

static const struct html_case cases[] = {
	{ "<p>Hello <b>wor</b>ld</p>", false,
	  "[\n\nHello world\n\n] obfuscation_ratio=0.25 backhair_count=1" },
	{ "caf&eacute;&#160;x", true, "[caf\xc3\xa9\xc2\xa0x]" },
	{ "caf&eacute;&#160;x", false, "[caf\xc3\xa9\xc2\xa0x]" },
	{ "caf&eacute;&#160;x &euro;", false, "[caf\xc3\xa9\xc2\xa0x \xe2\x82\xac]" },
	{ "a&nbsp;b &nbsp; c", false, "[a b c]" },
	{ "a<br/>b<br />c<br/ >d", false,
	  "[a\nb\ncd] bad_tag_ratio=0.3333 non_element_ratio=0.5 obfuscation_ratio=0.3333 "
	  "backhair_count=1" },
	{ "a<\xc3\xa9/>b", true, "[a<\xc3\xa9>b]" },
	{ "a<\xe2\x82\xac/>b", true, "[a<\xe2\x82\xac/>b]" },
	{ "he<b>llo</b>", false, "[hello] obfuscation_ratio=0.5 backhair_count=1" },
	{ "x <b>a</b> <i> b</i>", false, "[x a  b]" },
	{ "a<div>b</div>c<p>d<li>e<td>f<h1>g</h1>", false, "[a\nb\nc\n\nd e f g ]" },
	{ "a <br> b", false, "[a\nb]" },
	{ "a <span> b</span>", false, "[a  b]" },
	{ "<iframe src=http://x.com/>a<b>b", false, "[a<b>b] uri[http://x.com/] iframe" },
	{ "<body text=\"#fff\">a</body>b", false,
	  "[ab] visible[] invisible[ab] obfuscation_ratio=0.5 backhair_count=1 "
	  "font_low_contrast=1" },
	{ "w<x>ord and wo<y>rd", false, "[word and word] obfuscation_ratio=1 backhair_count=2" },
	{ "\xc3&#160;<b>a</b>", false,
	  "[\xc3\x83\xc2\xa0"
	  "a] obfuscation_ratio=0.5" },
	{ "&Acirc;&#160;a", false, "[ a]" },
	{ "]]>a", false, "[]]>a]" },
	{ "\xe2\x80\x9c"
	  "a\xe2\x80\x9d <a href=\xe2\x80\x9chttp://x.com/\xe2\x80\x9d>z</a>",
	  true, "[\"a\" z] anchor[z] uri[http://x.com/] a \"z\"" },
	{ "\xe6\x97\xa5\xe6\x9c\xac<b>\xe8\xaa\x9e</b> x\xe3\x80\x80y", true,
	  "[\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e x\xe3\x80\x80y] obfuscation_ratio=0.5 "
	  "backhair_count=1" },
	{ "<xmp>a &amp; <b></xmp>c", false, "[\n\na &amp; <b>\n\nc]" },
	{ "<pre>a\n\n b</pre>", false, "[\n\na b\n\n]" },
	{ "<embed>a<listing>b<marquee>c<center>d", false,
	  "[ a\n\nbcd] bad_tag_ratio=0.75 non_element_ratio=0.75 obfuscation_ratio=0.5 "
	  "backhair_count=1 embeds=1" },
	{ "<plaintext>x", false, "[\n\nx]" },
	{ "<td>a</td> b", false, "[ a b]" },
};

static void test_cases(void **state)
{
	(void)state;
	HTML_TEST_ALL(cases);
}

static void test_values(void **state)
{
	struct arena *a = arena_new();
	struct html_result r;
	double v;

	(void)state;
	html_read(&r, (struct text){ STR("<p>caf\xc3\xa9 \xe2\x80\x83 x</p><br/></i>"), true }, 100,
		  a, NULL);
	assert_true(html_get_number(&r, STR("length"), &v));
	assert_int_equal((int)v, 24);
	assert_true(html_get_number(&r, STR("html_length"), &v));
	assert_int_equal((int)v, 13);
	assert_true(html_get_number(&r, STR("non_space_len"), &v));
	assert_int_equal((int)v, 5);
	assert_true(html_get_number(&r, STR("ratio"), &v));
	assert_true(v > 0.8699 && v < 0.8701);
	assert_false(html_get_number(&r, STR("embeds"), &v));
	assert_false(html_get_number(&r, STR("no such"), &v));
	assert_true(html_has_tag(&r, STR("i")) && html_has_tag(&r, STR("br")));
	assert_false(html_has_tag(&r, STR("br/")));
	assert_int_equal(html_open_count(&r, STR("br")), 1);
	assert_int_equal(html_open_count(&r, STR("p")), 0);
	arena_free(a);
}

static void test_empty_part_has_no_values(void **state)
{
	struct arena *a = arena_new();
	struct html_result r;
	double v;

	(void)state;
	html_read(&r, (struct text){ STR(""), false }, 0, a, NULL);
	assert_false(r.html);
	assert_false(html_get_number(&r, STR("html"), &v));
	assert_null(html_get_list(&r, STR("comment")));
	assert_int_equal(r.rendered.s.n, 0);
	/* Bytes of which the charset left nothing. */
	html_read(&r, (struct text){ STR(""), true }, 9, a, NULL);
	assert_true(r.html && !r.rendered.s.n);
	assert_true(html_get_number(&r, STR("ratio"), &v) && v == 1);
	arena_free(a);
}

/* SpamAssassin reports nothing but the text of these. */
static void test_unfinished(void **state)
{
	static const char *const sources[] = {
		"a<p style=\"background: ;color:red\">b",
		"a<p><a href=x>b</a><![IGNORE[c",
	};

	(void)state;
	for (size_t i = 0; i < ELEMENTS(sources); i++) {
		struct arena *a = arena_new();
		struct html_result r;
		double v;

		html_read(&r, (struct text){ str_of(sources[i]), false }, 50, a, NULL);
		assert_true(r.html && r.unfinished);
		assert_int_equal(r.rendered.s.p[0], 'a');
		assert_false(html_get_number(&r, STR("length"), &v));
		assert_false(html_has_tag(&r, STR("p")));
		assert_int_equal(r.uris.n, 0);
		arena_free(a);
	}
}

/* Twice the work must not cost four times the memory, and a budget ends it. */
static void test_budget(void **state)
{
	static const char *const pieces[] = { "<p>",
					      "<a href=x>",
					      "<x>",
					      "<!-->",
					      "<title>a</title>",
					      "<b style='display:none'>y",
					      "<div style=color:red>z" };

	(void)state;
	for (size_t i = 0; i < ELEMENTS(pieces); i++) {
		struct arena *a = arena_new();
		struct html_result r;
		struct budget b;
		struct strbuf in;

		strbuf_init(&in, 0);
		for (int k = 0; k < 20000; k++)
			strbuf_add_c(&in, pieces[i]);
		budget_init(&b, in.n * 4, 10, 10, in.n * 100);
		html_read(&r, (struct text){ strbuf_str(&in), false }, in.n, a, &b);
		assert_true(arena_bytes(a) < in.n * 20 + 100000);
		assert_int_equal(r.over, budget_is_over(&b, BUDGET_BYTES));
		strbuf_done(&in);
		arena_free(a);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_empty_part_has_no_values),
		cmocka_unit_test(test_unfinished),
		cmocka_unit_test(test_budget),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
