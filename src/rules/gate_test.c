/* SPDX-License-Identifier: BSD-2-Clause */
/* What gates let through: all that matches, and not much else. rx_fuzz.c holds them against PCRE2. */
#include "rules/gate.h"
#include "rules/gate_private.h"

#include "core/arena.h"
#include "core/strbuf.h"
#include "rules/rx.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

static const struct row {
	const char *perl, *subject;
	bool want;
	size_t from;
} rows[] = {
	{ "abc", "xxabcx", true, 0 },
	{ "abc", "xxabcx", true, 2 },
	{ "abc", "xxabcx", false, 3 },
	{ "abc", "xxABCx", false, 0 },
	{ "(?i)abc", "xxAbCx", true, 0 },
	{ "(?i)[^a]b", "Ab", false, 0 },
	{ "(?i:a)b", "Ab", true, 0 },
	{ "(?i:a)b", "AB", false, 0 },
	{ "a(?i)b|c", "C", true, 0 },
	{ "(?:a(?i)b)c", "aBc", true, 0 },
	{ "(?:a(?i)b)c", "aBC", false, 0 },
	{ "a.c", "a\nc", false, 0 },
	{ "(?s)a.c", "a\nc", true, 0 },
	{ "^ab", "ab", true, 0 },
	{ "^ab", "xab", false, 0 },
	{ "^ab", "xab", false, 1 },
	{ "^ab", "x\nab", false, 0 },
	{ "(?m)^ab", "x\nab", true, 0 },
	{ "(?m)^ab", "x\nab", true, 2 },
	{ "(?m)^ab", "x\nxab", false, 0 },
	{ "(?m)^ab", "xab", false, 1 },
	{ "(?:^|\\n)ab", "x\nab", true, 0 },
	{ "(?:^|\\n)ab", "x ab", false, 0 },
	{ "\\Aab|cd", "xab", false, 0 },
	{ "\\Aab|cd", "xcd", true, 0 },
	{ "ab$", "xab", true, 0 },
	{ "ab$", "xab\n", true, 0 },
	{ "ab$", "xabc", false, 0 },
	{ "(?m)ab$", "ab\nc", true, 0 },
	{ "(?:ab$|x)y", "abz", false, 0 },
	{ "a(?:b|cd)+e", "abcdbe", true, 0 },
	{ "a(?:b|cd)+e", "abcbe", false, 0 },
	{ "a(?:b|cd)*e", "ae", true, 0 },
	{ "ab?c", "ac", true, 0 },
	{ "ab?c", "abbc", false, 0 },
	{ "ab{2}c", "abbc", true, 0 },
	{ "ab{2}c", "abc", false, 0 },
	{ "ab{2}c", "abbbc", false, 0 },
	{ "ab{2,3}c", "abbbc", true, 0 },
	{ "ab{2,3}c", "abbbbc", false, 0 },
	{ "ab{2,}c", "abbbbc", true, 0 },
	{ "ab{2,}c", "abc", false, 0 },
	{ "ab{0}c", "ac", true, 0 },
	{ "ab{0}c", "abc", false, 0 },
	{ "(?:a?b){3}c", "abbabc", true, 0 },
	{ "(?:a?b){3}c", "abbac", false, 0 },
	{ "(?:ab{2}){2}", "abbabb", true, 0 },
	{ "(?:ab{2}){2}", "abbab", false, 0 },
	{ "[a-c]{200}", "abcabcabc", false, 0 },
	{ "(?<=x)ab", "ab", false, 0 },
	{ "(?<=xy)ab", "ab", true, 0 }, /* more than a byte around it is left out */
	{ "a\\bb", "xabx", false, 0 },
	{ "\\bab", "xabx", false, 0 },
	{ "\\bab", "xab", false, 1 },
	{ "\\bab", "x abx", true, 0 },
	{ "\\bab", "abx", true, 0 },
	{ "\\b?ab", "xab", true, 0 },
	{ "\\bab|cd", "xab", false, 0 },
	{ "(?:\\bab|cd)", "xcd", true, 0 },
	{ "\\b[a ]b", "xab", false, 0 },
	{ "\\b.b", "x b", true, 1 },
	{ "a(?!b)c", "ac", true, 0 },
	{ "a(?!b)b", "ab", false, 0 },
	{ "(a)x\\1y", "ax?y", true, 0 },
	{ "(a)x\\1y", "ax?", false, 0 },
	{ "\\d\\s\\w\\D", "1\t_x", true, 0 },
	{ "\\d\\s\\w\\D", "1\t_1", false, 0 },
	{ "\\x{e4}", "\xe4", true, 0 },
	{ "(?i)\\x{e4}b",
	  "\xc4"
	  "B",
	  true, 0 },
};

static const struct gate *make(struct arena *a, const char *perl, size_t max_entries)
{
	struct rx_source source;

	assert_int_equal(rx_translate(a, str_of(perl), false, &source, NULL), 0);
	return gate_new(a, NULL, source.pcre, max_entries);
}

static void test_rows(void **state)
{
	struct arena *a = arena_new();

	(void)state;
	for (size_t i = 0; i < ELEMENTS(rows); i++) {
		const struct row *r = &rows[i];
		const struct gate *g = make(a, r->perl, GATE_SMALL);

		if (gate_may_match(g, str_of(r->subject), r->from) != r->want)
			fail_msg("%s on %s", r->perl, r->subject);
		/* one without room lets more through */
		if (r->want)
			assert_true(
			    gate_may_match(make(a, r->perl, 40), str_of(r->subject), r->from));
	}
	arena_free(a);
}

/* Nothing can be said of what may match nothing, or is beyond reading. */
static void test_none(void **state)
{
	static const char *const perl[] = { "a*", "a|", "(?:a|b?)", "a(*COMMIT)b" };
	struct arena *a = arena_new();

	(void)state;
	for (size_t i = 0; i < ELEMENTS(perl); i++)
		assert_null(make(a, perl[i], GATE_SMALL));
	assert_true(gate_may_match(NULL, STR("x"), 0));
	assert_int_equal(gate_memory(NULL), 0);
	arena_free(a);
}

/* Too many repetitions to spell out: so many matches must stand one behind the other. */
static void test_counted(void **state)
{
	struct arena *a = arena_new();
	const struct gate *g =
	    make(a, "(?:(?:one|two|three|four|five|six|seven|eight|nine)\\s+x{9} ){6}", GATE_SMALL);
	static const char six[] = "one xxxxxxxxx two xxxxxxxxx three xxxxxxxxx four xxxxxxxxx "
				  "five xxxxxxxxx six xxxxxxxxx ";

	(void)state;
	assert_true(gate_may_match(g, str_of(six), 0));
	assert_true(gate_memory(g) > 0);
	assert_false(gate_may_match(g, str_sub(str_of(six), 0, 40), 0));
	assert_false(gate_may_match(g, str_of(six), 5));
	assert_false(gate_may_match(g, str_of(six), strlen(six) - 20));
	g = make(a, "[^\\r\\n]{998}", GATE_SMALL);
	assert_false(gate_may_match(g, str_of(six), 0));
	assert_non_null(make(a, "(?:a{1000}b){1000}", GATE_SMALL)); /* without end */
	arena_free(a);
}

/* Tables stay within the limit; what they no longer tell is let through. */
static void test_limit(void **state)
{
	struct arena *a = arena_new();

	(void)state;
	for (size_t max = 16; max <= 1 << 16; max *= 2) {
		const struct gate *g = make(a, "a(?:[bc]d.{3}){8}[e-g]", max);

		assert_true(!g || g->entries <= max);
		assert_true(
		    gate_may_match(g, STR("abd123cd123bd123bd123bd123cd123cd123cd123e"), 0));
		assert_false(max >= 4096 && gate_may_match(g, STR("abd123cd123 bd123 bd123"), 0));
	}
	arena_free(a);
}

static uint32_t next_random(uint32_t *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return *seed >> 16;
}

static struct str random_subject(struct arena *a, uint32_t *seed, size_t n)
{
	static const char bytes[] = "ab c\n1.\xe4";
	char *p = arena_alloc(a, n + 1);

	for (size_t i = 0; i < n; i++)
		p[i] = bytes[next_random(seed) % (sizeof(bytes) - 1)];
	return str_make(p, n);
}

/* All places between two that a walk gives are all that may begin a match. */
static void check_walk(const struct gate *g, struct str s, size_t first, size_t last)
{
	struct gate_walk w;
	size_t at, want = first;
	bool rest = false;

	gate_fetch(g);
	gate_fetch_tables(g);
	gate_walk_init(&w, g, s, first, last);
	while (gate_walk_next(&w, &at, &rest)) {
		assert_false(rest);
		while (want < at)
			assert_false(gate_may_begin(g, s, want++));
		assert_true(want == at && at <= last && gate_may_begin(g, s, want++));
	}
	while (want <= last)
		assert_false(gate_may_begin(g, s, want++));
}

/* The filter and reading some bytes at each place in turn leave out none, and let through no more. */
static void test_walk(void **state)
{
	static const char *const perl[] = {
		"abc",          "[ab]",
		"\\ba[ab]b?",   "(?m)^a",
		"^ab",          "a.{9}c",
		"(?m)a$",       "[^a]b\\d",
		"(?:^|\\s)a b", "a(?:b|c[ab]{5,9}|\\x{e4})+1",
		"a ?$",         "(?m)^a|c\\n",
	};
	struct arena *a = arena_new();
	uint32_t seed = 1;

	(void)state;
	for (size_t i = 0; i < ELEMENTS(perl); i++) {
		const struct gate *g = make(a, perl[i], GATE_SMALL);

		for (size_t n = 0; n < 700; n += n < 80 ? 1 : 37) {
			struct str s = random_subject(a, &seed, n);
			size_t first = next_random(&seed) % (n + 1);

			check_walk(g, s, 0, n);
			check_walk(g, s, first, first + next_random(&seed) % (n - first + 1));
		}
	}
	arena_free(a);
}

/* With the machine's own instructions or without. */
static void test_filter(void **state)
{
	struct arena *a = arena_new();
	const struct gate *g = make(a, "(?i)\\b(?:a[bc]+1|b\\.|c\\s\\w)", GATE_SMALL);
	uint32_t seed = 2, own[4], plain[4];

	(void)state;
	for (size_t i = 0; i < 100; i++) {
		struct str s =
		    random_subject(a, &seed, 1 + ELEMENTS(own) * GATE_BLOCK + GATE_PREFIX);

		g->filter.look(&g->filter, (const uint8_t *)s.p + 1, ELEMENTS(own), own);
		gate_filter_plain(&g->filter, (const uint8_t *)s.p + 1, ELEMENTS(own), plain);
		assert_memory_equal(own, plain, sizeof(own));
	}
	arena_free(a);
}

/* Runs of bytes that lead back to the same row are passed over where the machine can: it finds the same. */
static void test_loops(void **state)
{
	static const char *const perl[] = {
		"(?s)a.*b",
		"b[^1]*1\\d",
		"(?m)c\\S*1$",
		"^[^\\x{e4}]*\\x{e4}1",
		"(?s)a.*1[^b]*1.*\\z",
	};
	struct arena *a = arena_new();
	uint32_t seed = 5;
	size_t loops = 0;

	(void)state;
	for (size_t i = 0; i < ELEMENTS(perl); i++) {
		const struct gate *g = make(a, perl[i], GATE_SMALL);
		struct gate plain = *g;

		plain.filter.pass = NULL;
		loops += g->loop_count;
		for (size_t n = 0; n < 400; n += 3) {
			struct str s = random_subject(a, &seed, n);

			for (size_t k = 0; k + 1 < n && n % 2; k++) {
				if (next_random(&seed) % 16)
					((char *)s.p)[k] = 'x';
			}
			for (size_t at = 0; at <= n; at++)
				assert_int_equal(gate_may_begin(g, s, at),
						 gate_may_begin(&plain, s, at));
			assert_int_equal(gate_ask(g, s, 0), gate_ask(&plain, s, 0));
		}
	}
	assert_true(loops >= ELEMENTS(perl));
	arena_free(a);
}

/* What a match has at least, and places where there is less. */
static void test_shortest(void **state)
{
	static const struct {
		const char *perl;
		size_t want;
	} cases[] = {
		{ "abc", 3 },     { "ab$", 2 },     { "\\babc\\b", 3 },
		{ "a", 1 },       { "a?bc?", 1 },   { "[ab]{4}|abc", 3 },
		{ "a{7}", 7 },    { "a{8}", 8 },    { "a.{20}b", GATE_DEPTH },
		{ "ab(?=c)", 3 }, { "a*b\\n$", 2 },
	};
	struct arena *a = arena_new();

	(void)state;
	for (size_t i = 0; i < ELEMENTS(cases); i++) {
		const struct gate *g = make(a, cases[i].perl, GATE_SMALL);

		if (g->shortest > cases[i].want || !g->shortest)
			fail_msg("%s: %d", cases[i].perl, g->shortest);
	}
	assert_int_equal(make(a, "abc", GATE_SMALL)->shortest, 3);
	assert_int_equal(make(a, "a.{20}b", GATE_SMALL)->shortest, GATE_DEPTH);
	arena_free(a);
}

/* Each path is in a bucket, whatever number of these there is; the buckets of a filter let few words through. */
static void test_buckets(void **state)
{
	struct arena *a = arena_new();
	const struct gate *g =
	    make(a, "(?:alpha|beta|gamma|delta|omega1?) (?:one|two)", GATE_SMALL);
	struct gate_paths *paths = gate_paths_new(a, g);
	static const char *const words[] = { "alpha on", "beta two", "gamma tw",
					     "delta on", "omega1 o", "omega tw" };

	(void)state;
	for (size_t count = 1; count <= GATE_BUCKETS; count++) {
		struct gate_bucket to[GATE_BUCKETS];
		size_t used = gate_paths_sort(paths, GATE_DEPTH, to, count);

		assert_true(used >= 1 && used <= count);
		for (size_t i = 0; i < ELEMENTS(words); i++) {
			bool has = false;

			for (size_t b = 0; b < used; b++) {
				size_t k = 0;

				while (k < GATE_DEPTH &&
				       byteset_has(&to[b].at[k], g->class[(uint8_t)words[i][k]]))
					k++;
				has = has || k == GATE_DEPTH;
			}
			assert_true(has);
		}
		/* one for each first letter: no word of another's beginning and end */
		assert_true(count < 5 || used == 5);
		assert_true(count < 5 || !byteset_has(&to[0].at[1], g->class['x']));
	}
	arena_free(a);
}

/* Letters that have many forms: the rows that there may be are for the words that mail has. */
static void test_likely(void **state)
{
	struct arena *a = arena_new();
	struct strbuf pattern;
	const struct gate *g;

	(void)state;
	strbuf_init(&pattern, 0);
	for (const char *p = "until the end of the working day"; *p; p++)
		strbuf_printf(&pattern, "(?:%c|[\\x80-\\x9f]%c|&#[0-9]{2,3};?%c)", *p, *p, *p);
	strbuf_printf(&pattern, "%c", 0);
	g = make(a, pattern.p, 5200);
	assert_true(g && !gate_is_exact(g));
	assert_int_equal(gate_ask(g, STR("paid until the end of the working day"), 0), GATE_SURELY);
	assert_int_equal(gate_ask(g, STR("paid until the end of the working dax"), 0), GATE_NO);
	assert_int_equal(gate_ask(g, STR("until the end of the working d\x81x"), 0), GATE_PERHAPS);
	strbuf_done(&pattern);
	arena_free(a);
}

/* Places that could each be read to the end are not: what has not been read may match. */
static void test_work(void **state)
{
	struct arena *a = arena_new();
	const struct gate *g = make(a, "[a-z]+1", GATE_SMALL);
	size_t n = 100000, at;
	char *p = arena_alloc(a, n);
	struct gate_walk w;
	bool rest = false;

	(void)state;
	memset(p, 'a', n);
	gate_walk_init(&w, g, str_make(p, n), 0, n);
	assert_true(gate_walk_next(&w, &at, &rest) && rest);
	g = make(a, "\\b[a-z]+1", GATE_SMALL);
	assert_false(gate_may_match(g, str_make(p, n), 0));
	arena_free(a);
}

/* Each answer is what the gate says by itself. */
static void check_places(const struct gate_place *p, size_t n, struct str s)
{
	for (size_t i = 0; i < n; i++) {
		bool may = gate_may_begin(p[i].gate, s, p[i].at);

		assert_int_equal(p[i].answer != GATE_NO, may);
		assert_false(may && p[i].at && gate_is_at_start(p[i].gate));
		assert_int_equal(p[i].answer == GATE_SURELY, may && gate_is_exact(p[i].gate));
	}
}

static void test_places(void **state)
{
	static const char *const perl[] = { "^ab",           "[a-z]+ [a-z]+!", "\\bb+c",
					    "<[^>]{0,80}>x", "(a|b)c\\1",      "b$",
					    "(?s)^.{30}",    "[^q]*q" };
	static const char *const subjects[] = {
		"", "b", "ab\n",
		"abbc ab bbc ab <abababababababababababababababababababababab>x abc!"
	};
	struct arena *a = arena_new();
	struct gate_place p[GATE_ABREAST];
	size_t n = ELEMENTS(perl);

	(void)state;
	for (size_t i = 0; i < n; i++)
		p[i].gate = make(a, perl[i], GATE_SMALL);
	for (size_t i = 0; i < ELEMENTS(subjects); i++) {
		struct str s = str_of(subjects[i]);

		for (size_t at = 0; at <= s.n; at++) {
			for (size_t k = 0; k < n; k++)
				p[k].at = (at + 7 * k) % (s.n + 1);
			gate_ask_places(p, n, s);
			check_places(p, n, s);
			gate_ask_places(p, 1, s);
			check_places(p, 1, s);
		}
	}
	gate_ask_places(p, 0, STR("a"));
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),     cmocka_unit_test(test_walk),
		cmocka_unit_test(test_filter),   cmocka_unit_test(test_work),
		cmocka_unit_test(test_none),     cmocka_unit_test(test_counted),
		cmocka_unit_test(test_limit),    cmocka_unit_test(test_loops),
		cmocka_unit_test(test_shortest), cmocka_unit_test(test_buckets),
		cmocka_unit_test(test_likely),   cmocka_unit_test(test_places),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
