/* SPDX-License-Identifier: BSD-2-Clause */
/* Freemail senders, answers and addresses in the text. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "checks/harness.h"

#include "core/arena.h"

static const struct harness_row freemail_rows[] = {
	{ "From",
	  "freemail_domains free.com ?ree.org *mail.net\n"
	  "header T eval:check_freemail_from()",
	  "From: joe@free.com\n"
	  "\n"
	  "text\n",
	  1 },
	{ "no domains", "header T eval:check_freemail_from()",
	  "From: joe@free.com\n"
	  "\n"
	  "text\n",
	  0 },
	{ "another domain",
	  "freemail_domains free.com ?ree.org *mail.net\n"
	  "header T eval:check_freemail_from()",
	  "From: joe@paid.com\n"
	  "\n"
	  "text\n",
	  0 },
	{ "a wildcard byte",
	  "freemail_domains free.com ?ree.org *mail.net\n"
	  "header T eval:check_freemail_from()",
	  "From: joe@tree.org\n"
	  "\n"
	  "text\n",
	  1 },
	{ "a wildcard run",
	  "freemail_domains free.com ?ree.org *mail.net\n"
	  "header T eval:check_freemail_from()",
	  "From: joe@hotmail.net\n"
	  "\n"
	  "text\n",
	  1 },
	{ "without dots",
	  "freemail_domains free.com ?ree.org *mail.net\n"
	  "header T eval:check_freemail_from()",
	  "From: joe@a.mail.net\n"
	  "\n"
	  "text\n",
	  0 },
	{ "with a regexp",
	  "freemail_domains free.com ?ree.org *mail.net\n"
	  "header T eval:check_freemail_from('\\d@')",
	  "From: joe7@free.com\n"
	  "\n"
	  "text\n",
	  1 },
	{ "that does not match",
	  "freemail_domains free.com ?ree.org *mail.net\n"
	  "header T eval:check_freemail_from('\\d@')",
	  "From: joe@free.com\n"
	  "\n"
	  "text\n",
	  0 },
	{ "a role",
	  "freemail_domains free.com ?ree.org *mail.net\n"
	  "header T eval:check_freemail_from()",
	  "From: support@free.com\n"
	  "\n"
	  "text\n",
	  0 },
	{ "welcome address",
	  "freemail_domains free.com ?ree.org *mail.net\n"
	  "freemail_welcomelist joe@free.com\n"
	  "header T eval:check_freemail_from()",
	  "From: joe@free.com\n"
	  "\n"
	  "text\n",
	  0 },
	{ "welcome domain",
	  "freemail_domains free.com ?ree.org *mail.net\n"
	  "freemail_whitelist free.com\n"
	  "header T eval:check_freemail_from()",
	  "From: joe@free.com\n"
	  "\n"
	  "text\n",
	  0 },
	{ "a header",
	  "freemail_domains free.com ?ree.org *mail.net\n"
	  "header T eval:check_freemail_header('Reply-To')",
	  "Reply-To: joe@free.com\n"
	  "\n"
	  "text\n",
	  1 },
	{ "an absent header",
	  "freemail_domains free.com ?ree.org *mail.net\n"
	  "header T eval:check_freemail_header('Reply-To')",
	  "From: joe@free.com\n"
	  "\n"
	  "text\n",
	  0 },
	{ "different freemail to answer to",
	  "freemail_domains free.com ?ree.org *mail.net\n"
	  "header T eval:check_freemail_replyto('replyto')",
	  "From: joe@free.com\n"
	  "Reply-To: jim@free.com\n"
	  "\n"
	  "text\n",
	  1 },
	{ "the same",
	  "freemail_domains free.com ?ree.org *mail.net\n"
	  "header T eval:check_freemail_replyto('replyto')",
	  "From: joe@free.com\n"
	  "Reply-To: joe@free.com\n"
	  "\n"
	  "text\n",
	  0 },
	{ "another in the text",
	  "freemail_domains free.com ?ree.org *mail.net\n"
	  "header T eval:check_freemail_replyto('reply')",
	  "From: joe@free.com\n"
	  "\n"
	  "write to jim@free.com please\n",
	  1 },
	{ "not for replyto without Reply-To",
	  "freemail_domains free.com ?ree.org *mail.net\n"
	  "header T eval:check_freemail_replyto('replyto')",
	  "From: joe@free.com\n"
	  "\n"
	  "write to jim@free.com please\n",
	  0 },
	{ "bulk is not looked at",
	  "freemail_domains free.com ?ree.org *mail.net\n"
	  "header T eval:check_freemail_replyto('reply')",
	  "Return-Path: <noreply@x.com>\n"
	  "From: joe@free.com\n"
	  "\n"
	  "write to jim@free.com please\n",
	  0 },
	{ "no-reply is not bulk",
	  "freemail_domains free.com ?ree.org *mail.net\n"
	  "header T eval:check_freemail_replyto('reply')",
	  "Return-Path: <no-reply@x.com>\n"
	  "From: joe@free.com\n"
	  "\n"
	  "write to jim@free.com please\n",
	  1 },
};

static void test_freemail(void **state)
{
	(void)state;
	assert_int_equal(
	    harness_wrong_rows(freemail_rows, sizeof(freemail_rows) / sizeof(freemail_rows[0])), 0);
}

static const struct harness_row freemail_body_rows[] = {
	{ "in the text",
	  "freemail_domains free.com ?ree.org *mail.net\n"
	  "header T eval:check_freemail_body()",
	  "Content-Type: text/plain\n"
	  "\n"
	  "write to jim@free.com now\n",
	  1 },
	{ "none",
	  "freemail_domains free.com ?ree.org *mail.net\n"
	  "header T eval:check_freemail_body()",
	  "Content-Type: text/plain\n"
	  "\n"
	  "write to jim@paid.com now\n",
	  0 },
	{ "quoted senders do not count",
	  "freemail_domains free.com ?ree.org *mail.net\n"
	  "header T eval:check_freemail_body()",
	  "Content-Type: text/plain\n"
	  "\n"
	  "Jim <jim@free.com> said\n",
	  0 },
	{ "nor those who wrote",
	  "freemail_domains free.com ?ree.org *mail.net\n"
	  "header T eval:check_freemail_body()",
	  "Content-Type: text/plain\n"
	  "\n"
	  "jim@free.com wrote: x\n",
	  0 },
	{ "but those to be written to do",
	  "freemail_domains free.com ?ree.org *mail.net\n"
	  "header T eval:check_freemail_body()",
	  "Content-Type: text/plain\n"
	  "\n"
	  "jim@free.com tel: 12\n",
	  1 },
	{ "web addresses do not",
	  "freemail_domains free.com ?ree.org *mail.net\n"
	  "header T eval:check_freemail_body()",
	  "Content-Type: text/plain\n"
	  "\n"
	  "http://x.com/jim@free.com now\n",
	  0 },
	{ "four addresses",
	  "freemail_domains free.com ?ree.org *mail.net\n"
	  "header T eval:check_freemail_body()",
	  "Content-Type: text/plain\n"
	  "\n"
	  "jim0@free.com jim1@free.com jim0@paid.com jim1@paid.com\n",
	  1 },
	{ "five are too many",
	  "freemail_domains free.com ?ree.org *mail.net\n"
	  "header T eval:check_freemail_body()",
	  "Content-Type: text/plain\n"
	  "\n"
	  "jim0@free.com jim1@free.com jim0@paid.com jim1@paid.com jim2@paid.com\n",
	  0 },
	{ "three freemails are too many",
	  "freemail_domains free.com ?ree.org *mail.net\n"
	  "header T eval:check_freemail_body()",
	  "Content-Type: text/plain\n"
	  "\n"
	  "jim0@free.com jim1@free.com jim2@free.com\n",
	  0 },
	{ "unless told otherwise",
	  "freemail_domains free.com ?ree.org *mail.net\n"
	  "freemail_skip_when_over_max 0\n"
	  "header T eval:check_freemail_body()",
	  "Content-Type: text/plain\n"
	  "\n"
	  "jim0@free.com jim1@free.com jim2@free.com jim0@paid.com jim1@paid.com\n",
	  1 },
	{ "a link",
	  "freemail_domains free.com ?ree.org *mail.net\n"
	  "header T eval:check_freemail_body()",
	  "Content-Type: text/html\n"
	  "\n"
	  "<a href='mailto:jim@free.com'>write</a>\n",
	  1 },
	{ "an unknown TLD",
	  "freemail_domains free.com ?ree.org *mail.net\n"
	  "header T eval:check_freemail_body()",
	  "Content-Type: text/plain\n"
	  "\n"
	  "jim@free.com.foo now\n",
	  0 },
	{ "dots in a row",
	  "freemail_domains free.com ?ree.org *mail.net\n"
	  "header T eval:check_freemail_body()",
	  "Content-Type: text/plain\n"
	  "\n"
	  "a jim..x@free.com now\n",
	  1 },
};

static void test_freemail_body(void **state)
{
	(void)state;
	assert_int_equal(harness_wrong_rows(freemail_body_rows, sizeof(freemail_body_rows) /
								    sizeof(freemail_body_rows[0])),
			 0);
}

static void test_log(void **state)
{
	struct arena *a = arena_new();
	const char *config =
	    "freemail_domains free.com\nheader T eval:check_freemail_replyto('replyto')\n";

	(void)state;
	assert_true(
	    str_eq(harness_log_of(a, config, "From: joe@free.com\nReply-To: jim@free.com\n\nx\n"),
		   STR("joe(at)free.com -> jim(at)free.com")));
	a = arena_free(a);
}

static void test_body_is_edited(void **state)
{
	struct harness h;
	size_t rule;

	(void)state;
	harness_init(&h);
	harness_config(&h, STR("util_rb_tld com\nfreemail_domains free.com\n"
			       "header T eval:check_freemail_body()\n"));
	harness_ready(&h);
	harness_message(&h, STR("Subject: s\n\nWrite to <jim@free.com> now\n"), 0);
	rule = harness_find(&h, STR("T"));
	assert_int_equal(harness_run(&h, rule), 0);
	assert_true(str_eq(h.msg->body.line[1], STR("Write to   now\n")) ||
		    str_eq(h.msg->body.line[1], STR("Write to   now ")));
	harness_done(&h);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_freemail),
		cmocka_unit_test(test_freemail_body),
		cmocka_unit_test(test_log),
		cmocka_unit_test(test_body_is_edited),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
