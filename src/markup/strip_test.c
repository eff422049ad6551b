/* SPDX-License-Identifier: BSD-2-Clause */
/* Markup taken off: every form of it, and messages that have none. */
#include "markup/harness.h"

#include "core/arena.h"
#include "core/strbuf.h"

#define MIXED "Content-Type: multipart/mixed; boundary=\"bb\"\n\n"
#define PART "--bb\nContent-Type: message/rfc822; x-spam-type=original\n\n"

static const struct {
	const char *name, *cf, *mail, *want;
} cases[] = {
	{ "nothing to do", "", "From: a\nSubject: x\n\ntext\n", "From: a\nSubject: x\n\ntext\n" },
	{ "empty", "", "", "\n" },
	{ "only a header", "", "From: a", "From: a" },
	{ "fields", "", "X-Spam-A: 1\n 2\nFrom: a\nX-Spam-B: 3\n\nX-Spam-C: 4\n",
	  "From: a\n\nX-Spam-C: 4\n" },
	{ "other case stays", "", "x-spam-a: 1\n\n", "x-spam-a: 1\n\n" },
	{ "put back", "", "A: 1\nSubject: [S] x\nB: 2\nX-Spam-Prev-Subject: x\n\n",
	  "A: 1\nSubject: x\nB: 2\n\n" },
	{ "with folds", "", "Subject: [S] x\n y\nX-Spam-Prev-Subject: x\n\n",
	  "Subject: x\n y\n\n" },
	{ "with folds of its own", "", "Subject: [S] x\n y\nX-Spam-Prev-Subject: x\n z\n\n",
	  "Subject: x\n z\n\n" },
	{ "each in its place", "", "To: (t) a\nTo: (t) b\nX-Spam-Prev-To: a\nX-Spam-Prev-To: b\n\n",
	  "To: a\nTo: b\n\n" },
	{ "more than there are", "", "To: c\nX-Spam-Prev-To: a\nX-Spam-Prev-To: b\n\n",
	  "To: b\n\n" },
	{ "what is gone comes last", "", "X-Spam-Prev-Subject: x\nFrom: a\n\ntext\n",
	  "From: a\nSubject: x\n\ntext\n" },
	{ "no name", "", "X-Spam-Prev-: x\nX-Spam-Prev-A\nFrom: a\n\n", "From: a\n\n" },
	{ "markup in markup", "", "X-Spam-Prev-X-Spam-A: x\nFrom: a\n\n", "From: a\n\n" },
	{ "a Subject that was made", "",
	  "From: a\nSubject: [S] \nX-Spam-Prev-Subject: (nonexistent)\n\ntext\n",
	  "From: a\n\ntext\n" },
	{ "one that says so itself", "",
	  "Subject: (nonexistent)\nX-Spam-Prev-Subject: (nonexistent)\n\n",
	  "Subject: (nonexistent)\n\n" },
	{ "what follows stays", "",
	  "Subject: [S] \nFrom: a\nX-Spam-Prev-Subject: (nonexistent)\n\n", "From: a\n\n" },
	{ "rewrite_header without trace", "rewrite_header Subject [S]",
	  "Subject: [S] [S] x\nFrom: a\n\n", "Subject: x\nFrom: a\n\n" },
	{ "with points", "rewrite_header Subject [_SCORE_]", "Subject: [12.34] x\n\n",
	  "Subject: x\n\n" },
	{ "with none", "rewrite_header Subject [_SCORE_]", "Subject: [1.2] x\n\n",
	  "Subject: [1.2] x\n\n" },
	{ "comments", "rewrite_header From f\nrewrite_header To t",
	  "From: a (b)\t(f)\nTo: c\t(t)\n d\n\n", "From: a (b)\nTo: c\n d\n\n" },
	{ "no comments", "rewrite_header From f", "From: a (b\t(f)x)\nFrom:a\t(f\n\n",
	  "From: a (b\t(f)x)\nFrom:a\t(f\n\n" },
	{ "old reports", "", "From: a\n\n\nSPAM: ---- Start\nSPAM: x\nSPAM: ---- End\n\ntext\n",
	  "From: a\n\ntext\n" },
	{ "one that does not end", "", "From: a\n\nSPAM: ---- Start\nSPAM: x\n\ntext\n",
	  "From: a\n\nSPAM: ---- Start\nSPAM: x\n\ntext\n" },
	{ "line ends", "", "X-Spam-A: 1\r\nFrom: a\r\n\r\ntext\r\nmore\n",
	  "From: a\r\n\r\ntext\r\nmore\r\n" },
	{ "the mbox line", "", "From a b\nX-Spam-A: 1\nFrom: a\n\n", "From a b\nFrom: a\n\n" },
	/* reports */
	{ "enclosed", "",
	  MIXED "--bb\nContent-Type: text/plain\n\nreport\n" PART "From: a\n\ntext\n\n--bb--\n\n",
	  "From: a\n\ntext\n" },
	{ "empty lines", "", MIXED PART "From: a\n\ntext\n\n\n--bb--\n", "From: a\n\ntext\n\n" },
	{ "no empty line", "", MIXED PART "From: a\n\ntext\n--bb--\n", "From: a\n\ntext\n" },
	{ "nothing in it", "", MIXED PART "--bb--\n", "" },
	{ "no end", "", MIXED PART "From: a\n\ntext\n", "From: a\n\ntext\n" },
	{ "as text", "",
	  MIXED "--bb\nContent-Type: text/plain; x-spam-type=original\n\na: b\n\n--bb--\n",
	  "a: b\n" },
	{ "by description", "",
	  MIXED "--bb\nContent-Description: original message before SpamAssassin\n"
		"Content-Type: message/rfc822\n\na: b\n\n--bb--\n",
	  "a: b\n" },
	{ "another type", "",
	  MIXED "--bb\nContent-Type: image/gif; x-spam-type=original\n\na: b\n\n--bb--\n",
	  MIXED "--bb\nContent-Type: image/gif; x-spam-type=original\n\na: b\n\n--bb--\n" },
	{ "quotes and blanks", "",
	  "Content-Type:  Multipart/Mixed;\n\tboundary = 'b;b'\n\n--b\nContent-Type: "
	  "message/rfc822;  x-spam-type=original\n\na: b\n--b--\n",
	  "a: b\n" },
	{ "another parameter first", "",
	  "Content-Type: multipart/mixed; a=b; boundary=bb\n\n" PART "a: b\n",
	  "Content-Type: multipart/mixed; a=b; boundary=bb\n\n" PART "a: b\n" },
	{ "its mbox line stays", "", "From x y\n" MIXED PART "From: a\n\n--bb--\n",
	  "From x y\nFrom: a\n" },
};

static void test_strip(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct harness h;
		struct strbuf cf;

		strbuf_init(&cf, 0);
		strbuf_printf(&cf, "body A /x/\n%s\n", cases[i].cf);
		harness_load(&h, cf.p);
		markup_expect(cases[i].name, markup_strip(h.rs, str_of(cases[i].mail), h.arena),
			      cases[i].want);
		harness_done(&h);
		strbuf_done(&cf);
	}
}

/* Whatever was marked comes back as it was. */
static void test_round_trip(void **state)
{
	static const char *const configs[] = {
		"report_safe 0\n",
		("report_safe 0\nrewrite_header Subject [S]\nrewrite_header From f\n"
		 "rewrite_header To t\n"),
		"report_safe 1\nrewrite_header Subject [S]\n",
		"report_safe 2\nreport_safe_copy_headers Received\n",
		"score A -1\n",
	};
	static const char *const mails[] = {
		"From: a\nTo: b\nTo: c,\n\td\nSubject: x\n y\n\ntext\n",
		"From: a\nSubject:\n\ntext\n",
		"From x y\nFrom: a\nSubject: x\n\n",
		"From: a\r\nSubject: x\r\n\r\ntext\r\n",
		"Received: r\n s\nReturn-Path: <>\nFrom: a\nSubject: x\n\n--b\n\n",
	};

	(void)state;
	for (size_t c = 0; c < sizeof(configs) / sizeof(*configs); c++) {
		for (size_t i = 0; i < sizeof(mails) / sizeof(*mails); i++) {
			struct markup_harness h;
			struct strbuf cf;
			struct str marked;

			strbuf_init(&cf, 0);
			strbuf_printf(&cf, "header A From =~ /./\nscore A 9\n%s", configs[c]);
			markup_harness_init(&h, cf.p, mails[i]);
			marked = markup_rewrite(&h.in, h.arena);
			assert_false(str_eq(marked, str_of(mails[i])));
			markup_expect(cf.p, markup_strip(h.in.rules, marked, h.arena), mails[i]);
			markup_harness_done(&h);
			strbuf_done(&cf);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_strip),
					    cmocka_unit_test(test_round_trip) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
