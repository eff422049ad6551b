/* SPDX-License-Identifier: BSD-2-Clause */
/* The message as an attachment of its report. */
#include "markup/harness.h"

#include "core/arena.h"
#include "core/strbuf.h"

#define SPAM "header A From =~ /./\nscore A 9\nclear_headers\nreport the report\n"
#define RECEIVED                                                                                   \
	"Received: from localhost by host.example\n\twith SpamAssassin (version 4.0.1);\n"         \
	"\tMon, 01 Jan 2024 00:00:00 +0000\n"
#define CHECKER "X-Spam-Checker-Version: SpamAssassin 4.0.1 (2024-03-25) on host.example\n"
#define BOUNDARY "----------=_65920080.12345678"
#define MIME                                                                                       \
	"MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"" BOUNDARY "\"\n\n"          \
	"This is a multi-part message in MIME format.\n\n--" BOUNDARY "\n"                         \
	"Content-Type: text/plain; charset=UTF-8\nContent-Disposition: inline\n"                   \
	"Content-Transfer-Encoding: 8bit\n\nthe report\n\n"
#define ORIGINAL(type, disposition)                                                                \
	"\n\n--" BOUNDARY "\nContent-Type: " type "; x-spam-type=original\n"                       \
	"Content-Description: original message before SpamAssassin\n"                              \
	"Content-Disposition: " disposition "\nContent-Transfer-Encoding: 8bit\n\n"
#define END "\n--" BOUNDARY "--\n\n"

static const struct {
	const char *name, *cf, *mail, *want;
} cases[] = {
	{ "report_safe 1", SPAM, "Subject: s\n t\nFrom: a\nDate: d\n\ntext\n",
	  RECEIVED "From: a\nSubject: s\n t\nDate: d\n" CHECKER MIME ORIGINAL(
	      "message/rfc822", "inline") "Subject: s\n t\nFrom: a\nDate: d\n\ntext\n" END },
	{ "report_safe 2", SPAM "report_safe 2", "From: a\n\ntext\n",
	  RECEIVED
	  "From: a\n" CHECKER MIME ORIGINAL("text/plain", "inline") "From: a\n\ntext\n" END },
	{ "the mbox line stays outside", SPAM, "From a b\nFrom: a\n\ntext\n",
	  "From a b\n" RECEIVED
	  "From: a\n" CHECKER MIME ORIGINAL("message/rfc822", "inline") "From: a\n\ntext\n" END },
	{ "what is not text", SPAM "unsafe_report take care",
	  "From: a\nContent-Type: text/html\n\nx\n",
	  RECEIVED "From: a\n" CHECKER MIME "take care\n" ORIGINAL(
	      "message/rfc822", "attachment") "From: a\nContent-Type: text/html\n\nx\n" END },
	{ "rewritten",
	  SPAM "rewrite_header Subject [S]\nrewrite_header From f\nrewrite_header To (t)",
	  "From: a\nTo: b\n c\n\ntext\n",
	  RECEIVED "From: a\t(f)\nTo: b\n c\t([t])\nSubject: [S] \n" CHECKER MIME ORIGINAL(
	      "message/rfc822", "inline") "From: a\nTo: b\n c\n\ntext\n" END },
	{ "what is there already", SPAM "rewrite_header Subject [S]\nrewrite_header From f",
	  "From: a\t(f)\nSubject: [S] x\n\ntext\n",
	  RECEIVED "From: a\t(f)\nSubject: [S] x\n" CHECKER MIME ORIGINAL(
	      "message/rfc822", "inline") "From: a\t(f)\nSubject: [S] x\n\ntext\n" END },
	{ "copied", SPAM "report_safe_copy_headers X-A received X-a To Nope",
	  "X-a: 1\nReceived: r\nX-A: 2\nFrom: a\n\n",
	  RECEIVED "received: r\nFrom: a\n" CHECKER "X-A: 1\nX-A: 2\n" MIME ORIGINAL(
	      "message/rfc822", "inline") "X-a: 1\nReceived: r\nX-A: 2\nFrom: a\n\n" END },
};

static void test_enclose(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct markup_harness h;
		struct str got;

		markup_harness_init(&h, cases[i].cf, cases[i].mail);
		got = markup_rewrite(&h.in, h.arena);
		markup_expect(cases[i].name, got, cases[i].want);
		markup_expect(cases[i].name, markup_strip(NULL, got, h.arena), cases[i].mail);
		markup_harness_done(&h);
	}
}

/* In CR LF mode no line of ours ends otherwise, and no CR stands alone. */
static void test_crlf(void **state)
{
	struct markup_harness h;
	struct str got;

	(void)state;
	markup_harness_init(&h, SPAM "rewrite_header From f", "From: a\r\n\r\ntext\r\n");
	got = markup_rewrite(&h.in, h.arena);
	for (size_t i = 0; i < got.n; i++) {
		if (got.p[i] == '\n')
			assert_true(i && got.p[i - 1] == '\r');
		if (got.p[i] == '\r')
			assert_true(i + 1 < got.n && got.p[i + 1] == '\n');
	}
	assert_true(str_find(got, STR("From: a\t(f)\r\n")) != STR_NPOS);
	markup_harness_done(&h);
}

/* A message that has the boundary in it gets another. */
static void test_boundary(void **state)
{
	struct markup_harness h;
	struct str got;

	(void)state;
	markup_harness_init(&h, SPAM, "From: a\n\n--" BOUNDARY "--\n" BOUNDARY "\n");
	got = markup_rewrite(&h.in, h.arena);
	assert_true(str_find(got, STR("boundary=\"" BOUNDARY "/")) != STR_NPOS);
	markup_expect("and back", markup_strip(NULL, got, h.arena),
		      "From: a\n\n--" BOUNDARY "--\n" BOUNDARY "\n");
	markup_harness_done(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_enclose),
					    cmocka_unit_test(test_crlf),
					    cmocka_unit_test(test_boundary) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
