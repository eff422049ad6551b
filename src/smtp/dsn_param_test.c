/* SPDX-License-Identifier: BSD-2-Clause */
/* DSN parameters checked and decoded. */
#include "smtp/dsn_param.h"

#include "core/arena.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

/* Every set that NOTIFY can name is written and read back. */
static void test_notify(void **state)
{
	unsigned got;

	(void)state;
	for (unsigned bits = 1; bits < 16; bits++) {
		if (bits & SMTP_NOTIFY_NEVER && bits != SMTP_NOTIFY_NEVER)
			continue;
		assert_true(smtp_dsn_parse_notify(str_of(smtp_dsn_notify_text(bits)), &got));
		assert_int_equal(got, bits);
	}
	assert_false(smtp_dsn_parse_notify(STR("SUCCESS,NEVER"), &got));
	assert_false(smtp_dsn_parse_notify(STR_NONE, &got));
}

static void test_orcpt(void **state)
{
	static const struct {
		const char *in, *type, *addr; /* type NULL: refused */
	} t[] = {
		{ "rfc822;a@x", "rfc822", "a@x" },
		{ "RFC822;a+2Bb+20c@x", "RFC822", "a+b c@x" },
		{ "utf-8;\xc3\xb6@x", "utf-8", "\xc3\xb6@x" },
		{ "utf-8;a@x", "utf-8", "a@x" },
		{ "x-y;z", "x-y", "z" },
		{ "rfc822;\xc3\xb6@x", NULL, NULL },
		{ "utf-8;\xc3@x", NULL, NULL },
		{ "rfc822;a+0Ab", NULL, NULL },
		{ "rfc822;a+7Fb", NULL, NULL },
		{ "rfc822;a+", NULL, NULL },
		{ "rfc822", NULL, NULL },
		{ "rf c;a", NULL, NULL },
		{ "", NULL, NULL },
	};
	struct arena *a = arena_new();

	(void)state;
	for (size_t i = 0; i < ELEMENTS(t); i++) {
		struct str type, addr;
		bool good = smtp_dsn_decode_orcpt(a, str_of(t[i].in), &type, &addr);

		assert_int_equal(good, t[i].type != NULL);
		assert_int_equal(good, smtp_dsn_check_orcpt(str_of(t[i].in), true));
		if (good) {
			assert_true(str_eq(type, str_of(t[i].type)));
			assert_true(str_eq(addr, str_of(t[i].addr)));
		}
	}
	assert_false(smtp_dsn_check_orcpt(STR("utf-8;\xc3\xb6@x"), false));
	arena_free(a);
}

static void test_envid(void **state)
{
	struct arena *a = arena_new();
	struct str got;

	(void)state;
	assert_true(smtp_dsn_decode_envid(a, STR("a+20b+2B"), &got));
	assert_true(str_eq(got, STR("a b+")));
	assert_false(smtp_dsn_decode_envid(a, STR("a+0D"), &got));
	assert_false(smtp_dsn_check_envid(STR("")));
	assert_false(smtp_dsn_check_envid(STR_NONE));
	arena_free(a);
}

static void test_ret(void **state)
{
	enum smtp_ret r;

	(void)state;
	assert_true(smtp_dsn_parse_ret(STR("hdrs"), &r));
	assert_int_equal(r, SMTP_RET_HDRS);
	assert_true(smtp_dsn_parse_ret(STR("Full"), &r));
	assert_int_equal(r, SMTP_RET_FULL);
	assert_false(smtp_dsn_parse_ret(STR("FUL"), &r));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_notify),
		cmocka_unit_test(test_orcpt),
		cmocka_unit_test(test_envid),
		cmocka_unit_test(test_ret),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
