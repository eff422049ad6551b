/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the front and a scan process say to each other, as frames (ipc/frame.h). Each message has a plain
 * struct, an encoder into a strbuf (the frame's body) and a decoder from a frame. Decoding trusts nobody:
 * neither the cage nor, in the cage, the front. Counts and lengths are bounded before memory is taken;
 * numbers are finite, enums in range, ids not 0, strings with the bounds below. Byte *ranges* into the
 * message are checked by whoever uses them.
 *
 * A decoder copies the body into the arena, so its slices live as long as that. Descriptors are taken
 * out of the frame only on success; body_fd and ask_part.fd are the caller's then.
 */
#pragma once

#include "core/err.h"
#include "core/str.h"
#include "ipc/ask.h"
#include "ipc/envelope.h"
#include "ipc/frame.h"
#include "ipc/report.h"

#include <stddef.h>
#include <stdint.h>

struct arena;
struct strbuf;

enum scan_frame {
	/* front -> scan */
	SCAN_FRAME_REQUEST = 1, /* struct scan_request; the body in it, or 1 descriptor */
	SCAN_FRAME_ANSWER,      /* struct scan_answers */
	SCAN_FRAME_STOP,        /* id: time is up, report what is known; a report follows */
	SCAN_FRAME_CANCEL,      /* id: forget it; nothing follows */
	SCAN_FRAME_DEBUG,       /* struct scan_text: a debug verb, where the setting allows it */
	/* scan -> front */
	SCAN_FRAME_ASKS =
	    64, /* struct scan_asks, one descriptor a part that is not the whole message */
	SCAN_FRAME_REPORT,       /* struct scan_result */
	SCAN_FRAME_LOG,          /* struct scan_text */
	SCAN_FRAME_DEBUG_RESULT, /* struct scan_text */
};

enum {
	SCAN_WIRE_MAX_RCPTS = 50000,
	SCAN_WIRE_MAX_ASKS = 2048, /* in one batch */
	SCAN_WIRE_MAX_PARTS = 62,  /* in one batch, the whole messages not counted */
	SCAN_WIRE_MAX_RECORDS = 256,
	SCAN_WIRE_MAX_ANSWERS = 2048,
	SCAN_WIRE_MAX_NAME = 1024,  /* a rule's, host's, label's, engine's or virus's name */
	SCAN_WIRE_MAX_TEXT = 65535, /* an address, a description, a log line */
	SCAN_WIRE_MAX_DEBUG = 1 << 20,
	SCAN_WIRE_MAX_BODY = 64 << 10, /* a message that travels in the frame */
};

struct scan_request {
	uint32_t id;          /* > 0, unique among those at this scan process */
	uint32_t want;        /* enum scan_want bits */
	uint32_t deadline_ms; /* from now on; then the scan is told to stop. 0: none */
	uint32_t grace_ms;    /* what does not stop within it is killed */
	int64_t now_ms;       /* wall clock: an input of the scan */
	struct envelope env;
	/*
	 * The message: `body` when body_fd is -1, of at most SCAN_WIRE_MAX_BODY; else a sealed memfd, sent
	 * beside the frame. Most messages are small, and making, sealing, sending and mapping a memfd takes
	 * a dozen system calls.
	 */
	struct str body;
	int body_fd;
};

/*
 * Asks of one message. A virus part with fd -1 is the whole message: the front has these bytes already.
 * Every other part's fd is a sealed memfd with its bytes; part.bytes does not travel.
 */
struct scan_asks {
	uint32_t id; /* of the message */
	struct ask *asks;
	size_t ask_count;
};

struct scan_answers {
	uint32_t id; /* of the message */
	struct answer *answers;
	size_t answer_count;
};

struct scan_result {
	uint32_t id;
	struct report report;
};

/* id 0: of no message. level and detail as in core/log.h; both 0 for debug verbs. */
struct scan_text {
	uint32_t id;
	int8_t level, detail;
	struct str text;
};

/* Encoders append to out. -1: something is over a bound above (ERR_LIMIT): send nothing. */
int scan_encode_request(struct strbuf *out, const struct scan_request *q, struct err *e);
/* The parts' descriptors, which stay the caller's, are put into fds[SCAN_WIRE_MAX_PARTS] in order. */
int scan_encode_asks(struct strbuf *out, const struct scan_asks *m, int *fds, size_t *ret_fds,
		     struct err *e);
int scan_encode_answers(struct strbuf *out, const struct scan_answers *m, struct err *e);
int scan_encode_result(struct strbuf *out, const struct scan_result *m, struct err *e);
/* Too long a text is cut. */
void scan_encode_text(struct strbuf *out, const struct scan_text *m);
/* SCAN_FRAME_STOP and SCAN_FRAME_CANCEL. */
void scan_encode_id(struct strbuf *out, uint32_t id);

/* -1: malformed (ERR_PEER): close the channel. *ret is set on success only. */
int scan_decode_request(struct arena *a, struct frame *f, struct scan_request *ret, struct err *e);
int scan_decode_asks(struct arena *a, struct frame *f, struct scan_asks *ret, struct err *e);
int scan_decode_answers(struct arena *a, const struct frame *f, struct scan_answers *ret,
			struct err *e);
int scan_decode_result(struct arena *a, const struct frame *f, struct scan_result *ret,
		       struct err *e);
int scan_decode_text(struct arena *a, const struct frame *f, struct scan_text *ret, struct err *e);
int scan_decode_id(const struct frame *f, uint32_t *ret, struct err *e);
