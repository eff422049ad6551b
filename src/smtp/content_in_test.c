/* SPDX-License-Identifier: BSD-2-Clause */
/* Content on its way in, whole and at every split into two; more of it in server_data_test.c. */
#include "smtp/content_in.h"

#include "core/strbuf.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

static const struct {
	const char *in, *want;
	bool over;
	unsigned lf, cr;
	const char *rest;
} cases[] = {
	{ ".\r\n", "", true, 0, 0, "" },
	{ ".\r\nQUIT\r\n", "", true, 0, 0, "QUIT\r\n" },
	{ "a\r\n.\r\n.\r\n", "a\n", true, 0, 0, ".\r\n" },
	{ "a", "a", false, 0, 0, "" },
	{ "a\r\n.", "a\n", false, 0, 0, "" },
	{ "a\r\n.\r", "a\n", false, 0, 0, "" },
	{ "a\r\n..\r\n", "a\n.\n", false, 0, 0, "" },
	{ "a\r\n.b\r\n", "a\nb\n", false, 0, 0, "" },
	{ "a\n.\n.\r\n", "a\n.\n.\n", false, 2, 0, "" },
	{ "a\r\n.\n", "a\n\n", false, 1, 0, "" },
	{ "a\r\n.\rb\r\n", "a\n b\n", false, 0, 1, "" },
	{ "a\r\n.\r\r\n", "a\n\n", false, 0, 1, "" },
	{ "a\r\rb", "a  b", false, 0, 2, "" },
	{ "a\r\r\r\nb", "a\nb", false, 0, 2, "" },
	{ "\xff\r\n", "\xff\n", false, 0, 0, "" },
};

static void run(size_t i, size_t split)
{
	struct smtp_content_in c = { 0 };
	struct str in = str_of(cases[i].in), head = str_sub(in, 0, split);
	struct strbuf out;
	bool over;

	strbuf_init(&out, 0);
	over = smtp_content_in_feed(&c, &head, &out);
	in = str_from(in, split - head.n);
	if (!over)
		over = smtp_content_in_feed(&c, &in, &out);
	assert_string_equal(out.p ? out.p : "", cases[i].want);
	assert_int_equal(over, cases[i].over);
	assert_int_equal(c.bare_lf, cases[i].lf);
	assert_int_equal(c.bare_cr, cases[i].cr);
	assert_int_equal(c.bytes, out.n);
	assert_int_equal(c.has_8bit, cases[i].in[0] == '\xff');
	assert_true(str_eq(in, str_of(cases[i].rest)));
	strbuf_done(&out);
}

static void test_cases(void **state)
{
	(void)state;
	for (size_t i = 0; i < ELEMENTS(cases); i++)
		for (size_t split = 0; split <= strlen(cases[i].in); split++)
			run(i, split);
}

/* A megabyte of CRs is neither held back nor quadratic. */
static void test_many_cr(void **state)
{
	enum { N = 1 << 20 };
	struct smtp_content_in c = { 0 };
	struct strbuf out, text;
	struct str in;

	(void)state;
	strbuf_init(&out, 0);
	strbuf_init(&text, 0);
	memset(strbuf_reserve(&text, N), '\r', N);
	strbuf_added(&text, N);
	in = strbuf_str(&text);
	assert_false(smtp_content_in_feed(&c, &in, &out));
	assert_in_range(out.n, N - 1024, N);
	in = STR("x\r\n.\r\n");
	assert_true(smtp_content_in_feed(&c, &in, &out));
	assert_int_equal(out.n, N + 2);
	assert_int_equal(c.bare_cr, N);
	assert_int_equal(c.lines, 1);
	strbuf_done(&out);
	strbuf_done(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_cases),
					    cmocka_unit_test(test_many_cr) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
