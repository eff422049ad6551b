/* SPDX-License-Identifier: BSD-2-Clause */
/* Decisions: settings and facts in, actions out. */
#include "policy/plan.h"

#include "conf/conf.h"
#include "conf/source.h"
#include "core/arena.h"
#include "ipc/envelope.h"
#include "ipc/report.h"
#include "scan/scan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const char base[] = "@local_domains_maps = (['.here.test']); $sa_tag_level_deflt = 2;"
			   "$sa_tag2_level_deflt = 5; $sa_kill_level_deflt = 8;"
			   "$sa_spam_subject_tag = '*** SPAM *** ';";

static void free_conf(void *p)
{
	conf_free(p);
}

static struct plan *decide(struct arena *a, const char *settings, struct report *r,
			   const char *rcpt, unsigned *ret_wants)
{
	struct str text = arena_printf(a, "%s %s", base, settings);
	struct envelope_rcpt list[2] = { { str_of(rcpt), STR("") },
					 { STR("away@there.test"), STR("") } };
	struct envelope env = { .rcpts = list, .rcpt_count = 2, .log_id = STR("7-1") };
	struct conf_diags diags;
	struct policy *p;
	struct conf *c;

	conf_diags_init(&diags, a);
	c = conf_load_text(text, "test", conf_io_system(), &diags);
	if (diags.errors)
		fail_msg("%s: %.*s", settings, STR_FMT(diags.list[0].text));
	p = policy_new(a, c, &diags);
	assert_int_equal(diags.errors, 0);
	arena_defer(a, free_conf, c);
	*ret_wants = policy_wants(p, &env);
	return policy_decide(p, a, &env, r);
}

static const struct row {
	const char *name, *settings;
	double score;
	enum virus_result virus;
	unsigned flags;
	enum plan_category category;
	enum plan_action action;
	unsigned code;
	const char *text;
	bool tagged, spammy;
	const char *subject;
} rows[] = {
	{ "clean, below the tag level", "", 1.9, VIRUS_CLEAN, REPORT_SCORED, PLAN_CC_CLEAN,
	  PLAN_PASS, 250, "", false, false, "" },
	{ "at the tag level", "", 2, VIRUS_CLEAN, REPORT_SCORED, PLAN_CC_CLEAN, PLAN_PASS, 250, "",
	  true, false, "" },
	{ "spammy: tagged, subject too", "", 5, VIRUS_CLEAN, REPORT_SCORED, PLAN_CC_SPAMMY,
	  PLAN_PASS, 250, "", true, true, "*** SPAM *** " },
	{ "spam, discarded", "$final_spam_destiny = D_DISCARD;", 8, VIRUS_CLEAN, REPORT_SCORED,
	  PLAN_CC_SPAM, PLAN_DISCARD, 250, "Ok, discarded, id=7-1 - spam", true, true, NULL },
	{ "spam, refused", "$final_spam_destiny = D_REJECT;", 8, VIRUS_CLEAN, REPORT_SCORED,
	  PLAN_CC_SPAM, PLAN_REJECT, 554, "Reject, id=7-1 - spam", true, true, NULL },
	{ "spam, bounced", "$final_spam_destiny = D_BOUNCE;", 8, VIRUS_CLEAN, REPORT_SCORED,
	  PLAN_CC_SPAM, PLAN_BOUNCE, 250, "Ok, discarded, id=7-1 - spam", true, true, NULL },
	{ "spam, passed", "$final_spam_destiny = D_PASS;", 8, VIRUS_CLEAN, REPORT_SCORED,
	  PLAN_CC_SPAM, PLAN_PASS, 250, NULL, true, true, "*** SPAM *** " },
	{ "a spam lover gets it", "$final_spam_destiny = D_DISCARD; @spam_lovers_maps = (1);", 8,
	  VIRUS_CLEAN, REPORT_SCORED, PLAN_CC_SPAM, PLAN_PASS, 250, NULL, true, true,
	  "*** SPAM *** " },
	{ "spam checks bypassed", "@bypass_spam_checks_maps = (1);", 99, VIRUS_CLEAN, REPORT_SCORED,
	  PLAN_CC_CLEAN, PLAN_PASS, 250, "", false, false, "" },
	{ "a virus", "$final_virus_destiny = D_DISCARD;", 0, VIRUS_FOUND, REPORT_VIRUS_ASKED,
	  PLAN_CC_VIRUS, PLAN_DISCARD, 250, "Ok, discarded, id=7-1 - INFECTED: A, B", false, false,
	  NULL },
	{ "a virus is never bounced", "$final_virus_destiny = D_BOUNCE;", 0, VIRUS_FOUND,
	  REPORT_VIRUS_ASKED, PLAN_CC_VIRUS, PLAN_DISCARD, 250, NULL, false, false, NULL },
	{ "virus weighs more than spam", "$final_virus_destiny = D_REJECT;", 50, VIRUS_FOUND,
	  REPORT_SCORED | REPORT_VIRUS_ASKED, PLAN_CC_VIRUS, PLAN_REJECT, 554,
	  "Reject, id=7-1 - INFECTED: A, B", true, true, NULL },
	{ "virus checks bypassed", "@bypass_virus_checks_maps = (1);", 0, VIRUS_FOUND,
	  REPORT_VIRUS_ASKED, PLAN_CC_CLEAN, PLAN_PASS, 250, NULL, false, false, NULL },
	{ "all engines failed: not now", "", 0, VIRUS_UNCHECKED, REPORT_SCORED | REPORT_VIRUS_ASKED,
	  PLAN_CC_UNCHECKED, PLAN_TEMPFAIL, 451, NULL, false, false, NULL },
	{ "all engines failed: passes by setting", "$virus_scanners_failure_is_fatal = 0;", 0,
	  VIRUS_UNCHECKED, REPORT_SCORED | REPORT_VIRUS_ASKED, PLAN_CC_UNCHECKED, PLAN_PASS, 250,
	  NULL, false, false, NULL },
	{ "not all parts were shown to the engines", "", 0, VIRUS_CLEAN,
	  REPORT_SCORED | REPORT_VIRUS_ASKED | REPORT_PARTS_LEFT_OUT, PLAN_CC_UNCHECKED, PLAN_PASS,
	  250, NULL, false, false, NULL },
	{ "not all parts were shown: refused by setting", "$final_unchecked_destiny = D_REJECT;", 0,
	  VIRUS_CLEAN, REPORT_SCORED | REPORT_VIRUS_ASKED | REPORT_PARTS_LEFT_OUT,
	  PLAN_CC_UNCHECKED, PLAN_REJECT, 554, NULL, false, false, NULL },
	{ "not all parts were shown, and a virus was", "$final_virus_destiny = D_DISCARD;", 0,
	  VIRUS_FOUND, REPORT_VIRUS_ASKED | REPORT_PARTS_LEFT_OUT, PLAN_CC_VIRUS, PLAN_DISCARD, 250,
	  NULL, false, false, NULL },
	{ "not all parts were shown, of spam", "$final_spam_destiny = D_DISCARD;", 8, VIRUS_CLEAN,
	  REPORT_SCORED | REPORT_VIRUS_ASKED | REPORT_PARTS_LEFT_OUT, PLAN_CC_SPAM, PLAN_DISCARD,
	  250, NULL, true, true, NULL },
	{ "no engines were to be asked", "", 0, VIRUS_UNCHECKED, REPORT_SCORED, PLAN_CC_CLEAN,
	  PLAN_PASS, 250, NULL, false, false, NULL },
};

static void test_rows(void **state)
{
	struct str names[] = { STR("A"), STR("B") };
	unsigned wants;

	(void)state;
	for (size_t i = 0; i < ELEMENTS(rows); i++) {
		const struct row *w = &rows[i];
		struct arena *a = arena_new();
		struct report r = { .flags = w->flags,
				    .score = w->score,
				    .virus = w->virus,
				    .virus_names = names,
				    .virus_name_count = 2 };
		const struct plan_rcpt *got =
		    &decide(a, w->settings, &r, "u@here.test", &wants)->rcpts[0];

		if (got->category != w->category || got->action != w->action ||
		    got->code != w->code || got->is_tagged != w->tagged ||
		    got->is_spammy != w->spammy || !got->is_local ||
		    (w->text && !str_eq(got->text, str_of(w->text))) ||
		    (w->subject && !str_eq(got->subject_tag, str_of(w->subject))))
			fail_msg(
			    "%s: category %d action %d code %u tagged %d spammy %d '%.*s' '%.*s'",
			    w->name, got->category, got->action, got->code, got->is_tagged,
			    got->is_spammy, STR_FMT(got->text), STR_FMT(got->subject_tag));
		arena_free(a);
	}
}

static void test_groups_and_wants(void **state)
{
	struct arena *a = arena_new();
	struct report r = { .flags = REPORT_SCORED, .score = 6 };
	struct plan *p;
	unsigned wants;

	(void)state;
	/* Tags are for local recipients: the other one's copy differs. */
	p = decide(a, "", &r, "u@here.test", &wants);
	assert_int_equal(p->group_count, 2);
	assert_int_equal(p->rcpts[1].subject_tag.n, 0);
	assert_int_equal(wants, SCAN_WANT_SPAM | SCAN_WANT_VIRUS);
	p = decide(a,
		   "@bypass_virus_checks_maps = (1); @bypass_spam_checks_maps = (['u@here.test']);",
		   &r, "u@here.test", &wants);
	assert_int_equal(wants, SCAN_WANT_SPAM);
	p = decide(a, "@bypass_virus_checks_maps = (1); @bypass_spam_checks_maps = (1);", &r,
		   "u@here.test", &wants);
	assert_int_equal(wants, 0);
	/* Nothing is known of the message: nobody gets it, unless a setting says so. */
	p = decide(a, "$final_unchecked_destiny = D_TEMPFAIL;", NULL, "u@here.test", &wants);
	assert_int_equal(p->rcpts[0].action, PLAN_TEMPFAIL);
	assert_int_equal(p->rcpts[0].code, 451);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_groups_and_wants),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
