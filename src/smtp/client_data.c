/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Content, the pause before the final dot, the dot and its answers: one, or one a recipient in
 * LMTP.
 */
#include "core/must.h"
#include "smtp/client_private.h"

bool client_step_content(struct smtp_client *c)
{
	struct client_tx *tx = c->tx;

	if (tx->data_ended && !c->out.n) {
		client_enter(c, SMTP_CL_READY);
		client_push(c, SMTP_CL_EV_READY);
		return true;
	}
	if (!tx->data_ended && !tx->data_wanted && c->out.n < CLIENT_OUT_HIGH) {
		tx->data_wanted = true;
		client_push(c, SMTP_CL_EV_WANT_DATA);
		return true;
	}
	return false;
}

size_t smtp_client_data(struct smtp_client *c, struct str content)
{
	struct client_tx *tx = c->tx;

	if (c->state != SMTP_CL_CONTENT) /* it failed meanwhile: FAILED tells */
		return content.n;
	must(!tx->data_ended);
	if (c->out.n >= CLIENT_OUT_HIGH) /* enough waits to be taken: WANT_DATA comes again */
		return 0;
	content = str_sub(content, 0, CLIENT_OUT_HIGH - c->out.n);
	smtp_content_out_feed(&tx->content, content, &c->out);
	tx->data_wanted = false;
	return content.n;
}

void smtp_client_data_end(struct smtp_client *c)
{
	if (c->state != SMTP_CL_CONTENT)
		return;
	must(!c->tx->data_ended);
	smtp_content_out_end(&c->tx->content, &c->out);
	c->tx->data_ended = true;
}

void smtp_client_commit(struct smtp_client *c)
{
	/* A reply that came before the dot must not be taken for its answer. */
	client_read_replies(c);
	if (c->state == SMTP_CL_CLOSED)
		return;
	must(c->state == SMTP_CL_READY);
	c->tx->dots_due = c->opts->protocol == SMTP_PROTO_LMTP ? c->tx->accepted : 1;
	strbuf_add_c(&c->out, ".\r\n");
	client_enter(c, SMTP_CL_DOT);
}

static void settle_next(struct smtp_client *c, const struct smtp_reply *r)
{
	struct client_tx *tx = c->tx;
	struct smtp_client_result *res;

	do
		res = &tx->results[tx->dots_answered++];
	while (res->state != SMTP_CL_RCPT_ACCEPTED);
	*res = (struct smtp_client_result){
		.state = smtp_reply_class(r) == 2 ? SMTP_CL_RCPT_SENT : SMTP_CL_RCPT_REFUSED,
		.phase = SMTP_CL_DOT,
		.reply = smtp_reply_dup(tx->arena, r),
	};
}

void client_take_dot_answer(struct smtp_client *c, const struct smtp_reply *r)
{
	struct client_tx *tx = c->tx;

	if (smtp_reply_class(r) == 3) {
		client_fail(c, SMTP_CL_LOSS_PROTOCOL, NULL, "reply out of order");
		return;
	}
	if (c->opts->protocol == SMTP_PROTO_LMTP)
		settle_next(c, r);
	else
		client_settle(
		    c, smtp_reply_class(r) == 2 ? SMTP_CL_RCPT_SENT : SMTP_CL_RCPT_REFUSED, r);
	if (!--tx->dots_due)
		client_tx_done(c);
}
