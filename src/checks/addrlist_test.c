/* SPDX-License-Identifier: BSD-2-Clause */
/* Address lists: wildcards, case, removal; and what a hostile pattern or address costs. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "checks/addrlist.h"

#include "core/arena.h"
#include "core/budget.h"

static void test_glob(void **state)
{
	static const struct {
		const char *pattern, *text;
		bool want;
	} rows[] = {
		{ "", "", true },
		{ "", "a", false },
		{ "*", "", true },
		{ "a", "a", true },
		{ "a", "ab", false },
		{ "?", "a", true },
		{ "?", "", false },
		{ "*@b.com", "x.y@b.com", true },
		{ "*@b.com", "x@c@b.com", true },
		{ "*@b.com", "x@b.comm", false },
		{ "*a*b*", "xxaxxbxx", true },
		{ "*a*b*", "xxbxxaxx", false },
		{ "a?c", "abc", true },
		{ "**a", "ba", true },
		{ "a.c", "abc", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(glob_matches(str_of(rows[i].pattern), str_of(rows[i].text), NULL),
				 rows[i].want);
}

static void test_list(void **state)
{
	struct arena *a = arena_new();
	struct addrlist l;
	size_t at = 0;

	(void)state;
	addrlist_init(&l, a);
	assert_true(addrlist_is_empty(&l));
	assert_false(addrlist_add_words(&l, STR("  ")));
	assert_true(addrlist_add_words(&l, STR("Joe@X.com  *@Y.com (x\\y")));
	assert_true(addrlist_has(&l, STR("joe@x.com"), NULL));
	assert_true(addrlist_has(&l, STR("any@y.com"), NULL));
	assert_true(addrlist_has(&l, STR("_x_y"), NULL));
	assert_false(addrlist_has(&l, STR("joe@z.com"), NULL));
	*addrlist_add(&l, STR("*@Y.COM")) = &l;
	assert_ptr_equal(*addrlist_next(&l, STR("any@y.com"), &at, NULL), &l);
	assert_null(addrlist_next(&l, STR("any@y.com"), &at, NULL));
	addrlist_remove(&l, STR("any@y.com"));
	assert_true(addrlist_has(&l, STR("any@y.com"), NULL));
	assert_true(addrlist_remove_words(&l, STR("*@y.com joe@x.com")));
	assert_false(addrlist_has(&l, STR("any@y.com"), NULL));
	assert_false(addrlist_has(&l, STR("joe@x.com"), NULL));
	a = arena_free(a);
}

/* What tells that no entry ends so must not tell it of one that does. */
static void test_ends(void **state)
{
	struct arena *a = arena_new();
	struct addrlist l;

	(void)state;
	addrlist_init(&l, a);
	addrlist_add_words(&l, STR("*@mail.example.org *@example.net"));
	assert_true(addrlist_has(&l, STR("x@mail.example.org"), NULL));
	assert_true(addrlist_has(&l, STR("x@example.net"), NULL));
	assert_false(addrlist_has(&l, STR("x@mail.example.com"), NULL));
	assert_false(addrlist_has(&l, STR("x@a.de"), NULL));
	assert_false(addrlist_has(&l, STR("x"), NULL));
	assert_false(addrlist_has(&l, STR(""), NULL));
	addrlist_add_words(&l, STR("list-* *.de"));
	assert_true(addrlist_has(&l, STR("list-x"), NULL));
	assert_true(addrlist_has(&l, STR("x@a.de"), NULL));
	assert_false(addrlist_has(&l, STR("x@mail.example.com"), NULL));
	arena_free(a);
}

static void test_budget(void **state)
{
	struct budget b;
	char text[4000];

	(void)state;
	memset(text, 'a', sizeof(text));
	budget_init(&b, 0, 0, 0, 1000);
	assert_false(glob_matches(STR("*a*a*a*b"), str_make(text, sizeof(text)), &b));
	assert_true(budget_is_over(&b, BUDGET_STEPS));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_glob),
		cmocka_unit_test(test_list),
		cmocka_unit_test(test_ends),
		cmocka_unit_test(test_budget),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
