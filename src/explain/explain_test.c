/* SPDX-License-Identifier: BSD-2-Clause */
/* Rules and a message to the words of an explanation. */
#include "explain/explain.h"

#include "core/arena.h"
#include "core/strbuf.h"
#include "ipc/report.h"
#include "msg/msg.h"
#include "rules/harness.h"

static const char mail[] = "From: Joe <joe@example.com>\n"        /* 1 */
			   "Subject: Buy\x1b[2J now\n"            /* 2 */
			   "X-Two: one\n"                         /* 3 */
			   "X-Two: two\n"                         /* 4 */
			   "X-Folded: first\n"                    /* 5 */
			   "  second\n"                           /* 6 */
			   "\n"                                   /* 7 */
			   "Hello there, this is a first line.\n" /* 8 */
			   "\n"                                   /* 9 */
			   "See http://www.example.com/a%41b and buy now.\n";

static const struct {
	const char *name, *cf, *want; /* of the rule A */
} cases[] = {
	{ "header", "header A Subject =~ /now/\ndescribe A Says now\nscore A 1.5",
	  "   1.5  A\n"
	  "        Says now\n"
	  "        t.cf:1: header: Subject =~ /now/\n"
	  "        Subject, line 2, byte 8: Buy\\x1b[2J >>>now<<<\\n\n" },
	{ "one of two values", "header A X-Two =~ /w/",
	  "   1.0  A\n"
	  "        t.cf:1: header: X-Two =~ /w/\n"
	  "        X-Two (2 of 2), line 4, byte 1: one\\nt>>>w<<<o\\n\n" },
	{ "a folded field's line", "header A X-Folded =~ /second/",
	  "   1.0  A\n"
	  "        t.cf:1: header: X-Folded =~ /second/\n"
	  "        X-Folded, line 5, byte 6: first >>>second<<<\\n\n" },
	{ "of all", "header A ALL =~ /^X-Two: two$/m",
	  "   1.0  A\n"
	  "        t.cf:1: header: ALL =~ /^X-Two: two$/m\n"
	  "        ALL (4 of 5), line 4, byte 0: ...bject: Buy\\x1b[2J now\\nX-Two: one\\n"
	  ">>>X-Two: two<<<\\nX-Folded: first second\\n\n" },
	{ "multiple", "body A /[Bb]uy/\ntflags A multiple\nscore A 2",
	  "   4.0  A (2 times, 2 each)\n"
	  "        t.cf:1: body: /[Bb]uy/  (tflags multiple)\n"
	  "        body paragraph 1 of 3 (the Subject), byte 0: >>>Buy<<<\\x1b[2J now\\n\n"
	  "        body paragraph 3 of 3, byte 37: ...p://www.example.com/a%41b and >>>buy<<< now. "
	  "\n" },
	{ "rawbody", "rawbody A /^See/m",
	  "   1.0  A\n"
	  "        t.cf:1: rawbody: /^See/m\n"
	  "        part 1 (text/plain), line 10, byte 36: ...there, this is a first "
	  "line.\\n\\n>>>See<<< "
	  "http://www.example.com/a%41b ...\n" },
	{ "full", "full A /\\n\\nHello/",
	  "   1.0  A\n"
	  "        t.cf:1: full: /\\n\\nHello/\n"
	  "        whole message, line 6, byte 95: ...: two\\nX-Folded: first\\n  "
	  "second>>>\\n\\nHello"
	  "<<< there, this is a first line.\\n...\n" },
	{ "uri", "uri A /aAb/",
	  "   1.0  A\n"
	  "        t.cf:1: uri: /aAb/\n"
	  "        URI 2 of 2, written http://www.example.com/a%41b (parsed), byte 23: "
	  "http://www.example.com/>>>aAb<<<\n" },
	{ "negated", "header A Subject !~ /zzz/",
	  "   1.0  A\n"
	  "        t.cf:1: header: Subject !~ /zzz/\n"
	  "        nothing in it matches (!~)\n"
	  "        Subject: Buy\\x1b[2J now\\n\n" },
	{ "an absent header", "header A X-None !~ /zzz/",
	  "   1.0  A\n"
	  "        t.cf:1: header: X-None !~ /zzz/\n"
	  "        the header is not there, which counts as empty\n" },
	{ "if-unset", "header A X-None =~ /un/ [if-unset: unset]",
	  "   1.0  A\n"
	  "        t.cf:1: header: X-None =~ /un/ [if-unset: unset]\n"
	  "        X-None (absent: the text of [if-unset:]): >>>un<<<set\n" },
	{ "an eval and what it says",
	  "body B eval:test_other('A')\nheader A eval:test_value(1)\npriority A 5",
	  "   2.5  A\n"
	  "        t.cf:2: header eval of Test: test_value(1)\n"
	  "        says: logged\n" },
	{ "nolog: what it says is not told",
	  "body B eval:test_other('A')\nheader A eval:test_value(1)\npriority A 5\ntflags A nolog",
	  "   2.5  A\n"
	  "        t.cf:2: header eval of Test: test_value(1)  (tflags nolog)\n" },
	{ "a tree",
	  "body __B /Hello/\nheader __C exists:X-None\nmeta __D __B && !__C\n"
	  "meta A __D + __NONE > 0 && __D && (__E || 1)\nmeta __E __D && __C",
	  "   1.0  A\n"
	  "        t.cf:4: meta: __D + __NONE > 0 && __D && (__E || 1)\n"
	  "        value 1, of\n"
	  "           1  __D = __B && !__C\n"
	  "               1  __B\n"
	  "                    body paragraph 2 of 3, byte 0: >>>Hello<<< there, this is a first "
	  "line."
	  "\\n\n"
	  "               0  __C\n"
	  "           0  __NONE  (no such rule)\n"
	  "           0  __E = __D && __C\n" },
	{ "a meta that is false",
	  "body __B /Hello/\nbody __C /zzzz/\nmeta __E __C\nmeta A __B && __E",
	  "     -  A did not hit\n"
	  "        t.cf:4: meta: __B && __E\n"
	  "        its expression gives 0; it would hit if __E hit\n"
	  "        value 0, of\n"
	  "           1  __B\n"
	  "                body paragraph 2 of 3, byte 0: >>>Hello<<< there, this is a first line."
	  "\\n\n"
	  "           0  __E = __C\n"
	  "               0  __C\n" },
	{ "a meta held back", "body __B /Hello/\nmeta A !__B",
	  "     -  A did not hit\n"
	  "        t.cf:2: meta: !__B\n"
	  "        its expression gives 0; it would hit if __B did not hit\n"
	  "        value 0, of\n"
	  "           1  __B\n"
	  "                body paragraph 2 of 3, byte 0: >>>Hello<<< there, this is a first line."
	  "\\n\n" },
	{ "an eval in a tree", "body __B eval:test_value(2)\nmeta A __B > 1",
	  "   1.0  A\n"
	  "        t.cf:2: meta: __B > 1\n"
	  "        value 1, of\n"
	  "           2  __B  test_value(2)\n" },
	{ "unknown", "body AB /x/",
	  "     -  A did not hit\n"
	  "        no rule has this name; near to it: AB\n" },
	{ "score 0", "body A /Hello/\nscore A 0",
	  "     -  A did not hit\n"
	  "        t.cf:1: body: /Hello/\n"
	  "        its score is 0, so it is not run; its expression would match\n"
	  "        body paragraph 2 of 3, byte 0: >>>Hello<<< there, this is a first line.\\n\n" },
	{ "network", "header A eval:check_rbl_test('x')",
	  "     -  A did not hit\n"
	  "        t.cf:1: rbl eval of Test: check_rbl_test('x')\n"
	  "        it needs the network, and network checks are off (--local)\n" },
	{ "no plugin", "body A eval:no_such_thing()",
	  "     -  A did not hit\n"
	  "        t.cf:1: body eval: no_such_thing()\n"
	  "        no plugin that is loaded has no_such_thing\n" },
	{ "an absent header does not match", "header A X-None =~ /x/",
	  "     -  A did not hit\n"
	  "        t.cf:1: header: X-None =~ /x/\n"
	  "        the message has no X-None\n" },
	{ "a header that does not match", "header A Subject =~ /zz|yy/",
	  "     -  A did not hit\n"
	  "        t.cf:1: header: Subject =~ /zz|yy/\n"
	  "        Subject does not match\n"
	  "        Subject: Buy\\x1b[2J now\\n\n" },
	{ "a header that matches and must not", "header A Subject !~ /now/",
	  "     -  A did not hit\n"
	  "        t.cf:1: header: Subject !~ /now/\n"
	  "        it wants no match (!~), and there is one\n"
	  "        Subject, line 2, byte 8: Buy\\x1b[2J >>>now<<<\\n\n" },
	{ "a body without the word", "body A /V\\xefagra|cialis/",
	  "     -  A did not hit\n"
	  "        t.cf:1: body: /V\\xefagra|cialis/\n"
	  "        nothing in the text matches; one of these would have to be there, and none is: "
	  "\"v\\xefagra\", \"cialis\"\n" },
	{ "a body with it", "body A /^this/",
	  "     -  A did not hit\n"
	  "        t.cf:1: body: /^this/\n"
	  "        nothing in the text matches\n" },
	{ "no tag", "body A /%{NOBODY}/",
	  "     -  A did not hit\n"
	  "        t.cf:1: body: /%{NOBODY}/\n"
	  "        a %{TAG} of its expression has no value in this message\n" },
	{ "an eval that says no", "body A eval:test_value(0)",
	  "     -  A did not hit\n"
	  "        t.cf:1: body eval of Test: test_value(0)\n"
	  "        test_value said no\n" },
	{ "a short-circuit",
	  "header B Subject =~ /now/\npriority B -10\nshortcircuit B spam\nbody A /Hello/",
	  "     -  A did not hit\n"
	  "        t.cf:4: body: /Hello/\n"
	  "        it is true, but a short-circuit ended the judging before\n"
	  "        body paragraph 2 of 3, byte 0: >>>Hello<<< there, this is a first line.\\n\n" },
	{ "a plugin's own", "meta A 0\nmeta B 1",
	  "     -  A did not hit\n"
	  "        t.cf:1: meta: 0\n"
	  "        its expression gives 0; no one of its operands alone could change that\n"
	  "        value 0, of\n" },
};

static struct explain *explain(struct harness *h, const char *cf, const char *raw)
{
	struct explain_input in;

	harness_load(h, cf);
	harness_scan(h, raw);
	in = (struct explain_input){
		.rules = h->rs, .match = h->match, .verdict = &h->judgement, .raw = h->msg->raw
	};
	return explain_new(&in, h->arena);
}

static void test_words(void **state)
{
	unsigned failed = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct harness h;
		struct explain *x = explain(&h, cases[i].cf, mail);
		struct explanation e;
		struct strbuf b;

		strbuf_init(&b, 0);
		explain_rule(x, STR("A"), &e);
		explain_text(&e, &b);
		if (!str_eq(strbuf_str(&b), str_of(cases[i].want))) {
			print_error("%s\n got:\n%swant:\n%s", cases[i].name, b.p, cases[i].want);
			failed++;
		}
		strbuf_done(&b);
		harness_done(&h);
	}
	assert_int_equal(failed, 0);
}

/* Trees have their bounds, whatever metas say. */
static void test_tree_bounds(void **state)
{
	struct explanation e;
	struct explain *x;
	struct harness h;
	struct strbuf cf;

	(void)state;
	strbuf_init(&cf, 0);
	for (unsigned i = 0; i < 300; i++)
		strbuf_printf(&cf, "body __W%u /hello/i\n", i);
	strbuf_add_c(&cf, "meta WIDE rules_matching(__W*) > 3\nmeta __D0 __W1\n");
	for (unsigned i = 1; i < 30; i++)
		strbuf_printf(&cf, "meta __D%u __D%u && __D%u\n", i, i - 1, i - 1);
	strbuf_add_c(&cf, "meta DEEP __D29\nmeta ROUND __ROUND2\nmeta __ROUND2 ROUND\n");
	x = explain(&h, cf.p, mail);
	explain_rule(x, STR("WIDE"), &e);
	assert_int_equal(e.reason, EXPLAIN_HIT);
	assert_int_equal(e.node_count, EXPLAIN_NODES);
	assert_int_equal(e.node_count + e.nodes_left_out, 300);
	assert_true(e.meta.value == 1);
	explain_rule(x, STR("DEEP"), &e);
	assert_int_equal(e.node_count, EXPLAIN_DEPTH);
	assert_true(e.nodes[EXPLAIN_DEPTH - 1].is_cut);
	explain_rule(x, STR("ROUND"), &e);
	assert_int_equal(e.reason, EXPLAIN_META);
	assert_string_equal(explain_reason_word(&e), "circle");
	assert_true(e.node_count == 2 && e.nodes[1].is_repeated);
	strbuf_done(&cf);
	harness_done(&h);
}

static void test_order(void **state)
{
	struct report_hit hits[] = { { .rule = STR("B"), .score = 1, .count = 1 },
				     { .rule = STR("C"), .score = -3, .count = 1 },
				     { .rule = STR("D"), .score = 0.5, .count = 5 },
				     { .rule = STR("A"), .score = 1, .count = 1 } };
	struct arena *a = arena_new();
	const struct report_hit **order = explain_order(hits, 4, a);

	(void)state;
	assert_true(str_eq(order[0]->rule, STR("C")) && str_eq(order[1]->rule, STR("D")));
	assert_true(str_eq(order[2]->rule, STR("A")) && str_eq(order[3]->rule, STR("B")));
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_tree_bounds),
		cmocka_unit_test(test_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
