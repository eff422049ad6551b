/* SPDX-License-Identifier: BSD-2-Clause */
/* What the server's files share: the session, the transaction and the table of verbs. */
#pragma once

#include "core/strbuf.h"
#include "smtp/content_in.h"
#include "smtp/server.h"

enum server_state {
	SERVER_COMMAND = 0,
	SERVER_MAIL, /* this and the two below: the owner's answer is awaited */
	SERVER_RCPT,
	SERVER_DATA,
	SERVER_CONTENT,
	SERVER_DOT, /* the final dot was read; END has not been told yet */
	SERVER_END, /* the owner's answer is awaited, in LMTP several */
	SERVER_CLOSING,
	SERVER_CLOSED,
	SERVER_STATE_COUNT
};

struct server_tx {
	struct smtp_tx pub; /* first: the owner holds a pointer to it */
	struct smtp_content_in content;
	struct smtp_rcpt *asked; /* RCPT that awaits its answer */
	bool is_refused;         /* refusal is set: the content is read and forgotten */
	struct smtp_reply refusal;
	size_t answers_due; /* in SERVER_END */
};

struct smtp_server {
	const struct smtp_server_opts *opts;
	enum server_state state;
	enum smtp_proto proto; /* ANY until LHLO, HELO or EHLO decide */
	bool is_esmtp;
	struct strbuf helo; /* empty: no hello yet */
	struct strbuf in;   /* input; what lies before in_at has been used */
	size_t in_at;
	bool line_over;          /* the command line is too long: its rest is skipped */
	struct strbuf out, sent; /* sent: what the last take() gave out */
	struct strbuf body;      /* what the last BODY event gave out */
	struct arena *xforward_arena;
	struct smtp_xforward xforward;
	struct server_tx *tx;
	struct server_tx *ended; /* kept until the next next(), for ABORT's reader */
	struct smtp_event event; /* type NONE: there is none to give out */
	unsigned commands, errors;
};

struct server_verb {
	const char *name;
	unsigned flags;
	void (*act)(struct smtp_server *s, struct str args);
};

enum {
	VERB_NEEDS_HELLO = 1u << 0,
	VERB_NEEDS_TX = 1u << 1,
	VERB_NEEDS_NO_TX = 1u << 2,
	VERB_NO_ARGS = 1u << 3,
	VERB_CLOSES = 1u << 4, /* whatever it is answered, nothing behind it is read */
};

/* server_state.c */
void server_enter(struct smtp_server *s, enum server_state to);
bool server_awaits_owner(const struct smtp_server *s);

/* server.c: replies, transactions, the end. */
void server_say(struct smtp_server *s, unsigned code, const char *enhanced, const char *fmt, ...)
    _printf_(4, 5);
void server_say_reply(struct smtp_server *s, const struct smtp_reply *r);
/* The same for a command that broke the protocol: counted against max_errors. */
void server_refuse(struct smtp_server *s, unsigned code, const char *enhanced, const char *fmt, ...)
    _printf_(4, 5);
void server_refuse_reply(struct smtp_server *s, const struct smtp_reply *r);
void server_tx_new(struct smtp_server *s);
/* The only end of a transaction. XFORWARD attributes outlive only one whose MAIL was refused. */
void server_tx_end(struct smtp_server *s);
void server_forget_xforward(struct smtp_server *s);
/*
 * Ends the transaction, if there is one, with an ABORT event; none if MAIL was not even told yet.
 */
void server_abort(struct smtp_server *s, enum smtp_abort why);
/* ABORT if need be, then CLOSE. */
void server_close(struct smtp_server *s, enum smtp_abort why);
struct str server_input(const struct smtp_server *s);
void server_used_input(struct smtp_server *s, size_t n);

/* server_command.c: false: no whole line yet. */
bool server_read_command(struct smtp_server *s);
const struct server_verb *server_find_verb(struct str name);

/* server_data.c */
bool server_read_content(struct smtp_server *s);
void server_tell_end(struct smtp_server *s);
/* After the refusal of DATA is said. */
void server_data_refused(struct smtp_server *s);

/* A file per group of verbs. */
void verb_helo(struct smtp_server *s, struct str args);
void verb_ehlo(struct smtp_server *s, struct str args);
void verb_lhlo(struct smtp_server *s, struct str args);
void verb_rset(struct smtp_server *s, struct str args);
void verb_noop(struct smtp_server *s, struct str args);
void verb_quit(struct smtp_server *s, struct str args);
void verb_mail(struct smtp_server *s, struct str args);
void verb_rcpt(struct smtp_server *s, struct str args);
void verb_data(struct smtp_server *s, struct str args);
void verb_xforward(struct smtp_server *s, struct str args);
void verb_vrfy(struct smtp_server *s, struct str args);
void verb_help(struct smtp_server *s, struct str args);
void verb_not_implemented(struct smtp_server *s, struct str args);
void verb_foreign(struct smtp_server *s, struct str args);
