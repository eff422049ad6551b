/* SPDX-License-Identifier: BSD-2-Clause */
/* What hides text; expectations are SpamAssassin 4.0.1's results for the same sources. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "text/html_test.h"

static const struct html_case cases[] = {
	{ "<span style=\"display:none\">hid</span>seen<span style=\"display:none\">near</span>",
	  false,
	  "[hidseennear] visible[seen] invisible[hidnear] obfuscation_ratio=0.5 backhair_count=2" },
	{ "<span style=\"display : none\">a</span><span style=\"DISPLAY:none\">b</span>", false,
	  "[ab] visible[b] invisible[a] obfuscation_ratio=0.25 backhair_count=1" },
	{ "<div style=\"display:none\">a<div style=\"display:inline\">b</div>c</div>d", false,
	  "[\na\nb\nc\nd] visible[\n\nb\n\nd] invisible[ac]" },
	{ "<p style=\"visibility:Hidden\">a</p>b", false,
	  "[\n\na\n\nb] visible[\n\n\n\nb] invisible[a]" },
	{ "<p style=\"display:none !important\">a", false, "[\n\na]" },
	{ "<font color=white>a</font>b", false,
	  "[ab] visible[b] invisible[a] obfuscation_ratio=0.5 backhair_count=1 "
	  "font_low_contrast=1" },
	{ "<font color=ffffff>a</font>b", false,
	  "[ab] visible[b] invisible[a] obfuscation_ratio=0.5 backhair_count=1 "
	  "font_invalid_color=1" },
	{ "<body bgcolor=black text=white>a", false,
	  "[a] visible[] invisible[a] font_low_contrast=1" },
	{ "<font color=white> &#160; </font>a", false,
	  "[ \xc2\xa0 a] visible[a] invisible[ \xc2\xa0 ] font_low_contrast=1" },
	{ "<font size=1>a</font><font size=+1>b</font><font size=\"-2\">c</font>", false,
	  "[abc] visible[b] invisible[ac] min_size=1 max_size=4 obfuscation_ratio=0.3333 "
	  "backhair_count=1" },
	{ "<basefont size=5><font size=+2>a</font>", false, "[a] max_size=7" },
	{ "<big><big>a</big></big><small><small>b</small></small>", false,
	  "[ab] visible[a] invisible[b] obfuscation_ratio=0.125 backhair_count=1" },
	{ "<big><big><big><font color=red>a</font></big></big></big>", false, "[a] max_size=6" },
	{ "<td><font color=white>a<td>b", false,
	  "[ a b] visible[  b] invisible[a] font_low_contrast=1" },
	{ "<tr><td><font color=white>a<tr>b", false,
	  "[ ab] visible[ b] invisible[a] obfuscation_ratio=0.25 backhair_count=1 "
	  "font_low_contrast=1" },
	{ "<div style=\"color:#fff\"><p>a</div>b", false,
	  "[\n\n\na\nb] visible[\n\n\n\nb] invisible[a] font_low_contrast=1" },
	{ "<span style=\"color:red;background:url(x) red\">a</span>", false,
	  "[a] visible[] invisible[a] font_low_contrast=1" },
	{ "<span style=\"background: black, white; color:white\">a</span>", false,
	  "[a] visible[] invisible[a] font_low_contrast=1" },
	{ "<span style=\"BACKGROUND: black; color:white\">a</span>", false,
	  "[a] visible[] invisible[a] font_low_contrast=1" },
	{ "<span style=\"background-color:rgb(0,0,0);color:rgba(255,255,255,.1)\">a</span>", false,
	  "[a]" },
	{ "<span style=\"background-color:transparent;color:transparent\">a</span>", false,
	  "[a] visible[] invisible[a] font_low_contrast=1" },
	{ "<span style=\"color:inherit\">a</span><span style=\"color:hsl(1,2,3)\">b</span>", false,
	  "[ab] visible[a] invisible[b] obfuscation_ratio=0.25 backhair_count=1 "
	  "font_invalid_color=1" },
	{ "<span style=\"color:white!important\">a</span>", false,
	  "[a] visible[] invisible[a] font_low_contrast=1" },
	{ "<span style=\"color : white\">a</span>", false, "[a]" },
	{ "<div style=\"background: ;color:red\">b</div>c", false, "[]" },
};

static void test_cases(void **state)
{
	(void)state;
	HTML_TEST_ALL(cases);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
