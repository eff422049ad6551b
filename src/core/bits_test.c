/* SPDX-License-Identifier: BSD-2-Clause */
#include "core/bits.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/* Any members, at and beside the words' bounds: found in order, and nothing else. */
static void test_walk(void **state)
{
	static const size_t members[] = { 0, 1, 62, 63, 64, 127, 128, 190, 199 };
	enum { N = 200, COUNT = sizeof(members) / sizeof(members[0]) };
	uint64_t set[(N + 63) / 64] = { 0 };
	size_t found = 0;

	(void)state;
	assert_int_equal(bits_words(N), 4);
	assert_int_equal(bits_words(0), 0);
	assert_int_equal(bits_words(64), 1);
	assert_int_equal(bits_next(set, N, 0), N);
	for (size_t i = 0; i < COUNT; i++)
		bits_add(set, members[i]);
	BITS_EACH(set, N, i)
	{
		assert_true(found < COUNT);
		assert_int_equal(i, members[found++]);
		assert_true(bits_has(set, i));
	}
	assert_int_equal(found, COUNT);
	bits_remove(set, 64);
	assert_false(bits_has(set, 64));
	assert_int_equal(bits_next(set, N, 64), 127);
	assert_int_equal(bits_next(set, N, N), N);
}

static void test_grows_while_walked(void **state)
{
	uint64_t set[2] = { 0 };
	size_t n = 0;

	(void)state;
	bits_add(set, 3);
	BITS_EACH(set, 100, i)
	{
		n++;
		if (i + 20 < 100)
			bits_add(set, i + 20);
	}
	assert_int_equal(n, 5); /* 3, 23, 43, 63, 83 */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_walk),
		cmocka_unit_test(test_grows_while_walked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
