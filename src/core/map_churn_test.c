/* SPDX-License-Identifier: BSD-2-Clause */
/* Keys that come and go for ever: the map stays as large as what lives in it, and keeps its order. */
#include "core/map.h"

#include "core/arena.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>

enum { KEYS = 100000, LIVE = 20, CAP_MAX = 128 };

static struct str key_text(char buf[16], int i)
{
	return str_make(buf, (size_t)snprintf(buf, 16, "k%d", i));
}

static void churn(struct map *m)
{
	static int values[KEYS];
	char buf[16];
	int want;

	for (int i = 0; i < KEYS; i++) {
		assert_null(map_put(m, key_text(buf, i), &values[i]));
		if (i >= LIVE)
			assert_ptr_equal(map_remove(m, key_text(buf, i - LIVE)), &values[i - LIVE]);
	}
	assert_int_equal(map_count(m), LIVE);
	assert_true(m->cap <= CAP_MAX);
	want = KEYS - LIVE;
	MAP_EACH (m, it) {
		assert_ptr_equal(it->value, &values[want]);
		assert_true(str_eq(it->key, key_text(buf, want)));
		assert_ptr_equal(map_get(m, it->key), &values[want]);
		want++;
	}
	assert_int_equal(want, KEYS);
	assert_null(map_get(m, STR("k0")));
}

static void stays_small_on_the_heap(void **state)
{
	struct map m;

	(void)state;
	map_init(&m, NULL, false);
	churn(&m);
	map_done(&m);
}

static void stays_small_in_an_arena(void **state)
{
	struct arena *arena = arena_new();
	struct map m;

	(void)state;
	map_init(&m, arena, false);
	churn(&m);
	arena_free(arena);
}

static void keys_may_stay_where_they_are(void **state)
{
	struct arena *arena = arena_new();
	struct str key = STR("key");
	struct map m;
	int value;

	(void)state;
	map_init(&m, arena, false);
	for (int i = 0; i < 9; i++) {
		struct str k = arena_printf(arena, "k%d", i);

		map_add_kept(&m, k, map_hash(&m, k), &value);
	}
	map_add_kept(&m, key, map_hash(&m, key), &m);
	assert_int_equal(map_count(&m), 10);
	assert_ptr_equal(map_get(&m, STR("key")), &m);
	assert_ptr_equal(map_get(&m, STR("k8")), &value);
	assert_ptr_equal(m.entries[9].key.p, key.p);
	arena_free(arena);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(stays_small_on_the_heap),
		cmocka_unit_test(stays_small_in_an_arena),
		cmocka_unit_test(keys_may_stay_where_they_are),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
