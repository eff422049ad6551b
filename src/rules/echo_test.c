/* SPDX-License-Identifier: BSD-2-Clause */
/* Which places echoes let through: all where PCRE2 finds a match, and few others. rx_fuzz.c does the same. */
#include "rules/echo.h"

#include "core/arena.h"
#include "core/strbuf.h"
#include "rules/echo_lines.h"
#include "rules/rx.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

static const struct echo *echo_by(struct arena *a, const char *perl, bool by_line)
{
	struct rx_source s;

	assert_int_equal(rx_translate(a, str_of(perl), false, &s, NULL), 0);
	return echo_new(a, s.pcre, by_line);
}

static const struct echo *echo_of(struct arena *a, const char *perl)
{
	return echo_by(a, perl, false);
}

static bool next(const struct echo *e, struct str subject, size_t *from, size_t last, size_t *work)
{
	struct echo_lines lines;

	echo_lines_init(&lines, subject);
	return echo_next(e, &lines, from, last, work);
}

static void test_kinds(void **state)
{
	static const struct {
		const char *perl;
		bool want;
	} cases[] = {
		{ "(a)\\1", true },
		{ "(?i)(a|bc)+x(d)\\2", true },
		{ "(?<n>a)\\g{1}", true },
		{ "(a)(?=b\\1)", true },
		{ "(?=(a))\\1b", true },
		{ "(?!(a))(b)\\2", false },
		{ "(a)", false },
		{ "abc", false },
		{ "(a)+\\1", false }, /* what it held last is not known */
		{ "(a\\1)b", false },
		{ "(a)\\1{2}", false },
		{ "(a)(?1)", false },
		{ "(a)(?(1)b|c)", false },
		{ "(a)\\1\\K", false },
		{ "(?|(a)|(b))\\1", false },
		{ "(a)(*COMMIT)\\1", false },
		{ "(a)(b)(c)(d)(e)(f)(g)(h)(i)(j)\\10", true },
		{ "(a)(b)(c)(d)(e)(f)(g)(h)(i)(j)(k)\\11", false },
	};

	(void)state;
	for (size_t i = 0; i < ELEMENTS(cases); i++) {
		struct arena *a = arena_new();

		if (!echo_of(a, cases[i].perl) == cases[i].want)
			fail_msg("%s", cases[i].perl);
		arena_free(a);
	}
}

/* Of those that ask for nothing twice. */
static void test_lines(void **state)
{
	static const struct {
		const char *perl;
		bool want;
	} cases[] = {
		{ "(?sm)^a.*^b", true },        { "(?ism)^a(?!b)(?:[^\\n]+\\n+)+^b", true },
		{ "(?sm)\\na.*^b", true },      { "(?m)^a", false },
		{ "(?sm)^a.*b", false },        { "(?sm)(?:^a|b).*^b", false },
		{ "(?sm)x?^a.*^b", false },     { "(?sm)a.*^b", false },
		{ "(?sm)^a.*^(?:b|c)", false }, { "(?sm)\\na.*^b\\K", false },
	};

	(void)state;
	for (size_t i = 0; i < ELEMENTS(cases); i++) {
		struct arena *a = arena_new();

		assert_null(echo_of(a, cases[i].perl));
		if (!echo_by(a, cases[i].perl, true) == cases[i].want)
			fail_msg("%s", cases[i].perl);
		arena_free(a);
	}
}

/* place -1: no place is let through. */
static const struct row {
	const char *perl, *subject;
	int place;
} rows[] = {
	{ "(?m)^(a)b\\1", "aba", 0 },
	{ "(?m)^(a)b\\1", "aab\naaba\nABA\naba", 13 },
	{ "(?im)^(a)b\\1", "aab\naaba\nABA\naba", 9 },
	{ "(?m)^([^-:\\s]+)[A-Z]\\1", "aA: x\nAa\naAa", 9 },
	{ "(?m)^(x?)\\1$", "a\n", 2 },
	{ "\\n(a)b\\1", "aba\na\nab c", -1 },
	{ "\\n(a)b\\1", "aba\na\nabac\n", 5 },
	{ "\\n(?:(a)b|CD)x?\\1:", "ABA:\ncD:\naba:", 8 },
	{ "\\n(\\n)\\1", "a\nb\n\n\nc", 3 },
	{ "(?sm)\\na.*^b", "\nab\nba", 0 },
	{ "(?sm)^a.*?^b", "b\nx\n", -1 },
	{ "(?sm)^a.*?^b", "b\nxa\na\nb", 5 },
	{ "(?sm)^a.*?^b", "b\nxa\nb\na", -1 },
	{ "([a-z]+)-\\1", "ab-ab", 0 },
	{ "([a-z]+)-\\1", "xab-ab", 1 },
	{ "([a-z]+)-\\1", "ab-cd", -1 },
	{ "([a-z]+)-\\1", "ab-AB", -1 },
	{ "(?i)([a-z]+)-\\1", "ab-AB", 0 },
	{ "(?i)([\xe0-\xff]+)-\\1", "\xe9-\xc9", 0 },
	{ "(?i)\xd7(.)-\\1", "\xf7x-x", -1 },
	{ "(a?)(b|c)?x\\2", "abxb", 0 },
	{ "(a?)(b|c)?x\\2", "ax", -1 }, /* it held nothing: PCRE2 lets nothing stand there */
	{ "(?:(a)|b)x\\1", "axa bx", 0 },
	{ "(a|ab)c\\1", "abcab", 0 },
	{ "(a|ab)c\\1", "abca", -1 },
	{ "(.{2,3}?)\\1$", "abcabc", 0 },
	{ "(.{2,3})\\1$", "ababc", -1 },
	{ "(\\w)\\1\\z", "abb", 1 },
	{ "^(\\w)\\1", "abb", -1 },
	{ "(?m)^(\\w)\\1", "a\nbb", 2 },
	{ "(?m)(\\w)\\1$", "aab\nbb\n", 4 },
	{ "\\A(\\w)\\1", "xaa", -1 },
	{ "\\nTo: (?:[^\\n<]{0,9}<)?([^\\n>]+)>?\\n(?:[^\\n]+\\n+)*Subject: [^\\n]{0,9}\\1!",
	  "\nTo: x <me>\nA: b\n\nC: d\nSubject: hi me!\n", 0 },
	{ "\\nTo: (?:[^\\n<]{0,9}<)?([^\\n>]+)>?\\n(?:[^\\n]+\\n+)*Subject: [^\\n]{0,9}\\1!",
	  "\nTo: x <me>\nA: b\nC: d\nSubject: hi we!\n", -1 },
	{ "\\nTo: (?:[^\\n<]{0,9}<)?([^\\n>]+)>?\\n(?:[^\\n]+\\n+)*Subject: [^\\n]{0,9}\\1!",
	  "\nSubject: hi me!\nTo: me\n", -1 },
	{ "(?sm)^F: (\\w+)(?=.{1,9}^\\1$)", "F: ab\nxx\nab\n", 0 },
	{ "(?sm)^F: (\\w+)(?=.{1,9}^\\1$)", "F: ab\nxxxxxxxxxx\nab\n", -1 },
	{ "(?sm)^F: (\\w+)(?=.{1,9}^\\1$)", "F: ab\nxx\nabc\n", -1 },
	{ "(?=[^-]*-x)(\\w+)-x-\\1", "ab-x-ab", 0 },
	{ "(?=[^-]*-y)(\\w+)-x-\\1", "ab-x-ab", -1 },
	{ "(?=(\\w+)-)ab-x-\\1", "ab-x-ab", 0 },
	{ "(\\d)\\D(\\d)\\D(?:\\1\\D\\2|\\2\\D\\1)", "1.2-2.1", 0 },
	{ "(\\d)\\D(\\d)\\D(?:\\1\\D\\2|\\2\\D\\1)", "1.2-3.1", -1 },
	{ "([\\w.]+@[\\w.]+)[\" ]*<\\1>", "to a.b@c, a@b <a@b>", 10 },
	{ "([\\w.]+@[\\w.]+)[\" ]*<\\1>", "to xa@b <a@b>", 4 },
	{ "([\\w.]+@[\\w.]+)[\" ]*<\\1>", "a@b <a@c>", -1 },
	{ "(\\w+)-(\\w+):\\S*(?:\\1|\\2!)", "ab-cd:xxcd!", 0 },
	{ "(\\w+)-(\\w+):\\S*(?:\\1|\\2!)", "ab-cd:xxcdx", -1 },
	{ "(?:a(?i)(b)x\\1|c)", "abxB", 0 },
	{ "(?:a(?i)(b))x\\1", "aBxb", -1 }, /* the flag ends with the group */
};

static void test_places(void **state)
{
	(void)state;
	for (size_t i = 0; i < ELEMENTS(rows); i++) {
		struct arena *a = arena_new();
		const struct echo *e = echo_by(a, rows[i].perl, true);
		struct str subject = str_of(rows[i].subject);
		size_t from = 0, work = echo_work(subject);
		bool found;

		assert_non_null(e);
		found = next(e, subject, &from, subject.n, &work);
		if ((found ? (int)from : -1) != rows[i].place)
			fail_msg("%s in %s: %d", rows[i].perl, rows[i].subject,
				 found ? (int)from : -1);
		arena_free(a);
	}
}

static unsigned next_random(unsigned *seed)
{
	*seed = *seed * 1103515245u + 12345u;
	return *seed >> 16;
}

/* Texts of few letters, so that expressions match often. */
static struct str random_text(struct arena *a, const char *letters, size_t max, unsigned *seed)
{
	size_t n = next_random(seed) % max, count = strlen(letters);
	char *p = arena_alloc(a, n + 1);

	for (size_t i = 0; i < n; i++)
		p[i] = letters[next_random(seed) % count];
	return str_make(p, n);
}

/* Every place where PCRE2 finds a match is let through, from every place before it. */
static void check_one(struct rx_run *run, const struct rx *rx, const struct echo *e,
		      struct str subject)
{
	size_t from = 0, begin, end;

	while (rx_match(rx, run, NULL, subject, from, 0) == RX_MATCH) {
		assert_true(rx_group(run, 0, &begin, &end));
		for (size_t i = 0; i <= begin; i++) {
			size_t at = i, work = echo_work(subject);

			assert_true(next(e, subject, &at, begin, &work));
		}
		from = begin + 1;
	}
}

static void test_none_is_missed(void **state)
{
	static const char *const perl[] = {
		"(a|b+)\\1",
		"(a*)b\\1",
		"(?i)([ab]{1,3}?)[a-]*\\1b",
		"(?s)^(a|ab).*^\\1",
		"(?sm)^(a|ab).{2,7}^\\1$",
		"(?m)\\n?(a+)(?:[^\\n]+\\n+)*b\\1",
		"(?:(a)|b)?(-|\\n)\\1?\\2",
		"(a(b?))(?:x|-\\2|\\1\\n)\\2",
		"((a|-)+)b\\1(?=\\2?)",
		"(?i)(?:[^\\n]{0,3}-)?([^\\n-]+)-?\\n+(?:[^\\n]{1,4}\\n+)*[^\\n]{0,3}\\1\\b",
		"([ab]+)\\W(?!\\1)([ab]+)\\2$",
		"(\\w+)\\s*(?:\\1|-\\1)\\Z",
		"(?=(a+|b)-?(?:b|\\n))[ab-]{2,}\\1",
		"(?s)(a|b)(?=.{2,9}-\\1)(?=..?(a|b))a?b?\\2",
		"([ab]+)-[^-]*(?:\\1|a(b)\\2)",
		"([ab]+)-(b?)[^b]*(?:\\1|\\2)",
		"(?m)^([ab]+)[^\\n]*\\n(?:[^\\n]*\\n)*\\1-",
		"(?m)^(?!ab)([^-\\n]*)[aA]\\1",
		"(?im)^a?(\\w)\\1-?",
		"\\n([ab])\\1|\\n\\n-a",
		"\\n(?i:(A)B|(-))\\2(?=[ab])",
		"(?m)^a.?\\n+(?:b+\\n+)*^a-?",
		"(?sm)^a.*?^b-?",
	};
	unsigned seed = 1;
	size_t matches = 0;

	(void)state;
	for (size_t i = 0; i < ELEMENTS(perl); i++) {
		struct arena *a = arena_new();
		struct rx_run *run = rx_run_new();
		struct rx_source s;
		const struct echo *e = echo_by(a, perl[i], true);
		const struct rx *rx;

		assert_non_null(e);
		assert_int_equal(rx_translate(a, str_of(perl[i]), false, &s, NULL), 0);
		rx = rx_compile(rx_tables_new(a), a, &s, 0, NULL);
		for (size_t k = 0; k < 1000; k++) {
			struct str subject = random_text(a, "aAb-\n", 24, &seed);

			matches += rx_match(rx, run, NULL, subject, 0, 0) == RX_MATCH;
			check_one(run, rx, e, subject);
		}
		rx_run_free(run);
		arena_free(a);
	}
	assert_true(matches > 3000);
}

/* Work is bounded for all places together; when it is used up, places are let through. */
static void test_work(void **state)
{
	struct arena *a = arena_new();
	const struct echo *e = echo_of(a, "(a+)(?:a+,)*[^x]*\\1y");
	struct strbuf b;
	struct str subject;
	size_t from = 0, work;

	(void)state;
	strbuf_init(&b, 0);
	for (size_t i = 0; i < 10000; i++)
		strbuf_add_byte(&b, 'a');
	subject = strbuf_str(&b);
	work = echo_work(subject);
	assert_true(work < 100 * subject.n);
	assert_true(next(e, subject, &from, subject.n, &work));
	assert_int_equal(work, 0);
	assert_true(next(e, subject, &from, subject.n, &work));
	strbuf_done(&b);
	arena_free(a);
}

/* A line that all matches need and none follows: told by one look. */
static void test_needed_line(void **state)
{
	static const char *const perl = "\\nF: (\\w+)\\n+(?:[^\\n]+\\n+)*T: \\1";
	struct arena *a = arena_new();
	const struct echo *e = echo_of(a, perl);
	struct strbuf b;
	size_t from = 0, work, all;

	(void)state;
	strbuf_init(&b, 0);
	for (size_t i = 0; i < 1000; i++)
		strbuf_add(&b, STR("\nF: ab"));
	work = all = echo_work(strbuf_str(&b));
	assert_false(next(e, strbuf_str(&b), &from, b.n, &work));
	assert_int_equal(work, all);
	strbuf_add(&b, STR("\nT: ab\n"));
	assert_true(next(e, strbuf_str(&b), &from, b.n, &work));
	assert_true(all - work < 2000);
	from = 1;
	strbuf_add(&b, STR("T: abc\nS: ab"));
	assert_true(next(e, strbuf_str(&b), &from, b.n, &work));
	assert_int_equal(from, 6);
	from = b.n - 30;
	assert_true(next(e, strbuf_str(&b), &from, b.n, &work));
	strbuf_done(&b);
	arena_free(a);
}

/* Many fields in front of the one line that all of them look for, as in a long trace of Received fields. */
static void test_many_begins(void **state)
{
	static const char *const perl = "\\nR: for (\\w+);(?:[^\\n]+\\n+)*S: \\1[^a-z]";
	struct arena *a = arena_new();
	const struct echo *e = echo_of(a, perl);
	struct strbuf b;
	size_t from = 0, work, all;

	(void)state;
	strbuf_init(&b, 0);
	for (size_t i = 0; i < 2000; i++)
		strbuf_add(&b, STR("\nR: for ab; some day\n\tand more of it"));
	strbuf_add(&b, STR("\nS: hello\n"));
	work = all = echo_work(strbuf_str(&b));
	assert_false(next(e, strbuf_str(&b), &from, b.n, &work));
	assert_true(all - work < 2 * b.n);
	strbuf_done(&b);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kinds),          cmocka_unit_test(test_places),
		cmocka_unit_test(test_none_is_missed), cmocka_unit_test(test_work),
		cmocka_unit_test(test_needed_line),    cmocka_unit_test(test_lines),
		cmocka_unit_test(test_many_begins),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
