/* SPDX-License-Identifier: BSD-2-Clause */
/* DATA, the content's limits, and what happens at the final dot. */
#include "core/must.h"
#include "smtp/server_private.h"

/* Content is given out in pieces of about this size. */
#define CONTENT_PIECE (32 * 1024)

void verb_data(struct smtp_server *s, struct str args)
{
	struct smtp_tx *tx = &s->tx->pub;

	(void)args;
	if (!tx->rcpts.n) {
		if (tx->rcpts_refused)
			server_refuse(s, tx->is_lmtp ? 503 : 554, "5.5.1", "No valid recipients");
		else
			server_refuse(s, 503, "5.5.1", "Need RCPT command before DATA");
		server_data_refused(s);
		return;
	}
	s->event = (struct smtp_event){ .type = SMTP_EV_DATA, .tx = tx };
	server_enter(s, SERVER_DATA);
}

/*
 * RFC 2920 has DATA end a group of commands, so input behind one that is refused comes from a peer
 * that did not wait for 354: message text, which must not be read as commands.
 */
void server_data_refused(struct smtp_server *s)
{
	if (server_input(s).n)
		server_close(s, SMTP_ABORT_ERROR);
}

static void refuse_content(struct server_tx *tx, const struct smtp_reply *r)
{
	if (tx->is_refused)
		return;
	tx->is_refused = true;
	tx->refusal = smtp_reply_dup(tx->pub.arena, r);
}

/* The transaction's counters, and the limits that they may reach. */
static void note_content(struct smtp_server *s)
{
	const struct smtp_content_in *c = &s->tx->content;
	struct smtp_tx *tx = &s->tx->pub;
	struct smtp_reply r;

	tx->content_bytes = c->bytes;
	tx->wire_bytes = c->bytes + c->lines;
	tx->bare_lf = c->bare_lf;
	tx->bare_cr = c->bare_cr;
	tx->nul = c->nul;
	tx->has_8bit = c->has_8bit;
	if (s->opts->max_size && tx->wire_bytes > s->opts->max_size)
		r = smtp_reply_of(552, "5.3.4", "Message size exceeds the limit");
	else if (tx->bare_lf && s->opts->bare_lf == SMTP_BARE_REFUSE)
		r = smtp_reply_of(550, "5.5.2", "Bare <LF> in message content is not accepted");
	else if (tx->bare_cr && s->opts->bare_cr == SMTP_BARE_REFUSE)
		r = smtp_reply_of(550, "5.5.2", "Bare <CR> in message content is not accepted");
	else
		return;
	refuse_content(s->tx, &r);
}

bool server_read_content(struct smtp_server *s)
{
	struct str in = str_sub(server_input(s), 0, CONTENT_PIECE);
	size_t given = in.n;
	bool is_over;

	if (!in.n)
		return false;
	strbuf_clear(&s->body);
	is_over = smtp_content_in_feed(&s->tx->content, &in, &s->body);
	server_used_input(s, given - in.n);
	note_content(s);
	if (s->body.n && !s->tx->is_refused)
		s->event = (struct smtp_event){ .type = SMTP_EV_BODY,
						.tx = &s->tx->pub,
						.body = strbuf_str(&s->body) };
	if (is_over)
		server_enter(s, SERVER_DOT);
	return true;
}

void server_tell_end(struct smtp_server *s)
{
	struct smtp_tx *tx = &s->tx->pub;
	size_t replies = tx->is_lmtp ? tx->rcpts.n : 1;

	if (!s->tx->is_refused) {
		s->tx->answers_due = replies;
		s->event = (struct smtp_event){ .type = SMTP_EV_END, .tx = tx };
		server_enter(s, SERVER_END);
		return;
	}
	for (size_t i = 0; i < replies; i++)
		server_say_reply(s, &s->tx->refusal);
	server_abort(s, SMTP_ABORT_REFUSED);
	server_enter(s, SERVER_COMMAND);
}

void smtp_server_refuse_body(struct smtp_server *s, const struct smtp_reply *r)
{
	must(s->state == SERVER_CONTENT || s->state == SERVER_DOT);
	must(smtp_reply_class(r) == 4 || smtp_reply_class(r) == 5);
	refuse_content(s->tx, r);
}
