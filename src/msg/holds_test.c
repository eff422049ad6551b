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

#define MIXED "Content-Type: multipart/mixed; boundary=B\n\n--B\n"
#define ALTERNATIVE "Content-Type: multipart/alternative; boundary=B\n\n--B\n"

static void test_holds(void **state)
{
	static const struct {
		const char *message;
		unsigned want;
	} rows[] = {
		{ "", 0 },
		{ "Subject: s\n\n<html>\n", 0 },
		{ "Content-Type: text/html\n\n<p>x\n", MSG_HOLDS_HTML },
		{ "Content-Type: image/png; name=a.html\n\n<p>x\n",
		  MSG_HOLDS_HTML | MSG_HOLDS_IMAGE },
		{ "Content-Type: IMAGE/Gif\n\nGIF\n", MSG_HOLDS_IMAGE },
		{ "Content-Type: application/image\n\nGIF\n", 0 },
		{ MIXED "\nx\n--B\nContent-Type: image/x\n\nx\n--B--\n", MSG_HOLDS_IMAGE },
		{ ALTERNATIVE "\nx\n--B--\n", MSG_HOLDS_ALTERNATIVE },
		{ ALTERNATIVE "Content-Type: text/html\n\nx\n--B--\n",
		  MSG_HOLDS_ALTERNATIVE | MSG_HOLDS_HTML },
	};

	(void)state;
	for (size_t i = 0; i < ELEMENTS(rows); i++) {
		struct arena *a = arena_new();
		struct budget budget;
		struct msg_config conf;

		budget_init_message(&budget, 1000);
		msg_config_defaults(&conf);
		assert_int_equal(
		    msg_holds(msg_new(a, str_of(rows[i].message), NULL, 0, &conf, &budget)),
		    rows[i].want);
		arena_free(a);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_holds) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
