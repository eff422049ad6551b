/* SPDX-License-Identifier: BSD-2-Clause */
/* The quick look against the plain one. */
#include "rules/prefilter_masks.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static uint32_t seed = 5;

static uint32_t next(void)
{
	seed = seed * 1103515245 + 12345;
	return seed >> 8;
}

static void test_same(void **state)
{
	static struct masks m;
	static uint8_t text[MASKS_PLACES + MASKS_MARGIN];
	size_t found = 0;

	(void)state;
	for (size_t k = 0; k < MASKS_DEPTH; k++) {
		for (size_t c = 0; c < 256; c++) {
			for (size_t bit = 0; bit < MASKS_BITS; bit++)
				m.at[k][c] |= (uint32_t)(next() % 4 == 0) << bit;
		}
	}
	for (size_t turn = 0; turn < 600; turn++) {
		size_t n = turn < 500 ? turn % 90 : MASKS_PLACES - turn % 90;
		uint32_t open = turn % 7 ? UINT32_C(0x80010001) << (turn % 15) : 0;
		uint64_t quick[MASKS_WORDS], plain[MASKS_WORDS];

		for (size_t i = 0; i < sizeof(text); i++)
			text[i] = (uint8_t)next();
		masks_look(&m, open, text, n, quick);
		masks_look_plain(&m, open, text, n, plain);
		assert_memory_equal(quick, plain, sizeof(quick));
		for (size_t i = 0; i < MASKS_PLACES; i++) {
			bool has = quick[i / 64] >> (i % 64) & 1;

			assert_true(!has || (i < n && open));
			found += has;
		}
	}
	assert_true(found > 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_same) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
