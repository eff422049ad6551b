/* SPDX-License-Identifier: BSD-2-Clause */
/* Encoded words and 8-bit header values. */
#include "mime/encoded_word.h"

#include "core/arena.h"
#include "core/xalloc.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

static const struct {
	const char *name, *in, *want;
} rows[] = {
	{ "subject", "plain", "plain" },
	{ "subject", "=?utf-8?Q?a_b=20c?=", "a b c" },
	{ "subject", "x=?us-ascii?Q?a?=y", "xay" },
	{ "subject", "=?us-ascii?Q?a?= \t =?us-ascii?B?Yg==?= =?x?q?c?=", "abc" },
	{ "subject", "=?utf-8?Q?=c3?= =?utf-8?Q?=a9?=", "\xc3\xa9" },
	{ "subject", "=?utf-8?Q?=c3?= =?UTF-8?Q?=a9?=", "\xc3\xa9" },
	{ "subject", "=?utf-8*en?Q?=c3?= =?utf-8?Q?=a9?=", "\xef\xbf\xbd\xef\xbf\xbd" },
	{ "subject", "=?us-ascii*en?q?x?=", "x" },
	{ "subject", "=?iso-8859-1?q?=93?=", "\xe2\x80\x9c" },
	{ "subject", "=?utf-8?q?a?b?=", "=?utf-8?q?a?b?=" },
	{ "subject", "=?utf-8?x?a?=", "=?utf-8?x?a?=" },
	{ "subject", "=?utf-8?q?a b?=", "a b" },
	{ "subject", "=?utf-8?q?a=0Ab?=", "a\nb" },
	{ "subject", "caf\xe9", "caf\xc3\xa9" },
	{ "subject", "caf\xc3\xa9", "caf\xc3\xa9" },
	{ "subject", "\xe9 \xc3\xa9", "\xc3\xa9 \xc3\x83\xc2\xa9" },
	{ "Received", "=?utf-8?q?a?=", "=?utf-8?q?a?=" },
	{ "message-id", "=?utf-8?q?a?=", "=?utf-8?q?a?=" },
	{ "List-Id", "=?utf-8?q?a?=", "=?utf-8?q?a?=" },
	{ "x-date", "=?utf-8?q?a?=", "a" },
	{ "content-type", "x; name=\"=?utf-8?q?a?=\"", "x; name=\"a\"" },
	{ "subject", "", "" },
	{ "subject", "=?", "=?" },
	{ "subject",
	  "=?utf-8?q?"
	  "?=",
	  "" },
};

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < ELEMENTS(rows); i++) {
		struct arena *a = arena_new();
		struct str got =
		    encoded_word_decode(a, str_of(rows[i].name), str_of(rows[i].in), NULL);
		if (!str_eq(got, str_of(rows[i].want)))
			fail_msg("'%s': got '%.*s'", rows[i].in, STR_FMT(got));
		arena_free(a);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_rows) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
