/* SPDX-License-Identifier: BSD-2-Clause */
/* Languages guessed with two small models, and what does not count as text. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "checks/harness.h"

#include "core/arena.h"
#include "msg/msg.h"

/* Two languages of one letter each, and one that is switched off. */
#define MODELS "harness_file languages a\\naa\\n0 xx\\nb\\nbb\\n0 yy.utf8\\nb\\nbb\\n0 la\\n\n"
#define A64 "aaa aaa aaa aaa aaa aaa aaa aaa aaa aaa aaa aaa aaa aaa aaa aaa "
#define A256 A64 A64 A64 A64
#define B64 "bbb bbb bbb bbb bbb bbb bbb bbb bbb bbb bbb bbb bbb bbb bbb bbb "
#define B256 B64 B64 B64 B64
#define RULE "body T eval:check_language()\n"

static const struct harness_row textcat_rows[] = {
	{ "all is ok by default", MODELS RULE, "\n" A256 "\n", 0 },
	{ "another one", MODELS "ok_languages yy\n" RULE, "\n" A256 "\n", 1 },
	{ "the one that is ok", MODELS "ok_languages yy xx\n" RULE, "\n" A256 "\n", 0 },
	{ ".utf8 is cut off", MODELS "ok_languages yy\n" RULE, "\n" B256 "\n", 0 },
	{ "capitals", MODELS "ok_languages yy\n" RULE, "\nAAAA " A256 "\n", 1 },
	{ "too short", MODELS "ok_languages yy\n" RULE, "\n" A64 A64 A64 "\n", 0 },
	{ "links are no text", MODELS "ok_languages yy\n" RULE,
	  "\n" A64 A64 A64 "http://" A64 A64
	  "www.aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n",
	  1 },
	{ "only links", MODELS "ok_languages yy\n" RULE,
	  "\nhttp://example.com/"
	  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	  "aaa"
	  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	  "aaa\n",
	  0 },
	{ "no models",
	  "harness_file languages none\n"
	  "ok_languages yy\n" RULE,
	  "\n" A256 "\n", 0 },
	{ "too many",
	  MODELS "textcat_acceptable_score 9\ntextcat_max_languages 1\nok_languages zz\n" RULE,
	  "\n" A256 "\n", 0 },
	{ "eight bytes", MODELS "ok_languages en\nbody T eval:check_body_8bits()",
	  "\nx\xd0\xb4\xd0\xb4\xd0\xb4\xd0\xb4\n", 1 },
	{ "six", MODELS "ok_languages en\nbody T eval:check_body_8bits()",
	  "\nx\xd0\xb4\xd0\xb4\xd0\xb4 \xd0\xb4\n", 0 },
	{ "eight are usual in Russian", MODELS "ok_languages en ru\nbody T eval:check_body_8bits()",
	  "\nx\xd0\xb4\xd0\xb4\xd0\xb4\xd0\xb4\n", 0 },
};

static void test_rows(void **state)
{
	(void)state;
	assert_int_equal(
	    harness_wrong_rows(textcat_rows, sizeof(textcat_rows) / sizeof(textcat_rows[0])), 0);
}

static void assert_header(const char *config, const char *message, const char *spec,
			  const char *want)
{
	struct harness h;
	bool found;

	harness_init(&h);
	harness_config(&h, str_of(config));
	harness_ready(&h);
	harness_message(&h, str_of(message), 0);
	assert_true(str_eq(msg_get(h.msg, str_of(spec), &found), str_of(want)));
	harness_done(&h);
}

static void test_headers(void **state)
{
	(void)state;
	assert_header(MODELS, "\n" A256 "\n", "X-Languages", "xx");
	assert_header(MODELS, "\n" B256 "\n", "X-Languages", "yy");
	assert_header(MODELS "textcat_acceptable_score 9\n", "\n" A256 "\n", "X-Languages",
		      "xx yy");
	assert_header(MODELS, "Subject: Re: Fwd: aaa\n\nbbb\n", "X-Languages-Length", "9");
	assert_header(MODELS, "X-Languages: mine\n\n" A256 "\n", "X-Languages", "mine\n");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_headers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
