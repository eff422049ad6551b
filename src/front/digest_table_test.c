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
	struct digest_table t;

	(void)state;
	digest_table_init(&t, 10, 1000);
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
	/* What has expired makes room when the next one comes. */
	add(&t, 3, 1200);
	assert_int_equal(t.n, 2);
	/* Again before it expires: it lives longer. */
	add(&t, 3, 1300);
	assert_true(has(&t, 3, 2299));
	digest_table_done(&t);
}

/* Round the ring several times: always the newest `max` are there. */
static void test_full(void **state)
{
	enum { MAX = 7, ALL = 100 };
	struct digest_table t;

	(void)state;
	digest_table_init(&t, MAX, 1000000);
	for (unsigned i = 0; i < ALL; i++) {
		add(&t, i, i);
		for (unsigned k = 0; k <= i; k++)
			if (has(&t, k, i) != (k + MAX > i))
				fail_msg("%u of %u", k, i);
	}
	assert_int_equal(t.n, MAX);
	digest_table_done(&t);
	digest_table_done(&t);
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
		cmocka_unit_test(test_time),
		cmocka_unit_test(test_full),
		cmocka_unit_test(test_digests),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
