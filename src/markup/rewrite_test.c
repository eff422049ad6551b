/* SPDX-License-Identifier: BSD-2-Clause */
/* The message with markup in its header. */
#include "markup/harness.h"

#include "core/arena.h"
#include "core/strbuf.h"

#define HAM "body A /x/\n"
#define SPAM "header A From =~ /./\nscore A 9\nreport_safe 0\nclear_headers\n"
#define CHECKER "X-Spam-Checker-Version: SpamAssassin 4.0.1 (2024-03-25) on host.example"

static const struct {
	const char *name, *cf, *mail, *want;
} cases[] = {
	{ "fields come first", HAM, "From: a\n\ntext\n", CHECKER "\nFrom: a\n\ntext\n" },
	{ "behind Return-Path", HAM, "return-path: <a>\n b\nFrom: a\n\ntext\n",
	  "return-path: <a>\n b\n" CHECKER "\nFrom: a\n\ntext\n" },
	{ "which must be first", HAM, "A: b\nReturn-Path: <a>\n\n",
	  CHECKER "\nA: b\nReturn-Path: <a>\n\n" },
	{ "the mbox line", HAM, "From a Mon Jan 1\nFrom: a\n\n",
	  "From a Mon Jan 1\n" CHECKER "\nFrom: a\n\n" },
	{ "CR LF", HAM, "From: a\r\n\r\ntext\nmore\r\n",
	  CHECKER "\r\nFrom: a\r\n\r\ntext\nmore\r\n" },
	{ "older markup goes", HAM,
	  "X-Spam-A: 1\n 2\nB: 3\n 4\nx-SPAM-c: 5\nX-Spam-Prev-D: 6\n 7\n\nX-Spam-E: 8\n",
	  CHECKER "\nB: 3\n 4\nX-Spam-Prev-D: 6\n 7\n\nX-Spam-E: 8\n" },
	{ "Subject", SPAM "rewrite_header Subject [S]", "From: a\nSubject: x\n\n",
	  CHECKER "\nFrom: a\nSubject: [S] x\nX-Spam-Prev-Subject: x\n\n" },
	{ "From and To", SPAM "rewrite_header From (f)\nrewrite_header To t",
	  "From: a\nTo:b\n c\nCc: d\n\n",
	  CHECKER
	  "\nFrom: ([f]) a\nTo: (t) b\n c\nCc: d\nX-Spam-Prev-From: a\nX-Spam-Prev-To:b\n\n" },
	{ "all of them", SPAM "rewrite_header To t", "From: a\nTo: b\nto: c\n\n",
	  CHECKER "\nFrom: a\nTo: (t) b\nto: (t) c\nX-Spam-Prev-To: b\nX-Spam-Prev-to: c\n\n" },
	{ "a tag that is there", SPAM "rewrite_header Subject [S]", "From: a\nSubject: [s] x\n\n",
	  CHECKER "\nFrom: a\nSubject: [S] x\nX-Spam-Prev-Subject: [s] x\n\n" },
	{ "no Subject", SPAM "rewrite_header Subject [S]", "From: a\n\n",
	  CHECKER "\nFrom: a\nSubject: [S] \nX-Spam-Prev-Subject: (nonexistent)\n\n" },
	{ "no Subject, no header end", SPAM "rewrite_header Subject [S]", "From: a",
	  CHECKER "\nFrom: a\nSubject: [S] \nX-Spam-Prev-Subject: (nonexistent)\n" },
	{ "ham keeps its own", HAM "rewrite_header Subject [S]\nrewrite_header From f",
	  "From: a\nSubject: x\n\ntext\n", CHECKER "\nFrom: a\nSubject: x\n\ntext\n" },
	{ "ham without Subject", HAM "rewrite_header Subject [S]", "From: a\n\ntext\n",
	  CHECKER "\nFrom: a\nSubject: \n\ntext\n" },
	{ "subjprefix", HAM "rewrite_header Subject [S]\nsubjprefix A [x]",
	  "Subject:   y\n\ntext\n", CHECKER "\nSubject: [x] y\n\ntext\n" },
	{ "line ends in a tag", SPAM "rewrite_header Subject <_REPORT_>", "From: a\nSubject: x\n\n",
	  CHECKER "\nFrom: a\nSubject: < *  9.0 A No description available. > x\n"
		  "X-Spam-Prev-Subject: x\n\n" },
};

static void test_rewrite(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct markup_harness h;

		markup_harness_init(&h, cases[i].cf, cases[i].mail);
		markup_expect(cases[i].name, markup_rewrite(&h.in, h.arena), cases[i].want);
		markup_harness_done(&h);
	}
}

/* A header of nothing but To lines does not multiply the tag without end. */
static void test_bound(void **state)
{
	struct markup_harness h;
	struct strbuf mail;
	struct str out;

	(void)state;
	strbuf_init(&mail, 0);
	strbuf_add_c(&mail, "From: a\n");
	for (int i = 0; i < 5000; i++)
		strbuf_add_c(&mail, "To: b\n");
	markup_harness_init(&h, SPAM "rewrite_header To ttttttttttttttttttttttttttttttttttttttt",
			    mail.p);
	out = markup_rewrite(&h.in, h.arena);
	assert_true(out.n > mail.n && out.n < mail.n + 10000);
	markup_harness_done(&h);
	strbuf_done(&mail);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_rewrite),
					    cmocka_unit_test(test_bound) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
