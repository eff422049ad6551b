/* SPDX-License-Identifier: BSD-2-Clause */
/* Each form that the machine has, against what is to be listed. */
#include "rules/prefilter_places.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

/* All bits, in order, and nothing behind what there is room for. */
static void check_list(enum cpu_vectors form, const uint64_t *bits, size_t n)
{
	static uint16_t to[GRAMS_PLACES + PLACES_SPARE + 1];
	size_t count, k = 0;

	memset(to, 0xee, sizeof(to));
	count = places_list(form, bits, n, to);
	for (size_t i = 0; i < n; i++) {
		if (bits[i / 64] >> i % 64 & 1)
			assert_int_equal(to[k++], i);
	}
	assert_int_equal(count, k);
	assert_int_equal(to[count + PLACES_SPARE], 0xeeee);
}

static void test_list(void **state)
{
	static const uint64_t cases[] = {
		0, 1, UINT64_C(1) << 63, 0x80000001, UINT64_C(0xf0f000ff), UINT64_MAX
	};
	enum { CASES = sizeof(cases) / sizeof(*cases) };
	uint64_t bits[GRAMS_WORDS];

	(void)state;
	for (enum cpu_vectors form = 0; form <= cpu_vectors(); form++) {
		for (size_t turn = 0; turn < CASES; turn++) {
			for (size_t words = 0; words <= GRAMS_WORDS; words++) {
				for (size_t i = 0; i < words; i++)
					bits[i] = cases[(i * i + turn) % CASES];
				check_list(form, bits, 64 * words);
			}
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_list),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
