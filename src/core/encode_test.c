/* SPDX-License-Identifier: BSD-2-Clause */
/* Tests of encodings and UTF-8. */
#include "core/encode.h"

#include "core/strbuf.h"
#include "core/utf8.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

typedef void (*encoder)(struct strbuf *, struct str);
typedef bool (*decoder)(struct strbuf *, struct str);

static void check_encode(encoder f, struct str in, const char *want)
{
	struct strbuf b;

	strbuf_init(&b, 0);
	f(&b, in);
	assert_string_equal(strbuf_str(&b).p, want);
	strbuf_done(&b);
}

static void check_decode(decoder f, const char *in, bool ok, const char *want)
{
	struct strbuf b;

	strbuf_init(&b, 0);
	strbuf_add_c(&b, "=");
	assert_int_equal(f(&b, str_of(in)), ok);
	assert_string_equal(b.p + 1, ok ? want : "");
	strbuf_done(&b);
}

static void test_base64(void **state)
{
	(void)state;
	check_encode(encode_base64, STR("foob"), "Zm9vYg==");
	check_encode(encode_base64, STR("fooba"), "Zm9vYmE=");
	check_encode(encode_base64, STR("foobar"), "Zm9vYmFy");
	check_encode(encode_base64, STR(""), "");
	check_encode(encode_base64url, STR("\xff\xef\xfe"), "_-_-");
	check_encode(encode_base64url, STR("f"), "Zg");
	check_decode(decode_base64, "Zm9vYg==", true, "foob");
	check_decode(decode_base64, "Zm9vYh==", false, ""); /* bits left over */
	check_decode(decode_base64, "Zm9v Yg=", false, "");
	check_decode(decode_base64, "Zm9", false, "");
	check_decode(decode_base64, "Zg==Zg==", false, "");
}

static void test_hex_and_xtext(void **state)
{
	(void)state;
	check_encode(encode_hex, str_make("\x00\xffz", 3), "00ff7a");
	check_decode(decode_hex, "7a7B", true, "z{");
	check_decode(decode_hex, "7", false, "");
	check_decode(decode_hex, "7g", false, "");
	check_encode(encode_xtext, STR("a+b=c \x80~"), "a+2Bb+3Dc+20+80~");
	check_decode(decode_xtext, "a+2Bb", true, "a+b");
	check_decode(decode_xtext, "a+2", false, "");
	check_decode(decode_xtext, "a b", false, "");
}

static void test_printable(void **state)
{
	(void)state;
	check_encode(encode_printable, STR("a\\b\n\x01\x7f"), "a\\\\b\\n\\x01\\x7f");
	check_encode(encode_printable, STR("\xc3\xa9\xc3(\xff"), "\xc3\xa9\\xc3(\\xff");
	check_encode(encode_printable_again, STR("a\\x01\n"), "a\\x01\\n");
	check_encode(encode_printable, STR("\xc2\x85"), "\\xc2\\x85"); /* C1 controls too */
}

static void test_utf8(void **state)
{
	static const struct {
		const char *s;
		bool ok;
	} rows[] = {
		{ "plain", true },     { "\xc3\xa9", true },      { "\xf0\x9f\x98\x80", true },
		{ "\xc0\xaf", false }, { "\xed\xa0\x80", false }, { "\xf4\x90\x80\x80", false },
		{ "\xe2\x82", false }, { "\x80", false },         { "\xef\xbf\xbf", true },
	};
	char out[4];
	size_t at = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(utf8_is_valid(str_of(rows[i].s)), rows[i].ok);
	assert_int_equal(utf8_next(STR("\xe2\x82\xac"), &at), 0x20ac);
	assert_int_equal(at, 3);
	/* A maximal ill-formed subpart: E2 82 then the next byte is a character of its own. */
	at = 0;
	assert_true(utf8_next(STR("\xe2\x82x"), &at) == UTF8_BAD);
	assert_int_equal(at, 2);
	for (uint32_t c = 0; c <= 0x110000; c += c < 0x800 ? 1 : 0x101) {
		size_t n = utf8_put(c, out);

		at = 0;
		if (c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
			assert_int_equal(n, 0);
		else
			assert_true(utf8_next(str_make(out, n), &at) == c && at == n);
	}
}

/* One byte above 0x7f at each place of texts of each length. */
static void test_ascii(void **state)
{
	char text[40];

	(void)state;
	memset(text, 'x', sizeof(text));
	for (size_t n = 0; n <= sizeof(text); n++) {
		assert_true(utf8_is_ascii(str_make(text, n)));
		for (size_t i = 0; i < n; i++) {
			text[i] = (char)0x80;
			assert_false(utf8_is_ascii(str_make(text, n)));
			text[i] = 'x';
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_base64),    cmocka_unit_test(test_hex_and_xtext),
		cmocka_unit_test(test_printable), cmocka_unit_test(test_utf8),
		cmocka_unit_test(test_ascii),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
