/* SPDX-License-Identifier: BSD-2-Clause */
/* Replies written: codes on each line, wrapping, and nothing foreign that could break a line. */
#include "smtp/reply.h"

#include "core/arena.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

static const struct {
	const char *name;
	unsigned code;
	const char *enhanced, *text;
	bool utf8;
	const char *want;
} cases[] = {
	{ "plain", 250, NULL, "ok", false, "250 ok\r\n" },
	{ "enhanced", 250, "2.0.0", "Ok", false, "250 2.0.0 Ok\r\n" },
	{ "no text", 250, "2.0.0", "", false, "250 2.0.0 \r\n" },
	{ "lines", 550, "5.7.1", "a\nb\n\nc", false,
	  "550-5.7.1 a\r\n550-5.7.1 b\r\n550-5.7.1 \r\n550 5.7.1 c\r\n" },
	{ "newline at the end", 550, NULL, "a\n\n", false, "550 a\r\n" },
	{ "CRLF lines", 550, NULL, "a\r\nb", false, "550-a\r\n550 b\r\n" },
	{ "class differs", 451, "5.7.1", "a", false, "451 a\r\n" },
	{ "no class for 354", 354, "3.0.0", "go", false, "354 go\r\n" },
	{ "no enhanced code at all", 250, "2.0", "a", false, "250 a\r\n" },
	{ "text in the enhanced code", 250, "2.0.0 \r\nQUIT", "a", false, "250 a\r\n" },
	{ "controls", 550, NULL, "a\rb\tc\x7f", false, "550 a?b?c?\r\n" },
	{ "8-bit", 550, NULL, "\xc3\xb6\xff", false, "550 ??\r\n" },
	{ "UTF-8", 550, NULL, "\xc3\xb6\xff\xc2\x85", true, "550 \xc3\xb6??\r\n" },
};

static void test_encode(void **state)
{
	(void)state;
	for (size_t i = 0; i < ELEMENTS(cases); i++) {
		struct smtp_reply r =
		    smtp_reply_of(cases[i].code, cases[i].enhanced, cases[i].text);
		struct strbuf out;

		strbuf_init(&out, 0);
		smtp_reply_encode(&out, &r, cases[i].utf8);
		if (!str_eq(strbuf_str(&out), str_of(cases[i].want)))
			fail_msg("%s: got %s", cases[i].name, out.p);
		strbuf_done(&out);
	}
}

/*
 * Whatever is in it: every line is at most 512 bytes, has its codes, and the words are all there.
 */
static void check_wrapped(const char *word, size_t words, const char *gap)
{
	struct arena *a = arena_new();
	struct strbuf text, out, back;
	struct smtp_reply r = { .code = 554, .enhanced = STR("5.6.0") };
	struct str rest, line;

	strbuf_init(&text, 0);
	strbuf_init(&out, 0);
	strbuf_init(&back, 0);
	for (size_t i = 0; i < words; i++)
		strbuf_printf(&text, "%s%s", i ? gap : "", word);
	r.text = strbuf_str(&text);
	smtp_reply_encode(&out, &r, true);
	rest = str_trim_right(strbuf_str(&out), "\n");
	while (str_cut(&rest, '\n', &line)) {
		assert_true(line.n <= SMTP_REPLY_LINE_MAX - 1);
		assert_int_equal(line.p[line.n - 1], '\r');
		assert_true(
		    str_starts(line, str_is_none(rest) ? STR("554 5.6.0 ") : STR("554-5.6.0 ")));
		if (back.n)
			strbuf_add_c(&back, gap);
		strbuf_add(&back, str_sub(line, 10, line.n - 1));
	}
	assert_true(str_eq(strbuf_str(&back), strbuf_str(&text)));
	strbuf_done(&text);
	strbuf_done(&out);
	strbuf_done(&back);
	arena_free(a);
}

static void test_wrap(void **state)
{
	(void)state;
	check_wrapped("x", 1, " ");
	check_wrapped("word", 1000, " ");
	check_wrapped("x", 5000, "");
	check_wrapped("\xe2\x82\xac", 1000, "");
	check_wrapped("a\xf0\x9f\x98\x80", 1000, "");
	for (size_t n = 495; n < 520; n++)
		check_wrapped("y", n, "");
}

static void test_text_is_cut(void **state)
{
	struct smtp_reply r = { .code = 250 };
	struct strbuf text, out;

	(void)state;
	strbuf_init(&text, 0);
	strbuf_init(&out, 0);
	for (size_t i = 0; i < 100000; i++)
		strbuf_add_byte(&text, 'x');
	r.text = strbuf_str(&text);
	smtp_reply_encode(&out, &r, false);
	assert_in_range(out.n, 16 * 1024, 17 * 1024);
	strbuf_done(&text);
	strbuf_done(&out);
}

static void test_enhanced(void **state)
{
	static const struct {
		const char *in;
		size_t want;
	} t[] = {
		{ "2.0.0", 5 },   { "2.0.0 ok", 5 }, { "5.7.999 x", 7 }, { "4.10.11", 7 },
		{ "3.0.0", 0 },   { "2.0.0x", 0 },   { "2.0.", 0 },      { "2.0", 0 },
		{ "2", 0 },       { "", 0 },         { "2.1000.0", 0 },  { "2..0", 0 },
		{ "2.0.0.0", 0 }, { "x2.0.0", 0 },   { "1.0.0", 0 },
	};

	(void)state;
	for (size_t i = 0; i < ELEMENTS(t); i++)
		assert_int_equal(smtp_enhanced_length(str_of(t[i].in)), t[i].want);
}

static void test_line(void **state)
{
	struct arena *a = arena_new();
	struct smtp_reply r = smtp_reply_make(a, 451, "4.3.0", "%s\nb", "a"), copy;

	(void)state;
	assert_true(str_eq(smtp_reply_line(a, &r), STR("451 4.3.0 a b")));
	copy = smtp_reply_dup(a, &r);
	assert_true(str_eq(copy.text, r.text) && copy.text.p != r.text.p);
	r = smtp_reply_of(250, NULL, "x");
	assert_true(str_eq(smtp_reply_line(a, &r), STR("250 x")));
	copy = smtp_reply_dup(a, &r);
	assert_true(str_is_none(copy.enhanced));
	assert_int_equal(smtp_reply_class(&copy), 2);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_encode),      cmocka_unit_test(test_wrap),
		cmocka_unit_test(test_text_is_cut), cmocka_unit_test(test_enhanced),
		cmocka_unit_test(test_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
