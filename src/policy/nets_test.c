/* SPDX-License-Identifier: BSD-2-Clause */
/* Tables of networks: what each form knows of an address, and what is told of bad entries. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "conf/conf.h"
#include "conf/source.h"
#include "core/arena.h"
#include "core/xalloc.h"
#include "net/addr.h"
#include "policy/nets.h"

static struct nets *make(struct arena *a, const char *table, struct conf **ret,
			 struct conf_diags *diags)
{
	struct str text = arena_printf(a,
				       "@mynetworks = qw( 10.0.0.0/8 !192.0.2.1 192.0.2.0/24 );"
				       "@client_ipaddr_policy = (%s, 'X');",
				       table);

	conf_diags_init(diags, a);
	*ret = conf_load_text(text, "t", conf_io_none(), diags);
	assert_int_equal(diags->errors, 0);
	return nets_new(a, *ret, conf_get_list(*ret, "client_ipaddr_policy")->items[0], diags);
}

static void test_tables(void **state)
{
	static const struct {
		const char *table, *addr;
		bool want;
	} rows[] = {
		{ "\\@mynetworks", "10.1.2.3", true },
		{ "\\@mynetworks", "192.0.2.7", true },
		{ "\\@mynetworks", "192.0.2.1", false },
		{ "\\@mynetworks", "198.51.100.1", false },
		{ "\\@mynetworks", "", false },
		{ "[qw( 0.0.0.0 )]", "", true },
		{ "[qw( 2001:db8::/32 )]", "2001:db8::1", true },
		{ "{ '192.0' => 1 }", "192.0.2.7", true },
		{ "{ '192.0' => 1, '192.0.2.7' => 0 }", "192.0.2.7", false },
		{ "{ '192.0.2.7' => 1 }", "192.0.2.8", false },
		{ "{ '2001:0db8:0000:0000:0000:0000:0000:0001' => 1 }", "2001:db8::1", true },
		{ "1", "198.51.100.1", true },
		{ "0", "198.51.100.1", false },
	};

	(void)state;
	for (size_t i = 0; i < ELEMENTS(rows); i++) {
		struct arena *a = arena_new();
		struct conf_diags diags;
		struct conf *c;
		struct net_addr addr;
		struct nets *n = make(a, rows[i].table, &c, &diags);
		bool known = net_addr_parse_ip(str_of(rows[i].addr), &addr);

		assert_int_equal(diags.errors, 0);
		if (nets_has(n, known ? &addr : NULL) != rows[i].want)
			fail_msg("%s: %s", rows[i].table, rows[i].addr);
		conf_free(c);
		arena_free(a);
	}
}

static void test_errors(void **state)
{
	struct arena *a = arena_new();
	struct conf_diags diags;
	struct conf *c;
	struct net_addr addr;
	struct nets *n = make(a, "['10.0.0.0/8', '10.0.0.0/99',\n 'mail', ['x']]", &c, &diags);

	(void)state;
	assert_int_equal(diags.errors, 3);
	assert_int_equal(diags.list[0].place.line, 1);
	assert_int_equal(diags.list[1].place.line, 2);
	assert_int_equal(diags.list[1].place.col, 2);
	assert_true(net_addr_parse_ip(STR("10.1.2.3"), &addr));
	assert_true(nets_has(n, &addr)); /* the rest works */
	conf_free(c);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_tables),
					    cmocka_unit_test(test_errors) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
