/* SPDX-License-Identifier: BSD-2-Clause */
/* HTML values: each bound, each list. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "checks/harness.h"

static const struct harness_row html_rows[] = {
	{ "an HTML part", "body T eval:html_test('html')",
	  "Content-Type: text/html\n"
	  "\n"
	  "<p>x\n",
	  1 },
	{ "none", "body T eval:html_test('html')",
	  "Content-Type: text/plain\n"
	  "\n"
	  "text\n",
	  0 },
	{ "embeds", "body T eval:html_test('embeds')",
	  "Content-Type: text/html\n"
	  "\n"
	  "<embed src=x>\n",
	  1 },
	{ "a tag", "body T eval:html_tag_exists('table')",
	  "Content-Type: text/html\n"
	  "\n"
	  "<TABLE>\n",
	  1 },
	{ "no tag", "body T eval:html_tag_exists('table')",
	  "Content-Type: text/html\n"
	  "\n"
	  "<p>\n",
	  0 },
	{ "not closed", "body T eval:html_tag_balance('body', '!= 0')",
	  "Content-Type: text/html\n"
	  "\n"
	  "<html><body>x\n",
	  1 },
	{ "closed", "body T eval:html_tag_balance('body', '!= 0')",
	  "Content-Type: text/html\n"
	  "\n"
	  "<html><body>x</body></html>\n",
	  0 },
	{ "less than none", "body T eval:html_tag_balance('body', '< 0')",
	  "Content-Type: text/html\n"
	  "\n"
	  "</body>x\n",
	  0 },
	{ "expression", "body T eval:html_eval('length', '> 5')",
	  "Content-Type: text/html\n"
	  "\n"
	  "<p>xxxx\n",
	  1 },
	{ "expression with a sum", "body T eval:html_eval('length', '> 5 + 1000')",
	  "Content-Type: text/html\n"
	  "\n"
	  "<p>xxxx\n",
	  0 },
	{ "a dot is not allowed", "body T eval:html_eval('length', '< 1000.5')",
	  "Content-Type: text/html\n"
	  "\n"
	  "<p>xxxx\n",
	  0 },
	{ "an unknown value", "body T eval:html_eval('nothing', '< 1000')",
	  "Content-Type: text/html\n"
	  "\n"
	  "<p>xxxx\n",
	  0 },
	{ "above the lower bound only", "body T eval:html_range('max_size', '3', '5')",
	  "Content-Type: text/html\n"
	  "\n"
	  "<font size=4>x</font>\n",
	  1 },
	{ "at the lower bound", "body T eval:html_range('max_size', '3', '5')",
	  "Content-Type: text/html\n"
	  "\n"
	  "<p>x\n",
	  0 },
	{ "at the upper bound", "body T eval:html_range('max_size', '3', '5')",
	  "Content-Type: text/html\n"
	  "\n"
	  "<font size=5>x</font>\n",
	  1 },
	{ "inf", "body T eval:html_range('max_size', '5', 'inf')",
	  "Content-Type: text/html\n"
	  "\n"
	  "<font size=7>x</font>\n",
	  1 },
	{ "a small part with an image", "body T eval:html_image_only('0', '400')",
	  "Content-Type: text/html\n"
	  "\n"
	  "<img src=x>\n",
	  1 },
	{ "without an image", "body T eval:html_image_only('0', '400')",
	  "Content-Type: text/html\n"
	  "\n"
	  "<p>x\n",
	  0 },
	{ "much image, little text", "body T eval:html_image_ratio('0.000', '0.002')",
	  "Content-Type: text/html\n"
	  "\n"
	  "<img src=x width=600 height=400>some\n",
	  1 },
	{ "no text at all", "body T eval:html_image_ratio('0.000', '0.002')",
	  "Content-Type: text/html\n"
	  "\n"
	  "<img src=x width=600 height=400>\n",
	  0 },
	{ "title", "body T eval:html_text_match('title', '^Free')",
	  "Content-Type: text/html\n"
	  "\n"
	  "<title>Free money</title>\n",
	  1 },
	{ "case counts", "body T eval:html_text_match('title', '^free')",
	  "Content-Type: text/html\n"
	  "\n"
	  "<title>Free money</title>\n",
	  0 },
	{ "not this title", "body T eval:html_text_not_match('title', 'x')",
	  "Content-Type: text/html\n"
	  "\n"
	  "<title>Free money</title>\n",
	  1 },
	{ "a long title", "body T eval:html_title_subject_ratio('1.5')",
	  "Subject: hi there\n"
	  "Content-Type: text/html\n"
	  "\n"
	  "<title>A title much longer than that</title>\n",
	  1 },
	{ "no subject", "body T eval:html_title_subject_ratio('0.1')",
	  "Content-Type: text/html\n"
	  "\n"
	  "<title>A title</title>\n",
	  0 },
	{ "iframe", "body T eval:check_iframe_src()",
	  "Content-Type: text/html\n"
	  "\n"
	  "<iframe src='http://x.com/'></iframe>\n",
	  1 },
	{ "iframe without a source", "body T eval:check_iframe_src()",
	  "Content-Type: text/html\n"
	  "\n"
	  "<iframe></iframe>\n",
	  0 },
	{ "faraway is dead",
	  "ok_locales en\n"
	  "body T eval:html_charset_faraway()",
	  "Content-Type: text/html\n"
	  "\n"
	  "<meta http-equiv=Content-Type content='text/html; charset=koi8-r'>x\n",
	  0 },
};

static void test_html(void **state)
{
	(void)state;
	assert_int_equal(harness_wrong_rows(html_rows, sizeof(html_rows) / sizeof(html_rows[0])),
			 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_html),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
