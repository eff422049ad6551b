/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The server's session: input and output, the order of events, the life of a transaction. What
 * commands do is in the files of their groups, answers by the owner are in server_answer.c.
 */
#include "smtp/server.h"

#include "core/arena.h"
#include "core/must.h"
#include "smtp/server_private.h"

#include <stdarg.h>
#include <stdio.h>

/* While so much output waits, no more commands are read. */
#define OUT_HIGH (64 * 1024)
#define KEEP (4 * 1024)

struct smtp_server_opts smtp_server_defaults(void)
{
	return (struct smtp_server_opts){
		.protocol = SMTP_PROTO_ANY,
		.hostname = STR("[127.0.0.1]"),
		.greeting = STR("ESMTP postern service ready"),
		.product = STR("postern"),
		.farewell = STR("closing channel"),
		.announce = ((1u << SMTP_EXT_COUNT) - 1) & ~(1u << SMTP_EXT_AUTH),
		.xforward_allowed = true,
		.vrfy = true,
		.max_line = 4096,
		.max_recipients = 1100,
		.max_errors = 20,
		.max_queue = 64 * 1024,
	};
}

struct smtp_server *smtp_server_new(const struct smtp_server_opts *opts)
{
	struct smtp_server *s = xzalloc(sizeof(*s));

	must(opts->max_line >= 512 && opts->max_recipients);
	must(!(opts->announce & 1u << SMTP_EXT_AUTH));
	s->opts = opts;
	s->proto = opts->protocol;
	strbuf_init(&s->helo, opts->max_line);
	strbuf_init(&s->in, 0);
	strbuf_init(&s->out, 0);
	strbuf_init(&s->sent, 0);
	strbuf_init(&s->body, 0);
	server_say(s, 220, NULL, "%.*s %.*s", STR_FMT(opts->hostname), STR_FMT(opts->greeting));
	return s;
}

static struct server_tx *tx_free(struct server_tx *tx)
{
	if (tx)
		arena_free(tx->pub.arena); /* the transaction itself is in it */
	return NULL;
}

struct smtp_server *smtp_server_free(struct smtp_server *s)
{
	if (!s)
		return NULL;
	tx_free(s->tx);
	tx_free(s->ended);
	arena_free(s->xforward_arena);
	strbuf_done(&s->helo);
	strbuf_done(&s->in);
	strbuf_done(&s->out);
	strbuf_done(&s->sent);
	strbuf_done(&s->body);
	return x_free(s);
}

/* Input */

struct str server_input(const struct smtp_server *s)
{
	return str_from(strbuf_str(&s->in), s->in_at);
}

/* The bytes stay where they are until the next feed(): slices of a command line are still good. */
void server_used_input(struct smtp_server *s, size_t n)
{
	must(n <= s->in.n - s->in_at);
	s->in_at += n;
}

/* At least a whole command line must fit, or a long one would stand still for ever. */
static size_t queue_room(const struct smtp_server *s)
{
	size_t max = s->opts->max_queue, used = s->in.n - s->in_at;

	if (max < s->opts->max_line + 2)
		max = s->opts->max_line + 2;
	return used < max ? max - used : 0;
}

size_t smtp_server_feed(struct smtp_server *s, struct str bytes)
{
	if (s->state >= SERVER_CLOSING)
		return bytes.n;
	bytes = str_sub(bytes, 0, queue_room(s));
	/* Moving is paid for by what was used since the last move. */
	if (s->in_at && s->in_at >= s->in.n - s->in_at) {
		strbuf_consume(&s->in, s->in_at);
		s->in_at = 0;
	}
	strbuf_add(&s->in, bytes);
	return bytes.n;
}

struct str smtp_server_take(struct smtp_server *s)
{
	struct strbuf swap = s->sent;

	s->sent = s->out;
	s->out = swap;
	strbuf_clear(&s->out);
	return strbuf_str(&s->sent);
}

/* Replies */

void server_say_reply(struct smtp_server *s, const struct smtp_reply *r)
{
	smtp_reply_encode(&s->out, r, s->tx && s->tx->pub.mail.smtputf8);
}

_printf_(4, 0) static void say(struct smtp_server *s, unsigned code, const char *enhanced,
			       const char *fmt, va_list ap)
{
	struct smtp_reply r = { .code = code, .enhanced = str_of(enhanced) };
	char text[SMTP_PATH_MAX + 256];
	int n = vsnprintf(text, sizeof(text), fmt, ap);

	must(n >= 0);
	r.text = str_make(text, (size_t)n < sizeof(text) ? (size_t)n : sizeof(text) - 1);
	server_say_reply(s, &r);
}

void server_say(struct smtp_server *s, unsigned code, const char *enhanced, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(s, code, enhanced, fmt, ap);
	va_end(ap);
}

void server_refuse_reply(struct smtp_server *s, const struct smtp_reply *r)
{
	s->errors++;
	server_say_reply(s, r);
}

void server_refuse(struct smtp_server *s, unsigned code, const char *enhanced, const char *fmt, ...)
{
	va_list ap;

	s->errors++;
	va_start(ap, fmt);
	say(s, code, enhanced, fmt, ap);
	va_end(ap);
}

/* Transactions */

void server_tx_new(struct smtp_server *s)
{
	struct arena *a = arena_new();
	struct server_tx *tx = arena_zalloc(a, sizeof(*tx));

	must(!s->tx);
	tx->pub.arena = a;
	tx->pub.is_lmtp = s->proto == SMTP_PROTO_LMTP;
	tx->pub.protocol = tx->pub.is_lmtp ? "LMTP" : s->is_esmtp ? "ESMTP" : "SMTP";
	tx->pub.helo = str_dup(a, strbuf_str(&s->helo));
	for (enum smtp_xf x = 0; x < SMTP_XF_COUNT; x++)
		if (!str_is_none(s->xforward.v[x]))
			tx->pub.xforward.v[x] = str_dup(a, s->xforward.v[x]);
	vec_init(&tx->pub.rcpts, a, sizeof(struct smtp_rcpt *), s->opts->max_recipients);
	s->tx = tx;
}

void server_forget_xforward(struct smtp_server *s)
{
	s->xforward_arena = arena_free(s->xforward_arena);
	s->xforward = (struct smtp_xforward){ 0 };
}

void server_tx_end(struct smtp_server *s)
{
	must(s->tx);
	tx_free(s->ended);
	s->ended = s->tx;
	s->tx = NULL;
}

void server_abort(struct smtp_server *s, enum smtp_abort why)
{
	bool is_untold = s->event.type == SMTP_EV_MAIL;

	server_forget_xforward(s);
	if (!s->tx)
		return;
	s->event =
	    is_untold ? (struct smtp_event){ .type = SMTP_EV_NONE }
		      : (struct smtp_event){ .type = SMTP_EV_ABORT, .tx = &s->tx->pub, .why = why };
	server_tx_end(s);
}

void server_close(struct smtp_server *s, enum smtp_abort why)
{
	if (s->state >= SERVER_CLOSING)
		return;
	server_abort(s, why);
	server_enter(s, SERVER_CLOSING);
	s->in_at = 0;
	strbuf_clear(&s->in);
}

/* Events */

/* One step of the machine; false: it stands still until somebody does something. */
static bool step(struct smtp_server *s)
{
	switch (s->state) {
	case SERVER_COMMAND: return s->out.n < OUT_HIGH && server_read_command(s);
	case SERVER_CONTENT: return server_read_content(s);
	case SERVER_DOT: server_tell_end(s); return true;
	case SERVER_CLOSING:
		s->event = (struct smtp_event){ .type = SMTP_EV_CLOSE };
		server_enter(s, SERVER_CLOSED);
		return true;
	default: return false;
	}
}

/* A session that only waits, for a command or for what becomes of its message, keeps little: there may be many. */
static void shrink(struct smtp_server *s)
{
	size_t keep = s->tx ? 0 : KEEP;

	if ((s->tx && s->state != SERVER_END) || s->in_at < s->in.n)
		return;
	s->in_at = 0;
	strbuf_clear(&s->in);
	if (s->in.cap > keep)
		strbuf_done(&s->in);
	if (s->body.cap > keep)
		strbuf_done(&s->body);
}

bool smtp_server_next(struct smtp_server *s, struct smtp_event *ret)
{
	if (!s->event.type)
		s->ended = tx_free(s->ended);
	while (!s->event.type) {
		if (!step(s)) {
			shrink(s);
			return false;
		}
	}
	*ret = s->event;
	s->event.type = SMTP_EV_NONE;
	return true;
}

/* What happens to the session from outside */

void smtp_server_lost(struct smtp_server *s)
{
	server_close(s, SMTP_ABORT_LOST);
}

void smtp_server_timed_out(struct smtp_server *s)
{
	if (s->state >= SERVER_CLOSING)
		return;
	server_say(s, 421, "4.4.2", "Timeout while %s, closing channel", smtp_server_state_text(s));
	server_close(s, SMTP_ABORT_TIMEOUT);
}

void smtp_server_shutdown(struct smtp_server *s)
{
	if (s->state >= SERVER_CLOSING)
		return;
	server_say(s, 421, "4.3.2", "Service shutting down, closing channel, while %s",
		   smtp_server_state_text(s));
	server_close(s, SMTP_ABORT_SHUTDOWN);
}

const struct smtp_tx *smtp_server_tx(const struct smtp_server *s)
{
	return s->tx ? &s->tx->pub : NULL;
}

bool smtp_server_is_idle(const struct smtp_server *s)
{
	return s->state == SERVER_COMMAND && !s->tx && s->in_at == s->in.n && !s->event.type;
}

struct str smtp_server_helo(const struct smtp_server *s)
{
	return strbuf_str(&s->helo);
}
