/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Message content on its way in: the one place where CRLF becomes LF, stuffed dots are taken out
 * and the final dot is found. Only CR LF . CR LF ends a message (the CR LF before may be that of
 * DATA itself).
 *
 * A bare LF ends a line, but the line behind it is no line on the wire: a dot there is text. CRs
 * right before a CRLF's own are dropped and other bare CRs become spaces, as Postfix does; more
 * than 1,024 in a row are spaces anyhow.
 */
#pragma once

#include "core/str.h"

#include <stdbool.h>
#include <stdint.h>

struct strbuf;

enum smtp_content_state {
	SMTP_CONTENT_LINE_START = 0, /* behind CRLF */
	SMTP_CONTENT_DOT,            /* behind CRLF "." */
	SMTP_CONTENT_DOT_CR,         /* behind CRLF "." CR */
	SMTP_CONTENT_TEXT,
	SMTP_CONTENT_CR, /* behind one or more CRs in a line */
	SMTP_CONTENT_OVER,
};

struct smtp_content_in {
	enum smtp_content_state state;
	size_t pending_cr;
	uint64_t lines, bytes; /* given out */
	uint64_t bare_lf, bare_cr, nul;
	bool has_8bit;
};

/* Starts zeroed: (struct smtp_content_in){ 0 }. */

/*
 * Takes bytes off *in and appends content to out (which must not have a tight max: it grows by
 * what is given plus 1 kB at most). True when the final dot was taken; then the rest of *in is the
 * next command. False: all of *in was taken.
 */
bool smtp_content_in_feed(struct smtp_content_in *c, struct str *in, struct strbuf *out);
