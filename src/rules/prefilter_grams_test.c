/* SPDX-License-Identifier: BSD-2-Clause */
/* The quick pass against the plain one, and both against what they are to find. */
#include "rules/prefilter_grams.h"

#include "rules/needs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static uint32_t seed = 3;

static uint32_t next(void)
{
	seed = seed * 1103515245 + 12345;
	return seed >> 8;
}

static void fill(char *p, size_t n, bool ascii)
{
	for (size_t i = 0; i < n; i++)
		p[i] = (char)(ascii ? ' ' + next() % 95 : next() % 256);
}

static void test_fold(void **state)
{
	static struct grams_piece quick, plain;
	char text[256 + 7] = { 0 };

	(void)state;
	for (size_t n = 0; n <= sizeof(text); n++) {
		for (size_t i = 0; i < n; i++)
			text[i] = (char)(i + n);
		grams_fold(&quick, 5, text, n);
		grams_fold_plain(&plain, 5, text, n);
		assert_memory_equal(quick.at, plain.at, sizeof(quick.at));
		for (size_t i = 0; i < n; i++)
			assert_int_equal(quick.at[5 + i], byte_fold((uint8_t)text[i]));
	}
}

/* What is in a map is found, by both; behind the places there are no bits. */
static void check_look(const struct grams_map *m, size_t turn, size_t n)
{
	static struct grams_piece piece;
	char text[GRAMS_PLACES + GRAMS_MARGIN];
	uint64_t quick[GRAMS_WORDS], plain[GRAMS_WORDS];
	uint32_t gram, at = n ? next() % (uint32_t)n : 0;

	fill(text, sizeof(text), turn % 2);
	memset(quick, 0xff, sizeof(quick));
	memset(plain, 0xff, sizeof(plain));
	grams_fold(&piece, GRAMS_MARGIN, text, sizeof(text));
	memcpy(&gram, piece.at + GRAMS_MARGIN + at, 4);
	grams_map_add(m, grams_hash(gram));
	grams_look(&piece, n, m, quick);
	grams_look_plain(&piece, n, m, plain);
	assert_memory_equal(quick, plain, (n + 63) / 64 * 8);
	if (n)
		assert_true(quick[at / 64] >> (at % 64) & 1);
}

static void test_look(void **state)
{
	static const size_t sizes[] = { 0, 3, 40, 500, 3000, 20000 };
	static uint32_t words[1 << (GRAMS_MAX_BITS - 5)];

	(void)state;
	for (size_t k = 0; k < sizeof(sizes) / sizeof(*sizes); k++) {
		struct grams_map m = { .word = words };

		memset(words, 0, sizeof(words));
		assert_true(grams_map_words(sizes[k], &m.shift) <= sizeof(words) / sizeof(*words));
		for (size_t i = 0; i < sizes[k]; i++)
			grams_map_add(&m, next() * 64 + next());
		for (size_t turn = 0; turn < 200; turn++)
			check_look(&m, turn, turn < 100 ? turn : GRAMS_PLACES - (turn - 100));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fold),
		cmocka_unit_test(test_look),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
