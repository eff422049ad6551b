/* SPDX-License-Identifier: BSD-2-Clause */
/* What the client's files share: the connection and the transaction. */
#pragma once

#include "core/strbuf.h"
#include "smtp/client.h"
#include "smtp/content_out.h"

/* While so much output waits, nothing is added to it. */
#define CLIENT_OUT_HIGH (64 * 1024)

struct arena;
struct err;

/* A transaction's commands are numbered in the order in which they are sent. */
struct client_tx {
	struct arena *arena;
	const struct smtp_client_mail *m;
	struct smtp_client_result *results; /* m->rcpt_count */
	size_t accepted;
	struct strbuf xforward; /* the XFORWARD commands, a line each */
	size_t rsets, xforwards;
	size_t total, sent, answered;
	struct smtp_content_out content;
	size_t dots_due;      /* answers to the dot that are awaited */
	size_t dots_answered; /* LMTP: recipients up to here have theirs */
	bool data_wanted;     /* WANT_DATA was given out and data() not called yet */
	bool data_ended;
};

struct smtp_client {
	const struct smtp_client_opts *opts;
	enum smtp_client_state state;
	struct strbuf in;
	size_t in_at;
	struct strbuf out, sent;
	struct smtp_reply_parser parser;
	unsigned exts, xforward_announced;
	uint64_t size_limit;  /* announced; 0: none */
	bool needs_rset;      /* the last transaction ended before its content */
	struct client_tx *tx; /* the one under way, or the last one, for its results */
	enum smtp_client_event event, event_after;
	struct smtp_client_failure failure;
	struct arena *failure_arena;
};

/* client_state.c */
void client_enter(struct smtp_client *c, enum smtp_client_state to);
/* Between begin() and DONE or FAILED. */
bool client_in_tx(const struct smtp_client *c);

/* client.c */
/* Reads replies until one makes an event or there are no more. */
void client_read_replies(struct smtp_client *c);
void client_push(struct smtp_client *c, enum smtp_client_event ev);
/*
 * The end by failure. reply: the server's, or NULL for one of our own with `detail`, which may be
 * NULL.
 */
void client_fail(struct smtp_client *c, enum smtp_client_loss loss, const struct smtp_reply *reply,
		 const char *detail);

/* client_hello.c: replies in GREETING, EHLO, HELO. */
void client_take_greeting(struct smtp_client *c, const struct smtp_reply *r);
void client_take_ehlo(struct smtp_client *c, const struct smtp_reply *r);
void client_take_helo(struct smtp_client *c, const struct smtp_reply *r);

/* client_tx.c */
struct client_tx *client_tx_free(struct client_tx *tx);
void client_send_commands(struct smtp_client *c);
void client_take_answer(struct smtp_client *c, const struct smtp_reply *r);
/* Sets what has no final result yet. */
void client_settle(struct smtp_client *c, enum smtp_client_rcpt_state st,
		   const struct smtp_reply *r);
void client_tx_done(struct smtp_client *c);

/* client_data.c */
void client_take_dot_answer(struct smtp_client *c, const struct smtp_reply *r);
/* True: an event was pushed. */
bool client_step_content(struct smtp_client *c);
