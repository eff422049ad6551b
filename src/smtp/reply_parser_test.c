/* SPDX-License-Identifier: BSD-2-Clause */
/* Replies read: what servers say, and what hostile ones say. */
#include "smtp/reply.h"

#include "core/arena.h"
#include "core/err.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

/*
 * want: the replies, "CODE|ENHANCED|TEXT;" each; at the end "!" for an error, "+" when inside a
 * reply.
 */
static const struct {
	const char *name, *in, *want;
} cases[] = {
	{ "one", "250 ok\r\n", "250||ok;" },
	{ "enhanced", "250 2.0.0 ok\r\n", "250|2.0.0|ok;" },
	{ "no text", "250\r\n250 \r\n", "250||;250||;" },
	{ "two", "220 a\r\n250 b\r\n", "220||a;250||b;" },
	{ "lines", "250-a\r\n250-b\r\n250 c\r\n", "250||a\nb\nc;" },
	{ "enhanced on each line", "550-5.7.1 a\r\n550 5.7.1 b\r\n", "550|5.7.1|a\nb;" },
	{ "enhanced of another class", "550 2.7.1 a\r\n", "550||2.7.1 a;" },
	{ "enhanced only", "250 2.0.0\r\n", "250|2.0.0|;" },
	{ "empty lines within", "250-\r\n250\r\n", "250||\n;" },
	{ "bare LF", "250-a\n250 b\n", "250||a\nb;" },
	{ "CR CR LF", "250 a\r\r\n", "250||a;" },
	{ "controls", "250 a\tb\x01\x7f\r\n", "250||a?b??;" },
	{ "8-bit stays", "250 \xc3\xb6\r\n", "250||\xc3\xb6;" },
	{ "inside a line", "250 a", "+" },
	{ "inside a reply", "250-a\r\n", "+" },
	{ "code changes", "250-a\r\n251 b\r\n", "!" },
	{ "no digits", "ok\r\n", "!" },
	{ "two digits", "25\r\n", "!" },
	{ "four digits", "2500 x\r\n", "!" },
	{ "code 199", "199 x\r\n", "!" },
	{ "code 600", "600 x\r\n", "!" },
	{ "tab behind the code", "250\tx\r\n", "!" },
	{ "empty line", "\r\n", "!" },
	{ "good, then bad", "250 a\r\nx\r\n", "250||a;!" },
};

static struct str parse_all(struct arena *a, struct str in, size_t piece)
{
	struct smtp_reply_parser p;
	struct smtp_reply r;
	struct strbuf out;
	struct str ret;
	int got = 0;

	strbuf_init(&out, 0);
	smtp_reply_parser_init(&p);
	while (in.n && got >= 0) {
		struct str part = str_sub(in, 0, piece);

		in = str_from(in, piece);
		while (part.n && (got = smtp_reply_parse(&p, &part, &r, NULL)) > 0)
			strbuf_printf(&out, "%u|%.*s|%.*s;", r.code, STR_FMT(r.enhanced),
				      STR_FMT(r.text));
	}
	if (got < 0)
		strbuf_add_byte(&out, '!');
	else if (smtp_reply_parser_is_inside(&p))
		strbuf_add_byte(&out, '+');
	smtp_reply_parser_done(&p);
	ret = str_dup(a, strbuf_str(&out));
	strbuf_done(&out);
	return ret;
}

static void test_parse(void **state)
{
	struct arena *a = arena_new();

	(void)state;
	for (size_t i = 0; i < ELEMENTS(cases); i++) {
		for (size_t piece = 1; piece < 40; piece++) {
			struct str got = parse_all(a, str_of(cases[i].in), piece);

			if (!str_eq(got, str_of(cases[i].want)))
				fail_msg("%s in pieces of %zu: got %s", cases[i].name, piece,
					 got.p);
		}
	}
	arena_free(a);
}

static void fill(struct strbuf *b, const char *what, size_t times)
{
	for (size_t i = 0; i < times; i++)
		strbuf_add_c(b, what);
}

static void test_limits(void **state)
{
	struct arena *a = arena_new();
	struct strbuf in;
	struct str got;

	(void)state;
	strbuf_init(&in, 0);
	strbuf_add_c(&in, "250 ");
	fill(&in, "x", 100000);
	strbuf_add_c(&in, "\r\n250 b\r\n");
	got = parse_all(a, strbuf_str(&in), 1000);
	assert_int_equal(got.n, strlen("250||") + 2044 + strlen(";250||b;"));
	strbuf_clear(&in);
	fill(&in, "250-a\r\n", 499);
	strbuf_add_c(&in, "250 a\r\n");
	got = parse_all(a, strbuf_str(&in), 7);
	assert_int_equal(got.n, strlen("250||;") + 999);
	strbuf_clear(&in);
	fill(&in, "250-a\r\n", 501);
	assert_true(str_eq(parse_all(a, strbuf_str(&in), 4096), STR("!")));
	strbuf_clear(&in);
	fill(&in, "250-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n", 400);
	strbuf_add_c(&in, "250 a\r\n");
	got = parse_all(a, strbuf_str(&in), 4096);
	assert_int_equal(got.n, strlen("250||;") + 8192);
	strbuf_done(&in);
	arena_free(a);
}

static void test_error_text(void **state)
{
	struct smtp_reply_parser p;
	struct str in = STR("\x01hello\r\n");
	struct smtp_reply r;
	struct err e = ERR_INIT;

	(void)state;
	smtp_reply_parser_init(&p);
	assert_int_equal(smtp_reply_parse(&p, &in, &r, &e), -1);
	assert_int_equal(e.kind, ERR_PEER);
	assert_true(e.temp);
	assert_non_null(strstr(e.text, "hello"));
	smtp_reply_parser_done(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_error_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
