/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The server fed by the client through random splits: whatever the content, it comes back
 * unchanged, and so does the envelope. Random, with fixed seeds.
 */
#include "smtp/client.h"
#include "smtp/server.h"

#include "core/strbuf.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

struct pair {
	struct smtp_server *s;
	struct smtp_client *c;
	uint32_t random;
	struct strbuf to_server, to_client;
	struct strbuf got;
	struct str left; /* content still to be sent */
	bool is_done, is_closed, seen_end;
	unsigned ups;
};

static unsigned pick(struct pair *p, unsigned n)
{
	p->random = p->random * 1664525u + 1013904223u;
	return (p->random >> 8) % n;
}

static void make_content(struct pair *p, struct strbuf *out, unsigned kind)
{
	static const char bytes[] = ".\n.\n.a b\n\xc3\xb6\x00\x01\xff";
	unsigned n = kind == 0   ? 0
		     : kind == 1 ? pick(p, 20)
		     : kind == 2 ? pick(p, 3000)
				 : pick(p, 300000);

	for (unsigned i = 0; i < n; i++) {
		if (kind == 3 && pick(p, 50))
			strbuf_add_byte(out, 'x'); /* long lines */
		else
			strbuf_add_byte(out, bytes[pick(p, sizeof(bytes) - 1)]);
	}
	if (out->n && out->p[out->n - 1] != '\n')
		strbuf_add_byte(out, '\n');
}

static void drive_client(struct pair *p)
{
	for (;;) {
		size_t n;

		switch (smtp_client_next(p->c)) {
		case SMTP_CL_EV_UP: p->ups++; break;
		case SMTP_CL_EV_WANT_DATA:
			if (!p->left.n) {
				smtp_client_data_end(p->c);
				break;
			}
			n = smtp_client_data(p->c, str_sub(p->left, 0, 1 + pick(p, 30000)));
			assert_true(n > 0);
			p->left = str_from(p->left, n);
			break;
		case SMTP_CL_EV_READY:
			assert_false(p->seen_end);
			smtp_client_commit(p->c);
			break;
		case SMTP_CL_EV_DONE: p->is_done = true; break;
		case SMTP_CL_EV_CLOSE: p->is_closed = true; break;
		case SMTP_CL_EV_FAILED:
			fail_msg("failed: %.*s", STR_FMT(smtp_client_failure(p->c)->reply.text));
		default: return;
		}
	}
}

static void drive_server(struct pair *p)
{
	struct smtp_event ev;

	while (smtp_server_next(p->s, &ev)) {
		if (ev.type == SMTP_EV_BODY)
			strbuf_add(&p->got, ev.body);
		if (ev.type == SMTP_EV_END)
			p->seen_end = true;
		assert_true(ev.type != SMTP_EV_ABORT);
		if (smtp_server_answers_due(p->s))
			smtp_server_accept(p->s);
	}
}

/* Moves a random piece each way. */
static void shuttle(struct pair *p)
{
	size_t n;

	drive_client(p);
	strbuf_add(&p->to_server, smtp_client_take(p->c));
	n = 1 + pick(p, pick(p, 2) ? 10 : 50000);
	n = smtp_server_feed(p->s, str_sub(strbuf_str(&p->to_server), 0, n));
	strbuf_consume(&p->to_server, n);
	drive_server(p);
	strbuf_add(&p->to_client, smtp_server_take(p->s));
	n = 1 + pick(p, 60);
	n = n < p->to_client.n ? n : p->to_client.n;
	smtp_client_feed(p->c, str_sub(strbuf_str(&p->to_client), 0, n));
	strbuf_consume(&p->to_client, n);
}

static void one_message(struct pair *p, const struct smtp_client_mail *m, unsigned kind)
{
	struct strbuf content;

	strbuf_init(&content, 0);
	strbuf_clear(&p->got);
	make_content(p, &content, kind);
	p->left = strbuf_str(&content);
	p->is_done = p->seen_end = false;
	smtp_client_begin(p->c, m);
	while (!p->is_done)
		shuttle(p);
	assert_true(p->seen_end);
	assert_true(str_eq(strbuf_str(&p->got), strbuf_str(&content)));
	assert_int_equal(smtp_client_accepted(p->c), m->rcpt_count);
	for (size_t i = 0; i < m->rcpt_count; i++)
		assert_int_equal(smtp_client_result(p->c, i)->state, SMTP_CL_RCPT_SENT);
	strbuf_done(&content);
}

static void run(uint32_t seed)
{
	struct smtp_client_opts co = { .helo = STR("me"), .no_pipelining = seed & 1 };
	struct smtp_server_opts so = smtp_server_defaults();
	struct smtp_rcpt r1 = { .addr = { STR("\"a b\"@x"), STR("\"a b\""), STR("x") } };
	struct smtp_rcpt r2 = { .addr = { STR("b"), STR("b"), STR_NONE },
				.notify = SMTP_NOTIFY_DELAY };
	const struct smtp_rcpt *const rcpts[] = { &r1, &r2 };
	struct smtp_client_mail m = { .rcpts = rcpts, .rcpt_count = 2 };
	struct pair p = { .random = seed };

	m.mail.sender = (struct smtp_path){ STR("s@x"), STR("s"), STR("x") };
	m.xforward.v[SMTP_XF_HELO] = STR("h+=1");
	co.protocol = seed & 2 ? SMTP_PROTO_LMTP : SMTP_PROTO_SMTP;
	p.s = smtp_server_new(&so);
	p.c = smtp_client_new(&co);
	strbuf_init(&p.to_server, 0);
	strbuf_init(&p.to_client, 0);
	strbuf_init(&p.got, 0);
	strbuf_add(&p.to_client, smtp_server_take(p.s));
	while (!p.ups)
		shuttle(&p);
	for (unsigned kind = 0; kind < 4; kind++)
		one_message(&p, &m, kind);
	smtp_client_quit(p.c);
	while (!p.is_closed)
		shuttle(&p);
	assert_int_equal(p.ups, 1);
	strbuf_done(&p.to_server);
	strbuf_done(&p.to_client);
	strbuf_done(&p.got);
	smtp_server_free(p.s);
	smtp_client_free(p.c);
}

static void test_roundtrip(void **state)
{
	(void)state;
	for (uint32_t seed = 0; seed < 40; seed++)
		run(seed);
}

/* 1,100 recipients in one pipelined group pass through, the next one does not. */
static void test_many_recipients(void **state)
{
	enum { N = 1101 };
	static struct smtp_rcpt r = { .notify = 0 };
	static const struct smtp_rcpt *rcpts[N];
	struct smtp_client_opts co = { .helo = STR("me") };
	struct smtp_server_opts so = smtp_server_defaults();
	struct smtp_client_mail m = { .rcpts = rcpts, .rcpt_count = N };
	struct pair p = { .random = 1, .s = smtp_server_new(&so), .c = smtp_client_new(&co) };

	(void)state;
	r.addr = (struct smtp_path){ STR("some.recipient@example.org"), STR("some.recipient"),
				     STR("example.org") };
	m.mail.sender = (struct smtp_path){ STR(""), STR(""), STR_NONE };
	for (size_t i = 0; i < N; i++)
		rcpts[i] = &r;
	strbuf_init(&p.to_server, 0);
	strbuf_init(&p.to_client, 0);
	strbuf_init(&p.got, 0);
	strbuf_add(&p.to_client, smtp_server_take(p.s));
	while (!p.ups)
		shuttle(&p);
	smtp_client_begin(p.c, &m);
	while (!p.is_done)
		shuttle(&p);
	assert_int_equal(smtp_client_accepted(p.c), 1100);
	assert_int_equal(smtp_client_result(p.c, 1099)->state, SMTP_CL_RCPT_SENT);
	assert_int_equal(smtp_client_result(p.c, 1100)->state, SMTP_CL_RCPT_REFUSED);
	assert_int_equal(smtp_client_result(p.c, 1100)->reply.code, 452);
	strbuf_done(&p.to_server);
	strbuf_done(&p.to_client);
	strbuf_done(&p.got);
	smtp_server_free(p.s);
	smtp_client_free(p.c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_roundtrip),
		cmocka_unit_test(test_many_recipients),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
