/* SPDX-License-Identifier: BSD-2-Clause */
/* Which words of a line are encoded, and how. */
#include "markup/harness.h"
#include "markup/markup_private.h"

static const struct {
	const char *name, *text, *want;
} cases[] = {
	{ "nothing", "", "" },
	{ "ASCII stays", "a =?b?= c\n\td", "a =?b?= c\n\td" },
	{ "one word of many", "a \xc3\xa4 b", "a =?UTF-8?B?w6Q=?= b" },
	{ "from the first to the last", "a \xc3\xa9t\xc3\xa9 est un \xc3\xa9t\xc3\xa9, b",
	  "a =?UTF-8?B?w6l0w6kgZXN0IHVuIMOpdMOpLA==?= b" },
	{ "Q where it is shorter", "En-t\xc3\xaate contient caract\xc3\xa8res",
	  "=?UTF-8?Q?En-t=C3=AAte_contient_caract=C3=A8res?=" },
	{ "Q's own signs", "plain text with a_b=c? and one \xc3\xa4 in a word or two",
	  "plain text with a_b=c? and one =?UTF-8?B?w6Q=?= in a word or two" },
	{ "and within", "x\xc3\xa4 plain text a_b=c? plain text of all the rest x\xc3\xa4",
	  "=?UTF-8?Q?x=C3=A4_plain_text_a=5Fb=3Dc=3F_plain_text_of_all_the_rest_x=C3=A4?=" },
	{ "line by line", "a\n\t\xc3\xa4 b\r\n\tc \xc3\xa4\r\n",
	  "a\n\t=?UTF-8?B?w6Q=?= b\r\n\tc =?UTF-8?B?w6Q=?=\r\n" },
	{ "control bytes",
	  "a\x01"
	  "b",
	  "=?UTF-8?Q?a=01b?=" },
	{ "CR alone", "a\r b", "=?UTF-8?Q?a=0D?= b" },
};

static void test_encode(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct strbuf b;

		strbuf_init(&b, 0);
		markup_encode_field(&b, str_of(cases[i].text));
		markup_expect(cases[i].name, strbuf_str(&b), cases[i].want);
		strbuf_done(&b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_encode) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
