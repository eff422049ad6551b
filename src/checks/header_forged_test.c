/* SPDX-License-Identifier: BSD-2-Clause */
/* Forged Received headers: who is convicted, who is excused. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "checks/harness.h"

static const struct harness_row forged_rows[] = {
	{ "gated: no Received", "header T eval:gated_through_received_hdr_remover()",
	  "Subject: x\n"
	  "\n"
	  "text\n",
	  1 },
	{ "not gated", "header T eval:gated_through_received_hdr_remover()",
	  "Received: from mail.example.com (mail.example.com [192.0.2.7]) by "
	  "mx.example.net (Postfix) with ESMTP id 12345; Mon, 1 Jan 2024 12:00:00 +0000\n"
	  "\n"
	  "text\n",
	  0 },
	{ "ezmlm", "header T eval:gated_through_received_hdr_remover()",
	  "Mailing-List: contact l-help@x.org; run by ezmlm\n"
	  "Delivered-To: mailing list l@x.org\n"
	  "Received: (qmail 123 invoked from network); 1 Jan 2024 00:00:00 -0000\n"
	  "\n"
	  "text\n",
	  1 },
	{ "ezmlm without qmail", "header T eval:gated_through_received_hdr_remover()",
	  "Mailing-List: contact l-help@x.org; run by ezmlm\n"
	  "Delivered-To: mailing list l@x.org\n"
	  "Received: from mail.example.com (mail.example.com [192.0.2.7]) by "
	  "mx.example.net (Postfix) with ESMTP id 12345; Mon, 1 Jan 2024 12:00:00 +0000\n"
	  "\n"
	  "text\n",
	  0 },
	{ "yahoo from elsewhere", "header T eval:check_for_forged_yahoo_received_headers()",
	  "Received: from mail.example.com (mail.example.com [192.0.2.7]) by "
	  "mx.example.net (Postfix) with ESMTP id 12345; Mon, 1 Jan 2024 12:00:00 +0000\n"
	  "From: a@yahoo.com\n"
	  "\n"
	  "text\n",
	  1 },
	{ "yahoo, no Received", "header T eval:check_for_forged_yahoo_received_headers()",
	  "From: a@yahoo.com\n"
	  "\n"
	  "text\n",
	  0 },
	{ "yahoo's own web mail", "header T eval:check_for_forged_yahoo_received_headers()",
	  "Received: from [1.2.3.4] by web123.mail.ne1.yahoo.com via HTTP; Mon, 1 Jan 2024 "
	  "12:00:00 +0000\n"
	  "Received: from mail.example.com (mail.example.com [192.0.2.7]) by "
	  "mx.example.net (Postfix) with ESMTP id 12345; Mon, 1 Jan 2024 12:00:00 +0000\n"
	  "From: a@yahoo.com\n"
	  "\n"
	  "text\n",
	  0 },
	{ "another domain", "header T eval:check_for_forged_yahoo_received_headers()",
	  "Received: from mail.example.com (mail.example.com [192.0.2.7]) by "
	  "mx.example.net (Postfix) with ESMTP id 12345; Mon, 1 Jan 2024 12:00:00 +0000\n"
	  "From: a@yahoo.example\n"
	  "\n"
	  "text\n",
	  0 },
	{ "yahoo by a relay's name", "header T eval:check_for_forged_yahoo_received_headers()",
	  "Received: from web1.yahoo.com (web1.yahoo.com [192.0.2.7]) by mx.example.net "
	  "(Postfix) with ESMTP id 12345; Mon, 1 Jan 2024 12:00:00 +0000\n"
	  "From: a@yahoo.com\n"
	  "\n"
	  "text\n",
	  0 },
	{ "hotmail claimed in Received",
	  "header T eval:check_for_forged_hotmail_received_headers()",
	  "Received: from hotmail.com (mail.example.com [192.0.2.7]) by mx.example.net "
	  "(Postfix) with ESMTP id 12345; Mon, 1 Jan 2024 12:00:00 +0000\n"
	  "From: a@b.com\n"
	  "\n"
	  "text\n",
	  1 },
	{ "hotmail only in From", "header T eval:check_for_forged_hotmail_received_headers()",
	  "Received: from mail.example.com (mail.example.com [192.0.2.7]) by "
	  "mx.example.net (Postfix) with ESMTP id 12345; Mon, 1 Jan 2024 12:00:00 +0000\n"
	  "From: a@hotmail.com\n"
	  "\n"
	  "text\n",
	  0 },
	{ "hotmail only in From is the other",
	  "header T eval:check_for_no_hotmail_received_headers()",
	  "Received: from mail.example.com (mail.example.com [192.0.2.7]) by "
	  "mx.example.net (Postfix) with ESMTP id 12345; Mon, 1 Jan 2024 12:00:00 +0000\n"
	  "From: a@hotmail.com\n"
	  "\n"
	  "text\n",
	  1 },
	{ "hotmail with its header", "header T eval:check_for_forged_hotmail_received_headers()",
	  "X-Originating-IP: [1.2.3.4]\n"
	  "Received: from hotmail.com (f1.hotmail.com [64.4.1.1]) by mx.example.net with "
	  "ESMTP; Mon, 1 Jan 2024 12:00:00 +0000\n"
	  "From: a@hotmail.com\n"
	  "\n"
	  "text\n",
	  0 },
	{ "gmail from elsewhere", "header T eval:check_for_forged_gmail_received_headers()",
	  "Received: from mail.example.com (mail.example.com [192.0.2.7]) by "
	  "mx.example.net (Postfix) with ESMTP id 12345; Mon, 1 Jan 2024 12:00:00 +0000\n"
	  "From: a@gmail.com\n"
	  "\n"
	  "text\n",
	  1 },
	{ "gmail without Received too", "header T eval:check_for_forged_gmail_received_headers()",
	  "From: a@gmail.com\n"
	  "\n"
	  "text\n",
	  1 },
	{ "a hyphen is a word's end", "header T eval:check_for_forged_gmail_received_headers()",
	  "From: a@hot-gmail.com\n"
	  "\n"
	  "text\n",
	  1 },
	{ "a letter is not", "header T eval:check_for_forged_gmail_received_headers()",
	  "From: a@hotgmail.com\n"
	  "\n"
	  "text\n",
	  0 },
	{ "gmail's X-Received", "header T eval:check_for_forged_gmail_received_headers()",
	  "X-Received: by 10.1.2.3 with SMTP id abc; Mon, 1 Jan 2024 12:00:00 +0000\n"
	  "From: a@gmail.com\n"
	  "\n"
	  "text\n",
	  0 },
	{ "juno without its header", "header T eval:check_for_forged_juno_received_headers()",
	  "Received: from mail.example.com (mail.example.com [192.0.2.7]) by "
	  "mx.example.net (Postfix) with ESMTP id 12345; Mon, 1 Jan 2024 12:00:00 +0000\n"
	  "From: a@juno.com\n"
	  "\n"
	  "text\n",
	  1 },
	{ "juno as it should be", "header T eval:check_for_forged_juno_received_headers()",
	  "Received: from m1.juno.com (m1.juno.com [64.136.1.1]) by mx.example.net; Mon, 1 "
	  "Jan 2024 12:00:00 +0000\n"
	  "X-Originating-IP: 1.2.3.4\n"
	  "X-Mailer: Juno 5.0\n"
	  "From: a@juno.com\n"
	  "\n"
	  "text\n",
	  0 },
	{ "eudoramail", "header T eval:check_for_forged_eudoramail_received_headers()",
	  "Received: from mail.example.com (mail.example.com [192.0.2.7]) by "
	  "mx.example.net (Postfix) with ESMTP id 12345; Mon, 1 Jan 2024 12:00:00 +0000\n"
	  "From: a@eudoramail.com\n"
	  "\n"
	  "text\n",
	  1 },
	{ "eudoramail as it should be",
	  "header T eval:check_for_forged_eudoramail_received_headers()",
	  "Received: from Unknown/Local ([?.?.?.?]) by shared1-mail.whowhere.com; Mon, 1 "
	  "Jan 2024 12:00:00 +0000\n"
	  "X-Sender-Ip: 1.2.3.4\n"
	  "From: a@eudoramail.com\n"
	  "\n"
	  "text\n",
	  0 },
	{ "a relay that says it is AOL's", "header T eval:check_for_fake_aol_relay_in_rcvd()",
	  "Received: from x (1.2.3.4) by rly-xw01.mx.aol.com with QMQP; Mon, 1 Jan 2024 "
	  "12:00:00 +0000\n"
	  "\n"
	  "text\n",
	  1 },
	{ "one that is", "header T eval:check_for_fake_aol_relay_in_rcvd()",
	  "Received: from rly-xj02.mx.aol.com (x [1.2.3.4]) by omr (v83.35) with ESMTP id "
	  "RELAYIN7-05; Mon, 1 Jan 2024 12:00:00 +0000\n"
	  "\n"
	  "text\n",
	  0 },
	{ "gw05 needs a header before it", "header T eval:check_for_forged_gw05_received_headers()",
	  "Received: from a.b.c by gw05 with ESMTP; Mon, 1 Jan 2024 12:00:00 +0000\n"
	  "\n"
	  "text\n",
	  0 },
	{ "gw05", "header T eval:check_for_forged_gw05_received_headers()",
	  "Received: from mail.example.com (mail.example.com [192.0.2.7]) by "
	  "mx.example.net (Postfix) with ESMTP id 12345; Mon, 1 Jan 2024 12:00:00 +0000\n"
	  "Received: from a.b.c by gw05 with ESMTP; Mon, 1 Jan 2024 12:00:00 +0000\n"
	  "\n"
	  "text\n",
	  1 },
	{ "msn groups", "header T eval:check_for_msn_groups_headers()",
	  "Return-Path: <List-bounce@groups.msn.com>\n"
	  "To: <List@groups.msn.com>\n"
	  "Received: from mail pickup service by p04.groups.msn.com with Microsoft "
	  "SMTPSVC; Mon, 1 Jan 2024 12:00:00 +0000\n"
	  "Message-Id: <List-12@groups.msn.com>\n"

	  "\n"
	  "text\n",
	  1 },
	{ "msn groups, another id", "header T eval:check_for_msn_groups_headers()",
	  "Return-Path: <List-bounce@groups.msn.com>\n"
	  "To: <List@groups.msn.com>\n"
	  "Received: from mail pickup service by p04.groups.msn.com with Microsoft "
	  "SMTPSVC; Mon, 1 Jan 2024 12:00:00 +0000\n"
	  "Message-Id: <Other-12@groups.msn.com>\n"

	  "\n"
	  "text\n",
	  0 },
	{ "ids not to be used", "header T eval:check_messageid_not_usable()",
	  "Received: from mail.example.com (mail.example.com [192.0.2.7]) by "
	  "mx.example.net (Postfix) with ESMTP id 12345; Mon, 1 Jan 2024 12:00:00 +0000\n"
	  "List-Unsubscribe: <mailto:leave-l-1@x.com>\n"
	  "\n"
	  "text\n",
	  1 },
	{ "ids to be used", "header T eval:check_messageid_not_usable()",
	  "Received: from mail.example.com (mail.example.com [192.0.2.7]) by "
	  "mx.example.net (Postfix) with ESMTP id 12345; Mon, 1 Jan 2024 12:00:00 +0000\n"
	  "\n"
	  "text\n",
	  0 },
};

static void test_forged(void **state)
{
	(void)state;
	assert_int_equal(
	    harness_wrong_rows(forged_rows, sizeof(forged_rows) / sizeof(forged_rows[0])), 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_forged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
