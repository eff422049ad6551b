/* SPDX-License-Identifier: BSD-2-Clause */
/* The quick search against the plain one, from every place. */
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
	uint8_t text[90 + MASKS_DEPTH];
	size_t found = 0;

	(void)state;
	for (size_t k = 0; k < MASKS_DEPTH; k++) {
		for (size_t c = 0; c < 256; c++) {
			for (size_t bit = 0; bit < 64; bit++)
				m.at[k][c] |= (uint64_t)(next() % 9 == 0) << bit;
		}
	}
	for (size_t turn = 0; turn < 300; turn++) {
		size_t n = turn % 90;
		uint64_t open = turn % 7 ? UINT64_C(0x8001000100010001) << (turn % 16) : 0;

		for (size_t i = 0; i < sizeof(text); i++)
			text[i] = (uint8_t)next();
		for (size_t from = 0; from <= n; from++) {
			size_t at = masks_next(&m, open, text, n, from);

			assert_int_equal(at, masks_next_plain(&m, open, text, n, from));
			assert_true(at >= from && at <= n && (open || at == n));
			found += at < n;
		}
	}
	assert_true(found > 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_same) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
