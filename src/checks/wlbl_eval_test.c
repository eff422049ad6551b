/* SPDX-License-Identifier: BSD-2-Clause */
/* Welcome and block lists of addresses, relays and hosts. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "checks/harness.h"

static const struct harness_row lists_rows[] = {
	{ "blocked",
	  "blocklist_from *@spam.com\n"
	  "header T eval:check_from_in_blocklist()",
	  "From: a@SPAM.com\n"
	  "\n"
	  "text\n",
	  1 },
	{ "old name",
	  "blacklist_from *@spam.com\n"
	  "header T eval:check_from_in_blacklist()",
	  "From: a@spam.com\n"
	  "\n"
	  "text\n",
	  1 },
	{ "by the envelope",
	  "blocklist_from *@spam.com\n"
	  "header T eval:check_from_in_blocklist()",
	  "Return-Path: <a@spam.com>\n"
	  "From: a@b.com\n"
	  "\n"
	  "text\n",
	  1 },
	{ "Resent-From hides From",
	  "blocklist_from *@spam.com\n"
	  "header T eval:check_from_in_blocklist()",
	  "Resent-From: x@y.com\n"
	  "From: a@spam.com\n"
	  "\n"
	  "text\n",
	  0 },
	{ "the same text taken back",
	  "blocklist_from *@spam.com\n"
	  "unblocklist_from *@spam.com\n"
	  "header T eval:check_from_in_blocklist()",
	  "From: a@spam.com\n"
	  "\n"
	  "text\n",
	  0 },
	{ "another text taken back",
	  "blocklist_from *@spam.com\n"
	  "unblocklist_from a@spam.com\n"
	  "header T eval:check_from_in_blocklist()",
	  "From: a@spam.com\n"
	  "\n"
	  "text\n",
	  1 },
	{ "a ? is one byte",
	  "blocklist_from ?@spam.com\n"
	  "header T eval:check_from_in_blocklist()",
	  "From: ab@spam.com\n"
	  "\n"
	  "text\n",
	  0 },
	{ "anchored",
	  "blocklist_from @spam.com\n"
	  "header T eval:check_from_in_blocklist()",
	  "From: a@spam.com\n"
	  "\n"
	  "text\n",
	  0 },
	{ "recipient",
	  "welcomelist_to *@me.com\n"
	  "header T eval:check_to_in_welcomelist()",
	  "To: x@me.com\n"
	  "\n"
	  "text\n",
	  1 },
	{ "recipient in Received",
	  "all_spam_to me@here.com\n"
	  "header T eval:check_to_in_all_spam()",
	  "Received: from a (b [1.2.3.4]) by c (d) with ESMTP id x for <me@here.com>; Mon, "
	  "1 Jan 2024 12:00:00 +0000\n"
	  "\n"
	  "text\n",
	  1 },
	{ "more spam",
	  "more_spam_to me@here.com\n"
	  "header T eval:check_to_in_more_spam()",
	  "Cc: me@here.com\n"
	  "\n"
	  "text\n",
	  1 },
	{ "a named list",
	  "enlist_addrlist (BANKS) *@bank.com\n"
	  "header T eval:check_from_in_list('BANKS')",
	  "From: x@bank.com\n"
	  "\n"
	  "text\n",
	  1 },
	{ "an unknown list", "header T eval:check_from_in_list('BANKS')",
	  "From: x@bank.com\n"
	  "\n"
	  "text\n",
	  0 },
	{ "Reply-To",
	  "enlist_addrlist (BANKS) *@bank.com\n"
	  "header T eval:check_replyto_in_list('BANKS')",
	  "Reply-To: x@bank.com\n"
	  "\n"
	  "text\n",
	  1 },
	{ "welcome",
	  "welcomelist_from *@b.com\n"
	  "header T eval:check_from_in_welcomelist()",
	  "From: a@b.com\n"
	  "\n"
	  "text\n",
	  1 },
	{ "welcome by the relay's name",
	  "welcomelist_from_rcvd *@b.com example.com\n"
	  "header T eval:check_from_in_welcomelist()",
	  "Received: from h (mail.example.com [192.0.2.1]) by mx.example.net (Postfix) "
	  "with ESMTP id 12345; Mon, 1 Jan 2024 12:00:00 +0000\n"
	  "From: a@b.com\n"
	  "\n"
	  "text\n",
	  1 },
	{ "only at a dot",
	  "welcomelist_from_rcvd *@b.com ample.com\n"
	  "header T eval:check_from_in_welcomelist()",
	  "Received: from h (mail.example.com [192.0.2.1]) by mx.example.net (Postfix) "
	  "with ESMTP id 12345; Mon, 1 Jan 2024 12:00:00 +0000\n"
	  "From: a@b.com\n"
	  "\n"
	  "text\n",
	  0 },
	{ "which is forged",
	  "welcomelist_from_rcvd *@b.com ample.com\n"
	  "header T eval:check_forged_in_welcomelist()",
	  "Received: from h (mail.example.com [192.0.2.1]) by mx.example.net (Postfix) "
	  "with ESMTP id 12345; Mon, 1 Jan 2024 12:00:00 +0000\n"
	  "From: a@b.com\n"
	  "\n"
	  "text\n",
	  1 },
	{ "unless relays are allowed",
	  "welcomelist_from_rcvd *@b.com ample.com\n"
	  "welcomelist_allows_relays *@b.com\n"
	  "header T eval:check_forged_in_welcomelist()",
	  "Received: from h (mail.example.com [192.0.2.1]) by mx.example.net (Postfix) "
	  "with ESMTP id 12345; Mon, 1 Jan 2024 12:00:00 +0000\n"
	  "From: a@b.com\n"
	  "\n"
	  "text\n",
	  0 },
	{ "by address",
	  "welcomelist_from_rcvd *@b.com [192.0.2.1]\n"
	  "header T eval:check_from_in_welcomelist()",
	  "Received: from h (mail.example.com [192.0.2.1]) by mx.example.net (Postfix) "
	  "with ESMTP id 12345; Mon, 1 Jan 2024 12:00:00 +0000\n"
	  "From: a@b.com\n"
	  "\n"
	  "text\n",
	  1 },
	{ "by part of an address",
	  "welcomelist_from_rcvd *@b.com [192.0]\n"
	  "header T eval:check_from_in_welcomelist()",
	  "Received: from h (mail.example.com [192.0.2.1]) by mx.example.net (Postfix) "
	  "with ESMTP id 12345; Mon, 1 Jan 2024 12:00:00 +0000\n"
	  "From: a@b.com\n"
	  "\n"
	  "text\n",
	  1 },
	{ "by network",
	  "welcomelist_from_rcvd *@b.com [192.0.2.0/25]\n"
	  "header T eval:check_from_in_welcomelist()",
	  "Received: from h (mail.example.com [192.0.2.1]) by mx.example.net (Postfix) "
	  "with ESMTP id 12345; Mon, 1 Jan 2024 12:00:00 +0000\n"
	  "From: a@b.com\n"
	  "\n"
	  "text\n",
	  1 },
	{ "by network outside the bracket",
	  "welcomelist_from_rcvd *@b.com [192.0.2.128]/25\n"
	  "header T eval:check_from_in_welcomelist()",
	  "Received: from h (mail.example.com [192.0.2.1]) by mx.example.net (Postfix) "
	  "with ESMTP id 12345; Mon, 1 Jan 2024 12:00:00 +0000\n"
	  "From: a@b.com\n"
	  "\n"
	  "text\n",
	  0 },
	{ "default list",
	  "def_welcomelist_from_rcvd *@b.com example.com\n"
	  "header T eval:check_from_in_default_welcomelist()",
	  "Received: from h (mail.example.com [192.0.2.1]) by mx.example.net (Postfix) "
	  "with ESMTP id 12345; Mon, 1 Jan 2024 12:00:00 +0000\n"
	  "From: a@b.com\n"
	  "\n"
	  "text\n",
	  1 },
	{ "forged in the default list",
	  "def_welcomelist_from_rcvd *@b.com x.com\n"
	  "header T eval:check_forged_in_default_welcomelist()",
	  "Received: from h (mail.example.com [192.0.2.1]) by mx.example.net (Postfix) "
	  "with ESMTP id 12345; Mon, 1 Jan 2024 12:00:00 +0000\n"
	  "From: a@b.com\n"
	  "\n"
	  "text\n",
	  1 },
	{ "without relays nothing",
	  "def_welcomelist_from_rcvd *@b.com x.com\n"
	  "header T eval:check_forged_in_default_welcomelist()",
	  "From: a@b.com\n"
	  "\n"
	  "text\n",
	  0 },
	{ "sender's domain in the relay's name", "header T eval:check_mailfrom_matches_rcvd()",
	  "Return-Path: <a@x.example.com>\n"
	  "Received: from h (mail.example.com [192.0.2.1]) by mx.example.net (Postfix) "
	  "with ESMTP id 12345; Mon, 1 Jan 2024 12:00:00 +0000\n"
	  "\n"
	  "text\n",
	  1 },
	{ "another", "header T eval:check_mailfrom_matches_rcvd()",
	  "Return-Path: <a@x.other.com>\n"
	  "Received: from h (mail.example.com [192.0.2.1]) by mx.example.net (Postfix) "
	  "with ESMTP id 12345; Mon, 1 Jan 2024 12:00:00 +0000\n"
	  "\n"
	  "text\n",
	  0 },
};

static void test_lists(void **state)
{
	(void)state;
	assert_int_equal(harness_wrong_rows(lists_rows, sizeof(lists_rows) / sizeof(lists_rows[0])),
			 0);
}

static const struct harness_row uri_hosts_rows[] = {
	{ "a host",
	  "enlist_uri_host (L) bad.com\n"
	  "header T eval:check_uri_host_listed('L')",
	  "Content-Type: text/plain\n"
	  "\n"
	  "http://www.bad.com/\n",
	  1 },
	{ "a TLD",
	  "enlist_uri_host (L) com\n"
	  "header T eval:check_uri_host_listed('L')",
	  "Content-Type: text/plain\n"
	  "\n"
	  "http://www.bad.com/\n",
	  1 },
	{ "exempt",
	  "enlist_uri_host (L) com !bad.com\n"
	  "header T eval:check_uri_host_listed('L')",
	  "Content-Type: text/plain\n"
	  "\n"
	  "http://www.bad.com/\n",
	  0 },
	{ "one of two exempt",
	  "enlist_uri_host (L) com !bad.com\n"
	  "header T eval:check_uri_host_listed('L')",
	  "Content-Type: text/plain\n"
	  "\n"
	  "http://www.bad.com/ http://other.com/\n",
	  1 },
	{ "addresses are not looked at",
	  "enlist_uri_host (L) bad.com\n"
	  "header T eval:check_uri_host_listed('L')",
	  "Content-Type: text/plain\n"
	  "\n"
	  "joe@bad.com\n",
	  0 },
	{ "an IP address",
	  "enlist_uri_host (L) 1.2.3.4\n"
	  "header T eval:check_uri_host_listed('L')",
	  "Content-Type: text/plain\n"
	  "\n"
	  "http://1.2.3.4/\n",
	  1 },
	{ "delisted",
	  "enlist_uri_host (L) bad.com\n"
	  "delist_uri_host (L) bad.com\n"
	  "header T eval:check_uri_host_listed('L')",
	  "Content-Type: text/plain\n"
	  "\n"
	  "http://www.bad.com/\n",
	  0 },
	{ "delisted everywhere",
	  "enlist_uri_host (L) bad.com\n"
	  "delist_uri_host bad.com\n"
	  "header T eval:check_uri_host_listed('L')",
	  "Content-Type: text/plain\n"
	  "\n"
	  "http://www.bad.com/\n",
	  0 },
	{ "block list",
	  "blocklist_uri_host bad.com\n"
	  "body T eval:check_uri_host_in_blocklist()",
	  "Content-Type: text/plain\n"
	  "\n"
	  "http://www.bad.com/\n",
	  1 },
	{ "welcome list, old name",
	  "whitelist_uri_host bad.com\n"
	  "body T eval:check_uri_host_in_whitelist()",
	  "Content-Type: text/plain\n"
	  "\n"
	  "http://www.bad.com/\n",
	  1 },
};

static void test_uri_hosts(void **state)
{
	(void)state;
	assert_int_equal(
	    harness_wrong_rows(uri_hosts_rows, sizeof(uri_hosts_rows) / sizeof(uri_hosts_rows[0])),
	    0);
}

static void test_refused(void **state)
{
	static const struct {
		const char *line, *want;
	} rows[] = {
		{ "welcomelist_from", "welcomelist_from: missing 'welcomelist_from' value" },
		{ "welcomelist_from_rcvd a@b.com",
		  "welcomelist_from_rcvd: invalid 'welcomelist_from_rcvd' value" },
		{ "enlist_addrlist a@b.com", "enlist_addrlist: missing 'enlist_addrlist' value" },
		{ "enlist_uri_host (L)", "enlist_uri_host: missing 'enlist_uri_host' value" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct harness h;

		harness_init(&h);
		harness_config(&h, str_of(rows[i].line));
		assert_int_equal(h.errors.n, 1);
		assert_true(str_eq(*VEC_AT(&h.errors, struct str, 0), str_of(rows[i].want)));
		harness_done(&h);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lists),
		cmocka_unit_test(test_uri_hosts),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
