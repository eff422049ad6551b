/* SPDX-License-Identifier: BSD-2-Clause */
/* Pages of a Berkeley DB hash file, whole and broken. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "checks/bdb_hash.h"

#include "core/arena.h"
#include "core/map.h"

enum { PAGE = 512 };

/* Page 0, and one with "k" -> "v" and a pair that is elsewhere. */
static void make_file(unsigned char f[2 * PAGE])
{
	static const unsigned char index[] = { 4, 0, 254, 1, 252, 1, 250, 1, 248, 1 };

	memset(f, 0, 2 * PAGE);
	memcpy(f + 12, "\x61\x15\x06\x00", 4);
	memcpy(f + 20, "\x00\x02\x00\x00", 4);
	memcpy(f + PAGE + 20, index, 2);
	memcpy(f + PAGE + 26, index + 2, 8);
	f[PAGE + 25] = 13;
	memcpy(f + PAGE + 506, "\x01w\x01v\x01k", 6);
	memcpy(f + PAGE + 504, "\x03z", 2);
}

static size_t count(const unsigned char *f, size_t n, int *ret)
{
	struct arena *a = arena_new();
	struct err e = ERR_INIT;
	struct map map;
	size_t found;

	map_init(&map, a, false);
	*ret = bdb_hash_read(str_make((const char *)f, n), &map, &e);
	found = map_count(&map);
	if (found) {
		const struct str *v = map_get(&map, STR("k"));

		assert_true(v && str_eq(*v, STR("v")));
	}
	arena_free(a);
	return found;
}

static void test_pages(void **state)
{
	unsigned char f[2 * PAGE];
	int rc;

	(void)state;
	make_file(f);
	assert_int_equal(count(f, sizeof(f), &rc), 1);
	assert_int_equal(rc, 0);
	f[PAGE + 25] = 7;
	assert_int_equal(count(f, sizeof(f), &rc), 0);
	make_file(f);
	f[PAGE + 26] = 3; /* an item beyond the next one */
	f[PAGE + 27] = 2;
	assert_int_equal(count(f, sizeof(f), &rc), 0);
	assert_int_equal(rc, 0);
	assert_int_equal(count(f, PAGE + 100, &rc), 0);
	f[12] = 0;
	count(f, sizeof(f), &rc);
	assert_int_equal(rc, -1);
	count(f, 10, &rc);
	assert_int_equal(rc, -1);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
