/* SPDX-License-Identifier: BSD-2-Clause */
/* Subjects that are welcome or blocked. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "checks/harness.h"

static const struct harness_row subjects_rows[] = {
	{ "anywhere",
	  "welcomelist_subject Hello\n"
	  "header T eval:check_subject_in_welcomelist()",
	  "Subject: oh hello there\n"
	  "\n"
	  "text\n",
	  1 },
	{ "wildcard",
	  "blocklist_subject hello*there\n"
	  "header T eval:check_subject_in_blocklist()",
	  "Subject: oh hello out there\n"
	  "\n"
	  "text\n",
	  1 },
	{ "one byte",
	  "blocklist_subject free?\n"
	  "header T eval:check_subject_in_blacklist()",
	  "Subject: it is free\n"
	  "\n"
	  "text\n",
	  0 },
	{ "blanks belong to it",
	  "blocklist_subject for free\n"
	  "header T eval:check_subject_in_blocklist()",
	  "Subject: for  free\n"
	  "\n"
	  "text\n",
	  0 },
	{ "no subject",
	  "welcomelist_subject *\n"
	  "header T eval:check_subject_in_whitelist()",
	  "To: a@b.com\n"
	  "\n"
	  "text\n",
	  0 },
};

static void test_subjects(void **state)
{
	(void)state;
	assert_int_equal(
	    harness_wrong_rows(subjects_rows, sizeof(subjects_rows) / sizeof(subjects_rows[0])), 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_subjects),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
