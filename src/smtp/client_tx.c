/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A transaction up to the reply to DATA: RSET if the last one was broken off, XFORWARD, MAIL,
 * RCPT..., DATA. Commands are numbered in that order; `sent` and `answered` count through them.
 * With PIPELINING all are sent as fast as they are taken, else each waits for the reply to the one
 * before.
 */
#include "core/arena.h"
#include "core/must.h"
#include "core/utf8.h"
#include "smtp/client_private.h"

struct client_tx *client_tx_free(struct client_tx *tx)
{
	if (tx) {
		strbuf_done(&tx->xforward);
		arena_free(tx->arena); /* the transaction itself is in it */
	}
	return NULL;
}

static bool has(const struct smtp_client *c, enum smtp_ext x)
{
	return c->exts & 1u << x;
}

/* Which command the number names, and for RCPT which recipient. */
static enum smtp_client_state command_state(const struct client_tx *tx, size_t i, size_t *ret_rcpt)
{
	if (i < tx->rsets + tx->xforwards)
		return SMTP_CL_XFORWARD;
	i -= tx->rsets + tx->xforwards;
	if (!i)
		return SMTP_CL_MAIL;
	*ret_rcpt = i - 1;
	return i - 1 < tx->m->rcpt_count ? SMTP_CL_RCPT : SMTP_CL_DATA;
}

static void send_xforward(struct smtp_client *c, size_t i)
{
	struct str rest = strbuf_str(&c->tx->xforward), line = STR("");

	for (size_t n = 0; n <= i; n++)
		must(str_cut(&rest, '\n', &line));
	strbuf_add(&c->out, line);
	strbuf_add_byte(&c->out, '\n');
}

static void send_command(struct smtp_client *c, size_t i)
{
	struct client_tx *tx = c->tx;
	size_t rcpt = 0;

	switch (command_state(tx, i, &rcpt)) {
	case SMTP_CL_XFORWARD:
		if (i < tx->rsets)
			strbuf_add_c(&c->out, "RSET\r\n");
		else
			send_xforward(c, i - tx->rsets);
		break;
	case SMTP_CL_MAIL: smtp_mail_encode(&c->out, &tx->m->mail, c->exts); break;
	case SMTP_CL_RCPT: smtp_rcpt_encode(&c->out, tx->m->rcpts[rcpt], c->exts); break;
	default: strbuf_add_c(&c->out, "DATA\r\n"); break;
	}
}

void client_send_commands(struct smtp_client *c)
{
	struct client_tx *tx = c->tx;
	bool pipelined = has(c, SMTP_EXT_PIPELINING);

	while (tx->sent < tx->total && c->out.n < CLIENT_OUT_HIGH &&
	       (pipelined || tx->sent == tx->answered))
		send_command(c, tx->sent++);
}

void client_settle(struct smtp_client *c, enum smtp_client_rcpt_state st,
		   const struct smtp_reply *r)
{
	struct client_tx *tx = c->tx;
	struct smtp_reply copy = smtp_reply_dup(tx->arena, r);

	for (size_t i = 0; i < tx->m->rcpt_count; i++) {
		struct smtp_client_result *res = &tx->results[i];

		if (res->state == SMTP_CL_RCPT_PENDING || res->state == SMTP_CL_RCPT_ACCEPTED)
			*res = (struct smtp_client_result){ st, c->state, copy };
	}
}

void client_tx_done(struct smtp_client *c)
{
	client_enter(c, SMTP_CL_IDLE);
	client_push(c, SMTP_CL_EV_DONE);
}

static void take_rcpt_answer(struct smtp_client *c, size_t i, const struct smtp_reply *r)
{
	struct smtp_client_result *res = &c->tx->results[i];
	bool is_good = smtp_reply_class(r) == 2;

	if (res->state != SMTP_CL_RCPT_PENDING) /* MAIL was refused already */
		return;
	*res = (struct smtp_client_result){
		.state = is_good ? SMTP_CL_RCPT_ACCEPTED : SMTP_CL_RCPT_REFUSED,
		.phase = SMTP_CL_RCPT,
		.reply = smtp_reply_dup(c->tx->arena, r),
	};
	c->tx->accepted += is_good;
}

/*
 * 354 without a recipient: a lone dot would end it (RFC 2920), but who knows what gets delivered
 * then.
 */
static void take_data_answer(struct smtp_client *c, const struct smtp_reply *r)
{
	if (r->code != 354) {
		client_settle(c, SMTP_CL_RCPT_REFUSED, r);
	} else if (c->tx->accepted) {
		client_enter(c, SMTP_CL_CONTENT);
	} else {
		client_push(c, SMTP_CL_EV_DONE);
		client_fail(c, SMTP_CL_LOSS_NONE, NULL, NULL);
	}
}

/* Whether the reply's class makes sense for the command; 421 ends everything at once. */
static bool check_answer(struct smtp_client *c, const struct smtp_reply *r)
{
	unsigned class = smtp_reply_class(r);

	if (c->tx->answered == c->tx->sent || (class == 3 && c->state != SMTP_CL_DATA) ||
	    (c->state == SMTP_CL_DATA && class == 2) || (class == 3 && r->code != 354)) {
		client_fail(c, SMTP_CL_LOSS_PROTOCOL, NULL, "reply out of order");
		return false;
	}
	if (r->code == 421 || (c->tx->answered < c->tx->rsets && class != 2)) {
		client_fail(c, SMTP_CL_LOSS_REFUSED, r, NULL);
		return false;
	}
	return true;
}

/* What is not sent yet need not be: nobody is left to get the message. */
static void stop_sending(struct client_tx *tx)
{
	tx->total = tx->sent;
}

void client_take_answer(struct smtp_client *c, const struct smtp_reply *r)
{
	struct client_tx *tx = c->tx;
	enum smtp_client_state next;
	size_t rcpt = 0;

	if (!check_answer(c, r))
		return;
	command_state(tx, tx->answered++, &rcpt);
	switch (c->state) {
	case SMTP_CL_MAIL:
		if (smtp_reply_class(r) == 2)
			break;
		client_settle(c, SMTP_CL_RCPT_REFUSED, r);
		stop_sending(tx);
		break;
	case SMTP_CL_RCPT:
		take_rcpt_answer(c, rcpt, r);
		if (rcpt + 1 == tx->m->rcpt_count && !tx->accepted)
			stop_sending(tx);
		break;
	case SMTP_CL_DATA: take_data_answer(c, r); break;
	default: break; /* XFORWARD: a refusal takes nothing from the message */
	}
	if (c->state == SMTP_CL_CLOSED || c->state == SMTP_CL_CONTENT)
		return;
	if (tx->answered == tx->total) {
		c->needs_rset = true;
		client_tx_done(c);
		return;
	}
	next = command_state(tx, tx->answered, &rcpt);
	if (next != c->state)
		client_enter(c, next);
}

/* What this server cannot take is refused here, without a byte sent. */
static bool refuse_at_once(struct smtp_client *c)
{
	const struct smtp_client_mail *m = c->tx->m;
	bool needs_utf8 = m->mail.smtputf8 || !utf8_is_ascii(m->mail.sender.addr);
	struct smtp_reply r;

	for (size_t i = 0; i < m->rcpt_count && !needs_utf8; i++)
		needs_utf8 = !utf8_is_ascii(m->rcpts[i]->addr.addr);
	if (needs_utf8 && !has(c, SMTP_EXT_SMTPUTF8))
		r = smtp_reply_of(553, "5.6.7",
				  "SMTPUTF8 is needed, and the next server does not offer it");
	else if (c->size_limit && m->mail.size > c->size_limit)
		r = smtp_reply_of(552, "5.3.4",
				  "Message size exceeds the limit of the next server");
	else
		return false;
	client_settle(c, SMTP_CL_RCPT_REFUSED, &r);
	for (size_t i = 0; i < m->rcpt_count; i++)
		c->tx->results[i].phase = SMTP_CL_MAIL;
	return true;
}

void smtp_client_begin(struct smtp_client *c, const struct smtp_client_mail *m)
{
	struct arena *a = arena_new();
	struct client_tx *tx = arena_zalloc(a, sizeof(*tx));

	must(smtp_client_is_idle(c) && m->rcpt_count);
	c->tx = client_tx_free(c->tx);
	tx->arena = a;
	tx->m = m;
	tx->results = arena_calloc(a, m->rcpt_count, sizeof(*tx->results));
	strbuf_init(&tx->xforward, 0);
	c->tx = tx;
	if (refuse_at_once(c)) {
		client_push(c, SMTP_CL_EV_DONE);
		return;
	}
	tx->rsets = c->needs_rset;
	tx->xforwards = smtp_xforward_encode(&tx->xforward, &m->xforward, c->xforward_announced);
	tx->total = tx->rsets + tx->xforwards + 1 + m->rcpt_count + 1;
	c->needs_rset = false;
	client_enter(c, tx->rsets + tx->xforwards ? SMTP_CL_XFORWARD : SMTP_CL_MAIL);
	client_send_commands(c);
}

const struct smtp_client_result *smtp_client_result(const struct smtp_client *c, size_t i)
{
	must(c->tx && i < c->tx->m->rcpt_count);
	return &c->tx->results[i];
}

size_t smtp_client_accepted(const struct smtp_client *c)
{
	return c->tx ? c->tx->accepted : 0;
}
