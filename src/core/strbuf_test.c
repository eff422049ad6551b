/* SPDX-License-Identifier: BSD-2-Clause */
/* Tests of strbuf, vec and map. */
#include "core/strbuf.h"

#include "core/arena.h"
#include "core/map.h"
#include "core/vec.h"

#include <stdio.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void test_strbuf(void **state)
{
	struct strbuf b;

	(void)state;
	strbuf_init(&b, 10);
	assert_string_equal(strbuf_str(&b).p, "");
	assert_true(strbuf_add_c(&b, "12345"));
	assert_true(strbuf_printf(&b, "%03d", 7));
	assert_string_equal(b.p, "12345007");
	assert_false(strbuf_add_c(&b, "abc")); /* 11 > 10: nothing is added, the buffer is full */
	assert_true(strbuf_is_full(&b));
	assert_false(strbuf_add_byte(&b, 'x'));
	assert_int_equal(b.n, 8);
	strbuf_consume(&b, 5);
	assert_string_equal(b.p, "007");
	strbuf_truncate(&b, 1);
	assert_string_equal(b.p, "0");
	strbuf_clear(&b);
	assert_true(strbuf_add_c(&b, "1234567890") && !strbuf_is_full(&b));
	strbuf_done(&b);
	strbuf_init(&b, 0);
	assert_true(strbuf_add_u32be(&b, 0x01020304));
	assert_memory_equal(b.p, "\1\2\3\4", 4);
	strbuf_done(&b);
}

static void check_vec(struct arena *a)
{
	struct vec v;
	int sum = 0;

	vec_init(&v, a, sizeof(int), 100);
	for (int i = 0; i < 100; i++)
		*(int *)vec_push(&v) = i;
	assert_null(vec_push(&v));
	assert_int_equal(*VEC_AT(&v, int, 57), 57);
	assert_int_equal(*VEC_LAST(&v, int), 99);
	VEC_EACH (&v, int, it)
		sum += *it;
	assert_int_equal(sum, 4950);
	vec_pop(&v);
	vec_truncate(&v, 3);
	assert_int_equal(v.n, 3);
	assert_int_equal(*(int *)vec_must_push(&v), 0); /* zeroed anew */
	vec_done(&v);
}

static void test_vec(void **state)
{
	struct arena *a = arena_new();

	(void)state;
	check_vec(NULL);
	check_vec(a);
	arena_free(a);
}

static void check_map(struct arena *a)
{
	struct map m;
	char key[16];
	size_t i = 0;

	map_init(&m, a, false);
	assert_null(map_get(&m, STR("x")));
	for (size_t k = 0; k < 1000; k++) {
		snprintf(key, sizeof(key), "key%zu", k);
		assert_null(map_put(&m, str_of(key), (void *)(k + 1)));
	}
	assert_int_equal(map_count(&m), 1000);
	assert_int_equal((size_t)map_get(&m, STR("key777")), 778);
	assert_int_equal((size_t)map_put(&m, STR("key777"), (void *)5), 778);
	assert_int_equal((size_t)map_remove(&m, STR("key0")), 1);
	assert_false(map_has(&m, STR("key0")));
	MAP_EACH (&m, it) {
		i++;
		snprintf(key, sizeof(key), "key%zu", i); /* in order of arrival */
		assert_true(str_eq(it->key, str_of(key)));
	}
	assert_int_equal(i, 999);
	assert_null(map_put(&m, STR("key0"), (void *)9));
	assert_int_equal((size_t)map_get(&m, STR("key0")), 9);
	map_done(&m);
	map_init(&m, a, true);
	map_put(&m, STR("Subject"), (void *)1);
	assert_true(map_has(&m, STR("SUBJECT")) && !map_has(&m, STR("Subjec")));
	map_done(&m);
}

/* While it grows: what was hashed early is put late, what was removed is put back. */
static void check_growing(struct arena *a)
{
	static const char *const keys[] = { "a", "b", "c", "d", "e", "f", "g", "h", "i", "j" };
	struct map m;
	uint64_t early;

	map_init(&m, a, false);
	early = map_hash(&m, STR("late"));
	assert_null(map_get_hashed(&m, STR("late"), early));
	for (size_t i = 0; i < 10; i++) {
		assert_null(map_put(&m, str_of(keys[i]), (void *)(i + 1)));
		assert_int_equal((size_t)map_get(&m, str_of(keys[i / 2])), i / 2 + 1);
		if (i == 3) {
			assert_int_equal((size_t)map_remove(&m, STR("b")), 2);
			assert_false(map_has(&m, STR("b")));
			assert_null(map_put(&m, STR("b"), (void *)2));
		}
	}
	assert_null(map_put_hashed(&m, STR("late"), early, (void *)11));
	assert_int_equal((size_t)map_get_hashed(&m, STR("late"), early), 11);
	assert_int_equal((size_t)map_get(&m, STR("late")), 11);
	assert_int_equal(map_count(&m), 11);
	map_done(&m);
}

static void test_map(void **state)
{
	struct arena *a = arena_new();

	(void)state;
	check_growing(NULL);
	check_growing(a);
	check_map(NULL);
	check_map(a);
	arena_free(a);
}

static void test_add_all(void **state)
{
	struct strbuf b;

	(void)state;
	strbuf_init(&b, 30);
	assert_true(strbuf_add_all(&b, STR("ab"), STR_NONE, STR(""), STR("c")));
	assert_true(strbuf_add_u64(&b, 0));
	assert_true(strbuf_add_u64(&b, UINT64_MAX));
	assert_string_equal(b.p, "abc018446744073709551615");
	/* All or none. */
	assert_false(strbuf_add_all(&b, STR("1234"), STR("567")));
	assert_true(strbuf_is_full(&b));
	assert_string_equal(b.p, "abc018446744073709551615");
	strbuf_done(&b);
}

/* What fits into the room there is, what needs more, and what does not fit at all. */
static void test_printf_room(void **state)
{
	struct strbuf b;

	(void)state;
	for (size_t n = 0; n < 200; n++) {
		strbuf_init(&b, 300);
		for (size_t i = 0; i < n; i++)
			strbuf_add_byte(&b, 'x');
		assert_true(strbuf_printf(&b, "%s-%d", "abcdefghijklmnopqrstuvwxyz", 12345));
		assert_int_equal(b.n, n + 32);
		assert_string_equal(b.p + n, "abcdefghijklmnopqrstuvwxyz-12345");
		assert_false(strbuf_printf(&b, "%300d", 1));
		assert_int_equal(strlen(b.p), n + 32);
		strbuf_done(&b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_strbuf),      cmocka_unit_test(test_vec),
		cmocka_unit_test(test_map),         cmocka_unit_test(test_add_all),
		cmocka_unit_test(test_printf_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
