/* SPDX-License-Identifier: BSD-2-Clause */
/* MIME structure and encodings: each count and each threshold. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "checks/harness.h"

static const struct harness_row mime_rows[] = {
	{ "base64", "rawbody T eval:check_for_mime('mime_base64_count')",
	  "Content-Type: text/plain\n"
	  "Content-Transfer-Encoding: base64\n"
	  "\n"
	  "aGVsbG8=\n",
	  1 },
	{ "quoted-printable with nothing to decode",
	  "rawbody T eval:check_for_mime('mime_qp_count')",
	  "Content-Type: text/plain\n"
	  "Content-Transfer-Encoding: quoted-printable\n"
	  "\n"
	  "plain\n",
	  0 },
	{ "quoted-printable that decodes what it need not",
	  "rawbody T eval:check_for_mime('mime_qp_count')",
	  "Content-Type: text/plain\n"
	  "Content-Transfer-Encoding: quoted-printable\n"
	  "\n"
	  "=41bc\n",
	  1 },
	{ "an escaped equals sign is needed", "rawbody T eval:check_for_mime('mime_qp_count')",
	  "Content-Type: text/plain\n"
	  "Content-Transfer-Encoding: quoted-printable\n"
	  "\n"
	  "a =3D b\n",
	  0 },
	{ "blanks at a line's end are needed", "rawbody T eval:check_for_mime('mime_qp_count')",
	  "Content-Type: text/plain\n"
	  "Content-Transfer-Encoding: quoted-printable\n"
	  "\n"
	  "a=20\n"
	  "b=20=20\n",
	  0 },
	{ "blanks before a line's end are not", "rawbody T eval:check_for_mime('mime_qp_count')",
	  "Content-Type: text/plain\n"
	  "Content-Transfer-Encoding: quoted-printable\n"
	  "\n"
	  "a=20b\n",
	  1 },
	{ "an empty quoted-printable body", "rawbody T eval:check_for_mime('mime_qp_count')",
	  "Content-Type: text/plain\n"
	  "Content-Transfer-Encoding: quoted-printable\n"
	  "\n",
	  1 },
	{ "78 characters", "rawbody T eval:check_for_mime('mime_qp_long_line')",
	  "Content-Type: text/plain\n"
	  "Content-Transfer-Encoding: quoted-printable\n"
	  "\n"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "\n",
	  0 },
	{ "79 characters", "rawbody T eval:check_for_mime('mime_qp_long_line')",
	  "Content-Type: text/plain\n"
	  "Content-Transfer-Encoding: quoted-printable\n"
	  "\n"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "\n",
	  1 },
	{ "base64 of plain ASCII text", "rawbody T eval:check_for_mime('mime_base64_encoded_text')",
	  "Content-Type: text/plain; charset=us-ascii\n"
	  "Content-Transfer-Encoding: base64\n"
	  "\n"
	  "aGVsbG8=\n",
	  1 },
	{ "of UTF-8 text", "rawbody T eval:check_for_mime('mime_base64_encoded_text')",
	  "Content-Type: text/plain; charset=utf-8\n"
	  "Content-Transfer-Encoding: base64\n"
	  "\n"
	  "aGVsbG8=\n",
	  0 },
	{ "as an attachment", "rawbody T eval:check_for_mime('mime_base64_encoded_text')",
	  "Content-Type: text/plain; charset=us-ascii\n"
	  "Content-Transfer-Encoding: base64\n"
	  "Content-Disposition: attachment\n"
	  "\n"
	  "aGVsbG8=\n",
	  0 },
	{ "a charset that is not there", "body T eval:check_for_mime('mime_bad_iso_charset')",
	  "Content-Type: text/plain; charset=iso-8858-15\n"
	  "\n"
	  "text\n",
	  1 },
	{ "one that is", "body T eval:check_for_mime('mime_bad_iso_charset')",
	  "Content-Type: text/plain; charset=iso-8859-15\n"
	  "\n"
	  "text\n",
	  0 },
	{ "attachment", "body T eval:check_for_mime('mime_attachment')",
	  "MIME-Version: 1.0\n"
	  "Content-Type: multipart/mixed; boundary=b\n"
	  "\n"
	  "--b\n"
	  "Content-Type: text/plain\n"
	  "\n"
	  "x\n"
	  "--b\n"
	  "Content-Type: text/plain\n"
	  "Content-Disposition: attachment; filename=x\n"
	  "\n"
	  "y\n"
	  "--b--\n",
	  1 },
	{ "an unknown name", "body T eval:check_for_mime('mime_nothing')",
	  "Subject: x\n"
	  "\n"
	  "text\n",
	  0 },
	{ "the part limit is never seen", "body T eval:check_for_mime('mimepart_limit_exceeded')",
	  "Subject: x\n"
	  "\n"
	  "text\n",
	  0 },
	{ "a boundary not closed", "body T eval:check_for_mime('mime_missing_boundary')",
	  "Content-Type: multipart/mixed; boundary=b\n"
	  "\n"
	  "--b\n"
	  "\n"
	  "x\n",
	  1 },
	{ "HTML only", "body T eval:check_for_mime_html_only()",
	  "Content-Type: text/html\n"
	  "\n"
	  "<p>x\n",
	  1 },
	{ "HTML and text", "body T eval:check_for_mime_html_only()",
	  "MIME-Version: 1.0\n"
	  "Content-Type: multipart/mixed; boundary=b\n"
	  "\n"
	  "--b\n"
	  "Content-Type: text/plain\n"
	  "\n"
	  "x\n"
	  "--b\n"
	  "Content-Type: text/html\n"
	  "\n"
	  "<p>x\n"
	  "--b--\n",
	  0 },
	{ "HTML", "body T eval:check_for_mime_html()",
	  "MIME-Version: 1.0\n"
	  "Content-Type: multipart/mixed; boundary=b\n"
	  "\n"
	  "--b\n"
	  "Content-Type: text/plain\n"
	  "\n"
	  "x\n"
	  "--b\n"
	  "Content-Type: text/html\n"
	  "\n"
	  "<p>x\n"
	  "--b--\n",
	  1 },
	{ "no HTML", "body T eval:check_for_mime_html()",
	  "Content-Type: text/plain\n"
	  "\n"
	  "text\n",
	  0 },
	{ "mostly HTML", "body T eval:check_mime_multipart_ratio('0.00', '0.01')",
	  "MIME-Version: 1.0\n"
	  "Content-Type: multipart/alternative; boundary=b\n"
	  "\n"
	  "--b\n"
	  "Content-Type: text/plain\n"
	  "\n"
	  "x\n"
	  "--b\n"
	  "Content-Type: text/html\n"
	  "\n"
	  "<p>"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxxxxxxxxxxxxxxx\n"
	  "--b--\n",
	  1 },
	{ "without alternative the ratio is one",
	  "body T eval:check_mime_multipart_ratio('0.00', '0.01')",
	  "MIME-Version: 1.0\n"
	  "Content-Type: multipart/mixed; boundary=b\n"
	  "\n"
	  "--b\n"
	  "Content-Type: text/plain\n"
	  "\n"
	  "x\n"
	  "--b\n"
	  "Content-Type: text/html\n"
	  "\n"
	  "<p>"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxxxxxxxxxxxxxxx\n"
	  "--b--\n",
	  0 },
	{ "8-bit in ASCII text", "body T eval:check_for_ascii_text_illegal()",
	  "Content-Type: text/plain\n"
	  "\n"
	  "caf\xe9"
	  "\n",
	  1 },
	{ "8-bit in Latin-1 text", "body T eval:check_for_ascii_text_illegal()",
	  "Content-Type: text/plain; charset=iso-8859-1\n"
	  "\n"
	  "caf\xe9"
	  "\n",
	  0 },
	{ "much Unicode", "body T eval:check_abundant_unicode_ratio(0.05)",
	  "Content-Type: text/plain\n"
	  "\n"
	  "&#x4E00;&#x4E01;abcdefghi\n",
	  1 },
	{ "small letters are no entity", "body T eval:check_abundant_unicode_ratio(0.05)",
	  "Content-Type: text/plain\n"
	  "\n"
	  "&#x4e00;&#x4e01;abcdefghi\n",
	  0 },
	{ "a ratio that is none", "body T eval:check_abundant_unicode_ratio(1)",
	  "Content-Type: text/plain\n"
	  "\n"
	  "&#x4E00;\n",
	  0 },
	{ "text in alternative", "body T eval:check_ma_non_text()",
	  "MIME-Version: 1.0\n"
	  "Content-Type: multipart/alternative; boundary=b\n"
	  "\n"
	  "--b\n"
	  "Content-Type: text/plain\n"
	  "\n"
	  "x\n"
	  "--b\n"
	  "Content-Type: text/html\n"
	  "\n"
	  "x\n"
	  "--b--\n",
	  0 },
	{ "an image in alternative", "body T eval:check_ma_non_text()",
	  "MIME-Version: 1.0\n"
	  "Content-Type: multipart/alternative; boundary=b\n"
	  "\n"
	  "--b\n"
	  "Content-Type: text/plain\n"
	  "\n"
	  "x\n"
	  "--b\n"
	  "Content-Type: image/gif\n"
	  "\n"
	  "x\n"
	  "--b--\n",
	  1 },
	{ "rich text in alternative", "body T eval:check_ma_non_text()",
	  "MIME-Version: 1.0\n"
	  "Content-Type: multipart/alternative; boundary=b\n"
	  "\n"
	  "--b\n"
	  "Content-Type: text/plain\n"
	  "\n"
	  "x\n"
	  "--b\n"
	  "Content-Type: application/rtf\n"
	  "\n"
	  "x\n"
	  "--b--\n",
	  0 },
	{ "an image in mixed", "body T eval:check_ma_non_text()",
	  "MIME-Version: 1.0\n"
	  "Content-Type: multipart/mixed; boundary=b\n"
	  "\n"
	  "--b\n"
	  "Content-Type: text/plain\n"
	  "\n"
	  "x\n"
	  "--b\n"
	  "Content-Type: image/gif\n"
	  "\n"
	  "x\n"
	  "--b--\n",
	  0 },
	{ "77 characters of base64", "body T eval:check_base64_length('78', '79')",
	  "Content-Type: image/gif\n"
	  "Content-Transfer-Encoding: base64\n"
	  "\n"
	  "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n",
	  1 },
	{ "76 characters", "body T eval:check_base64_length('78', '79')",
	  "Content-Type: image/gif\n"
	  "Content-Transfer-Encoding: base64\n"
	  "\n"
	  "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n",
	  0 },
	{ "none of base64", "body T eval:check_base64_length('1')",
	  "Content-Type: text/plain\n"
	  "\n"
	  "text\n",
	  0 },
	{ "missing separator", "header T eval:check_msg_parse_flags('missing_head_body_separator')",
	  "Subject: x\n", 1 },
	{ "a separator", "header T eval:check_msg_parse_flags('missing_head_body_separator')",
	  "Subject: x\n"
	  "\n"
	  "text\n",
	  0 },
	{ "an epilogue", "header T eval:check_msg_parse_flags('mime_epilogue_exists')",
	  "MIME-Version: 1.0\n"
	  "Content-Type: multipart/mixed; boundary=b\n"
	  "\n"
	  "--b\n"
	  "Content-Type: text/plain\n"
	  "\n"
	  "x\n"
	  "--b--\n"
	  "more\n",
	  1 },
	{ "a long header", "body T eval:check_msg_parse_flags('truncated_header')",
	  "X-Long: "
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\n"
	  "\n"
	  "text\n",
	  1 },
};

static void test_mime(void **state)
{
	(void)state;
	assert_int_equal(harness_wrong_rows(mime_rows, sizeof(mime_rows) / sizeof(mime_rows[0])),
			 0);
}

static const struct harness_row uppercase_rows[] = {
	{ "capitals", "body T eval:check_for_uppercase('75', '100')",
	  "Content-Type: text/plain\n"
	  "\n"
	  "THIS IS A LINE OF TEXT IN CAPITALS THAT GOES ON FOR A WHILE AND A WHILE MORE\n"
	  "THIS IS A LINE OF TEXT IN CAPITALS THAT GOES ON FOR A WHILE AND A WHILE MORE\n"
	  "THIS IS A LINE OF TEXT IN CAPITALS THAT GOES ON FOR A WHILE AND A WHILE MORE\n",
	  1 },
	{ "small letters", "body T eval:check_for_uppercase('25', '50')",
	  "Content-Type: text/plain\n"
	  "\n"
	  "this is a line of text in small letters that goes on for a while and a while\n"
	  "this is a line of text in small letters that goes on for a while and a while\n"
	  "this is a line of text in small letters that goes on for a while and a while\n",
	  0 },
	{ "half", "body T eval:check_for_uppercase('25', '75')",
	  "Content-Type: text/plain\n"
	  "\n"
	  "this is a line of text in small letters that goes on for a while and a while\n"
	  "this is a line of text in small letters that goes on for a while and a while\n"
	  "this is a line of text in small letters that goes on for a while and a while\n"
	  "\n"
	  "THIS IS A LINE OF TEXT IN CAPITALS THAT GOES ON FOR A WHILE AND A WHILE MORE\n"
	  "THIS IS A LINE OF TEXT IN CAPITALS THAT GOES ON FOR A WHILE AND A WHILE MORE\n"
	  "THIS IS A LINE OF TEXT IN CAPITALS THAT GOES ON FOR A WHILE AND A WHILE MORE\n",
	  1 },
	{ "too short", "body T eval:check_for_uppercase('75', '100')",
	  "Content-Type: text/plain\n"
	  "\n"
	  "SHORT TEXT HERE\n",
	  0 },
	{ "Japanese is exempt", "body T eval:check_for_uppercase('75', '100')",
	  "Content-Type: text/plain; charset=iso-2022-jp\n"
	  "\n"
	  "THIS IS A LINE OF TEXT IN CAPITALS THAT GOES ON FOR A WHILE AND A WHILE MORE\n"
	  "THIS IS A LINE OF TEXT IN CAPITALS THAT GOES ON FOR A WHILE AND A WHILE MORE\n"
	  "THIS IS A LINE OF TEXT IN CAPITALS THAT GOES ON FOR A WHILE AND A WHILE MORE\n",
	  0 },
	{ "faraway text, English only",
	  "ok_locales en\n"
	  "body T eval:check_for_faraway_charset()",
	  "Content-Type: text/plain; charset=koi8-r\n"
	  "\n"
	  "\xf0"
	  "\xf2"
	  "\xe9"
	  "\xf7"
	  "\xe5"
	  "\xf4"
	  "\xf0"
	  "\xf2"
	  "\xe9"
	  "\xf7"
	  "\xe5"
	  "\xf4"
	  "\n",
	  1 },
	{ "faraway charset, Latin text",
	  "ok_locales en\n"
	  "body T eval:check_for_faraway_charset()",
	  "Content-Type: text/plain; charset=koi8-r\n"
	  "\n"
	  "hello\n",
	  0 },
};

static void test_uppercase(void **state)
{
	(void)state;
	assert_int_equal(
	    harness_wrong_rows(uppercase_rows, sizeof(uppercase_rows) / sizeof(uppercase_rows[0])),
	    0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_mime),
		cmocka_unit_test(test_uppercase),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
