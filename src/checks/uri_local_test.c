/* SPDX-License-Identifier: BSD-2-Clause */
/* Links to hosts in countries, continents, networks and at providers. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "checks/harness.h"

#define GEO "harness_geo " TEST_DATA "/geo\n"

static const struct harness_row rows[] = {
	{ "country", GEO "uri_block_cc T de us", "\nhttp://192.0.2.1/\n", 1 },
	{ "another country", GEO "uri_block_cc T fr", "\nhttp://192.0.2.1/\n", 0 },
	{ "any but", GEO "uri_block_cc T !fr", "\nhttp://192.0.2.1/\n", 1 },
	{ "not that one", GEO "uri_block_cc T !de", "\nhttp://192.0.2.1/\n", 0 },
	{ "mixed: refused", GEO "uri_block_cc T !de us", "\nhttp://192.0.2.1/\n", -2 },
	{ "no code: refused", GEO "uri_block_cc T usa", "\nhttp://192.0.2.1/\n", -2 },
	{ "continent", GEO "uri_block_cont T EU", "\nhttp://192.0.2.1/\n", 1 },
	{ "provider", GEO "uri_block_isp T other \"example one  NET\"", "\nhttp://192.0.2.1/\n",
	  1 },
	{ "another provider", GEO "uri_block_isp T other", "\nhttp://192.0.2.1/\n", 0 },
	{ "network", GEO "uri_block_cidr T 203.0.113.0/24", "\nhttp://203.0.113.9/\n", 1 },
	{ "network without a database", "uri_block_cidr T 203.0.113.0/24",
	  "\nhttp://203.0.113.9/\n", 0 },
	{ "no network: refused", GEO "uri_block_cidr T 203.0.113", "\nhttp://203.0.113.9/\n", -2 },
	{ "excluded address", GEO "uri_block_cc T de\nuri_block_exclude T 192.0.2.1",
	  "\nhttp://192.0.2.1/\n", 0 },
	{ "an image is no link", GEO "uri_block_cc T de",
	  "Content-Type: text/html\n\n<img src=http://192.0.2.1/>\n", 0 },
	{ "a name waits for DNS", GEO "uri_block_cc T de", "\nhttp://www.example.com/\n", -1 },
	{ "an excluded name does not", GEO "uri_block_cc T de\nuri_block_exclude T example.com",
	  "\nhttp://www.example.com/\n", 0 },
};

static void test_rows(void **state)
{
	(void)state;
	assert_int_equal(harness_wrong_rows(rows, sizeof(rows) / sizeof(rows[0])), 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
