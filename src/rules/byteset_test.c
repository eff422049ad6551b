/* SPDX-License-Identifier: BSD-2-Clause */
/* Sets of bytes: what works on words gives what working on each byte gives. */
#include "rules/byteset.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static struct byteset some(unsigned seed)
{
	struct byteset s = { { 0 } };
	uint32_t x = seed * 2654435761u + 1;

	for (unsigned i = 0; i < seed % 90; i++) {
		x = x * 1664525u + 1013904223u;
		byteset_add(&s, (uint8_t)(x >> 24));
	}
	return s;
}

static void test_range(void **state)
{
	(void)state;
	for (unsigned from = 0; from < 256; from++) {
		for (unsigned to = 0; to < 300; to += 7) {
			struct byteset s = { { 0 } };

			byteset_add_range(&s, from, to);
			for (unsigned c = 0; c < 256; c++)
				assert_int_equal(byteset_has(&s, (uint8_t)c), c >= from && c <= to);
		}
	}
}

static void test_next(void **state)
{
	(void)state;
	for (unsigned seed = 0; seed < 200; seed++) {
		struct byteset s = some(seed);
		unsigned want = 256;

		assert_int_equal(byteset_next(&s, 256), 256);
		for (unsigned c = 256; c--;) {
			if (byteset_has(&s, (uint8_t)c))
				want = c;
			assert_int_equal(byteset_next(&s, c), want);
		}
	}
}

static void test_fold(void **state)
{
	(void)state;
	for (unsigned seed = 0; seed < 400; seed++) {
		bool latin1 = seed & 1;
		struct byteset s = some(seed), want = s;

		for (unsigned c = 0; c < 256; c++) {
			if (byteset_has(&s, (uint8_t)c))
				byteset_add(&want, byte_other_case((uint8_t)c, latin1));
		}
		byteset_fold(&s, latin1);
		assert_memory_equal(&s, &want, sizeof(s));
	}
}

static void test_holds(void **state)
{
	(void)state;
	for (unsigned seed = 0; seed < 400; seed++) {
		struct byteset s = some(seed), other = some(seed / 2), all = s;

		byteset_union(&all, &other);
		assert_true(byteset_holds(&all, &s) && byteset_holds(&all, &other));
		assert_int_equal(byteset_holds(&s, &other),
				 byteset_count(&all) == byteset_count(&s));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_range),
		cmocka_unit_test(test_next),
		cmocka_unit_test(test_fold),
		cmocka_unit_test(test_holds),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
