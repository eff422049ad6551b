/* SPDX-License-Identifier: BSD-2-Clause */
/* Report lines: scores, areas, descriptions, what tests noted; for fields and for bodies. */
#include "markup/harness.h"

#include "core/arena.h"

#define INDENT "                            " /* 28 */

static const char mail[] = "Subject: subj\n\nbody text it\n";

static const struct {
	const char *name, *cf, *terse, *full;
} cases[] = {
	{ "no hit", "body A /nothing/", "\n", "" },
	{ "one", "body A /x/\ndescribe A some text", "\n*  1.0 A BODY: some text\n",
	  " 1.0 A                      BODY: some text\n" },
	{ "areas", "header H Subject =~ /s/\nbody B /x/\nrawbody R /x/\nfull F /x/\nmeta M B",
	  "\n*  1.0 H No description available.\n*  1.0 B BODY: No description available.\n"
	  "*  1.0 R RAW: No description available.\n*  1.0 F FULL: No description available.\n"
	  "*  1.0 M No description available.\n",
	  " 1.0 H                      No description available.\n"
	  " 1.0 B                      BODY: No description available.\n"
	  " 1.0 R                      RAW: No description available.\n"
	  " 1.0 F                      FULL: No description available.\n"
	  " 1.0 M                      No description available.\n" },
	{ "scores",
	  "body A /x/\nscore A 9.96\nbody B /x/\nscore B 10\nbody C /x/\nscore C -99.5\n"
	  "describe A a\ndescribe B b\ndescribe C c",
	  "\n* 10.0 A BODY: a\n*   10 B BODY: b\n* -100 C BODY: c\n",
	  "10.0 A                      BODY: a\n  10 B                      BODY: b\n"
	  "-100 C                      BODY: c\n" },
	{ "a long description",
	  "body A /x/\ndescribe A words of a description that do not have room on one line of the "
	  "report\n",
	  "\n*  1.0 A BODY: words of a description that do not have room on one line of\n"
	  "*      the report\n",
	  " 1.0 A                      BODY: words of a description that do not have room on one "
	  "line "
	  "of\n" INDENT "the report\n" },
	{ "another width", "body A /x/\ndescribe A words of a description\nreport_wrap_width 30\n",
	  "\n*  1.0 A BODY: words of a\n*      description\n",
	  " 1.0 A                      BODY: words of a\n" INDENT "description\n" },
	{ "a width that is none", "body A /x/\ndescribe A two words\nreport_wrap_width 5\n",
	  "\n*  1.0 A BODY: *      two\n*\n*      words\n",
	  " 1.0 A                      BODY: two\n\n" INDENT "words\n" },
	{ "as often as it hits", "body A /t/\ntflags A multiple\ndescribe A a",
	  "\n*  1.0 A BODY: a\n*  1.0 A BODY: a\n*  1.0 A BODY: a\n",
	  " 1.0 A                      BODY: a\n 1.0 A                      BODY: a\n"
	  " 1.0 A                      BODY: a\n" },
	{ "a note", "body A /x/\ndescribe A a\nheader O eval:test_other('A')",
	  "\n*  2.5 A BODY: a\n*      [logged]\n",
	  " 2.5 A                      BODY: a\n" INDENT "[logged]\n" },
	{ "one that is not shown",
	  "body A /x/\ntflags A nolog\nheader O eval:test_other('A')\n"
	  "describe A a",
	  "\n*  2.5 A BODY: a\n*      [*REDACTED*]\n",
	  " 2.5 A                      BODY: a\n" INDENT "[*REDACTED*]\n" },
};

static void test_lines(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct markup_harness h;

		markup_harness_init(&h, cases[i].cf, mail);
		markup_expect(cases[i].name, markup_tag(&h.in, STR("REPORT"), h.arena),
			      cases[i].terse);
		markup_expect(cases[i].name, markup_tag(&h.in, STR("SUMMARY"), h.arena),
			      cases[i].full);
		markup_harness_done(&h);
	}
}

/* Notes are broken between their 30th and 48th byte; long ones are set to the right. */
static const struct {
	const char *note, *want;
} notes[] = {
	{ "", INDENT "[]\n" },
	{ "short", INDENT "[short]\n" },
	{ "29 bytes of text and no break more", INDENT "[29 bytes of text and no break more]\n" },
	{ "30 bytes of text and one break, more",
	  INDENT "[30 bytes of text and one break,]\n" INDENT "[more]\n" },
	{ "a note that goes on for more than fifty bytes and then for some more of them",
	  INDENT "[a note that goes on for more than fifty bytes]\n" INDENT
		 "[and then for some more of them]\n" },
	{ "oneverylongwordofmorethanfortyeightbytesthatcannotbebrokenanywhereatall",
	  "     [oneverylongwordofmorethanfortyeightbytesthatcannotbebrokenanywhereatall]\n" },
	{ "two\nlines", INDENT "[two\nlines]\n" },
};

static void test_notes(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(notes) / sizeof(*notes); i++) {
		struct markup_harness h;
		struct match_hits hits;
		struct match_log log = { .text = str_of(notes[i].note) };
		struct str got;

		markup_harness_init(&h, "body A /x/\ndescribe A a", mail);
		assert_true(ruleset_find(h.in.rules, STR("A"), &log.rule));
		hits = *h.in.hits;
		hits.logs = &log;
		hits.log_count = 1;
		h.in.hits = &hits;
		got = markup_tag(&h.in, STR("SUMMARY"), h.arena);
		markup_expect(notes[i].note, str_from(got, str_chr(got, '\n') + 1), notes[i].want);
		markup_harness_done(&h);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_lines),
					    cmocka_unit_test(test_notes) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
