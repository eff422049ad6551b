/* SPDX-License-Identifier: BSD-2-Clause */
/* Charsets that are usual for a language, and those full of capitals. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "checks/locale.h"

static void test_ok(void **state)
{
	static const struct {
		const char *locales, *charset;
		bool want;
	} rows[] = {
		{ "en", "us-ascii", true },     { "en", "iso-8859-15", true },
		{ "en", "UTF-8", true },        { "en", "windows-1251", true },
		{ "en", "koi8-r", false },      { "en ru", "koi8-r", true },
		{ "ru_RU", "koi8-r", true },    { "C", "koi8-r", false },
		{ "ja", "shift_jis", true },    { "ja", "Shift-JIS", true },
		{ "ja", "sjis", true },         { "ja", "iso-2022-jp", true },
		{ "ko", "iso-2022-jp", false }, { "zh", "big5", true },
		{ "zh.gb2312", "big5", true },  { "en", "", false },
		{ "en", "3Dus-ascii", true },   { "th", "tis-620", true },
		{ "en", "x-unknown", true },    { "ja", "is", false },
		{ "en", "utf-8*en", true },     { "ru", "koi8", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct locale_conf l;

		locale_conf_set(&l, str_of(rows[i].locales));
		assert_false(l.all);
		if (locale_charset_ok(&l, str_of(rows[i].charset)) != rows[i].want)
			fail_msg("%s %s", rows[i].locales, rows[i].charset);
	}
}

static void test_all(void **state)
{
	struct locale_conf l;

	(void)state;
	locale_conf_init(&l);
	assert_true(l.all);
	locale_conf_set(&l, STR("en all"));
	assert_true(l.all);
	locale_conf_set(&l, STR("en"));
	assert_false(l.all);
}

static void test_caps(void **state)
{
	(void)state;
	assert_true(locale_is_caps_charset(STR("KOI8-R")));
	assert_true(locale_is_caps_charset(STR("iso-2022-jp")));
	assert_true(locale_is_caps_charset(STR("gb2312")));
	assert_false(locale_is_caps_charset(STR("utf-8")));
	assert_false(locale_is_caps_charset(STR("koi8 r")));
	assert_false(locale_is_caps_charset(STR("")));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ok),
		cmocka_unit_test(test_all),
		cmocka_unit_test(test_caps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
