/* SPDX-License-Identifier: BSD-2-Clause */
#include "rules/byteset_look.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

enum { MAX = 200, WORDS = (MAX + BYTESET_LOOK_PLACES - 1) / BYTESET_LOOK_PLACES };

static uint8_t next_byte(uint32_t *x)
{
	*x = *x * 1664525 + 1013904223;
	return (uint8_t)(*x >> 16);
}

/* Texts of each length, alone in their memory: what is read behind one is seen by a sanitizer. */
static void test_look(void **state)
{
	uint32_t x = 1;
	size_t any = 0;

	(void)state;
	for (size_t turn = 0; turn < 40 * MAX; turn++) {
		size_t n = turn % MAX;
		char *text = malloc(n + 1);
		struct str s = str_make(text + 1, n);
		uint64_t bits[CPU_VECTORS][WORDS] = { { 0 } };
		struct byteset set = { { 0 } };
		struct byteset_look look;
		bool want = false;

		assert_non_null(text);
		for (size_t i = turn / MAX; i; i--)
			byteset_add(&set, next_byte(&x));
		for (size_t i = 0; i < n; i++)
			text[i + 1] = (char)next_byte(&x);
		byteset_look_init(&look, &set);
		for (enum cpu_vectors form = 0; form <= cpu_vectors(); form++)
			byteset_look_bits(form, &look, s, bits[form]);
		for (size_t i = 0; i < n; i++) {
			bool has = byteset_has(&set, (uint8_t)s.p[i]);

			assert_int_equal(bits[0][i / 64] >> i % 64 & 1, has);
			want = want || has;
		}
		assert_true(!(n % 64) || !(bits[0][n / 64] >> n % 64));
		for (enum cpu_vectors form = 0; form <= cpu_vectors(); form++) {
			assert_memory_equal(bits[form], bits[0], sizeof(bits[0]));
			assert_int_equal(byteset_look_any(form, &look, s), want);
		}
		any += want;
		free(text);
	}
	assert_true(any > 4000 && any < 7500);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_look),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
