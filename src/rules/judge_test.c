/* SPDX-License-Identifier: BSD-2-Clause */
/* Metas and when they are ready, order, short-circuits, points. */
#include "rules/harness.h"

#include "core/arena.h"

static const char mail[] = "Subject: subj\n\nbody text it\n";

static const struct {
	const char *name, *cf, *want;
} cases[] = {
	{ "order of classes",
	  "meta M F\nfull F /x/\nrawbody R /x/\nbody B /x/\nheader H Subject =~ /s/\nuri U "
	  "/nothing/\n"
	  "full FE eval:test_value(1)\nrawbody RE eval:test_value(1)\nbody BE eval:test_value(1)\n"
	  "header HE eval:test_value(1)",
	  "H HE B BE R RE F FE M" },
	{ "definition order within a class", "body C /x/\nbody A /x/\nbody B /x/", "C A B" },
	{ "priority first", "body A /x/\npriority A 5\nfull B /x/\npriority B -5\nbody C /x/",
	  "B C A" },
	{ "metas at the end of a priority", "body A /x/\npriority A -5\nbody B /x/\nmeta M A",
	  "A M B" },
	{ "a meta waits for the last of what it reads",
	  "body A /x/\npriority A -5\nbody B /x/\npriority B 7\nmeta M A && B\npriority M 9",
	  "A B M" },
	{ "dependencies are lowered",
	  "meta M A\npriority M -5\nbody A /x/\nbody B /x/\nheader H Subject =~ /s/", "A M H B" },
	{ "values", "body __A /t/\ntflags __A multiple\nmeta M __A == 3\nmeta N __A > 2",
	  "M N __A(3)" },
	{ "a meta's own value", "meta __A 5\nmeta B __A == 5\nmeta __C 0 - 5\nmeta D __C == 1",
	  "B D __A __C" },
	{ "undefined is 0, at the end", "meta A !NOWHERE\nbody B /x/", "B A" },
	{ "score 0 is 0", "score A 0\nbody A /x/\nmeta M !A", "M" },
	{ "skipped is 0", "header A eval:test_value(1)\ntflags A net\nmeta M !A", "M" },
	{ "constants come first", "meta A 1\nbody B /x/\npriority B -7\nbody C /x/", "B A C" },
	{ "() comes last", "meta __A ()\nmeta B !__A\nbody C /x/", "C B" },
	{ "a true meta of score 0 blocks",
	  "meta Z 1\nscore Z 0\nmeta A Z || B\nbody B /x/\nmeta N !Z", "B" },
	{ "a false one does not", "meta Z 0\nscore Z 0\nmeta A !Z", "A" },
	{ "one of score 0 that needs the end blocks", "meta Z NOWHERE\nscore Z 0\nmeta A !Z", "" },
	{ "and what reads it", "meta Z 1\nscore Z 0\nmeta A !Z\nmeta B !A", "" },
	{ "circles see what has run", "body C /x/\nmeta A B || C\nmeta B A", "C A B" },
	{ "circles do not wait",
	  "body C /x/\nmeta A !B && C\nmeta B A && D\nbody D /x/\npriority D 9\nmeta E D\npriority "
	  "E 9",
	  "C A D E" },
	{ "self", "meta A !A", "A" },
	{ "rules_matching",
	  "body __T_A /x/\nbody __T_B /t/\ntflags __T_B multiple\nmeta M rules_matching(__T_*) == "
	  "4\n"
	  "meta N rules_matching(__T_?) > 3\nmeta O rules_matching(NOPE*)",
	  "M N __T_A __T_B(3)" },
	{ "rules_matching leaves itself out", "meta T_M rules_matching(T_*) == 1\nbody T_A /x/",
	  "T_A T_M" },
	{ "local_tests_only", "meta A local_tests_only", "A" },
	{ "division at run time", "body __A /x/\nmeta M 1 / (1 - __A)", "__A" },
	/* short-circuit */
	{ "on", "body A /x/\nshortcircuit A on\nheader H Subject =~ /s/\nfull F /x/",
	  "H SHORTCIRCUIT A" },
	{ "the batch ends", "body A /x/\nshortcircuit A on\nbody B /x/\nbody C /t/",
	  "SHORTCIRCUIT A B C" },
	{ "spam comes at -200", "body A /x/\nshortcircuit A spam\nheader H Subject =~ /s/",
	  "SHORTCIRCUIT A" },
	{ "off", "body A /x/\nshortcircuit A off\nfull F /x/", "A F" },
	{ "no metas behind it", "body A /x/\nshortcircuit A on\nmeta M A\nmeta N !NOWHERE",
	  "SHORTCIRCUIT A" },
	{ "earlier metas stay",
	  "header H Subject =~ /s/\npriority H -300\nmeta M H\nbody A /x/\nshortcircuit A spam",
	  "H M SHORTCIRCUIT A" },
	{ "a meta short-circuits",
	  "header H Subject =~ /s/\npriority H -300\nmeta M H\nshortcircuit M on\nbody A /x/",
	  "H SHORTCIRCUIT M" },
	{ "too much spam",
	  "shortcircuit_max_spam_score 1.5\nheader A Subject =~ /s/\nscore A 1\nbody B /x/\nfull C "
	  "/x/\nfull D /x/\npriority D 5",
	  "A B SHORTCIRCUIT C" },
	{ "exactly is not too much",
	  "shortcircuit_max_spam_score 2\nheader A Subject =~ /s/\nscore A 2\nbody B /x/\nfull C "
	  "/x/\nscore B 0.5",
	  "A B SHORTCIRCUIT C" },
	{ "enough ham",
	  "shortcircuit_min_ham_score -1\nheader A Subject =~ /s/\nscore A -2\nbody B /x/\nfull C "
	  "/x/",
	  "A SHORTCIRCUIT B" },
};

static void test_order(void **state)
{
	(void)state;
	for (size_t i = 0; i < ELEMENTS(cases); i++)
		harness_expect(cases[i].name, cases[i].cf, mail, cases[i].want);
}

static void test_points(void **state)
{
	static const struct {
		const char *name, *cf;
		double score;
		bool spam;
	} points[] = {
		{ "sum", "body A /x/\nscore A 1.5\nbody B /x/\nscore B 2.25", 3.75, false },
		{ "once per hit", "body A /t/\ntflags A multiple\nscore A 0.5", 1.5, false },
		{ "at the threshold", "body A /x/\nscore A 5", 5, true },
		{ "below it", "body A /x/\nscore A 4.999", 4.999, false },
		{ "rounded up to it", "body A /x/\nscore A 4.9996", 5, true },
		{ "own threshold", "required_score 2\nbody A /x/\nscore A 2", 2, true },
		{ "old name", "required_hits 0.5\nbody A /x/", 1, true },
		{ "sub-rules count nothing", "body __A /x/\nscore __A 7", 0, false },
		{ "T_ and nice", "body T_A /x/\nbody B /x/\ntflags B nice", -0.99, false },
		{ "relative", "score A 1\nscore A (0.5)\nscore A (-2)\nbody A /x/", -0.5, false },
		{ "set 0", "body A /x/\nscore A 1 2 3 4", 1, false },
		{ "ham", "body A /x/\nshortcircuit A ham\nscore A -3", -103, false },
		{ "spam", "body A /x/\nshortcircuit A spam\nscore A 3", 103, true },
		{ "spam, own points", "shortcircuit_spam_score 20\nbody A /x/\nshortcircuit A spam",
		  21, true },
		{ "on", "body A /x/\nshortcircuit A on\nscore A 2", 2, false },
		{ "no rounding in between",
		  "body A /x/\nscore A 0.0004\nbody B /x/\nscore B 0.0004", 0.001, false },
	};

	(void)state;
	for (size_t i = 0; i < ELEMENTS(points); i++) {
		struct harness h;

		harness_load(&h, points[i].cf);
		harness_scan(&h, mail);
		if (h.judgement.score != points[i].score || h.judgement.spam != points[i].spam) {
			print_error("%s: %g %d\n", points[i].name, h.judgement.score,
				    h.judgement.spam);
			fail();
		}
		harness_done(&h);
	}
}

static void test_score_sets(void **state)
{
	(void)state;
	for (unsigned set = 0; set < 4; set++) {
		struct ruleset_options o = { .net = set & 1, .bayes = set & 2 };
		struct harness h;

		harness_load_with(&h, "body A /x/\nscore A 1 2 3 4\n", &o);
		harness_scan(&h, mail);
		assert_true(h.judgement.score == set + 1.0);
		assert_int_equal(match_hits(h.match)->score_set, set);
		harness_done(&h);
	}
}

static void test_report(void **state)
{
	const struct report_hit *r;
	struct harness h;

	(void)state;
	harness_load(&h, "body B /x/\ndescribe B Some text\nscore B 1.5\nheader H Subject =~ /s/\n"
			 "uri U /x/\nrawbody R /x/\nfull F /x/\nbody BE eval:test_value(1)\n"
			 "rawbody RE eval:test_value(1)\nfull FE eval:test_value(1)\n"
			 "mimeheader MH X =~ /^$/\nmimeheader MN X !~ /y/\nmeta M B\n");
	harness_scan(&h, mail);
	static const struct {
		const char *rule, *area;
	} want[] = { { "H", "" },        { "B", "BODY: " }, { "BE", "BODY: " }, { "MH", "" },
		     { "MN", "BODY: " }, { "R", "RAW: " },  { "RE", "RAW: " },  { "F", "FULL: " },
		     { "FE", "" },       { "M", "" } };
	assert_int_equal(h.judgement.hit_count, ELEMENTS(want));
	for (size_t i = 0; i < ELEMENTS(want); i++) {
		r = &h.judgement.hits[i];
		if (!str_eq(r->rule, str_of(want[i].rule)) ||
		    !str_eq(r->area, str_of(want[i].area)))
			print_error("%zu: %.*s '%.*s'\n", i, STR_FMT(r->rule), STR_FMT(r->area));
		assert_true(str_eq(r->rule, str_of(want[i].rule)));
		assert_true(str_eq(r->area, str_of(want[i].area)));
	}
	r = &h.judgement.hits[1];
	assert_true(r->score == 1.5 && str_eq(r->description, STR("Some text")));
	assert_true(str_eq(h.judgement.hits[0].description, STR("No description available.")));
	harness_done(&h);
}

/* The same matching under two overlays. */
static void test_overlay(void **state)
{
	static const struct judge_score scores[] = { { { "A", 1 }, 7 }, { { "NONE", 4 }, 9 } };
	struct judge_overlay o = {
		.has_required = true, .required = 7, .scores = scores, .score_count = 2
	};
	struct judgement j;
	struct harness h;

	(void)state;
	harness_load(&h, "body A /x/\nbody B /x/\nmeta M B && !A\n");
	harness_scan(&h, mail);
	assert_true(h.judgement.score == 2);
	judge(h.rs, match_hits(h.match), &o, h.arena, &j);
	assert_true(j.score == 8 && j.required == 7 && j.spam);
	harness_done(&h);
}

static void test_lists(void **state)
{
	struct harness h;

	(void)state;
	harness_load(&h, "body B /t/\ntflags B multiple\nbody A /x/\nbody __C /x/\n");
	harness_scan(&h, mail);
	assert_true(str_eq(judge_tests(h.judgement.hits, h.judgement.hit_count, true, h.arena),
			   STR("A,B,B,B")));
	assert_true(
	    str_eq(judge_tests(h.judgement.subrules, h.judgement.subrule_count, true, h.arena),
		   STR("__C")));
	assert_true(str_eq(judge_tests(NULL, 0, true, h.arena), STR("none")));
	assert_true(str_eq(judge_tests(NULL, 0, false, h.arena), STR("")));
	harness_done(&h);
}

/* In the order of their bytes, also where the first eight are the same. */
static void test_order_of_tests(void **state)
{
	static const struct report_hit hits[] = {
		{ .rule = { "__LONGNAME_B", 12 }, .count = 1 },
		{ .rule = { "__LONGNAME_A", 12 }, .count = 2 },
		{ .rule = { "Z", 1 }, .count = 1 },
		{ .rule = { "__LONGNA", 8 }, .count = 1 },
		{ .rule = { "A", 1 }, .count = 1 },
		{ .rule = { "__LONGNAM", 9 }, .count = 1 },
		{ .rule = { "AB", 2 }, .count = 0 },
	};
	struct arena *a = arena_new();

	(void)state;
	assert_true(str_eq(judge_tests(hits, ELEMENTS(hits), false, a),
			   STR("A,Z,__LONGNA,__LONGNAM,__LONGNAME_A,__LONGNAME_A,__LONGNAME_B")));
	assert_true(str_eq(judge_tests(hits, 3, false, a),
			   STR("Z,__LONGNAME_A,__LONGNAME_A,__LONGNAME_B")));
	arena_free(a);
}

/* Places of names are told with the hits, and are those of their bytes; one without is sorted all the same. */
static void test_places_of_names(void **state)
{
	struct harness h;
	struct report_hit *hits;
	size_t n;

	(void)state;
	harness_load(&h, "body ZA /abc/\nbody B /abc/\ntflags B multiple\nbody __A /abc/\n"
			 "meta ZB ZA\nbody A /abc/\n");
	harness_scan(&h, "Subject: s\n\nabc abc\n");
	hits = h.judgement.hits;
	n = h.judgement.hit_count;
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < n; k++)
			assert_true((hits[i].order < hits[k].order) ==
				    (str_cmp(hits[i].rule, hits[k].rule) < 0));
	assert_true(str_eq(judge_tests(hits, n, false, h.arena), STR("A,B,B,ZA,ZB")));
	hits[1].order = 0;
	assert_true(str_eq(judge_tests(hits, n, false, h.arena), STR("A,B,B,ZA,ZB")));
	hits[1].order = hits[0].order;
	assert_true(str_eq(judge_tests(hits, n, false, h.arena), STR("A,B,B,ZA,ZB")));
	harness_done(&h);
}

static void test_autolearn(void **state)
{
	static const struct {
		const char *cf, *want;
	} learn[] = {
		{ "body A /x/\n", "no" },
		{ "body A /x/\nuse_bayes 0\n", "disabled" },
		{ "body A /x/\nbayes_auto_learn 0\n", "disabled" },
		{ "body A /x/\nshortcircuit A on\n", "disabled" },
	};

	(void)state;
	for (size_t i = 0; i < ELEMENTS(learn); i++) {
		struct harness h;

		harness_load(&h, learn[i].cf);
		harness_scan(&h, mail);
		assert_true(str_eq(h.judgement.autolearn, str_of(learn[i].want)));
		harness_done(&h);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order),          cmocka_unit_test(test_points),
		cmocka_unit_test(test_score_sets),     cmocka_unit_test(test_report),
		cmocka_unit_test(test_overlay),        cmocka_unit_test(test_lists),
		cmocka_unit_test(test_order_of_tests), cmocka_unit_test(test_places_of_names),
		cmocka_unit_test(test_autolearn),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
