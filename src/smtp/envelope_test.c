/* SPDX-License-Identifier: BSD-2-Clause */
/* MAIL and RCPT written as they were read; the refusals are in server_mail_test.c. */
#include "smtp/envelope.h"

#include "core/arena.h"
#include "core/strbuf.h"
#include "smtp/reply.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#define ALL (~0u)
#define X(ext) (1u << SMTP_EXT_##ext)

static const struct {
	const char *in;
	unsigned exts;
	const char *want;
} mails[] = {
	{ "FROM:<>", ALL, "MAIL FROM:<>" },
	{ "from: <a@x>", 0, "MAIL FROM:<a@x>" },
	{ "FROM:<@r,@s:\"a b\"@x>", ALL, "MAIL FROM:<\"a b\"@x>" },
	{ "FROM:<a@x> size=0012 body=8bitmime smtputf8 ret=full envid=+2B auth=a@x", ALL,
	  "MAIL FROM:<a@x> SIZE=12 BODY=8BITMIME SMTPUTF8 RET=FULL ENVID=+2B AUTH=a@x" },
	{ "FROM:<a@x> AUTH=<> RET=HDRS BODY=7BIT", ALL,
	  "MAIL FROM:<a@x> BODY=7BIT RET=HDRS AUTH=<>" },
	{ "FROM:<a@x> SIZE=1 BODY=7BIT SMTPUTF8 RET=HDRS AUTH=<>", 0, "MAIL FROM:<a@x>" },
	{ "FROM:<a@x> SIZE=1 BODY=7BIT RET=HDRS ENVID=x AUTH=<>", X(SIZE),
	  "MAIL FROM:<a@x> SIZE=1" },
	{ "FROM:<a@x> SIZE=1 BODY=7BIT RET=HDRS ENVID=x", X(DSN),
	  "MAIL FROM:<a@x> RET=HDRS ENVID=x" },
	{ "FROM:<a@x> SIZE=1 BODY=7BIT AUTH=<>", X(8BITMIME), "MAIL FROM:<a@x> BODY=7BIT" },
	{ "FROM:<\xc3\xb6@x> SMTPUTF8", X(SMTPUTF8), "MAIL FROM:<\xc3\xb6@x> SMTPUTF8" },
};

static const struct {
	const char *in;
	unsigned exts;
	const char *want;
} rcpts[] = {
	{ "TO:<postmaster>", ALL, "RCPT TO:<postmaster>" },
	{ "To: <@a:b@x>", ALL, "RCPT TO:<b@x>" },
	{ "TO:<b@x> notify=never", ALL, "RCPT TO:<b@x> NOTIFY=NEVER" },
	{ "TO:<b@x> NOTIFY=DELAY,SUCCESS", ALL, "RCPT TO:<b@x> NOTIFY=SUCCESS,DELAY" },
	{ "TO:<b@x> ORCPT=rfc822;B+2B@x NOTIFY=failure", ALL,
	  "RCPT TO:<b@x> NOTIFY=FAILURE ORCPT=rfc822;B+2B@x" },
	{ "TO:<b@x> ORCPT=utf-8;\xc3\xb6@x", ALL, "RCPT TO:<b@x> ORCPT=utf-8;\xc3\xb6@x" },
	{ "TO:<b@x> ORCPT=rfc822;b@x NOTIFY=NEVER", ALL & ~X(DSN), "RCPT TO:<b@x>" },
};

static void check(struct strbuf *out, const char *want)
{
	assert_true(str_ends(strbuf_str(out), STR("\r\n")));
	strbuf_truncate(out, out->n - 2);
	assert_string_equal(out->p, want);
	strbuf_clear(out);
}

static void test_mail(void **state)
{
	struct arena *a = arena_new();
	struct strbuf out;

	(void)state;
	strbuf_init(&out, 0);
	for (size_t i = 0; i < ELEMENTS(mails); i++) {
		struct smtp_reply why;
		struct smtp_mail m;

		assert_int_equal(smtp_mail_parse(a, str_of(mails[i].in), &m, &why), 0);
		smtp_mail_encode(&out, &m, mails[i].exts);
		check(&out, mails[i].want);
	}
	strbuf_done(&out);
	arena_free(a);
}

static void test_rcpt(void **state)
{
	struct arena *a = arena_new();
	struct strbuf out;

	(void)state;
	strbuf_init(&out, 0);
	for (size_t i = 0; i < ELEMENTS(rcpts); i++) {
		struct smtp_reply why;
		struct smtp_rcpt r;

		assert_int_equal(smtp_rcpt_parse(a, str_of(rcpts[i].in), true, &r, &why), 0);
		smtp_rcpt_encode(&out, &r, rcpts[i].exts);
		check(&out, rcpts[i].want);
	}
	strbuf_done(&out);
	arena_free(a);
}

/* A refusal leaves the result alone. */
static void test_refused(void **state)
{
	struct smtp_mail m = { .size = 4711 };
	struct arena *a = arena_new();
	struct smtp_reply why;

	(void)state;
	assert_int_equal(smtp_mail_parse(a, STR("FROM:<a@x> SIZE=1 RET=x"), &m, &why), -1);
	assert_int_equal(m.size, 4711);
	assert_int_equal(why.code, 501);
	assert_true(str_eq(why.enhanced, STR("5.5.4")));
	arena_free(a);
}

static void test_ext_names(void **state)
{
	(void)state;
	assert_string_equal(smtp_ext_name(SMTP_EXT_VRFY), "VRFY");
	assert_string_equal(smtp_ext_name(SMTP_EXT_AUTH), "AUTH");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_mail),
		cmocka_unit_test(test_rcpt),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_ext_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
