/* SPDX-License-Identifier: BSD-2-Clause */
/* Content on its way out, whole and at every split into two. */
#include "smtp/content_out.h"

#include "core/strbuf.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

static const struct {
	const char *in, *want;
} cases[] = {
	{ "", "" },
	{ "a\n", "a\r\n" },
	{ "a", "a\r\n" },
	{ "\n", "\r\n" },
	{ "\n\n", "\r\n\r\n" },
	{ ".", "..\r\n" },
	{ ".\n", "..\r\n" },
	{ "..\n.a\na.\n", "...\r\n..a\r\na.\r\n" },
	{ "a\r\n", "a\r\n" },
	{ "a\rb\n", "a b\r\n" },
	{ "a\r\r\n", "a \r\n" },
	{ "\r.\r\n", " .\r\n" },
	{ "a\r", "a \r\n" },
	{ "a\n.\r", "a\r\n.. \r\n" },
	{ "\r\n.\r\n", "\r\n..\r\n" },
	{ "\xff\x01\n", "\xff\x01\r\n" },
};

static void test_cases(void **state)
{
	(void)state;
	for (size_t i = 0; i < ELEMENTS(cases); i++) {
		struct str in = str_of(cases[i].in);

		for (size_t split = 0; split <= in.n; split++) {
			struct smtp_content_out c = { 0 };
			struct strbuf out;

			strbuf_init(&out, 0);
			smtp_content_out_feed(&c, str_sub(in, 0, split), &out);
			smtp_content_out_feed(&c, str_from(in, split), &out);
			smtp_content_out_end(&c, &out);
			assert_string_equal(out.p ? out.p : "", cases[i].want);
			strbuf_done(&out);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_cases) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
