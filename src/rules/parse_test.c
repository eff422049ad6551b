/* SPDX-License-Identifier: BSD-2-Clause */
/* Structure and diagnoses of .cf text: the wording is that of spamassassin --lint. */
#include "rules/harness.h"

#include "core/arena.h"
#include "core/strbuf.h"

static const struct {
	const char *name, *cf, *want;
} diags[] = {
	{ "unknown line", "foo bar", "failed to parse line in t.cf (line 1): foo bar\n" },
	{ "line number", "\n\n  Foo-Bar  x # c",
	  "failed to parse line in t.cf (line 3): Foo-Bar  x\n" },
	{ "BOM",
	  "\xef\xbb\xbf"
	  "body A /x/",
	  "failed to parse line in t.cf (line 1): \xef\xbb\xbf"
	  "body A /x/\n" },
	{ "garbage in a skipped region", "if 0\nfoo\nendif", "" },
	{ "else", "if 1\nelse\nfoo\nendif", "" },
	{ "else toggles again", "if 1\nelse\nelse\nfoo\nendif",
	  "failed to parse line in t.cf (line 4): foo\n" },
	{ "outer skip wins", "if 0\nif 1\nelse\nfoo\nendif\nendif", "" },
	{ "unclosed", "if 1", "unclosed 'if' found in t.cf (line 1)\n" },
	{ "stray endif", "endif", "missing starting 'if' for 'endif' in t.cf (line 1): endif\n" },
	{ "stray else", "else", "'else' missing starting if in t.cf (line 1): else\n" },
	{ "endif with a tail", "if 0\nendif x\nfoo\nendif",
	  "'endif' must be standalone in t.cf (line 2): endif x\n" },
	{ "else with a tail", "if 0\nelse x\nfoo\nendif",
	  "'else' must be standalone in t.cf (line 2): else x\n" },
	{ "if without condition", "if", "missing 'if' condition in t.cf (line 1): if\n" },
	{ "ifplugin without name", "ifplugin",
	  "missing 'ifplugin' condition in t.cf (line 1): ifplugin\n" },
	{ "unparseable: the block stands open", "if 3.4.1\nfoo\nendif",
	  "unparseable value '3.4.1' in t.cf (line 1)\n"
	  "failed to parse line in t.cf (line 2): foo\n"
	  "missing starting 'if' for 'endif' in t.cf (line 3): endif\n" },
	{ "one letter", "if x\nendif",
	  "unparseable value 'x' in t.cf (line 1)\n"
	  "missing starting 'if' for 'endif' in t.cf (line 2): endif\n" },
	{ "can without ::", "if can(foo)\nendif",
	  "bad 'if' line, cannot find '::' in can(foo) in t.cf (line 1)\n" },
	{ "syntax", "if 1 +\nfoo\nendif", "error parsing conditional in t.cf (line 1): if 1 +\n" },
	{ "two invalid values", "required_score abc\nreport_safe",
	  "invalid 'required_score' value in t.cf (line 1): required_score abc\n"
	  "missing 'report_safe' value in t.cf (line 2): report_safe\n" },
	{ "keyword as typed", "required-score x",
	  "invalid 'required_score' value in t.cf (line 1): required-score x\n" },
	{ "bool", "use_bayes maybe",
	  "invalid 'use_bayes' value in t.cf (line 1): use_bayes maybe\n" },
	{ "number without digits in front", "required_score .5",
	  "invalid 'required_score' value in t.cf (line 1): required_score .5\n" },
	{ "number with a bare point", "required_score 5.", "" },
	{ "duration", "time_limit 5 m\ntime_limit 1h\ntime_limit 3x",
	  "invalid 'time_limit' value in t.cf (line 3): time_limit 3x\n" },
	{ "noargs", "clear_headers x",
	  "invalid 'clear_headers' value in t.cf (line 1): clear_headers x\n" },
	{ "header name", "add_header all X:Y z",
	  "invalid header field name in t.cf (line 1): add_header all X:Y z\n" },
	{ "add_header type", "add_header none A z",
	  "invalid 'add_header' value in t.cf (line 1): add_header none A z\n" },
	{ "rewrite_header", "rewrite_header Date x",
	  "invalid 'rewrite_header' value in t.cf (line 1): rewrite_header Date x\n" },
	{ "plugin's own words", "test_word",
	  "missing 'test_word' value in t.cf (line 1): test_word\n" },
	{ "a plugin's line without the plugin", "freemail_domains a.com",
	  "failed to parse line in t.cf (line 1): freemail_domains a.com\n" },
	{ "a line of a plugin that is only known",
	  "loadplugin Mail::SpamAssassin::Plugin::DCC\nuse_dcc 1\nbayes_stopword_en x", "" },
	{ "internal networks are trusted ones",
	  "trusted_networks 1.1/16\ninternal_networks 1.2.8/24 1.1.1.1",
	  "trusted_networks doesn't contain internal_networks entry '1.2.8/24'\n" },
	{ "submission networks are internal ones at least",
	  "internal_networks 1.1/16\nmsa_networks 1/8",
	  "internal_networks doesn't contain msa_networks entry '1/8'\n" },
	{ "no such plugin", "loadplugin Foo::Bar /x.pm\ntryplugin Foo::Baz",
	  "plugin: failed to parse plugin Foo::Bar: not one of SpamAssassin's, and Postern runs no "
	  "Perl\n" },
	{ "other version", "require_version 3.0\nfoo\nif 1\nendif\nfoo",
	  "configuration file \"t.cf\" requires version 3.0 of SpamAssassin, but this is code "
	  "version "
	  "4.000001. Maybe you need to use the -C switch, or remove the old config files? Skipping "
	  "this file\n" },
	{ "skip ends at the enclosing endif", "if 1\nrequire_version 3.0\nfoo\nendif\nbar",
	  "configuration file \"t.cf\" requires version 3.0 of SpamAssassin, but this is code "
	  "version "
	  "4.000001. Maybe you need to use the -C switch, or remove the old config files? Skipping "
	  "this file\n"
	  "failed to parse line in t.cf (line 5): bar\n" },
	{ "right version", "require_version @@VERSION@@\nrequire_version 4.000001", "" },
	{ "dns_server",
	  "dns_server 127.0.0.1:53\ndns_server [::1]:53\ndns_server ::1\ndns_server foo",
	  "invalid 'dns_server' value in t.cf (line 4): dns_server foo\n" },
	{ "redirector", "redirector_pattern /a(/",
	  "invalid 'redirector_pattern' value in t.cf (line 1): redirector_pattern /a(/\n" },
};

static void test_diags(void **state)
{
	(void)state;
	for (size_t i = 0; i < ELEMENTS(diags); i++)
		harness_expect_diags(diags[i].name, diags[i].cf, diags[i].want);
}

/* Which conditions hold: the rule in the block hits or not. */
static void test_conditions(void **state)
{
	static const struct {
		const char *condition;
		bool want;
	} cases[] = {
		{ "1", true },
		{ "0", false },
		{ "foo", true },
		{ "!foo", false },
		{ "version >= 4.000000", true },
		{ "(version < 4.000000)", false },
		{ "version == 4.000001", true },
		{ "perl_version >= 5.010000", true },
		{ "local_tests_only", true },
		{ "plugin(Mail::SpamAssassin::Plugin::Test)", true },
		{ "plugin (Mail::SpamAssassin::Plugin::Test)", true },
		{ "!plugin(Mail::SpamAssassin::Plugin::DKIM)", true },
		{ "plugin(Mail::SpamAssassin::Plugin::Foo)", false },
		{ "plugin(Mail::SpamAssassin::Plugin::RaciallyCharged)", true },
		{ "can(Mail::SpamAssassin::Conf::feature_capture_rules)", true },
		{ "has(Mail::SpamAssassin::Conf::feature_capture_rules)", true },
		{ "can(Mail::SpamAssassin::Conf::feature_of_ours)", false },
		{ "can(Mail::SpamAssassin::Plugin::Test::has_tests)", true },
		{ "has(Mail::SpamAssassin::Plugin::Test::test_value)", true },
		{ "can(Mail::SpamAssassin::Plugin::MIMEHeader::has_all_header)", true },
		{ "can(Mail::SpamAssassin::Plugin::DKIM::has_arc)", false },
		{ "can(Mail::SpamAssassin::Conf::compat_foo)", true },
		{ "can(Mail::SpamAssassin::Conf::compat_bar)", false },
		{ "(version > 3) && !(can(Mail::SpamAssassin::Conf::feature_edns))", false },
		{ "1 && 0 || 1", true },
		{ "-1", true },
	};

	(void)state;
	for (size_t i = 0; i < ELEMENTS(cases); i++) {
		struct strbuf cf;

		strbuf_init(&cf, 0);
		strbuf_printf(&cf, "enable_compat foo\nif %s\nbody A /x/\nendif\nbody __X /x/\n",
			      cases[i].condition);
		harness_expect(cases[i].condition, cf.p, "Subject: x\n\nx\n",
			       cases[i].want ? "A __X" : "__X");
		strbuf_done(&cf);
	}
}

#define TEXT(lit)                                                                                  \
	{                                                                                          \
		"" lit, sizeof(lit) - 1                                                            \
	}

struct files {
	const struct rules_text *texts;
	size_t n;
	struct str asked;
};

static size_t include(void *ctx, struct arena *a, struct str path, struct rules_text **ret)
{
	struct files *f = ctx;

	(void)a;
	f->asked = path;
	*ret = (struct rules_text *)f->texts;
	return f->n;
}

/* include: relative to the file, once only, and it ends the ifs around it. */
static void test_include(void **state)
{
	static const struct rules_text inner[] = {
		{ .name = TEXT("/d/in.cf"), .text = TEXT("body IN /x/\ninclude in.cf\n") }
	};
	static const struct rules_text outer[] = {
		{ .name = TEXT("/d/out.cf"),
		  .text = TEXT("if 0\ninclude in.cf\nbody OUT /x/\nendif\ninclude in.cf\n") }
	};
	struct files f = { inner, 1, STR("") };
	struct rules_source s = { .texts = outer, .count = 1, .include = include, .ctx = &f };
	struct ruleset_options o = { 0 };
	struct ruleset *rs;
	struct err e = ERR_INIT;
	const struct rules_diag *d;
	size_t n, i;

	(void)state;
	assert_int_equal(ruleset_load(&s, &o, &rs, &e), 0);
	assert_true(str_eq(f.asked, STR("/d/in.cf")));
	assert_int_equal(ruleset_rule_count(rs), 2);
	assert_true(ruleset_find(rs, STR("OUT"), &i));
	d = ruleset_diags(rs, &n);
	assert_int_equal(n, 2);
	assert_true(str_eq(d[0].text, STR("config: unclosed 'if' found in /d/out.cf (line 1)")));
	assert_true(
	    str_eq(d[1].text,
		   STR("config: missing starting 'if' for 'endif' in /d/out.cf (line 4): endif")));
	ruleset_free(rs);
}

static void test_no_file(void **state)
{
	static const struct rules_text texts[] = { { .name = TEXT(""),
						     .text = TEXT("body A /x/\nfoo\nif x\n") } };
	struct rules_source s = { .texts = texts, .count = 1 };
	struct ruleset_options o = { 0 };
	struct ruleset *rs;
	const struct rules_diag *d;
	size_t n;

	(void)state;
	assert_int_equal(ruleset_load(&s, &o, &rs, NULL), 0);
	d = ruleset_diags(rs, &n);
	assert_int_equal(n, 2);
	assert_true(str_eq(d[0].text, STR("config: failed to parse line in (no file): foo")));
	assert_true(str_eq(d[1].text, STR("config: unparseable value 'x' in (no file)")));
	assert_int_equal(ruleset_error_count(rs), 2);
	ruleset_free(rs);
}

static void test_no_rules(void **state)
{
	static const struct rules_text texts[] = { { .name = TEXT("a.cf"),
						     .text = TEXT("required_score 3\n") } };
	struct rules_source s = { .texts = texts, .count = 1 };
	struct ruleset_options o = { 0 };
	struct ruleset *rs;
	struct err e = ERR_INIT;

	(void)state;
	assert_int_equal(ruleset_load(&s, &o, &rs, &e), -1);
	assert_string_equal(e.text,
			    "config: no rules were found!  Do you need to run 'sa-update'?");
}

/* What is read and has no effect is told once, with the reason. */
static void test_unused(void **state)
{
	struct harness h;
	const struct ruleset_unused *u;
	size_t n;

	(void)state;
	harness_load(&h, "bayes_path /x\nbayes_path /y\nlock_method flock\nbody A /x/\n");
	u = ruleset_unused(h.rs, &n);
	assert_int_equal(n, 2);
	assert_true(str_eq(u[0].key, STR("bayes_path")) && u[0].line == 1);
	assert_true(str_eq(u[1].key, STR("lock_method")) && u[1].line == 3);
	harness_done(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_diags),    cmocka_unit_test(test_conditions),
		cmocka_unit_test(test_include),  cmocka_unit_test(test_no_file),
		cmocka_unit_test(test_no_rules), cmocka_unit_test(test_unused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
