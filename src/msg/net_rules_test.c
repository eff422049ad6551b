/* SPDX-License-Identifier: BSD-2-Clause */
/* Network sets: syntax, exclusion, order, overlap. */
#include "core/arena.h"
#include "core/xalloc.h"
#include "msg/relays.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

static const struct {
	const char *lines, *ip;
	bool want;
} rows[] = {
	{ "", "127.0.0.1", true },
	{ "", "::1", true },
	{ "", "10.0.0.1", false },
	{ "10/8", "10.255.1.2", true },
	{ "10.", "10.1.1.1", true },
	{ "10.1", "10.1.9.9", true },
	{ "10.1.2", "10.1.2.3", true },
	{ "10.1.2.", "10.1.3.3", false },
	{ "10.1.2.3", "10.1.2.3", true },
	{ "010.01.2.3", "10.1.2.3", true },
	{ "10.1.0.0/255.255.0.0", "10.1.255.255", true },
	{ "10.1.0.0/255.255.0.0", "10.2.0.1", false },
	{ "10.0.0.0/12", "10.15.0.1", true },
	{ "10.0.0.0/12", "10.16.0.1", false },
	{ "!10.1.2.3 10/8", "10.1.2.3", false },
	{ "!10.1.2.3 10/8", "10.1.2.4", true },
	{ "10/8 !10.1.2.3", "10.1.2.3", true },
	{ "10/8", "::ffff:10.1.2.3", true },
	{ "2001:db8::/32", "2001:db8:1::1", true },
	{ "[2001:db8::]/32", "2001:db9::1", false },
	{ "fe80::1%eth0", "fe80::1", true },
	{ "0/0", "8.8.8.8", true },
	{ "10/8", "", false },
	{ "10/8", "nonsense", false },
};

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < ELEMENTS(rows); i++) {
		struct arena *a = arena_new();
		struct net_rules *r = net_rules_new(a);
		net_rules_add(r, NET_TRUSTED, str_of(rows[i].lines), NULL);
		if (net_rules_contains(r, NET_TRUSTED, str_of(rows[i].ip)) != rows[i].want)
			fail_msg("'%s' '%s'", rows[i].lines, rows[i].ip);
		arena_free(a);
	}
}

static void test_errors(void **state)
{
	static const struct {
		const char *line, *want;
	} bad[] = {
		{ "1.2.3.400", "netset: illegal IP address given: '1.2.3.400'" },
		{ "1.2.3.4.5", "netset: illegal IPv4 address given: '1.2.3.4.5'" },
		{ "1.2.x", "netset: illegal IPv4 address given: '1.2.x'" },
		{ "1.2.3.4.", "netset: illegal IPv4 address given: '1.2.3.4.'" },
		{ "1.2.3.4/33", "netset: illegal IP address given: '1.2.3.4/33'" },
		{ "1.2.3.4/255.0.255.0",
		  "netset: illegal IP address given: '1.2.3.4/255.0.255.0'" },
		{ "localhost", "netset: illegal IP address given: 'localhost'" },
		{ "127.0.0.1", "netset: cannot include 127.0.0.1 as it has already been included" },
		{ "!127.1", "netset: cannot exclude !127.1 as it has already been included" },
		{ "x 10/8 y",
		  "netset: illegal IP address given: 'x'; netset: illegal IP address given: 'y'" },
	};

	(void)state;
	for (size_t i = 0; i < ELEMENTS(bad); i++) {
		struct arena *a = arena_new();
		struct err e = ERR_INIT;
		assert_int_equal(
		    net_rules_add(net_rules_new(a), NET_TRUSTED, str_of(bad[i].line), &e), -1);
		assert_string_equal(e.text, bad[i].want);
		arena_free(a);
	}
}

static void test_configured(void **state)
{
	struct arena *a = arena_new();
	struct net_rules *r = net_rules_new(a);

	(void)state;
	assert_false(net_rules_is_configured(r, NET_MSA));
	assert_false(net_rules_contains(r, NET_MSA, STR("127.0.0.1")));
	assert_int_equal(net_rules_add(r, NET_MSA, STR("10/8"), NULL), 0);
	assert_true(net_rules_is_configured(r, NET_MSA));
	assert_true(net_rules_contains(r, NET_MSA, STR("10.0.0.1")));
	net_rules_clear(r, NET_MSA);
	assert_false(net_rules_is_configured(r, NET_MSA));
	assert_false(net_rules_contains(r, NET_MSA, STR("10.0.0.1")));
	assert_false(net_rules_is_configured(NULL, NET_TRUSTED));
	arena_free(a);
}

static void test_restrict(void **state)
{
	struct arena *a = arena_new();
	struct net_rules *r = net_rules_new(a);
	struct str *dropped;

	(void)state;
	net_rules_add(r, NET_TRUSTED, STR("!1.1.1.1 1.1/16"), NULL);
	net_rules_add(r, NET_INTERNAL, STR("1.1.1.1 1.1.2.0/24 !4.3.2.1 1/8 2::1"), NULL);
	assert_int_equal(net_rules_restrict(r, NET_INTERNAL, NET_TRUSTED, a, &dropped), 3);
	assert_true(str_eq(dropped[0], STR("1.1.1.1")) && str_eq(dropped[1], STR("1/8")) &&
		    str_eq(dropped[2], STR("2::1")));
	assert_true(net_rules_contains(r, NET_INTERNAL, STR("1.1.2.9")));
	assert_true(net_rules_contains(r, NET_INTERNAL, STR("127.0.0.1")));
	assert_false(net_rules_contains(r, NET_INTERNAL, STR("1.1.1.1")));
	assert_false(net_rules_contains(r, NET_INTERNAL, STR("1.2.3.4")));
	assert_int_equal(net_rules_restrict(r, NET_INTERNAL, NET_TRUSTED, a, &dropped), 0);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_configured),
		cmocka_unit_test(test_restrict),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
