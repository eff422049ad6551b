/* SPDX-License-Identifier: BSD-2-Clause */
/* Tests of slices. */
#include "core/str.h"

#include "core/arena.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void test_search(void **state)
{
	static const struct {
		const char *s, *needle;
		size_t want, want_nocase;
	} rows[] = {
		{ "hello", "l", 2, 2 },    { "hello", "L", STR_NPOS, 2 },
		{ "hello", "", 0, 0 },     { "", "x", STR_NPOS, STR_NPOS },
		{ "abcabd", "abd", 3, 3 }, { "ab", "abc", STR_NPOS, STR_NPOS },
	};

	(void)state;
	for (size_t i = 0; i < ELEMENTS(rows); i++) {
		assert_int_equal(str_find(str_of(rows[i].s), str_of(rows[i].needle)), rows[i].want);
		assert_int_equal(str_find_nocase(str_of(rows[i].s), str_of(rows[i].needle)),
				 rows[i].want_nocase);
	}
	assert_int_equal(str_chr(STR("a:b:c"), ':'), 1);
	assert_int_equal(str_rchr(STR("a:b:c"), ':'), 3);
	assert_int_equal(str_chr(STR("abc"), ':'), STR_NPOS);
	assert_int_equal(str_find_any(STR("abc"), "xc"), 2);
	assert_int_equal(str_find_not(STR("  x"), " "), 2);
	/* A NUL in the bytes is no member of any set. */
	assert_int_equal(str_find_any(str_make("a\0b", 3), "b"), 2);
}

static void test_compare(void **state)
{
	(void)state;
	assert_true(str_eq(STR("a"), STR("a")));
	assert_false(str_eq(STR("a"), STR("A")));
	assert_true(str_eq_nocase(STR("aZ"), STR("Az")));
	assert_false(str_eq_nocase(STR("ab"), STR("abc")));
	assert_true(str_cmp(STR("a"), STR("ab")) < 0);
	assert_true(str_cmp(STR("b"), STR("ab")) > 0);
	assert_true(str_eq(STR_NONE, STR("")));
	assert_true(str_starts(STR("abc"), STR("ab")) && !str_starts(STR("a"), STR("ab")));
	assert_true(str_ends(STR("abc"), STR("bc")) && !str_ends(STR("c"), STR("bc")));
	assert_true(str_ends_nocase(STR("x.HTML"), STR(".html")));
}

static void test_cut(void **state)
{
	struct str rest = STR("a,,b"), head;

	(void)state;
	assert_true(str_cut(&rest, ',', &head) && str_eq(head, STR("a")));
	assert_true(str_cut(&rest, ',', &head) && head.n == 0);
	assert_true(str_cut(&rest, ',', &head) && str_eq(head, STR("b")));
	assert_false(str_cut(&rest, ',', &head));
	assert_true(str_eq(str_trim(STR("  x y "), " "), STR("x y")));
	assert_int_equal(str_trim(STR("   "), " ").n, 0);
	assert_int_equal(str_sub(STR("abc"), 5, 9).n, 0);
	assert_true(str_eq(str_sub(STR("abc"), 1, 99), STR("bc")));
}

static void test_copies(void **state)
{
	struct arena *a = arena_new();

	(void)state;
	assert_string_equal(str_dup(a, STR("abc")).p, "abc");
	assert_true(str_eq(str_lower(a, STR("AbZ\xc4")), STR("abz\xc4")));
	assert_true(str_eq(str_upper(a, STR("aBz")), STR("ABZ")));
	assert_true(str_eq(str_concat(a, STR("ab"), STR("c")), STR("abc")));
	assert_string_equal(str_cstr(a, STR("x")), "x");
	assert_null(str_cstr(a, str_make("a\0b", 3)));
	arena_free(a);
}

/* Every text of five bytes out of a small alphabet, beside a search place by place. */
static void test_find_nocase(void **state)
{
	static const char *const needles[] = {
		"a", "-", "ab", "a-", "-a", "-b-", "ab-", "a-b-", ""
	};
	static const char bytes[] = "aAbB-";

	(void)state;
	for (size_t k = 0; k < ELEMENTS(needles); k++) {
		struct str needle = str_of(needles[k]);

		for (size_t code = 0; code < 5 * 5 * 5 * 5 * 5; code++) {
			char text[5];
			size_t c = code, want = STR_NPOS;
			struct str s = str_make(text, sizeof(text));

			for (size_t i = 0; i < sizeof(text); i++, c /= 5)
				text[i] = bytes[c % 5];
			for (size_t i = sizeof(text) - needle.n + 1; i-- > 0;) {
				if (str_eq_nocase(str_sub(s, i, i + needle.n), needle))
					want = i;
			}
			assert_int_equal(str_find_nocase(s, needle), want);
			assert_int_equal(str_find_nocase(STR("x"), STR("long-er")), STR_NPOS);
		}
	}
}

/* Long texts at all lengths, beside a search place by place. */
static void test_find_long(void **state)
{
	uint32_t seed = 7;

	(void)state;
	for (int round = 0; round < 20000; round++) {
		static const char bytes[] = "abAB-\xc1\xe1@`";
		char text[80], word[6];
		struct str s = { text, round % sizeof(text) }, needle;
		size_t want = STR_NPOS, nocase = STR_NPOS;

		for (size_t i = 0; i < sizeof(text); i++) {
			seed = seed * 1664525 + 1013904223;
			text[i] = bytes[(seed >> 16) % 9];
			word[i % sizeof(word)] = bytes[(seed >> 20) % 9];
		}
		needle = str_make(word, 1 + seed % sizeof(word));
		for (size_t i = s.n + 1; i-- > 0;) {
			if (str_eq(str_sub(s, i, i + needle.n), needle))
				want = i;
			if (str_eq_nocase(str_sub(s, i, i + needle.n), needle))
				nocase = i;
		}
		assert_int_equal(str_find(s, needle), want);
		assert_int_equal(str_find_nocase(s, needle), nocase);
	}
}

/* One needle of each length at each place of texts of each length, and one byte of a set. */
static void test_find_far(void **state)
{
	char text[200], low[200];

	(void)state;
	for (size_t n = 1; n < 70; n++)
		for (size_t at = 0; at + n <= 100; at++) {
			struct str s = str_make(text, at + n + at % 5);
			struct str needle = str_make(text + at, n);

			memset(text, '.', sizeof(text));
			for (size_t i = 0; i < n; i++)
				text[at + i] = (char)('A' + i % 25);
			memcpy(low, text, sizeof(low));
			for (size_t i = 0; i < sizeof(low); i++)
				low[i] = ascii_lower(low[i]);
			assert_int_equal(str_find(s, needle), at);
			assert_int_equal(str_find_nocase(s, str_make(low + at, n)), at);
			assert_true(str_eq_nocase(needle, str_make(low + at, n)));
			assert_int_equal(str_find_any(s, "!A"), at);
			text[at + n - 1] ^= 0x08;
			assert_false(str_eq_nocase(needle, str_make(low + at, n)));
			assert_int_equal(str_find_nocase(s, str_make(low + at, n)), STR_NPOS);
		}
	/* What differs by the bit that folds letters, and is none. */
	assert_false(str_eq_nocase(STR("a[b"), STR("a{b")));
	assert_int_equal(str_find_nocase(STR("a@b[c"), STR("`b{")), STR_NPOS);
	assert_int_equal(str_find_nocase(STR("@`@"), STR("`")), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_search),      cmocka_unit_test(test_compare),
		cmocka_unit_test(test_cut),         cmocka_unit_test(test_copies),
		cmocka_unit_test(test_find_nocase), cmocka_unit_test(test_find_long),
		cmocka_unit_test(test_find_far),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
