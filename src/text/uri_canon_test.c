/* SPDX-License-Identifier: BSD-2-Clause */
/* Variants of URIs; expectations are SpamAssassin 4.0.1's, without redirector patterns. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "core/arena.h"
#include "core/budget.h"
#include "core/strbuf.h"
#include "text/tld_test.h"
#include "text/uri.h"

#include <stdlib.h>

/* want: the variants but the URI itself, sorted, " | " between; "-" in front: the URI itself is not one. */
static const struct {
	const char *in;
	bool chars;
	const char *want;
} cases[] = {
	{ "http://www.example.com/", false, "" },
	{ "  http://a.com/ \n", false, "- | http://a.com/" },
	{ "http://a.\ncom/\r", false, "- | http://a.com/" },
	{ "http://www.example.com/a?b=c&d@e:f", false, "" },
	{ "https://a-1.example.com", false, "" },
	{ "http://a.com/?x#y%", false, "" },
	{ "http://a.com/&#x", false, "" },
	{ "http://a.com/&#65;", false, "http://a.com/A" },
	{ "http://a.com-/", false, "http://a.com/" },
	{ "http://www.com/", false, "" },
	{ "http://www.nosuch/", false, "http://www.nosuch.com/" },
	{ "http://a.com\\x", false, "http://a.com/x" },
	{ "x", false, "" },
	{ "http://a\xef\xbf\xbd.com/", true, "http://a\xc3\xaf\xc2\xbf\xc2\xbd.com/" },
	{ "#frag", false, "" },
	{ "?q", false, "" },
	{ "&x", false, "" },
	{ "/path", false, "" },
	{ "//host.com/x", false, "http:////host.com/x" },
	{ "foo.html", false, "http://foo.html" },
	{ "/", false, "" },
	{ "\xc3\xa9", true, "" },
	{ "mailto:a@b.com", false, "" },
	{ "mailto:a@b.com?subject=x&y", false, "mailto:a@b.com" },
	{ "a@b.com&x.com", false, "a@b.com" },
	{ "a@b.com?x@y&z", false, "a@b.com" },
	{ "mailto:%20%20a@b.com%20?x", false, "mailto:%20%20a@b.com%20 | mailto:a@b.com" },
	{ "%20a@b.com", false, "mailto:a@b.com" },
	{ "mailto:\"Foo%20Bar\"%20<foo.bar@example.com>", false, "mailto:foo.bar@example.com" },
	{ "<a@b.com><c", false, "mailto:a@b.com" },
	{ "x<a@b.com?y>", false, "mailto:a@b.com?y | x<a@b.com" },
	{ "<@b><c@d>", false, "mailto:c@d" },
	{ "a:b@c.com", false, "" },
	{ "http:\\\\\\\\a.com\\\\b", false, "http:////a.com//b" },
	{ "http:a.com", false, "http://a.com" },
	{ "http:/a.com", false, "http://a.com" },
	{ "http:///a.com", false, "" },
	{ "https:a.com/", false, "https://a.com/" },
	{ "HTTP://a.com:80/", false, "" },
	{ "http://a.com:80/x", false, "http://a.com/x" },
	{ "http://a.com:80x/", false, "" },
	{ "http://a.com:8080/", false, "" },
	{ "https://a.com:443/x", false, "https://a.com/x" },
	{ "https://a.com:80/", false, "" },
	{ "http://a.com:/x", false, "" },
	{ "http://%61.com/%2f%25%20%7f", false, "http://a.com//%%20%7f" },
	{ "http://%41\xc3\xa9\"<>.com/", false, "http://A%c3%a9%22%3c%3e.com/" },
	{ "ftp.a.com", false, "ftp://ftp.a.com" },
	{ "FTP.a.com", false, "http://FTP.a.com" },
	{ "www.a.com", false, "http://www.a.com" },
	{ "a.com?x=1", false, "http://a.com/?x=1" },
	{ "http://a.com?x", false, "http://a.com/?x" },
	{ "http://a.com#x", false, "http://a.com/#x" },
	{ "http://a.com/?x", false, "" },
	{ "http://&#97;.com/&#x41;&#32;&#0065;", false,
	  "http://&/#97;.com/A&#32;A | http:///#97;.com/A&#32;A | "
	  "http://www.&.com/#97;.com/A&#32;A" },
	{ "http://a&#x2e;b&#12290;com/", false,
	  "http://a&/#x2e;b.com/ | http://a/#x2e;b.com/ | http://www.a&.com/#x2e;b.com/" },
	{ "http://a&#xFF0E;com/", false,
	  "http://a&/#xFF0E;com/ | http://a/#xFF0E;com/ | http://www.a&.com/#xFF0E;com/" },
	{ "http://\xc3\xa9.com/x", false, "http://xn--9ca.com/x" },
	{ "http://\xc3\xa9.com:80/x", false,
	  "http://xn--9ca.com/x | http://xn--9ca.com:80/x | http://\xc3\xa9.com/x" },
	{ "http://a\xe3\x80\x82"
	  "com/",
	  false, "http://a.com/" },
	{ "http://\xe9.com/", false, "http://xn--9ca.com/" },
	{ "http://a\x01"
	  "b.com/",
	  false, "http://ab.com/" },
	{ "http://user:pw@a.com/x", false, "" },
	{ "http://u@v@a.com/x", false, "http://a.com/x" },
	{ "http://a@/", false, "http:/// | http://www.a@.com/" },
	{ "http://a.com./", false, "http://a.com/" },
	{ "http://a.com!!!/x", false, "http://a.com/x" },
	{ "http://127.0.0.1/x", false, "http://127...1/x" },
	{ "http://0177.0x1.010.0/", false, "http://127.1.8./" },
	{ "http://0x7f000001/", false, "http://127.0.0.1/" },
	{ "http://2130706433/", false, "http://127.0.0.1/" },
	{ "http://9999999999/", false, "http://37.64.190.63/" },
	{ "http://99999999999999999999999999/", false, "http://255.255.255.255/" },
	{ "http://0x1234567890/", false, "http://52.86.120.144/" },
	{ "http://08.09.1.2/", false, "http://8.9.1.2/" },
	{ "http://1.2.3/", false, "" },
	{ "http://foo/", false, "http://www.foo.com/" },
	{ "http://foo:80/x", false, "http://foo/x | http://www.foo.com:80/x" },
	{ "http://foo:81/x", false, "" },
	{ "https://foo/", false, "" },
	{ "http://u@foo/", false, "" },
	{ "http://localhost/", false, "" },
	{ "http://Localhost/", false, "" },
	{ "http://www.foo/", false, "http://www.foo.com/" },
	{ "http://www/", false, "http://www.www.com/" },
	{ "http://!!!/", false, "http:/// | http://www.!!!.com/" },
	{ "HTTP://foo/", false, "" },
	{ "http://a.com/http://b.com/x&y", false, "http://b.com/x" },
	{ "http://a.com/?u=http:b.com#f", false, "http://b.com | http:b.com" },
	{ "http://a.com/x?https://b.net&http://c.com", false, "https://b.net" },
	{ "http://a.com/http://nodot", false, "" },
	{ "http://a.com/http:&http://b.com", false, "http://b.com" },
	{ "http://a.com/http://b.com/http://c.com/", false,
	  "http://b.com/http://c.com/ | http://c.com/" },
	{ "javascript:foo()", false, "" },
	{ "data:text/html,x", false, "" },
	{ "tel:123", false, "" },
	{ "http://[::1]/", false, "http://::1]/ | http://www.[.com::1]/" },
	{ "http://", false, "" },
	{ "http:///", false, "" },
	{ "http://m\xc3\xbcnchen.de/\xc3\xbc%41", true, "http://m%fcnchen.de/%fcA" },
	{ "http://\xe6\x97\xa5\xe6\x9c\xac.com/%41\xe6\x97\xa5\xc3\xa9", true,
	  "http://xn--wgv71a.com/A\xe6\x97\xa5%e9 | "
	  "http://\xe6\x97\xa5\xe6\x9c\xac.com/A\xe6\x97\xa5%e9" },
	{ "http://a.com/%zz", false, "" },
	{ "http://xn--p1ai/", false, "http://www.xn--p1ai.com/" },
	{ "http://a.us", false, "" },
};

static const struct {
	const char *in;
	bool chars;
	const char *want;
} decoded[] = {
	{ "abc", false, "abc" },
	{ "%41%42", false, "AB" },
	{ "%2f%25%20%7f%c3%00", false, "/%%20%7f%c3%00" },
	{ "\xc3\xa9%41", false, "%c3%a9A" },
	{ "\"%zz\"<>%", false, "%22%25zz%22%3c%3e%25" },
	{ "\xc3\xa9\xe6\x97\xa5%41", true,
	  "%e9\xe6\x97\xa5"
	  "A" },
	{ "a b", false, "a%20b" },
	{ "%2541", false, "%41" },
};

static int by_bytes(const void *x, const void *y)
{
	const struct text *a = x, *b = y;

	return str_cmp(a->s, b->s);
}

static void check(const struct uri_list *l, struct text uri, const char *want)
{
	struct vec out;
	struct strbuf line;
	bool self = false, first = true;

	vec_init(&out, l->arena, sizeof(struct text), 0);
	assert_true(uri_canonicalise(l, uri, &out));
	qsort(out.data, out.n, sizeof(struct text), by_bytes);
	strbuf_init(&line, 0);
	VEC_EACH (&out, struct text, it)
		self = self || text_eq(*it, uri);
	if (!self)
		strbuf_add_c(&line, "-");
	first = self;
	VEC_EACH (&out, struct text, it) {
		if (text_eq(*it, uri))
			continue;
		if (!first)
			strbuf_add_c(&line, " | ");
		first = false;
		strbuf_add(&line, it->s);
	}
	strbuf_add_byte(&line, '\0');
	assert_string_equal(strbuf_str(&line).p, want);
	strbuf_done(&line);
}

static void test_variants(void **state)
{
	(void)state;
	for (size_t i = 0; i < ELEMENTS(cases); i++) {
		struct arena *a = arena_new();
		struct uri_list l;

		uri_list_init(&l, a, tld_test_table(a), NULL);
		check(&l, (struct text){ str_of(cases[i].in), cases[i].chars }, cases[i].want);
		arena_free(a);
	}
}

static void test_decode(void **state)
{
	struct arena *a = arena_new();

	(void)state;
	for (size_t i = 0; i < ELEMENTS(decoded); i++) {
		struct text t =
		    uri_decode((struct text){ str_of(decoded[i].in), decoded[i].chars }, a);

		assert_string_equal(str_cstr(a, t.s), decoded[i].want);
	}
	arena_free(a);
}

/* A URI inside a URI, hundreds of times: the budget pays, and its end is told. */
static void test_nesting_is_charged(void **state)
{
	struct arena *a = arena_new();
	struct strbuf in;
	struct budget b;
	struct uri_list l;
	struct vec out;

	(void)state;
	strbuf_init(&in, 0);
	while (in.n < URI_MAX_LENGTH)
		strbuf_add_c(&in, "http://a.com/");
	budget_init(&b, 100000, 10, 10, 1000000);
	uri_list_init(&l, a, tld_test_table(a), &b);
	vec_init(&out, a, sizeof(struct text), 0);
	assert_false(uri_canonicalise(&l, (struct text){ strbuf_str(&in), false }, &out));
	assert_true(out.n > 5);
	assert_true(budget_is_over(&b, BUDGET_BYTES));
	strbuf_done(&in);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_variants),
		cmocka_unit_test(test_decode),
		cmocka_unit_test(test_nesting_is_charged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
