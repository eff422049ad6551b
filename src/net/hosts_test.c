/* SPDX-License-Identifier: BSD-2-Clause */
/* Host names: looked up now and beside the loop, again by age and after a failure; what fails takes nothing away. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/xalloc.h"
#include "net/hosts.h"
#include "net/loop.h"

static size_t wait_for(struct loop *l, struct hosts *h, const char *name)
{
	const struct net_addr *addrs;
	size_t n = 0;

	for (int i = 0; i < 500 && !(n = hosts_get(h, str_of(name), &addrs)); i++)
		loop_run_for(l, 10);
	return n;
}

static void test_beside_the_loop(void **state)
{
	const struct hosts_opts opts = { .pause_ms = 1 };
	const struct net_addr *addrs;
	struct loop *l = loop_new(NULL);
	struct hosts *h = hosts_new(l, &opts);
	size_t n;

	(void)state;
	assert_int_equal(hosts_get(h, STR("localhost"), &addrs), 0); /* never inside the call */
	assert_true(wait_for(l, h, "localhost") > 0);
	n = hosts_get(h, STR("LOCALHOST"), &addrs);
	assert_true(n > 0);
	for (size_t i = 0; i < n; i++)
		assert_true(net_addr_is_loopback(&addrs[i]) && !addrs[i].port);
	hosts_failed(h, STR("localhost"));
	assert_int_equal(hosts_get(h, STR("localhost"), &addrs), n); /* the old ones meanwhile */
	hosts_free(h);                                               /* with a lookup on its way */
	loop_free(l);
}

static void test_now(void **state)
{
	const struct hosts_opts opts = { 0 };
	const struct net_addr *addrs;
	struct loop *l = loop_new(NULL);
	struct hosts *h = hosts_new(l, &opts);

	(void)state;
	assert_true(hosts_look_up_now(h, STR("localhost")));
	assert_true(hosts_get(h, STR("localhost"), &addrs) > 0);
	assert_false(hosts_look_up_now(h, STR("no-such-host.invalid")));
	assert_int_equal(hosts_get(h, STR("no-such-host.invalid"), &addrs), 0);
	hosts_free(h);
	loop_free(l);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_beside_the_loop),
					    cmocka_unit_test(test_now) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
