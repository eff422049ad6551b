/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The client's states: name, what it waits for, and how long (as Postfix's SMTP client does).
 * Edges are asserted by client_enter(), the only writer of c->state; every state may end in
 * CLOSED.
 */
#include "core/log.h"
#include "core/must.h"
#include "smtp/client_private.h"

#define TO(x) (1u << SMTP_CL_##x)

static const struct {
	const char *name, *text;
	unsigned timeout_ms, edges;
} states[] = {
	[SMTP_CL_GREETING] = { "GREETING", "waiting for the greeting", 300 * 1000, TO(EHLO) },
	[SMTP_CL_EHLO] = { "EHLO", "waiting for the reply to EHLO", 300 * 1000,
			   TO(HELO) | TO(IDLE) },
	[SMTP_CL_HELO] = { "HELO", "waiting for the reply to HELO", 300 * 1000, TO(IDLE) },
	[SMTP_CL_IDLE] = { "IDLE", "idle between transactions", 0,
			   TO(XFORWARD) | TO(MAIL) | TO(QUIT) },
	[SMTP_CL_XFORWARD] = { "XFORWARD", "waiting for the reply to RSET or XFORWARD", 300 * 1000,
			       TO(MAIL) },
	[SMTP_CL_MAIL] = { "MAIL", "waiting for the reply to MAIL", 300 * 1000,
			   TO(RCPT) | TO(IDLE) },
	[SMTP_CL_RCPT] = { "RCPT", "waiting for the reply to RCPT", 300 * 1000,
			   TO(DATA) | TO(IDLE) },
	[SMTP_CL_DATA] = { "DATA", "waiting for the reply to DATA", 120 * 1000,
			   TO(CONTENT) | TO(IDLE) },
	[SMTP_CL_CONTENT] = { "CONTENT", "sending message content", 180 * 1000, TO(READY) },
	[SMTP_CL_READY] = { "READY", "holding back the end of data", 0, TO(DOT) },
	[SMTP_CL_DOT] = { "DOT", "waiting for the reply to the end of data", 600 * 1000, TO(IDLE) },
	[SMTP_CL_QUIT] = { "QUIT", "waiting for the reply to QUIT", 300 * 1000, 0 },
	[SMTP_CL_CLOSED] = { "CLOSED", "closed", 0, 0 },
};

_Static_assert(ELEMENTS(states) == SMTP_CL_STATE_COUNT, "a row for each state");

void client_enter(struct smtp_client *c, enum smtp_client_state to)
{
	must((unsigned)to < SMTP_CL_STATE_COUNT && c->state != SMTP_CL_CLOSED);
	must(to == SMTP_CL_CLOSED || states[c->state].edges & 1u << to);
	log_debug(c->opts->log, "smtp client state", lf_c("from", states[c->state].name),
		  lf_c("to", states[to].name));
	c->state = to;
}

bool client_in_tx(const struct smtp_client *c)
{
	return c->state > SMTP_CL_IDLE && c->state < SMTP_CL_QUIT;
}

enum smtp_client_state smtp_client_state(const struct smtp_client *c)
{
	return c->state;
}

unsigned smtp_client_timeout_ms(const struct smtp_client *c)
{
	return states[c->state].timeout_ms;
}

const char *smtp_client_state_name(enum smtp_client_state st)
{
	must((unsigned)st < SMTP_CL_STATE_COUNT);
	return states[st].name;
}

const char *smtp_client_state_text(enum smtp_client_state st)
{
	must((unsigned)st < SMTP_CL_STATE_COUNT);
	return states[st].text;
}
