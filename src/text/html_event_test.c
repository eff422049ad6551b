/* SPDX-License-Identifier: BSD-2-Clause */
/* Counts, flags and lists; expectations are SpamAssassin 4.0.1's results for the same sources. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "text/html_test.h"

static const struct html_case cases[] = {
	{ "he<!-- -->llo", false, "[hello] backhair_count=1 comment[<!-- -->]" },
	{ "<script>var x=\"<b>\"</script>after", false, "[after] script[var x=\"<b>\"]" },
	{ "<style>p {}</style>after", false, "[after]" },
	{ "<title> My  title </title>body", false, "[\n\nMy title\n\nbody] title[ My  title ]" },
	{ "<title>one</title><title>two</title>", false,
	  "[\n\none\n\n\n\ntwo\n\n] title[one][two]" },
	{ "a<![IGNORE[b", false, "[a]" },
	{ "<font face=\"Arial, Helvetica, sans-serif\">x", false, "[x]" },
	{ "<font face=\"a\">x", false, "[x] font_face_bad=1" },
	{ "<font face=\"'Times New Roman2', x1y\">x", false, "[x] font_face_bad=1" },
	{ "<font face=\" \tArial\">x", false, "[x]" },
	{ "<font face=\".SFUIDisplay;\">x", false, "[x]" },
	{ "<img src=a width=10 height=20><img width=50% height=10px><img width=5>", false,
	  "[] image_area=8.02e+04 uri[a] img" },
	{ "<img width=0 height=\">", false, "[] comment[<img width=0 height=\">]" },
	{ "<form action=\"MailTo:x@y.com\">", false,
	  "[] form_action_mailto=1 uri[MailTo:x@y.com] form" },
	{ "<object></object><embed>", false,
	  "[ ] bad_tag_ratio=0.3333 non_element_ratio=0.5 embeds=1" },
	{ "</b></b><b></i>x", false, "[x] closed_extra_ratio=0.75" },
	{ "<o:p></o:p><st1:place><st2:x/><foo></foo>", false,
	  "[] bad_tag_ratio=0.3333 non_element_ratio=0.25" },
	{ "<!doctype html><!ENTITY x \"y\"><p>", false, "[\n\n]" },
	{ "<!-- a --><!x><!-- b", false, "[] comment[<!-- a -->][<!x>][<!-- b]" },
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
