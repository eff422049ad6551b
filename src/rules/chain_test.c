/* SPDX-License-Identifier: BSD-2-Clause */
/* Chains: what is one, and that no match is lost while lone groups are told apart. */
#include "rules/chain.h"

#include "core/arena.h"
#include "rules/gate.h"
#include "rules/rx.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

static void test_reading(void **state)
{
	static const struct {
		const char *pcre, *pair;
		size_t times;
	} rows[] = {
		{ "(?:ab){3}", "(?:ab)(?:ab)", 3 },
		{ "(?i)(?:a|b(c)){4,}", "(?i)(?:a|b(c))(?:a|b(c))", 4 },
		{ "(?s)(a){5,9}?", "(?s)(a)(a)", 5 },
		{ "(?:x?[yz]*ab?){3}", "(?:ab?)(?:x?[yz]*ab?)", 3 },
		{ "(?:x?|y{0,2}z|.?w){3}", "(?:|z|w)(?:x?|y{0,2}z|.?w)", 3 },
		{ "(?:(?:x )?(?:(?:y )?(?:a|b?c)|d)e?){3}",
		  "(?:(?:(?:a|c)|d)e?)(?:(?:x )?(?:(?:y )?(?:a|b?c)|d)e?)", 3 },
		{ "(?:(?:x?a){2}|(?>x?b)|(x?c)|\\)?\\(?d|\\bx?e|^x?){3}",
		  "(?:(?:x?a){2}|(?>x?b)|(x?c)|d|\\bx?e|^x?)(?:(?:x?a){2}|(?>x?b)|(x?c)|\\)?\\(?d|"
		  "\\bx?e|^x?)",
		  3 },
		{ "(?:(a)?b\\g{1}){3}", "(?:(a)?b\\g{1})(?:(a)?b\\g{1})", 3 },
		{ "(?:ab){2}", NULL, 0 },
		{ "(?:ab){1,3}", NULL, 0 },
		{ "(?:ab)+", NULL, 0 },
		{ "(?:ab)", NULL, 0 },
		{ "(?:ab){3}c", NULL, 0 },
		{ "c(?:ab){3}", NULL, 0 },
		{ "(?:ab){3}|c", NULL, 0 },
		{ "a{3}", NULL, 0 },
		{ "", NULL, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ELEMENTS(rows); i++) {
		struct arena *a = arena_new();
		struct str pair;
		size_t times;
		bool found = chain_read(a, str_of(rows[i].pcre), &pair, &times);

		if (found != !!rows[i].pair)
			fail_msg("%s", rows[i].pcre);
		if (found) {
			assert_true(str_eq(pair, str_of(rows[i].pair)));
			assert_int_equal(times, rows[i].times);
		}
		arena_free(a);
	}
}

static struct chain_links chain_of(struct arena *a, const char *perl, size_t min_length)
{
	struct rx_source s;
	struct chain_links c = { .min_length = min_length };
	struct str pair;
	size_t times;

	assert_int_equal(rx_translate(a, str_of(perl), false, &s, NULL), 0);
	assert_true(chain_read(a, s.pcre, &pair, &times));
	c.most = times - 1;
	c.pair = gate_new(a, NULL, pair, GATE_SMALL);
	assert_non_null(c.pair);
	return c;
}

static void test_subjects(void **state)
{
	static const struct {
		const char *subject;
		bool want;
	} rows[] = {
		{ "", false },
		{ "name, address", false },
		{ "name, address, phone", false }, /* the last one has nothing behind it */
		{ "name, address, phone:", true },
		{ "NAME:name:name:", true },
		{ "names, phones, name: none", false },
		{ "name: x name: x name:", false },
		{ "name:name: x name:", false },
		{ "name:name: x name:name:", true }, /* all in a row or not is for PCRE2 */
	};
	struct arena *a = arena_new();
	struct chain_links c =
	    chain_of(a, "(?i)(?:(?:your )?(?:name|address|phone)[,:]\\s?){3}", 5);

	(void)state;
	for (size_t i = 0; i < ELEMENTS(rows); i++) {
		if ((chain_count(&c, str_of(rows[i].subject)) >= c.most) != rows[i].want)
			fail_msg("%s", rows[i].subject);
	}
	arena_free(a);
}

static void test_last(void **state)
{
	static const struct {
		const char *subject;
		size_t want;
	} rows[] = {
		{ "name:name:name:", 0 },
		{ "name:name:name: x name:name:", 5 },
		{ "name:name:name: x name:name:name: x", 18 },
		{ "x name", 6 }, /* nothing is known */
	};
	struct arena *a = arena_new();
	struct chain_links l =
	    chain_of(a, "(?i)(?:(?:your )?(?:name|address|phone)[,:]\\s?){3}", 5);

	(void)state;
	for (size_t i = 0; i < ELEMENTS(rows); i++)
		assert_int_equal(chain_last(&(struct chain){ &l, l.most }, str_of(rows[i].subject)),
				 rows[i].want);
	arena_free(a);
}

static void test_covering(void **state)
{
	static const struct {
		const char *wide, *narrow;
		bool want;
	} rows[] = {
		{ "(?:ab)(?:ab)", "(?:ab)(?:ab)", true },
		{ "(?:a(?:x|y)?b)(?:a(?:x|y)?b)", "(?:ab)(?:ab)", true },
		{ "(?i)(?:a(?:x)?|b)(?:a(?:x)?|b)", "(?i)(?:a|b)(?:a|b)", true },
		{ "(?:a{1,3}(?:x(?:y)?)?)", "(?:a{1,3}(?:x)?)", true },
		{ "(?:a{1,3}(?:x)?)", "(?:a{1,3})", true },
		{ "(?:[(]x(?:b)?)", "(?:[(]x)", true },
		{ "(?:\\(x(?:b)?)", "(?:\\(x)", true },
		{ "(?:a(b)?(?:x)?)", "(?:a(b)?)", true },
		{ "(?:a(b)\\g{1}(?:x)?)", "(?:a(b)\\g{1})", false },
		{ "(?:ab)(?:ab)", "(?:a(?:x)?b)(?:a(?:x)?b)", false },
		{ "(?:a(?:x)b)", "(?:ab)", false },
		{ "(?:a(?:x)?+b)", "(?:ab)", false },
		{ "(?:a(?:x)??b)", "(?:ab)", false },
		{ "(?:a(x)?b)", "(?:ab)", false },
		{ "(?:(?!c)a(?:x)?b)", "(?:(?!c)ab)", false },
		{ "(?i)(?:ab)", "(?:ab)", false },
		{ "(?:ab)", "(?i)(?:ab)", false },
		{ "(?:ab)c", "(?:ab)", false },
		{ "(?:ab)", "(?:ab)c", false },
		{ "[a(?:x)?b]", "[ab]", false },
	};

	(void)state;
	for (size_t i = 0; i < ELEMENTS(rows); i++) {
		if (chain_covers(str_of(rows[i].wide), str_of(rows[i].narrow)) != rows[i].want)
			fail_msg("%s", rows[i].wide);
	}
}

static unsigned next_random(unsigned *seed)
{
	*seed = *seed * 1103515245u + 12345u;
	return *seed >> 16;
}

static void test_none_is_missed(void **state)
{
	static const struct {
		const char *perl;
		size_t min_length;
	} rows[] = {
		{ "(?:a|bb?|-a+){3}", 1 },
		{ "(?:a?-?(?:b?a|-)b*){3}", 1 },
		{ "(?:(?:\\n|a)?(?:b+|(?:-)*a(?:-|b))){3}", 1 },
		{ "(?i)(?:ab|b-?a){3,}", 2 },
		{ "(?:\\b[ab]{2}-*|(?<=-)b[ab]){3}", 2 },
		{ "(?m)(?:^a+\\n|b\\n|-){3}", 1 },
	};
	unsigned seed = 1;
	size_t matches = 0, refused = 0;

	(void)state;
	for (size_t i = 0; i < ELEMENTS(rows); i++) {
		struct arena *a = arena_new();
		struct rx_run *run = rx_run_new();
		struct chain_links c = chain_of(a, rows[i].perl, rows[i].min_length);
		struct rx_source s;
		const struct rx *rx;
		size_t from, to;

		assert_int_equal(rx_translate(a, str_of(rows[i].perl), false, &s, NULL), 0);
		rx = rx_compile(rx_tables_new(a), a, &s, 0, NULL);
		for (size_t k = 0; k < 2000; k++) {
			char text[16];
			struct str subject = str_make(text, next_random(&seed) % sizeof(text));

			for (size_t j = 0; j < subject.n; j++)
				text[j] = "aAb-\n"[next_random(&seed) % 5];
			refused += chain_count(&c, subject) < c.most;
			if (rx_match(rx, run, NULL, subject, 0, 0) != RX_MATCH)
				continue;
			assert_true(chain_count(&c, subject) >= c.most);
			assert_true(rx_group(run, 0, &from, &to));
			assert_true(chain_last(&(struct chain){ &c, c.most }, subject) >= from);
			matches++;
		}
		rx_run_free(run);
		arena_free(a);
	}
	assert_true(matches > 500 && refused > 500);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reading),        cmocka_unit_test(test_subjects),
		cmocka_unit_test(test_covering),       cmocka_unit_test(test_last),
		cmocka_unit_test(test_none_is_missed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
