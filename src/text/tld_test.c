/* SPDX-License-Identifier: BSD-2-Clause */
/* Registry boundaries; expectations are SpamAssassin 4.0.1's with the same small table. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "core/arena.h"
#include "core/xalloc.h"
#include "text/tld_test.h"

static const struct {
	const char *in, *host, *domain;
	bool valid;
} names[] = {
	{ "www.foo.com", "www", "foo.com", true },
	{ "www.foo.co.uk", "www", "foo.co.uk", true },
	{ "foo.co.uk", "", "foo.co.uk", true },
	{ "co.uk", "", "co.uk", true },
	{ "uk", "", "uk", false },
	{ "www..foo.com", "www", "foo.com", true },
	{ ".foo.com.", "", "foo.com", false },
	{ "a.b.blogspot.com", "a", "b.blogspot.com", true },
	{ "blogspot.com", "", "blogspot.com", true },
	{ "x.demon.co.uk", "", "x.demon.co.uk", true },
	{ "demon.co.uk", "", "demon.co.uk", true },
	{ "a.x.demon.co.uk", "a", "x.demon.co.uk", true },
	{ "ci.la.ca.us", "", "ci.la.ca.us", true },
	{ "x.ci.la.ca.us", "", "x.ci.la.ca.us", true },
	{ "x.y.ci.la.ca.us", "x", "y.ci.la.ca.us", true },
	{ "la.ca.us", "", "la.ca.us", true },
	{ "ca.us", "", "ca.us", true },
	{ "x.pvt.k12.ca.us", "", "x.pvt.k12.ca.us", true },
	{ "pvt.k12.ca.us", "", "pvt.k12.ca.us", true },
	{ "a.b.zz.us", "a.b", "zz.us", true },
	{ "a.fed.us", "", "a.fed.us", true },
	{ "WWW.Foo.COM", "www", "foo.com", true },
	{ "foo.com.", "", "foo.com", false },
	{ "a b.com", "", "a b.com", false },
	{ "nosuch", "", "nosuch", false },
	{ "", "", "", false },
	{ "...", "", "", false },
	{ "com", "", "com", false },
};

static const struct {
	const char *in, *domain, *host; /* NULL: there is none */
} uris[] = {
	{ "http://www.example.com/x", "example.com", "www.example.com" },
	{ "http://a.b.co.uk:80/", "b.co.uk", "a.b.co.uk" },
	{ "http://co.uk/", "co.uk", "co.uk" },
	{ "http://www.x.blogspot.com?y", "x.blogspot.com", "www.x.blogspot.com" },
	{ "http://example.com", "example.com", "example.com" },
	{ "http://example.com./", NULL, NULL },
	{ "http://example.nosuch/", NULL, NULL },
	{ "http://1.2.3.4/", "1.2.3.4", "1.2.3.4" },
	{ "http://256.2.3.4/", NULL, NULL },
	{ "http://01.2.3.4/", NULL, NULL },
	{ "http://[::1]/", NULL, NULL },
	{ "http://::1/", NULL, NULL },
	{ "http://u:p@example.com:8/", "example.com", "example.com" },
	{ "http://a@b@example.com/", "example.com", "example.com" },
	{ "mailto:x@example.com", "example.com", "example.com" },
	{ "mailto:x@example.com?y@z", "example.com", "example.com" },
	{ "mailto:x@y@example.com", NULL, NULL },
	{ "mailto:example.com", NULL, NULL },
	{ "MAILTO:X@EXAMPLE.COM", "example.com", "example.com" },
	{ "javascript:x.com", NULL, NULL },
	{ "cid:x@example.com", NULL, NULL },
	{ "FILE:///x.com", NULL, NULL },
	{ "http://ex%41mple.com/", NULL, NULL },
	{ "http://ex%20mple.com/", NULL, NULL },
	{ "http://a_b.com/", NULL, NULL },
	{ "http://a_b.x.com/", "x.com", "a_b.x.com" },
	{ "http://-a.com/", NULL, NULL },
	{ "http://a-.com/", NULL, NULL },
	{ "http://\xd0\xbf.\xd1\x80\xd1\x84/", "xn--o1a.xn--p1ai", "xn--o1a.xn--p1ai" },
	{ "http://\xe9.com/", "xn--9ca.com", "xn--9ca.com" },
	{ "http://a..com/", NULL, NULL },
	{ "example.com", "example.com", "example.com" },
	{ "foo:example.com", "example.com", "example.com" },
	{ "foo:bar:example.com", NULL, NULL },
	{ "domainkeys:mail.example.com", "example.com", "mail.example.com" },
	{ "http://example.com&x/", NULL, NULL },
	{ "http://x.demon.co.uk/", "x.demon.co.uk", "x.demon.co.uk" },
	{ "http://a.x.demon.co.uk/", "x.demon.co.uk", "a.x.demon.co.uk" },
	{ "http://a.fed.us/", "a.fed.us", "a.fed.us" },
	{ "http://x.la.ca.us/", "x.la.ca.us", "x.la.ca.us" },
	{ "http://ci.la.ca.us/", "ci.la.ca.us", "ci.la.ca.us" },
	{ "http://x.ci.la.ca.us/", "x.ci.la.ca.us", "x.ci.la.ca.us" },
	{ "http://a.b.pvt.k12.ca.us/", "b.pvt.k12.ca.us", "a.b.pvt.k12.ca.us" },
	{ "http://a.b.zz.us/", "zz.us", "a.b.zz.us" },
	{ "http://1.2.3.4.com/", "4.com", "1.2.3.4.com" },
	{ "http://example.com:/", "example.com", "example.com" },
	{ "http://example.com:80a/", NULL, NULL },
};

static void test_split(void **state)
{
	struct arena *a = arena_new();
	const struct tld_table *t = tld_test_table(a);

	(void)state;
	for (size_t i = 0; i < ELEMENTS(names); i++) {
		struct str in = str_of(names[i].in), host, domain;

		tld_split_domain(t, in, a, &host, &domain);
		assert_string_equal(str_cstr(a, host), names[i].host);
		assert_string_equal(str_cstr(a, domain), names[i].domain);
		assert_true(str_eq(tld_trim_domain(t, in, a), domain));
		assert_int_equal(tld_is_domain_valid(t, in, a), names[i].valid);
	}
	arena_free(a);
}

static void test_uris(void **state)
{
	struct arena *a = arena_new();
	const struct tld_table *t = tld_test_table(a);

	(void)state;
	for (size_t i = 0; i < ELEMENTS(uris); i++) {
		struct str domain, host;
		bool found = tld_uri_to_domain(t, str_of(uris[i].in), a, &domain, &host);

		if (found != (uris[i].domain != NULL))
			print_error("%s\n", uris[i].in);
		assert_int_equal(found, uris[i].domain != NULL);
		if (!found)
			continue;
		assert_string_equal(str_cstr(a, domain), uris[i].domain);
		assert_string_equal(str_cstr(a, host), uris[i].host);
	}
	arena_free(a);
}

static void test_table(void **state)
{
	struct arena *a = arena_new();
	struct tld_table *t = tld_table_new(a);

	(void)state;
	assert_true(tld_table_add(t, STR("COM"), 1));
	assert_true(tld_table_add(t, STR("\xd1\x80\xd1\x84"), 1));
	assert_true(tld_table_has(t, STR("com"), 1));
	assert_true(tld_table_has(t, STR("xn--p1ai"), 1));
	assert_false(tld_table_add(t, STR("co.uk"), 1));
	assert_false(tld_table_add(t, STR("co.uk"), 3));
	assert_false(tld_table_add(t, STR(".uk"), 2));
	assert_false(tld_table_add(t, STR("a b"), 1));
	assert_false(tld_table_add(t, STR(""), 1));
	assert_false(tld_table_add(t, STR("a.b.c.d"), 4));
	assert_false(tld_table_has(NULL, STR("com"), 1));
	tld_table_clear(t);
	assert_false(tld_table_has(t, STR("com"), 1));
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_split),
		cmocka_unit_test(test_uris),
		cmocka_unit_test(test_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
