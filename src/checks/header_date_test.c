/* SPDX-License-Identifier: BSD-2-Clause */
/* Date against Received: bounds, hops that do not count, dates that are not there. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "checks/harness.h"

static const struct harness_row shifted_date_rows[] = {
	{ "three hours is in 3..6", "header T eval:check_for_shifted_date('3', '6')",
	  "Received: from a.example.com (a.example.com [192.0.2.7]) by mx.example.net "
	  "(Postfix) with ESMTP id 1234; Mon, 1 Jan 2024 12:00:00 +0000\n"
	  "Date: Mon, 1 Jan 2024 15:00:00 +0000\n"
	  "\n"
	  "text\n",
	  1 },
	{ "one second less is not", "header T eval:check_for_shifted_date('3', '6')",
	  "Received: from a.example.com (a.example.com [192.0.2.7]) by mx.example.net "
	  "(Postfix) with ESMTP id 1234; Mon, 1 Jan 2024 12:00:00 +0000\n"
	  "Date: Mon, 1 Jan 2024 14:59:59 +0000\n"
	  "\n"
	  "text\n",
	  0 },
	{ "six hours is not in 3..6", "header T eval:check_for_shifted_date('3', '6')",
	  "Received: from a.example.com (a.example.com [192.0.2.7]) by mx.example.net "
	  "(Postfix) with ESMTP id 1234; Mon, 1 Jan 2024 12:00:00 +0000\n"
	  "Date: Mon, 1 Jan 2024 18:00:00 +0000\n"
	  "\n"
	  "text\n",
	  0 },
	{ "three hours early is not in -6..-3", "header T eval:check_for_shifted_date('-6', '-3')",
	  "Received: from a.example.com (a.example.com [192.0.2.7]) by mx.example.net "
	  "(Postfix) with ESMTP id 1234; Mon, 1 Jan 2024 12:00:00 +0000\n"
	  "Date: Mon, 1 Jan 2024 09:00:00 +0000\n"
	  "\n"
	  "text\n",
	  0 },
	{ "a second more is", "header T eval:check_for_shifted_date('-6', '-3')",
	  "Received: from a.example.com (a.example.com [192.0.2.7]) by mx.example.net "
	  "(Postfix) with ESMTP id 1234; Mon, 1 Jan 2024 12:00:00 +0000\n"
	  "Date: Mon, 1 Jan 2024 08:59:59 +0000\n"
	  "\n"
	  "text\n",
	  1 },
	{ "six hours early is in -6..-3", "header T eval:check_for_shifted_date('-6', '-3')",
	  "Received: from a.example.com (a.example.com [192.0.2.7]) by mx.example.net "
	  "(Postfix) with ESMTP id 1234; Mon, 1 Jan 2024 12:00:00 +0000\n"
	  "Date: Mon, 1 Jan 2024 06:00:00 +0000\n"
	  "\n"
	  "text\n",
	  1 },
	{ "open upwards", "header T eval:check_for_shifted_date('3', 'undef')",
	  "Received: from a.example.com (a.example.com [192.0.2.7]) by mx.example.net "
	  "(Postfix) with ESMTP id 1234; Mon, 1 Jan 2024 02:00:00 +0000\n"
	  "Date: Mon, 1 Jan 2024 23:00:00 +0000\n"
	  "\n"
	  "text\n",
	  1 },
	{ "open downwards", "header T eval:check_for_shifted_date('undef', '-3')",
	  "Received: from a.example.com (a.example.com [192.0.2.7]) by mx.example.net "
	  "(Postfix) with ESMTP id 1234; Mon, 1 Jan 2024 23:00:00 +0000\n"
	  "Date: Mon, 1 Jan 2024 02:00:00 +0000\n"
	  "\n"
	  "text\n",
	  1 },
	{ "no Date is no shift", "header T eval:check_for_shifted_date('0', '1')",
	  "Received: from a.example.com (a.example.com [192.0.2.7]) by mx.example.net "
	  "(Postfix) with ESMTP id 1234; Mon, 1 Jan 2024 12:00:00 +0000\n"
	  "\n"
	  "text\n",
	  1 },
	{ "no Received is no shift", "header T eval:check_for_shifted_date('3', 'undef')",
	  "Date: Mon, 1 Jan 2024 12:00:00 +0000\n"
	  "\n"
	  "text\n",
	  0 },
	{ "the nearest hop counts", "header T eval:check_for_shifted_date('3', '6')",
	  "Received: from a.example.com (a.example.com [192.0.2.7]) by mx.example.net "
	  "(Postfix) with ESMTP id 1234; Mon, 1 Jan 2024 01:00:00 +0000\n"
	  "Received: from a.example.com (a.example.com [192.0.2.7]) by mx.example.net "
	  "(Postfix) with ESMTP id 1234; Mon, 1 Jan 2024 12:00:00 +0000\n"
	  "Date: Mon, 1 Jan 2024 15:00:00 +0000\n"
	  "\n"
	  "text\n",
	  1 },
	{ "a last hop at the same second does not",
	  "header T eval:check_for_shifted_date('3', '6')",
	  "Received: from a.example.com (a.example.com [192.0.2.7]) by mx.example.net "
	  "(Postfix) with ESMTP id 1234; Mon, 1 Jan 2024 12:00:00 +0000\n"
	  "Received: from a.example.com (a.example.com [192.0.2.7]) by mx.example.net "
	  "(Postfix) with ESMTP id 1234; Mon, 1 Jan 2024 15:00:00 +0000\n"
	  "Date: Mon, 1 Jan 2024 15:00:00 +0000\n"
	  "\n"
	  "text\n",
	  1 },
	{ "a first hop at the same second does", "header T eval:check_for_shifted_date('3', '6')",
	  "Received: from a.example.com (a.example.com [192.0.2.7]) by mx.example.net "
	  "(Postfix) with ESMTP id 1234; Mon, 1 Jan 2024 15:00:00 +0000\n"
	  "Received: from a.example.com (a.example.com [192.0.2.7]) by mx.example.net "
	  "(Postfix) with ESMTP id 1234; Mon, 1 Jan 2024 12:00:00 +0000\n"
	  "Date: Mon, 1 Jan 2024 15:00:00 +0000\n"
	  "\n"
	  "text\n",
	  0 },
	{ "Resent-Date before Date", "header T eval:check_for_shifted_date('3', '6')",
	  "Received: from a.example.com (a.example.com [192.0.2.7]) by mx.example.net "
	  "(Postfix) with ESMTP id 1234; Mon, 1 Jan 2024 12:00:00 +0000\n"
	  "Date: Mon, 1 Jan 2024 12:00:00 +0000\n"
	  "Resent-Date: Mon, 1 Jan 2024 15:00:00 +0000\n"
	  "\n"
	  "text\n",
	  1 },
	{ "a bad Resent-Date gives way to Date", "header T eval:check_for_shifted_date('3', '6')",
	  "Received: from a.example.com (a.example.com [192.0.2.7]) by mx.example.net "
	  "(Postfix) with ESMTP id 1234; Mon, 1 Jan 2024 12:00:00 +0000\n"
	  "Date: Mon, 1 Jan 2024 15:00:00 +0000\n"
	  "Resent-Date: soon\n"
	  "\n"
	  "text\n",
	  1 },
	{ "fetchmail's hops are set aside", "header T eval:check_for_shifted_date('3', '6')",
	  "Received: from localhost (localhost [127.0.0.1]) by me.example.net (8.1) with "
	  "ESMTP id x; Mon, 1 Jan 2024 15:00:00 +0000\n"
	  "Received: from mail.example.net [192.0.2.1] by localhost with POP3 "
	  "(fetchmail-5.9.0) for me@localhost (single-drop); Mon, 1 Jan 2024 15:00:00 "
	  "+0000\n"
	  "Received: from a.example.com (a.example.com [192.0.2.7]) by mx.example.net "
	  "(Postfix) with ESMTP id 1234; Mon, 1 Jan 2024 12:00:00 +0000\n"
	  "Date: Mon, 1 Jan 2024 15:00:00 +0000\n"
	  "\n"
	  "text\n",
	  1 },
	{ "qmail is this machine too", "header T eval:check_for_shifted_date('3', '6')",
	  "Received: (qmail 12 invoked by uid 0); Mon, 1 Jan 2024 15:00:00 +0000\n"
	  "Received: from mail by localhost with POP3 (fetchmail-5.9.0); Mon, 1 Jan 2024 15:00:00 "
	  "+0000\n"
	  "Received: from a.example.com (a.example.com [192.0.2.7]) by mx.example.net "
	  "(Postfix) with ESMTP id 1234; Mon, 1 Jan 2024 12:00:00 +0000\n"
	  "Date: Mon, 1 Jan 2024 15:00:00 +0000\n"
	  "\n"
	  "text\n",
	  1 },
	{ "the address in the third word", "header T eval:check_for_shifted_date('3', '6')",
	  "Received: from a ([127.0.0.1] [127.0.0.1]) by b; Mon, 1 Jan 2024 15:00:00 +0000\n"
	  "Received: from mail by localhost with POP3 (fetchmail-5.9.0); Mon, 1 Jan 2024 15:00:00 "
	  "+0000\n"
	  "Received: from a.example.com (a.example.com [192.0.2.7]) by mx.example.net "
	  "(Postfix) with ESMTP id 1234; Mon, 1 Jan 2024 12:00:00 +0000\n"
	  "Date: Mon, 1 Jan 2024 15:00:00 +0000\n"
	  "\n"
	  "text\n",
	  1 },
	{ "not in the fourth", "header T eval:check_for_shifted_date('3', '6')",
	  "Received: from a b c [127.0.0.1] by b; Mon, 1 Jan 2024 15:00:00 +0000\n"
	  "Received: from mail by localhost with POP3 (fetchmail-5.9.0); Mon, 1 Jan 2024 15:00:00 "
	  "+0000\n"
	  "Received: from a.example.com (a.example.com [192.0.2.7]) by mx.example.net "
	  "(Postfix) with ESMTP id 1234; Mon, 1 Jan 2024 12:00:00 +0000\n"
	  "Date: Mon, 1 Jan 2024 15:00:00 +0000\n"
	  "\n"
	  "text\n",
	  0 },
	{ "nor as part of another", "header T eval:check_for_shifted_date('3', '6')",
	  "Received: from a (127.0.0.11) by b; Mon, 1 Jan 2024 15:00:00 +0000\n"
	  "Received: from mail by localhost with POP3 (fetchmail-5.9.0); Mon, 1 Jan 2024 15:00:00 "
	  "+0000\n"
	  "Received: from a.example.com (a.example.com [192.0.2.7]) by mx.example.net "
	  "(Postfix) with ESMTP id 1234; Mon, 1 Jan 2024 12:00:00 +0000\n"
	  "Date: Mon, 1 Jan 2024 15:00:00 +0000\n"
	  "\n"
	  "text\n",
	  0 },
	{ "fetchmail without a version", "header T eval:check_for_shifted_date('3', '6')",
	  "Received: from localhost by b; Mon, 1 Jan 2024 15:00:00 +0000\n"
	  "Received: from mail by localhost with POP3 (fetchmail-x); Mon, 1 Jan 2024 15:00:00 "
	  "+0000\n"
	  "Received: from a.example.com (a.example.com [192.0.2.7]) by mx.example.net "
	  "(Postfix) with ESMTP id 1234; Mon, 1 Jan 2024 12:00:00 +0000\n"
	  "Date: Mon, 1 Jan 2024 15:00:00 +0000\n"
	  "\n"
	  "text\n",
	  0 },
	{ "fetchmail elsewhere", "header T eval:check_for_shifted_date('3', '6')",
	  "Received: from localhost by b; Mon, 1 Jan 2024 15:00:00 +0000\n"
	  "Received: from mail xby localhost with POP3 (fetchmail-5); Mon, 1 Jan 2024 15:00:00 "
	  "+0000\n"
	  "Received: from a.example.com (a.example.com [192.0.2.7]) by mx.example.net "
	  "(Postfix) with ESMTP id 1234; Mon, 1 Jan 2024 12:00:00 +0000\n"
	  "Date: Mon, 1 Jan 2024 15:00:00 +0000\n"
	  "\n"
	  "text\n",
	  0 },
	{ "without fetchmail the local hop counts",
	  "header T eval:check_for_shifted_date('3', '6')",
	  "Received: from localhost (localhost [127.0.0.1]) by me.example.net (8.1) with "
	  "ESMTP id x; Mon, 1 Jan 2024 15:00:00 +0000\n"
	  "Received: from a.example.com (a.example.com [192.0.2.7]) by mx.example.net "
	  "(Postfix) with ESMTP id 1234; Mon, 1 Jan 2024 12:00:00 +0000\n"
	  "Received: from a.example.com (a.example.com [192.0.2.7]) by mx.example.net "
	  "(Postfix) with ESMTP id 1234; Mon, 1 Jan 2024 12:00:00 +0000\n"
	  "Date: Mon, 1 Jan 2024 15:00:00 +0000\n"
	  "\n"
	  "text\n",
	  0 },
};

static void test_shifted_date(void **state)
{
	(void)state;
	assert_int_equal(harness_wrong_rows(shifted_date_rows, sizeof(shifted_date_rows) /
								   sizeof(shifted_date_rows[0])),
			 0);
}

static const struct harness_row received_within_months_rows[] = {
	{ "lately", "header T eval:received_within_months('undef', '1')",
	  "Received: from a.example.com (a.example.com [192.0.2.7]) by mx.example.net "
	  "(Postfix) with ESMTP id 1234; Tue, 14 Nov 2023 12:00:00 +0000\n"
	  "Date: Tue, 14 Nov 2023 12:00:00 +0000\n"
	  "\n"
	  "text\n",
	  1 },
	{ "years ago", "header T eval:received_within_months('24', 'undef')",
	  "Received: from a.example.com (a.example.com [192.0.2.7]) by mx.example.net "
	  "(Postfix) with ESMTP id 1234; Tue, 14 Nov 2000 12:00:00 +0000\n"
	  "Date: Tue, 14 Nov 2000 12:00:00 +0000\n"
	  "\n"
	  "text\n",
	  1 },
	{ "years ago is not lately", "header T eval:received_within_months('undef', '12')",
	  "Received: from a.example.com (a.example.com [192.0.2.7]) by mx.example.net "
	  "(Postfix) with ESMTP id 1234; Tue, 14 Nov 2000 12:00:00 +0000\n"
	  "Date: Tue, 14 Nov 2000 12:00:00 +0000\n"
	  "\n"
	  "text\n",
	  0 },
	{ "without dates it is 1970", "header T eval:received_within_months('600', 'undef')",
	  "Subject: x\n"
	  "\n"
	  "text\n",
	  1 },
};

static void test_received_within_months(void **state)
{
	(void)state;
	assert_int_equal(harness_wrong_rows(received_within_months_rows,
					    sizeof(received_within_months_rows) /
						sizeof(received_within_months_rows[0])),
			 0);
}

static const struct harness_row outlook_id_rows[] = {
	{ "another form of id", "header T eval:check_outlook_message_id()",
	  "Message-ID: <x@y>\n"
	  "Date: Mon, 1 Jan 2024 12:00:00 +0000\n"
	  "\n"
	  "text\n",
	  0 },
	{ "a wrong time", "header T eval:check_outlook_message_id()",
	  "Message-ID: <000101c00000$0123abcd$0123abcd@y>\n"
	  "Date: Mon, 1 Jan 2024 12:00:00 +0000\n"
	  "Received: from a.example.com (a.example.com [192.0.2.7]) by mx.example.net "
	  "(Postfix) with ESMTP id 1234; Mon, 1 Jan 2024 12:00:00 +0000\n"
	  "\n"
	  "text\n",
	  1 },
	{ "capitals are not looked at", "header T eval:check_outlook_message_id()",
	  "Message-ID: <000101C00000$0123abcd$0123abcd@y>\n"
	  "Date: Mon, 1 Jan 2024 12:00:00 +0000\n"
	  "Received: from a.example.com (a.example.com [192.0.2.7]) by mx.example.net "
	  "(Postfix) with ESMTP id 1234; Mon, 1 Jan 2024 12:00:00 +0000\n"
	  "\n"
	  "text\n",
	  0 },
	{ "the right time", "header T eval:check_outlook_message_id()",
	  "Message-ID: <000101da3da3$0123abcd$0123abcd@y>\n"
	  "Date: Mon, 1 Jan 2024 12:00:00 +0000\n"
	  "\n"
	  "text\n",
	  0 },
	{ "250 off", "header T eval:check_outlook_message_id()",
	  "Message-ID: <000101da3da4$0123abcd$0123abcd@y>\n"
	  "Date: Mon, 1 Jan 2024 12:00:00 +0000\n"
	  "\n"
	  "text\n",
	  1 },
};

static void test_outlook_id(void **state)
{
	(void)state;
	assert_int_equal(harness_wrong_rows(outlook_id_rows,
					    sizeof(outlook_id_rows) / sizeof(outlook_id_rows[0])),
			 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_shifted_date),
		cmocka_unit_test(test_received_within_months),
		cmocka_unit_test(test_outlook_id),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
