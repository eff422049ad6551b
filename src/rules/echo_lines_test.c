/* SPDX-License-Identifier: BSD-2-Clause */
/* Lines that are looked up are those that stand there, however long the text and in whatever order is asked. */
#include "rules/echo_lines.h"

#include "core/arena.h"

#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static unsigned next_random(unsigned *seed)
{
	*seed = *seed * 1103515245u + 12345u;
	return *seed >> 16;
}

/* every: a newline is one of so many bytes. */
static struct str random_text(struct arena *a, size_t n, unsigned every, unsigned *seed)
{
	static const char letters[] = "aAbB-";
	char *p = arena_alloc(a, n + 1);

	for (size_t i = 0; i < n; i++)
		p[i] = letters[next_random(seed) % (sizeof(letters) - 1)];
	for (size_t i = 0; i < n; i++) {
		if (next_random(seed) % every == 0)
			p[i] = '\n';
	}
	return str_make(p, n);
}

static size_t want(struct str text, size_t from, size_t to, int c)
{
	for (; from < to; from++) {
		int first = from + 1 < text.n ? tolower((unsigned char)text.p[from + 1]) : -2;

		if (text.p[from] == '\n' && (c < 0 || first == c))
			return from + 1;
	}
	return STR_NPOS;
}

static void test_lookups(void **state)
{
	static const struct {
		size_t n;
		unsigned every;
	} texts[] = { { 0, 1 },        { 1, 1 },    { 63, 5 },     { 64, 1 },
		      { 200, 3 },      { 3000, 9 }, { 3000, 200 }, { 20000, 40 },
		      { 20000, 4000 }, { 5000, 1 }, { 60000, 30 } };
	static const int firsts[] = { -1, 'a', 'b', '-', '\n', 'z', 0 };
	unsigned seed = 1;
	size_t found = 0;

	(void)state;
	for (size_t i = 0; i < ELEMENTS(texts); i++) {
		struct arena *a = arena_new();
		struct str text = random_text(a, texts[i].n, texts[i].every, &seed);
		struct echo_lines lines;

		echo_lines_init(&lines, text);
		for (size_t k = 0; k < 3000; k++) {
			int c = firsts[next_random(&seed) % ELEMENTS(firsts)];
			size_t from = next_random(&seed) % (text.n + 1);
			size_t to = from + next_random(&seed) % (text.n - from + 1);
			size_t at = want(text, from, to, c);

			assert_int_equal(echo_lines_next(&lines, from, to, c), at);
			found += at != STR_NPOS;
		}
		arena_free(a);
	}
	assert_true(found > 5000);
}

/* What nobody asks for is not looked at. */
static void test_is_lazy(void **state)
{
	struct arena *a = arena_new();
	unsigned seed = 2;
	struct str text = random_text(a, 10000, 20, &seed);
	struct echo_lines lines;

	(void)state;
	echo_lines_init(&lines, text);
	assert_int_not_equal(echo_lines_next(&lines, 0, 500, -1), STR_NPOS);
	assert_true(lines.words * 64 < 2000);
	arena_free(a);
}

/* Whoever asks from line to line for one that is far off comes to the same: it is not looked for again. */
static void test_is_sought_once(void **state)
{
	struct arena *a = arena_new();
	struct echo_lines lines;
	size_t n = 60000;
	char *p = arena_alloc(a, n + 1);

	(void)state;
	for (size_t i = 0; i < n; i++)
		p[i] = i % 10 ? 'r' : '\n';
	p[n - 9] = 's';
	echo_lines_init(&lines, str_make(p, n));
	for (size_t from = 0; from < n - 10; from += 10) {
		assert_int_equal(echo_lines_next(&lines, from, n, 's'), n - 9);
		assert_int_equal(echo_lines_next(&lines, n - 9, n, 's'), STR_NPOS);
	}
	/* a byte for each of the first lines, each time, and the rest once */
	assert_true(lines.looked < n / 10 * ECHO_LINES_MAX / 2 + 2 * n);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lookups),
		cmocka_unit_test(test_is_lazy),
		cmocka_unit_test(test_is_sought_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
