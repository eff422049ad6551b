/* SPDX-License-Identifier: BSD-2-Clause */
/* XFORWARD written and read back; the refusals are in server_mail_test.c. */
#include "smtp/xforward.h"

#include "core/arena.h"
#include "core/strbuf.h"
#include "smtp/reply.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#define ALL (~0u)

static void test_parse(void **state)
{
	static const struct {
		const char *in;
		enum smtp_xf which;
		const char *want; /* NULL: unavailable */
	} t[] = {
		{ "NAME=a.b", SMTP_XF_NAME, "a.b" },
		{ "name=[unavailable]", SMTP_XF_NAME, NULL },
		{ "NAME=", SMTP_XF_NAME, NULL },
		{ "HELO=a+3Db", SMTP_XF_HELO, "a=b" },
		{ "HELO=a=b", SMTP_XF_HELO, "a=b" },
		{ "HELO=+zz", SMTP_XF_HELO, "+zz" },
		{ "HELO=a+0D+0Ab", SMTP_XF_HELO, "a??b" },
		{ "HELO=\xc3\xb6", SMTP_XF_HELO, "\xc3\xb6" },
		{ "ADDR=192.0.2.1", SMTP_XF_ADDR, "192.0.2.1" },
		{ "ADDR=IPv6:2001:db8::1", SMTP_XF_ADDR, "2001:db8::1" },
		{ "PORT=65535", SMTP_XF_PORT, "65535" },
		{ "PORT=65536", SMTP_XF_PORT, NULL },
		{ "NAME=x  PORT=25 ", SMTP_XF_PORT, "25" },
		{ "SOURCE=local", SMTP_XF_SOURCE, "local" },
		{ "NAME=x NAME=y", SMTP_XF_NAME, "y" },
	};
	struct arena *a = arena_new();

	(void)state;
	for (size_t i = 0; i < ELEMENTS(t); i++) {
		struct smtp_xforward x = { 0 };
		struct smtp_reply why;

		assert_int_equal(smtp_xforward_parse(a, str_of(t[i].in), &x, &why), 0);
		assert_int_equal(str_is_none(x.v[t[i].which]), !t[i].want);
		assert_true(str_eq(x.v[t[i].which], str_of(t[i].want)));
	}
	arena_free(a);
}

static void test_refusal_changes_nothing(void **state)
{
	struct smtp_xforward x = { .v = { [SMTP_XF_NAME] = STR("old") } };
	struct arena *a = arena_new();
	struct smtp_reply why;

	(void)state;
	assert_int_equal(smtp_xforward_parse(a, STR("NAME=new PORT=x"), &x, &why), -1);
	assert_int_equal(why.code, 501);
	assert_true(str_eq(x.v[SMTP_XF_NAME], STR("old")));
	arena_free(a);
}

static void test_encode(void **state)
{
	struct smtp_xforward x = { 0 };
	struct strbuf out;

	(void)state;
	strbuf_init(&out, 0);
	assert_int_equal(smtp_xforward_encode(&out, &x, ALL), 0);
	assert_int_equal(out.n, 0);
	x.v[SMTP_XF_IDENT] = STR("4A+");
	x.v[SMTP_XF_ADDR] = STR("::1");
	x.v[SMTP_XF_NAME] = STR("a b\n");
	assert_int_equal(smtp_xforward_encode(&out, &x, ALL), 1);
	assert_string_equal(out.p, "XFORWARD ADDR=IPV6:::1 NAME=a+20b+0A IDENT=4A+2B\r\n");
	strbuf_clear(&out);
	assert_int_equal(smtp_xforward_encode(&out, &x, 1u << SMTP_XF_IDENT), 1);
	assert_string_equal(out.p, "XFORWARD IDENT=4A+2B\r\n");
	strbuf_clear(&out);
	assert_int_equal(smtp_xforward_encode(&out, &x, 1u << SMTP_XF_HELO), 0);
	strbuf_done(&out);
}

/*
 * Long values: commands of at most 512 bytes, a value over 255 left out, the rest read back the
 * same.
 */
static void test_split(void **state)
{
	char text[400];
	struct smtp_xforward x = { 0 }, back = { 0 };
	struct arena *a = arena_new();
	struct str rest, line;
	struct strbuf out;
	struct smtp_reply why;

	(void)state;
	memset(text, 'x', sizeof(text));
	x.v[SMTP_XF_NAME] = str_make(text, 255);
	x.v[SMTP_XF_HELO] = str_make(text, 250);
	x.v[SMTP_XF_IDENT] = str_make(text, 256);
	x.v[SMTP_XF_ADDR] = STR("192.0.2.1");
	x.v[SMTP_XF_PROTO] = STR("ESMTP");
	strbuf_init(&out, 0);
	assert_int_equal(smtp_xforward_encode(&out, &x, ALL), 2);
	rest = strbuf_str(&out);
	while (str_cut(&rest, '\n', &line) && !str_is_none(rest)) {
		assert_true(line.n + 1 <= 512);
		assert_true(str_starts(line, STR("XFORWARD ")) && str_ends(line, STR("\r")));
		line = str_trim_right(str_from(line, strlen("XFORWARD ")), "\r");
		assert_int_equal(smtp_xforward_parse(a, line, &back, &why), 0);
	}
	assert_true(str_is_none(back.v[SMTP_XF_IDENT]));
	assert_false(smtp_xforward_is_empty(&back));
	for (enum smtp_xf i = 0; i < SMTP_XF_IDENT; i++)
		assert_true(str_eq(back.v[i], x.v[i]));
	strbuf_done(&out);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_refusal_changes_nothing),
		cmocka_unit_test(test_encode),
		cmocka_unit_test(test_split),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
