/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Message content on its way out: the one place where LF becomes CRLF and dots are stuffed. A CR
 * right before an LF is part of the line end, any other becomes a space: what leaves never has a
 * bare CR or a bare LF, so no server behind can see an end of the message but ours.
 */
#pragma once

#include "core/str.h"

#include <stdbool.h>

struct strbuf;

struct smtp_content_out {
	bool in_line;    /* the last byte out was no line end */
	bool pending_cr; /* a CR was seen, and not yet what follows */
};

/* Starts zeroed. Appends at most 2 * content.n + 1 bytes. */
void smtp_content_out_feed(struct smtp_content_out *c, struct str content, struct strbuf *out);
/* Ends the last line if it is open; the final dot is the caller's. */
void smtp_content_out_end(struct smtp_content_out *c, struct strbuf *out);
