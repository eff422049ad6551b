/* SPDX-License-Identifier: BSD-2-Clause */
/* Envelope addresses: the grammar, its limits and what is taken beyond it. */
#include "smtp/path.h"

#include "core/arena.h"
#include "core/reader.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#define L10 "aaaaaaaaaa"
#define L60 L10 L10 L10 L10 L10 L10
#define D60 "bbbbbbbbb.bbbbbbbbb.bbbbbbbbb.bbbbbbbbb.bbbbbbbbb.bbbbbbbbb."

static const struct {
	const char *in;
	enum smtp_path_error want;
	const char *addr, *local, *domain, *rest; /* domain NULL: none */
} cases[] = {
	{ "<>", 0, "", "", NULL, "" },
	{ "<> SIZE=1", 0, "", "", NULL, " SIZE=1" },
	{ "<a@b.c>", 0, "a@b.c", "a", "b.c", "" },
	{ "<a@b.c>x", 0, "a@b.c", "a", "b.c", "x" },
	{ "<postmaster>", 0, "postmaster", "postmaster", NULL, "" },
	{ "<root> RET=FULL", 0, "root", "root", NULL, " RET=FULL" },
	{ "<a..b.@x>", 0, "a..b.@x", "a..b.", "x", "" },
	{ "<.a@x>", 0, ".a@x", ".a", "x", "" },
	{ "<o'b+c=d!e#f@x_y.-z->", 0, "o'b+c=d!e#f@x_y.-z-", "o'b+c=d!e#f", "x_y.-z-", "" },
	{ "<\"a b\"@x>", 0, "\"a b\"@x", "\"a b\"", "x", "" },
	{ "<\"a>@\\\"b\"@x>", 0, "\"a>@\\\"b\"@x", "\"a>@\\\"b\"", "x", "" },
	{ "<\"\"@x>", 0, "\"\"@x", "\"\"", "x", "" },
	{ "<@a.b:u@c>", 0, "u@c", "u", "c", "" },
	{ "<@a.b,@d,@[192.0.2.1]:u@c>", 0, "u@c", "u", "c", "" },
	{ "<a@[192.0.2.1]>", 0, "a@[192.0.2.1]", "a", "[192.0.2.1]", "" },
	{ "<a@[IPv6:2001:db8::1]>", 0, "a@[IPv6:2001:db8::1]", "a", "[IPv6:2001:db8::1]", "" },
	{ "<a@[x-tag:any+thing]>", 0, "a@[x-tag:any+thing]", "a", "[x-tag:any+thing]", "" },
	{ "<" L60 L60 "@x>", 0, L60 L60 "@x", L60 L60, "x", "" },
	{ "<a@" L60 "aaa.b>", 0, "a@" L60 "aaa.b", "a", L60 "aaa.b", "" },
	{ "<a@" D60 D60 D60 D60 "bbbbbbbbb.bbbbb>", 0, "a@" D60 D60 D60 D60 "bbbbbbbbb.bbbbb", "a",
	  D60 D60 D60 D60 "bbbbbbbbb.bbbbb", "" },
	{ "a@b", SMTP_PATH_NO_BRACKETS, 0, 0, 0, 0 },
	{ "", SMTP_PATH_NO_BRACKETS, 0, 0, 0, 0 },
	{ "<a@b", SMTP_PATH_NO_BRACKETS, 0, 0, 0, 0 },
	{ "<a@b SIZE=1", SMTP_PATH_BAD, 0, 0, 0, 0 },
	{ "<", SMTP_PATH_BAD, 0, 0, 0, 0 },
	{ "< a@b>", SMTP_PATH_BAD, 0, 0, 0, 0 },
	{ "<a @b>", SMTP_PATH_BAD, 0, 0, 0, 0 },
	{ "<a@ b>", SMTP_PATH_BAD, 0, 0, 0, 0 },
	{ "<a@b >", SMTP_PATH_BAD, 0, 0, 0, 0 },
	{ "<<a@b>>", SMTP_PATH_BAD, 0, 0, 0, 0 },
	{ "<@>", SMTP_PATH_BAD, 0, 0, 0, 0 },
	{ "<@b>", SMTP_PATH_BAD, 0, 0, 0, 0 },
	{ "<a@>", SMTP_PATH_BAD, 0, 0, 0, 0 },
	{ "<a@b.>", SMTP_PATH_BAD, 0, 0, 0, 0 },
	{ "<a@.b>", SMTP_PATH_BAD, 0, 0, 0, 0 },
	{ "<a@b..c>", SMTP_PATH_BAD, 0, 0, 0, 0 },
	{ "<a@b@c>", SMTP_PATH_BAD, 0, 0, 0, 0 },
	{ "<a,b@c>", SMTP_PATH_BAD, 0, 0, 0, 0 },
	{ "<a(b)@c>", SMTP_PATH_BAD, 0, 0, 0, 0 },
	{ "<a\\b@c>", SMTP_PATH_BAD, 0, 0, 0, 0 },
	{ "<a\tb@c>", SMTP_PATH_BAD, 0, 0, 0, 0 },
	{ "<\"a@c>", SMTP_PATH_BAD, 0, 0, 0, 0 },
	{ "<\"a\\", SMTP_PATH_BAD, 0, 0, 0, 0 },
	{ "<\"a\x01\"@c>", SMTP_PATH_BAD, 0, 0, 0, 0 },
	{ "<\"a\\\x01\"@c>", SMTP_PATH_BAD, 0, 0, 0, 0 },
	{ "<\"a\"b@c>", SMTP_PATH_BAD, 0, 0, 0, 0 },
	{ "<b\"a\"@c>", SMTP_PATH_BAD, 0, 0, 0, 0 },
	{ "<@a u@c>", SMTP_PATH_BAD, 0, 0, 0, 0 },
	{ "<@a,:u@c>", SMTP_PATH_BAD, 0, 0, 0, 0 },
	{ "<@a,b:u@c>", SMTP_PATH_BAD, 0, 0, 0, 0 },
	{ "<@a:>", SMTP_PATH_BAD, 0, 0, 0, 0 },
	{ "<a@[192.0.2.256]>", SMTP_PATH_BAD, 0, 0, 0, 0 },
	{ "<a@[192.0.2]>", SMTP_PATH_BAD, 0, 0, 0, 0 },
	{ "<a@[192.0.2.1>", SMTP_PATH_BAD, 0, 0, 0, 0 },
	{ "<a@[]>", SMTP_PATH_BAD, 0, 0, 0, 0 },
	{ "<a@[IPv6:2001:db8:::1]>", SMTP_PATH_BAD, 0, 0, 0, 0 },
	{ "<a@[IPv6:]>", SMTP_PATH_BAD, 0, 0, 0, 0 },
	{ "<a@[:x]>", SMTP_PATH_BAD, 0, 0, 0, 0 },
	{ "<a@[x.y:z]>", SMTP_PATH_BAD, 0, 0, 0, 0 },
	{ "<a@[192.0.2.1]b>", SMTP_PATH_BAD, 0, 0, 0, 0 },
	{ "<a@" L60 "aaaa.b>", SMTP_PATH_TOO_LONG, 0, 0, 0, 0 },
	{ "<a@" D60 D60 D60 D60 "bbbbbbbbb.bbbbbb>", SMTP_PATH_TOO_LONG, 0, 0, 0, 0 },
	{ "<a@" D60 D60 D60 D60 D60 "b>", SMTP_PATH_TOO_LONG, 0, 0, 0, 0 },
	{ "<d\xc3\xb6rte@x>", SMTP_PATH_NOT_ASCII, 0, 0, 0, 0 },
	{ "<a@d\xc3\xb6rte.x>", SMTP_PATH_NOT_ASCII, 0, 0, 0, 0 },
	{ "<\"d\xc3\xb6rte\"@x>", SMTP_PATH_NOT_ASCII, 0, 0, 0, 0 },
};

static void test_parse(void **state)
{
	(void)state;
	for (size_t i = 0; i < ELEMENTS(cases); i++) {
		struct smtp_path p = { .addr = STR("untouched") };
		struct rd r = rd_of(str_of(cases[i].in));
		enum smtp_path_error e = smtp_path_parse(&r, false, &p);

		if (e != cases[i].want)
			fail_msg("%s: got %s", cases[i].in, smtp_path_error_text(e));
		if (e) {
			assert_true(str_eq(p.addr, STR("untouched")));
			continue;
		}
		assert_true(str_eq(p.addr, str_of(cases[i].addr)));
		assert_true(str_eq(p.local, str_of(cases[i].local)));
		assert_int_equal(str_is_none(p.domain), !cases[i].domain);
		assert_true(str_eq(p.domain, str_of(cases[i].domain)));
		assert_true(str_eq(rd_rest(&r), str_of(cases[i].rest)));
	}
}

/* What was taken is taken again without its brackets, and is the same. */
static void test_addr_alone(void **state)
{
	(void)state;
	for (size_t i = 0; i < ELEMENTS(cases); i++) {
		struct smtp_path p;

		if (cases[i].want)
			continue;
		assert_int_equal(smtp_path_parse_addr(str_of(cases[i].addr), false, &p),
				 SMTP_PATH_OK);
		assert_true(str_eq(p.local, str_of(cases[i].local)));
		assert_int_equal(smtp_path_is_null(&p), !cases[i].addr[0]);
	}
	assert_int_equal(smtp_path_parse_addr(STR("a@b "), false, NULL), SMTP_PATH_BAD);
	assert_int_equal(smtp_path_parse_addr(STR("<a@b>"), false, NULL), SMTP_PATH_BAD);
}

static void test_utf8(void **state)
{
	static const struct {
		const char *in;
		enum smtp_path_error want;
	} t[] = {
		{ "<d\xc3\xb6rte@d\xc3\xb6rte.x>", SMTP_PATH_OK },
		{ "<\"d\xc3\xb6 rte\"@x>", SMTP_PATH_OK },
		{ "<d\xc3@x>", SMTP_PATH_BAD },
		{ "<d\xc0\xae@x>", SMTP_PATH_BAD },
		{ "<d\xed\xa0\x80@x>", SMTP_PATH_BAD },
		{ "<a@\xff.x>", SMTP_PATH_BAD },
	};

	(void)state;
	for (size_t i = 0; i < ELEMENTS(t); i++) {
		struct rd r = rd_of(str_of(t[i].in));
		struct smtp_path p;

		assert_int_equal(smtp_path_parse(&r, true, &p), t[i].want);
	}
}

static void test_too_long(void **state)
{
	char in[SMTP_PATH_MAX + 8];
	struct smtp_path p;
	struct rd r;

	(void)state;
	memset(in, 'a', sizeof(in));
	in[0] = '<';
	in[SMTP_PATH_MAX + 1] = '>';
	r = rd_of(str_make(in, SMTP_PATH_MAX + 2));
	assert_int_equal(smtp_path_parse(&r, false, &p), SMTP_PATH_OK);
	in[SMTP_PATH_MAX + 1] = 'a';
	in[SMTP_PATH_MAX + 2] = '>';
	r = rd_of(str_make(in, SMTP_PATH_MAX + 3));
	assert_int_equal(smtp_path_parse(&r, false, &p), SMTP_PATH_TOO_LONG);
}

static void test_nul(void **state)
{
	struct rd r = rd_of(STR("<a\0b@c>"));
	struct smtp_path p;

	(void)state;
	assert_int_equal(smtp_path_parse(&r, false, &p), SMTP_PATH_BAD);
	r = rd_of(STR("<a@[192.0.2.1\0]>"));
	assert_int_equal(smtp_path_parse(&r, false, &p), SMTP_PATH_BAD);
}

static void test_unquote(void **state)
{
	static const struct {
		const char *in, *want;
	} t[] = {
		{ "a", "a" },         { "\"a b\"", "a b" }, { "\"a\\\\\\\"b\"", "a\\\"b" },
		{ "\"\"", "" },       { "\"", "\"" },       { "\"\\a\\b\"", "ab" },
		{ "\"\\\"\"", "\"" },
	};
	struct arena *a = arena_new();

	(void)state;
	for (size_t i = 0; i < ELEMENTS(t); i++)
		assert_true(str_eq(smtp_path_unquote(a, str_of(t[i].in)), str_of(t[i].want)));
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse), cmocka_unit_test(test_addr_alone),
		cmocka_unit_test(test_utf8),  cmocka_unit_test(test_too_long),
		cmocka_unit_test(test_nul),   cmocka_unit_test(test_unquote),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
