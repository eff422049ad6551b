/* SPDX-License-Identifier: BSD-2-Clause */
/* What would be learnt, and the words for it. */
#include "rules/autolearn.h"

#include "rules/harness.h"

#include <stdio.h>

#define PLUGIN "loadplugin Mail::SpamAssassin::Plugin::AutoLearnThreshold\n"
#define SIDES "header H Subject =~ /subj/\nbody B /text/\n"

static const char mail[] = "Subject: subj\n\nbody text it\n";

static const struct {
	const char *name, *cf, *want; /* the word, what forced it, the points */
} cases[] = {
	{ "ham", PLUGIN SIDES "score H 0.04\nscore B 0.05", "unavailable no 0.09" },
	{ "ham's threshold itself", PLUGIN SIDES "score H 0.05\nscore B 0.05", "no no 0.1" },
	{ "its setting", PLUGIN SIDES "bayes_auto_learn_threshold_nonspam 3\n",
	  "unavailable no 2" },
	{ "spam", PLUGIN SIDES "score H 6\nscore B 6", "unavailable no 12" },
	{ "below spam's threshold", PLUGIN SIDES "score H 6\nscore B 5.9", "no no 11.9" },
	{ "its setting", PLUGIN SIDES "score H 3\nscore B 3\nbayes_auto_learn_threshold_spam 6",
	  "unavailable no 6" },
	{ "too few points of the body", PLUGIN SIDES "score H 12\nscore B 2.9", "no no 14.9" },
	{ "too few points of the header", PLUGIN SIDES "score B 12\nscore H 2.9", "no no 14.9" },
	{ "forced", PLUGIN SIDES "score H 12\nscore B 2\ntflags B autolearn_force",
	  "unavailable yes (B) 14" },
	{ "forced, and no decision", PLUGIN SIDES "tflags B autolearn_force", "no no 2" },
	{ "a rule of one side counted to the other",
	  PLUGIN SIDES "score H 8\nscore B 4\ntflags B autolearn_header", "no no 12" },
	{ "a meta's points are shared",
	  PLUGIN SIDES "score H 0.5\nscore B 0.5\nmeta M H && B\nscore M 12", "unavailable no 13" },
	{ "a meta of metas counts to no side",
	  PLUGIN SIDES "meta __M H && B\nmeta M __M\nscore M 12", "no no 14" },
	{ "as often as it hits", PLUGIN "body B /t/\ntflags B multiple", "no no 3" },
	{ "left out: noautolearn", PLUGIN SIDES "score B 20\ntflags B noautolearn", "no no 1" },
	{ "left out: userconf", PLUGIN SIDES "score B 20\ntflags B userconf nice", "no no 1" },
	{ "spam may not be learnt as ham",
	  PLUGIN SIDES "score H 0.01\nscore B 20\ntflags B userconf", "no no 0.01" },
	{ "ham may not be learnt as spam",
	  PLUGIN SIDES "score H 8\nscore B 8\nheader N Subject =~ /subj/\nscore N -12\ntflags N "
		       "userconf",
	  "no no 16" },
	{ "without the plugin", SIDES "score H 6\nscore B 6", "no no 12" },
	{ "switched off", PLUGIN SIDES "bayes_auto_learn 0", "disabled  2" },
	{ "no Bayes", PLUGIN SIDES "use_bayes 0", "disabled  2" },
	{ "a short-circuit", PLUGIN SIDES "shortcircuit B on", "disabled  2" },
};

static void test_words(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct harness h;
		char got[256];

		harness_load(&h, cases[i].cf);
		assert_non_null(h.rs);
		harness_scan(&h, mail);
		snprintf(got, sizeof(got), "%.*s %.*s %.15g", STR_FMT(h.judgement.autolearn),
			 STR_FMT(h.judgement.autolearn_force), h.judgement.autolearn_points);
		if (strcmp(got, cases[i].want) != 0)
			fail_msg("%s: got \"%s\", want \"%s\"", cases[i].name, got, cases[i].want);
		harness_done(&h);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_words) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
