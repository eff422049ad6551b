/* SPDX-License-Identifier: BSD-2-Clause */
/* URIs in text; expectations are SpamAssassin 4.0.1's with the same small table of TLDs. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "core/arena.h"
#include "core/strbuf.h"
#include "text/tld_test.h"
#include "text/uri_text.h"

#include <stdlib.h>

/* want: "[uri] types" sorted, without the type "parsed" that all have. */
static const struct {
	const char *in, *want;
} cases[] = {
	{ "see http://example.com/x now", "[http://example.com/x]" },
	{ "http://example.com.", "[http://example.com]" },
	{ "(http://example.com/foo)", "[http://example.com/foo]" },
	{ "http://example.com/foo(bar)", "[http://example.com/foo(bar]" },
	{ "http://example.com/x)y)z", "[http://example.com/x)y]" },
	{ "http://example.com/~ ", "[http://example.com/]" },
	{ "<www.example.com> www1.example.com, www12.example.com www123.example.com",
	  "[http://www.example.com] schemeless [http://www1.example.com] schemeless "
	  "[http://www12.example.com] schemeless [http://www123.example.com] schemeless unlinked" },
	{ "ftp.example.com ftp://a.com/x", "[ftp://a.com/x] [ftp://ftp.example.com] schemeless" },
	{ "12:30 a:b ... 1.50 x.\"y mailtO:joe@example.com", "[mailtO:joe@example.com]" },
	{ "WWW.example.com/ ftp./x www./x www1.-x http:x://y",
	  "[http://WWW.example.com/] schemeless" },
	{ "joe@example.com", "[mailto:joe@example.com] schemeless" },
	{ "mailto:joe@example.com?subject=a", "[mailto:joe@example.com?subject=a]" },
	{ "mailto:joe%40example.com", "" },
	{ "joe%40example.com", "" },
	{ "joe@example.com/foo a@b@c.com", "" },
	{ "\"joe@example.com\" (joe@example.com)", "[mailto:joe@example.com] schemeless" },
	{ "skype:joe@example.com e-mail:x@a.com ::y@a.com",
	  "[mailto:joe@example.com] schemeless [mailto:x@a.com] schemeless [mailto:y@a.com] "
	  "schemeless" },
	{ "cid:image001.png@example.com mid:x@example.com", "" },
	{ "example.com", "[http://example.com] schemeless unlinked" },
	{ "example.com, x", "" },
	{ "(example.com)", "" },
	{ "example.com! example.net? example.org; example.info:", "" },
	{ "example.com. x", "[http://example.com] schemeless unlinked" },
	{ "\"example.net\" <example.info>",
	  "[http://example.info] schemeless unlinked [http://example.net] schemeless unlinked" },
	{ "-example.com _x.example.com .example.com", "" },
	{ "a-b.example.com a_b.example.com a_b.com",
	  "[http://a-b.example.com] schemeless unlinked [http://a_b.example.com] schemeless "
	  "unlinked" },
	{ "example.com:80 example.com:80/x example.com:123456/",
	  "[http://example.com:80] schemeless unlinked [http://example.com:80/x] schemeless "
	  "unlinked" },
	{ "example.com/ x", "" },
	{ "example.com/x", "[http://example.com/x] schemeless unlinked" },
	{ "example.nosuch", "" },
	{ "1.2.3.4 http://1.2.3.4/ http://1.2.3/", "[http://1.2.3.4/]" },
	{ "hxxp://example.com foo:example.com https:example.com http:/example.com",
	  "[http://example.com] schemeless unlinked" },
	{ "http://a_b.com/ http://example.com&x/ http://[::1]/", "" },
	{ "http://example.com/\xc3\xa0/x http://example.com/\xc3\xa9/x",
	  "[http://example.com/\xc3] [http://example.com/\xc3\xa9/x]" },
	{ "\xc3\xa9joe@example.com joe@\xc3\xa9.com", "[mailto:joe@example.com] schemeless" },
	{ "\x1b(Bhttp://example.com/ xhttp://example.net/", "[http://example.com/]" },
	{ "http:// https:// mailto: ftp.", "" },
	{ "http://example.com http://example.com", "[http://example.com]" },
	{ "HTTP://EXAMPLE.COM/ WWW.Example.Com",
	  "[HTTP://EXAMPLE.COM/] [http://WWW.Example.Com] schemeless" },
	{ "a.com/x@y b/c@d.com foo/@a.com", "[http://a.com/x@y] schemeless [http://b/c@d.com] "
					    "schemeless [mailto:foo/@a.com] schemeless" },
	{ "x@y x@y. x@.com Vi@gra x&nbsp;@a.com", "" },
	{ "mailto:x@a.com%20%20 mailto:%41%40a.com", "[mailto:x@a.com%20%20]" },
	{ "foo@bar.com&x.com foo@bar.com?x",
	  "[mailto:foo@bar.com&x.com] schemeless [mailto:foo@bar.com?x] schemeless" },
	{ "example..com example.com.. a.b.c.co.uk", "[http://a.b.c.co.uk] schemeless unlinked" },
	{ "$example.com #example.com =example.com %example.com",
	  "[http://example.com] schemeless unlinked" },
	{ "http://a.com|http://b.com{http://c.com}http://d.com[http://e.com]",
	  "[http://a.com] [http://b.com] [http://c.com] [http://d.com] [http://e.com]" },
	{ "http://a.com'http://b.com,http://c.com", "[http://a.com'http://b.com,http://c.com]" },
};

static int by_bytes(const void *x, const void *y)
{
	const struct uri *const *a = x, *const *b = y;

	return str_cmp((*a)->raw.s, (*b)->raw.s);
}

static void test_cases(void **state)
{
	(void)state;
	for (size_t i = 0; i < ELEMENTS(cases); i++) {
		struct arena *a = arena_new();
		struct uri_list l;
		struct uri_text u;
		struct strbuf out;

		uri_list_init(&l, a, tld_test_table(a), NULL);
		uri_text_init(&u, &l);
		uri_text_scan(&u, str_of(cases[i].in));
		if (l.uris.n)
			qsort(l.uris.data, l.uris.n, sizeof(struct uri *), by_bytes);
		strbuf_init(&out, 0);
		URI_LIST_EACH(&l, it)
		{
			assert_true(it->types & URI_PARSED);
			if (out.n)
				strbuf_add_c(&out, " ");
			strbuf_add_c(&out, "[");
			strbuf_add(&out, it->raw.s);
			strbuf_add_c(&out, "]");
			if (it->types & URI_SCHEMELESS)
				strbuf_add_c(&out, " schemeless");
			if (it->types & URI_UNLINKED)
				strbuf_add_c(&out, " unlinked");
		}
		strbuf_add_byte(&out, '\0');
		assert_string_equal(strbuf_str(&out).p, cases[i].want);
		strbuf_done(&out);
		arena_free(a);
	}
}

/* 2,048 bytes behind the scheme, or behind a host name's slash, and no more. */
static void test_limits(void **state)
{
	static const struct {
		const char *head;
		size_t fill;
		unsigned types; /* 0: none is found */
	} limits[] = {
		{ "http://a.com/", 2042, URI_PARSED },
		/* Too long for that: the bare host name inside is found instead. */
		{ "http://a.com/", 2043, URI_PARSED | URI_SCHEMELESS | URI_UNLINKED },
		{ "a.com/", 2048, URI_PARSED | URI_SCHEMELESS | URI_UNLINKED },
		{ "a.com/", 2049, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ELEMENTS(limits); i++) {
		struct arena *a = arena_new();
		struct uri_list l;
		struct uri_text u;
		struct strbuf in;

		uri_list_init(&l, a, tld_test_table(a), NULL);
		uri_text_init(&u, &l);
		strbuf_init(&in, 0);
		strbuf_add_c(&in, limits[i].head);
		for (size_t k = 0; k < limits[i].fill; k++)
			strbuf_add_byte(&in, 'x');
		uri_text_scan(&u, strbuf_str(&in));
		assert_int_equal(l.uris.n, limits[i].types != 0);
		if (l.uris.n)
			assert_int_equal((*VEC_AT(&l.uris, struct uri *, 0))->types,
					 limits[i].types);
		strbuf_done(&in);
		arena_free(a);
	}
}

static void test_repetition_is_linear(void **state)
{
	static const char *const pieces[] = { "a",
					      "a.",
					      "@",
					      "a@",
					      "http://",
					      "www.",
					      " a",
					      "(",
					      "a-",
					      "mailto:",
					      ("\xa0"
					       "a.com"),
					      "x@y.com ",
					      ":" };

	(void)state;
	for (size_t i = 0; i < ELEMENTS(pieces); i++) {
		struct arena *a = arena_new();
		struct uri_list l;
		struct uri_text u;
		struct strbuf in;

		uri_list_init(&l, a, tld_test_table(a), NULL);
		uri_text_init(&u, &l);
		strbuf_init(&in, 0);
		for (int k = 0; k < 200000; k++)
			strbuf_add_c(&in, pieces[i]);
		uri_text_scan(&u, strbuf_str(&in));
		assert_true(l.uris.n <= 1);
		strbuf_done(&in);
		arena_free(a);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_repetition_is_linear),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
