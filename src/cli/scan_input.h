/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What `postern scan` reads: files, folders, Maildirs, mboxes, standard input. Names are listed first, in
 * order; bytes are read when a message's turn comes.
 */
#pragma once

#include "core/err.h"
#include "core/str.h"
#include "core/vec.h"

#include <stdbool.h>
#include <stddef.h>

struct arena;

/* One message: a whole file, or a piece of an mbox. */
struct scan_input {
	struct str name; /* as printed: the path, or "path#3" for the third message of an mbox */
	struct str path; /* "-": standard input */
	bool is_piece;
	size_t at, size; /* of a piece */
};

struct scan_inputs {
	struct arena *arena;
	struct vec list;        /* struct scan_input */
	bool mbox;              /* every file is an mbox (--mbox) */
	struct str stdin_bytes; /* read once */
	bool has_stdin;
	size_t unreadable; /* said on standard error already */
};

enum { SCAN_INPUT_MAX = 1 << 30 };

void scan_inputs_init(struct scan_inputs *in, struct arena *a, bool mbox);
/*
 * A file, or a folder: a Maildir's new/ and cur/, else all files in it and below, byte-sorted by name. An mbox
 * (its name ends in .mbox, or --mbox) is cut at its "From " lines. Unreadable ones are named on standard
 * error and counted; the others go on.
 */
void scan_inputs_add(struct scan_inputs *in, const char *path);
/* Paths, one a line, from a file ("-": standard input). */
int scan_inputs_add_list(struct scan_inputs *in, const char *list, struct err *e);
/* The message's bytes. */
int scan_input_read(const struct scan_inputs *in, size_t i, struct arena *a, struct str *ret,
		    struct err *e);
