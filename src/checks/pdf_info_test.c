/* SPDX-License-Identifier: BSD-2-Clause */
/* PDF files: sizes, details, digests. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "checks/harness.h"

static const struct harness_row pdfs_rows[] = {
	{ "one file", "body T eval:pdf_count('1', '1')",
	  "MIME-Version: 1.0\n"
	  "Content-Type: multipart/mixed; boundary=b\n"
	  "\n"
	  "--b\n"
	  "Content-Type: text/plain\n"
	  "\n"
	  "x\n"
	  "--b\n"
	  "Content-Type: application/pdf; name=a.pdf\n"
	  "Content-Transfer-Encoding: base64\n"
	  "\n"
	  "JVBERi0xLjQKL0ltYWdlCjY0MCAwIDAgNDgwIDAgMCBjbQovQXV0aG9yIChKb2UgXCh4XCkpCi9UaXRs"
	  "ZSA8RkVGRjAwNDE+"
	  "Ci9DcmVhdG9yKE1lKSAvUHJvZHVjZXIgKEl0KQovQ3JlYXRpb25EYXRlIChEOjIwMDgwMTAxKQovRW5j"
	  "cnlwdCAxIDAK\n"
	  "--b--\n",
	  1 },
	{ "by its name", "body T eval:pdf_count('1')",
	  "MIME-Version: 1.0\n"
	  "Content-Type: multipart/mixed; boundary=b\n"
	  "\n"
	  "--b\n"
	  "Content-Type: text/plain\n"
	  "\n"
	  "x\n"
	  "--b\n"
	  "Content-Type: application/octet-stream; name=a.pdf\n"
	  "Content-Transfer-Encoding: base64\n"
	  "\n"
	  "JVBERi0xLjQKL0ltYWdlCjY0MCAwIDAgNDgwIDAgMCBjbQovQXV0aG9yIChKb2UgXCh4XCkpCi9UaXRs"
	  "ZSA8RkVGRjAwNDE+"
	  "Ci9DcmVhdG9yKE1lKSAvUHJvZHVjZXIgKEl0KQovQ3JlYXRpb25EYXRlIChEOjIwMDgwMTAxKQovRW5j"
	  "cnlwdCAxIDAK\n"
	  "--b--\n",
	  1 },
	{ "another name", "body T eval:pdf_count('1')",
	  "MIME-Version: 1.0\n"
	  "Content-Type: multipart/mixed; boundary=b\n"
	  "\n"
	  "--b\n"
	  "Content-Type: text/plain\n"
	  "\n"
	  "x\n"
	  "--b\n"
	  "Content-Type: application/octet-stream; name=a.doc\n"
	  "Content-Transfer-Encoding: base64\n"
	  "\n"
	  "JVBERi0xLjQKL0ltYWdlCjY0MCAwIDAgNDgwIDAgMCBjbQovQXV0aG9yIChKb2UgXCh4XCkpCi9UaXRs"
	  "ZSA8RkVGRjAwNDE+"
	  "Ci9DcmVhdG9yKE1lKSAvUHJvZHVjZXIgKEl0KQovQ3JlYXRpb25EYXRlIChEOjIwMDgwMTAxKQovRW5j"
	  "cnlwdCAxIDAK\n"
	  "--b--\n",
	  0 },
	{ "no magic still counts", "body T eval:pdf_count('1')",
	  "MIME-Version: 1.0\n"
	  "Content-Type: multipart/mixed; boundary=b\n"
	  "\n"
	  "--b\n"
	  "Content-Type: text/plain\n"
	  "\n"
	  "x\n"
	  "--b\n"
	  "Content-Type: application/pdf; name=a.pdf\n"
	  "Content-Transfer-Encoding: base64\n"
	  "\n"
	  "bm90aGluZw==\n"
	  "--b--\n",
	  1 },
	{ "an image", "body T eval:pdf_image_count('1', '1')",
	  "MIME-Version: 1.0\n"
	  "Content-Type: multipart/mixed; boundary=b\n"
	  "\n"
	  "--b\n"
	  "Content-Type: text/plain\n"
	  "\n"
	  "x\n"
	  "--b\n"
	  "Content-Type: application/pdf; name=a.pdf\n"
	  "Content-Transfer-Encoding: base64\n"
	  "\n"
	  "JVBERi0xLjQKL0ltYWdlCjY0MCAwIDAgNDgwIDAgMCBjbQovQXV0aG9yIChKb2UgXCh4XCkpCi9UaXRs"
	  "ZSA8RkVGRjAwNDE+"
	  "Ci9DcmVhdG9yKE1lKSAvUHJvZHVjZXIgKEl0KQovQ3JlYXRpb25EYXRlIChEOjIwMDgwMTAxKQovRW5j"
	  "cnlwdCAxIDAK\n"
	  "--b--\n",
	  1 },
	{ "its size", "body T eval:pdf_image_size_exact('480', '640')",
	  "MIME-Version: 1.0\n"
	  "Content-Type: multipart/mixed; boundary=b\n"
	  "\n"
	  "--b\n"
	  "Content-Type: text/plain\n"
	  "\n"
	  "x\n"
	  "--b\n"
	  "Content-Type: application/pdf; name=a.pdf\n"
	  "Content-Transfer-Encoding: base64\n"
	  "\n"
	  "JVBERi0xLjQKL0ltYWdlCjY0MCAwIDAgNDgwIDAgMCBjbQovQXV0aG9yIChKb2UgXCh4XCkpCi9UaXRs"
	  "ZSA8RkVGRjAwNDE+"
	  "Ci9DcmVhdG9yKE1lKSAvUHJvZHVjZXIgKEl0KQovQ3JlYXRpb25EYXRlIChEOjIwMDgwMTAxKQovRW5j"
	  "cnlwdCAxIDAK\n"
	  "--b--\n",
	  1 },
	{ "range", "body T eval:pdf_image_size_range('400', '600', '500', '700')",
	  "MIME-Version: 1.0\n"
	  "Content-Type: multipart/mixed; boundary=b\n"
	  "\n"
	  "--b\n"
	  "Content-Type: text/plain\n"
	  "\n"
	  "x\n"
	  "--b\n"
	  "Content-Type: application/pdf; name=a.pdf\n"
	  "Content-Transfer-Encoding: base64\n"
	  "\n"
	  "JVBERi0xLjQKL0ltYWdlCjY0MCAwIDAgNDgwIDAgMCBjbQovQXV0aG9yIChKb2UgXCh4XCkpCi9UaXRs"
	  "ZSA8RkVGRjAwNDE+"
	  "Ci9DcmVhdG9yKE1lKSAvUHJvZHVjZXIgKEl0KQovQ3JlYXRpb25EYXRlIChEOjIwMDgwMTAxKQovRW5j"
	  "cnlwdCAxIDAK\n"
	  "--b--\n",
	  1 },
	{ "sides on lines of their own", "body T eval:pdf_image_count('1')",
	  "MIME-Version: 1.0\n"
	  "Content-Type: multipart/mixed; boundary=b\n"
	  "\n"
	  "--b\n"
	  "Content-Type: text/plain\n"
	  "\n"
	  "x\n"
	  "--b\n"
	  "Content-Type: application/pdf; name=a.pdf\n"
	  "Content-Transfer-Encoding: base64\n"
	  "\n"
	  "JVBERi0xLjQKL0ltYWdlCi9XaWR0aCA1Ci9IZWlnaHQgNgo=\n"
	  "--b--\n",
	  0 },
	{ "sides on one line", "body T eval:pdf_image_count('1')",
	  "MIME-Version: 1.0\n"
	  "Content-Type: multipart/mixed; boundary=b\n"
	  "\n"
	  "--b\n"
	  "Content-Type: text/plain\n"
	  "\n"
	  "x\n"
	  "--b\n"
	  "Content-Type: application/pdf; name=a.pdf\n"
	  "Content-Transfer-Encoding: base64\n"
	  "\n"
	  "JVBERi0xLjQKL0ltYWdlCjw8L1dpZHRoIDUvSGVpZ2h0IDY+Pgo=\n"
	  "--b--\n",
	  1 },
	{ "a blank between", "body T eval:pdf_image_count('1')",
	  "MIME-Version: 1.0\n"
	  "Content-Type: multipart/mixed; boundary=b\n"
	  "\n"
	  "--b\n"
	  "Content-Type: text/plain\n"
	  "\n"
	  "x\n"
	  "--b\n"
	  "Content-Type: application/pdf; name=a.pdf\n"
	  "Content-Transfer-Encoding: base64\n"
	  "\n"
	  "JVBERi0xLjQKL0ltYWdlCjw8L1dpZHRoIDUgL0hlaWdodCA2Pj4K\n"
	  "--b--\n",
	  0 },
	{ "area", "body T eval:pdf_pixel_coverage('307200', '307200')",
	  "MIME-Version: 1.0\n"
	  "Content-Type: multipart/mixed; boundary=b\n"
	  "\n"
	  "--b\n"
	  "Content-Type: text/plain\n"
	  "\n"
	  "x\n"
	  "--b\n"
	  "Content-Type: application/pdf; name=a.pdf\n"
	  "Content-Transfer-Encoding: base64\n"
	  "\n"
	  "JVBERi0xLjQKL0ltYWdlCjY0MCAwIDAgNDgwIDAgMCBjbQovQXV0aG9yIChKb2UgXCh4XCkpCi9UaXRs"
	  "ZSA8RkVGRjAwNDE+"
	  "Ci9DcmVhdG9yKE1lKSAvUHJvZHVjZXIgKEl0KQovQ3JlYXRpb25EYXRlIChEOjIwMDgwMTAxKQovRW5j"
	  "cnlwdCAxIDAK\n"
	  "--b--\n",
	  1 },
	{ "no image has no area", "body T eval:pdf_pixel_coverage('0')",
	  "MIME-Version: 1.0\n"
	  "Content-Type: multipart/mixed; boundary=b\n"
	  "\n"
	  "--b\n"
	  "Content-Type: text/plain\n"
	  "\n"
	  "x\n"
	  "--b\n"
	  "Content-Type: application/pdf; name=a.pdf\n"
	  "Content-Transfer-Encoding: base64\n"
	  "\n"
	  "JVBERi0xLjQK\n"
	  "--b--\n",
	  0 },
	{ "author", "body T eval:pdf_match_details('author', '/^Joe \\(x\\)$/')",
	  "MIME-Version: 1.0\n"
	  "Content-Type: multipart/mixed; boundary=b\n"
	  "\n"
	  "--b\n"
	  "Content-Type: text/plain\n"
	  "\n"
	  "x\n"
	  "--b\n"
	  "Content-Type: application/pdf; name=a.pdf\n"
	  "Content-Transfer-Encoding: base64\n"
	  "\n"
	  "JVBERi0xLjQKL0ltYWdlCjY0MCAwIDAgNDgwIDAgMCBjbQovQXV0aG9yIChKb2UgXCh4XCkpCi9UaXRs"
	  "ZSA8RkVGRjAwNDE+"
	  "Ci9DcmVhdG9yKE1lKSAvUHJvZHVjZXIgKEl0KQovQ3JlYXRpb25EYXRlIChEOjIwMDgwMTAxKQovRW5j"
	  "cnlwdCAxIDAK\n"
	  "--b--\n",
	  1 },
	{ "title in hexadecimal", "body T eval:pdf_match_details('title', '/^A$/')",
	  "MIME-Version: 1.0\n"
	  "Content-Type: multipart/mixed; boundary=b\n"
	  "\n"
	  "--b\n"
	  "Content-Type: text/plain\n"
	  "\n"
	  "x\n"
	  "--b\n"
	  "Content-Type: application/pdf; name=a.pdf\n"
	  "Content-Transfer-Encoding: base64\n"
	  "\n"
	  "JVBERi0xLjQKL0ltYWdlCjY0MCAwIDAgNDgwIDAgMCBjbQovQXV0aG9yIChKb2UgXCh4XCkpCi9UaXRs"
	  "ZSA8RkVGRjAwNDE+"
	  "Ci9DcmVhdG9yKE1lKSAvUHJvZHVjZXIgKEl0KQovQ3JlYXRpb25EYXRlIChEOjIwMDgwMTAxKQovRW5j"
	  "cnlwdCAxIDAK\n"
	  "--b--\n",
	  1 },
	{ "producer, any case", "body T eval:pdf_match_details('producer', '/^iT$/i')",
	  "MIME-Version: 1.0\n"
	  "Content-Type: multipart/mixed; boundary=b\n"
	  "\n"
	  "--b\n"
	  "Content-Type: text/plain\n"
	  "\n"
	  "x\n"
	  "--b\n"
	  "Content-Type: application/pdf; name=a.pdf\n"
	  "Content-Transfer-Encoding: base64\n"
	  "\n"
	  "JVBERi0xLjQKL0ltYWdlCjY0MCAwIDAgNDgwIDAgMCBjbQovQXV0aG9yIChKb2UgXCh4XCkpCi9UaXRs"
	  "ZSA8RkVGRjAwNDE+"
	  "Ci9DcmVhdG9yKE1lKSAvUHJvZHVjZXIgKEl0KQovQ3JlYXRpb25EYXRlIChEOjIwMDgwMTAxKQovRW5j"
	  "cnlwdCAxIDAK\n"
	  "--b--\n",
	  1 },
	{ "created", "body T eval:pdf_match_details('created', '/^2008/')",
	  "MIME-Version: 1.0\n"
	  "Content-Type: multipart/mixed; boundary=b\n"
	  "\n"
	  "--b\n"
	  "Content-Type: text/plain\n"
	  "\n"
	  "x\n"
	  "--b\n"
	  "Content-Type: application/pdf; name=a.pdf\n"
	  "Content-Transfer-Encoding: base64\n"
	  "\n"
	  "JVBERi0xLjQKL0ltYWdlCjY0MCAwIDAgNDgwIDAgMCBjbQovQXV0aG9yIChKb2UgXCh4XCkpCi9UaXRs"
	  "ZSA8RkVGRjAwNDE+"
	  "Ci9DcmVhdG9yKE1lKSAvUHJvZHVjZXIgKEl0KQovQ3JlYXRpb25EYXRlIChEOjIwMDgwMTAxKQovRW5j"
	  "cnlwdCAxIDAK\n"
	  "--b--\n",
	  1 },
	{ "name", "body T eval:pdf_name_regex('/^a/')",
	  "MIME-Version: 1.0\n"
	  "Content-Type: multipart/mixed; boundary=b\n"
	  "\n"
	  "--b\n"
	  "Content-Type: text/plain\n"
	  "\n"
	  "x\n"
	  "--b\n"
	  "Content-Type: application/pdf; name=a.pdf\n"
	  "Content-Transfer-Encoding: base64\n"
	  "\n"
	  "JVBERi0xLjQKL0ltYWdlCjY0MCAwIDAgNDgwIDAgMCBjbQovQXV0aG9yIChKb2UgXCh4XCkpCi9UaXRs"
	  "ZSA8RkVGRjAwNDE+"
	  "Ci9DcmVhdG9yKE1lKSAvUHJvZHVjZXIgKEl0KQovQ3JlYXRpb25EYXRlIChEOjIwMDgwMTAxKQovRW5j"
	  "cnlwdCAxIDAK\n"
	  "--b--\n",
	  1 },
	{ "named", "body T eval:pdf_named('a.pdf')",
	  "MIME-Version: 1.0\n"
	  "Content-Type: multipart/mixed; boundary=b\n"
	  "\n"
	  "--b\n"
	  "Content-Type: text/plain\n"
	  "\n"
	  "x\n"
	  "--b\n"
	  "Content-Type: application/pdf; name=a.pdf\n"
	  "Content-Transfer-Encoding: base64\n"
	  "\n"
	  "JVBERi0xLjQKL0ltYWdlCjY0MCAwIDAgNDgwIDAgMCBjbQovQXV0aG9yIChKb2UgXCh4XCkpCi9UaXRs"
	  "ZSA8RkVGRjAwNDE+"
	  "Ci9DcmVhdG9yKE1lKSAvUHJvZHVjZXIgKEl0KQovQ3JlYXRpb25EYXRlIChEOjIwMDgwMTAxKQovRW5j"
	  "cnlwdCAxIDAK\n"
	  "--b--\n",
	  1 },
	{ "encrypted", "body T eval:pdf_is_encrypted()",
	  "MIME-Version: 1.0\n"
	  "Content-Type: multipart/mixed; boundary=b\n"
	  "\n"
	  "--b\n"
	  "Content-Type: text/plain\n"
	  "\n"
	  "x\n"
	  "--b\n"
	  "Content-Type: application/pdf; name=a.pdf\n"
	  "Content-Transfer-Encoding: base64\n"
	  "\n"
	  "JVBERi0xLjQKL0ltYWdlCjY0MCAwIDAgNDgwIDAgMCBjbQovQXV0aG9yIChKb2UgXCh4XCkpCi9UaXRs"
	  "ZSA8RkVGRjAwNDE+"
	  "Ci9DcmVhdG9yKE1lKSAvUHJvZHVjZXIgKEl0KQovQ3JlYXRpb25EYXRlIChEOjIwMDgwMTAxKQovRW5j"
	  "cnlwdCAxIDAK\n"
	  "--b--\n",
	  1 },
	{ "empty body", "body T eval:pdf_is_empty_body()",
	  "MIME-Version: 1.0\n"
	  "Content-Type: multipart/mixed; boundary=b\n"
	  "\n"
	  "--b\n"
	  "Content-Type: image/x\n"
	  "\n"
	  "x\n"
	  "--b\n"
	  "Content-Type: application/pdf; name=a.pdf\n"
	  "Content-Transfer-Encoding: base64\n"
	  "\n"
	  "JVBERi0xLjQKL0ltYWdlCjY0MCAwIDAgNDgwIDAgMCBjbQovQXV0aG9yIChKb2UgXCh4XCkpCi9UaXRs"
	  "ZSA8RkVGRjAwNDE+"
	  "Ci9DcmVhdG9yKE1lKSAvUHJvZHVjZXIgKEl0KQovQ3JlYXRpb25EYXRlIChEOjIwMDgwMTAxKQovRW5j"
	  "cnlwdCAxIDAK\n"
	  "--b--\n",
	  1 },
	{ "body with text", "body T eval:pdf_is_empty_body('2')",
	  "MIME-Version: 1.0\n"
	  "Content-Type: multipart/mixed; boundary=b\n"
	  "\n"
	  "--b\n"
	  "Content-Type: text/plain\n"
	  "\n"
	  "a text\n"
	  "--b\n"
	  "Content-Type: application/pdf; name=a.pdf\n"
	  "Content-Transfer-Encoding: base64\n"
	  "\n"
	  "JVBERi0xLjQKL0ltYWdlCjY0MCAwIDAgNDgwIDAgMCBjbQovQXV0aG9yIChKb2UgXCh4XCkpCi9UaXRs"
	  "ZSA8RkVGRjAwNDE+"
	  "Ci9DcmVhdG9yKE1lKSAvUHJvZHVjZXIgKEl0KQovQ3JlYXRpb25EYXRlIChEOjIwMDgwMTAxKQovRW5j"
	  "cnlwdCAxIDAK\n"
	  "--b--\n",
	  0 },
	{ "digest", "body T eval:pdf_match_md5('eeb6342b1a22354e3391af8201bf06b9')",
	  "MIME-Version: 1.0\n"
	  "Content-Type: multipart/mixed; boundary=b\n"
	  "\n"
	  "--b\n"
	  "Content-Type: text/plain\n"
	  "\n"
	  "x\n"
	  "--b\n"
	  "Content-Type: application/pdf; name=a.pdf\n"
	  "Content-Transfer-Encoding: base64\n"
	  "\n"
	  "JVBERi0xLjQKL0ltYWdlCjY0MCAwIDAgNDgwIDAgMCBjbQovQXV0aG9yIChKb2UgXCh4XCkpCi9UaXRs"
	  "ZSA8RkVGRjAwNDE+"
	  "Ci9DcmVhdG9yKE1lKSAvUHJvZHVjZXIgKEl0KQovQ3JlYXRpb25EYXRlIChEOjIwMDgwMTAxKQovRW5j"
	  "cnlwdCAxIDAK\n"
	  "--b--\n",
	  1 },
};

static void test_pdfs(void **state)
{
	(void)state;
	assert_int_equal(harness_wrong_rows(pdfs_rows, sizeof(pdfs_rows) / sizeof(pdfs_rows[0])),
			 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pdfs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
