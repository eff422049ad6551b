/* SPDX-License-Identifier: BSD-2-Clause */
/* Settings, and SpamAssassin's own rule files where the package is installed. */
#include "rules/ruleset.h"

#include "core/arena.h"
#include "msg/msg.h"
#include "msg/relays.h"
#include "rules/files.h"
#include "rules/harness.h"
#include "text/tld.h"

#include <unistd.h>

static void test_settings(void **state)
{
	const struct rules_settings *s;
	struct harness h;

	(void)state;
	harness_load(
	    &h,
	    "body A /x/\nrequired_score 6.5\nuse_bayes 0\nskip_rbl_checks yes\ntime_limit 2m\n"
	    "dns_available no\ndns_server 127.0.0.1:53\ndns_server 192.0.2.1\nclear_dns_servers\n"
	    "dns_server [::1]:5353\ndns_block_rule B_RULE zen.Example.org. "
	    "b.example\ndns_block_time 60\n"
	    "dns_query_restriction deny example.com\nrbl_timeout 7 2\nok_locales en de\n"
	    "# UPDATE version 12\n# UPDATE version 13\n# UPDATE version x\n");
	s = ruleset_settings(h.rs);
	assert_true(s->required_score == 6.5 && !s->use_bayes && s->use_bayes_rules);
	assert_true(s->time_limit_s == 120 && s->dns.skip_rbl_checks);
	assert_int_equal(s->dns.available, RULES_DNS_NO);
	assert_int_equal(s->dns.servers.n, 1);
	assert_true(str_eq(s->dns.servers.s[0], STR("[::1]:5353")));
	assert_int_equal(s->dns.block_count, 2);
	assert_true(str_eq(s->dns.blocks[0].domain, STR("zen.example.org")));
	assert_true(str_eq(s->dns.blocks[1].rule, STR("B_RULE")));
	assert_true(s->dns.block_time_s == 60);
	assert_int_equal(s->dns.restriction_count, 1);
	assert_false(s->dns.restrictions[0].allow);
	assert_true(s->dns.rbl_timeout_s == 7 && s->dns.rbl_timeout_min_s == 2);
	assert_true(str_eq(s->ok_locales, STR("en de")));
	assert_true(str_eq(s->rules_version, STR("12,13")));
	harness_done(&h);
}

static void test_markup(void **state)
{
	const struct rules_report_settings *r;
	struct harness h;

	(void)state;
	harness_load(
	    &h, "body A /x/\nadd_header all Status \"a\\tb\\\\\\n\"\nadd_header spam Flag YES\n"
		"add_header all STATUS two\nadd_header ham Gone x\nremove_header ham gone\n"
		"report one\nreport \"  two\"\nreport\nrewrite_header subject [SPAM]\n"
		"report_safe 0\nreport_safe_copy_headers A B\nreport_safe_copy_headers C\n"
		"fold_headers 0\nreport_wrap_width 60\n");
	r = &ruleset_settings(h.rs)->report;
	assert_int_equal(r->header_count, 4);
	assert_true(str_eq(r->headers[0].name, STR("Checker-Version")));
	assert_true(str_eq(r->headers[1].name, STR("Flag")) && !r->headers[1].ham);
	assert_true(str_eq(r->headers[2].name, STR("STATUS")) && r->headers[2].ham);
	assert_true(str_eq(r->headers[3].template, STR("_REPORT_")));
	assert_true(str_eq(r->report, STR("one\n  two\n\n")));
	assert_true(str_eq(r->rewrite_subject, STR("[SPAM]")) && str_is_none(r->rewrite_to));
	assert_int_equal(r->report_safe, 0);
	assert_int_equal(r->report_safe_copy_headers.n, 3);
	assert_true(!r->fold_headers && r->report_wrap_width == 60);
	harness_done(&h);
	harness_load(&h, "body A /x/\nversion_tag My-1\nversion_tag 2.x\nversion_tag my_1\n"
			 "subjprefix A [one]\nsubjprefix B two words\nrewrite_header To (x)\n"
			 "clear_headers\nremove_header all Checker-Version\n");
	r = &ruleset_settings(h.rs)->report;
	assert_true(str_eq(r->version_tags, STR("my_1-2.x")));
	assert_int_equal(r->subject_prefix_count, 2);
	assert_true(str_eq(r->subject_prefixes[1].rule, STR("B")));
	assert_true(str_eq(r->subject_prefixes[1].text, STR("two words")));
	assert_true(str_eq(r->rewrite_to, STR("[x]")));
	assert_int_equal(r->header_count, 1);
	harness_done(&h);
	harness_load(&h, "body A /x/\nadd_header all Status \"a\\tb\\\\\\n\"\n");
	r = &ruleset_settings(h.rs)->report;
	assert_true(str_eq(r->headers[1].template, STR("a\tb\\\n")));
	harness_done(&h);
}

static void test_msg_config(void **state)
{
	const struct msg_config *c;
	struct harness h;
	struct str got;

	(void)state;
	harness_load(
	    &h,
	    "body A /x/\nnormalize_charset 0\nparse_dkim_uris 0\nbody_part_scan_size 1000\n"
	    "envelope_sender_header X-Env\noriginating_ip_headers X-A "
	    "X-B\nclear_originating_ip_headers\n"
	    "originating_ip_headers X-Yahoo\ntrusted_networks 192.0.2.0/24\nutil_rb_2tld co.uk\n"
	    "redirector_pattern m!^https?://r\\.example/\\?u=([a-z]*)!i\n"
	    "redirector_pattern m!^https?://r\\.example/\\?u=(.*)$!i\n");
	c = ruleset_msg_config(h.rs);
	assert_true(!c->normalize_charset && !c->parse_dkim_uris);
	assert_int_equal(c->body_part_scan_size, 1000);
	assert_int_equal(c->rawbody_part_scan_size, 500000);
	assert_true(str_eq(c->envelope_sender_header, STR("X-Env")));
	assert_int_equal(c->originating_ip_header_count, 1);
	assert_true(net_rules_contains(c->networks, NET_TRUSTED, STR("192.0.2.9")));
	assert_true(tld_table_has(c->tlds, STR("co.uk"), 2));
	assert_true(
	    c->redirect(c->redirect_ctx, STR("HTTP://r.example/?u=x.org/y"), h.arena, &got));
	/* The first gives what has no dot, so the second is asked. */
	assert_true(str_eq(got, STR("x.org/y")));
	assert_false(c->redirect(c->redirect_ctx, STR("http://r.example/?u=xy"), h.arena, &got));
	assert_false(c->redirect(c->redirect_ctx, STR("http://other/"), h.arena, &got));
	harness_done(&h);
}

static void test_plugins(void **state)
{
	const struct str *word;
	struct harness h;

	(void)state;
	harness_load(&h, "body A /x/\ntest_word hello\n");
	word = ruleset_plugin_conf(h.rs, STR("Mail::SpamAssassin::Plugin::Test"));
	assert_true(word && str_eq(*word, STR("hello")));
	assert_true(ruleset_has_plugin(h.rs, STR("Mail::SpamAssassin::Plugin::MIMEHeader")));
	assert_false(ruleset_has_plugin(h.rs, STR("Mail::SpamAssassin::Plugin::DKIM")));
	assert_null(ruleset_plugin_conf(h.rs, STR("Mail::SpamAssassin::Plugin::MIMEHeader")));
	harness_done(&h);
}

/* The stock files and Debian's site files: no line of theirs may be refused. */
/* Evals and lines that plugins bring are not the matter here: these are not given. */
static bool is_of_plugins(struct str text)
{
	static const char *const keys[] = { ": freemail_domains ", ": def_welcomelist_from_spf " };

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		if (str_find(text, str_of(keys[i])) != STR_NPOS)
			return true;
	}
	return str_starts(text, STR("rules: unknown eval"));
}

static void test_stock(void **state)
{
	struct arena *a = arena_new();
	struct ruleset_options o = { 0 };
	struct rules_paths paths = { .rules = "/usr/share/spamassassin",
				     .site = "/etc/spamassassin" };
	struct rules_source source;
	struct ruleset *rs = NULL;
	struct err e = ERR_INIT;
	const struct rules_diag *d;
	size_t n;

	(void)state;
	if (access(paths.rules, R_OK) < 0 || access(paths.site, R_OK) < 0) {
		arena_free(a);
		skip();
	}
	assert_int_equal(rules_files_read(&paths, a, &source, &e), 0);
	assert_int_equal(ruleset_load(&source, &o, &rs, &e), 0);
	arena_free(a); /* the texts are not needed any more */
	d = ruleset_diags(rs, &n);
	for (size_t i = 0; i < n; i++) {
		if (d[i].severity == RULES_ERROR && !is_of_plugins(d[i].text))
			fail_msg("%.*s", STR_FMT(d[i].text));
	}
	assert_true(ruleset_active_count(rs, RULE_BODY) > 500);
	assert_true(ruleset_active_count(rs, RULE_HEADER) > 500);
	assert_true(ruleset_active_count(rs, RULE_META) > 600);
	assert_true(ruleset_active_count(rs, RULE_MIMEHEADER) > 50);
	ruleset_free(rs);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_settings),   cmocka_unit_test(test_markup),
		cmocka_unit_test(test_msg_config), cmocka_unit_test(test_plugins),
		cmocka_unit_test(test_stock),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
