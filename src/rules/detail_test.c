/* SPDX-License-Identifier: BSD-2-Clause */
/* What is known of a rule, why it is off, and what a meta was given. */
#include "rules/detail.h"

#include "core/arena.h"
#include "core/strbuf.h"
#include "rules/harness.h"

static const char mail[] = "Subject: one two\n\nthree three\n";

static const struct {
	const char *name, *cf;
	enum rule_off want;
} offs[] = {
	{ "on", "body A /x/", RULE_ON },
	{ "score 0", "body A /x/\nscore A 0", RULE_OFF_SCORE },
	{ "net", "header A eval:test_value(1)\ntflags A net", RULE_OFF_NET },
	{ "RBL", "header A eval:check_rbl_test('x')", RULE_OFF_NET },
	{ "a regexp is run whatever its tflags", "body A /x/\ntflags A net", RULE_ON },
	{ "learn", "header A eval:test_value(1)\ntflags A learn", RULE_OFF_LEARN },
	{ "no function", "header A eval:no_such_function()", RULE_OFF_MISSING },
	{ "a function of SpamAssassin's that is not here", "body A eval:check_bayes('0', '1')",
	  RULE_OFF_MISSING },
	{ "bad argument", "header A eval:test_value(bad)", RULE_OFF_BROKEN },
	{ "wrong type", "body A eval:test_header(1)", RULE_OFF_BROKEN },
};

static void test_off(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(offs) / sizeof(offs[0]); i++) {
		struct rule_detail d;
		struct harness h;
		size_t index;

		harness_load(&h, offs[i].cf);
		assert_true(ruleset_find(h.rs, STR("A"), &index));
		rule_detail(h.rs, index, 0, &d);
		if (d.off != offs[i].want)
			print_error("%s\n", offs[i].name);
		assert_int_equal(d.off, offs[i].want);
		harness_done(&h);
	}
}

static void test_fields(void **state)
{
	struct rule_detail d;
	struct harness h;
	size_t i;

	(void)state;
	harness_load(&h, "header A X-Y:addr !~ /b+/i [if-unset: no]\n"
			 "body B eval:test_value('7', \"x y\")\n"
			 "tflags A multiple maxhits=3 nolog\nscore A 2");
	ruleset_find(h.rs, STR("A"), &i);
	rule_detail(h.rs, i, 0, &d);
	assert_true(str_eq(d.header, STR("X-Y:addr")) && str_eq(d.expression, STR("(?i)b+")));
	assert_true(d.negated && d.has_if_unset && d.multiple && d.nolog && !d.exists);
	assert_true(str_eq(d.if_unset, STR("no")) && d.maxhits == 3 && d.info.score == 2);
	assert_true(str_is_none(d.function));
	ruleset_find(h.rs, STR("B"), &i);
	rule_detail(h.rs, i, 0, &d);
	assert_true(str_eq(d.function, STR("test_value")) && d.arg_count == 2 &&
		    str_eq(d.args[1], STR("x y")) && str_is_none(d.expression));
	assert_true(str_eq(d.plugin, STR("Mail::SpamAssassin::Plugin::Test")));
	harness_done(&h);
}

/* want: "OUTCOME VALUE: NAME=VALUE ..." with ? for what is no rule */
static const struct {
	const char *name, *cf, *want;
} metas[] = {
	{ "true", "body __A /three/\ntflags __A multiple\nmeta M __A > 1 && !__B\nbody __B /q/",
	  "0 1: __A=2 __B=0" },
	{ "false", "body __A /three/\nmeta M __A > 1", "1 0: __A=1" },
	{ "no rule", "meta M __NOT || 3", "0 3: __NOT=?" },
	{ "each name once, numbers not at all", "body __A /one/\nmeta M __A + __A + 2.5",
	  "0 4.5: __A=1" },
	{ "negative counts as one", "meta M 1 - 3", "0 -2:" },
	{ "score 0", "body __A /one/\nmeta M __A\nscore M 0", "2 1: __A=1" },
	{ "reads a true meta without score", "body __A /one/\nmeta N __A\nscore N 0\nmeta M !N",
	  "3 1: N=0" },
	{ "an operand without score", "body __A /one/\nscore __A 0\nmeta M __A", "1 0: __A=0" },
	{ "a circle", "meta M N\nmeta N M", "4 0: N=0" },
	{ "rules_matching", "body __A1 /one/\nbody __A2 /q/\nmeta M rules_matching(__A*) > 0",
	  "0 1: __A1=1 __A2=0" },
	{ "no meta", "body M /one/", "5 0:" },
};

static void test_metas(void **state)
{
	unsigned failed = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(metas) / sizeof(metas[0]); i++) {
		struct meta_detail d;
		struct harness h;
		struct strbuf b;
		size_t index;

		harness_load(&h, metas[i].cf);
		harness_scan(&h, mail);
		if (!ruleset_find(h.rs, STR("M"), &index))
			fail_msg("%s: no rule", metas[i].name);
		rule_meta_detail(h.rs, &h.judgement, index, h.arena, &d);
		strbuf_init(&b, 0);
		strbuf_printf(&b, "%d %g:", (int)d.outcome, d.value);
		for (size_t k = 0; k < d.operand_count; k++) {
			strbuf_printf(&b, " %.*s=", STR_FMT(d.operands[k].name));
			if (d.operands[k].is_rule)
				strbuf_printf(&b, "%g", d.operands[k].value);
			else
				strbuf_add_byte(&b, '?');
		}
		if (strcmp(b.n ? b.p : "", metas[i].want) != 0) {
			print_error("%s\n got: %s\nwant: %s\n", metas[i].name, b.p, metas[i].want);
			failed++;
		}
		strbuf_done(&b);
		harness_done(&h);
	}
	assert_int_equal(failed, 0);
}

static void test_value_with(void **state)
{
	struct harness h;
	size_t m, a, b;

	(void)state;
	harness_load(&h, "body __A /one/\nbody __B /q/\nmeta M __A && __B");
	harness_scan(&h, mail);
	ruleset_find(h.rs, STR("M"), &m);
	ruleset_find(h.rs, STR("__A"), &a);
	ruleset_find(h.rs, STR("__B"), &b);
	assert_true(rule_meta_value_with(h.rs, &h.judgement, m, b, 1) == 1);
	assert_true(rule_meta_value_with(h.rs, &h.judgement, m, a, 5) == 0);
	assert_true(rule_meta_value_with(h.rs, &h.judgement, a, b, 1) == 0);
	harness_done(&h);
}

static void test_nearest(void **state)
{
	struct str near[RULE_NEAREST_MAX];
	struct harness h;

	(void)state;
	harness_load(&h, "body SUBJ_ALL_CAPS /a/\nbody SUBJ_ALL_CAP /a/\nbody OTHER /a/\n"
			 "body SUBJ_ALL_COPS2 /a/\nbody SUBJ_BALL_CAPS /a/");
	assert_int_equal(rule_nearest(h.rs, STR("subj_all_caps"), near), 3);
	assert_true(str_eq(near[0], STR("SUBJ_ALL_CAPS")));
	assert_true(str_eq(near[1], STR("SUBJ_ALL_CAP")));
	assert_true(str_eq(near[2], STR("SUBJ_BALL_CAPS")));
	assert_int_equal(rule_nearest(h.rs, STR("ZZZZZZZZZZZ"), near), 0);
	assert_int_equal(rule_nearest(h.rs, STR(""), near), 0);
	harness_done(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_off),     cmocka_unit_test(test_fields),
		cmocka_unit_test(test_metas),   cmocka_unit_test(test_value_with),
		cmocka_unit_test(test_nearest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
