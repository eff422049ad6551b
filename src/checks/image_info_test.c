/* SPDX-License-Identifier: BSD-2-Clause */
/* Images: how many, how large, what names. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "checks/harness.h"

static const struct harness_row images_rows[] = {
	{ "one image", "body T eval:image_count('gif', '1', '1')",
	  "MIME-Version: 1.0\n"
	  "Content-Type: multipart/mixed; boundary=b\n"
	  "\n"
	  "--b\n"
	  "Content-Type: text/plain\n"
	  "\n"
	  "some text here\n"
	  "--b\n"
	  "Content-Type: image/gif\n"
	  "Content-Transfer-Encoding: base64\n"
	  "\n"
	  "R0lGODlhZAAyAAAAAA==\n"
	  "--b--\n",
	  1 },
	{ "of another kind", "body T eval:image_count('png', '1', '1')",
	  "MIME-Version: 1.0\n"
	  "Content-Type: multipart/mixed; boundary=b\n"
	  "\n"
	  "--b\n"
	  "Content-Type: text/plain\n"
	  "\n"
	  "some text here\n"
	  "--b\n"
	  "Content-Type: image/gif\n"
	  "Content-Transfer-Encoding: base64\n"
	  "\n"
	  "R0lGODlhZAAyAAAAAA==\n"
	  "--b--\n",
	  0 },
	{ "all kinds", "body T eval:image_count('all', '3', '3')",
	  "MIME-Version: 1.0\n"
	  "Content-Type: multipart/mixed; boundary=b\n"
	  "\n"
	  "--b\n"
	  "Content-Type: text/plain\n"
	  "\n"
	  "some text here\n"
	  "--b\n"
	  "Content-Type: image/gif\n"
	  "Content-Transfer-Encoding: base64\n"
	  "\n"
	  "R0lGODlhZAAyAAAAAA==\n"
	  "--b\n"
	  "Content-Type: image/png\n"
	  "Content-Transfer-Encoding: base64\n"
	  "\n"
	  "iVBORw0KGgoAAAANSUhEUgAAASwAAADICAIAAABhYmNk\n"
	  "--b\n"
	  "Content-Type: image/jpeg\n"
	  "Content-Transfer-Encoding: base64\n"
	  "\n"
	  "/9j/4AAEYWL/wAARCAAoAB4D\n"
	  "--b--\n",
	  1 },
	{ "image/jpg is jpeg", "body T eval:image_count('jpeg', '1')",
	  "MIME-Version: 1.0\n"
	  "Content-Type: multipart/mixed; boundary=b\n"
	  "\n"
	  "--b\n"
	  "Content-Type: text/plain\n"
	  "\n"
	  "some text here\n"
	  "--b\n"
	  "Content-Type: image/jpg\n"
	  "Content-Transfer-Encoding: base64\n"
	  "\n"
	  "/9j/4AAEYWL/wAARCAAoAB4D\n"
	  "--b--\n",
	  1 },
	{ "a broken image counts", "body T eval:image_count('png', '1')",
	  "MIME-Version: 1.0\n"
	  "Content-Type: multipart/mixed; boundary=b\n"
	  "\n"
	  "--b\n"
	  "Content-Type: text/plain\n"
	  "\n"
	  "some text here\n"
	  "--b\n"
	  "Content-Type: image/png\n"
	  "Content-Transfer-Encoding: base64\n"
	  "\n"
	  "bm90aGluZw==\n"
	  "--b--\n",
	  1 },
	{ "but covers nothing", "body T eval:pixel_coverage('png', '1')",
	  "MIME-Version: 1.0\n"
	  "Content-Type: multipart/mixed; boundary=b\n"
	  "\n"
	  "--b\n"
	  "Content-Type: text/plain\n"
	  "\n"
	  "some text here\n"
	  "--b\n"
	  "Content-Type: image/png\n"
	  "Content-Transfer-Encoding: base64\n"
	  "\n"
	  "bm90aGluZw==\n"
	  "--b--\n",
	  0 },
	{ "gif area", "body T eval:pixel_coverage('gif', '5000', '5000')",
	  "MIME-Version: 1.0\n"
	  "Content-Type: multipart/mixed; boundary=b\n"
	  "\n"
	  "--b\n"
	  "Content-Type: text/plain\n"
	  "\n"
	  "some text here\n"
	  "--b\n"
	  "Content-Type: image/gif\n"
	  "Content-Transfer-Encoding: base64\n"
	  "\n"
	  "R0lGODlhZAAyAAAAAA==\n"
	  "--b--\n",
	  1 },
	{ "png area", "body T eval:pixel_coverage('png', '60000', '60000')",
	  "MIME-Version: 1.0\n"
	  "Content-Type: multipart/mixed; boundary=b\n"
	  "\n"
	  "--b\n"
	  "Content-Type: text/plain\n"
	  "\n"
	  "some text here\n"
	  "--b\n"
	  "Content-Type: image/png\n"
	  "Content-Transfer-Encoding: base64\n"
	  "\n"
	  "iVBORw0KGgoAAAANSUhEUgAAASwAAADICAIAAABhYmNk\n"
	  "--b--\n",
	  1 },
	{ "jpeg area", "body T eval:pixel_coverage('jpeg', '1200', '1200')",
	  "MIME-Version: 1.0\n"
	  "Content-Type: multipart/mixed; boundary=b\n"
	  "\n"
	  "--b\n"
	  "Content-Type: text/plain\n"
	  "\n"
	  "some text here\n"
	  "--b\n"
	  "Content-Type: image/jpeg\n"
	  "Content-Transfer-Encoding: base64\n"
	  "\n"
	  "/9j/4AAEYWL/wAARCAAoAB4D\n"
	  "--b--\n",
	  1 },
	{ "height before width", "body T eval:image_size_exact('gif', '50', '100')",
	  "MIME-Version: 1.0\n"
	  "Content-Type: multipart/mixed; boundary=b\n"
	  "\n"
	  "--b\n"
	  "Content-Type: text/plain\n"
	  "\n"
	  "some text here\n"
	  "--b\n"
	  "Content-Type: image/gif\n"
	  "Content-Transfer-Encoding: base64\n"
	  "\n"
	  "R0lGODlhZAAyAAAAAA==\n"
	  "--b--\n",
	  1 },
	{ "not width before height", "body T eval:image_size_exact('gif', '100', '50')",
	  "MIME-Version: 1.0\n"
	  "Content-Type: multipart/mixed; boundary=b\n"
	  "\n"
	  "--b\n"
	  "Content-Type: text/plain\n"
	  "\n"
	  "some text here\n"
	  "--b\n"
	  "Content-Type: image/gif\n"
	  "Content-Transfer-Encoding: base64\n"
	  "\n"
	  "R0lGODlhZAAyAAAAAA==\n"
	  "--b--\n",
	  0 },
	{ "range", "body T eval:image_size_range('all', '40', '90', '60', '110')",
	  "MIME-Version: 1.0\n"
	  "Content-Type: multipart/mixed; boundary=b\n"
	  "\n"
	  "--b\n"
	  "Content-Type: text/plain\n"
	  "\n"
	  "some text here\n"
	  "--b\n"
	  "Content-Type: image/gif\n"
	  "Content-Transfer-Encoding: base64\n"
	  "\n"
	  "R0lGODlhZAAyAAAAAA==\n"
	  "--b--\n",
	  1 },
	{ "out of range", "body T eval:image_size_range('all', '40', '90', '60', '99')",
	  "MIME-Version: 1.0\n"
	  "Content-Type: multipart/mixed; boundary=b\n"
	  "\n"
	  "--b\n"
	  "Content-Type: text/plain\n"
	  "\n"
	  "some text here\n"
	  "--b\n"
	  "Content-Type: image/gif\n"
	  "Content-Transfer-Encoding: base64\n"
	  "\n"
	  "R0lGODlhZAAyAAAAAA==\n"
	  "--b--\n",
	  0 },
	{ "named", "body T eval:image_named('x.gif')",
	  "MIME-Version: 1.0\n"
	  "Content-Type: multipart/mixed; boundary=b\n"
	  "\n"
	  "--b\n"
	  "Content-Type: text/plain\n"
	  "\n"
	  "some text here\n"
	  "--b\n"
	  "Content-Type: image/gif; name=x.gif\n"
	  "Content-Transfer-Encoding: base64\n"
	  "\n"
	  "R0lGODlhZAAyAAAAAA==\n"
	  "--b--\n",
	  1 },
	{ "by regexp", "body T eval:image_name_regex('^x.*gif$')",
	  "MIME-Version: 1.0\n"
	  "Content-Type: multipart/mixed; boundary=b\n"
	  "\n"
	  "--b\n"
	  "Content-Type: text/plain\n"
	  "\n"
	  "some text here\n"
	  "--b\n"
	  "Content-Type: image/gif; name=x.gif\n"
	  "Content-Transfer-Encoding: base64\n"
	  "\n"
	  "R0lGODlhZAAyAAAAAA==\n"
	  "--b--\n",
	  1 },
	{ "not in base64", "body T eval:image_count('gif', '1')",
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
	  "GIF89a\n"
	  "--b--\n",
	  0 },
	{ "little text", "body T eval:image_to_text_ratio('gif', '0.000', '0.015')",
	  "MIME-Version: 1.0\n"
	  "Content-Type: multipart/mixed; boundary=b\n"
	  "\n"
	  "--b\n"
	  "Content-Type: text/plain\n"
	  "\n"
	  "some text here\n"
	  "--b\n"
	  "Content-Type: image/gif\n"
	  "Content-Transfer-Encoding: base64\n"
	  "\n"
	  "R0lGODlhZAAyAAAAAA==\n"
	  "--b--\n",
	  1 },
	{ "no image", "body T eval:image_to_text_ratio('gif', '0.000', '0.015')",
	  "Content-Type: text/plain\n"
	  "\n"
	  "text\n",
	  0 },
};

static void test_images(void **state)
{
	(void)state;
	assert_int_equal(
	    harness_wrong_rows(images_rows, sizeof(images_rows) / sizeof(images_rows[0])), 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_images),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
