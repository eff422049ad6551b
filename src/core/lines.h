/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * struct lines: the lines of a descriptor as they come, read in pieces as large as there are. Whoever has something
 * to say before he waits asks lines_waits() first.
 */
#pragma once

#include "core/err.h"
#include "core/str.h"

#include <stdbool.h>
#include <stddef.h>

enum { LINES_MAX = 1 << 20 };

struct lines {
	int fd; /* the caller's */
	char *buf;
	size_t at, n, room; /* buf[at..n) is still to be taken */
	size_t looked;      /* buf[at..looked) has no LF */
	bool is_over;       /* nothing comes any more */
};

void lines_init(struct lines *l, int fd);
void lines_done(struct lines *l);
/* The next line is not here as a whole: lines_next() reads, and may wait. */
bool lines_waits(const struct lines *l);
/*
 * 1: *ret is the next line, without its LF or CR LF; it is good until the next call. A last line without an end
 * counts. 0: there is none any more. -1: a line is longer than LINES_MAX (ERR_LIMIT), or the descriptor cannot be read.
 */
int lines_next(struct lines *l, struct str *ret, struct err *e);
