/* SPDX-License-Identifier: BSD-2-Clause */
/* Recipients: sorted, similar, named in the subject. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "checks/harness.h"

static const struct harness_row recipients_rows[] = {
	{ "seven in order", "header T eval:sorted_recipients()",
	  "To: aa@x.com, ab@x.com, ac@x.com, ad@x.com, ae@x.com, af@x.com, ag@x.com\n"
	  "\n"
	  "text\n",
	  1 },
	{ "six are too few", "header T eval:sorted_recipients()",
	  "To: aa@x.com, ab@x.com, ac@x.com, ad@x.com, ae@x.com, af@x.com\n"
	  "\n"
	  "text\n",
	  0 },
	{ "capitals first", "header T eval:sorted_recipients()",
	  "To: aa@x.com, Ab@x.com, ac@x.com, ad@x.com, ae@x.com, af@x.com, ag@x.com\n"
	  "\n"
	  "text\n",
	  0 },
	{ "To and Cc together", "header T eval:sorted_recipients()",
	  "To: aa@x.com, ab@x.com\n"
	  "Cc: ac@x.com, ad@x.com, ae@x.com, af@x.com, ag@x.com\n"
	  "\n"
	  "text\n",
	  1 },
	{ "four are never similar", "header T eval:similar_recipients('0.1', 'undef')",
	  "To: a1@x.com, a2@x.com, a3@x.com, a4@x.com\n"
	  "\n"
	  "text\n",
	  0 },
	{ "five with different starts", "header T eval:similar_recipients('0.1', 'undef')",
	  "To: a1@x.com, a2@x.com, a3@x.com, a4@x.com, a5@x.com\n"
	  "\n"
	  "text\n",
	  0 },
	{ "five of one start", "header T eval:similar_recipients('1', 'undef')",
	  "To: joe1@x.com, joe2@x.com, joe3@x.com, joe4@x.com, joe5@x.com\n"
	  "\n"
	  "text\n",
	  1 },
	{ "and of similar hosts", "header T eval:similar_recipients('1.5', 'undef')",
	  "To: jo1@xa.com, jo2@xab.com, jo3@xac.com, jo4@xad.com, jo5@xae.com\n"
	  "\n"
	  "text\n",
	  1 },
	{ "open downwards", "header T eval:similar_recipients('undef', '0.5')",
	  "To: a1@x.com, a2@x.com, a3@x.com, a4@x.com, a5@x.com\n"
	  "\n"
	  "text\n",
	  1 },
	{ "Bcc is read when there are few", "header T eval:similar_recipients('1', 'undef')",
	  "To: joe1@x.com\n"
	  "Bcc: joe2@x.com, joe3@x.com, joe4@x.com, joe5@x.com\n"
	  "\n"
	  "text\n",
	  1 },
};

static void test_recipients(void **state)
{
	(void)state;
	assert_int_equal(harness_wrong_rows(recipients_rows,
					    sizeof(recipients_rows) / sizeof(recipients_rows[0])),
			 0);
}

static const struct harness_row to_in_subject_rows[] = {
	{ "address", "header T eval:check_for_to_in_subject('address')",
	  "To: joe@x.com\n"
	  "Subject: hi JOE@x.com now\n"
	  "\n"
	  "text\n",
	  1 },
	{ "address in a longer word", "header T eval:check_for_to_in_subject('address')",
	  "To: joe@x.com\n"
	  "Subject: hi ajoe@x.com now\n"
	  "\n"
	  "text\n",
	  0 },
	{ "user with a comma", "header T eval:check_for_to_in_subject('user')",
	  "To: joe@x.com\n"
	  "Subject: joe, buy this\n"
	  "\n"
	  "text\n",
	  1 },
	{ "its case counts there", "header T eval:check_for_to_in_subject('user')",
	  "To: joe@x.com\n"
	  "Subject: Joe, buy this\n"
	  "\n"
	  "text\n",
	  0 },
	{ "user alone", "header T eval:check_for_to_in_subject('user')",
	  "To: joe@x.com\n"
	  "Subject: JOE\n"
	  "\n"
	  "text\n",
	  1 },
	{ "re: user", "header T eval:check_for_to_in_subject('user')",
	  "To: joe@x.com\n"
	  "Subject: Re: joe\n"
	  "\n"
	  "text\n",
	  1 },
	{ "fw: word user", "header T eval:check_for_to_in_subject('user')",
	  "To: joe@x.com\n"
	  "Subject: Fw: hello Joe\n"
	  "\n"
	  "text\n",
	  1 },
	{ "fw: two words user", "header T eval:check_for_to_in_subject('user')",
	  "To: joe@x.com\n"
	  "Subject: Fw: oh hello joe\n"
	  "\n"
	  "text\n",
	  0 },
	{ ", user!", "header T eval:check_for_to_in_subject('user')",
	  "To: joe@x.com\n"
	  "Subject: , joe!\n"
	  "\n"
	  "text\n",
	  1 },
	{ "another mode", "header T eval:check_for_to_in_subject('name')",
	  "To: joe@x.com\n"
	  "Subject: joe\n"
	  "\n"
	  "text\n",
	  0 },
};

static void test_to_in_subject(void **state)
{
	(void)state;
	assert_int_equal(harness_wrong_rows(to_in_subject_rows, sizeof(to_in_subject_rows) /
								    sizeof(to_in_subject_rows[0])),
			 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_recipients),
		cmocka_unit_test(test_to_in_subject),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
