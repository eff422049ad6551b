/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The client against scripted servers. A script is a list of steps, by their first byte:
 *
 *	<text	the server sends the line
 *	>text	the client has sent exactly this line next
 *	=NAME	the next event
 *	.	there is no event, and nothing more was sent
 *	?i text	the result of recipient i
 *	~text	the failure: loss, phase, reply
 *	!verb	the owner does: begin quit commit abort lost timeout end, data TEXT ("|" for LF)
 *
 * Each runs with replies fed whole and byte by byte.
 */
#include "smtp/client.h"

#include "core/arena.h"
#include "core/strbuf.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

enum { LMTP = 1u << 0, FULL = 1u << 1, UTF8 = 1u << 2, BIG = 1u << 3, ONE = 1u << 4 };

struct script {
	const char *name;
	unsigned flags;
	const char *const *steps;
};

struct run {
	const struct script *sc;
	struct smtp_client *c;
	struct smtp_client_mail m;
	struct strbuf out; /* sent and not looked at */
	struct arena *arena;
	bool trickle;
};

static const char *const event_names[] = {
	[SMTP_CL_EV_NONE] = "NONE",           [SMTP_CL_EV_UP] = "UP",
	[SMTP_CL_EV_WANT_DATA] = "WANT_DATA", [SMTP_CL_EV_READY] = "READY",
	[SMTP_CL_EV_DONE] = "DONE",           [SMTP_CL_EV_FAILED] = "FAILED",
	[SMTP_CL_EV_CLOSE] = "CLOSE",
};

static const char *const result_names[] = {
	[SMTP_CL_RCPT_PENDING] = "PENDING", [SMTP_CL_RCPT_ACCEPTED] = "ACCEPTED",
	[SMTP_CL_RCPT_SENT] = "SENT",       [SMTP_CL_RCPT_REFUSED] = "REFUSED",
	[SMTP_CL_RCPT_LOST] = "LOST",
};

static const char *const loss_names[] = {
	[SMTP_CL_LOSS_NONE] = "NONE",         [SMTP_CL_LOSS_CLOSED] = "CLOSED",
	[SMTP_CL_LOSS_TIMEOUT] = "TIMEOUT",   [SMTP_CL_LOSS_REFUSED] = "REFUSED",
	[SMTP_CL_LOSS_PROTOCOL] = "PROTOCOL",
};

static void take(struct run *r)
{
	strbuf_add(&r->out, smtp_client_take(r->c));
}

static void serve(struct run *r, struct str line)
{
	struct str s = arena_printf(r->arena, "%.*s\r\n", STR_FMT(line));

	for (size_t i = 0; r->trickle && i < s.n; i++)
		smtp_client_feed(r->c, str_sub(s, i, i + 1));
	if (!r->trickle)
		smtp_client_feed(r->c, s);
}

static void check(const struct run *r, const char *step, struct str got, struct str want)
{
	if (!str_eq(got, want))
		fail_msg("%s: step \"%s\": got \"%.*s\"", r->sc->name, step, STR_FMT(got));
}

static void expect_line(struct run *r, const char *step, struct str want)
{
	struct str line = STR(""), rest;
	size_t at;

	take(r);
	rest = strbuf_str(&r->out);
	at = str_find(rest, STR("\r\n"));
	if (at != STR_NPOS)
		line = str_sub(rest, 0, at);
	check(r, step, line, want);
	if (at == STR_NPOS)
		fail_msg("%s: step \"%s\": nothing was sent", r->sc->name, step);
	strbuf_consume(&r->out, at + 2);
}

static void act(struct run *r, struct str verb)
{
	if (str_eq(verb, STR("begin"))) {
		smtp_client_begin(r->c, &r->m);
	} else if (str_eq(verb, STR("quit"))) {
		smtp_client_quit(r->c);
	} else if (str_eq(verb, STR("commit"))) {
		smtp_client_commit(r->c);
	} else if (str_eq(verb, STR("abort"))) {
		smtp_client_abort(r->c);
	} else if (str_eq(verb, STR("lost"))) {
		smtp_client_lost(r->c);
	} else if (str_eq(verb, STR("timeout"))) {
		smtp_client_timed_out(r->c);
	} else if (str_eq(verb, STR("end"))) {
		smtp_client_data_end(r->c);
	} else {
		struct str text = str_dup(r->arena, str_from(verb, 5));

		assert_true(str_starts(verb, STR("data ")));
		for (size_t i = 0; i < text.n; i++)
			if (text.p[i] == '|')
				((char *)(uintptr_t)text.p)[i] = '\n';
		assert_int_equal(smtp_client_data(r->c, text), text.n);
	}
}

static void expect_result(struct run *r, const char *step, struct str want)
{
	const struct smtp_client_result *res = smtp_client_result(r->c, (size_t)(want.p[0] - '0'));
	struct str reply = STR("");

	if (res->state != SMTP_CL_RCPT_PENDING)
		reply = smtp_reply_line(r->arena, &res->reply);
	check(r, step,
	      arena_printf(r->arena, "%c %s %s %.*s", want.p[0], result_names[res->state],
			   smtp_client_state_name(res->phase), STR_FMT(reply)),
	      want);
}

static void expect_failure(struct run *r, const char *step, struct str want)
{
	const struct smtp_client_failure *f = smtp_client_failure(r->c);

	assert_int_equal(f->is_uncertain, f->phase == SMTP_CL_DOT);
	check(r, step,
	      arena_printf(r->arena, "%s %s %.*s", loss_names[f->loss],
			   smtp_client_state_name(f->phase),
			   STR_FMT(smtp_reply_line(r->arena, &f->reply))),
	      want);
}

static void expect_event(struct run *r, const char *step, struct str want)
{
	enum smtp_client_event ev = smtp_client_next(r->c);

	if (ev == SMTP_CL_EV_NONE) { /* what waits for its output to be taken */
		take(r);
		ev = smtp_client_next(r->c);
	}
	check(r, step, str_of(event_names[ev]), want);
}

static void do_step(struct run *r, const char *step)
{
	struct str rest = str_of(step + 1);

	switch (step[0]) {
	case '<': serve(r, rest); break;
	case '>': expect_line(r, step, rest); break;
	case '=': expect_event(r, step, rest); break;
	case '?': expect_result(r, step, rest); break;
	case '~': expect_failure(r, step, rest); break;
	case '!': act(r, rest); break;
	case '.':
		check(r, step, str_of(event_names[smtp_client_next(r->c)]), STR("NONE"));
		take(r);
		check(r, step, strbuf_str(&r->out), STR(""));
		break;
	default: fail_msg("%s: no such step: %s", r->sc->name, step);
	}
}

static void run_script(const struct script *sc, bool trickle)
{
	struct smtp_client_opts o = { .helo = STR("me"), .protocol = SMTP_PROTO_SMTP };
	struct smtp_rcpt a = { .addr = { STR("a@y"), STR("a"), STR("y") } };
	struct smtp_rcpt b = { .addr = { STR("b@y"), STR("b"), STR("y") } };
	const struct smtp_rcpt *const rcpts[] = { &a, &b };
	struct run r = { .sc = sc, .arena = arena_new(), .trickle = trickle };

	if (sc->flags & LMTP)
		o.protocol = SMTP_PROTO_LMTP;
	r.m = (struct smtp_client_mail){
		.mail = { .sender = { STR("s@x"), STR("s"), STR("x") } },
		.rcpts = rcpts,
		.rcpt_count = sc->flags & ONE ? 1 : 2,
	};
	if (sc->flags & FULL) {
		a.notify = SMTP_NOTIFY_NEVER;
		b.orcpt = STR("rfc822;B@y");
		r.m.mail = (struct smtp_mail){
			r.m.mail.sender, 1000, SMTP_BODY_8BITMIME, SMTP_RET_HDRS, STR("Q+2B"),
			STR("<>"),       false
		};
		r.m.xforward.v[SMTP_XF_ADDR] = STR("2001:db8::1");
		r.m.xforward.v[SMTP_XF_HELO] = STR("a=b");
		r.m.xforward.v[SMTP_XF_IDENT] = STR("4A");
	}
	r.m.mail.smtputf8 = sc->flags & UTF8;
	r.m.mail.size = sc->flags & (BIG | FULL) ? 1000 : 0;
	r.c = smtp_client_new(&o);
	strbuf_init(&r.out, 0);
	for (const char *const *s = sc->steps; *s; s++)
		do_step(&r, *s);
	strbuf_done(&r.out);
	smtp_client_free(r.c);
	arena_free(r.arena);
}

#define SCRIPT(name, flags, ...)                                                                   \
	{                                                                                          \
		name, flags, (const char *const[])                                                 \
		{                                                                                  \
			__VA_ARGS__, NULL                                                          \
		}                                                                                  \
	}
#define HELLO(ext) "<220 x", "=NONE", ">EHLO me", "<250-x", "<250 " ext, "=UP", "."
#define HELLO_L(ext) "<220 x", "=NONE", ">LHLO me", "<250-x", "<250 " ext, "=UP", "."
#define PIPED "!begin", ">MAIL FROM:<s@x>", ">RCPT TO:<a@y>", ">RCPT TO:<b@y>", ">DATA", "."
#define TEXT "=WANT_DATA", "!data t|", "=WANT_DATA", "!end", "=READY", ">t", "."

static const struct script hellos[] = {
	SCRIPT("greeting refused", 0, "<554 5.7.1 go", "=FAILED", "~REFUSED GREETING 554 5.7.1 go",
	       "."),
	SCRIPT("greeting busy", 0, "<421 busy", "=FAILED", "~REFUSED GREETING 421 busy"),
	SCRIPT("greeting is no SMTP", 0, "<HTTP/1.1 400 Bad Request", "=FAILED",
	       "~PROTOCOL GREETING 451 4.5.0 protocol error while waiting for the greeting: no "
	       "SMTP reply: "
	       "\"HTTP/1.1 400 Bad Request\""),
	SCRIPT("greeting of the wrong class", 0, "<354 go", "=FAILED", "~PROTOCOL GREETING 354 go"),
	SCRIPT("lost before the greeting", 0, "!lost", "=FAILED",
	       "~CLOSED GREETING 451 4.4.2 lost connection while waiting for the greeting"),
	SCRIPT("greeting late", 0, "!timeout", "=FAILED",
	       "~TIMEOUT GREETING 451 4.4.2 timeout while waiting for the greeting"),
	SCRIPT("long greeting", 0, "<220-a", "<220-b", ".", "<220 c", "=NONE", ">EHLO me"),
	SCRIPT("HELO after EHLO", 0, "<220 x", "=NONE", ">EHLO me", "<500 what", "=NONE",
	       ">HELO me", "<250 x", "=UP", "!begin", ">MAIL FROM:<s@x>", "."),
	SCRIPT("HELO refused too", 0, "<220 x", "=NONE", ">EHLO me", "<502 no", "=NONE", ">HELO me",
	       "<501 no", "=FAILED", "~REFUSED HELO 501 no"),
	SCRIPT("EHLO 421", 0, "<220 x", "=NONE", ">EHLO me", "<421 4.3.2 bye", "=FAILED",
	       "~REFUSED EHLO 421 4.3.2 bye"),
	SCRIPT("LHLO refused", LMTP, "<220 x", "=NONE", ">LHLO me", "<500 what", "=FAILED",
	       "~REFUSED EHLO 500 what"),
	SCRIPT("quit", 0, HELLO("SIZE"), "!quit", ">QUIT", "<221 bye", "=CLOSE", "."),
	SCRIPT("quit, and the server just closes", 0, HELLO("SIZE"), "!quit", ">QUIT", "!lost",
	       "=CLOSE"),
	SCRIPT("421 while idle", 0, HELLO("SIZE"), "<421 4.4.2 idle", "=FAILED",
	       "~REFUSED IDLE 421 4.4.2 idle"),
	SCRIPT("noise while idle", 0, HELLO("SIZE"), "<250 ok", "=FAILED", "~PROTOCOL IDLE 250 ok"),
};

static const struct script plain[] = {
	SCRIPT("one by one", 0, HELLO("SIZE"), "!begin", ">MAIL FROM:<s@x>", ".", "<250 2.1.0 ok",
	       "=NONE", ">RCPT TO:<a@y>", ".", "<250 2.1.5 ok", "=NONE", ">RCPT TO:<b@y>", ".",
	       "<550 5.1.1 no b", "=NONE", ">DATA", ".", "<354 go", TEXT,
	       "?0 ACCEPTED RCPT 250 2.1.5 ok", "?1 REFUSED RCPT 550 5.1.1 no b", "!commit", ">.",
	       ".", "<250 2.0.0 queued", "=DONE", "?0 SENT DOT 250 2.0.0 queued",
	       "?1 REFUSED RCPT 550 5.1.1 no b", "!begin", ">MAIL FROM:<s@x>", "."),
	SCRIPT("MAIL refused, one by one", 0, HELLO("SIZE"), "!begin", ">MAIL FROM:<s@x>",
	       "<451 4.3.0 later", "=DONE", "?0 REFUSED MAIL 451 4.3.0 later",
	       "?1 REFUSED MAIL 451 4.3.0 later", ".", "!begin", ">RSET", ".", "<250 ok", "=NONE",
	       ">MAIL FROM:<s@x>", "."),
	SCRIPT("no recipient left, one by one", ONE, HELLO("SIZE"), "!begin", ">MAIL FROM:<s@x>",
	       "<250 ok", "=NONE", ">RCPT TO:<a@y>", "<550 no", "=DONE", "?0 REFUSED RCPT 550 no",
	       "."),
	SCRIPT("RSET refused", ONE, HELLO("SIZE"), "!begin", ">MAIL FROM:<s@x>", "<550 no", "=DONE",
	       "!begin", ">RSET", "<500 what", "=FAILED", "~REFUSED XFORWARD 500 what",
	       "?0 LOST XFORWARD 500 what"),
};

static const struct script piped[] = {
	SCRIPT("all good", 0, HELLO("PIPELINING"), PIPED, "<250 ok", "<250 a", "<250 b", "<354 go",
	       TEXT, "!commit", ">.", "<250 2.0.0 q", "=DONE", "?0 SENT DOT 250 2.0.0 q",
	       "?1 SENT DOT 250 2.0.0 q", "!quit", ">QUIT"),
	SCRIPT("MAIL refused", 0, HELLO("PIPELINING"), PIPED, "<550 5.7.1 no", "<503 x", "<503 x",
	       "<503 x", "=DONE", "?0 REFUSED MAIL 550 5.7.1 no", "?1 REFUSED MAIL 550 5.7.1 no",
	       "!begin", ">RSET", ">MAIL FROM:<s@x>"),
	SCRIPT("all recipients refused", 0, HELLO("PIPELINING"), PIPED, "<250 ok", "<550 a",
	       "<450 b", "<554 5.5.1 none", "=DONE", "?0 REFUSED RCPT 550 a",
	       "?1 REFUSED RCPT 450 b", "."),
	SCRIPT("354 for nobody", 0, HELLO("PIPELINING"), PIPED, "<250 ok", "<550 a", "<450 b",
	       "<354 go", "=DONE", "?0 REFUSED RCPT 550 a", "?1 REFUSED RCPT 450 b", "=CLOSE", "."),
	SCRIPT("DATA refused", 0, HELLO("PIPELINING"), PIPED, "<250 ok", "<550 a", "<250 b",
	       "<452 4.3.1 full", "=DONE", "?0 REFUSED RCPT 550 a",
	       "?1 REFUSED DATA 452 4.3.1 full"),
	SCRIPT("421 to RCPT", 0, HELLO("PIPELINING"), PIPED, "<250 ok", "<250 a", "<421 bye",
	       "=FAILED", "~REFUSED RCPT 421 bye", "?0 LOST RCPT 421 bye", "?1 LOST RCPT 421 bye"),
	SCRIPT("250 to DATA", 0, HELLO("PIPELINING"), PIPED, "<250 ok", "<250 a", "<250 b",
	       "<250 go", "=FAILED",
	       "~PROTOCOL DATA 451 4.5.0 protocol error while waiting for the reply to DATA: reply "
	       "out of order"),
	SCRIPT("354 to MAIL", 0, HELLO("PIPELINING"), PIPED, "<354 ok", "=FAILED",
	       "~PROTOCOL MAIL 451 4.5.0 protocol error while waiting for the reply to MAIL: reply "
	       "out of order"),
	SCRIPT("lost at DATA", 0, HELLO("PIPELINING"), PIPED, "<250 ok", "<550 a", "<250 b", ".",
	       "!lost", "=FAILED", "?0 REFUSED RCPT 550 a",
	       "?1 LOST DATA 451 4.4.2 lost connection while waiting for the reply to DATA"),
	SCRIPT("lost while READY", 0, HELLO("PIPELINING"), PIPED, "<250 ok", "<250 a", "<250 b",
	       "<354 go", TEXT, "!lost", "=FAILED",
	       "~CLOSED READY 451 4.4.2 lost connection while holding back the end of data"),
	SCRIPT("421 while READY is not the dot's answer", ONE, HELLO("SIZE"), "!begin",
	       ">MAIL FROM:<s@x>", "<250 ok", "=NONE", ">RCPT TO:<a@y>", "<250 a", "=NONE", ">DATA",
	       "<354 go", TEXT, "<421 4.4.2 slow", "!commit", "=FAILED",
	       "~REFUSED READY 421 4.4.2 slow", "?0 LOST READY 421 4.4.2 slow", "."),
	SCRIPT("reply within the content", 0, HELLO("PIPELINING"), PIPED, "<250 ok", "<250 a",
	       "<250 b", "<354 go", "=WANT_DATA", "<552 5.3.4 big", "!data t|", "=FAILED",
	       "~REFUSED CONTENT 552 5.3.4 big", "."),
	SCRIPT(
	    "lost at the dot", 0, HELLO("PIPELINING"), PIPED, "<250 ok", "<250 a", "<250 b",
	    "<354 go", TEXT, "!commit", ">.", "!lost", "=FAILED",
	    "~CLOSED DOT 451 4.4.2 lost connection while waiting for the reply to the end of data",
	    "?0 LOST DOT 451 4.4.2 lost connection while waiting for the reply to the end of data"),
	SCRIPT("timeout at the dot", 0, HELLO("PIPELINING"), PIPED, "<250 ok", "<250 a", "<250 b",
	       "<354 go", TEXT, "!commit", ">.", "!timeout", "=FAILED",
	       "~TIMEOUT DOT 451 4.4.2 timeout while waiting for the reply to the end of data"),
	SCRIPT("refused at the dot", 0, HELLO("PIPELINING"), PIPED, "<250 ok", "<250 a", "<550 b",
	       "<354 go", TEXT, "!commit", ">.", "<554 5.6.0 bad", "=DONE",
	       "?0 REFUSED DOT 554 5.6.0 bad", "?1 REFUSED RCPT 550 b", "!begin",
	       ">MAIL FROM:<s@x>"),
	SCRIPT("garbage at the dot", 0, HELLO("PIPELINING"), PIPED, "<250 ok", "<250 a", "<250 b",
	       "<354 go", TEXT, "!commit", ">.", "<2 ok", "=FAILED",
	       "~PROTOCOL DOT 451 4.5.0 protocol error while waiting for the reply to the end of "
	       "data: no SMTP "
	       "reply: \"2 ok\""),
	SCRIPT("354 at the dot", 0, HELLO("PIPELINING"), PIPED, "<250 ok", "<250 a", "<250 b",
	       "<354 go", TEXT, "!commit", ">.", "<354 more", "=FAILED"),
	SCRIPT("abort before the dot", 0, HELLO("PIPELINING"), PIPED, "<250 ok", "<250 a", "<250 b",
	       "<354 go", TEXT, "!abort", "=CLOSE", ".",
	       "?0 LOST READY 451 4.3.0 gave up while holding back the end of data"),
	SCRIPT("abort early", 0, HELLO("PIPELINING"), "!begin", "!abort", "=CLOSE", "."),
	SCRIPT("content", 0, HELLO("PIPELINING"), PIPED, "<250 ok", "<250 a", "<250 b", "<354 go",
	       "=WANT_DATA", "!data .|..|a", "=WANT_DATA", "!data b||.c", "=WANT_DATA", "!end",
	       "=READY", ">..", ">...", ">ab", ">", ">..c", ".", "!commit", ">.", "."),
	SCRIPT("empty content", 0, HELLO("PIPELINING"), PIPED, "<250 ok", "<250 a", "<250 b",
	       "<354 go", "=WANT_DATA", "!end", "=READY", ".", "!commit", ">.", "."),
};

static const struct script params[] = {
	SCRIPT("passed on", FULL, "<220 x", "=NONE", ">EHLO me",
	       "<250-x\r\n250-PIPELINING\r\n250-SIZE 5000\r\n250-8bitmime\r\n250-DSN\r\n250-AUTH "
	       "PLAIN\r\n"
	       "250 XFORWARD ADDR HELO FOO",
	       "=UP", "!begin", ">XFORWARD ADDR=IPV6:2001:db8::1 HELO=a+3Db",
	       ">MAIL FROM:<s@x> SIZE=1000 BODY=8BITMIME RET=HDRS ENVID=Q+2B AUTH=<>",
	       ">RCPT TO:<a@y> NOTIFY=NEVER", ">RCPT TO:<b@y> ORCPT=rfc822;B@y", ">DATA", ".",
	       "<550 xforward no", "<250 ok", "<250 a", "<250 b", "<354 go", "=WANT_DATA"),
	SCRIPT("none announced", FULL, HELLO("PIPELINING"), PIPED),
	SCRIPT("421 to XFORWARD", FULL, HELLO("XFORWARD ADDR"), "!begin",
	       ">XFORWARD ADDR=IPV6:2001:db8::1", ".", "<421 bye", "=FAILED",
	       "?1 LOST XFORWARD 421 bye"),
	SCRIPT(
	    "SMTPUTF8 not offered", UTF8, HELLO("PIPELINING"), "!begin", "=DONE",
	    "?0 REFUSED MAIL 553 5.6.7 SMTPUTF8 is needed, and the next server does not offer it",
	    ".", "!quit", ">QUIT"),
	SCRIPT("SMTPUTF8", UTF8, HELLO("SMTPUTF8"), "!begin", ">MAIL FROM:<s@x> SMTPUTF8"),
	SCRIPT("too big for it", BIG, HELLO("SIZE 999"), "!begin", "=DONE",
	       "?1 REFUSED MAIL 552 5.3.4 Message size exceeds the limit of the next server", "."),
	SCRIPT("just not too big", BIG, HELLO("SIZE 1000"), "!begin", ">MAIL FROM:<s@x> SIZE=1000"),
};

static const struct script lmtp[] = {
	SCRIPT("each its own", LMTP, HELLO_L("PIPELINING"), PIPED, "<250 ok", "<250 a", "<250 b",
	       "<354 go", TEXT, "!commit", ">.", "<250 2.0.0 a", ".", "<552 5.2.2 b", "=DONE",
	       "?0 SENT DOT 250 2.0.0 a", "?1 REFUSED DOT 552 5.2.2 b", "!begin",
	       ">MAIL FROM:<s@x>"),
	SCRIPT("the second only", LMTP, HELLO_L("PIPELINING"), PIPED, "<250 ok", "<550 a", "<250 b",
	       "<354 go", TEXT, "!commit", ">.", "<250 2.0.0 b", "=DONE", "?0 REFUSED RCPT 550 a",
	       "?1 SENT DOT 250 2.0.0 b"),
	SCRIPT(
	    "lost between", LMTP, HELLO_L("PIPELINING"), PIPED, "<250 ok", "<250 a", "<250 b",
	    "<354 go", TEXT, "!commit", ">.", "<250 2.0.0 a", ".", "!lost", "=FAILED",
	    "?0 SENT DOT 250 2.0.0 a",
	    "?1 LOST DOT 451 4.4.2 lost connection while waiting for the reply to the end of data"),
};

static void run_all(const struct script *sc, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		run_script(&sc[i], false);
		run_script(&sc[i], true);
	}
}

static void test_hello(void **state)
{
	(void)state;
	run_all(hellos, ELEMENTS(hellos));
}

static void test_plain(void **state)
{
	(void)state;
	run_all(plain, ELEMENTS(plain));
}

static void test_piped(void **state)
{
	(void)state;
	run_all(piped, ELEMENTS(piped));
}

static void test_params(void **state)
{
	(void)state;
	run_all(params, ELEMENTS(params));
}

static void test_lmtp(void **state)
{
	(void)state;
	run_all(lmtp, ELEMENTS(lmtp));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hello), cmocka_unit_test(test_plain),
		cmocka_unit_test(test_piped), cmocka_unit_test(test_params),
		cmocka_unit_test(test_lmtp),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
