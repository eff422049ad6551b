/* SPDX-License-Identifier: BSD-2-Clause */
/* A second look finds as many matches as the run, and says where. */
#include "rules/match_find.h"

#include "core/arena.h"
#include "core/budget.h"
#include "core/strbuf.h"
#include "mime/header.h"
#include "rules/detail.h"
#include "rules/harness.h"
#include "text/uri.h"

static const struct {
	const char *name, *cf, *want;
} cases[] = {
	{ "header", "header A Subject =~ /X(a)/", "1: 0@1 Xa" },
	{ "joined values", "header A X-Two =~ /e\\nt/", "1: 0@2 e\nt" },
	{ "header, multiple", "header A Subject =~ /X/\ntflags A multiple maxhits=2",
	  "2: 0@1 X|0@3 X" },
	{ "header, absent", "header A X-None =~ /x/", "0: ABSENT" },
	{ "if-unset", "header A X-None =~ /un/ [if-unset: is un set]", "1: 0@3 un ABSENT" },
	{ "negated hits", "header A Subject !~ /zz/", "1:" },
	{ "negated that matches: the reason is kept", "header A Subject !~ /X/", "0: 0@1 X" },
	{ "exists", "header A exists:X-Two", "1: 0@0 one\ntwo\n" },
	{ "exists not", "header A exists:X-None", "0: ABSENT" },
	{ "body", "body A /^Hel+o/", "1: 1@0 Hello" },
	{ "body, multiple", "body A /aX/\ntflags A multiple maxhits=4",
	  "4: 0@0 aX|0@2 aX|0@4 aX|1@11 aX" },
	{ "nosubject", "body A /aXa/\ntflags A nosubject", "1: 1@11 aXa" },
	{ "no match", "body A /Hello bob/", "0: lacks hello bob" },
	{ "a literal is there: nothing is said of it", "body A /ann[0-9]/", "0:" },
	{ "no literal is known", "body A /[0-9][a-c]/", "0:" },
	{ "uri", "uri A m!//foo!", "1: 1@5 //foo of http://foo.org/x" },
	{ "rawbody", "rawbody A /^Visit/m", "1: 0@20 Visit" },
	{ "full", "full A /^--b--$/m", "1: 0@355 --b--" },
	{ "mimeheader", "mimeheader A X-Part =~ /second$/", "1: 2@7 second X-Part" },
	{ "mimeheader, a range without it", "mimeheader A Content-Type =~ /pdf/\ntflags A range=-2",
	  "0: lacks pdf" },
	{ "mimeheader, concat", "mimeheader A Content-Type =~ /plain.*\\nappl/\ntflags A concat",
	  "1: 0@33 plain; name=one.txt\nappl" },
	{ "mimeheader, negated", "mimeheader A Content-Type !~ /x/", "1:" },
	{ "uri_detail", "uri_detail A raw =~ /path/ domain =~ /^exam/ type !~ /img/",
	  "1: 0@23 raw path|0@0 type! parsed|0@0 domain exam" },
	{ "uri_detail, none", "uri_detail A raw =~ /path/ domain =~ /^foo/", "0:" },
	{ "score 0", "body A /Hello/\nscore A 0", "1: 1@0 Hello" },
	{ "empty matches", "header A Subject =~ /b*$/\ntflags A multiple", "3: 0@6 b|0@7 |0@8 " },
	{ "a template", "header B From:addr =~ /^(?<WHO>\\w+)/\nbody A /H%{WHO}/", "0:" },
	{ "a template without its tag", "body A /H%{NOBODY}/", "0: NO_TAG" },
	{ "an eval has no places", "body A eval:test_value(1)", "0: NOTHING" },
	{ "nor has a meta", "meta A 1", "0: NOTHING" },
};

static void add_place(struct strbuf *b, const struct match_finds *f, const struct match_place *p)
{
	strbuf_printf(b, "%s%zu@%zu ", p == f->places ? " " : "|", p->number, p->from);
	if (p->key)
		strbuf_printf(b, "%s%s ", p->key, p->differs ? "!" : "");
	strbuf_add(b, str_sub(p->subject, p->from, p->to));
	if (f->view == FIND_URI && p->uri)
		strbuf_printf(b, " of %.*s", STR_FMT(p->uri->raw.s));
	if (p->field)
		strbuf_printf(b, " %.*s", STR_FMT(p->field->name));
}

static struct str as_text(struct arena *a, const struct match_finds *f)
{
	static const struct {
		unsigned flag;
		const char *name;
	} flags[] = { { FIND_ABSENT, " ABSENT" },
		      { FIND_LIMIT, " LIMIT" },
		      { FIND_BUDGET, " BUDGET" },
		      { FIND_NO_TAG, " NO_TAG" },
		      { FIND_IMPOSSIBLE, " IMPOSSIBLE" } };
	struct strbuf b;
	struct str ret;

	strbuf_init(&b, 0);
	strbuf_printf(&b, "%zu:", f->total);
	for (size_t i = 0; i < f->place_count; i++)
		add_place(&b, f, &f->places[i]);
	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
		if (f->flags & flags[i].flag)
			strbuf_add_c(&b, flags[i].name);
	if (f->view == FIND_NOTHING)
		strbuf_add_c(&b, " NOTHING");
	if (f->lack_count)
		strbuf_printf(&b, " lacks %.*s", STR_FMT(f->lacks[0]));
	ret = str_dup(a, strbuf_str(&b));
	strbuf_done(&b);
	return ret;
}

static void find(struct harness *h, const char *rule, size_t max, struct budget *b,
		 struct match_finds *ret)
{
	size_t i = 0;

	assert_true(ruleset_find(h->rs, str_of(rule), &i));
	match_find(h->match, i, max, b, h->arena, ret);
}

static void test_places(void **state)
{
	unsigned failed = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct match_finds f;
		struct harness h;
		struct str got;
		size_t index;

		harness_load(&h, cases[i].cf);
		harness_scan(&h, harness_mail);
		find(&h, "A", 10, NULL, &f);
		got = as_text(h.arena, &f);
		if (!str_eq(got, str_of(cases[i].want))) {
			print_error("%s\n got: %.*s\nwant: %s\n", cases[i].name, STR_FMT(got),
				    cases[i].want);
			failed++;
		}
		assert_true(ruleset_find(h.rs, STR("A"), &index));
		if (f.view != FIND_NOTHING &&
		    match_rule(match_hits(h.match), index).state == RULE_HIT)
			assert_int_equal(f.total, match_rule(match_hits(h.match), index).count);
		harness_done(&h);
	}
	assert_int_equal(failed, 0);
}

/* No more places than asked for; all are counted. */
static void test_bounds(void **state)
{
	struct match_finds f;
	struct harness h;
	struct budget b;

	(void)state;
	harness_load(&h, "body A /X/\ntflags A multiple\nheader B Subject =~ /(?:(?:a|X)*)*c/");
	harness_scan(&h, harness_mail);
	find(&h, "A", 2, NULL, &f);
	assert_int_equal(f.total, 6);
	assert_int_equal(f.place_count, 2);
	budget_init(&b, 0, 0, 0, 0);
	find(&h, "A", 2, &b, &f);
	assert_int_equal(f.total, 0);
	assert_true(f.flags & FIND_BUDGET);
	harness_done(&h);
}

/* Rules before an eval that edits the body have seen the old one, rules behind it the new one. */
static void test_edited_body(void **state)
{
	struct match_finds f;
	struct harness h;

	(void)state;
	harness_load(&h, "body A /Hello/\npriority A -5\nbody B eval:test_cut_body()\n"
			 "body C /Hello/\npriority C 5\nbody D /^ ann/\npriority D 5");
	harness_scan(&h, harness_mail);
	find(&h, "A", 2, NULL, &f);
	assert_int_equal(f.total, 1);
	find(&h, "C", 2, NULL, &f);
	assert_int_equal(f.total, 0);
	find(&h, "D", 2, NULL, &f);
	assert_int_equal(f.total, 1);
	harness_done(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_places),
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_edited_body),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
