/* SPDX-License-Identifier: BSD-2-Clause */
/* The owner's answers to MAIL, RCPT, DATA and END: the reply goes out and the session moves on. */
#include "core/must.h"
#include "smtp/server_private.h"

#include <stdio.h>

size_t smtp_server_answers_due(const struct smtp_server *s)
{
	if (!server_awaits_owner(s))
		return 0;
	return s->state == SERVER_END ? s->tx->answers_due : 1;
}

static void answer_mail(struct smtp_server *s, const struct smtp_reply *r)
{
	server_enter(s, SERVER_COMMAND);
	if (smtp_reply_class(r) != 2)
		server_tx_end(s);
}

static void answer_rcpt(struct smtp_server *s, const struct smtp_reply *r)
{
	struct smtp_tx *tx = &s->tx->pub;

	server_enter(s, SERVER_COMMAND);
	if (smtp_reply_class(r) == 2)
		*(struct smtp_rcpt **)vec_must_push(&tx->rcpts) = s->tx->asked;
	else
		tx->rcpts_refused++;
	s->tx->asked = NULL;
}

static void answer_data(struct smtp_server *s, const struct smtp_reply *r)
{
	must(r->code == 354 || smtp_reply_class(r) > 3);
	if (r->code == 354) {
		server_enter(s, SERVER_CONTENT);
		return;
	}
	server_enter(s, SERVER_COMMAND);
	server_data_refused(s);
}

static void answer_end(struct smtp_server *s, const struct smtp_reply *r)
{
	if (smtp_reply_class(r) == 2)
		s->errors = 0;
	if (--s->tx->answers_due)
		return;
	server_enter(s, SERVER_COMMAND);
	server_tx_end(s);
	server_forget_xforward(s);
}

void smtp_server_reply(struct smtp_server *s, const struct smtp_reply *r)
{
	must(smtp_server_answers_due(s) && !s->event.type);
	server_say_reply(s, r);
	switch (s->state) {
	case SERVER_MAIL: answer_mail(s, r); break;
	case SERVER_RCPT: answer_rcpt(s, r); break;
	case SERVER_DATA: answer_data(s, r); break;
	default: answer_end(s, r); break;
	}
	if (r->code == 421 && !smtp_server_answers_due(s))
		server_close(s, SMTP_ABORT_SHUTDOWN);
}

void smtp_server_reply_all(struct smtp_server *s, const struct smtp_reply *r)
{
	for (size_t due = smtp_server_answers_due(s); due; due--)
		smtp_server_reply(s, r);
}

void smtp_server_accept(struct smtp_server *s)
{
	char text[SMTP_PATH_MAX + 32];
	struct smtp_reply r;

	switch (s->state) {
	case SERVER_MAIL:
		snprintf(text, sizeof(text), "Sender <%.*s> OK",
			 STR_FMT(s->tx->pub.mail.sender.addr));
		r = smtp_reply_of(250, "2.1.0", text);
		break;
	case SERVER_RCPT:
		snprintf(text, sizeof(text), "Recipient <%.*s> OK",
			 STR_FMT(s->tx->asked->addr.addr));
		r = smtp_reply_of(250, "2.1.5", text);
		break;
	case SERVER_DATA: r = smtp_reply_of(354, NULL, "End data with <CR><LF>.<CR><LF>"); break;
	default: r = smtp_reply_of(250, "2.0.0", "Ok"); break;
	}
	smtp_server_reply_all(s, &r);
}
