/* SPDX-License-Identifier: BSD-2-Clause */
/* Fields as they stand in the message, and line ends. */
#include "markup/harness.h"
#include "markup/markup_private.h"

#include "core/arena.h"

static const struct {
	const char *headers, *name, *want; /* all values, "|" behind each */
} fields[] = {
	{ "", "A", "" },
	{ "A: 1\nB: 2\na:3\n", "A", "1\n|3\n|" },
	{ "A: 1\n 2\n\t3\nB: 4\n", "A", "1\n 2\n\t3\n|" },
	{ "A \t:  1\n", "A", "1\n|" },
	{ "A:\n 1\n", "A", "\n 1\n|" },
	{ "AB: 1\nA\nA: 2\n", "A", "2\n|" },
	{ "B: A: 1\n A: 2\n", "A", "" },
	{ "A: 1\r\n 2\r\nB: 3\r\n", "A", "1\r\n 2\r\n|" },
	{ "A: 1\nA: cut off", "A", "1\n|" },
	{ "A: 1\n ", "A", "" },
};

static void test_fields(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++) {
		struct pristine p = { .headers = str_of(fields[i].headers) };
		struct strbuf b;
		struct str value;

		strbuf_init(&b, 0);
		while (pristine_next(&p, str_of(fields[i].name), &value)) {
			strbuf_add(&b, value);
			strbuf_add_byte(&b, '|');
		}
		markup_expect(fields[i].headers, strbuf_str(&b), fields[i].want);
		strbuf_done(&b);
	}
}

static void test_last(void **state)
{
	struct markup_harness h;

	(void)state;
	markup_harness_init(&h, "body A /x/", "A: 1\nA: 2\n 3\nB: =?utf-8?q?=62?=");
	markup_expect("last", pristine_last(h.in.msg->mime, STR("A"), h.arena), "2\n 3\n");
	markup_expect("as it was read", pristine_last(h.in.msg->mime, STR("B"), h.arena), "b\n");
	markup_expect("none", pristine_last(h.in.msg->mime, STR("C"), h.arena), "(none)");
	markup_harness_done(&h);
}

static const struct {
	const char *text;
	bool crlf;
	const char *want;
} ends[] = {
	{ "a\nb\r\n\nc", false, "a\nb\r\n\nc" },
	{ "a\nb\r\n\nc", true, "a\r\nb\r\n\r\nc" },
	{ "\n", true, "\r\n" },
	{ "a\r\r\nb\r", true, "a\r\r\nb\r" },
};

static void test_line_ends(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++) {
		struct strbuf b;

		strbuf_init(&b, 0);
		markup_add_line_ends(&b, str_of(ends[i].text), ends[i].crlf);
		markup_expect(ends[i].text, strbuf_str(&b), ends[i].want);
		strbuf_done(&b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_fields),
					    cmocka_unit_test(test_last),
					    cmocka_unit_test(test_line_ends) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
