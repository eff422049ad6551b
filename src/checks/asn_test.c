/* SPDX-License-Identifier: BSD-2-Clause */
/* Network numbers of relays. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "checks/harness.h"

#define GEO "harness_geo " TEST_DATA "/geo\n"

static const struct harness_row rows[] = {
	{ "number and name", GEO "header T eval:check_asn('/^AS64496 Example One$/')",
	  "Received: from h (h.example.org [192.0.2.1]) by mx.example.com with ESMTP id 1; Mon, 2 "
	  "Mar 2020 10:00:00 +0000\n\nx\n",
	  1 },
	{ "another network", GEO "header T eval:check_asn('/64496/')",
	  "Received: from h (h.example.org [8.8.8.8]) by mx.example.com with ESMTP id 1; Mon, 2 "
	  "Mar 2020 10:00:00 +0000\n\nx\n",
	  0 },
	{ "not known", GEO "header T eval:check_asn('/64496/')",
	  "Received: from h (h.example.org [203.0.113.1]) by mx.example.com with ESMTP id 1; Mon, "
	  "2 Mar 2020 10:00:00 +0000\n\nx\n",
	  -1 },
	{ "a private relay comes first",
	  GEO "internal_networks 127.0.0.2\nheader T eval:check_asn('/64496/')",
	  "Received: from h (h.example.org [10.0.0.1]) by mx.example.com with ESMTP id 1; Mon, 2 "
	  "Mar 2020 10:00:00 +0000\nReceived: from h (h.example.org [192.0.2.1]) by mx.example.com "
	  "with ESMTP id 1; Mon, 2 Mar 2020 10:00:00 +0000\n\nx\n",
	  -1 },
	{ "without a prefix", GEO "asn_prefix ''\nheader T eval:check_asn('/^64496/')",
	  "Received: from h (h.example.org [192.0.2.1]) by mx.example.com with ESMTP id 1; Mon, 2 "
	  "Mar 2020 10:00:00 +0000\n\nx\n",
	  1 },
	{ "switched off", GEO "asn_use_geodb 0\nheader T eval:check_asn('/64496/')",
	  "Received: from h (h.example.org [192.0.2.1]) by mx.example.com with ESMTP id 1; Mon, 2 "
	  "Mar 2020 10:00:00 +0000\n\nx\n",
	  -1 },
	{ "no database", "header T eval:check_asn('/64496/')",
	  "Received: from h (h.example.org [192.0.2.1]) by mx.example.com with ESMTP id 1; Mon, 2 "
	  "Mar 2020 10:00:00 +0000\n\nx\n",
	  -1 },
	{ "no expression", "header T eval:check_asn()",
	  "Received: from h (h.example.org [192.0.2.1]) by mx.example.com with ESMTP id 1; Mon, 2 "
	  "Mar 2020 10:00:00 +0000\n\nx\n",
	  -2 },
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
