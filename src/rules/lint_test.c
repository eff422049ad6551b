/* SPDX-License-Identifier: BSD-2-Clause */
/* What lint tells beside errors; and that nothing of it is told without lint. */
#include "rules/harness.h"

#include "core/xalloc.h"

#include <stdio.h>

static const struct {
	const char *name, *cf, *want;
} cases[] = {
	{ "nothing", "body A /x/\nscore A 1\ndescribe A Short.", "" },
	{ "no description, no score", "body A /x/",
	  "no description set for rule A\nno score set for rule A: it counts 1\n" },
	{ "neither is asked of a sub-rule", "body __A /x/", "" },
	{ "nor a score of a test rule", "body T_A /x/\ndescribe T_A Short.", "" },
	{ "long description",
	  "body A /x/\nscore A 1\ndescribe A 123456789 123456789 123456789 123456789 123456789 1",
	  "description of rule A has 51 bytes; more than 50 are wrapped in reports\n" },
	{ "50 bytes are fine",
	  "body A /x/\nscore A 1\ndescribe A 123456789 123456789 123456789 123456789 1234567890",
	  "" },
	{ "a score without rule", "body __A /x/\nscore B 1\ntflags B net",
	  "no rule B: what is said of it has no effect\n" },
	{ "a meta without", "meta __A (B && C) || B\nbody __B /x/",
	  "meta __A names B, which is no rule\nmeta __A names C, which is no rule\n"
	  "meta __A names B, which is no rule\n" },
	{ "old names", "body __A /x/\nunwhitelist_auth a@b.c\nblacklist_to a@b.c",
	  "unwhitelist_auth is an old name of unwelcomelist_auth\n"
	  "blacklist_to is an old name of blocklist_to\n" },
	{ "rules of a plugin that nobody has",
	  "loadplugin Foo::Bar\nbody __A /x/\nifplugin Foo::Bar\nif 1\nbody B eval:bar()\nscore B "
	  "1\n"
	  "endif\nelse\nbody __C /x/\nendif\n",
	  "plugin: failed to parse plugin Foo::Bar: not one of SpamAssassin's, and Postern runs no "
	  "Perl\n"
	  "rule B is left out: it needs the plugin Foo::Bar\n" },
	{ "a plugin that nobody asked for", "body __A /x/\nifplugin Foo::Bar\nbody B /x/\nendif",
	  "" },
};

static void test_findings(void **state)
{
	const struct ruleset_options lint = { .lint = true, .advice = true },
				     plain = { .lint = true };
	int wrong = 0;

	(void)state;
	for (size_t i = 0; i < ELEMENTS(cases); i++) {
		struct harness h;

		harness_load_with(&h, cases[i].cf, &lint);
		if (!str_eq(h.texts, str_of(cases[i].want)) && ++wrong)
			printf("%s: %.*s\n", cases[i].name, STR_FMT(h.texts));
		assert_int_equal(ruleset_error_count(h.rs), 0);
		harness_done(&h);
		harness_load_with(&h, cases[i].cf, &plain);
		if (h.texts.n && !str_starts(h.texts, STR("plugin: ")) && ++wrong)
			printf("%s without lint: %.*s\n", cases[i].name, STR_FMT(h.texts));
		harness_done(&h);
	}
	assert_int_equal(wrong, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_findings) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
