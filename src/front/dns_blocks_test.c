/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/xalloc.h"
#include "front/dns_blocks.h"

#include <stdio.h>
#include <string.h>

static void test_names(void **state)
{
	static const struct {
		const char *name;
		bool want;
	} rows[] = {
		{ "list.test", true },        { "2.0.0.127.list.test", true },
		{ "a.LIST.Test", true },      { "a.list.test.", true },
		{ "blacklist.test", false },  { "test", false },
		{ "list.test.other", false }, { "", false },
		{ ".list.test", true },       { "x.other.test", true },
	};
	static struct dns_blocks b;

	(void)state;
	assert_true(dns_blocks_add(&b, STR("List.test."), 10, 1000));
	assert_true(dns_blocks_add(&b, STR("other.test"), 10, 1000));
	for (size_t i = 0; i < ELEMENTS(rows); i++)
		if (dns_blocks_has(&b, str_of(rows[i].name), 1000) != rows[i].want)
			fail_msg("\"%s\"", rows[i].name);
}

static void test_time(void **state)
{
	static struct dns_blocks b;

	(void)state;
	assert_true(dns_blocks_add(&b, STR("a.test"), 10, 0));
	assert_true(dns_blocks_has(&b, STR("a.test"), 9999));
	assert_false(dns_blocks_has(&b, STR("a.test"), 10000));
	/* Again while it is blocked: nothing new, but the time begins anew. */
	assert_false(dns_blocks_add(&b, STR("a.test"), 10, 5000));
	assert_true(dns_blocks_has(&b, STR("a.test"), 14999));
	assert_true(dns_blocks_add(&b, STR("a.test"), 10, 20000));
	assert_int_equal(b.n, 1);
	/* Nobody blocks a list for ever. */
	assert_true(dns_blocks_add(&b, STR("b.test"), UINT32_MAX, 0));
	assert_true(dns_blocks_has(&b, STR("b.test"), DNS_BLOCK_MAX_S * 1000LL - 1));
	assert_false(dns_blocks_has(&b, STR("b.test"), DNS_BLOCK_MAX_S * 1000LL));
}

static void test_bounds(void **state)
{
	static struct dns_blocks b;
	char name[300];

	(void)state;
	assert_false(dns_blocks_add(&b, STR(""), 10, 0));
	assert_false(dns_blocks_add(&b, STR("."), 10, 0));
	assert_false(dns_blocks_add(&b, STR("a..b"), 10, 0));
	memset(name, 'a', sizeof(name));
	assert_false(dns_blocks_add(&b, str_make(name, sizeof(name)), 10, 0));
	for (int i = 0; i < DNS_BLOCKS_MAX; i++) {
		snprintf(name, sizeof(name), "z%d.test", i);
		assert_true(dns_blocks_add(&b, str_of(name), 10, i));
	}
	assert_false(dns_blocks_add(&b, STR("more.test"), 10, 0));
	assert_true(dns_blocks_has(&b, STR("z0.test"), 9999));
	/* The first one's time is over: its place is free. */
	assert_true(dns_blocks_add(&b, STR("more.test"), 10, 10000));
	assert_false(dns_blocks_has(&b, STR("z0.test"), 10000));
	assert_true(dns_blocks_has(&b, STR("more.test"), 10001));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_time),
		cmocka_unit_test(test_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
