/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "core/arena.h"
#include "core/xalloc.h"
#include "text/tld_test.h"
#include "text/uri.h"

static struct text plain(const char *s)
{
	return (struct text){ str_of(s), false };
}

static void test_merge(void **state)
{
	struct arena *a = arena_new();
	struct uri_list l;
	struct uri *u;

	(void)state;
	uri_list_init(&l, a, tld_test_table(a), NULL);
	u = uri_list_add(&l, plain("http://www.example.com:80/"), URI_A, false);
	assert_non_null(u);
	assert_ptr_equal(uri_list_add(&l, plain("http://www.example.com:80/"), URI_IMG, false), u);
	assert_ptr_equal(uri_list_get(&l, plain("http://www.example.com:80/")), u);
	assert_null(uri_list_get(&l, plain("http://www.example.com/")));
	assert_int_equal(u->types, URI_A | URI_IMG);
	assert_int_equal(u->cleaned.n, 2);
	assert_int_equal(u->hosts.n, 1);
	assert_int_equal(u->domains.n, 1);
	assert_true(str_eq(VEC_AT(&u->hosts, struct uri_host, 0)->host, STR("www.example.com")));
	assert_true(str_eq(*VEC_AT(&u->domains, struct str, 0), STR("example.com")));
	/* Its second form comes on its own as well: in the rules' list it stands once. */
	assert_non_null(uri_list_add(&l, plain("http://www.example.com/"), 0, false));
	assert_int_equal(l.uris.n, 2);
	assert_int_equal(l.cleaned.n, 2);
	arena_free(a);
}

static void test_needs_domain(void **state)
{
	struct arena *a = arena_new();
	struct uri_list l;

	(void)state;
	uri_list_init(&l, a, tld_test_table(a), NULL);
	assert_null(uri_list_add(&l, plain("http://example.nosuch/"), 0, true));
	assert_int_equal(l.uris.n + l.cleaned.n, 0);
	assert_non_null(uri_list_add(&l, plain("#frag"), URI_A, false));
	assert_non_null(uri_list_add(&l, plain("http://1.2.3.4/"), 0, true));
	arena_free(a);
}

static void test_signature_domains(void **state)
{
	struct arena *a = arena_new();
	struct uri_list l;
	struct uri *u;

	(void)state;
	uri_list_init(&l, a, tld_test_table(a), NULL);
	u = uri_list_add(&l, plain("domainkeys:mail.example.com"),
			 URI_DOMAINKEYS | URI_NOCANON | URI_NOCLEAN, true);
	assert_non_null(u);
	assert_false(u->has_cleaned);
	assert_int_equal(u->hosts.n, 1);
	assert_int_equal(l.cleaned.n, 0);
	arena_free(a);
}

static void test_bytes_and_characters_are_one_key(void **state)
{
	struct arena *a = arena_new();
	struct uri_list l;
	struct uri *u;

	(void)state;
	uri_list_init(&l, a, tld_test_table(a), NULL);
	u = uri_list_add(&l, plain("http://a.com/\xe9"), URI_A, false);
	assert_ptr_equal(
	    uri_list_add(&l, (struct text){ STR("http://a.com/\xc3\xa9"), true }, URI_A, false), u);
	assert_ptr_not_equal(uri_list_add(&l, plain("http://a.com/\xc3\xa9"), URI_A, false), u);
	arena_free(a);
}

static void test_long(void **state)
{
	struct arena *a = arena_new();
	struct uri_list l;
	struct uri *u;
	char *s = arena_alloc(a, 9000);

	(void)state;
	memset(s, 'x', 9000);
	memcpy(s, "http://a.com/", 13);
	uri_list_init(&l, a, tld_test_table(a), NULL);
	u = uri_list_add(&l, (struct text){ str_make(s, 9000), false }, URI_A, false);
	assert_true(l.truncated);
	assert_int_equal(VEC_AT(&u->cleaned, struct text, 0)->s.n, URI_MAX_LENGTH);
	assert_int_equal(u->raw.s.n, 9000);
	arena_free(a);
}

static void test_type_names(void **state)
{
	(void)state;
	for (unsigned i = 0; i < URI_TYPE_COUNT; i++)
		assert_int_equal(uri_type_of(str_of(uri_type_name(i))), 1u << i);
	assert_int_equal(uri_type_of(STR("nosuch")), 0);
	assert_string_equal(uri_type_name(0), "a");
	assert_string_equal(uri_type_name(19), "domainkeys");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_merge),
		cmocka_unit_test(test_needs_domain),
		cmocka_unit_test(test_signature_domains),
		cmocka_unit_test(test_bytes_and_characters_are_one_key),
		cmocka_unit_test(test_long),
		cmocka_unit_test(test_type_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
