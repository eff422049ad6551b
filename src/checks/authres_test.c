/* SPDX-License-Identifier: BSD-2-Clause */
/* What Authentication-Results fields say, and which fields are not believed. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "checks/harness.h"

#define FIELD "Authentication-Results: mx.example.org; "
#define REST                                                                                       \
	"\nReceived: from a (a [192.0.2.9]) by mx with ESMTP; Sun, 22 Nov 2026 10:00:00 "          \
	"+0000\n\ntext\n"
#define SPF "header T eval:check_authres_result('spf', 'pass')"

static const struct harness_row authres_rows[] = {
	{ "the result", SPF, FIELD "spf=pass smtp.mailfrom=a.example" REST, 1 },
	{ "another result", SPF, FIELD "spf=fail" REST, 0 },
	{ "another method", SPF, FIELD "dkim=pass" REST, 0 },
	{ "missing", "header T eval:check_authres_result('spf', 'missing')", "Subject: x" REST, 1 },
	{ "not missing", "header T eval:check_authres_result('spf', 'missing')",
	  FIELD "spf=pass" REST, 0 },
	{ "the first one counts", "header T eval:check_authres_result('spf', 'fail')",
	  FIELD "spf=fail; spf=neutral" REST, 1 },
	{ "but a pass always does", SPF, FIELD "spf=fail; spf=pass; spf=neutral" REST, 1 },
	{ "comments", SPF, FIELD "(a (b)) spf (c) = (d) pass (e) smtp (f) . mailfrom = x" REST, 1 },
	{ "an open comment", SPF, FIELD "spf=pass (a" REST, 0 },
	{ "a reason", SPF, FIELD "dkim=fail reason=\"a; \\\" b\" action=none; spf=pass" REST, 1 },
	{ "one unknown word spoils all", SPF, FIELD "spf=pass; magic=pass" REST, 0 },
	{ "an unknown property", SPF, FIELD "spf=pass smtp.colour=red" REST, 0 },
	{ "no server's name", SPF, "Authentication-Results: spf=pass" REST, 0 },
	{ "ARC", SPF,
	  "ARC-"
	  "Authentication-Results: i=1; mx.example.org; spf=pass" REST,
	  1 },
	{ "ARC, index too high", SPF,
	  "ARC-"
	  "Authentication-Results: i=51; mx.example.org; spf=pass" REST,
	  0 },
	{ "below our server's Received", SPF,
	  "Received: from a (a [192.0.2.9]) by mx with ESMTP; x\n" FIELD "spf=pass\n\ntext\n", 0 },
	{ "below, all networks", "authres_networks all\n" SPF,
	  "Received: from a (a [192.0.2.9]) by mx with ESMTP; x\n" FIELD "spf=pass\n\ntext\n", 1 },
	{ "a server not trusted", "authres_trusted_authserv other.example\n" SPF,
	  FIELD "spf=pass" REST, 0 },
	{ "a server ignored", "authres_ignored_authserv MX.example.org\n" SPF,
	  FIELD "spf=pass" REST, 0 },
};

static void test_authres(void **state)
{
	(void)state;
	assert_int_equal(
	    harness_wrong_rows(authres_rows, sizeof(authres_rows) / sizeof(authres_rows[0])), 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_authres),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
