/* SPDX-License-Identifier: BSD-2-Clause */
/* What an access map says of senders and relays. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "checks/harness.h"

#define DB "header T eval:check_access_database('" TEST_DATA "/plugins/access.db')"

static const struct harness_row rows[] = {
	{ "an address", DB, "From: bad@example.org\n\nx\n", 1 },
	{ "another", DB, "From: good@example.org\n\nx\n", 0 },
	{ "From: and a number", DB, "From: num@example.org\n\nx\n", 1 },
	{ "a domain above", DB, "From: a@b.spam.example.com\n\nx\n", 1 },
	{ "SKIP ends it", DB, "From: a@good.spam.example.com\n\nx\n", 0 },
	{ "OK ends it", DB, "From: postmaster@spam.example.com\n\nx\n", 0 },
	{ "a key with NUL", DB, "From: a@nul.example.com\n\nx\n", 1 },
	{ "not a number", DB, "From: x@five.example.com\n\nx\n", 0 },
	{ "the relay's name", DB,
	  "Received: from relay.example.net (relay.example.net [8.8.8.8]) by mx.example.com with "
	  "ESMTP id 1; Mon, 2 Mar 2020 10:00:00 +0000\nFrom: a@example.org\n\nx\n",
	  1 },
	{ "the relay's network", DB,
	  "Received: from h.example.net (h.example.net [192.0.2.8]) by mx.example.com with ESMTP "
	  "id 1; Mon, 2 Mar 2020 10:00:00 +0000\nFrom: a@example.org\n\nx\n",
	  1 },
	{ "no such file", "header T eval:check_access_database('/nonexistent')",
	  "From: bad@example.org\n\nx\n", 0 },
	{ "not a database", "harness_file f text\nheader T eval:check_access_database('f')",
	  "From: bad@example.org\n\nx\n", 0 },
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
