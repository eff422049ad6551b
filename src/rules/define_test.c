/* SPDX-License-Identifier: BSD-2-Clause */
/* Rule lines: what is refused and how, and what a new definition does to an old one. */
#include "rules/harness.h"

#include "core/strbuf.h"

#define N50 "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

static const struct {
	const char *name, *cf, *want;
} diags[] = {
	{ "nothing behind the name", "uri U\nbody\nheader H",
	  "invalid 'uri' value in t.cf (line 1): uri U\n"
	  "invalid 'body' value in t.cf (line 2): body\n"
	  "invalid 'header' value in t.cf (line 3): header H\n" },
	{ "name", "body 1a /x/\nbody a-b /x/",
	  "error: rule '1a' has invalid characters (not Alphanumeric + Underscore + starting with "
	  "a non-digit)\n"
	  "error: rule 'a-b' has invalid characters (not Alphanumeric + Underscore + starting with "
	  "a non-digit)\n" },
	{ "long names", "body " N50 N50 "A /x/\nbody " N50 " /x/\nbody __" N50 " /x/",
	  "error: rule '" N50 N50 "A' is too long (recommended maximum length is 22 characters)\n"
	  "warning: rule name '" N50
	  "' is over 40 chars (recommended maximum length is 22 characters)\n" },
	{ "regexp", "body B /a**/",
	  "invalid regexp for B '/a**/': Nested quantifiers in regex; marked by <-- HERE in m/a** "
	  "<-- HERE /\n" },
	{ "delimiters", "body B foo", "invalid regexp for B 'foo': missing regexp delimiters\n" },
	{ "mods", "body B /x/g",
	  "invalid regexp for B '/x/g': Useless (?g) - use /g modifier in regex; marked by <-- "
	  "HERE in m/(?g <-- HERE )x/\n" },
	{ "uri takes no eval", "uri U eval:test_value(1)",
	  "invalid regexp for U 'eval:test_value(1)': missing regexp delimiters\n" },
	{ "always matching", "body A //\nbody B /a||b/\nbody C /|a/",
	  "invalid regexp for A '//': always matching regexp: empty\n"
	  "invalid regexp for B '/a||b/': always matching regexp: contains '||'\n"
	  "invalid regexp for C '/|a/': always matching regexp: starts or ends with '|'\n" },
	{ "head tests",
	  "header A exists:\nheader B Subject\nheader C Foo:bar =~ /x/\nheader D Foo:raw:addr:name "
	  "=~ /x/\n"
	  "header E Foo =~\nheader F exists:Foo:bar\nheader G exists:a b",
	  "invalid head test A header: \ninvalid head test B: Subject\ninvalid header modifier for "
	  "C: Foo:bar\n"
	  "invalid head test D: Foo:raw:addr:name =~ /x/\ninvalid head test E: Foo =~\n"
	  "invalid head test F header: Foo:bar\ninvalid head test G header: a b\n" },
	{ "head tests that are good",
	  "header A Foo: =~ /x/\nheader B Foo:raw=~/x/\nheader C Foo:addr:first !~ /x/\nheader D "
	  "exists:Foo:",
	  "" },
	{ "eval form", "header V eval:test_value (1)\nbody L eval:foo\nrawbody Z eval:foo(",
	  "invalid 'header' value in t.cf (line 1): header V eval:test_value (1)\n"
	  "invalid 'body' value in t.cf (line 2): body L eval:foo\n"
	  "invalid 'rawbody' value in t.cf (line 3): rawbody Z eval:foo(\n" },
	{ "eval arguments",
	  "header A eval:test_value(a_b)\nheader B eval:test_value('a' 'b')\nheader C "
	  "eval:test_value(,)\n"
	  "header D eval:test_value( 'it',\"x\" , 1.2-3:4a, )\nheader E eval:test_value( )",
	  "syntax error for eval function A: test_value(a_b)\n"
	  "syntax error for eval function B: test_value('a' 'b')\n"
	  "syntax error for eval function C: test_value(,)\n" },
	{ "eval arguments that a plugin refuses", "header A eval:test_value(bad)",
	  "A: test_value(bad): bad argument\n" },
	{ "unknown eval", "header X eval:nosuch()\nscore Y 0\nheader Y eval:nosuch()",
	  "rules: unknown eval 'nosuch' for X\n" },
	{ "a known one that is not there", "body X eval:check_bayes('0','1')", "" },
	{ "type",
	  "body X eval:test_header(1)\nrawbody Y eval:test_body(1)\nfull Z eval:test_body(1)",
	  "wrong rule type defined for X, expected 'header'\n"
	  "wrong rule type defined for Z, expected 'body'\n" },
	{ "mimeheader",
	  "mimeheader A Content-Type ~ /x/\nmimeheader B\nmimeheader C Content-Type:foo =~ /x/\n"
	  "mimeheader D Content-Type:raw =~ /x/\nmimeheader E Content-Type: =~ /x/\nmimeheader F X "
	  "=~ /x{/",
	  "invalid 'mimeheader' value in t.cf (line 1): mimeheader A Content-Type ~ /x/\n"
	  "invalid 'mimeheader' value in t.cf (line 2): mimeheader B\n"
	  "invalid 'mimeheader' value in t.cf (line 3): mimeheader C Content-Type:foo =~ /x/\n"
	  "mimeheader: invalid regexp for F '/x{/': Unescaped left brace in regex is passed "
	  "through in regex; "
	  "marked by <-- HERE in m/x{ <-- HERE /\n"
	  "invalid 'mimeheader' value in t.cf (line 6): mimeheader F X =~ /x{/\n" },
	{ "uri_detail",
	  "uri_detail A foo =~ /x/\nuri_detail B raw =~ /x{/\nuri_detail C raw\nuri_detail D raw "
	  "=~ /x/ and more",
	  "invalid 'uri_detail' value in t.cf (line 1): uri_detail A foo =~ /x/\n"
	  "invalid 'uri_detail' value in t.cf (line 2): uri_detail B raw =~ /x{/\n"
	  "failed to add invalid rule C\n"
	  "invalid 'uri_detail' value in t.cf (line 3): uri_detail C raw\n" },
	{ "meta characters", "meta A B::C\nmeta D B;C\nmeta E B->C",
	  "invalid meta A rule: B::C\ninvalid meta D rule: B;C\ninvalid meta E rule: B->C\n" },
	{ "meta powers", "meta A B ** C\nmeta D B * * C",
	  "invalid 'meta' value in t.cf (line 1): meta A B ** C\n"
	  "invalid 'meta' value in t.cf (line 2): meta D B * * C\n" },
	{ "meta tokens", "meta A B-1\nmeta C .5\nmeta D B:C\nmeta E 1.",
	  "invalid meta A token: -1\ninvalid meta C token: .5\ninvalid meta D token: B:C\n"
	  "invalid meta E token: 1.\n" },
	{ "meta syntax", "meta A B +\nmeta C B D\nmeta E B & C\nmeta F (B",
	  "invalid expression for rule A: \"B +\": syntax error\n"
	  "invalid expression for rule C: \"B D\": syntax error\n"
	  "invalid expression for rule E: \"B & C\": syntax error\n"
	  "invalid expression for rule F: \"(B\": syntax error\n" },
	{ "meta division", "meta A 1 / B\nmeta C 1 / (B + 1)",
	  "invalid expression for rule A: \"1 / B\": division by zero possible\n" },
	{ "circles", "meta A B\nmeta B A\nmeta C A",
	  "rules: excluding meta test A, unsolved meta dependencies: B\n"
	  "rules: excluding meta test B, unsolved meta dependencies: A\n"
	  "rules: excluding meta test C, unsolved meta dependencies: A\n" },
	{ "scores",
	  "score A 1\nscore A 1 2 3 4\nscore A +1\nscore A .5\nscore A 1.\nscore A 1e1\nscore A 1 "
	  "2\n"
	  "score A\nscore B (1)\nscore A (-0.5)\nscore A 1 2 3 4 5",
	  "invalid 'score' value in t.cf (line 3): score A +1\n"
	  "invalid 'score' value in t.cf (line 4): score A .5\n"
	  "invalid 'score' value in t.cf (line 5): score A 1.\n"
	  "invalid 'score' value in t.cf (line 6): score A 1e1\n"
	  "missing 'score' value in t.cf (line 7): score A 1 2\n"
	  "missing 'score' value in t.cf (line 8): score A\n"
	  "invalid 'score' value in t.cf (line 9): score B (1)\n"
	  "missing 'score' value in t.cf (line 11): score A 1 2 3 4 5\n" },
	{ "tflags, priority, describe",
	  "tflags\npriority A x\npriority A +1\npriority A -5\ndescribe A",
	  "missing 'tflags' value in t.cf (line 1): tflags\n"
	  "invalid 'priority' value in t.cf (line 2): priority A x\n"
	  "invalid 'priority' value in t.cf (line 3): priority A +1\n"
	  "missing 'describe' value in t.cf (line 5): describe A\n" },
	{ "shortcircuit", "shortcircuit A maybe",
	  "invalid 'shortcircuit' value in t.cf (line 1): shortcircuit A maybe\n" },
	{ "unescaped braces that look like a tag", "body A /%{lower}/\nbody B /%{UPPER}/",
	  "invalid regexp for A '/%{lower}/': Unescaped left brace in regex is passed through in "
	  "regex; "
	  "marked by <-- HERE in m/%{ <-- HERE lower}/\n" },
};

static void test_diags(void **state)
{
	(void)state;
	for (size_t i = 0; i < ELEMENTS(diags); i++)
		harness_expect_diags(diags[i].name, diags[i].cf, diags[i].want);
}

/* Redefinition: the last valid one wins, across types; what was said of the name stays. */
static void test_redefinition(void **state)
{
	static const struct {
		const char *name, *cf, *want;
	} cases[] = {
		{ "last wins", "body A /nope/\nbody A /text/", "A" },
		{ "last wins, no hit", "body A /text/\nbody A /nope/", "" },
		{ "across types", "header A Subject =~ /nope/\nbody A /text/", "A" },
		{ "meta for body", "body A /nope/\nmeta A 1", "A" },
		{ "an invalid one leaves the old", "body A /text/\nbody A /a**/", "A" },
		{ "options go with the new",
		  "header A Subject !~ /subj/\nheader A Subject =~ /subj/", "A" },
		{ "an invalid header line loses !~",
		  "header A Subject !~ /nope/\nheader A Subject =~ /a**/", "" },
		{ "and if-unset", "header A X-No =~ /un/ [if-unset: un]\nheader A X-No =~ /a**/",
		  "" },
		{ "and exists, which then always hits",
		  "header A exists:X-No\nheader A X-No =~ /a**/", "A" },
		{ "tflags replace", "body A /t/\ntflags A multiple\ntflags A nice", "A" },
		{ "scores may come first", "score A 0\nbody A /text/", "" },
		{ "broken eval arguments count as a definition",
		  "body A /text/\nheader A eval:test_value(a_b)", "" },
	};

	(void)state;
	for (size_t i = 0; i < ELEMENTS(cases); i++)
		harness_expect(cases[i].name, cases[i].cf, "Subject: subj\n\ntext\n",
			       cases[i].want);
}

static void test_rule_info(void **state)
{
	struct harness h;
	struct rule_info r;
	size_t i;

	(void)state;
	harness_load(&h,
		     "\nheader  A  Subject =~ /x/ # c\nscore A 2\ndescribe A Some text\n"
		     "tflags A nice noautolearn\npriority A 7\nbody __B /x/\nbody T_C /x/\n"
		     "body D /x/\ntflags D nice\nbody E /(?<TAG>x)/\nfull F eval:check_bayes()\n");
	assert_true(ruleset_find(h.rs, STR("A"), &i));
	ruleset_rule(h.rs, i, &r);
	assert_int_equal(r.type, RULE_HEADER);
	assert_int_equal(r.priority, 7);
	assert_int_equal(r.line, 2);
	assert_true(str_eq(r.file, STR("t.cf")));
	assert_true(str_eq(r.definition, STR("Subject =~ /x/")));
	assert_true(str_eq(r.description, STR("Some text")));
	assert_true(r.score == 2 && !r.subrule);
	assert_true(ruleset_find(h.rs, STR("__B"), &i));
	ruleset_rule(h.rs, i, &r);
	assert_true(r.subrule && r.score == 1);
	assert_true(ruleset_find(h.rs, STR("T_C"), &i));
	ruleset_rule(h.rs, i, &r);
	assert_true(r.score == 0.01);
	assert_true(ruleset_find(h.rs, STR("D"), &i));
	ruleset_rule(h.rs, i, &r);
	assert_true(r.score == -1);
	assert_true(ruleset_find(h.rs, STR("E"), &i));
	ruleset_rule(h.rs, i, &r);
	assert_int_equal(r.priority, -10000);
	assert_false(ruleset_find(h.rs, STR("Z"), &i));
	assert_int_equal(ruleset_active_count(h.rs, RULE_BODY), 5); /* with the harness's own */
	harness_done(&h);
}

static void test_missing(void **state)
{
	struct harness h;
	const struct ruleset_missing *m;
	size_t n;

	(void)state;
	harness_load(&h,
		     "body A eval:check_bayes(1)\nbody B eval:check_bayes(2)\ntflags B net\n"
		     "header C eval:nosuch()\ntflags C net\nscore D 0\nheader D eval:other()\n");
	m = ruleset_missing(h.rs, &n);
	assert_int_equal(n, 2);
	assert_true(str_eq(m[0].function, STR("check_bayes")) && m[0].rules == 2 && !m[0].net_only);
	assert_true(str_eq(m[1].function, STR("nosuch")) && m[1].rules == 1 && m[1].net_only);
	harness_done(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_diags),
		cmocka_unit_test(test_redefinition),
		cmocka_unit_test(test_rule_info),
		cmocka_unit_test(test_missing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
