/* SPDX-License-Identifier: BSD-2-Clause */
/* Addresses in text. */
#include "mime/ip.h"

#include "core/arena.h"
#include "core/xalloc.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

/* want: the first address found, NULL: none. */
static const struct {
	const char *in, *want;
} find_rows[] = {
	{ "1.2.3.4", "1.2.3.4" },
	{ "[1.2.3.4]", "1.2.3.4" },
	{ "1.2.3.456", NULL },
	{ "01.2.3.4", NULL },
	{ "1.2.3.04", NULL },
	{ "1.2.3", NULL },
	{ "x1.2.3.4", NULL },
	{ "1.2.3.4x", NULL },
	{ "999.1.2.3", NULL },
	{ "a :1.2.3.4", NULL },
	{ "::1", "::1" },
	{ "x::1", "::1" },
	{ "::", "::" },
	{ "IPv6:::1 x", "IPv6:::1" },
	{ "ipv6:2001:db8::1", "ipv6:2001:db8::1" },
	{ "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8" },
	{ "1:2:3:4:5:6:7:8:9", NULL },
	{ "1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:1.2.3.4" },
	{ "::ffff:1.2.3.4", "::ffff:1.2.3.4" },
	{ "::1.2.3.999", "::1" },
	{ "fe80::1%eth0", "fe80::1" },
	{ "12345::1", NULL },
	{ "1::2::3", NULL },
	{ "", NULL },
};

static void test_find(void **state)
{
	(void)state;
	for (size_t i = 0; i < ELEMENTS(find_rows); i++) {
		struct str s = str_of(find_rows[i].in), got = STR_NONE;
		size_t n, at = ip_find(s, 0, &n);
		if (at != STR_NPOS)
			got = str_sub(s, at, at + n);
		if (find_rows[i].want ? !str_eq(got, str_of(find_rows[i].want)) : !str_is_none(got))
			fail_msg("%s: got '%.*s'", find_rows[i].in, STR_FMT(got));
	}
}

static const struct {
	const char *in;
	bool want;
} private_rows[] = {
	{ "10.1.2.3", true },   { "127.0.0.1", true },       { "169.254.1.1", true },
	{ "172.16.0.1", true }, { "172.32.0.1", false },     { "192.168.1.1", true },
	{ "100.64.0.1", true }, { "100.128.0.1", false },    { "::ffff:10.0.0.1", true },
	{ "fe80::1", true },    { "fe90::1", true },         { "fec0::1", false },
	{ "::1", true },        { "0:0:0:0:0:0:0:1", true }, { "::", false },
	{ "fc00::1", false },   { "8.8.8.8", false },        { "0.0.0.0", false },
	{ "224.0.0.1", false }, { "IPv6:::1", true },        { "", false },
};

static void test_private(void **state)
{
	(void)state;
	for (size_t i = 0; i < ELEMENTS(private_rows); i++)
		if (ip_is_private(str_of(private_rows[i].in)) != private_rows[i].want)
			fail_msg("%s", private_rows[i].in);
}

static void test_localhost(void **state)
{
	(void)state;
	assert_int_equal(ip_match_localhost(STR("LOCALHOST.localdomain x"), 0), 21);
	assert_int_equal(ip_match_localhost(STR("x localhost"), 2), 9);
	assert_int_equal(ip_match_localhost(STR("127.0.0.1"), 0), 9);
	assert_int_equal(ip_match_localhost(STR("127.0.0.2"), 0), 0);
	assert_int_equal(ip_match_localhost(STR("::1"), 0), 3);
	assert_int_equal(ip_match_localhost(STR("IPv6:::ffff:127.0.0.1"), 0), 21);
}

static void test_reverse(void **state)
{
	struct arena *a = arena_new();

	(void)state;
	assert_true(str_eq(ip_reverse(a, STR("1.2.3.40")), STR("40.3.2.1")));
	assert_true(str_eq(ip_reverse(a, STR("2001:db8::1")),
			   STR("1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2")));
	assert_true(str_is_none(ip_reverse(a, STR("IPv6:::1"))));
	assert_true(str_is_none(ip_reverse(a, STR("1.2.3"))));
	arena_free(a);
}

static void test_whole(void **state)
{
	uint8_t p[16];

	(void)state;
	assert_true(ip_is_address(STR("1.2.3.4")));
	assert_false(ip_is_address(STR("1.2.3.4 ")));
	assert_true(ip_parse(STR("1.2.3.4"), p));
	assert_memory_equal(p, "\0\0\0\0\0\0\0\0\0\0\xff\xff\1\2\3\4", 16);
	assert_false(ip_parse(STR("[::1]"), p));
	assert_false(ip_parse(STR(""), p));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_find),      cmocka_unit_test(test_private),
		cmocka_unit_test(test_localhost), cmocka_unit_test(test_reverse),
		cmocka_unit_test(test_whole),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
