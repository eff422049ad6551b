/* SPDX-License-Identifier: BSD-2-Clause */
/* Redirectors, and limits of odd hosts; the table of variants is in uri_canon_test.c. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "core/arena.h"
#include "text/tld_test.h"
#include "text/uri.h"

/* What follows "to=". */
static bool redirect(const void *ctx, struct str uri, struct arena *a, struct str *ret)
{
	size_t at = str_find(uri, STR("to="));

	(void)ctx;
	(void)a;
	if (at != STR_NPOS)
		*ret = str_from(uri, at + 3);
	return at != STR_NPOS;
}

static bool has_variant(const struct uri_list *l, struct str uri, const char *variant)
{
	struct vec out;

	vec_init(&out, l->arena, sizeof(struct text), 0);
	assert_true(uri_canonicalise(l, (struct text){ uri, false }, &out));
	VEC_EACH (&out, struct text, it)
		if (str_eq(it->s, str_of(variant)))
			return true;
	return false;
}

static void test_redirector_patterns(void **state)
{
	struct arena *a = arena_new();
	struct uri_list l;

	(void)state;
	uri_list_init(&l, a, tld_test_table(a), NULL);
	l.redirect = redirect;
	assert_true(
	    has_variant(&l, STR("http://r.com/?to=b.com/http://c.com/"), "b.com/http://c.com/"));
	assert_true(has_variant(&l, STR("http://r.com/?to=b.com/http://c.com/"), "http://c.com/"));
	/* No pattern fits: any http: in the rest is the target. */
	assert_true(has_variant(&l, STR("http://r.com/?at=http://c.com/"), "http://c.com/"));
	/* A pattern has fitted: it is not. */
	assert_false(has_variant(&l, STR("http://r.com/?http://c.com/&to=b.com"), "http://c.com/"));
	arena_free(a);
}

static void test_odd_numbers(void **state)
{
	struct arena *a = arena_new();
	struct uri_list l;

	(void)state;
	uri_list_init(&l, a, tld_test_table(a), NULL);
	assert_true(has_variant(&l,
				STR("http://89.0x00000000000000000000068."
				    "0000000000000000000000160.0x00000000000011/"),
				"http://89.104.112.17/"));
	assert_false(has_variant(&l, STR("http://1.2.3.04123456789012345678901/"),
				 "http://1.2.3.4123456789012345678901/"));
	assert_true(has_variant(&l, STR("http://0xffffffff7f000001/"), "http://127.0.0.1/"));
	assert_true(has_variant(&l, STR("http://4294967295/"), "http://255.255.255.255/"));
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_redirector_patterns),
		cmocka_unit_test(test_odd_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
