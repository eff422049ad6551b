/* SPDX-License-Identifier: BSD-2-Clause */
/* MAIL and RCPT: a transaction begins and gathers recipients. Both await the owner's answer. */
#include "core/arena.h"
#include "smtp/server_private.h"

void verb_mail(struct smtp_server *s, struct str args)
{
	struct smtp_reply why;

	server_tx_new(s);
	if (smtp_mail_parse(s->tx->pub.arena, args, &s->tx->pub.mail, &why) < 0) {
		server_refuse_reply(s, &why);
	} else if (s->opts->max_size && s->tx->pub.mail.size > s->opts->max_size) {
		server_say(s, 552, "5.3.4", "Declared message size exceeds the limit");
	} else {
		s->event = (struct smtp_event){ .type = SMTP_EV_MAIL, .tx = &s->tx->pub };
		server_enter(s, SERVER_MAIL);
		return;
	}
	server_tx_end(s);
}

void verb_rcpt(struct smtp_server *s, struct str args)
{
	struct smtp_tx *tx = &s->tx->pub;
	struct arena_mark mark = arena_get_mark(tx->arena);
	struct smtp_reply why;
	struct smtp_rcpt *r;

	if (tx->rcpts.n >= s->opts->max_recipients) {
		server_say(s, 452, "4.5.3", "Too many recipients");
		tx->rcpts_refused++;
		return;
	}
	r = arena_zalloc(tx->arena, sizeof(*r));
	if (smtp_rcpt_parse(tx->arena, args, tx->mail.smtputf8, r, &why) < 0) {
		server_refuse_reply(s, &why);
		arena_reset(tx->arena, mark);
		tx->rcpts_refused++;
		return;
	}
	s->tx->asked = r;
	s->event = (struct smtp_event){ .type = SMTP_EV_RCPT, .tx = tx, .rcpt = r };
	server_enter(s, SERVER_RCPT);
}
