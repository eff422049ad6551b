/* SPDX-License-Identifier: BSD-2-Clause */
/* What a restricted text may say; the words are those of SpamAssassin's read_scoreonly_config(). */
#include "rules/privilege.h"

#include "core/arena.h"
#include "rules/harness.h"

static void test_names(void **state)
{
	static const struct {
		const char *key;
		enum privilege want;
	} cases[] = {
		{ "score", PRIVILEGE_USER },           { "welcomelist_from", PRIVILEGE_USER },
		{ "nobody_knows", PRIVILEGE_USER },    { "header", PRIVILEGE_RULES },
		{ "tflags", PRIVILEGE_RULES },         { "allow_user_rules", PRIVILEGE_RULES },
		{ "loadplugin", PRIVILEGE_ADMIN },     { "version_tag", PRIVILEGE_ADMIN },
		{ "extracttext_use", PRIVILEGE_SITE },
	};

	(void)state;
	for (size_t i = 0; i < ELEMENTS(cases); i++)
		assert_int_equal(privilege_of(str_of(cases[i].key)), cases[i].want);
}

static struct str diags_of(struct arena *a, const struct ruleset *rs)
{
	struct str all = STR("");
	const struct rules_diag *d;
	size_t n;

	d = ruleset_diags(rs, &n);
	for (size_t i = 0; i < n; i++)
		all = arena_printf(a, "%.*s%.*s\n", STR_FMT(all), STR_FMT(d[i].text));
	return all;
}

#define FAILED "config: failed to parse line in "

static const struct {
	const char *name, *cf, *file, *prefs, *want;
	size_t errors;
} loads[] = {
	{ "scores are the user's", "", "p", "score A 2\n", "", 0 },
	{ "rules are not", "", "p", "body B /x/\n",
	  "config: not parsing, 'allow_user_rules' is 0: body B /x/\n" FAILED
	  "p (line 1): body B /x/\n",
	  1 },
	{ "unless allowed", "allow_user_rules 1\n", "p", "body B /x/\n", "", 0 },
	{ "not by oneself", "", "p", "allow_user_rules 1\n",
	  "config: not parsing, 'allow_user_rules' is 0: allow_user_rules 1\n" FAILED
	  "p (line 1): allow_user_rules 1\n",
	  1 },
	{ "the administrator's stay his", "allow_user_rules 1\n", "p", "\nversion-tag  x\n",
	  "config: not parsing, administrator setting: version-tag  x\n" FAILED
	  "p (line 2): version-tag  x\n",
	  1 },
	{ "what no loaded plugin knows", "", "p", "mimeheader B Content-Type =~ /x/\n",
	  FAILED "p (line 1): mimeheader B Content-Type =~ /x/\n", 1 },
	{ "a plugin that looks away",
	  "allow_user_rules 1\nloadplugin Mail::SpamAssassin::Plugin::ExtractText\n", "p",
	  "extracttext_use x .y\n", FAILED "p (line 1): extracttext_use x .y\n", 1 },
	{ "a skipped line", "", "p", "if 0\nbody B /x/\nendif\n", "", 0 },
	{ "can", "if can(Mail::SpamAssassin::Conf::feature_edns)\nendif\n", "/home/a/user_prefs",
	  "if can(Mail::SpamAssassin::Conf::feature_edns)\nfoo\nendif\n",
	  "config: 'if can Mail::SpamAssassin::Conf::feature_edns' not available in user_prefs\n",
	  0 },
	{ "can, in a file of another name", "", "/home/a/xuser_prefs",
	  "if can(Mail::SpamAssassin::Conf::feature_edns)\nfoo\nendif\n",
	  FAILED "/home/a/xuser_prefs (line 2): foo\n", 1 },
	{ "a value out of range", "allow_user_rules yes\nallow_user_rules\n", "p", "",
	  "config: invalid 'allow_user_rules' value in t.cf (line 2): allow_user_rules yes\n"
	  "config: missing 'allow_user_rules' value in t.cf (line 3): allow_user_rules\n",
	  2 },
};

static void test_loads(void **state)
{
	(void)state;
	for (size_t i = 0; i < ELEMENTS(loads); i++) {
		struct arena *a = arena_new();
		struct rules_text texts[] = {
			{ .name = STR("t.cf"),
			  .text = arena_printf(a, "body A /a/\n%s", loads[i].cf) },
			{ .name = str_of(loads[i].file),
			  .text = str_of(loads[i].prefs),
			  .restricted = true },
		};
		struct rules_source source = { .texts = texts, .count = ELEMENTS(texts) };
		struct ruleset_options options = { .lint = true, .no_jit = true };
		struct ruleset *rs = NULL;
		struct str got;

		assert_int_equal(ruleset_load(&source, &options, &rs, NULL), 0);
		got = diags_of(a, rs);
		if (!str_eq(got, str_of(loads[i].want)))
			fail_msg("%s: %.*s", loads[i].name, STR_FMT(got));
		assert_int_equal(ruleset_error_count(rs), loads[i].errors);
		ruleset_free(rs);
		arena_free(a);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_names),
					    cmocka_unit_test(test_loads) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
