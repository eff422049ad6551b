/* SPDX-License-Identifier: BSD-2-Clause */
/* X-Spam-* fields: which, folded, encoded. */
#include "markup/harness.h"

#include "core/arena.h"

#define RULES "body A /x/\nremove_header all Checker-Version\n"
#define CHECKER "X-Spam-Checker-Version: SpamAssassin 4.0.1 (2024-03-25) on host.example\n"

static const struct {
	const char *name, *cf;
	bool spam;
	const char *want;
} cases[] = {
	{ "the one that is always there", RULES, false, CHECKER },
	{ "of ham", RULES "add_header ham H h\nadd_header spam S s\nadd_header all A a", false,
	  CHECKER "X-Spam-H: h\nX-Spam-A: a\n" },
	{ "of spam", RULES "add_header ham H h\nadd_header spam S s\nadd_header all A a", true,
	  CHECKER "X-Spam-S: s\nX-Spam-A: a\n" },
	{ "empty", RULES "add_header all A \"\"", false, CHECKER "X-Spam-A: \n" },
	{ "lines", RULES "add_header all A \"\\n a \\n\\n b\\tc \\n\\n\"", false,
	  CHECKER "X-Spam-A: \n\ta\n\tb\tc \n" },
	{ "no folding", RULES "fold_headers 0\nadd_header all A \"\\n a \\n\\n b\\n\"", false,
	  CHECKER "X-Spam-A:   a    b\n" },
	{ "width",
	  RULES "add_header all A aaaaaaaaaaaaaaa bbbbbbbbbbbbbbb ccccccccccccccc ddddddddddddddd "
		"eeeeeeeee",
	  false,
	  CHECKER "X-Spam-A: aaaaaaaaaaaaaaa bbbbbbbbbbbbbbb ccccccccccccccc ddddddddddddddd\n"
		  "\teeeeeeeee\n" },
	{ "a value of the message cannot leave its field", RULES "add_header all A _HEADER(ALL)_",
	  false, CHECKER "X-Spam-A: Subject: subj\n\tTo: b\n" },
	{ "encoded", RULES "add_header all A a \xc3\xa4 b\n", false,
	  CHECKER "X-Spam-A: a =?UTF-8?B?w6Q=?= b\n" },
};

static void test_fields(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct markup_harness h;

		markup_harness_init(&h, cases[i].cf, "Subject: subj\nTo: b\n\ntext\n");
		markup_expect(cases[i].name, markup_fields(&h.in, cases[i].spam, h.arena),
			      cases[i].want);
		markup_harness_done(&h);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_fields) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
