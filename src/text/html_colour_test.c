/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "core/xalloc.h"
#include "text/html_colour.h"

enum { BAD = -1, EMPTY = -2 };

static const struct {
	const char *in;
	int want; /* 0xrrggbb, BAD or EMPTY */
} colours[] = {
	{ "white", 0xffffff },
	{ " White ", 0xffffff },
	{ "YellowGreen", 0x9acd32 },
	{ "lightgoldenrodyellow", 0xfafad2 },
	{ "aliceblue", 0xf0f8ff },
	{ "rebeccapurple", BAD },
	{ "transparent", BAD },
	{ "", BAD },
	{ "#", EMPTY },
	{ "#1", 0x110000 },
	{ "#12", 0x112200 },
	{ "#123", 0x112233 },
	{ "#1234", 0x112233 },
	{ "#12345", 0x112233 },
	{ "#123456", 0x123456 },
	{ "#FFFFFF00", 0xffffff },
	{ "ffffff", BAD },
	{ "abc", BAD },
	{ "rgb(255,0,16)", 0xff0010 },
	{ "RGB(1, 2 ,3)", BAD },
	{ "rgb(1, 2, 3 )", 0x010203 },
	{ "rgb(300,1,1)", 0x12c010 },
	{ "rgb(100%,0%,50%)", 0xff007f },
	{ "rgb( 255,0,0)", BAD },
	{ "rgb(1,2)", BAD },
	{ "rgba(1,2,3,4)", BAD },
	{ "#rgb(1,2)", 0xbb1122 },
	{ "xrgb(1,2,3)", 0x010203 },
	{ "hsl(1,2,3)", BAD },
	{ "windowtext", BAD },
};

static void test_parse(void **state)
{
	(void)state;
	for (size_t i = 0; i < ELEMENTS(colours); i++) {
		struct html_colour c =
		    html_colour_parse((struct text){ str_of(colours[i].in), false });
		int got = c.kind == HTML_COLOUR_RGB       ? (int)c.rgb
			  : c.kind == HTML_COLOUR_INVALID ? BAD
							  : EMPTY;

		if (got != colours[i].want)
			print_error("%s\n", colours[i].in);
		assert_int_equal(got, colours[i].want);
	}
}

static void test_digits(void **state)
{
	(void)state;
	assert_int_equal(html_colour_parse_digits(STR("rgba(255,255,255,.1)")).rgb, 0xffffff);
	assert_int_equal(html_colour_parse_digits(STR("rgb(0 0 0)")).rgb, 0);
	assert_int_equal(html_colour_parse_digits(STR("rgb(255 255 255)")).rgb, 0xff0000);
	assert_int_equal(html_colour_parse_digits(STR("rgb(100%,2.5,x)")).rgb, 0x641900);
	assert_int_equal(html_colour_parse_digits(STR("rgb")).rgb, 0);
}

static void test_contrast(void **state)
{
	static const struct {
		const char *fg, *bg;
		bool want;
	} pairs[] = {
		{ "white", "#ffffff", true },
		{ "#f0f0f0", "white", true },
		{ "#eeeeee", "white", false },
		{ "lightyellow", "white", true },
		{ "yellow", "white", false },
		{ "black", "white", false },
		{ "nonsense", "nosuch", true },
		{ "nonsense", "white", false },
		{ "#", "#", true },
		{ "#", "black", false },
	};

	(void)state;
	for (size_t i = 0; i < ELEMENTS(pairs); i++) {
		struct html_colour fg =
		    html_colour_parse((struct text){ str_of(pairs[i].fg), false });
		struct html_colour bg =
		    html_colour_parse((struct text){ str_of(pairs[i].bg), false });

		assert_int_equal(html_colour_is_low_contrast(fg, bg), pairs[i].want);
		assert_int_equal(html_colour_is_low_contrast(bg, fg), pairs[i].want);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_digits),
		cmocka_unit_test(test_contrast),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
