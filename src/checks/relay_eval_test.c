/* SPDX-License-Identifier: BSD-2-Clause */
/* Relays: trust, HELO, names, forged trails. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "checks/harness.h"

static const struct harness_row relays_rows[] = {
	{ "all trusted", "header T eval:check_all_trusted()",
	  "Received: from h (r.example.com [10.0.0.1]) by mx.example.net (Postfix) with "
	  "ESMTP id 12345; Mon, 1 Jan 2024 12:00:00 +0000\n"
	  "\n"
	  "text\n",
	  1 },
	{ "a public relay", "header T eval:check_all_trusted()",
	  "Received: from h (r.example.com [192.0.2.1]) by mx.example.net (Postfix) with "
	  "ESMTP id 12345; Mon, 1 Jan 2024 12:00:00 +0000\n"
	  "\n"
	  "text\n",
	  0 },
	{ "no relays", "header T eval:check_no_relays()",
	  "Subject: x\n"
	  "\n"
	  "text\n",
	  1 },
	{ "some relay", "header T eval:check_no_relays()",
	  "Received: from h (r.example.com [192.0.2.1]) by mx.example.net (Postfix) with "
	  "ESMTP id 12345; Mon, 1 Jan 2024 12:00:00 +0000\n"
	  "\n"
	  "text\n",
	  0 },
	{ "unparseable", "header T eval:check_relays_unparseable()",
	  "Received: from something else entirely\n"
	  "\n"
	  "text\n",
	  1 },
	{ "HELO address of another network", "header T eval:helo_ip_mismatch()",
	  "Received: from 8.8.8.8 (r.example.com [192.0.2.1]) by mx.example.net (Postfix) "
	  "with ESMTP id 12345; Mon, 1 Jan 2024 12:00:00 +0000\n"
	  "\n"
	  "text\n",
	  1 },
	{ "HELO address of the same network", "header T eval:helo_ip_mismatch()",
	  "Received: from 192.0.2.9 (r.example.com [192.0.2.1]) by mx.example.net "
	  "(Postfix) with ESMTP id 12345; Mon, 1 Jan 2024 12:00:00 +0000\n"
	  "\n"
	  "text\n",
	  0 },
	{ "private HELO", "header T eval:helo_ip_mismatch()",
	  "Received: from 10.1.1.1 (r.example.com [192.0.2.1]) by mx.example.net (Postfix) "
	  "with ESMTP id 12345; Mon, 1 Jan 2024 12:00:00 +0000\n"
	  "\n"
	  "text\n",
	  0 },
	{ "numeric HELO", "header T eval:check_for_numeric_helo()",
	  "Received: from 192.0.2.1 (r.example.com [192.0.2.1]) by mx.example.net "
	  "(Postfix) with ESMTP id 12345; Mon, 1 Jan 2024 12:00:00 +0000\n"
	  "\n"
	  "text\n",
	  1 },
	{ "private numeric HELO too", "header T eval:check_for_numeric_helo()",
	  "Received: from 10.1.1.1 (r.example.com [192.0.2.1]) by mx.example.net (Postfix) "
	  "with ESMTP id 12345; Mon, 1 Jan 2024 12:00:00 +0000\n"
	  "\n"
	  "text\n",
	  1 },
	{ "in brackets not", "header T eval:check_for_numeric_helo()",
	  "Received: from [192.0.2.1] (r.example.com [192.0.2.1]) by mx.example.net "
	  "(Postfix) with ESMTP id 12345; Mon, 1 Jan 2024 12:00:00 +0000\n"
	  "\n"
	  "text\n",
	  0 },
	{ "dotcom without a name", "header T eval:check_for_no_rdns_dotcom_helo()",
	  "Received: from mail.yahoo.com (unknown [192.0.2.1]) by mx.example.net (Postfix) "
	  "with ESMTP id 12345; Mon, 1 Jan 2024 12:00:00 +0000\n"
	  "\n"
	  "text\n",
	  1 },
	{ "dotcom with a name", "header T eval:check_for_no_rdns_dotcom_helo()",
	  "Received: from mail.yahoo.com (r.example.com [192.0.2.1]) by mx.example.net "
	  "(Postfix) with ESMTP id 12345; Mon, 1 Jan 2024 12:00:00 +0000\n"
	  "\n"
	  "text\n",
	  0 },
	{ "only the oldest decides", "header T eval:check_for_no_rdns_dotcom_helo()",
	  "Received: from mail.yahoo.com (unknown [192.0.2.1]) by mx.example.net (Postfix) "
	  "with ESMTP id 12345; Mon, 1 Jan 2024 12:00:00 +0000\n"
	  "Received: from h (r.example.com [192.0.2.9]) by x.example.com (Postfix) with "
	  "ESMTP id 12345; Mon, 1 Jan 2024 12:00:00 +0000\n"
	  "\n"
	  "text\n",
	  0 },
	{ "a sender with a name", "header T eval:check_for_sender_no_reverse()",
	  "Received: from h (r.example.com [192.0.2.1]) by mx.example.net (Postfix) with "
	  "ESMTP id 12345; Mon, 1 Jan 2024 12:00:00 +0000\n"
	  "\n"
	  "text\n",
	  1 },
	{ "one without", "header T eval:check_for_sender_no_reverse()",
	  "Received: from h (unknown [192.0.2.1]) by mx.example.net (Postfix) with ESMTP "
	  "id 12345; Mon, 1 Jan 2024 12:00:00 +0000\n"
	  "\n"
	  "text\n",
	  0 },
	{ "one broken link is borne", "header T eval:check_for_forged_received_trail()",
	  "Received: from h (a.one.com [192.0.2.1]) by mx.example.net (Postfix) with ESMTP "
	  "id 12345; Mon, 1 Jan 2024 12:00:00 +0000\n"
	  "Received: from h (b.two.com [192.0.2.2]) by mx.three.com (Postfix) with ESMTP "
	  "id 12345; Mon, 1 Jan 2024 12:00:00 +0000\n"
	  "\n"
	  "text\n",
	  0 },
	{ "two are not", "header T eval:check_for_forged_received_trail()",
	  "Received: from h (a.one.com [192.0.2.1]) by mx.example.net (Postfix) with ESMTP "
	  "id 12345; Mon, 1 Jan 2024 12:00:00 +0000\n"
	  "Received: from h (b.two.com [192.0.2.2]) by mx.three.com (Postfix) with ESMTP "
	  "id 12345; Mon, 1 Jan 2024 12:00:00 +0000\n"
	  "Received: from h (c.four.com [192.0.2.3]) by mx.five.com (Postfix) with ESMTP "
	  "id 12345; Mon, 1 Jan 2024 12:00:00 +0000\n"
	  "\n"
	  "text\n",
	  1 },
	{ "HELO address far away", "header T eval:check_for_forged_received_ip_helo()",
	  "Received: from 8.8.8.8 (r.example.com [192.0.2.1]) by mx.example.net (Postfix) "
	  "with ESMTP id 12345; Mon, 1 Jan 2024 12:00:00 +0000\n"
	  "\n"
	  "text\n",
	  1 },
	{ "HELO address in the same /16", "header T eval:check_for_forged_received_ip_helo()",
	  "Received: from 192.0.9.9 (r.example.com [192.0.2.1]) by mx.example.net "
	  "(Postfix) with ESMTP id 12345; Mon, 1 Jan 2024 12:00:00 +0000\n"
	  "\n"
	  "text\n",
	  0 },
	{ "From's domain in Received",
	  "header T eval:check_for_from_domain_in_received_headers('example.com', 'true')",
	  "Received: from h (a.example.com [192.0.2.1]) by mx.example.com (Postfix) with "
	  "ESMTP id 12345; Mon, 1 Jan 2024 12:00:00 +0000\n"
	  "From: a@example.com\n"
	  "\n"
	  "text\n",
	  1 },
	{ "From's domain not in Received",
	  "header T eval:check_for_from_domain_in_received_headers('example.com', 'false')",
	  "Received: from h (a.other.com [192.0.2.1]) by mx.example.com (Postfix) with "
	  "ESMTP id 12345; Mon, 1 Jan 2024 12:00:00 +0000\n"
	  "From: a@example.com\n"
	  "\n"
	  "text\n",
	  1 },
	{ "another From",
	  "header T eval:check_for_from_domain_in_received_headers('example.com', 'false')",
	  "Received: from h (a.other.com [192.0.2.1]) by mx.example.com (Postfix) with "
	  "ESMTP id 12345; Mon, 1 Jan 2024 12:00:00 +0000\n"
	  "From: a@other.com\n"
	  "\n"
	  "text\n",
	  0 },
	{ "check_for_illegal_ip is dead", "header T eval:check_for_illegal_ip()",
	  "Received: from h (a.other.com [1.2.3.4]) by mx.example.com (Postfix) with ESMTP "
	  "id 12345; Mon, 1 Jan 2024 12:00:00 +0000\n"
	  "\n"
	  "text\n",
	  0 },
};

static void test_relays(void **state)
{
	(void)state;
	assert_int_equal(
	    harness_wrong_rows(relays_rows, sizeof(relays_rows) / sizeof(relays_rows[0])), 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_relays),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
