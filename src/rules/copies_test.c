/* SPDX-License-Identifier: BSD-2-Clause */
/* Copies: which are read, where they stand, and that no match is lost. */
#include "rules/copies.h"

#include "core/arena.h"
#include "rules/rx.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

static struct str translated(struct arena *a, const char *perl)
{
	struct rx_source s;

	assert_int_equal(rx_translate(a, str_of(perl), false, &s, NULL), 0);
	return s.pcre;
}

static void test_reading(void **state)
{
	static const struct {
		const char *perl, *without;
		struct copies want;
	} rows[] = {
		{ "(a)\\1{3}", "(a)[^\\x00-\\xff]{3}", { 1, 1, 3 } },
		{ "x|([a-z]{1,2})(?:\\1){3}y", "x|([a-z]{1,2})[^\\x00-\\xff]{3}y", { 1, 2, 3 } },
		{ "(?i)(?:\\(|(b))(abcd?)\\2",
		  "(?i)(?:\\(|(b))(abcd?)[^\\x00-\\xff]",
		  { 3, 4, 1 } },
		{ "(a)\\1{3}(bc)\\2{5,}",
		  "(a)[^\\x00-\\xff]{3}(bc)[^\\x00-\\xff]{5,}",
		  { 1, 2, 3 } },
		{ "(?!(a)x)(\\()\\2*?[)](abc)\\3?", NULL, { 0 } },
		{ "(a)\\1", NULL, { 0 } },
		{ "(a)-\\1{3}", NULL, { 0 } },
		{ "(a)(b)\\1{3}", NULL, { 0 } },
		{ "(a)*\\1{3}", NULL, { 0 } },
		{ "(a?)\\1{3}", NULL, { 0 } },
		{ "(a+)\\1{3}", NULL, { 0 } },
		{ "(a{5})\\1{3}", NULL, { 0 } },
		{ "(a)(?=\\1{3})", NULL, { 0 } },
		{ "abc", NULL, { 0 } },
		{ "", NULL, { 0 } },
	};
	struct arena *a = arena_new();

	(void)state;
	for (size_t i = 0; i < ELEMENTS(rows); i++) {
		struct copies c = { 0 };
		struct str without;
		bool found = copies_read(a, translated(a, rows[i].perl), &without, &c);

		if (found != !!rows[i].without)
			fail_msg("%s", rows[i].perl);
		if (!found)
			continue;
		if (!str_eq(without, str_of(rows[i].without)))
			fail_msg("%.*s", STR_FMT(without));
		assert_int_equal(c.min, rows[i].want.min);
		assert_int_equal(c.max, rows[i].want.max);
		assert_int_equal(c.times, rows[i].want.times);
	}
	arena_free(a);
}

static void test_standing(void **state)
{
	static const struct {
		const char *subject;
		bool want;
	} rows[] = {
		{ "", false },
		{ "a", false },
		{ "aaa", false },
		{ "aaaa", true },
		{ "xaAaAy", true },
		{ "abababa", false },
		{ "abababab", true },
		{ "x-abABab\xe4\xc4", false },
		{ "\xe4\xc4\xe4\xc4", true },
		{ "abcabcabcabc", false },
	};
	const struct copies c = { 1, 2, 3 };

	(void)state;
	for (size_t i = 0; i < ELEMENTS(rows); i++) {
		if (copies_stand(&c, str_of(rows[i].subject)) != rows[i].want)
			fail_msg("%s", rows[i].subject);
	}
}

static unsigned next_random(unsigned *seed)
{
	*seed = *seed * 1103515245u + 12345u;
	return *seed >> 16;
}

/* Whatever matches is taken without copies, or they stand there. */
static void test_none_is_missed(void **state)
{
	static const char *const rows[] = {
		"(?i)b-b|([ab]{1,2})(?:\\1){3}",
		"(?:([ab]-?)\\1{3}|-a)b?",
		"(?i)-([ab])\\1{3,}-?",
		"(?:(ab?)\\1{3})?-b-",
	};
	unsigned seed = 1;
	size_t copied = 0, plain = 0;

	(void)state;
	for (size_t i = 0; i < ELEMENTS(rows); i++) {
		struct arena *a = arena_new();
		struct rx_tables *tables = rx_tables_new(a);
		struct rx_run *run = rx_run_new();
		struct rx_source s, other;
		const struct rx *rx, *without;
		struct copies c;

		assert_int_equal(rx_translate(a, str_of(rows[i]), false, &s, NULL), 0);
		other = s;
		assert_true(copies_read(a, s.pcre, &other.pcre, &c));
		rx = rx_compile(tables, a, &s, 0, NULL);
		without = rx_compile(tables, a, &other, 0, NULL);
		for (size_t k = 0; k < 4000; k++) {
			char text[16];
			struct str subject = str_make(text, next_random(&seed) % sizeof(text));
			bool found;

			for (size_t j = 0; j < subject.n; j++)
				text[j] = "aAb-"[next_random(&seed) % 4];
			found = rx_match(rx, run, NULL, subject, 0, 0) == RX_MATCH;
			if (rx_match(without, run, NULL, subject, 0, 0) == RX_MATCH)
				plain++;
			else if (copies_stand(&c, subject))
				copied += found;
			else
				assert_false(found);
		}
		rx_run_free(run);
		arena_free(a);
	}
	assert_true(copied > 100 && plain > 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reading),
		cmocka_unit_test(test_standing),
		cmocka_unit_test(test_none_is_missed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
