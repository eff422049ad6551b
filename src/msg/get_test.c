/* SPDX-License-Identifier: BSD-2-Clause */
/* Header requests: pseudo-headers, modifiers, and how values are joined. */
#include "core/arena.h"
#include "core/strbuf.h"
#include "core/xalloc.h"
#include "mime/message.h"
#include "msg/get_spec.h"
#include "msg/msg.h"
#include "msg/relays.h"
#include "text/tld.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#define RELAY "Received: from a.com (b.com [1.2.3.4]) by c.com (8.11.6) with ESMTP id abc\n"
#define HOME "Received: from h (i [10.0.0.1]) by j (8.11.6) with ESMTP id def\n"

/* want: values with "|" between; NULL: not found. */
static const struct {
	const char *raw, *spec, *want;
} rows[] = {
	{ "X: a\n\tb\n\n", "X", "a b\n" },
	{ "X: a\n\tb\n\n", "x:raw", " a\n\tb\n" },
	{ "X:\n\n", "X", "\n" },
	{ "X: a\nX: b\n\n", "X", "a\n|b\n" },
	{ "X: a\nX: b\n\n", "X:first", "a\n" },
	{ "X: a\nX: b\n\n", "X:last", "b\n" },
	{ "X: a\nX: b\n\n", "X:topmost", "a\n|b\n" },
	{ "X: a\n\n", "Y", NULL },
	{ "From: \"A\" <a@b.com>, c@d.org\n\n", "From:addr", "a@b.com|c@d.org" },
	{ "From: =?utf-8?q?'a_b'?= <a@b.com>\n\n", "From:name", "a b" },
	{ "From: =?utf-8?q?a=2C_b?= <q@w.com>\n\n", "From:name", "a, b" },
	{ "From: =?utf-8?q?a_b?= <a@b.com>\n\n", "From:raw:name", "=?utf-8?q?a_b?= " },
	{ "From: <>\n\n", "From:addr", NULL },
	{ "From: A <a@x.b.com>\n\n", "From:host", "x.b.com" },
	{ "From: A <a@X.B.com>\n\n", "From:domain", "b.com" },
	{ "From: A <a@X.\xc3\xbc.com>\n\n", "From:addr:domain", "\xc3\xbc.com" },
	{ "From: c@d\n\n", "From:addr:host", "d" },
	{ "From: c@d\n\n", "From:host", NULL },
	{ "X: a@b.com c@d.org\n\n", "X:host", "d.org" },
	{ "X: see q.com. now\n\n", "X:host", NULL },
	{ "X: (q.com)\n\n", "X:host", NULL },
	{ "X: q.com\n\n", "X:host", "q.com" },
	{ "X: 1.2.3.4.5 6.7.8.9\n\n", "X:ip", "6.7.8.9" },
	{ "X: 1.2.3.4-5\n\n", "X:ip", "1.2.3.4" },
	{ "X: 6.7.8.9.\n\n", "X:ip", NULL },
	{ "X: 1.2.3.4\n\n", "X:revip", "4.3.2.1" },
	{ "X: IPv6:2001:db8::1\n\n", "X:ip", "IPv6:2001:db8::1" },
	{ "X: IPv6:2001:db8::1\n\n", "X:revip", NULL },
	{ "To: a\nCc: b\n\n", "ToCc", "a\n|b\n" },
	{ "To: a\n\tb\n\n", "ToCc:raw", " a b\n" },
	{ "Message-Id: <a>\nX-Message-Id: <b>\n\n", "MESSAGEID", "<b>\n|<a>\n" },
	{ "Message-Id: <a>\n\n", "messageid", NULL },
	{ "A: b\nC : =?utf-8?q?d?=\n\n", "ALL", "A: b\n|C: d\n" },
	{ "A: b\n c\njunk\nD: e\n\n", "ALL:raw", "A: b\n c\n|junk\n|D: e\n" },
	{ "A: b\r\n\r\n", "ALL:raw", "A: b\r\n|\r\n" },
	{ "A: b\n\n", "all", NULL },
	{ "A: b\n\n", "ALL:first", "A: b\n" },
	{ "A: b\n\n", "ALL-TRUSTED", "A: b\n" },
	{ "A: b\n\n", "ALL-UNTRUSTED", NULL },
	{ "A: b\n" RELAY "C: d\n\n", "ALL-TRUSTED", "A: b\n|" RELAY },
	{ "A: b\n" RELAY "C: d\n\n", "ALL-UNTRUSTED", RELAY "|C: d\n" },
	{ HOME "A: b\n" RELAY "C: d\n\n", "ALL-INTERNAL", HOME "|A: b\n|" RELAY },
	{ HOME "A: b\n" RELAY "C: d\n\n", "ALL-EXTERNAL", RELAY "|C: d\n" },
	{ "A: b\n\n", "X-Spam-Relays-Untrusted", "" },
	{ RELAY "\n", "x-spam-relays-untrusted:ip", "1.2.3.4" },
	{ "Return-Path: <a@b.com>\n\n", "EnvelopeFrom", "a@b.com" },
	{ "Return-Path: <>\n\n", "EnvelopeFrom", NULL },
	{ RELAY "Return-Path: <a@b.com>\n\n", "EnvelopeFrom", NULL },
	{ "X-Envelope-From: <x@y.com>\nReturn-Path: <a@b.com>\n\n", "EnvelopeFrom", "x@y.com" },
	{ "Return-Path: <a@b.com>\n" RELAY "X-Envelope-From: <x@y.com>\n\n", "EnvelopeFrom", NULL },
	{ "Return-Path: <a@b.com>\nFrom: c@d.org, e@d.org, f@g.com\n\n", "X-AuthorDomain",
	  "d.org g.com" },
	{ "Return-Path: <a@B.com>\n\n", "X-SenderDomain", "b.com" },
};

static struct msg *make_msg(struct arena *a, struct str raw, const struct msg_config *conf)
{
	struct msg *m = arena_zalloc(a, sizeof(*m));

	m->arena = a;
	m->gets = get_memo_new(a);
	m->conf = conf;
	m->mime = mime_message_parse(a, raw, NULL);
	m->relays = relays_parse(a, m->mime, conf, NULL);
	return m;
}

static void set_config(struct arena *a, struct msg_config *conf)
{
	struct tld_table *t = tld_table_new(a);

	msg_config_defaults(conf);
	tld_table_add(t, STR("com"), 1);
	tld_table_add(t, STR("org"), 1);
	conf->tlds = t;
}

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < ELEMENTS(rows); i++) {
		struct arena *a = arena_new();
		struct msg_config conf;
		struct msg *m;
		const struct str *v;
		struct strbuf b;
		size_t n;
		set_config(a, &conf);
		m = make_msg(a, str_of(rows[i].raw), &conf);
		n = msg_get_all(m, str_of(rows[i].spec), &v);
		strbuf_init(&b, 0);
		for (size_t k = 0; k < n; k++) {
			strbuf_add_c(&b, k ? "|" : "");
			strbuf_add(&b, v[k]);
		}
		if ((n > 0) != (rows[i].want != NULL) ||
		    (n && !str_eq(strbuf_str(&b), str_of(rows[i].want))))
			fail_msg("row %zu, %s: %zu values '%s'", i, rows[i].spec, n,
				 b.p ? b.p : "");
		strbuf_done(&b);
		arena_free(a);
	}
}

/* Numbered requests, in any number beside each other, give what the same ones give one by one. */
static void test_numbered(void **state)
{
	struct arena *a = arena_new();
	struct get_specs *specs = get_specs_new(a);
	const struct get_spec *q[ELEMENTS(rows)];

	(void)state;
	for (size_t i = 0; i < ELEMENTS(rows); i++)
		q[i] = get_specs_add(specs, str_of(rows[i].spec));
	for (size_t i = 0; i < ELEMENTS(rows); i++) {
		struct msg_config plain, numbered;
		struct msg *m, *n;

		set_config(a, &plain);
		numbered = plain;
		numbered.specs = specs;
		m = make_msg(a, str_of(rows[i].raw), &plain);
		n = make_msg(a, str_of(rows[i].raw), &numbered);
		for (size_t k = 0; k < ELEMENTS(rows); k++) {
			bool found, found_numbered;
			struct str want = msg_get(m, str_of(rows[k].spec), &found);
			struct str got = msg_get_spec(n, q[k], &found_numbered);

			if (found != found_numbered || !str_eq(got, want))
				fail_msg("row %zu, %s: '%.*s', not '%.*s'", i, rows[k].spec,
					 STR_FMT(got), STR_FMT(want));
			got = msg_get(n, str_of(rows[k].spec), &found_numbered);
			assert_true(found == found_numbered && str_eq(got, want));
		}
		n->metadata = &(struct msg_metadata){ STR("Nope"), STR("now there"), NULL };
		assert_true(str_eq(msg_get_first(n, STR("Nope")), STR("now there")));
	}
	arena_free(a);
}

static void test_joined(void **state)
{
	struct arena *a = arena_new();
	struct msg_config conf;
	struct msg *m;
	bool found;

	(void)state;
	set_config(a, &conf);
	m = make_msg(a, STR("X: a\nX: b\nFrom: a@b.com, c@d.com\nE:\n\n"), &conf);
	assert_true(str_eq(msg_get(m, STR("X"), &found), STR("a\nb\n")));
	assert_true(str_eq(msg_get(m, STR("From:addr"), &found), STR("a@b.com\nc@d.com")));
	assert_true(str_eq(msg_get(m, STR("E"), &found), STR("\n")));
	assert_true(found);
	assert_int_equal(msg_get(m, STR("Nope"), &found).n, 0);
	assert_false(found);
	assert_true(str_eq(msg_get_first(m, STR("X")), STR("a")));
	assert_true(str_eq(msg_get_first(m, STR("From:addr")), STR("a@b.com")));
	assert_int_equal(msg_get_first(m, STR("Nope")).n, 0);
	arena_free(a);
}

/* Each request is worked out once, and gives the message's own bytes where they are so already. */
static void test_memory(void **state)
{
	static const char raw[] = "X: a\nX: b\nY: c \nTo: d@e.com, f@g.com\n\n";
	static const char *const specs[] = { "X", "Y", "To:addr", "ALL:raw", "ALL", "Nope" };
	struct arena *a = arena_new();
	struct msg_config conf;
	struct msg *m;
	struct str all;
	bool found;

	(void)state;
	set_config(a, &conf);
	m = make_msg(a, str_of(raw), &conf);
	for (size_t i = 0; i < ELEMENTS(specs); i++) {
		const struct str *list, *again;
		struct str joined = msg_get(m, str_of(specs[i]), &found);
		size_t n = msg_get_all(m, str_of(specs[i]), &list), used = arena_bytes(a);

		assert_ptr_equal(msg_get(m, str_of(specs[i]), &found).p, joined.p);
		assert_int_equal(msg_get_all(m, str_of(specs[i]), &again), n);
		assert_ptr_equal(again, list);
		assert_int_equal(arena_bytes(a), used);
	}
	all = msg_get(m, STR("ALL:raw"), &found);
	assert_ptr_equal(all.p, raw);
	assert_ptr_equal(msg_get(m, STR("X:first"), &found).p, raw + 3);
	assert_true(str_eq(msg_get(m, STR("Y"), &found), STR("c\n")));
	m->metadata = &(struct msg_metadata){ STR("Nope"), STR("now there"), NULL };
	assert_true(str_eq(msg_get(m, STR("Nope"), &found), STR("now there")));
	arena_free(a);
}

static void test_sender_header(void **state)
{
	struct arena *a = arena_new();
	struct msg_config conf;
	struct msg *m;

	(void)state;
	set_config(a, &conf);
	conf.envelope_sender_header = STR("X-Sent-By");
	m = make_msg(a, STR("X-Sent-By: <a@b.com>\nReturn-Path: <c@d.com>\n\n"), &conf);
	assert_true(str_eq(msg_get_first(m, STR("EnvelopeFrom")), STR("a@b.com")));
	m = make_msg(a, STR("Return-Path: <c@d.com>\n\n"), &conf);
	assert_int_equal(msg_get_first(m, STR("EnvelopeFrom")).n, 0);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),          cmocka_unit_test(test_numbered),
		cmocka_unit_test(test_joined),        cmocka_unit_test(test_memory),
		cmocka_unit_test(test_sender_header),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
