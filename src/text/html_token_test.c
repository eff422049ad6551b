/* SPDX-License-Identifier: BSD-2-Clause */
/* Tokeniser: what HTML::Parser 3.81 makes of each input, and that hostile repetition stays cheap. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "core/arena.h"
#include "core/budget.h"
#include "core/strbuf.h"
#include "text/html_entity.h"
#include "text/html_token.h"

#include <stdlib.h>

/*
 * S(name attr=[value]...) a start tag, E(name) an end tag, T(...) text, C(...) a comment, D(...) a
 * declaration; names in lower case, references decoded.
 */
static const struct {
	const char *in, *want;
} cases[] = {
	{ "a < b <b>", "T(a )T(< b )S(b)" },
	{ "</a x\">\">z</b>", "E(a)T(\">z)E(b)" },
	{ "</a x='>'>z", "E(a)T(z)" },
	{ "</ b \">\">z", "C(</ b \">\">)T(z)" },
	{ "<!x \">\">z", "C(<!x \">)T(\">z)" },
	{ "<![if \">\" ]>z", "C(<![if \">)T(\")T( ]>z)" },
	{ "</a y\"z>w\">q", "E(a)T(w\">q)" },
	{ "<!doctypex \">\">z", "C(<!doctypex \">)T(\">z)" },
	{ "<?x \">\">z", "T(\">z)" },
	{ "<!doctype html \"a>b\" -- x > y -- foo>z",
	  "D(<!doctype html \"a>b\" -- x > y -- foo>)T(z)" },
	{ "<!doctype;x>z", "D(<!doctype;x>)T(z)" },
	{ "<!doctype html <b>>z", "D(<!doctype html <b>)T(>z)" },
	{ "<!doctype \"a\" x=\">\">z", "D(<!doctype \"a\" x=\">)T(\">z)" },
	{ "<![CDATA [ <b> ]] ]]>z", "T( <b> ]] )T(z)" },
	{ "<![INCLUDE[]]>x", "T()T(x)" },
	{ "<![INCLUDE[a]]>x", "T(a)T(x)" },
	{ "<![TEMP[a]]>x", "T(a]]>x)" },
	{ "<![[a]]>x", "T(a)T(x)" },
	{ "<![IGNORE[<script>a]]>b</script>c]]>d", "T(d)" },
	{ "<title>a<b>c</title >d", "S(title)T(a<b>c)E(title)T(d)" },
	{ "<title>a<b>c<script>d<i>e",
	  "S(title)T(a)E(title)S(b)T(c)S(script)E(script)T(d)S(i)T(e)" },
	{ "x <!-- y <b>z</b> > w <!-- q --> r", "T(x )C(<!-- y <b>z</b> > w <!-- q -->)T( r)" },
	{ "<!-->x", "C(<!-->)T(x)" },
	{ "<!--->x", "C(<!--->)T(x)" },
	{ "<!---->x", "C(<!---->)T(x)" },
	{ "<!-- a --!> b -- c> d -- >x", "C(<!-- a --!> b -- c> d -- >)T(x)" },
	{ "a<", "T(a)C(<)" },
	{ "a<b", "T(a)C(<b)" },
	{ "a</", "T(a)C(</)" },
	{ "a <3 b c", "T(a )T(<3 b)T( c)" },
	{ "a<!", "T(a)C(<!)" },
	{ "<b", "C(<b)" },
	{ "a <", "T(a )C(<)" },
	{ "foo bar  ", "T(foo bar)T(  )" },
	{ "<textarea>a&amp;<b> c", "S(textarea)T(a&<b> c)" },
	{ "<iframe>a&amp;<b> c", "S(iframe)T(a&amp;<b> c)" },
	{ "<a b=\"c", "C(<a b=\"c)" },
	{ "</a \"", "C(</a \")" },
	{ "<!doctype \"x", "C(<!doctype \"x)" },
	{ "<!--x", "C(<!--x)" },
	{ "<a/>b", "S(a/)T(b)" },
	{ "<a =x y= z>b", "S(a =x=[=x] y=[z])T(b)" },
	{ "<xmp>a</xmp>b", "S(xmp)T(a)E(xmp)T(b)" },
	{ "<plaintext>a</plaintext>b c", "S(plaintext)T(a</plaintext>b c)" },
	{ "<![CDATA[ <b> x &amp;", "T( <b> x &amp;)" },
	{ "<![RCDATA[ <b> x &amp; ]]>y", "T( <b> x & )T(y)" },
	{ "<!entity x>z", "D(<!entity x>)T(z)" },
	{ "<!ENTITYx>z", "C(<!ENTITYx>)T(z)" },
	{ "<!doctype>z", "D(<!doctype>)T(z)" },
	{ "<!doctype --a-- b>z", "D(<!doctype --a-- b>)T(z)" },
	{ "<!doctype -->z", "C(<!doctype -->z)" },
	{ "<!doctype a--b>c--d>z", "D(<!doctype a--b>)T(c--d>z)" },
	{ "<!doctype a --b>c--d>z", "D(<!doctype a --b>c--d>)T(z)" },
	{ "<![cdata[<![cdata[x]]>y]]>z", "T(<![cdata[x)T(y]]>z)" },
	{ "<![ ignore include [x]]>y", "T(y)" },
	{ "<![if foo [x]]>y", "T(x]]>y)" },
	{ "<![CDATA --x-- [<b>]]>y", "T(<b>)T(y)" },
	{ "<![CDATA", "C(<![CDATA)" },
	{ "<! x>y", "C(<! x>)T(y)" },
	{ "<!-x>y", "C(<!-x>)T(y)" },
	{ "<!1>y", "C(<!1>)T(y)" },
	{ "<!]>y", "C(<!]>)T(y)" },
	{ "<!>y", "C(<!>)T(y)" },
	{ "<!ELEMENT a>y", "C(<!ELEMENT a>)T(y)" },
	{ "<![endif]>y", "C(<![endif]>)T(y)" },
	{ "<title></title>x", "S(title)E(title)T(x)" },
	{ "<title>x", "S(title)T(x)E(title)" },
	{ "<title>a</titles></title", "S(title)T(a)E(title)E(titles)C(</title)" },
	{ "<:a>x", "S(:a)T(x)" },
	{ "<_a>x", "S(_a)T(x)" },
	{ "<-a>x", "T(<-a>x)" },
	{ "b<:", "T(b)C(<:)" },
	{ "<![INCLUDE[a]]]>x", "T(a]]]>x)" },
	{ "<![INCLUDE[a]<b>c]]>x", "T(a]<b>c)T(x)" },
	{ "<![INCLUDE[a]b<i>]]>c]]>x", "T(a]b)S(i)T()T(c]]>x)" },
	{ "<![CDATA[a]]]>x", "T(a])T(x)" },
	{ "<![CDATA[<b> x", "C(<b> x)" },
	{ "<![INCLUDE[a b", "T(a)T( b)" },
	{ "<!doctype -x>z", "C(<!doctype -x>)T(z)" },
	{ "<![cdata;[a]]>b", "C(<![cdata;[a]]>)T(b)" },
	{ "<![CDATA[", "" },
	{ "<![CDATA[]]>", "" },
	{ "<title>a<!-- b</title>c --> d", "S(title)T(a<!-- b)E(title)T(c -->)T( d)" },
	{ "<title>x<style>a<b>c", "S(title)T(x)E(title)S(style)E(style)T(a)S(b)T(c)" },
	{ "<script>a</SCRIPT  >b", "S(script)T(a)E(script)T(b)" },
	{ "<script>a</script/>b</script>", "S(script)T(a</script/>b)E(script)" },
	{ "<script>\"</script>\"<!--</script>", "S(script)T(\")E(script)T(\")C(<!--</script>)" },
	{ "<xmp>a</xmp x>b", "S(xmp)T(a</xmp x>b)" },
	{ "<a b=>c", "S(a b=[])T(c)" },
	{ "<a b= >c", "S(a b=[])T(c)" },
	{ "<a b = \"c\"d=e>f", "S(a b=[c] d=[e])T(f)" },
	{ "</b c='>x", "C(</b c='>x)" },
	{ "<a \"b\">c", "S(a \"b\"=[\"b\"])T(c)" },
	{ "<a \">\">c", "S(a \"=[\"])T(\">c)" },
	{ "<a '>'>c", "S(a '=['])T('>c)" },
	{ "<a b=\"x\"y\"z>w", "S(a b=[x] y\"z=[y\"z])T(w)" },
	{ "<a b=x\"y>z\"w>", "S(a b=[x\"y])T(z\"w>)" },
	{ "<<b>c", "T(<)S(b)T(c)" },
	{ "<a<b>c", "S(a<b)T(c)" },
	{ "< b>c", "T(<)T( b>c)" },
	{ "x<>y", "T(x)T(<>y)" },
	{ "<br/foo>x", "S(br/foo)T(x)" },
	{ "<a/href=x>y", "S(a/href=x)T(y)" },
	{ "<b<i>x", "S(b<i)T(x)" },
	{ "<a&b>x", "S(a&b)T(x)" },
	{ "<o:p>x", "S(o:p)T(x)" },
	{ "<1>x", "T(<1>x)" },
	{ "<img ALT>", "S(img alt=[ALT])" },
	{ "<a href=x/>y", "S(a href=[x/])T(y)" },
	{ "<a b=`c d`>", "S(a b=[`c] d`=[d`])" },
	{ "<a b=\"x\ny>z\">w", "S(a b=[x\ny>z])T(w)" },
	{ "<A HREF=\"&lt;&copyx&copy;\">x", "S(a href=[<&copyx\xa9])T(x)" },
	{ "</1>x", "E(1)T(x)" },
	{ "</>x", "C(</>)T(x)" },
	{ "</b x=\"a>b\">c", "E(b)T(c)" },
	{ "</b <i>c", "E(b)T(c)" },
	{ "<ifram&#101;>x", "S(ifram&#101;)T(x)" },
	{ "<title>x</b>y</title>z", "S(title)T(x</b>y)E(title)T(z)" },
	{ "<title><title>x", "S(title)E(title)S(title)T(x)E(title)" },
	{ "<title>x<title>y</b>", "S(title)T(x)E(title)S(title)T(y)E(title)E(b)" },
	{ "<?xml?>a<?php b ?>c", "T(a)T(c)" },
	{ "a<?b", "T(a)C(<?b)" },
	{ "<noscript>a<b></noscript>", "S(noscript)T(a)S(b)E(noscript)" },
	{ "<script>a", "S(script)T(a)E(script)" },
	{ "<style>a &amp; <b>", "S(style)T(a &amp; <b>)E(style)" },
	{ "<SCRIPT>a<!-- </script> -->b", "S(script)T(a<!-- )E(script)T( -->b)" },
	{ "foo\n bar", "T(foo)T(\n bar)" },
	{ "x &lt;b&gt; y", "T(x <b>)T( y)" },
};

static void put_decoded(struct strbuf *out, struct str s, bool in_attribute, struct arena *a)
{
	strbuf_add(out, html_entity_decode((struct text){ s, false }, in_attribute, a).s);
}

static void put_attrs(struct strbuf *out, struct str attrs, struct arena *a)
{
	struct str name, value;
	bool bare;

	while (html_attr_next(&attrs, &name, &value, &bare)) {
		strbuf_add_c(out, " ");
		strbuf_add(out, str_lower(a, name));
		strbuf_add_c(out, "=[");
		if (bare)
			strbuf_add(out, value);
		else
			put_decoded(out, value, true, a);
		strbuf_add_c(out, "]");
	}
}

static void put_event(struct strbuf *out, const struct html_event *e, struct arena *a)
{
	static const char letters[HTML_EVENT_COUNT] = { '?', 'T', 'S', 'E', 'C', 'D' };

	strbuf_add_byte(out, letters[e->type]);
	strbuf_add_c(out, "(");
	if (e->type == HTML_EVENT_START_TAG || e->type == HTML_EVENT_END_TAG)
		strbuf_add(out, str_lower(a, e->name));
	if (e->type == HTML_EVENT_START_TAG)
		put_attrs(out, e->attrs, a);
	if (e->type == HTML_EVENT_TEXT && !e->literal)
		put_decoded(out, e->text, false, a);
	else
		strbuf_add(out, e->text);
	strbuf_add_c(out, ")");
}

static void test_events(void **state)
{
	(void)state;
	for (size_t i = 0; i < ELEMENTS(cases); i++) {
		struct arena *a = arena_new();
		struct html_token t;
		const struct html_event *e;
		struct strbuf out;

		strbuf_init(&out, 0);
		html_token_init(&t, str_of(cases[i].in), a, NULL);
		while ((e = html_token_next(&t)))
			put_event(&out, e, a);
		strbuf_add_byte(&out, '\0');
		assert_string_equal(strbuf_str(&out).p, cases[i].want);
		strbuf_done(&out);
		arena_free(a);
	}
}

/* Each piece, a hundred thousand times: minutes, if any search were made again and again. */
static void test_repetition_is_linear(void **state)
{
	static const char *const pieces[] = {
		"<",
		"<a",
		"<!--",
		"<title>",
		"<script>",
		"</a ",
		"<![cdata[",
		"<![x[",
		"<![",
		"<xmp>",
		"<!-- -",
		"--",
		"<!doctype \"",
		"<a b='",
		"</title",
		"<!doctype --",
		"]]",
		"<textarea></tex",
	};
	enum { TIMES = 100000 };

	(void)state;
	for (size_t i = 0; i < ELEMENTS(pieces); i++) {
		struct arena *a = arena_new();
		struct html_token t;
		const struct html_event *e;
		struct strbuf in;
		size_t bytes = 0;

		strbuf_init(&in, 0);
		for (int k = 0; k < TIMES; k++)
			strbuf_add_c(&in, pieces[i]);
		html_token_init(&t, strbuf_str(&in), a, NULL);
		while ((e = html_token_next(&t)))
			bytes += e->text.n + e->name.n + e->attrs.n;
		assert_true(bytes <= in.n * 2 + 100);
		strbuf_done(&in);
		arena_free(a);
	}
}

static void test_budget_stops(void **state)
{
	struct arena *a = arena_new();
	struct budget b;
	struct html_token t;
	int events = 0;

	(void)state;
	budget_init(&b, 1000, 10, 10, 10);
	html_token_init(&t, STR("<b>one<i>two<u>three"), a, &b);
	while (html_token_next(&t))
		events++;
	assert_true(t.over);
	assert_int_equal(events, 3); /* what the step that went over found still counts */
	assert_true(budget_is_over(&b, BUDGET_STEPS));
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_events),
		cmocka_unit_test(test_repetition_is_linear),
		cmocka_unit_test(test_budget_stops),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
