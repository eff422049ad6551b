/* SPDX-License-Identifier: BSD-2-Clause */
/* How many newlines matches hold, and that counting by the line counts as Perl does. */
#include "rules/line_span.h"

#include "core/arena.h"
#include "rules/rx.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

static void test_newlines(void **state)
{
	static const struct {
		const char *perl;
		int want; /* -1: not known */
	} rows[] = {
		{ "abc", 0 },          { "a.*b", 0 },         { "(?s)a.*b", -1 },
		{ "(?s)a.b", 1 },      { "(?s:a.)b.*", 1 },   { "(?m)^[^>].*?<a href=", 1 },
		{ "[^>\\n].*?<a", 0 }, { "\\s?a\\nb", 2 },    { "\\s?a\\nb\\W", -1 },
		{ "a\\s*b", -1 },      { "\\s{0,2}b", 2 },    { "(?:a\\n|b|\\n\\n)c", 2 },
		{ "(?:a\\nb)?c", 1 },  { "(?:a\\nb)+c", -1 }, { "(?:a|b)+\\S*\\w+$", 0 },
		{ "(a)\\1", -1 },      { "a(?!\\n*b)c", 0 },  { "a(?=\\n*b)", -1 },
		{ "(?<=\\n)b", -1 },   { "(?<!\\n)b", 0 },    { "\\x0ab", 1 },
		{ "a\\Kb", -1 },
	};

	(void)state;
	for (size_t i = 0; i < ELEMENTS(rows); i++) {
		struct arena *a = arena_new();
		struct rx_source s;
		size_t n = 0;
		bool known;

		assert_int_equal(rx_translate(a, str_of(rows[i].perl), false, &s, NULL), 0);
		known = line_span_read(s.pcre, &n);
		if ((known ? (int)n : -1) != rows[i].want)
			fail_msg("%s: %d", rows[i].perl, known ? (int)n : -1);
		arena_free(a);
	}
}

static unsigned next_random(unsigned *seed)
{
	*seed = *seed * 1103515245u + 12345u;
	return *seed >> 16;
}

/* As match_regex.c does it. */
static size_t count(const struct rx *rx, struct rx_run *run, const struct line_span *span,
		    struct str subject)
{
	size_t n = 0, from = 0, last, begin;

	rx_run_subject(run, subject);
	while (line_span_next(span, subject, &from, &last)) {
		struct rx_bounds at = { from, last };

		assert_true(from <= last);
		if (rx_match_within(rx, run, NULL, subject, at, 0) == RX_MATCH) {
			assert_true(rx_group(run, 0, &begin, &from));
			n++;
		} else {
			from = last + 1;
		}
	}
	return n;
}

static void test_counts(void **state)
{
	static const struct {
		const char *perl, *literal;
	} rows[] = {
		{ "(?im)^[^>].*?<a h", "<a h" },   { "(?m)^[^>].*?<(?:a h|A H)", "<a h" },
		{ "(?i)-*<a[ h]*", "<a" },         { "(?s)a.?<a\\sh", "<a h" },
		{ "(?m)(?:^|h)-?\\n?<a.*", "<a" },
	};
	unsigned seed = 1;
	size_t matches = 0;

	(void)state;
	for (size_t i = 0; i < ELEMENTS(rows); i++) {
		struct arena *a = arena_new();
		struct rx_run *run = rx_run_new();
		struct line_span span = { .literal = str_of(rows[i].literal) };
		struct rx_source s;
		const struct rx *rx;

		assert_int_equal(rx_translate(a, str_of(rows[i].perl), false, &s, NULL), 0);
		assert_true(line_span_read(s.pcre, &span.newlines));
		rx = rx_compile(rx_tables_new(a), a, &s, RX_WITHIN, NULL);
		for (size_t k = 0; k < 1000; k++) {
			static const char *const pieces[] = { "<a h", "<A H", "<a\th", "<a\nh",
							      "<a",   "h",    "a",     "-",
							      ">",    "\n",   "\n\n",  " " };
			struct rx_counting all = { 0 };
			char text[200];
			size_t n = 0, want, most = next_random(&seed) % 190;

			while (n < most) {
				const char *piece = pieces[next_random(&seed) % ELEMENTS(pieces)];

				memcpy(text + n, piece, strlen(piece));
				n += strlen(piece);
			}
			want = rx_count(rx, run, NULL, str_make(text, n), &all);
			assert_int_equal(count(rx, run, &span, str_make(text, n)), want);
			matches += want;
		}
		rx_run_free(run);
		arena_free(a);
	}
	assert_true(matches > 5000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_newlines),
		cmocka_unit_test(test_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
