/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/xalloc.h"
#include "front/digest_table.h"

#include <string.h>

static void digest(unsigned char ret[DIGEST_BYTES], unsigned i)
{
	struct str part = str_make((char *)&i, sizeof(i));

	digest_of(ret, &part, 1);
}

static void add(struct digest_table *t, unsigned i, int64_t now)
{
	unsigned char d[DIGEST_BYTES];

	digest(d, i);
	digest_table_add(t, d, now);
}

static bool has(const struct digest_table *t, unsigned i, int64_t now)
{
	unsigned char d[DIGEST_BYTES];

	digest(d, i);
	return digest_table_has(t, d, now);
}

static void test_time(void **state)
{
	void *memory = xzalloc(digest_table_bytes());
	struct digest_table t;

	(void)state;
	digest_table_init(&t, memory, 1000);
	assert_true(digest_table_is_empty(&t, 0));
	assert_false(has(&t, 1, 0));
	add(&t, 1, 0);
	add(&t, 2, 500);
	assert_true(has(&t, 1, 999));
	assert_false(has(&t, 1, 1000));
	assert_true(has(&t, 2, 1000));
	assert_false(digest_table_is_empty(&t, 1499));
	assert_true(digest_table_is_empty(&t, 1500));
	assert_false(has(&t, 3, 500));
	/* Again before it expires: it lives longer. */
	add(&t, 3, 1200);
	add(&t, 3, 1300);
	assert_true(has(&t, 3, 2299));
	x_free(memory);
}

/* One writes, another reads: the second is a front of the next generation. */
static void test_shared(void **state)
{
	void *memory = xzalloc(digest_table_bytes());
	struct digest_table a, b;
	unsigned char d[DIGEST_BYTES];

	(void)state;
	digest_table_init(&a, memory, 1000);
	digest_table_init(&b, memory, 10);
	for (unsigned i = 0; i < 100; i++)
		add(&a, i, 0);
	for (unsigned i = 0; i < 100; i++)
		assert_true(has(&b, i, 999));
	digest(d, 50);
	digest_table_remove(&b, d);
	digest_table_remove(&b, d);
	for (unsigned i = 0; i < 100; i++)
		assert_int_equal(has(&a, i, 1), i != 50);
	x_free(memory);
}

/* All of one bucket: the newest DIGEST_WAYS stay. What has expired makes room first. */
static void test_full(void **state)
{
	void *memory = xzalloc(digest_table_bytes());
	unsigned char d[DIGEST_BYTES] = { 0 };
	struct digest_table t;

	(void)state;
	digest_table_init(&t, memory, 1000);
	for (unsigned i = 0; i < 100; i++) {
		d[DIGEST_BYTES - 1] = (unsigned char)i;
		digest_table_add(&t, d, i);
		for (unsigned k = 0; k <= i; k++) {
			d[DIGEST_BYTES - 1] = (unsigned char)k;
			if (digest_table_has(&t, d, i) != (k + DIGEST_WAYS > i))
				fail_msg("%u of %u", k, i);
		}
	}
	/* At 1095 four have expired, so that four come and the other four stay. */
	for (unsigned i = 100; i < 104; i++) {
		d[DIGEST_BYTES - 1] = (unsigned char)i;
		digest_table_add(&t, d, 1095);
	}
	for (unsigned i = 92; i < 104; i++) {
		d[DIGEST_BYTES - 1] = (unsigned char)i;
		assert_int_equal(digest_table_has(&t, d, 1095), i >= 96);
	}
	x_free(memory);
}

/* Many: a table of its size holds tens of thousands. */
static void test_many(void **state)
{
	enum { MANY = 20000 };
	void *memory = xzalloc(digest_table_bytes());
	struct digest_table t;
	unsigned there = 0;

	(void)state;
	digest_table_init(&t, memory, 1000);
	for (unsigned i = 0; i < MANY; i++)
		add(&t, i, 0);
	for (unsigned i = 0; i < MANY; i++)
		there += has(&t, i, 1);
	assert_true(there > MANY * 99 / 100);
	x_free(memory);
}

static void test_digests(void **state)
{
	static const struct {
		const char *name;
		struct str a[2], b[2];
		bool same;
	} rows[] = {
		{ "equal", { STR("ab"), STR("c") }, { STR("ab"), STR("c") }, true },
		{ "cut elsewhere", { STR("ab"), STR("c") }, { STR("a"), STR("bc") }, false },
		{ "empty and none", { STR(""), STR("c") }, { STR_NONE, STR("c") }, true },
		{ "all in one", { STR("abc"), STR("") }, { STR(""), STR("abc") }, false },
		{ "case", { STR("A"), STR("") }, { STR("a"), STR("") }, false },
	};

	(void)state;
	for (size_t i = 0; i < ELEMENTS(rows); i++) {
		unsigned char a[DIGEST_BYTES], b[DIGEST_BYTES];

		digest_of(a, rows[i].a, 2);
		digest_of(b, rows[i].b, 2);
		if ((memcmp(a, b, sizeof(a)) == 0) != rows[i].same)
			fail_msg("%s", rows[i].name);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_time),    cmocka_unit_test(test_shared),
		cmocka_unit_test(test_full),    cmocka_unit_test(test_many),
		cmocka_unit_test(test_digests),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
