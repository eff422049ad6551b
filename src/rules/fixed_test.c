/* SPDX-License-Identifier: BSD-2-Clause */
/* Which expressions are fixed strings; that they are counted as PCRE2 counts them, for what it costs once. */
#include "rules/fixed.h"

#include "core/arena.h"
#include "core/budget.h"
#include "core/strbuf.h"
#include "rules/rx.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

enum { ROUNDS = 300 };

static int set_up(void **state)
{
	*state = arena_new();
	return 0;
}

static int tear_down(void **state)
{
	arena_free(*state);
	return 0;
}

static void test_kinds(void **state)
{
	static const struct {
		const char *perl;
		bool want;
	} cases[] = {
		{ "e", true },
		{ "ab", true },
		{ "a b\\.", true },
		{ "[abc]", true },
		{ "[^abc]", true },
		{ "\\d\\S", true },
		{ "a|b", true },
		{ "ab|cd|x", true },
		{ "ab|ac", true },
		{ "(?:a|b)", true },
		{ "(a|b)", true }, /* what it held is not asked for */
		{ "(?:a|(?:bc|d)|(?:(?:e)))", true },
		{ "(?:a|b)|c", true },
		{ "[ab]c|[bd][ef]", true },
		{ "a[0-9]c|a[a-f]", true }, /* two lengths, but never at one place */
		{ "\\*\\+\\|", true },
		{ "abcdefghijklmnop", true },
		{ "abcdefghijklmnopq", false },
		{ "", false },
		{ "a|", false },
		{ "a||b", false },
		{ "(?:)", false },
		{ "a|ab", false },
		{ "ab|a", false },
		{ "[a-c]|[c-e]f", false },
		{ "a[0-9]c|a[9a]", false },
		{ "a*", false },
		{ "a+", false },
		{ "ab?", false },
		{ "a{2}", false },
		{ "(?:a|b)+", false },
		{ "(?:a|b)c", false },
		{ "a(?:b|c)", false },
		{ "(?:a)(?:b)", false },
		{ "^a", false },
		{ "a$", false },
		{ "\\Aa", false },
		{ "a\\z", false },
		{ "\\ba", false },
		{ "a\\B", false },
		{ "(a)\\1", false },
		{ "(a)(?1)", false },
		{ "(?=a)b", false },
		{ "(?<!a)b", false },
		{ "(?i)a", false },
		{ "(?i:a)", false },
		{ "(?>a)", false },
		{ "a.", false },
		{ "\\R", false },
		{ "a\\Kb", false },
		{ "\\x{100}", false },
	};
	struct arena *a = *state;

	for (size_t i = 0; i < ELEMENTS(cases); i++) {
		struct rx_source s;

		assert_int_equal(rx_translate(a, str_of(cases[i].perl), false, &s, NULL), 0);
		if (!fixed_new(a, s.pcre) == cases[i].want)
			fail_msg("%s", cases[i].perl);
	}
	assert_null(fixed_new(a, STR("(a)")));
	assert_null(fixed_new(a, STR("(?:a")));
	assert_null(fixed_new(a, STR("a)")));
	assert_null(fixed_new(a, STR("[a")));
	assert_int_equal(fixed_memory(NULL), 0);
	assert_true(fixed_memory(fixed_new(a, STR("a"))) > 0);
}

/* 64 strings are looked at, no more. */
static void test_many(void **state)
{
	struct strbuf b;

	strbuf_init(&b, 0);
	for (unsigned i = 0; i < 64; i++)
		strbuf_printf(&b, "%s%02u", i ? "|" : "", i);
	assert_int_equal(fixed_count(fixed_new(*state, strbuf_str(&b)), STR("0063640163"), 0), 4);
	strbuf_add_c(&b, "|64");
	assert_null(fixed_new(*state, strbuf_str(&b)));
	strbuf_done(&b);
}

static uint32_t next(uint32_t *x)
{
	*x = *x * 1664525u + 1013904223u;
	return *x >> 16;
}

/* Of the expression's own letters, and some that it has not. */
static struct str some_text(struct arena *a, const char *letters, uint32_t *x)
{
	size_t n = next(x) % 70, kinds = strlen(letters);
	char *p = arena_alloc(a, n);

	for (size_t i = 0; i < n; i++)
		p[i] = (char)(next(x) % 5 ? (uint8_t)letters[next(x) % kinds] : next(x));
	return str_make(p, n);
}

static void compare(const struct rx *counted, const struct rx *plain, struct rx_run *run,
		    struct str text)
{
	for (size_t max = 0; max <= 20; max += max < 4 ? 1 : 8) {
		struct rx_counting one = { .max = max }, other = { .max = max };
		size_t want = rx_count(plain, run, NULL, text, &one);

		assert_int_equal(rx_count(counted, run, NULL, text, &other), want);
		assert_int_equal(one.limit, other.limit);
	}
}

static void test_counts(void **state)
{
	static const struct {
		const char *perl, *letters;
	} cases[] = {
		{ "e", "ea " },
		{ "(?:o|\\xc3[\\xb2-\\xb6]|\\xc5[\\x8d\\x8f\\x91]|\\xce\\xbf|\\xd0\\xbe)",
		  "ox \xc3\xb2\xb6\xb7\xc5\x8d\x8e\x8f\x91\xce\xbf\xd0\xbe" },
		{ "[^a-m]", "amnz" },
		{ "\\w\\d|\\s|\\W", "a1_\xe9\v\n-" },
		{ "aa", "aab" },
		{ "aba|bab", "ab" },
		{ "aab|ab[ab]|b[^b]b", "ab" },
		{ "[ab]c|[bd][ef]|x", "abcdefx" },
		{ "a[0-4]c|a[a-f]|[0-9]", "a0b1c5d" },
		{ "abcabcabcabcabca|bc", "abc" },
	};
	struct arena *a = *state;
	struct rx_tables *t = rx_tables_new(a);
	struct rx_run *run = rx_run_new();
	uint32_t x = 1;

	for (size_t i = 0; i < ELEMENTS(cases); i++) {
		const struct rx *counted, *plain;
		struct rx_source s;

		assert_int_equal(rx_translate(a, str_of(cases[i].perl), false, &s, NULL), 0);
		assert_non_null(fixed_new(a, s.pcre));
		counted = rx_compile(t, a, &s, RX_COUNTED, NULL);
		plain = rx_compile(t, a, &s, 0, NULL);
		compare(counted, plain, run, STR(""));
		compare(counted, plain, run, STR_NONE);
		for (size_t k = 0; k < ROUNDS; k++)
			compare(counted, plain, run, some_text(a, cases[i].letters, &x));
	}
	rx_run_free(run);
}

struct watched {
	size_t searches, bytes;
};

static uint64_t no_time(void *ctx)
{
	(void)ctx;
	return 0;
}

static void on_search(void *ctx, const struct rx *rx, size_t bytes, uint64_t ns)
{
	struct watched *w = ctx;

	(void)rx;
	(void)ns;
	w->searches++;
	w->bytes += bytes;
}

static void on_match(void *ctx, const struct rx *rx, struct str subject)
{
	(void)rx;
	(void)subject;
	++*(size_t *)ctx;
}

/* One search of the whole, however many matches; each of them where they are asked for. */
static void test_work(void **state)
{
	struct arena *a = *state;
	struct rx_run *run = rx_run_new();
	struct watched seen = { 0 };
	struct rx_watch watch = { .now = no_time, .searched = on_search, .ctx = &seen };
	struct rx_counting c = { 0 };
	struct rx_source s;
	struct budget b;
	struct strbuf text;
	const struct rx *rx;
	size_t told = 0;

	assert_int_equal(rx_translate(a, STR("e"), false, &s, NULL), 0);
	rx = rx_compile(rx_tables_new(a), a, &s, RX_COUNTED, NULL);
	strbuf_init(&text, 0);
	for (size_t i = 0; i < 640; i++)
		strbuf_add_byte(&text, 'e');
	rx_run_watch(run, &watch);
	budget_init(&b, 0, 0, 0, 15);
	assert_int_equal(rx_count(rx, run, &b, strbuf_str(&text), &c), 640);
	assert_int_equal(b.left[BUDGET_STEPS], 4);
	assert_int_equal(seen.searches, 1);
	assert_int_equal(seen.bytes, 641);
	assert_int_equal(rx_count(rx, run, &b, strbuf_str(&text), &c), 0);
	assert_true(c.limit);
	assert_int_equal(seen.searches, 1);
	c = (struct rx_counting){ .max = 3, .each = on_match, .ctx = &told };
	assert_int_equal(rx_count(rx, run, NULL, strbuf_str(&text), &c), 3);
	assert_int_equal(told, 3);
	assert_int_equal(seen.searches, 4);
	strbuf_done(&text);
	rx_run_free(run);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_counts),
		cmocka_unit_test(test_work),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
