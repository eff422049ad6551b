/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a gate says of subjects, held against PCRE2: "there is a match" and "there is none" are what PCRE2
 * finds. Subjects are made by walking the gate's table, with bytes changed here and there, and of pieces of the
 * expression's own text. rx_fuzz.c does the same with expressions and subjects of a fuzzer.
 */
#include "rules/gate.h"
#include "rules/gate_private.h"

#include "core/arena.h"
#include "rules/harness.h"
#include "rules/rule.h"
#include "rules/ruleset.h"
#include "rules/rx.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

enum { SUBJECT = 160, SHORT = 60 };

/* Expressions of which gates are exact. */
static const char *const exact[] = {
	"abc",
	"\\babc\\b",
	"\\Bab\\B",
	"a\\b.\\Bc",
	"\\b\\W+\\b",
	"(?i)\\bfree\\b(?: of)? charge",
	"(?:\\b|_)a",
	"a(?:\\b|_)",
	"^abc",
	"abc$",
	"^abc$",
	"\\Aab\\z",
	"\\Aab\\Z",
	"^\\s*$",
	"^a*\\z",
	"^",
	"(?m)^ab$",
	"(?m)^$\\n^a",
	"(?m)a$",
	"(?m)\\s^a",
	"a$|b",
	"a$\\n",
	"a\\z",
	"[ab]\\z|bc",
	"(?s)a$.b",
	"(?m)a$.?b",
	"(?sm)a$.b",
	"\\n^a",
	"(?m)\\n^",
	"[^a]\\Zx?",
	"a{3}",
	"a{2,5}b",
	"(?:ab?){2,4}c",
	"\\d{1,3}(?:\\.\\d{1,3}){3}\\b",
	"x.{0,20}y",
	"(?:a.{2,7}b){2}c",
	"a(?![a-z])",
	"a(?!b)c?",
	"(?<!a)b",
	"(?<![^a\\n])b",
	"(?<=[ab])c(?=\\d|$)",
	"(?<=^|\\s)ab(?=\\s|\\z)",
	"(?<!^)a",
	"(?m)b(?!$)",
	"b(?!$)",
	"b(?=$)\\s?",
	"(?=[ab])\\w{3}(?<=\\d)",
	"(?!a)[ab]\\w",
	"(?:a|ab)(?:c|bcd)$",
	"(?i)(?:one|two|three)\\s+(?-i:four|FIVE)",
	"[^\\s\\x{e4}]\\x{e4}(?i)\\x{e4}",
	"(?:(?:a|b)*c){2}",
	"(?:a*)+b",
	"(?:a?){3}b",
	"(?:a|b|)c",
	"(a)(?<n>b)?c",
	"(?:ab){0}c",
	"(?:^|[^a-z])x(?:$|\\W)",
};

/* And those of which they are not. */
static const char *const rough[] = {
	"(a)b\\1",    "a(?!bc)d", "(?<!ab)c",       "a++b",        "(?>a|ab)c",      "(?:a|b)*+b",
	"(?=a.)\\wb", "a\\Rb",    "(?(?=a)ab|cd)e", "(?i)(a)\\1b", "(?<n>a)\\k<n>b",
};

struct judging {
	struct arena *a;
	struct rx_tables *tables;
	struct rx_run *run;
	uint32_t seed;
	size_t exact, matches;
};

static uint32_t next_random(struct judging *j, uint32_t below)
{
	j->seed = j->seed * 1664525u + 1013904223u;
	return (j->seed >> 8) % below;
}

static char any_of_text(struct judging *j, struct str text)
{
	static const char edges[] = " a_Z9\n.\xe4";

	if (!text.n || next_random(j, 4) == 0)
		return edges[next_random(j, sizeof(edges) - 1)];
	return text.p[next_random(j, (uint32_t)text.n)];
}

/* A byte that leads on, where it is found soon. */
static char leading(struct judging *j, const struct gate *g, uint16_t row, struct str text)
{
	unsigned first = next_random(j, 256);

	for (unsigned i = 0; i < 256; i++) {
		uint8_t c = (uint8_t)(first + i);

		if (gate_next(g, row, g->class[c]) != gate_dead(g))
			return (char)c;
	}
	return any_of_text(j, text);
}

/* What the table takes, with a byte here and there that it may not. */
static struct str walked(struct judging *j, const struct gate *g, struct str text, char *p)
{
	size_t n = next_random(j, 3), max = n + next_random(j, SUBJECT - 8);
	uint16_t row;

	for (size_t i = 0; i < n; i++)
		p[i] = any_of_text(j, text);
	row = g->start[n ? g->kind[(uint8_t)p[n - 1]] : GATE_EDGE];
	while (n < max && !gate_is_final(g, row)) {
		p[n] = next_random(j, 24) ? leading(j, g, row, text) : any_of_text(j, text);
		row = gate_next(g, row, g->class[(uint8_t)p[n++]]);
	}
	for (size_t more = next_random(j, 4); more; more--)
		p[n++] = any_of_text(j, text);
	if (next_random(j, 4) == 0)
		p[n++] = '\n';
	return str_make(p, n);
}

/* Pieces of the expression's text. */
static struct str pieced(struct judging *j, struct str text, char *p)
{
	size_t n = 0, max = next_random(j, SUBJECT - 8);

	while (n < max) {
		size_t from = next_random(j, (uint32_t)text.n + 1);
		size_t size = 1 + next_random(j, 12);

		for (size_t i = from; i < text.n && i < from + size && n < max; i++)
			p[n++] = text.p[i];
		p[n++] = any_of_text(j, text);
	}
	return str_make(p, n);
}

static void judge_text(struct judging *j, const struct rx *rx, const struct gate *g,
		       struct str subject)
{
	enum gate_answer said = gate_ask(g, subject, 0);
	enum rx_result found = rx_match(rx, j->run, NULL, subject, 0, 0);

	if (found == RX_LIMIT)
		return;
	j->matches += found == RX_MATCH;
	if (said != GATE_PERHAPS && (said == GATE_SURELY) != (found == RX_MATCH))
		fail_msg("%.*s on '%.*s': %d, but %d", STR_FMT(rx_source(rx)->pcre),
			 STR_FMT(subject), (int)said, (int)found);
	/* a long one may be more than gates read */
	if (gate_is_exact(g) && subject.n < SHORT)
		assert_int_not_equal(said, GATE_PERHAPS);
}

/* Says whether its gate is exact. */
static bool judge_expression(struct judging *j, const struct rx_source *source, size_t times)
{
	const struct gate *g = gate_new(j->a, NULL, source->pcre, GATE_SMALL);
	const struct rx *rx = rx_compile(j->tables, j->a, source, RX_JIT, NULL);
	char p[SUBJECT + 8];

	assert_non_null(rx);
	if (!g)
		return false;
	j->exact += gate_is_exact(g);
	judge_text(j, rx, g, STR(""));
	for (size_t i = 0; i < times; i++) {
		judge_text(j, rx, g, walked(j, g, source->pcre, p));
		judge_text(j, rx, g, pieced(j, source->pcre, p));
	}
	return gate_is_exact(g);
}

static void judging_init(struct judging *j)
{
	*j = (struct judging){ .a = arena_new(), .run = rx_run_new(), .seed = 7 };
	j->tables = rx_tables_new(j->a);
}

static void judging_done(struct judging *j)
{
	rx_run_free(j->run);
	arena_free(j->a);
}

static void test_table(void **state)
{
	struct judging j;
	struct rx_source s;

	(void)state;
	judging_init(&j);
	for (size_t i = 0; i < ELEMENTS(exact); i++) {
		assert_int_equal(rx_translate(j.a, str_of(exact[i]), false, &s, NULL), 0);
		if (!judge_expression(&j, &s, 600))
			fail_msg("%s", exact[i]);
	}
	assert_true(j.exact > ELEMENTS(exact) - 4 && j.matches > 10000);
	for (size_t i = 0; i < ELEMENTS(rough); i++) {
		assert_int_equal(rx_translate(j.a, str_of(rough[i]), false, &s, NULL), 0);
		assert_false(judge_expression(&j, &s, 200));
	}
	judging_done(&j);
}

/* All expressions of SpamAssassin's rules, where these are here. */
static void test_stock(void **state)
{
	struct ruleset *rs;
	struct judging j;

	(void)state;
	judging_init(&j);
	rs = harness_stock(j.a);
	if (!rs) {
		judging_done(&j);
		skip();
	}
	for (size_t i = 0; i < rs->rule_count; i++) {
		const struct rule *r = rs->rules[i];

		if (r->rx)
			judge_expression(&j, rx_source(r->rx), 60);
	}
	assert_true(j.exact > 1000 && j.matches > 10000);
	ruleset_free(rs);
	judging_done(&j);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_stock),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
