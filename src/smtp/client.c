/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The client's connection: input and output, the order of events, failure. What replies mean is in
 * client_hello.c, client_tx.c and client_data.c.
 */
#include "smtp/client.h"

#include "core/arena.h"
#include "core/err.h"
#include "core/must.h"
#include "smtp/client_private.h"

/* Replies that wait to be read; more than the largest pipelined group of ours can cause, by far. */
#define IN_MAX (4 * 1024 * 1024)

struct smtp_client *smtp_client_new(const struct smtp_client_opts *opts)
{
	struct smtp_client *c = xzalloc(sizeof(*c));

	must(opts->helo.n);
	c->opts = opts;
	strbuf_init(&c->in, IN_MAX);
	strbuf_init(&c->out, 0);
	strbuf_init(&c->sent, 0);
	smtp_reply_parser_init(&c->parser);
	return c;
}

struct smtp_client *smtp_client_free(struct smtp_client *c)
{
	if (!c)
		return NULL;
	client_tx_free(c->tx);
	arena_free(c->failure_arena);
	strbuf_done(&c->in);
	strbuf_done(&c->out);
	strbuf_done(&c->sent);
	smtp_reply_parser_done(&c->parser);
	return x_free(c);
}

struct str smtp_client_take(struct smtp_client *c)
{
	struct strbuf swap = c->sent;

	c->sent = c->out;
	c->out = swap;
	strbuf_clear(&c->out);
	if (!client_in_tx(c)) /* an idle connection keeps no buffer of a message's size */
		strbuf_done(&c->out);
	return strbuf_str(&c->sent);
}

void client_push(struct smtp_client *c, enum smtp_client_event ev)
{
	must(!c->event_after);
	if (c->event)
		c->event_after = ev;
	else
		c->event = ev;
}

static struct smtp_reply own_reply(struct smtp_client *c, enum smtp_client_loss loss,
				   const char *detail)
{
	static const struct {
		const char *enhanced, *what;
	} t[] = {
		[SMTP_CL_LOSS_NONE] = { "4.3.0", "gave up" },
		[SMTP_CL_LOSS_CLOSED] = { "4.4.2", "lost connection" },
		[SMTP_CL_LOSS_TIMEOUT] = { "4.4.2", "timeout" },
		[SMTP_CL_LOSS_REFUSED] = { "4.3.0", "refused" },
		[SMTP_CL_LOSS_PROTOCOL] = { "4.5.0", "protocol error" },
	};

	_Static_assert(ELEMENTS(t) == SMTP_CL_LOSS_COUNT, "a text for each loss");
	return smtp_reply_make(c->failure_arena, 451, t[loss].enhanced, "%s while %s%s%s",
			       t[loss].what, smtp_client_state_text(c->state), detail ? ": " : "",
			       detail ? detail : "");
}

void client_fail(struct smtp_client *c, enum smtp_client_loss loss, const struct smtp_reply *reply,
		 const char *detail)
{
	enum smtp_client_event ev = loss ? SMTP_CL_EV_FAILED : SMTP_CL_EV_CLOSE;

	if (c->state == SMTP_CL_CLOSED)
		return;
	c->failure_arena = arena_new();
	c->failure = (struct smtp_client_failure){
		.loss = loss,
		.phase = c->state,
		.reply =
		    reply ? smtp_reply_dup(c->failure_arena, reply) : own_reply(c, loss, detail),
		.is_uncertain = c->state == SMTP_CL_DOT,
	};
	if (client_in_tx(c))
		client_settle(c, SMTP_CL_RCPT_LOST, &c->failure.reply);
	client_enter(c, SMTP_CL_CLOSED);
	strbuf_clear(&c->out);
	/* What was not told yet is no longer true, but for results. */
	c->event = c->event == SMTP_CL_EV_DONE ? SMTP_CL_EV_DONE : SMTP_CL_EV_NONE;
	c->event_after = SMTP_CL_EV_NONE;
	client_push(c, ev);
}

void smtp_client_feed(struct smtp_client *c, struct str bytes)
{
	if (c->state == SMTP_CL_CLOSED)
		return;
	if (c->in_at) {
		strbuf_consume(&c->in, c->in_at);
		c->in_at = 0;
	}
	if (!strbuf_add(&c->in, bytes))
		client_fail(c, SMTP_CL_LOSS_PROTOCOL, NULL, "flood of replies");
}

static void take_reply(struct smtp_client *c, const struct smtp_reply *r)
{
	switch (c->state) {
	case SMTP_CL_GREETING: client_take_greeting(c, r); break;
	case SMTP_CL_EHLO: client_take_ehlo(c, r); break;
	case SMTP_CL_HELO: client_take_helo(c, r); break;
	case SMTP_CL_XFORWARD:
	case SMTP_CL_MAIL:
	case SMTP_CL_RCPT:
	case SMTP_CL_DATA: client_take_answer(c, r); break;
	case SMTP_CL_DOT: client_take_dot_answer(c, r); break;
	case SMTP_CL_QUIT:
		client_enter(c, SMTP_CL_CLOSED);
		client_push(c, SMTP_CL_EV_CLOSE);
		break;
	default: /* nobody asked */
		client_fail(c,
			    smtp_reply_class(r) > 3 ? SMTP_CL_LOSS_REFUSED : SMTP_CL_LOSS_PROTOCOL,
			    r, NULL);
		break;
	}
}

/* Reads one reply; false: there is none. */
static bool read_reply(struct smtp_client *c)
{
	struct str in = str_from(strbuf_str(&c->in), c->in_at);
	struct err e = ERR_INIT;
	struct smtp_reply r;
	size_t given = in.n;
	int got;

	if (c->state == SMTP_CL_CLOSED || !in.n)
		return false;
	got = smtp_reply_parse(&c->parser, &in, &r, &e);
	c->in_at += given - in.n;
	if (got > 0)
		take_reply(c, &r);
	else if (got < 0)
		client_fail(c, SMTP_CL_LOSS_PROTOCOL, NULL, e.text);
	return got;
}

void client_read_replies(struct smtp_client *c)
{
	while (!c->event && read_reply(c))
		;
}

enum smtp_client_event smtp_client_next(struct smtp_client *c)
{
	enum smtp_client_event ev;

	/*
	 * One reply may end what another began: input first, so that content is not given to a
	 * lost cause.
	 */
	client_read_replies(c);
	if (!c->event && c->state >= SMTP_CL_XFORWARD && c->state <= SMTP_CL_DATA)
		client_send_commands(c);
	if (!c->event && c->state == SMTP_CL_CONTENT)
		client_step_content(c);
	ev = c->event;
	c->event = c->event_after;
	c->event_after = SMTP_CL_EV_NONE;
	return ev;
}

void smtp_client_lost(struct smtp_client *c)
{
	client_fail(c, c->state == SMTP_CL_QUIT ? SMTP_CL_LOSS_NONE : SMTP_CL_LOSS_CLOSED, NULL,
		    NULL);
}

void smtp_client_timed_out(struct smtp_client *c)
{
	client_fail(c, c->state == SMTP_CL_QUIT ? SMTP_CL_LOSS_NONE : SMTP_CL_LOSS_TIMEOUT, NULL,
		    NULL);
}

void smtp_client_abort(struct smtp_client *c)
{
	must(c->state != SMTP_CL_DOT);
	client_fail(c, SMTP_CL_LOSS_NONE, NULL, NULL);
}

void smtp_client_quit(struct smtp_client *c)
{
	must(smtp_client_is_idle(c));
	strbuf_add_c(&c->out, "QUIT\r\n");
	client_enter(c, SMTP_CL_QUIT);
}

bool smtp_client_is_idle(const struct smtp_client *c)
{
	return c->state == SMTP_CL_IDLE && !c->event;
}

const struct smtp_client_failure *smtp_client_failure(const struct smtp_client *c)
{
	return &c->failure;
}

unsigned smtp_client_exts(const struct smtp_client *c)
{
	return c->exts;
}
