/* SPDX-License-Identifier: BSD-2-Clause */
/* The values of tags: set, not set, not known. */
#include "markup/harness.h"

#include "core/arena.h"

#define TESTS                                                                                      \
	"body TEXT /x/\nbody __SUB /t/\ntflags __SUB multiple\nheader AHEAD Subject =~ /subj/\n"

static const char mail[] =
    "Return-Path: <ann@Sender.example>\n"
    "Received: from mail.example.com (mail.example.com [192.0.2.17])\n"
    "\tby mx.example.net (Postfix) with ESMTP id 4711; Mon, 1 Jan 2024 00:00:00 +0000\n"
    "From: Ann <a@one.com>, b@two.org\nSubject: subj\n\nbody text it\n";

static const struct {
	const char *cf, *tag, *want;
} cases[] = {
	{ TESTS, "NOSUCH", "(none)" },
	{ TESTS, "NOSUCH(x)", "(none)" },
	{ TESTS, "YESNO", "No" },
	{ TESTS "required_score 1", "YESNO", "Yes" },
	{ TESTS "required_score 1", "YESNO(yep)", "yep" },
	{ TESTS, "YESNO(yep)", "No" },
	{ TESTS, "YESNO(,)", "" },
	{ TESTS, "YESNO()", "No" },
	{ TESTS "required_score 1", "YESNOCAPS(yep,no)", "YEP" },
	{ TESTS, "SCORE", "2.0" },
	{ TESTS, "HITS", "2.0" },
	{ TESTS, "SCORE(0)", "02.0" },
	{ TESTS, "SCORE(  )", "  2.0" },
	{ TESTS, "SCORE(0 )", "2.0" },
	{ TESTS "score TEXT 11\n", "SCORE(00)", "012.0" },
	{ TESTS "score TEXT 3.96", "SCORE", "4.9" },
	{ TESTS "score TEXT 3.96\nrequired_score 5.1\n", "SCORE", "5.0" },
	{ TESTS "score TEXT 4.09\nrequired_score 5.1\n", "SCORE", "5" },
	{ TESTS, "REQD", "5.0" },
	{ TESTS, "STARS", "**" },
	{ TESTS, "STARS(+-)", "+-+-" },
	{ TESTS, "STARS(0)", "**" },
	{ TESTS "score TEXT -5", "STARS", "" },
	{ TESTS "score TEXT 99", "STARS(x)", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx" },
	{ TESTS, "TESTS", "AHEAD,TEXT" },
	{ TESTS, "TESTS( )", "AHEAD TEXT" },
	{ TESTS "score TEXT -0.25", "TESTSSCORES", "AHEAD=1,TEXT=-0.25" },
	{ TESTS, "SUBTESTS", "__SUB,__SUB,__SUB" },
	{ TESTS, "SUBTESTSCOLLAPSED(;)", "__SUB(3)" },
	{ "body A /nothing/", "TESTS", "none" },
	{ "body A /nothing/", "TESTSSCORES(;)", "none" },
	{ TESTS, "VERSION", "4.0.1" },
	{ TESTS "version_tag x1\nversion_tag y", "VERSION", "4.0.1-x1-y" },
	{ TESTS, "SUBVERSION", "2024-03-25" },
	{ TESTS "# UPDATE version 12\n# UPDATE version 3", "RULESVERSION", "12,3" },
	{ TESTS, "HOSTNAME", "host.example" },
	{ TESTS "report_hostname other", "HOSTNAME", "other" },
	{ TESTS, "CONTACTADDRESS", "the administrator of that system" },
	{ TESTS "report_contact me", "CONTACTADDRESS", "me" },
	{ TESTS, "REMOTEHOSTNAME", "localhost" },
	{ TESTS, "REMOTEHOSTADDR", "127.0.0.1" },
	{ TESTS, "DATE", "Mon, 01 Jan 2024 00:00:00 +0000" },
	{ TESTS, "BAYES", "0.5" },
	{ TESTS, "TIMING", "" },
	{ TESTS, "AUTOLEARN", "no autolearn_force=no" },
	{ TESTS "use_bayes 0", "AUTOLEARN", "disabled" },
	{ TESTS "tflags TEXT noautolearn", "AUTOLEARNSCORE", "1" },
	{ TESTS, "SC", "no" },
	{ TESTS "shortcircuit TEXT on", "SC", "TEXT (spam)" },
	{ TESTS "shortcircuit TEXT on", "SCRULE", "TEXT" },
	{ TESTS, "SCRULE", "none" },
	{ TESTS "shortcircuit TEXT ham", "SCTYPE", "ham" },
	{ TESTS, "SCTYPE", "no" },
	{ TESTS, "SENDERDOMAIN", "sender.example" },
	{ TESTS, "AUTHORDOMAIN", "one.com two.org" },
	{ TESTS, "LANGUAGES", "" },
	{ TESTS, "PYZOR", "" },
	{ TESTS, "LASTEXTERNALIP", "192.0.2.17" },
	{ TESTS, "LASTEXTERNALREVIP", "17.2.0.192" },
	{ TESTS, "LASTEXTERNALRDNS", "mail.example.com" },
	{ TESTS, "LASTEXTERNALHELO", "mail.example.com" },
	{ TESTS, "FIRSTTRUSTEDIP", "" },
	{ TESTS "trusted_networks 192.0.2.17", "FIRSTTRUSTEDIP", "192.0.2.17" },
	{ TESTS "trusted_networks 192.0.2.17", "FIRSTTRUSTEDREVIP", "17.2.0.192" },
	{ TESTS, "RELAYSUNTRUSTEDREVIP", "17.2.0.192" },
	{ TESTS, "RELAYSTRUSTEDREVIP", "(none)" },
	{ TESTS, "RELAYSTRUSTED", "" },
	{ TESTS, "HEADER(Subject)", "subj\n" },
	{ TESTS, "HEADER(From:addr)", "a@one.com" },
	{ TESTS, "HEADER(Nope)", "" },
	{ TESTS, "HEADER", "" },
	{ TESTS "header C Subject =~ /(?<CAPTURED>\\w+)/", "CAPTURED", "subj" },
	{ TESTS "header C Subject =~ /(?<LANGUAGES>\\w+)/", "LANGUAGES", "subj" },
	{ TESTS "header C Subject =~ /(?<SCORE>\\w+)/", "REQD", "5.0" },
	{ TESTS "header C eval:test_set_tag('PLUGIN','value')", "PLUGIN", "value" },
	{ TESTS "header C eval:test_set_tag('PYZOR','value')", "PYZOR", "value" },
	{ TESTS "clear_headers\nadd_header ham H _REQD__ADDEDHEADER_", "ADDEDHEADER",
	  "X-Spam-Checker-Version: SpamAssassin 4.0.1 (2024-03-25) on host.example\n"
	  "X-Spam-H: 5.0_ADDEDHEADER_\n" },
	{ TESTS "add_header ham H ham\nadd_header spam S spam", "ADDEDHEADERSPAM",
	  "X-Spam-Checker-Version: SpamAssassin 4.0.1 (2024-03-25) on host.example\n"
	  "X-Spam-S: spam\n" },
	{ TESTS "rewrite_header Subject x\nsubjprefix TEXT [a]\nsubjprefix __SUB [b]\n"
		"subjprefix AHEAD a",
	  "SUBJPREFIX", "a [a] [b] " },
	{ TESTS "subjprefix TEXT [a]", "SUBJPREFIX", "" },
};

static void test_tags(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct markup_harness h;

		markup_harness_init(&h, cases[i].cf, mail);
		markup_expect(cases[i].tag, markup_tag(&h.in, str_of(cases[i].tag), h.arena),
			      cases[i].want);
		markup_harness_done(&h);
	}
}

static void test_given(void **state)
{
	struct markup_harness h;

	(void)state;
	markup_harness_init(&h, "body A /x/", mail);
	h.in.remote_name = STR("client.example");
	h.in.remote_addr = STR("192.0.2.1");
	h.in.timing = STR("total 1 ms");
	h.in.hits = NULL;
	markup_expect("name", markup_tag(&h.in, STR("REMOTEHOSTNAME"), h.arena), "client.example");
	markup_expect("address", markup_tag(&h.in, STR("REMOTEHOSTADDR"), h.arena), "192.0.2.1");
	markup_expect("timing", markup_tag(&h.in, STR("TIMING"), h.arena), "total 1 ms");
	markup_harness_done(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_tags),
					    cmocka_unit_test(test_given) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
