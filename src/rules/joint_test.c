/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What joint automata say of subjects, held against PCRE2, expression by expression; that sets whose states
 * multiply stay small; that rules hit as they do one by one.
 */
#include "rules/joint.h"
#include "rules/joint_private.h"

#include "core/arena.h"
#include "core/bits.h"
#include "core/strbuf.h"
#include "rules/harness.h"
#include "rules/rule.h"
#include "rules/rx.h"

enum { MAX_EXPRESSIONS = 400, TOGETHER = 7 };

/* Expressions that are regular; those at places next to each other go together. */
static const char *const regular[] = {
	"abc",
	"^abc",
	"abc$",
	"^abc$",
	"",
	"^$",
	"^",
	"$",
	"b",
	"[ab]c",
	"\\babc\\b",
	"\\Bb\\B",
	"(?i)ABC",
	"^a*\\z",
	"\\Aab\\Z",
	"(?m)^ab$",
	"(?m)a$",
	"(?m)^b",
	"\\n^a",
	"(?s)a.b",
	"a.b",
	"a{3}",
	"a{2,5}b",
	"[a-z]{8}",
	"\\d{10}",
	"(?:ab?){2,4}c",
	"x.{0,20}y",
	"a(?![a-z])",
	"(?<!a)b",
	"(?<=^|\\s)ab(?=\\s|\\z)",
	"b(?!$)",
	"(?m)b(?!$)",
	"\\x00",
	"a\\x00+b",
	"[^\\x00-\\x7f]",
	"\\xe4\\xc4",
	"(?i)\\xe4",
	"^[^\\]]+ helo=\\S*a",
	"^[^\\]]+ rdns=\\s",
	"(?:a|ab)(?:c|bcd)$",
	"\\S\\s\\S",
	"^\\S+$",
};

static const char *const subjects[] = {
	"",
	"a",
	"b",
	"\n",
	"a\n",
	"ab\n",
	"abc",
	"abc\n",
	"abc\n\n",
	"xabc",
	"abcx",
	" abc ",
	"ABC",
	"aabc\nabc",
	"a\nb",
	"\na",
	"b\nab",
	"aab aaab",
	"abababc",
	"abbcd",
	"aaaaaaaa",
	"1234567890",
	"12345678901",
	"x12345678901234567890y",
	"x123456789012345678901y",
	"[ ip=1 rdns= helo=xa by=a ]",
	"] rdns= helo=a",
	"\xe4\xc4",
	"\xc4",
	"a\xff",
	"-b-",
	"abc abc abc",
};

struct judging {
	struct arena *a;
	struct rx_tables *tables;
	struct rx_run *run;
	struct str pcre[MAX_EXPRESSIONS];
	const struct rx *rx[MAX_EXPRESSIONS];
	size_t n, taken, exact, matches;
	uint32_t seed;
};

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

static void add(struct judging *j, const struct rx_source *source)
{
	assert_true(j->n < MAX_EXPRESSIONS);
	j->pcre[j->n] = source->pcre;
	j->rx[j->n] = rx_compile(j->tables, j->a, source, 0, NULL);
	assert_non_null(j->rx[j->n++]);
}

static void add_perl(struct judging *j, const char *perl)
{
	struct rx_source s;

	assert_int_equal(rx_translate(j->a, str_of(perl), false, &s, NULL), 0);
	add(j, &s);
}

static uint32_t next_random(struct judging *j, size_t below)
{
	j->seed = j->seed * 1664525u + 1013904223u;
	return (j->seed >> 8) % (uint32_t)below;
}

/* Whatever it says is so; what it does not know is said to match. */
static void compare(struct judging *j, const struct joint *joint, size_t first, struct str subject)
{
	uint64_t bits[JOINT_ABREAST];

	joint_fetch(joint);
	joint_fetch_rows(joint);
	joint_read(joint, subject, bits);
	for (size_t i = 0; i < joint_count(joint); i++) {
		const struct rx *rx = j->rx[first + joint_expression(joint, i)];
		enum rx_result found = rx_match(rx, j->run, NULL, subject, 0, 0);
		bool said = bits_has(bits, i);

		if (found == RX_LIMIT)
			continue;
		j->matches += found == RX_MATCH;
		if (said != (found == RX_MATCH) && (!said || joint_is_exact(joint, i)))
			fail_msg("%.*s on '%.*s': %d", STR_FMT(rx_source(rx)->pcre),
				 STR_FMT(subject), said);
	}
	assert_int_equal(bits_next(bits, bits_words(joint_count(joint)) * 64, joint_count(joint)),
			 bits_words(joint_count(joint)) * 64);
}

/* Pieces of the expressions' own texts, with edges. */
static struct str pieced(struct judging *j, size_t first, size_t n, char *p, size_t max)
{
	static const char edges[] = { ' ', 'a', '_', '9', '\n', '.', '\xe4', '\0', ']', '=' };
	size_t at = 0;

	max = next_random(j, max);
	while (at < max) {
		struct str text = j->pcre[first + next_random(j, n)];
		size_t from = next_random(j, text.n + 1), size = 1 + next_random(j, 12);

		for (size_t i = from; i < text.n && i < from + size && at < max; i++)
			p[at++] = text.p[i];
		if (at < max)
			p[at++] = edges[next_random(j, sizeof(edges))];
	}
	return str_make(p, at);
}

static void judge_set(struct judging *j, size_t first, size_t n, size_t times)
{
	const struct joint *joint = joint_new(j->a, NULL, &j->pcre[first], n, n);
	char p[200];

	if (!joint)
		return;
	for (size_t i = 0; i < joint_count(joint); i++)
		j->exact += joint_is_exact(joint, i);
	j->taken += joint_count(joint);
	for (size_t i = 0; i < ELEMENTS(subjects); i++)
		compare(j, joint, first, str_of(subjects[i]));
	for (size_t i = 0; i < times; i++)
		compare(j, joint, first, pieced(j, first, n, p, sizeof(p)));
}

static void test_table(void **state)
{
	struct judging j;

	(void)state;
	judging_init(&j);
	for (size_t i = 0; i < ELEMENTS(regular); i++)
		add_perl(&j, regular[i]);
	for (size_t first = 0; first < j.n; first++)
		judge_set(&j, first, j.n - first < TOGETHER ? j.n - first : (size_t)TOGETHER, 300);
	assert_true(j.exact == j.taken && j.matches > 10000);
	judge_set(&j, 0, j.n, 3000);
	judging_done(&j);
}

/* What is not regular: never "no" where PCRE2 says yes. */
static void test_rough(void **state)
{
	static const char *const rough[] = {
		"(a)b\\1",
		"a(?!bc)b",
		"(?<!ab)c",
		"a++b",
		"^(?!ab)",
		"(a|bc)-?\\1",
		"(?i)([ab]+).\\1",
		"(?<n>\\d)x?\\g{n}",
		"(?:(a)|b)\\1",
		"((a)b)\\2\\1",
		"(?i)^x|([ab]{1,2})(?:\\1){3}",
	};
	struct judging j;

	(void)state;
	judging_init(&j);
	for (size_t i = 0; i < ELEMENTS(rough); i++)
		add_perl(&j, rough[i]);
	judge_set(&j, 0, j.n, 1000);
	assert_int_equal(j.taken, ELEMENTS(rough));
	assert_int_equal(j.exact, 0);
	assert_true(j.matches > 100);
	judging_done(&j);
}

/* States that multiply: what goes together stays small, and what is left out is not spoken of. */
static void test_bounds(void **state)
{
	static const char *const wide[] = {
		"[a-z]{8}x", "\\d{10}",  "a.{0,20}b",    "c.{9}d",    ".{50}",
		"e.{15}f",   "g.{3,9}h", "(?:i.{7}){3}", "[^k]{30}k", "l.*m.*n",
	};
	struct judging j;
	const struct joint *joint;

	(void)state;
	judging_init(&j);
	for (size_t i = 0; i < ELEMENTS(wide); i++)
		add_perl(&j, wide[i]);
	joint = joint_new(j.a, NULL, j.pcre, j.n, j.n);
	assert_non_null(joint);
	assert_in_range(joint_count(joint), 3, j.n - 2);
	assert_true(joint_memory(joint) <= JOINT_ABREAST * 100000);
	judge_set(&j, 0, j.n, 1000);
	assert_null(joint_new(j.a, NULL, j.pcre, 0, 0));
	assert_null(joint_new(j.a, NULL, &j.pcre[3], 1, 1));
	judging_done(&j);
}

/* Many: the first ones only where all are too many. */
static void test_wanted(void **state)
{
	struct judging j;
	const struct joint *joint;
	char text[8] = "^word00";

	(void)state;
	judging_init(&j);
	for (size_t i = 0; i < 300; i++) {
		text[5] = (char)('a' + i / 26);
		text[6] = (char)('a' + i % 26);
		add_perl(&j, text);
	}
	joint = joint_new(j.a, NULL, j.pcre, j.n, 100);
	assert_in_range(joint_count(joint), JOINT_EXPRESSIONS, 100);
	for (size_t i = 0; i < joint_count(joint); i++)
		assert_true(joint_expression(joint, i) < 100);
	assert_true(joint->count >= 2);
	joint = joint_new(j.a, NULL, j.pcre, 20, 0);
	assert_int_equal(joint_count(joint), 20);
	judge_set(&j, 0, 150, 100);
	judging_done(&j);
}

/* The expressions of SpamAssassin's header rules, by header, where they are here. */
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

		if (r->type != RULE_HEADER || !r->rx || j.n == MAX_EXPRESSIONS)
			continue;
		add(&j, rx_source(r->rx));
		if (j.n % 20)
			continue;
		judge_set(&j, j.n - 20, 20, 500);
	}
	assert_true(j.exact > 250 && j.matches > 3000);
	ruleset_free(rs);
	judging_done(&j);
}

/* What is kept is what was made; what was cut or changed is refused, or reads within its tables. */
static void test_store(void **state)
{
	struct judging j;
	const struct joint *joint, *again;
	struct strbuf b, second;
	uint64_t bits[8];

	(void)state;
	judging_init(&j);
	for (size_t i = 0; i < 12; i++)
		add_perl(&j, regular[i]);
	joint = joint_new(j.a, NULL, j.pcre, j.n, j.n);
	strbuf_init(&b, 0);
	strbuf_init(&second, 0);
	joint_put(&b, joint);
	assert_true(joint_get(j.a, strbuf_str(&b), j.n, &again));
	joint_put(&second, again);
	assert_true(str_eq(strbuf_str(&b), strbuf_str(&second)));
	assert_false(joint_get(j.a, strbuf_str(&b), j.n - 1, &again));
	for (size_t n = 1; n < b.n; n += 1 + n / 50)
		assert_false(joint_get(j.a, str_sub(strbuf_str(&b), 0, n), j.n, &again));
	for (size_t i = 0; i < b.n; i++) {
		b.p[i] ^= (char)(1 + i % 255);
		if (joint_get(j.a, strbuf_str(&b), j.n, &again))
			joint_read(again, STR("ab\xe4 abc\n"), bits);
		b.p[i] ^= (char)(1 + i % 255);
	}
	assert_true(joint_get(j.a, STR(""), 3, &again));
	assert_null(again);
	strbuf_done(&b);
	strbuf_done(&second);
	judging_done(&j);
}

/* Hits of header rules that are told together. */
static void test_rules(void **state)
{
	static const struct {
		const char *name, *cf, *raw, *want;
	} cases[] = {
		{ "some match", "header A X =~ /a/\nheader B X =~ /^b/\nheader C X =~ /c$/\n",
		  "X: abc\n\n", "A C" },
		{ "none does", "header A X =~ /d/\nheader B X =~ /^b/\n", "X: abc\n\n", "" },
		{ "negated", "header A X !~ /a/\nheader B X !~ /d/\nheader C X =~ /b/\n",
		  "X: abc\n\n", "B C" },
		{ "the header is missing",
		  "header A X !~ /a/\nheader B X =~ /a/ [if-unset: a]\nheader C X =~ /^$/\n",
		  "Y: a\n\n", "A B C" },
		{ "it is empty", "header A X =~ /^$/\nheader B X !~ /./\nheader C X =~ /./\n",
		  "X:\n\n", "A B" },
		{ "PCRE2 is asked where it may match",
		  "header A X =~ /(a)\\1/\nheader B X !~ /(b)\\1/\nheader C X =~ /(c)\\1/\n"
		  "header D X !~ /(d)\\1/\nheader E X !~ /(a)\\1/\n",
		  "X: aabcdd\n\n", "A B" },
		{ "those that count stay by themselves",
		  "header A X =~ /a/\ntflags A multiple\nheader B X =~ /a/\nheader C exists:X\n",
		  "X: aaa\n\n", "A(3) B C" },
	};

	(void)state;
	for (size_t i = 0; i < ELEMENTS(cases); i++)
		harness_expect(cases[i].name, cases[i].cf, cases[i].raw, cases[i].want);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),  cmocka_unit_test(test_rough),
		cmocka_unit_test(test_bounds), cmocka_unit_test(test_wanted),
		cmocka_unit_test(test_stock),  cmocka_unit_test(test_store),
		cmocka_unit_test(test_rules),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
