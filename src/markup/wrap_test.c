/* SPDX-License-Identifier: BSD-2-Clause */
/* Where lines break. Each want was seen of SpamAssassin's own function. */
#include "markup/wrap.h"

#include "core/strbuf.h"
#include "markup/harness.h"

static const struct {
	const char *name, *text, *first, *prefix;
	size_t width;
	enum wrap_at at;
	bool overflow;
	const char *want;
} cases[] = {
	{ "nothing", "", "", ">", 10, WRAP_AT_BLANKS, false, "" },
	{ "one line", "a b", "", ">", 10, WRAP_AT_BLANKS, false, "a b" },
	{ "at a blank", "aaaa bbbb cccc", "", ">", 10, WRAP_AT_BLANKS, false, "aaaa bbbb\n>cccc" },
	{ "as wide as may be", "aaaa bbbbb c", "", ">", 10, WRAP_AT_BLANKS, false,
	  "aaaa bbbbb\n> c" },
	{ "a first line's lead", "aaaa bbbb", "lead: ", ">", 10, WRAP_AT_BLANKS, false,
	  "lead: aaaa\n> bbbb" },
	{ "a lead that is too long", "a b", "a long lead ", ">", 10, WRAP_AT_BLANKS, false,
	  "a long lead\n>a b" },
	{ "a word that is too long", "a bbbbbbbbbbbb c", "", ">", 10, WRAP_AT_BLANKS, false,
	  "a\n>bbbbbbbbbbbb\n> c" },
	{ "tabs count as eight", "a\tb c", "", ">", 10, WRAP_AT_BLANKS, false, "a\tb\n> c" },
	{ "overflow", "aaaa bbbb cccc dd", "", ">", 10, WRAP_AT_BLANKS, true,
	  "aaaa bbbb cccc\n> dd" },
	{ "a prefix that is too long", "a b c", "", "a long prefix ", 3, WRAP_AT_BLANKS, false,
	  "a b\na long prefix\na long prefix c" },
	{ "behind commas", "aaaa,bbbb,cccc", "", "\t", 10, WRAP_BEHIND_COMMAS, false,
	  "aaaa,bbbb,\n\tcccc" },
	{ "and blanks", "aaaa bbbb, cccc", "", "\t", 12, WRAP_BEHIND_COMMAS, false,
	  "aaaa bbbb,\n\tcccc" },
	{ "a long first word", "aaaaaaaaaaaaaa,b", "", "\t", 10, WRAP_BEHIND_COMMAS, false,
	  "aaaaaaaaaaaaaa,\n\tb" },
};

static void test_wrap(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct wrap w = { .first = str_of(cases[i].first),
				  .prefix = str_of(cases[i].prefix),
				  .width = cases[i].width,
				  .at = cases[i].at,
				  .overflow = cases[i].overflow };
		struct strbuf b;

		strbuf_init(&b, 0);
		wrap_text(&b, str_of(cases[i].text), &w);
		markup_expect(cases[i].name, strbuf_str(&b), cases[i].want);
		strbuf_done(&b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_wrap) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
