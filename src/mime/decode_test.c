/* SPDX-License-Identifier: BSD-2-Clause */
/* Transfer decoders: the leniencies, row by row. */
#include "mime/decode.h"

#include "core/arena.h"
#include "core/budget.h"
#include "core/xalloc.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

struct row {
	const char *name, *in, *want;
	size_t want_n; /* 0: strlen(want) */
};

static const struct row qp_rows[] = {
	{ "escape", "a=41=62", "aAb", 0 },
	{ "lower and upper case", "=c3=A9", "\xc3\xa9", 0 },
	{ "soft break", "a=\nb=\r\nc", "abc", 0 },
	{ "soft break with blanks", "a= \t\nb", "ab", 0 },
	{ "blanks before a line end", "a \t\nb \r\nc ", "a\nb\r\nc ", 0 },
	{ "no hex stays", "=ZZ =", "=ZZ =", 0 },
	{ "CR alone stays", "=\rx", "=\rx", 0 },
	{ "a break joins an escape", "==\n41", "A", 0 },
	{ "NUL", "=00", "\0", 1 },
	{ "short at the end", "=4", "=4", 0 },
};

static const struct row base64_rows[] = {
	{ "plain", "aGVsbG8=", "hello", 0 },
	{ "no padding", "aGVsbG8", "hello", 0 },
	{ "foreign bytes", "aGV*sbG8=", "hello", 0 },
	{ "white space", " aG Vs\nbG8= ", "hello", 0 },
	{ "lone character", "a", "", 0 },
	{ "padding inside is zero bits", "YQ==YQ==", "a\0\0a", 4 },
	{ "padding inside is 63 in odd text", "YQ==YQ*=", "a\x0f\xff\x61", 4 },
	{ "two characters", "YQ", "a", 0 },
	{ "three characters", "YWI", "ab", 0 },
	{ "five: the last goes", "YWJjZ", "abc", 0 },
	{ "only padding", "====", "", 0 },
};

static void run_rows(const struct row *rows, size_t n,
		     struct str (*fn)(struct arena *, struct str, struct budget *))
{
	for (size_t i = 0; i < n; i++) {
		struct arena *a = arena_new();
		struct str got = fn(a, str_of(rows[i].in), NULL);
		size_t want_n = rows[i].want_n ? rows[i].want_n : strlen(rows[i].want);
		if (!str_eq(got, str_make(rows[i].want, want_n)))
			fail_msg("%s: got '%.*s' (%zu bytes)", rows[i].name, STR_FMT(got), got.n);
		arena_free(a);
	}
}

static void test_qp(void **state)
{
	(void)state;
	run_rows(qp_rows, ELEMENTS(qp_rows), decode_qp);
}

static void test_base64(void **state)
{
	(void)state;
	run_rows(base64_rows, ELEMENTS(base64_rows), decode_mime_base64);
}

static void test_crlf(void **state)
{
	struct arena *a = arena_new();
	struct str same = STR("a\nb\r");

	(void)state;
	assert_true(str_eq(decode_crlf(a, STR("a\r\nb\r\r\nc"), NULL), STR("a\nb\r\nc")));
	assert_ptr_equal(decode_crlf(a, same, NULL).p, same.p);
	arena_free(a);
}

static void test_over_budget(void **state)
{
	struct arena *a = arena_new();
	struct budget b;

	(void)state;
	budget_init(&b, 3, 1, 1, 1);
	assert_int_equal(decode_mime_base64(a, STR("YWJj"), &b).n, 0);
	assert_true(budget_is_over(&b, BUDGET_BYTES));
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_qp),
		cmocka_unit_test(test_base64),
		cmocka_unit_test(test_crlf),
		cmocka_unit_test(test_over_budget),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
