/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * SMTP replies: the value, the printer (server) and the incremental parser (client). RFC 5321
 * section 4.2, RFC 2034 and 3463 enhanced status codes.
 */
#pragma once

#include "core/str.h"
#include "core/strbuf.h"

#include <stdbool.h>

struct arena;
struct err;

/* The longest line we send, CRLF included. */
#define SMTP_REPLY_LINE_MAX 512

struct smtp_reply {
	unsigned code;       /* 200..599 */
	struct str enhanced; /* "2.1.5"; none when there is none */
	struct str text;     /* lines separated by LF, codes removed; never none */
};

static inline struct smtp_reply smtp_reply_of(unsigned code, const char *enhanced, const char *text)
{
	return (struct smtp_reply){ code, str_of(enhanced), str_of(text) };
}
static inline unsigned smtp_reply_class(const struct smtp_reply *r)
{
	return r->code / 100;
}

/* The text is printed into the arena. enhanced may be NULL. */
struct smtp_reply smtp_reply_make(struct arena *a, unsigned code, const char *enhanced,
				  const char *fmt, ...) _printf_(4, 5);
/* All slices copied into the arena. */
struct smtp_reply smtp_reply_dup(struct arena *a, const struct smtp_reply *r);

/*
 * Writes the reply with CRLF: a line per line of text, lines over 512 bytes wrapped (at a space
 * where there is one), code and enhanced code on every line. Bytes that are no printable ASCII
 * become "?"; with utf8, well-formed UTF-8 stays. An enhanced code of another class than the
 * code's is left out. A text of more than 16 kB is cut.
 */
void smtp_reply_encode(struct strbuf *out, const struct smtp_reply *r, bool utf8);
/* One line without CRLF, "250 2.0.0 text text": for logs and for quoting in another reply. */
struct str smtp_reply_line(struct arena *a, const struct smtp_reply *r);
/*
 * "d.d.d" with class 2, 4 or 5 and up to three digits each (RFC 3463) at the start of s: its
 * length, or 0.
 */
size_t smtp_enhanced_length(struct str s);

/*
 * The parser. Limits, for hostile servers: a line counts up to 2048 bytes (what is longer is
 * skipped, as in Postfix), the text is kept up to 8 kB (the rest is dropped), more than 500 lines
 * in one reply are an error; so is a line without three digits (200..599) and SP, "-" or its end,
 * and a code that changes between lines. CRLF and bare LF end a line. NUL and other controls in
 * the text become "?".
 */
struct smtp_reply_parser {
	struct strbuf line; /* the line so far */
	struct strbuf text;
	struct str enhanced; /* points into enhanced_buf */
	char enhanced_buf[12];
	unsigned code, lines;
	bool over; /* a reply was given out: the next byte begins a new one */
};

void smtp_reply_parser_init(struct smtp_reply_parser *p);
void smtp_reply_parser_done(struct smtp_reply_parser *p);
/*
 * Takes bytes off *in up to the end of one reply. 1: *ret is a reply, its slices valid until the
 * next call; 0: all taken, wants more; -1: not SMTP (e is filled), the connection is of no further
 * use.
 */
int smtp_reply_parse(struct smtp_reply_parser *p, struct str *in, struct smtp_reply *ret,
		     struct err *e);
/* Whether it stands in the middle of a reply. */
bool smtp_reply_parser_is_inside(const struct smtp_reply_parser *p);
