/* SPDX-License-Identifier: BSD-2-Clause */
/* Results in the header; the harness says that the net is on: what is not in the header is not known. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "checks/harness.h"

#define RECEIVED                                                                                   \
	"Received: from a.example (a.example [192.0.2.9]) by mx.example.com with ESMTP id 1; "     \
	"Mon, 2 Mar 2020 10:00:00 +0000\n"
#define FROM                                                                                       \
	"Received: from a.example (a.example [192.0.2.9]) by mx.example.com "                      \
	"(envelope-from <Ann@Example.org>) with ESMTP id 1; Mon, 2 Mar 2020 10:00:00 +0000\n"
#define BODY "Subject: s\n\ntext\n"
#define LISTED "welcomelist_from_spf *@example.org\nheader T eval:check_for_spf_welcomelist_from()"

static const struct harness_row rows[] = {
	{ "pass", "header T eval:check_for_spf_pass()", "Received-SPF: pass\n" RECEIVED BODY, 1 },
	{ "another result", "header T eval:check_for_spf_fail()",
	  "Received-SPF: pass\n" RECEIVED BODY, 0 },
	{ "no result", "header T eval:check_for_spf_pass()", RECEIVED BODY, EVAL_NOT_RUN },
	{ "written by others", "header T eval:check_for_spf_pass()",
	  RECEIVED "Received-SPF: pass\n" BODY, EVAL_NOT_RUN },
	{ "not to be used", "ignore_received_spf_header 1\nheader T eval:check_for_spf_pass()",
	  "Received-SPF: pass\n" RECEIVED BODY, EVAL_NOT_RUN },
	{ "the other identity", "header T eval:check_for_spf_helo_pass()",
	  "Received-SPF: pass\n" RECEIVED BODY, EVAL_NOT_RUN },
	{ "of the HELO name", "header T eval:check_for_spf_helo_pass()",
	  "Received-SPF: pass identity=helo\n" RECEIVED BODY, 1 },
	{ "the oldest", "header T eval:check_for_spf_pass()",
	  "Received-SPF: fail\nReceived-SPF: pass\n" RECEIVED BODY, 1 },
	{ "the newest", "use_newest_received_spf_header 1\nheader T eval:check_for_spf_pass()",
	  "Received-SPF: fail\nReceived-SPF: pass\n" RECEIVED BODY, 0 },
	{ "Authentication-Results", "header T eval:check_for_spf_fail()",
	  "Authentication-Results: mx; dkim=pass; spf=hardfail\n" RECEIVED BODY, 1 },
	{ "no sender", "header T eval:check_spf_skipped_noenvfrom()", RECEIVED BODY, 1 },
	{ "a sender", "header T eval:check_spf_skipped_noenvfrom()", FROM BODY, 0 },
	{ "welcome", LISTED, "Received-SPF: pass\n" FROM BODY, 1 },
	{ "welcome, if it passed", LISTED, FROM BODY, EVAL_NOT_RUN },
	{ "welcome, but it failed", LISTED, "Received-SPF: fail\n" FROM BODY, 0 },
	{ "not welcome", LISTED "\nunwelcomelist_from_spf *@example.org",
	  "Received-SPF: pass\n" FROM BODY, 0 },
	{ "without sender", LISTED, "Received-SPF: pass\n" RECEIVED BODY, 0 },
};

static void test_rows(void **state)
{
	(void)state;
	assert_int_equal(harness_wrong_rows(rows, sizeof(rows) / sizeof(rows[0])), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_rows) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
