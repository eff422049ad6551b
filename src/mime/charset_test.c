/* SPDX-License-Identifier: BSD-2-Clause */
/* Charsets: the order of attempts, the character flag, names, and the East Asian repairs. */
#include "core/utf8.h"
#include "mime/charset.h"

#include "core/arena.h"
#include "core/xalloc.h"
#include "mime/charset_names.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

struct row {
	const char *declared, *in, *want;
	bool chars; /* for bodies */
};

/* want_chars, not insisting: bodies. */
static const struct row body_rows[] = {
	{ "us-ascii", "abc", "abc", false },
	{ "iso-8859-1", "abc", "abc", false },
	{ "windows-1251", "abc", "abc", false },
	{ "gb2312", "abc", "abc", true },
	{ "shift_jis", "abc", "abc", true },
	{ "utf-8 ", "abc", "abc", true },
	{ "utf-8\" ", "abc", "abc", false },
	{ "unknown", "abc", "abc", false },
	{ "gb2312", "n\xc3\xa9", "n\xc3\xa9", true },
	{ "us-ascii", "n\xe9", "n\xc3\xa9", true },
	{ "iso-8859-1", "\x93x\x94", "\xe2\x80\x9cx\xe2\x80\x9d", true },
	{ "latin1", "\x93x", "\xc2\x93x", true },
	{ "windows-1252", "\x81\xe9", "\xef\xbf\xbd\xc3\xa9", true },
	{ "utf-8", "\xef\xbf\xbf", "\xc3\xaf\xc2\xbf\xc2\xbf", true },
	{ "utf-8", "\xef\xbb\xbf\x61", "\xef\xbb\xbf\x61", true },
	{ "koi8-r", "\xf4\xf0", "\xd0\xa2\xd0\x9f", true },
	{ "KOI8R", "\xf4\xf0", "\xd0\xa2\xd0\x9f", true },
	{ "cp-1251", "\xcf\xf0", "\xd0\x9f\xd1\x80", true },
	{ "windows-1251", "\x98", "\xcb\x9c", true },
	{ "iso_8859-2", "\xb1", "\xc4\x85", true },
	{ "iso-8859-16", "\xaa", "\xc8\x98", true },
	{ "gb2312", "\xb0\xa1", "\xe5\x95\x8a", true },
	{ "gb2312", "\xb0\xa1\xfe\xe0", "\xc2\xb0\xc2\xa1\xc3\xbe\xc3\xa0", true },
	{ "gbk", "\x81\x40", "\xe4\xb8\x82", true },
	{ "big5", "\xa4\xa4", "\xe4\xb8\xad", true },
	{ "big5", "\xc6\xa1\xa4\xa4", "\xe2\x91\xa0\xe4\xb8\xad", true },
	{ "euc-kr", "\xb0\xa1", "\xea\xb0\x80", true },
	{ "shift_jis", "\x82\xa0", "\xe3\x81\x82", true },
	{ "shift_jis", "\x81\x60", "\xe3\x80\x9c", true },
	{ "euc-jp", "\xa4\xa2", "\xe3\x81\x82", true },
	{ "euc-jp", "\xa4\xa2\xa4", "\xe3\x81\x82", true },
	{ "iso-2022-jp", "\x1b$B$\"\x1b(Bx", "\xe3\x81\x82x", true },
	{ "iso-2022-jp", "\x1b$B$\"\x1b(B\x1b$B$\"\x1b(B", "\xe3\x81\x82\xe3\x81\x82", true },
	{ "iso-2022-jp", "a\xe9z", "a", true },
	{ "hz", "~{0!~}x", "\xe5\x95\x8ax", true },
	{ "hz", "abc", "abc", false },
	{ "utf-7", "a+AOk-b",
	  "a\xc3\xa9"
	  "b",
	  true },
	{ "iso-8859-8-i", "\xe0", "\xc3\xa0", true },
	{ "utf-16", "\xff\xfe", "\xc3\xbf\xc3\xbe", true },
	/* A noncharacter: not UTF-16. */
	{ "utf-16be", "ab\xff\xfe", "ab\xc3\xbf\xc3\xbe", true },
	{ "ucs-2be", "ab\xfd\xd0", "ab\xc3\xbd\xc3\x90", true },
	{ "ucs-2be", "ab\xfd\xcf", "\xe6\x85\xa2\xef\xb7\x8f", true },
};

static const struct row word_rows[] = {
	{ "us-ascii", "\xe9", "\xef\xbf\xbd", false },
	{ "utf-8", "a\xe2\x82z", "a\xef\xbf\xbdz", false },
	{ "utf-8", "\xed\xa0\x80", "\xef\xbf\xbd", false },
	{ "utf-8", "\xc0\xaf", "\xef\xbf\xbd", false },
	{ "utf-8", "\xf4\x90\x80\x80", "\xef\xbf\xbd", false },
	{ "utf-8", "\xf8\x88\x80\x80\x80", "\xef\xbf\xbd", false },
	{ "utf-8", "\xff\xfe", "\xef\xbf\xbd\xef\xbf\xbd", false },
	{ "utf-8", "\x80\x80", "\xef\xbf\xbd\xef\xbf\xbd", false },
	{ "ucs-2be", "ab\xff\xfex", "\xe6\x85\xa2\xef\xbf\xbd", false },
	{ "viscii", "ti\xaang", "ti\xe1\xba\xbfng", false },
	{ "iso-8859-1", "\x93", "\xe2\x80\x9c", false },
	{ "x-unknown", "\xe9", "\xc3\xa9", false },
	{ "gb2312", "a\xb0 b", "a\xef\xbf\xbd b", false },
};

static void run_rows(const struct row *rows, size_t n, bool body)
{
	for (size_t i = 0; i < n; i++) {
		struct arena *a = arena_new();
		struct charset_text t = charset_normalize(
		    a, str_of(rows[i].in), str_of(rows[i].declared), body, !body, NULL);
		if (!str_eq(t.text, str_of(rows[i].want)) || t.chars != rows[i].chars)
			fail_msg("%s, row %zu: got '%.*s' %d", rows[i].declared, i, STR_FMT(t.text),
				 t.chars);
		arena_free(a);
	}
}

static void test_bodies(void **state)
{
	(void)state;
	run_rows(body_rows, ELEMENTS(body_rows), true);
}

static void test_words(void **state)
{
	(void)state;
	run_rows(word_rows, ELEMENTS(word_rows), false);
}

static void test_utf16(void **state)
{
	struct arena *a = arena_new();
	struct str in = STR("H\0i\0 \0\xe9\0");
	struct charset_text t = charset_normalize(a, in, STR("utf-16"), true, false, NULL);

	(void)state;
	assert_true(str_eq(t.text, STR("Hi \xc3\xa9")));
	assert_true(t.chars);
	/* Headers get the raw bytes even when it could be read. */
	t = charset_normalize(a, STR("H\0i\0 \0"), STR("utf-16le"), false, true, NULL);
	assert_true(str_eq(t.text, STR("H\0i\0 \0")));
	arena_free(a);
}

static void test_names(void **state)
{
	static const struct {
		const char *name, *row;
	} rows[] = {
		{ "US-ASCII", "us-ascii" },
		{ "ISO_8859-15", "iso-8859-15" },
		{ "latin9", "iso-8859-15" },
		{ "tis-620", "iso-8859-11" },
		{ "x-sjis", "shiftjis" },
		{ "ks_c_5601-1987", "cp949" },
		{ "gb_2312-80", "euc-cn" },
		{ "hz-gb-2312", "euc-cn" },
		{ "x-big5", "big5-eten" },
		{ "ibm866", "cp866" },
		{ "l1", NULL },
		{ "", NULL },
		{ "unicode", NULL },
		{ "x-gbk", NULL },
		{ "euc-tw", NULL },
		{ "8bit", NULL },
		{ "iso-8859-12", NULL },
	};

	(void)state;
	for (size_t i = 0; i < ELEMENTS(rows); i++) {
		struct arena *a = arena_new();
		const struct charset_row *r = charset_lookup(a, str_of(rows[i].name));
		if (rows[i].row ? !r || strcmp(r->name, rows[i].row) != 0 : r != NULL)
			fail_msg("%s: %s", rows[i].name, r ? r->name : "none");
		arena_free(a);
	}
}

static void test_latin1(void **state)
{
	struct arena *a = arena_new();

	(void)state;
	assert_true(str_eq(charset_latin1_to_utf8(a, STR("a\xe9")), STR("a\xc3\xa9")));
	assert_int_equal(utf8_count_chars(STR("a\xc3\xa9\xe2\x82\xac")), 3);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bodies), cmocka_unit_test(test_words),
		cmocka_unit_test(test_utf16),  cmocka_unit_test(test_names),
		cmocka_unit_test(test_latin1),
	};
	charset_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
