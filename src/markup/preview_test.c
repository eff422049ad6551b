/* SPDX-License-Identifier: BSD-2-Clause */
/* The content preview. */
#include "markup/harness.h"

#include "core/arena.h"

#define HEAD "Subject: subj\n\n"
#define TEN "ten bytes "

static const struct {
	const char *name, *mail, *want;
} cases[] = {
	{ "nothing", HEAD, "" },
	{ "one line", HEAD "text\n", "text " },
	{ "paragraphs", HEAD "a\nb\n\nc\n\nd\n\ne\n", "a b c d " },
	{ "enough",
	  HEAD "a\n\n" TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN
	      TEN TEN "\n\nmore\n",
	  "a ten bytes ten bytes ten bytes ten bytes ten bytes ten bytes\n"
	  "   ten bytes ten bytes ten bytes ten bytes ten bytes ten bytes ten bytes ten\n"
	  "   bytes ten bytes ten bytes ten bytes ten bytes ten bytes ten bytes [...] " },
	{ "rulers", HEAD "a\n==========\n-----------\n_*._*._*._*.b\n---------\n",
	  "a ========== b --------- " },
	{ "quoted mail", HEAD "a -----Original Message----- of b\n\nc\n", "a c " },
	{ "a note for old readers", HEAD "This is a multi-part message in MIME format.\na\n",
	  "a " },
};

static void test_preview(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct markup_harness h;

		markup_harness_init(&h, "body A /x/", cases[i].mail);
		markup_expect(cases[i].name, markup_tag(&h.in, STR("PREVIEW"), h.arena),
			      cases[i].want);
		markup_harness_done(&h);
	}
}

/* What a rule took out of the body is not shown. */
static void test_edited_body(void **state)
{
	struct markup_harness h;

	(void)state;
	markup_harness_init(&h, "header A eval:test_cut_body()", HEAD "12345text\n");
	markup_expect("edited", markup_tag(&h.in, STR("PREVIEW"), h.arena), "text ");
	markup_harness_done(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_preview),
					    cmocka_unit_test(test_edited_body) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
