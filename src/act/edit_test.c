/* SPDX-License-Identifier: BSD-2-Clause */
/* Header edits by range; folding; a lying cage. */
#include "act/edit.h"

#include "act/fold.h"
#include "core/arena.h"
#include "core/strbuf.h"
#include "ipc/envelope.h"
#include "ipc/report.h"
#include "mime/field.h"
#include "policy/plan.h"

#include <stdlib.h>
#include <time.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const char message[] = "Received: from a by b\n"
			      "X-Spam-Status: No, forged\n\tby somebody\n"
			      "Subject: hello\n there\n"
			      "X-Virus-Scanned: by another\n"
			      "X-Spam-Flag: NO\n"
			      "\n"
			      "body\n";

static const struct edit_opts opts = {
	.level_char = { "*", 1 },
	.x_header_tag = { "X-Virus-Scanned", 15 },
	.x_header_line = { "Postern at x.test", 17 },
	.insert_received = true,
	.remove_existing_spam = true,
	.myhostname = { "mx.x.test", 9 },
	.localhost_name = { "localhost", 9 },
	.myproduct_name = { "postern", 7 },
};

static struct report_field fields[16];

static void fill_fields(struct report *r, struct str raw)
{
	struct field_reader fr;
	struct field f;

	r->field_count = 0;
	r->fields = fields;
	field_init(&fr, raw);
	while (field_next(&fr, &f))
		fields[r->field_count++] =
		    (struct report_field){ (uint32_t)f.at, (uint32_t)f.name_len,
					   (uint32_t)f.value_at, (uint32_t)f.end };
	r->header_end = (uint32_t)fr.header_end;
}

static struct str build(struct arena *a, const struct report *r, struct plan_rcpt *rcpt,
			struct str raw, bool *lied)
{
	struct plan plan = { .rcpts = rcpt, .count = 1, .group_count = 1 };
	struct envelope_rcpt to = { STR("u@x.test"), STR("") };
	struct envelope env = { .rcpts = &to,
				.rcpt_count = 1,
				.client_addr = STR("192.0.2.7"),
				.client_helo = STR("h.test") };
	struct edit_input in = { .opts = &opts,
				 .peer_helo = STR("h.test"),
				 .peer_addr = STR("192.0.2.7"),
				 .raw = raw,
				 .report = r,
				 .env = &env,
				 .plan = &plan,
				 .mail_id = STR("ABCDEFGHIJKL"),
				 .protocol = STR("ESMTP"),
				 .listen_port = 10024,
				 .now_ms = 1000000000000 };
	struct strbuf b;
	struct str *slices, ret;
	size_t n = edit_build(a, &in, &slices, lied);

	strbuf_init(&b, 0);
	for (size_t i = 0; i < n; i++)
		strbuf_add(&b, slices[i]);
	ret = str_dup(a, strbuf_str(&b));
	strbuf_done(&b);
	return ret;
}

static const char received[] =
    "Received: from h.test ([192.0.2.7])\n"
    "\tby localhost (mx.x.test [127.0.0.1]) (postern, port 10024) with ESMTP\n"
    "\tid ABCDEFGHIJKL for <u@x.test>; Sun, 9 Sep 2001 01:46:40 +0000 (UTC)\n";

static void expect(struct str got, const char *want)
{
	if (!str_eq(got, str_of(want)))
		fail_msg("got:\n%.*s\nwant:\n%s", STR_FMT(got), want);
}

static void test_local_spam(void **state)
{
	struct arena *a = arena_new();
	struct report_hit hits[] = { { STR("GTUBE"), 1000, 1, 0, STR("BODY: "), STR("x") },
				     { STR("NO_RELAYS"), -0.001, 2, 0, STR(""), STR("y") } };
	struct report r = { .flags = REPORT_SCORED | REPORT_VIRUS_ASKED,
			    .score = 3.1,
			    .hits = hits,
			    .hit_count = 2,
			    .autolearn = STR("no") };
	struct plan_rcpt rcpt = { .action = PLAN_PASS,
				  .is_local = true,
				  .is_tagged = true,
				  .is_spammy = true,
				  .has_tag = true,
				  .tag_level = -999,
				  .has_tag2 = true,
				  .tag2_level = 6.2,
				  .subject_tag = STR("[_SCORE_/_REQD_ _YESNO_] ") };
	struct strbuf want;
	bool lied;

	(void)state;
	fill_fields(&r, str_of(message));
	strbuf_init(&want, 0);
	strbuf_add_c(&want,
		     "X-Virus-Scanned: Postern at x.test\n"
		     "X-Spam-Flag: YES\n"
		     "X-Spam-Score: 3.1\n"
		     "X-Spam-Level: ***\n"
		     "X-Spam-Status: Yes, score=3.1 tagged_above=-999 required=6.2\n"
		     "\ttests=[GTUBE=1000, NO_RELAYS=-0.001, NO_RELAYS=-0.001] autolearn=no\n"
		     "\tautolearn_force=no\n");
	strbuf_add_c(&want, received);
	strbuf_add_c(&want, "Received: from a by b\n"
			    "Subject: [3.1/6.2 Yes] hello\n there\n"
			    "X-Virus-Scanned: by another\n"
			    "\n"
			    "body\n");
	expect(build(a, &r, &rcpt, str_of(message), &lied), want.p);
	assert_false(lied);
	strbuf_done(&want);
	arena_free(a);
}

/* Outgoing mail is not marked and its own X-Spam fields stay: they are the recipient's business. */
static void test_not_local(void **state)
{
	struct arena *a = arena_new();
	struct report r = { .flags = REPORT_SCORED, .score = 30 };
	struct plan_rcpt rcpt = { .action = PLAN_PASS, .is_tagged = true, .is_spammy = true };
	bool lied;

	(void)state;
	fill_fields(&r, str_of(message));
	expect(build(a, &r, &rcpt, str_of(message), &lied),
	       str_concat(a, str_of(received), str_of(message)).p);
	arena_free(a);
}

static void test_no_subject(void **state)
{
	struct arena *a = arena_new();
	struct report r = { .flags = REPORT_SCORED, .score = 30 };
	struct plan_rcpt rcpt = { .action = PLAN_PASS,
				  .is_local = true,
				  .subject_tag = STR("*** ") };
	bool lied;

	(void)state;
	fill_fields(&r, STR("From: a\n\nx\n"));
	expect(build(a, &r, &rcpt, STR("From: a\n\nx\n"), &lied),
	       arena_printf(a, "Subject: *** \n%sFrom: a\n\nx\n", received).p);
	arena_free(a);
}

/* Whatever ranges come, nothing outside the message is read, and the message goes on whole. */
static void test_lies(void **state)
{
	static const struct report_field lies[][2] = {
		{ { 0, 8, 9, 22 }, { 10, 1, 12, 30 } },    /* overlap */
		{ { 0, 8, 9, 4000 }, { 0, 0, 0, 0 } },     /* past the end */
		{ { 0, 8, 9, 5 }, { 0, 0, 0, 0 } },        /* ends before its value */
		{ { 0, 4000, 9, 22 }, { 22, 1, 36, 40 } }, /* a name longer than its field */
		{ { 3, 5, 9, 22 }, { 22, 13, 36, 60 } },   /* not at a line's start */
		{ { 0, 7, 8, 22 }, { 22, 13, 36, 60 } },   /* no colon there */
		{ { 0xfffffff0u, 8, 0xfffffff9u, 0xffffffffu }, { 0, 0, 0, 0 } },
	};
	struct plan_rcpt rcpt = { .action = PLAN_PASS, .is_local = true, .subject_tag = STR("x ") };

	(void)state;
	for (size_t i = 0; i < ELEMENTS(lies); i++) {
		struct arena *a = arena_new();
		struct report r = { .fields = (struct report_field *)(uintptr_t)lies[i],
				    .field_count = 2,
				    .header_end = (uint32_t)sizeof(message) - 6 };
		bool lied;
		struct str got = build(a, &r, &rcpt, str_of(message), &lied);

		assert_true(lied);
		assert_true(str_ends(got, str_of(message)));
		arena_free(a);
	}
}

/* However many rules were hit, how often and with what names: the field stays small and ends with its line. */
static void test_long_status(void **state)
{
	struct arena *a = arena_new();
	char name[250];
	struct report_hit hits[8];
	struct report r = { .flags = REPORT_SCORED, .hits = hits, .hit_count = ELEMENTS(hits) };
	struct plan_rcpt rcpt = { .action = PLAN_PASS, .is_local = true, .is_tagged = true };
	struct str got;
	size_t end;
	bool lied;

	(void)state;
	memset(name, 'A', sizeof(name));
	for (size_t i = 0; i < ELEMENTS(hits); i++)
		hits[i] = (struct report_hit){
			str_make(name, sizeof(name)), 1e300, 1000, 0, STR(""), STR("")
		};
	fill_fields(&r, str_of(message));
	got = build(a, &r, &rcpt, str_of(message), &lied);
	end = str_find(got, STR("...] autolearn="));
	assert_int_not_equal(end, STR_NPOS);
	assert_true(end > 50000 && end < 80000);
	assert_int_not_equal(str_find(got, STR("autolearn_force=no\nReceived: from h.test")),
			     STR_NPOS);
	arena_free(a);
}

static void test_fold(void **state)
{
	static const struct {
		const char *value, *want;
	} rows[] = {
		{ "short", "X: short\n" },
		{ "", "X:\n" },
		{ "a\n b\n c", "X: a b c\n" },
		{ "bad\rbytes\x7f", "X: bad?bytes?\n" },
		{ "0123456789012345678901234567890123456789012345678901234567890123456789\n"
		  " 01234\n 5",
		  "X: 0123456789012345678901234567890123456789012345678901234567890123456789\n"
		  "\t01234 5\n" },
	};

	(void)state;
	for (size_t i = 0; i < ELEMENTS(rows); i++) {
		struct strbuf b;

		strbuf_init(&b, 0);
		fold_field(&b, STR("X"), str_of(rows[i].value));
		assert_string_equal(b.p, rows[i].want);
		strbuf_done(&b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_local_spam),  cmocka_unit_test(test_not_local),
		cmocka_unit_test(test_no_subject),  cmocka_unit_test(test_lies),
		cmocka_unit_test(test_long_status), cmocka_unit_test(test_fold),
	};

	setenv("TZ", "UTC0", 1);
	tzset();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
