/* SPDX-License-Identifier: BSD-2-Clause */
/* Tests on single headers: thresholds and what is excused. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "checks/harness.h"

static const struct harness_row all_caps_rows[] = {
	{ "capitals", "header T eval:subject_is_all_caps()",
	  "Subject: BUY THIS NOW\n"
	  "\n"
	  "text\n",
	  1 },
	{ "one word", "header T eval:subject_is_all_caps()",
	  "Subject: BUYTHISNOWPLEASE\n"
	  "\n"
	  "text\n",
	  0 },
	{ "nine bytes", "header T eval:subject_is_all_caps()",
	  "Subject: BUY IT NO\n"
	  "\n"
	  "text\n",
	  0 },
	{ "ten bytes", "header T eval:subject_is_all_caps()",
	  "Subject: BUY IT NOW\n"
	  "\n"
	  "text\n",
	  1 },
	{ "one small letter", "header T eval:subject_is_all_caps()",
	  "Subject: BUY THIS NOw\n"
	  "\n"
	  "text\n",
	  0 },
	{ "reply marks do not count", "header T eval:subject_is_all_caps()",
	  "Subject: Re: Fwd: BUY THIS NOW\n"
	  "\n"
	  "text\n",
	  1 },
	{ "no letters", "header T eval:subject_is_all_caps()",
	  "Subject: 1234 567 890\n"
	  "\n"
	  "text\n",
	  0 },
	{ "Japanese words are exempt", "header T eval:subject_is_all_caps()",
	  "Subject: =?iso-2022-jp?Q?BUY?= THIS NOW OK\n"
	  "\n"
	  "text\n",
	  0 },
	{ "UTF-8 words are not", "header T eval:subject_is_all_caps()",
	  "Subject: =?utf-8?Q?BUY?= THIS NOW OK\n"
	  "\n"
	  "text\n",
	  1 },
};

static void test_all_caps(void **state)
{
	(void)state;
	assert_int_equal(
	    harness_wrong_rows(all_caps_rows, sizeof(all_caps_rows) / sizeof(all_caps_rows[0])), 0);
}

static const struct harness_row illegal_chars_rows[] = {
	{ "none", "header T eval:check_illegal_chars('Subject', '0.00', '1')",
	  "Subject: plain\n"
	  "\n"
	  "text\n",
	  0 },
	{ "two bytes of Latin-1", "header T eval:check_illegal_chars('Subject', '0.00', '2')",
	  "Subject: caf\xe9"
	  "\xe9"
	  " x\n"
	  "\n"
	  "text\n",
	  1 },
	{ "one is less than two", "header T eval:check_illegal_chars('Subject', '0.00', '2')",
	  "Subject: caf\xe9"
	  " x\n"
	  "\n"
	  "text\n",
	  0 },
	{ "UTF-8 is lawful", "header T eval:check_illegal_chars('Subject', '0.00', '1')",
	  "Subject: caf\xc3"
	  "\xa9"
	  " x\n"
	  "\n"
	  "text\n",
	  0 },
	{ "but not with a control", "header T eval:check_illegal_chars('Subject', '0.00', '1')",
	  "Subject: caf\xc3"
	  "\xa9"
	  " \n"
	  "\n"
	  "text\n",
	  1 },
	{ "two DEL count", "header T eval:check_illegal_chars('Subject', '0.00', '2')",
	  "Subject: a\n"
	  "\n"
	  "text\n",
	  1 },
	{ "one pound sign is excused", "header T eval:check_illegal_chars('Subject', '0.00', '1')",
	  "Subject: \xa3"
	  " 5\n"
	  "\n"
	  "text\n",
	  0 },
	{ "two are not", "header T eval:check_illegal_chars('Subject', '0.00', '1')",
	  "Subject: \xa3"
	  "\xa3"
	  " 5\n"
	  "\n"
	  "text\n",
	  1 },
	{ "nor elsewhere", "header T eval:check_illegal_chars('From', '0.00', '1')",
	  "From: \xa3"
	  " <a@b.com>\n"
	  "\n"
	  "text\n",
	  1 },
	{ "the share counts", "header T eval:check_illegal_chars('Subject', '0.5', '1')",
	  "Subject: caf\xe9"
	  "\xe9"
	  " and more\n"
	  "\n"
	  "text\n",
	  0 },
};

static void test_illegal_chars(void **state)
{
	(void)state;
	assert_int_equal(harness_wrong_rows(illegal_chars_rows, sizeof(illegal_chars_rows) /
								    sizeof(illegal_chars_rows[0])),
			 0);
}

static const struct harness_row counts_and_senders_rows[] = {
	{ "two equal subjects are one",
	  "header T eval:check_header_count_range('Subject', '2', '999')",
	  "Subject: a\n"
	  "Subject: a\n"
	  "\n"
	  "text\n",
	  0 },
	{ "two different are two", "header T eval:check_header_count_range('Subject', '2', '999')",
	  "Subject: a\n"
	  "Subject: b\n"
	  "\n"
	  "text\n",
	  1 },
	{ "no To", "header T eval:check_for_missing_to_header()",
	  "Cc: a@b.com\n"
	  "\n"
	  "text\n",
	  1 },
	{ "an empty To is not missing", "header T eval:check_for_missing_to_header()",
	  "To:\n"
	  "\n"
	  "text\n",
	  0 },
	{ "both senders missing are equal", "header T eval:check_for_matching_env_and_hdr_from()",
	  "Subject: x\n"
	  "\n"
	  "text\n",
	  1 },
	{ "case does not count", "header T eval:check_for_matching_env_and_hdr_from()",
	  "Return-Path: <A@B.com>\n"
	  "From: a@b.com\n"
	  "\n"
	  "text\n",
	  1 },
	{ "different domains", "header T eval:check_equal_from_domains()",
	  "Return-Path: <a@x.com>\n"
	  "From: a@y.com\n"
	  "\n"
	  "text\n",
	  1 },
	{ "two labels are compared", "header T eval:check_equal_from_domains()",
	  "Return-Path: <a@x.co.uk>\n"
	  "From: a@y.co.uk\n"
	  "\n"
	  "text\n",
	  0 },
	{ "no envelope", "header T eval:check_equal_from_domains()",
	  "From: a@y.com\n"
	  "\n"
	  "text\n",
	  0 },
	{ "a template", "header T eval:check_unresolved_template()",
	  "X-Mail: %RNDWORD\n"
	  "\n"
	  "text\n",
	  1 },
	{ "not in a subject", "header T eval:check_unresolved_template()",
	  "Subject: %RNDWORD\n"
	  "\n"
	  "text\n",
	  0 },
	{ "the name in quotes and id", "header T eval:check_ratware_name_id()",
	  "Message-ID: <ABCDEFGHIJKLMNOPQRSTUVWXYZAB.joe@x.com>\n"
	  "From: \"Joe\" <joe@x.com>\n"
	  "\n"
	  "text\n",
	  1 },
	{ "without quotes", "header T eval:check_ratware_name_id()",
	  "Message-ID: <ABCDEFGHIJKLMNOPQRSTUVWXYZAB.joe@x.com>\n"
	  "From: Joe <joe@x.com>\n"
	  "\n"
	  "text\n",
	  0 },
	{ "recipient in the envelope sender", "header T eval:check_ratware_envelope_from()",
	  "Return-Path: <bounce-example.com.joe@spam.net>\n"
	  "To: joe@example.com\n"
	  "\n"
	  "text\n",
	  1 },
	{ "SRS is not looked at", "header T eval:check_ratware_envelope_from()",
	  "Return-Path: <SRS0=example.com.joe@spam.net>\n"
	  "To: joe@example.com\n"
	  "\n"
	  "text\n",
	  0 },
	{ "faraway word, all allowed", "header T eval:check_for_faraway_charset_in_headers()",
	  "Subject: =?koi8-r?Q?x?=\n"
	  "\n"
	  "text\n",
	  0 },
	{ "faraway word, English only",
	  "ok_locales en\n"
	  "header T eval:check_for_faraway_charset_in_headers()",
	  "Subject: =?koi8-r?Q?x?=\n"
	  "\n"
	  "text\n",
	  1 },
	{ "Russian allowed",
	  "ok_locales en ru\n"
	  "header T eval:check_for_faraway_charset_in_headers()",
	  "Subject: =?koi8-r?Q?x?=\n"
	  "\n"
	  "text\n",
	  0 },
};

static void test_counts_and_senders(void **state)
{
	(void)state;
	assert_int_equal(
	    harness_wrong_rows(counts_and_senders_rows, sizeof(counts_and_senders_rows) /
							    sizeof(counts_and_senders_rows[0])),
	    0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_caps),
		cmocka_unit_test(test_illegal_chars),
		cmocka_unit_test(test_counts_and_senders),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
