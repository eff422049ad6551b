/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The server's states. Edges are written down here and asserted by server_enter(), the only writer
 * of s->state. Timeouts are for the peer only: while the owner's answer is awaited, the owner has
 * its own.
 */
#include "core/log.h"
#include "core/must.h"
#include "smtp/server_private.h"

#define TO(x) (1u << SERVER_##x)

static const struct {
	const char *name, *text;
	unsigned timeout_ms;
	bool awaits_owner;
	unsigned edges;
} states[] = {
	[SERVER_COMMAND] = { "COMMAND", "waiting for a command", 480 * 1000, false,
			     TO(MAIL) | TO(RCPT) | TO(DATA) | TO(CLOSING) },
	[SERVER_MAIL] = { "MAIL", "deciding on a sender", 0, true, TO(COMMAND) | TO(CLOSING) },
	[SERVER_RCPT] = { "RCPT", "deciding on a recipient", 0, true, TO(COMMAND) | TO(CLOSING) },
	[SERVER_DATA] = { "DATA", "making room for a message", 0, true,
			  TO(COMMAND) | TO(CONTENT) | TO(CLOSING) },
	[SERVER_CONTENT] = { "CONTENT", "receiving message content", 480 * 1000, false,
			     TO(DOT) | TO(CLOSING) },
	[SERVER_DOT] = { "DOT", "message received", 0, false, TO(END) | TO(COMMAND) | TO(CLOSING) },
	[SERVER_END] = { "END", "deciding on a message", 0, true, TO(COMMAND) | TO(CLOSING) },
	[SERVER_CLOSING] = { "CLOSING", "sending the last reply", 20 * 1000, false, TO(CLOSED) },
	[SERVER_CLOSED] = { "CLOSED", "closed", 0, false, 0 },
};

_Static_assert(ELEMENTS(states) == SERVER_STATE_COUNT, "a row for each state");

void server_enter(struct smtp_server *s, enum server_state to)
{
	must((unsigned)to < SERVER_STATE_COUNT);
	must(states[s->state].edges & 1u << to);
	log_debug(s->opts->log, "smtp server state", lf_c("from", states[s->state].name),
		  lf_c("to", states[to].name));
	s->state = to;
}

bool server_awaits_owner(const struct smtp_server *s)
{
	return states[s->state].awaits_owner;
}

unsigned smtp_server_timeout_ms(const struct smtp_server *s)
{
	unsigned ms = states[s->state].timeout_ms;

	return ms && s->state != SERVER_CLOSING && s->opts->timeout_ms ? s->opts->timeout_ms : ms;
}

const char *smtp_server_state_name(const struct smtp_server *s)
{
	return states[s->state].name;
}

const char *smtp_server_state_text(const struct smtp_server *s)
{
	return states[s->state].text;
}

const char *smtp_abort_text(enum smtp_abort why)
{
	static const char *const text[] = {
		[SMTP_ABORT_RSET] = "transaction reset",  [SMTP_ABORT_QUIT] = "session quit",
		[SMTP_ABORT_REFUSED] = "message refused", [SMTP_ABORT_LOST] = "connection lost",
		[SMTP_ABORT_TIMEOUT] = "timeout",         [SMTP_ABORT_ERROR] = "protocol error",
		[SMTP_ABORT_SHUTDOWN] = "shutting down",
	};

	_Static_assert(ELEMENTS(text) == SMTP_ABORT_COUNT, "a text for each end");
	must((unsigned)why < SMTP_ABORT_COUNT);
	return text[why];
}
