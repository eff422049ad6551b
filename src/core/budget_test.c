/* SPDX-License-Identifier: BSD-2-Clause */
/* Tests of budget, err, hash, clock and file. */
#include "core/budget.h"

#include "core/arena.h"
#include "core/clock.h"
#include "core/err.h"
#include "core/file.h"
#include "core/hash.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void test_budget(void **state)
{
	volatile sig_atomic_t stop = 0;
	struct budget b;

	(void)state;
	budget_init(&b, 10, 1, 1, 100);
	assert_true(budget_bytes(&b, 10));
	assert_false(budget_bytes(&b, 1));
	assert_true(budget_is_over(&b, BUDGET_BYTES) && !budget_is_over(&b, BUDGET_PARTS));
	assert_true(budget_part(&b) && !budget_part(&b));
	assert_true(budget_descend(&b) && !budget_descend(&b));
	budget_ascend(&b);
	assert_true(budget_descend(&b));
	b.stop = &stop;
	assert_true(budget_steps(&b, 1));
	stop = 1;
	assert_false(budget_steps(&b, 1));
	assert_true(budget_is_over(&b, BUDGET_STOPPED));
	assert_true(budget_bytes(NULL, UINT64_MAX));
}

static void test_err(void **state)
{
	struct err e = ERR_INIT;

	(void)state;
	assert_int_equal(err_set(&e, ERR_INPUT, false, "bad %s", "a\r\nb"), -1);
	assert_string_equal(e.text, "bad a??b");
	err_prefix(&e, "file:%d", 3);
	assert_string_equal(e.text, "file:3: bad a??b");
	errno = ENOENT;
	err_sys(&e, "open x");
	assert_string_equal(e.text, "open x: No such file or directory");
	assert_false(e.temp);
	errno = ECONNREFUSED;
	err_sys(&e, "connect");
	assert_true(e.temp);
	assert_int_equal(err_set(NULL, ERR_INPUT, false, "x"), -1);
}

static void test_siphash(void **state)
{
	/* SipHash-1-3: key 00..0f, input 00..(n-1). */
	static const uint64_t want[] = {
		0xabac0158050fc4dcu, 0xc9f49bf37d57ca93u, 0x82cb9b024dc7d44du, 0x8bf80ab8e7ddf7fbu,
		0xcf75576088d38328u, 0xdef9d52f49533b67u, 0xc50d2b50c59f22a7u, 0xd3927d989bb11140u,
		0x369095118d299a8eu, 0x25a48eb36c063de4u, 0x79de85ee92ff097fu, 0x70c118c1f94dc352u,
		0x78a384b157b4d9a2u, 0x306f760c1229ffa7u, 0x605aa111c0f95d34u, 0xd320d86d2a519956u,
	};
	struct hash_key key = { 0x0706050403020100u, 0x0f0e0d0c0b0a0908u };
	char in[16];

	(void)state;
	for (int i = 0; i < 16; i++)
		in[i] = (char)i;
	for (size_t n = 0; n < 16; n++)
		assert_true(hash_siphash(key, str_make(in, n)) == want[n]);
}

/* Every byte at every place of a word, and at the end. */
static void test_siphash_nocase(void **state)
{
	struct hash_key key = { 1, 2 };
	char in[19], lower[19];

	(void)state;
	for (size_t n = 0; n <= sizeof(in); n++) {
		for (size_t start = 0; start < 256; start++) {
			for (size_t i = 0; i < n; i++) {
				in[i] = (char)(start + i);
				lower[i] = ascii_lower(in[i]);
			}
			assert_true(hash_siphash_nocase(key, str_make(in, n)) ==
				    hash_siphash(key, str_make(lower, n)));
		}
	}
}

static void test_clock(void **state)
{
	struct arena *a = arena_new();
	char iso[25], sys[16];

	(void)state;
	setenv("TZ", "UTC0", 1);
	tzset();
	assert_string_equal(clock_rfc5322(a, 1000000000).p, "Sun, 9 Sep 2001 01:46:40 +0000 (UTC)");
	clock_syslog(1000000000, sys);
	assert_string_equal(sys, "Sep  9 01:46:40");
	clock_iso8601(1000000000123, iso);
	assert_string_equal(iso, "2001-09-09T01:46:40.123Z");
	setenv("TZ", "XXX5:30", 1);
	tzset();
	assert_string_equal(clock_rfc5322(a, 1000000000).p, "Sat, 8 Sep 2001 20:16:40 -0530 (XXX)");
	arena_free(a);
}

static void test_file(void **state)
{
	struct arena *a = arena_new();
	char dir[] = "/tmp/postern-test-XXXXXX", path[64];
	struct err e = ERR_INIT;
	struct str s;

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/f", dir);
	assert_int_equal(file_read(a, path, 100, &s, &e), -1);
	assert_int_equal(e.kind, ERR_SYSTEM);
	assert_int_equal(file_replace(path, STR("hello"), 0600, &e), 0);
	assert_int_equal(file_read(a, path, 5, &s, &e), 0);
	assert_true(str_eq(s, STR("hello")));
	assert_int_equal(file_read(a, path, 4, &s, &e), -1);
	assert_int_equal(e.kind, ERR_LIMIT);
	assert_int_equal(file_replace(path, STR(""), 0600, &e), 0);
	assert_int_equal(file_read(a, path, 5, &s, &e), 0);
	assert_int_equal(s.n, 0);
	unlink(path);
	rmdir(dir);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_budget),  cmocka_unit_test(test_err),
		cmocka_unit_test(test_siphash), cmocka_unit_test(test_siphash_nocase),
		cmocka_unit_test(test_clock),   cmocka_unit_test(test_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
