/* SPDX-License-Identifier: BSD-2-Clause */
/* Programs by name and by first bytes; names that do not fit types. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "checks/harness.h"

static const struct harness_row programs_rows[] = {
	{ "by name", "body T eval:check_microsoft_executable()",
	  "MIME-Version: 1.0\n"
	  "Content-Type: multipart/mixed; boundary=b\n"
	  "\n"
	  "--b\n"
	  "Content-Type: text/plain\n"
	  "\n"
	  "x\n"
	  "--b\n"
	  "Content-Type: application/x-any; name=a.EXE\n"
	  "Content-Transfer-Encoding: base64\n"
	  "\n"
	  "YWJj\n"
	  "--b--\n",
	  1 },
	{ "not by the disposition's name", "body T eval:check_microsoft_executable()",
	  "MIME-Version: 1.0\n"
	  "Content-Type: multipart/mixed; boundary=b\n"
	  "\n"
	  "--b\n"
	  "Content-Type: text/plain\n"
	  "\n"
	  "x\n"
	  "--b\n"
	  "Content-Type: application/x\n"
	  "Content-Disposition: attachment; filename=a.exe\n"
	  "\n"
	  "x\n"
	  "--b--\n",
	  0 },
	{ "by its first bytes", "body T eval:check_microsoft_executable()",
	  "MIME-Version: 1.0\n"
	  "Content-Type: multipart/mixed; boundary=b\n"
	  "\n"
	  "--b\n"
	  "Content-Type: text/plain\n"
	  "\n"
	  "x\n"
	  "--b\n"
	  "Content-Type: application/x\n"
	  "Content-Transfer-Encoding: base64\n"
	  "\n"
	  "TVqQAAMAAAAEAAAA\n"
	  "--b--\n",
	  1 },
	{ "uuencoded", "body T eval:check_microsoft_executable()",
	  "Content-Type: text/plain\n"
	  "\n"
	  "M35J0``,````$````\n",
	  1 },
	{ "text", "body T eval:check_microsoft_executable()",
	  "Content-Type: text/plain\n"
	  "\n"
	  "text\n",
	  0 },
	{ "a picture that is a program", "body T eval:check_suspect_name()",
	  "MIME-Version: 1.0\n"
	  "Content-Type: multipart/mixed; boundary=b\n"
	  "\n"
	  "--b\n"
	  "Content-Type: text/plain\n"
	  "\n"
	  "x\n"
	  "--b\n"
	  "Content-Type: application/x-any; name=a.gif\n"
	  "Content-Transfer-Encoding: base64\n"
	  "\n"
	  "YWJj\n"
	  "--b--\n",
	  1 },
	{ "a picture", "body T eval:check_suspect_name()",
	  "MIME-Version: 1.0\n"
	  "Content-Type: multipart/mixed; boundary=b\n"
	  "\n"
	  "--b\n"
	  "Content-Type: text/plain\n"
	  "\n"
	  "x\n"
	  "--b\n"
	  "Content-Type: image/gif; name=a.gif\n"
	  "Content-Transfer-Encoding: base64\n"
	  "\n"
	  "YWJj\n"
	  "--b--\n",
	  0 },
	{ "octet-stream may be anything", "body T eval:check_suspect_name()",
	  "MIME-Version: 1.0\n"
	  "Content-Type: multipart/mixed; boundary=b\n"
	  "\n"
	  "--b\n"
	  "Content-Type: text/plain\n"
	  "\n"
	  "x\n"
	  "--b\n"
	  "Content-Type: application/octet-stream; name=a.gif\n"
	  "Content-Transfer-Encoding: base64\n"
	  "\n"
	  "YWJj\n"
	  "--b--\n",
	  0 },
	{ "a document", "body T eval:check_suspect_name()",
	  "MIME-Version: 1.0\n"
	  "Content-Type: multipart/mixed; boundary=b\n"
	  "\n"
	  "--b\n"
	  "Content-Type: text/plain\n"
	  "\n"
	  "x\n"
	  "--b\n"
	  "Content-Type: application/msword; name=a.doc\n"
	  "Content-Transfer-Encoding: base64\n"
	  "\n"
	  "YWJj\n"
	  "--b--\n",
	  0 },
	{ "a document that is none", "body T eval:check_suspect_name()",
	  "MIME-Version: 1.0\n"
	  "Content-Type: multipart/mixed; boundary=b\n"
	  "\n"
	  "--b\n"
	  "Content-Type: text/plain\n"
	  "\n"
	  "x\n"
	  "--b\n"
	  "Content-Type: text/plain; name=a.doc\n"
	  "Content-Transfer-Encoding: base64\n"
	  "\n"
	  "YWJj\n"
	  "--b--\n",
	  1 },
};

static void test_programs(void **state)
{
	(void)state;
	assert_int_equal(
	    harness_wrong_rows(programs_rows, sizeof(programs_rows) / sizeof(programs_rows[0])), 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_programs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
