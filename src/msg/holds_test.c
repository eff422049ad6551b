/* SPDX-License-Identifier: BSD-2-Clause */
/* What messages hold. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "core/arena.h"
#include "core/budget.h"
#include "msg/holds.h"
#include "msg/msg.h"
#include "text/tld.h"

#define MIXED "Content-Type: multipart/mixed; boundary=B\n\n--B\n"
#define ALTERNATIVE "Content-Type: multipart/alternative; boundary=B\n\n--B\n"

#define HTML (MSG_HOLDS_HTML | MSG_HOLDS_HTML_TYPE)
static const struct tld_table *tlds(struct arena *a)
{
	struct tld_table *t = tld_table_new(a);

	assert_true(tld_table_add(t, STR("com"), 1));
	return t;
}

/* More than 64 bytes of a field. */
#define LONG "X-0123456789: 0123456789 0123456789 0123456789 0123456789 0123456789\n"

static void test_holds(void **state)
{
	static const struct {
		const char *message;
		unsigned want;
	} rows[] = {
		{ "", 0 },
		{ "Subject: s\n\n<html>\n", 0 },
		{ "Content-Type: text/html\n\n<p>x\n", HTML },
		{ "Content-Type: image/png; name=a.html\n\n<p>x\n",
		  MSG_HOLDS_HTML | MSG_HOLDS_IMAGE },
		{ "Content-Type: IMAGE/Gif\n\nGIF\n", MSG_HOLDS_IMAGE },
		{ "Content-Type: application/image\n\nGIF\n", 0 },
		{ MIXED "\nx\n--B\nContent-Type: image/x\n\nx\n--B--\n", MSG_HOLDS_IMAGE },
		{ ALTERNATIVE "\nx\n--B--\n", MSG_HOLDS_ALTERNATIVE },
		{ ALTERNATIVE "Content-Type: text/html\n\nx\n--B--\n",
		  MSG_HOLDS_ALTERNATIVE | HTML },
		{ "Content-Type: text/plain\n\nx\n", 0 },
		{ "Content-Type: \"text/html\"\n\nx\n", HTML },
		{ "Content-Type: TEXT/x-thing\n\nx\n", MSG_HOLDS_HTML_TYPE },
		{ "Content-Type: text/plain\nContent-Type: text/x\n\nx\n", MSG_HOLDS_HTML_TYPE },
		{ "Content-Transfer-Encoding: 8bit\n\nx\n", 0 },
		{ "Content-Transfer-Encoding: x-Base64\n\nx\n", MSG_HOLDS_BASE64 },
		{ "Content-Transfer-Encoding: Quoted-Printable\n\nx\n", MSG_HOLDS_QUOTED },
		{ MIXED "Content-Disposition: x\n\nx\n--B--\n", MSG_HOLDS_DISPOSITION },
		{ MIXED "\nx\n--B--\nx\n", MSG_HOLDS_FLAWS },
		{ "reply-TO: x@y\n\nx\n", MSG_HOLDS_REPLY_TO },
		{ "Mail-Reply-To: x@y\n\nx\n", MSG_HOLDS_MAIL_REPLY_TO },
		{ "Disposition-Notification-To: x@y\n\nx\n", MSG_HOLDS_NOTIFICATION_TO },
		{ MIXED "Reply-To: x@y\n\nx\n--B--\n", 0 },
		{ "Subject: s\n\nhttp://www.a.com/\n", MSG_HOLDS_URIS },
		{ LONG "\n\n\tx\n" LONG, 0 },
		{ LONG "\n\n\x80\n" LONG LONG, MSG_HOLDS_ODD_BYTES },
		{ LONG LONG "\n\n\x7f\n", MSG_HOLDS_ODD_BYTES },
		{ "X: \x01\n\nx\n" LONG LONG, MSG_HOLDS_ODD_BYTES },
		{ "Subject: s\r\n\r\nx\r\n", MSG_HOLDS_ODD_BYTES | MSG_HOLDS_ENTITIES },
		{ LONG "\n\nx&#x\n" LONG LONG, MSG_HOLDS_ENTITIES },
		{ LONG "\n\nx& #\n" LONG LONG, 0 },
		{ LONG LONG "\n\nx&#", MSG_HOLDS_ENTITIES },
	};

	(void)state;
	for (size_t i = 0; i < ELEMENTS(rows); i++) {
		struct arena *a = arena_new();
		struct budget budget;
		struct msg_config conf;

		budget_init_message(&budget, 1000);
		msg_config_defaults(&conf);
		conf.tlds = tlds(a);
		unsigned got =
		    msg_holds(msg_new(a, str_of(rows[i].message), NULL, 0, &conf, &budget));

		/* of the short messages above some have flaws */
		got &= rows[i].want | ~(unsigned)MSG_HOLDS_FLAWS;
		if (got != rows[i].want)
			fail_msg("%s: %x", rows[i].message, got);
		arena_free(a);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_holds) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
