/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The SMTP and LMTP client's side of one connection, free of I/O. One connection carries any
 * number of transactions, one after another; keeping it for later is its owner's business.
 *
 * A transaction stops before the final dot. smtp_client_begin() sends XFORWARD, MAIL, RCPT and
 * DATA (in one go where the server announced PIPELINING); the content is asked for; when all of it
 * is sent but the dot, READY comes, and every recipient's reply is known. Then commit() sends the
 * dot, or the connection is dropped without it.
 *
 *	UP ─ begin() ─▶ WANT_DATA … data() … data_end() ─▶ READY ─ commit() ─▶ DONE ─ begin() ─▶ …
 *	          └──▶ DONE when no recipient is left        └─ abort() ─▶ CLOSE
 *	FAILED can come anywhere: nothing but free() is of use then.
 *
 * The dot is a small segment of its own: without TCP_NODELAY on the socket it waits for a delayed
 * ACK (40 ms).
 *
 * The content is text with LF line ends, as the server gives it out: line ends become CRLF, dots
 * are stuffed, a last line without an end gets one, a CR that ends no line becomes a space.
 * SMTPUTF8 needed and not announced: 553 5.6.7 for every recipient without a byte sent. 8-bit
 * content without 8BITMIME goes as it is, as amavisd sends it. A message larger than the announced
 * SIZE: 552 5.3.4 likewise.
 */
#pragma once

#include "core/str.h"
#include "smtp/envelope.h"
#include "smtp/reply.h"
#include "smtp/server.h"
#include "smtp/xforward.h"

#include <stdbool.h>
#include <stdint.h>

struct log;
struct smtp_client;

struct smtp_client_opts {
	enum smtp_proto protocol; /* SMTP or LMTP; ANY means SMTP */
	struct str helo;          /* our name: "localhost" */
	bool no_pipelining;       /* although announced */
	const struct log *log;    /* debug only; NULL: silent */
};

/* Owned by the caller; it and all it points to must stay until DONE or FAILED, or free(). */
struct smtp_client_mail {
	struct smtp_mail mail; /* size: the content's size on the wire, 0 if not known */
	const struct smtp_rcpt *const *rcpts;
	size_t rcpt_count; /* >= 1 */
	struct smtp_xforward xforward;
};

/*
 * Each is one wait, with a timeout; also the phase that a failure names. Order is that of a
 * connection.
 */
enum smtp_client_state {
	SMTP_CL_GREETING = 0,
	SMTP_CL_EHLO,
	SMTP_CL_HELO,
	SMTP_CL_IDLE,
	SMTP_CL_XFORWARD, /* also RSET, which goes before it where one is needed */
	SMTP_CL_MAIL,
	SMTP_CL_RCPT,
	SMTP_CL_DATA,
	SMTP_CL_CONTENT,
	SMTP_CL_READY,
	/* the only phase in which a failure leaves open whether the message was taken */
	SMTP_CL_DOT,
	SMTP_CL_QUIT,
	SMTP_CL_CLOSED,
	SMTP_CL_STATE_COUNT
};

enum smtp_client_event {
	SMTP_CL_EV_NONE = 0,
	SMTP_CL_EV_UP, /* hello is over: begin() may be called. Once a connection */
	/* there is room for content: call data(), or data_end() when it is over */
	SMTP_CL_EV_WANT_DATA,
	SMTP_CL_EV_READY, /* all but the dot has been taken for sending */
	/*
	 * Every recipient has its final result. begin() may be called again if smtp_client_is_idle();
	 * else CLOSE comes next (the server wanted content for no recipient at all: it gets none).
	 */
	SMTP_CL_EV_DONE,
	SMTP_CL_EV_FAILED, /* see smtp_client_failure(); every recipient has its result */
	SMTP_CL_EV_CLOSE,  /* QUIT was answered, or abort(): close the connection */
	SMTP_CL_EV_COUNT
};

enum smtp_client_loss {
	SMTP_CL_LOSS_NONE = 0,
	SMTP_CL_LOSS_CLOSED, /* the peer closed or the connection broke */
	SMTP_CL_LOSS_TIMEOUT,
	/* greeting or HELO got a 4xx or 5xx, or one came unasked: failure.reply */
	SMTP_CL_LOSS_REFUSED,
	SMTP_CL_LOSS_PROTOCOL, /* it did not speak SMTP */
	SMTP_CL_LOSS_COUNT
};

struct smtp_client_failure {
	enum smtp_client_loss loss;
	enum smtp_client_state phase;
	struct smtp_reply
	    reply; /* the server's, for REFUSED; else 4xx of our own, saying what happened where */
	bool is_uncertain; /* the dot was sent: the message may have been taken */
};

/* What became of one recipient. */
enum smtp_client_rcpt_state {
	SMTP_CL_RCPT_PENDING = 0,
	SMTP_CL_RCPT_ACCEPTED, /* RCPT got a 2xx; reply is that one, until the dot is answered */
	SMTP_CL_RCPT_SENT,     /* the dot got a 2xx for it: reply */
	SMTP_CL_RCPT_REFUSED,  /* reply says why and phase which command: MAIL, RCPT, DATA or DOT */
	SMTP_CL_RCPT_LOST,     /* the connection failed first; reply is the failure's */
	SMTP_CL_RCPT_STATE_COUNT
};

struct smtp_client_result {
	enum smtp_client_rcpt_state state;
	enum smtp_client_state phase;
	struct smtp_reply reply;
};

/* opts stays the caller's and must outlive the client. Starts by waiting for the greeting. */
struct smtp_client *smtp_client_new(const struct smtp_client_opts *opts);
struct smtp_client *smtp_client_free(struct smtp_client *c);

/* All bytes are taken; a server that floods is a failure. */
void smtp_client_feed(struct smtp_client *c, struct str bytes);
enum smtp_client_event smtp_client_next(struct smtp_client *c);
/* All output there is, which counts as sent; valid until the next take(). */
struct str smtp_client_take(struct smtp_client *c);

/* Allowed when smtp_client_is_idle(). */
void smtp_client_begin(struct smtp_client *c, const struct smtp_client_mail *m);
/*
 * The next piece of the content, after WANT_DATA: how much of it was taken, at least a byte. The
 * rest goes after the next WANT_DATA, which comes as soon as there is room. The owner calls take()
 * only when its socket can send: so no more is held than 128 kB.
 */
size_t smtp_client_data(struct smtp_client *c, struct str content);
void smtp_client_data_end(struct smtp_client *c);
/* After READY. */
void smtp_client_commit(struct smtp_client *c);
/* Before commit(): gives the transaction up; the connection is to be closed (CLOSE comes). */
void smtp_client_abort(struct smtp_client *c);
/* When idle: says QUIT; CLOSE comes after its reply. */
void smtp_client_quit(struct smtp_client *c);

void smtp_client_lost(struct smtp_client *c);
void smtp_client_timed_out(struct smtp_client *c);

bool smtp_client_is_idle(const struct smtp_client *c);
/* Valid from READY, DONE or FAILED until the next begin() or free(). i < rcpt_count. */
const struct smtp_client_result *smtp_client_result(const struct smtp_client *c, size_t i);
size_t smtp_client_accepted(const struct smtp_client *c);
/* After FAILED; until free(). */
const struct smtp_client_failure *smtp_client_failure(const struct smtp_client *c);
/* What the server announced: bits 1u << enum smtp_ext. */
unsigned smtp_client_exts(const struct smtp_client *c);

enum smtp_client_state smtp_client_state(const struct smtp_client *c);
/* 0 in IDLE, READY and CLOSED: there the owner's own limits hold. */
unsigned smtp_client_timeout_ms(const struct smtp_client *c);
const char *smtp_client_state_name(enum smtp_client_state st);
/* "waiting for the reply to RCPT": for "lost connection while ...". */
const char *smtp_client_state_text(enum smtp_client_state st);
