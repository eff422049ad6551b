/* SPDX-License-Identifier: BSD-2-Clause */
/* The body as a whole: alternatives, lines, labels, signatures. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "checks/harness.h"

static const struct harness_row alternatives_rows[] = {
	{ "the same words", "body T eval:multipart_alternative_difference('99', '100')",
	  "MIME-Version: 1.0\n"
	  "Content-Type: multipart/alternative; boundary=b\n"
	  "\n"
	  "--b\n"
	  "Content-Type: text/plain\n"
	  "\n"
	  "one two three\n"
	  "--b\n"
	  "Content-Type: text/html\n"
	  "\n"
	  "<p>one two three\n"
	  "--b--\n",
	  0 },
	{ "no word in common", "body T eval:multipart_alternative_difference('99', '100')",
	  "MIME-Version: 1.0\n"
	  "Content-Type: multipart/alternative; boundary=b\n"
	  "\n"
	  "--b\n"
	  "Content-Type: text/plain\n"
	  "\n"
	  "four five\n"
	  "--b\n"
	  "Content-Type: text/html\n"
	  "\n"
	  "<p>one two three\n"
	  "--b--\n",
	  1 },
	{ "half", "body T eval:multipart_alternative_difference('49', '50')",
	  "MIME-Version: 1.0\n"
	  "Content-Type: multipart/alternative; boundary=b\n"
	  "\n"
	  "--b\n"
	  "Content-Type: text/plain\n"
	  "\n"
	  "one four\n"
	  "--b\n"
	  "Content-Type: text/html\n"
	  "\n"
	  "<p>one two\n"
	  "--b--\n",
	  1 },
	{ "a word that comes more often",
	  "body T eval:multipart_alternative_difference('99', '100')",
	  "MIME-Version: 1.0\n"
	  "Content-Type: multipart/alternative; boundary=b\n"
	  "\n"
	  "--b\n"
	  "Content-Type: text/plain\n"
	  "\n"
	  "one\n"
	  "--b\n"
	  "Content-Type: text/html\n"
	  "\n"
	  "<p>one one\n"
	  "--b--\n",
	  1 },
	{ "case counts", "body T eval:multipart_alternative_difference('99', '100')",
	  "MIME-Version: 1.0\n"
	  "Content-Type: multipart/alternative; boundary=b\n"
	  "\n"
	  "--b\n"
	  "Content-Type: text/plain\n"
	  "\n"
	  "ONE\n"
	  "--b\n"
	  "Content-Type: text/html\n"
	  "\n"
	  "<p>one\n"
	  "--b--\n",
	  1 },
	{ "an image alone", "body T eval:multipart_alternative_difference('99', '100')",
	  "MIME-Version: 1.0\n"
	  "Content-Type: multipart/alternative; boundary=b\n"
	  "\n"
	  "--b\n"
	  "Content-Type: text/plain\n"
	  "\n"
	  "one\n"
	  "--b\n"
	  "Content-Type: text/html\n"
	  "\n"
	  "<img src=x>\n"
	  "--b--\n",
	  1 },
	{ "no HTML words", "body T eval:multipart_alternative_difference('1', '100')",
	  "MIME-Version: 1.0\n"
	  "Content-Type: multipart/alternative; boundary=b\n"
	  "\n"
	  "--b\n"
	  "Content-Type: text/plain\n"
	  "\n"
	  "one\n"
	  "--b\n"
	  "Content-Type: text/html\n"
	  "\n"
	  "<p>\n"
	  "--b--\n",
	  0 },
	{ "no alternative at all, min 0", "body T eval:multipart_alternative_difference('0', '1')",
	  "Content-Type: text/plain\n"
	  "\n"
	  "text\n",
	  1 },
	{ "many more words of text",
	  "body T eval:multipart_alternative_difference_count('1.5', '1')",
	  "MIME-Version: 1.0\n"
	  "Content-Type: multipart/alternative; boundary=b\n"
	  "\n"
	  "--b\n"
	  "Content-Type: text/plain\n"
	  "\n"
	  "a b c d e f\n"
	  "--b\n"
	  "Content-Type: text/html\n"
	  "\n"
	  "<p>one two\n"
	  "--b--\n",
	  1 },
	{ "too few HTML words", "body T eval:multipart_alternative_difference_count('1.5', '2')",
	  "MIME-Version: 1.0\n"
	  "Content-Type: multipart/alternative; boundary=b\n"
	  "\n"
	  "--b\n"
	  "Content-Type: text/plain\n"
	  "\n"
	  "a b c d e f\n"
	  "--b\n"
	  "Content-Type: text/html\n"
	  "\n"
	  "<p>one two\n"
	  "--b--\n",
	  0 },
};

static void test_alternatives(void **state)
{
	(void)state;
	assert_int_equal(harness_wrong_rows(alternatives_rows, sizeof(alternatives_rows) /
								   sizeof(alternatives_rows[0])),
			 0);
}

static const struct harness_row lines_rows[] = {
	{ "blank lines", "body T eval:check_blank_line_ratio('80', '90', '4')",
	  "Content-Type: text/plain\n"
	  "\n"
	  "a\n"
	  "\n"
	  "\n"
	  "\n"
	  "\n"
	  "\n"
	  "\n"
	  "b\n",
	  0 },
	{ "four of five blank", "body T eval:check_blank_line_ratio('70', '80', '4')",
	  "Content-Type: text/plain\n"
	  "\n"
	  "a\n"
	  "\n"
	  "\n"
	  "\n"
	  "\n",
	  1 },
	{ "too few lines", "body T eval:check_blank_line_ratio('70', '80', '9')",
	  "Content-Type: text/plain\n"
	  "\n"
	  "a\n"
	  "\n"
	  "\n"
	  "\n"
	  "\n",
	  0 },
	{ "too few lines, min 0", "body T eval:check_blank_line_ratio('0', '80', '9')",
	  "Content-Type: text/plain\n"
	  "\n"
	  "a\n"
	  "\n"
	  "\n"
	  "\n"
	  "\n",
	  1 },
	{ "vertical words", "body T eval:tvd_vertical_words('90', '100')",
	  "Content-Type: text/plain\n"
	  "\n"
	  "b u y t h i s n o w\n",
	  1 },
	{ "plain words", "body T eval:tvd_vertical_words('0', '40')",
	  "Content-Type: text/plain\n"
	  "\n"
	  "some words as usual\n",
	  1 },
	{ "short body", "body T eval:check_body_length('5')",
	  "Content-Type: text/plain\n"
	  "\n"
	  "text\n",
	  1 },
	{ "longer body", "body T eval:check_body_length('4')",
	  "Content-Type: text/plain\n"
	  "\n"
	  "text\n",
	  0 },
	{ "stock labels", "body T eval:check_stock_info('2')",
	  "Content-Type: text/plain\n"
	  "\n"
	  "Symbol: ABCD\n"
	  "Current Price: 1.00\n"
	  "Target: 9\n",
	  1 },
	{ "no stock labels", "body T eval:check_stock_info('1')",
	  "Content-Type: text/plain\n"
	  "\n"
	  "From: me\n"
	  "Note: text\n",
	  0 },
	{ "zero labels wanted", "body T eval:check_stock_info('0')",
	  "Content-Type: text/plain\n"
	  "\n"
	  "text\n",
	  1 },
	{ "a label that ends in one", "body T eval:check_stock_info('1')",
	  "Content-Type: text/plain\n"
	  "\n"
	  "The Company Name: x\n",
	  1 },
	{ "body before the signature", "body T eval:plaintext_body_length('4', '4')",
	  "Content-Type: text/plain\n"
	  "\n"
	  "abc\n"
	  "-- \n"
	  "signature\n",
	  1 },
	{ "signature", "body T eval:plaintext_sig_length('11', '11')",
	  "Content-Type: text/plain\n"
	  "\n"
	  "abc\n"
	  "-- \n"
	  "signature\n",
	  1 },
	{ "a signature too short", "body T eval:plaintext_sig_length('1')",
	  "Content-Type: text/plain\n"
	  "\n"
	  "abc\n"
	  "-- \n"
	  "me\n",
	  0 },
	{ "ratio without a signature", "body T eval:plaintext_body_sig_ratio('1000000')",
	  "Content-Type: text/plain\n"
	  "\n"
	  "abc\n",
	  1 },
	{ "no plain part", "body T eval:plaintext_body_length('0')",
	  "Content-Type: text/html\n"
	  "\n"
	  "<p>x\n",
	  0 },
};

static void test_lines(void **state)
{
	(void)state;
	assert_int_equal(harness_wrong_rows(lines_rows, sizeof(lines_rows) / sizeof(lines_rows[0])),
			 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_alternatives),
		cmocka_unit_test(test_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
