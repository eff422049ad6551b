/* SPDX-License-Identifier: BSD-2-Clause */
/* Quick searches against the plain one, and all against what was put there. */
#include "rules/prefilter_ask.h"

#include "core/str.h"
#include "rules/needs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static uint32_t seed = 5;

static size_t next(size_t below)
{
	seed = seed * 1103515245 + 12345;
	return (seed >> 8) % below;
}

static void test_white_space(void **state)
{
	struct ask k;

	(void)state;
	assert_false(ask_init(&k, STR("   ")));
	assert_true(ask_init(&k, STR(" a ")));
	for (enum cpu_vectors form = 0; form <= cpu_vectors(); form++) {
		assert_true(ask_stands_in(form, &k, STR("b\nA\tc")));
		assert_false(ask_stands_in(form, &k, STR("b\nA")));
		assert_false(ask_stands_in(form, &k, STR("")));
	}
}

/* A literal of such a text, folded. */
static struct str literal_of(struct str text, size_t n, char to[NEEDS_MAX_LITERAL])
{
	size_t at = next(text.n - n + 1);

	for (size_t i = 0; i < n; i++)
		to[i] = (char)byte_fold((uint8_t)text.p[at + i]);
	return str_make(to, n);
}

/* By all forms; returns what the plain one says. */
static bool stands_in(const struct ask *k, struct str text)
{
	bool stands = ask_stands_in(CPU_PLAIN, k, text);

	for (enum cpu_vectors form = 0; form <= cpu_vectors(); form++)
		assert_int_equal(ask_stands_in(form, k, text), stands);
	return stands;
}

static void test_search(void **state)
{
	static const char alphabet[] = "aAbB \n\t\xe4\xc4\xd7\xf7xX.,\0";
	char text[200], other[200], literal[NEEDS_MAX_LITERAL];
	size_t found = 0;

	(void)state;
	for (size_t turn = 0; turn < 20000; turn++) {
		size_t n = 1 + next(turn % 2 ? sizeof(text) : 60);
		size_t length = 1 + next(n < sizeof(literal) ? n : sizeof(literal));
		size_t letters = sizeof(alphabet) - 1 - (turn % 3 ? 0 : 10);
		struct ask k;

		for (size_t i = 0; i < n; i++) {
			text[i] = alphabet[next(letters)];
			other[i] = alphabet[next(letters)];
		}
		if (!ask_init(&k, literal_of(str_make(text, n), length, literal)))
			continue;
		assert_true(stands_in(&k, str_make(text, n)));
		found += stands_in(&k, str_make(other, n));
	}
	assert_in_range(found, 1000, 19000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_white_space),
		cmocka_unit_test(test_search),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
