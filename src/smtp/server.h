/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The SMTP and LMTP server's side of one connection, free of I/O: bytes in, events and bytes out.
 * RFC 5321, 2033, 2920, 1870, 2034, 6152, 6531, 3461; XFORWARD as Postfix has it.
 *
 *	s = smtp_server_new(&opts);                    the greeting is ready to be taken
 *	for each bunch of bytes from the socket:
 *		n = smtp_server_feed(s, bytes);        n may be less: feed the rest later
 *		while (smtp_server_next(s, &ev)) ...   one event at a time
 *		send(smtp_server_take(s));
 *
 * MAIL, RCPT, DATA and END wait for an answer: the owner gives it at once or later with
 * smtp_server_reply() or smtp_server_accept(), and then calls next() again, for pipelined commands
 * go on. After ABORT or CLOSE nothing is awaited any more: see smtp_server_answers_due() before a
 * late answer. While an answer is awaited input is queued up to opts.max_queue; then feed() takes
 * nothing, and the owner stops reading. Commands are answered exactly once and in order.
 *
 * A final dot is CR LF . CR LF only. A bare LF inside a message is a line end that never ends the
 * message, nor makes the dot behind it a stuffed one; a bare CR goes on as a space, or as nothing
 * right before a CRLF (Postfix does the same). Both are counted, or refused after the whole
 * message has been read. A command line that ends in a bare LF is answered 500 and the connection
 * is closed: nothing behind it is read as a command. The same after BDAT, and after a refused DATA
 * that had input behind it, because that input may be message text.
 *
 * Not here: STARTTLS and AUTH (502), BDAT (502), XCLIENT (500), PROXY protocol.
 */
#pragma once

#include "core/str.h"
#include "core/vec.h"
#include "smtp/envelope.h"
#include "smtp/reply.h"
#include "smtp/xforward.h"

#include <stdbool.h>
#include <stdint.h>

struct log;
struct smtp_server;

enum smtp_proto {
	/* LHLO makes the session LMTP, HELO and EHLO make it SMTP, as amavisd does */
	SMTP_PROTO_ANY = 0,
	SMTP_PROTO_SMTP,
	SMTP_PROTO_LMTP,
	SMTP_PROTO_COUNT
};

enum smtp_bare { SMTP_BARE_ACCEPT = 0, SMTP_BARE_REFUSE };

/*
 * Const for the session, shared by sessions; the slices must outlive them. smtp_server_defaults()
 * first.
 */
struct smtp_server_opts {
	enum smtp_proto protocol;
	struct str hostname;    /* "[127.0.0.1]": in the greeting and the HELO reply */
	struct str greeting;    /* behind the host name: "ESMTP postern service ready" */
	struct str farewell;    /* behind the host name in the reply to QUIT: "closing channel" */
	struct str product;     /* for HELP; "postern" */
	unsigned announce;      /* bits 1u << enum smtp_ext; AUTH cannot be */
	bool xforward_allowed;  /* else XFORWARD is 550 and not announced */
	bool vrfy;              /* 252; else 502 */
	enum smtp_bare bare_lf; /* in message content */
	enum smtp_bare bare_cr;
	uint64_t max_size;     /* message bytes with CRLF line ends; 0: no limit */
	size_t max_line;       /* command line without CRLF; 4096 */
	size_t max_recipients; /* accepted ones in a transaction; 1100, then 452 4.5.3 */
	unsigned max_commands; /* in the session; 0: no limit. 421 4.7.0 at the next */
	unsigned
	    max_errors;   /* protocol errors since the last accepted message; 20, then 421 4.7.0 */
	size_t max_queue; /* input held while an answer is awaited; 64 KiB */
	unsigned timeout_ms;   /* for the states that wait for the peer; 0: the table's */
	const struct log *log; /* debug only; NULL: silent */
};

struct smtp_server_opts smtp_server_defaults(void);

/*
 * What a session knows when MAIL is accepted, and what the transaction gathers. Read-only for the
 * owner.
 */
struct smtp_tx {
	struct arena *arena; /* the owner may allocate here what shall die with the transaction */
	struct smtp_mail mail;
	struct vec rcpts; /* struct smtp_rcpt *: accepted ones, in order */
	struct smtp_xforward xforward;
	struct str helo;      /* the session's HELO name */
	const char *protocol; /* "SMTP", "ESMTP" or "LMTP": for the Received field and the log */
	bool is_lmtp;
	unsigned rcpts_refused;
	uint64_t content_bytes; /* content so far, as handed out (LF line ends) */
	uint64_t wire_bytes;    /* the same with CRLF line ends: what SIZE counts */
	uint64_t bare_lf, bare_cr;
	uint64_t nul;  /* NUL bytes in the content */
	bool has_8bit; /* a byte above 0x7f in the content */
};

static inline const struct smtp_rcpt *smtp_tx_rcpt(const struct smtp_tx *tx, size_t i)
{
	return *VEC_AT(&tx->rcpts, const struct smtp_rcpt *, i);
}

enum smtp_event_type {
	SMTP_EV_NONE = 0,
	SMTP_EV_MAIL, /* awaits an answer. 2xx: the transaction begins */
	SMTP_EV_RCPT, /* awaits an answer, for ev.rcpt. 2xx: it joins tx->rcpts */
	/* awaits 354 (accept), or a refusal such as 452 4.3.1, before anything is read */
	SMTP_EV_DATA,
	SMTP_EV_BODY, /* ev.body: the next bytes of the content, LF line ends, dots unstuffed */
	/* the final dot came. Awaits one answer; in LMTP one for each of tx->rcpts, in order */
	SMTP_EV_END,
	/* the transaction is over and END was not answered: see ev.why. Nothing is awaited */
	SMTP_EV_ABORT,
	SMTP_EV_CLOSE, /* the session is over: send what take() gives, then close. The last event */
	SMTP_EV_COUNT
};

enum smtp_abort {
	SMTP_ABORT_RSET = 0, /* RSET, or a second HELO */
	SMTP_ABORT_QUIT,
	/* the engine refused the message at its dot: size or bare LF/CR; or refuse_body() */
	SMTP_ABORT_REFUSED,
	SMTP_ABORT_LOST, /* the connection */
	SMTP_ABORT_TIMEOUT,
	SMTP_ABORT_ERROR, /* protocol errors: the session was ended */
	SMTP_ABORT_SHUTDOWN,
	SMTP_ABORT_COUNT
};

struct smtp_event {
	enum smtp_event_type type;
	/* MAIL to ABORT. Valid until the answer to END or the call of next() that follows ABORT. */
	const struct smtp_tx *tx;
	const struct smtp_rcpt *rcpt; /* RCPT */
	struct str body;     /* BODY: valid until the next call of any function on the session */
	enum smtp_abort why; /* ABORT */
};

/* opts stays the caller's and must outlive the session. */
struct smtp_server *smtp_server_new(const struct smtp_server_opts *opts);
/* A transaction still open ends without an event. NULL is fine; returns NULL. */
struct smtp_server *smtp_server_free(struct smtp_server *s);

/*
 * How many bytes were taken: fewer than given while max_queue is full or output waits to be taken.
 */
size_t smtp_server_feed(struct smtp_server *s, struct str bytes);
/* The next event; false: wants input, an answer, or its output taken. */
bool smtp_server_next(struct smtp_server *s, struct smtp_event *ret);
/*
 * All output there is, which counts as sent; valid until the next take(). Empty when there is
 * none.
 */
struct str smtp_server_take(struct smtp_server *s);

/*
 * Whether an event awaits its answer, and how many answers it awaits still (0, 1, or END's in
 * LMTP).
 */
size_t smtp_server_answers_due(const struct smtp_server *s);
/*
 * Answers the awaited event; must be awaited. For DATA a code of 354 lets the message come. A 421
 * to anything ends the session after it. The slices are copied.
 */
void smtp_server_reply(struct smtp_server *s, const struct smtp_reply *r);
/*
 * Our usual positive answer: 250 2.1.0, 250 2.1.5, 354, and for END 250 2.0.0 (all that are due).
 */
void smtp_server_accept(struct smtp_server *s);
/* The same answer to everything that is due. */
void smtp_server_reply_all(struct smtp_server *s, const struct smtp_reply *r);
/*
 * During the content: no more BODY events come, the rest is read and forgotten, and the dot is
 * answered with r (4xx or 5xx) without an END event; ABORT with REFUSED tells the end.
 */
void smtp_server_refuse_body(struct smtp_server *s, const struct smtp_reply *r);

/*
 * The peer closed or the connection broke. Take the events there are first: a last QUIT may be
 * among them.
 */
void smtp_server_lost(struct smtp_server *s);
/* The state's time is over: 421 4.4.2, ABORT, CLOSE. */
void smtp_server_timed_out(struct smtp_server *s);
/* 421 4.3.2 and the end, at once. Ask smtp_server_is_idle() first to do it between messages. */
void smtp_server_shutdown(struct smtp_server *s);

/* The open transaction, NULL if MAIL was not given: s->tx is the only place that knows. */
const struct smtp_tx *smtp_server_tx(const struct smtp_server *s);
/* No transaction, no input waiting: closing now loses nothing. */
bool smtp_server_is_idle(const struct smtp_server *s);
struct str smtp_server_helo(const struct smtp_server *s);

/* For the timer: 0 means no timeout here (an answer is awaited; the owner has its own deadline). */
unsigned smtp_server_timeout_ms(const struct smtp_server *s);
/* "COMMAND", and "waiting for a command": for logs ("timeout while ..."). */
const char *smtp_server_state_name(const struct smtp_server *s);
const char *smtp_server_state_text(const struct smtp_server *s);
const char *smtp_abort_text(enum smtp_abort why);
