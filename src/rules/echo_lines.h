/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * echo_lines: where the lines of a subject begin, and with what, so that "the next line that begins with a T" is
 * looked up. Made as far as somebody asks, once for all echoes over a subject; far down in long subjects lines
 * are looked for, and what was found last is known.
 */
#pragma once

#include "core/str.h"

#include <stddef.h>
#include <stdint.h>

enum { ECHO_LINES_WORDS = 256, ECHO_LINES_MAX = 1024, ECHO_LINES_SOUGHT = 4 };

/* Behind a newline at `from` or later the first line, of those up to `to`, that begins with c; STR_NPOS: none. */
struct echo_lines_sought {
	size_t from, to, found;
	int c;
};

struct echo_lines {
	struct str text;
	size_t words,
	    count;     /* known so far: words of 64 bytes, lines that begin behind a newline */
	size_t looked; /* at: first bytes of lines that are known, bytes where they are not */
	size_t sought_next;
	struct echo_lines_sought sought[ECHO_LINES_SOUGHT];
	uint64_t ends[ECHO_LINES_WORDS];   /* newlines, a bit each */
	uint16_t before[ECHO_LINES_WORDS]; /* how many lines begin in the words before */
	uint16_t begin[ECHO_LINES_MAX + 64];
	uint8_t first[ECHO_LINES_MAX + 64]; /* in lower case; at the subject's end 0 */
};

/* Looks at nothing yet. The text outlives it. */
void echo_lines_init(struct echo_lines *l, struct str text);
/*
 * The begin of the first line behind a newline at `from` or later, from + 1 to `to`, whose first byte is c in
 * lower case (of ISO 8859-1), or of any line where c is -1: that may be the text's end. STR_NPOS: there is none.
 */
size_t echo_lines_next(struct echo_lines *l, size_t from, size_t to, int c);
