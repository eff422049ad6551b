/* SPDX-License-Identifier: BSD-2-Clause */
/* Tests of arenas. */
#include "core/arena.h"

#include "core/must.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void test_alloc(void **state)
{
	struct arena *a = arena_new();
	char *p = arena_alloc(a, 3), *q = arena_alloc(a, 100000);

	(void)state;
	assert_true((uintptr_t)p % 16 == 0 && (uintptr_t)q % 16 == 0);
	memset(q, 1, 100000);
	assert_non_null(arena_alloc(a, 0));
	p = arena_zalloc(a, 64);
	for (int i = 0; i < 64; i++)
		assert_int_equal(p[i], 0);
	assert_true(arena_bytes(a) >= 100067);
	assert_string_equal(arena_printf(a, "%d-%s", 7, "x").p, "7-x");
	assert_null(arena_free(a));
	assert_null(arena_free(NULL));
}

static void test_grow(void **state)
{
	struct arena *a = arena_new();
	char *p = arena_alloc(a, 10), *q;

	(void)state;
	memcpy(p, "123456789", 10);
	q = arena_grow(a, p, 10, 1000);
	assert_ptr_equal(p, q); /* the last block grows where it is */
	arena_alloc(a, 1);
	q = arena_grow(a, p, 1000, 5000);
	assert_ptr_not_equal(p, q);
	assert_string_equal(q, "123456789");
	arena_free(a);
}

/* A first chunk of any length ends where it ends. */
static void test_first_chunk(void **state)
{
	(void)state;
	for (size_t n = 90; n < 110; n++) {
		struct arena *a = arena_new_of(n);
		char *p = arena_alloc(a, 16), *q, *r;

		q = arena_alloc(a, 83);
		memset(q, 1, 83);
		r = arena_alloc(a, 5000);
		memset(r, 1, 5000);
		assert_true(r < p || r >= p + 128);
		arena_free(a);
	}
}

static char order[8];
static void note(void *p)
{
	strncat(order, p, 1);
}

static void test_mark_and_defer(void **state)
{
	struct arena *a = arena_new();
	struct arena_mark mark;
	size_t before;

	(void)state;
	order[0] = '\0';
	arena_defer(a, note, (char[]){ "a" });
	mark = arena_get_mark(a);
	before = arena_bytes(a);
	arena_defer(a, note, (char[]){ "b" });
	arena_defer(a, note, (char[]){ "c" });
	for (int i = 0; i < 100; i++)
		arena_alloc(a, 5000);
	assert_true(arena_owns(a, arena_alloc(a, 1 << 21)));
	arena_reset(a, mark);
	assert_string_equal(order, "cb");
	assert_int_equal(arena_bytes(a), before);
	arena_alloc(a, 10);
	arena_free(a);
	assert_string_equal(order, "cba");
}

static void test_owns(void **state)
{
	struct arena *a = arena_new();
	struct arena_mark mark = arena_get_mark(a);
	char *small = arena_alloc(a, 100), *big = arena_alloc(a, 1 << 21), c;

	(void)state;
	assert_true(arena_owns(a, small) && arena_owns(a, small + 99));
	assert_true(arena_owns(a, big) && arena_owns(a, big + (1 << 21) - 1));
	assert_false(arena_owns(a, &c));
	assert_false(arena_owns(a, NULL));
	arena_reset(a, mark);
	assert_false(arena_owns(a, big));
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_alloc),       cmocka_unit_test(test_grow),
		cmocka_unit_test(test_first_chunk), cmocka_unit_test(test_mark_and_defer),
		cmocka_unit_test(test_owns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
