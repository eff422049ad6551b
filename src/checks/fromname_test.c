/* SPDX-License-Identifier: BSD-2-Clause */
/* Display names that hold addresses. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "checks/harness.h"

static const struct harness_row names_rows[] = {
	{ "another address in the name", "header T eval:check_fromname_spoof()",
	  "From: \"joe@bank.com\" <x@evil.net>\n"
	  "\n"
	  "text\n",
	  1 },
	{ "the same owner", "header T eval:check_fromname_spoof()",
	  "From: \"boss@corp.com\" <boss@corp.net>\n"
	  "\n"
	  "text\n",
	  0 },
	{ "the same owner, level 0", "header T eval:check_fromname_spoof('0')",
	  "From: \"boss@corp.com\" <boss@corp.net>\n"
	  "\n"
	  "text\n",
	  1 },
	{ "the same owner, level 2", "header T eval:check_fromname_spoof('2')",
	  "From: \"boss@corp.com\" <boss@corp.net>\n"
	  "\n"
	  "text\n",
	  1 },
	{ "no address in the name", "header T eval:check_fromname_contains_email()",
	  "From: \"Joe\" <x@evil.net>\n"
	  "\n"
	  "text\n",
	  0 },
	{ "an address in the name", "header T eval:check_fromname_contains_email()",
	  "From: \"Joe joe@bank.com\" <x@evil.net>\n"
	  "\n"
	  "text\n",
	  1 },
	{ "an ignored header",
	  "fns_ignore_headers List-Id\n"
	  "header T eval:check_fromname_spoof()",
	  "List-Id: l\n"
	  "From: \"joe@bank.com\" <x@evil.net>\n"
	  "\n"
	  "text\n",
	  0 },
	{ "a list of one owner",
	  "fns_add_addrlist (ME) *@bank.com *@evil.net\n"
	  "header T eval:check_fromname_spoof()",
	  "From: \"joe@bank.com\" <x@evil.net>\n"
	  "\n"
	  "text\n",
	  0 },
	{ "too much else in the name", "header T eval:check_fromname_different()",
	  "From: \"joe@bank.com word word word word word word word word word word word "
	  "word word word word word word word word word\" <x@evil.net>\n"
	  "\n"
	  "text\n",
	  0 },
	{ "as Reply-To", "header T eval:check_fromname_equals_replyto()",
	  "From: \"joe@bank.com\" <x@evil.net>\n"
	  "Reply-To: joe@bank.com\n"
	  "\n"
	  "text\n",
	  1 },
	{ "as To", "header T eval:check_fromname_equals_to()",
	  "From: \"joe@bank.com\" <x@evil.net>\n"
	  "To: joe@bank.com\n"
	  "\n"
	  "text\n",
	  1 },
};

static void test_names(void **state)
{
	(void)state;
	assert_int_equal(harness_wrong_rows(names_rows, sizeof(names_rows) / sizeof(names_rows[0])),
			 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
