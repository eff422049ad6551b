/* SPDX-License-Identifier: BSD-2-Clause */
/* Bounces of our own mail, and of others. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "checks/harness.h"

static const struct harness_row bounces_rows[] = {
	{ "relays given",
	  "welcomelist_bounce_relays *.mine.com\n"
	  "body T eval:have_any_bounce_relays()",
	  "Content-Type: text/plain\n"
	  "\n"
	  "text\n",
	  1 },
	{ "none given", "body T eval:have_any_bounce_relays()",
	  "Content-Type: text/plain\n"
	  "\n"
	  "text\n",
	  0 },
	{ "in an attached message",
	  "welcomelist_bounce_relays *.mine.com\n"
	  "body T eval:check_welcomelist_bounce_relays()",
	  "MIME-Version: 1.0\n"
	  "Content-Type: multipart/mixed; boundary=b\n"
	  "\n"
	  "--b\n"
	  "Content-Type: text/plain\n"
	  "\n"
	  "failed\n"
	  "--b\n"
	  "Content-Type: message/rfc822\n"
	  "\n"
	  "Received: from mx.mine.com (x) by y\n"
	  "Subject: s\n"
	  "\n"
	  "x\n"
	  "--b--\n",
	  1 },
	{ "of others",
	  "welcomelist_bounce_relays *.mine.com\n"
	  "body T eval:check_welcomelist_bounce_relays()",
	  "MIME-Version: 1.0\n"
	  "Content-Type: multipart/mixed; boundary=b\n"
	  "\n"
	  "--b\n"
	  "Content-Type: text/plain\n"
	  "\n"
	  "failed\n"
	  "--b\n"
	  "Content-Type: message/rfc822\n"
	  "\n"
	  "Received: from mx.other.com (x) by y\n"
	  "Subject: s\n"
	  "\n"
	  "x\n"
	  "--b--\n",
	  0 },
	{ "folded",
	  "welcomelist_bounce_relays *.mine.com\n"
	  "body T eval:check_welcomelist_bounce_relays()",
	  "MIME-Version: 1.0\n"
	  "Content-Type: multipart/mixed; boundary=b\n"
	  "\n"
	  "--b\n"
	  "Content-Type: text/plain\n"
	  "\n"
	  "failed\n"
	  "--b\n"
	  "Content-Type: text/rfc822-headers\n"
	  "\n"
	  "Received: from a\n"
	  "\tby mx.mine.com with SMTP\n"
	  "Subject: s\n"
	  "--b--\n",
	  1 },
	{ "in the text",
	  "welcomelist_bounce_relays *.mine.com\n"
	  "body T eval:check_whitelist_bounce_relays()",
	  "Content-Type: text/plain\n"
	  "\n"
	  "> Received: from a by mx.mine.com with SMTP\n",
	  1 },
	{ "in another header",
	  "welcomelist_bounce_relays *.mine.com\n"
	  "body T eval:check_welcomelist_bounce_relays()",
	  "Content-Type: text/plain\n"
	  "\n"
	  "Received: x\n"
	  "\n"
	  "Subject: a mx.mine.com b\n",
	  0 },
};

static void test_bounces(void **state)
{
	(void)state;
	assert_int_equal(
	    harness_wrong_rows(bounces_rows, sizeof(bounces_rows) / sizeof(bounces_rows[0])), 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bounces),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
