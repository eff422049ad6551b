/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What `postern scan` reads: files, folders, Maildirs, mboxes, standard input. Names are listed first, in
 * order; bytes are read when a message's turn comes.
 */
#pragma once

#include "cli/scan_mailbox.h"
#include "core/arena.h"
#include "core/err.h"
#include "core/str.h"
#include "core/vec.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* One message: a whole file, or a piece of an mbox. */
struct scan_input {
	struct str name; /* as printed: the path, or "path#3" for the third message of an mbox */
	struct str path; /* "-": standard input */
	bool is_piece;
	size_t at;   /* of a piece */
	size_t size; /* of a piece; else of the file when it was listed, 0: not known */
};

/* The folder of the file that was read last: the next one is mostly in it too, and opened without the way there. */
struct scan_folder {
	struct str path; /* with its slash; empty: none is open */
	int fd;
};

struct lines;

struct scan_inputs {
	struct arena *arena;
	struct arena *names;        /* for the list: the same, or one that is emptied on the way */
	struct arena_mark no_names; /* while that is empty */
	struct vec list;            /* struct scan_input */
	size_t gone;                /* messages in front of these, of a list that is followed */
	enum mailbox_format format; /* of every file; set by the owner after scan_inputs_init() */
	/*
	 * As SpamAssassin's programs have it: a path with ".mbox" anywhere is one; in folders each file is a
	 * message, whatever its name, but for MH's ",1" and messages of a Maildir that are marked as deleted.
	 */
	bool as_spamassassin;
	void (*complain)(const char *path,
			 const char *why); /* NULL: on standard error, as postern */
	struct str stdin_bytes;            /* read once */
	struct scan_folder *folder;        /* of a list that is not followed */
	struct lines *lines;               /* a list that is read as the work goes on, or NULL */
	bool has_stdin, is_followed;
	size_t unreadable; /* said on standard error already */
};

enum { SCAN_INPUT_MAX = 1 << 30 };

void scan_inputs_init(struct scan_inputs *in, struct arena *a);
/*
 * A file, or a folder: a Maildir's new/ and cur/, else all files in it and below, byte-sorted by name. An mbox
 * (its name ends in .mbox, or `format` says so) is cut. Unreadable ones are named on standard error and
 * counted; the others go on.
 */
void scan_inputs_add(struct scan_inputs *in, const char *path);
/* Paths, one a line, from a file ("-": standard input). */
int scan_inputs_add_list(struct scan_inputs *in, const char *list, struct err *e);
/*
 * Paths, one a line, from standard input, each read when scan_inputs_has() is asked for it: whoever writes them may
 * wait for one message's answer before naming the next. Standard output is flushed before a line is waited for, and not
 * while there are others already. Such a list may be endless: scan_inputs_done().
 */
void scan_inputs_follow_stdin(struct scan_inputs *in);
/* Whether there is a message i, counted from 0; what is followed is read until there is one, or to its end. */
bool scan_inputs_has(struct scan_inputs *in, size_t i);
/*
 * Message i is there: how many are scanned together from it on (scan/scan.h, scan_begin()), 1 to `most`: small ones,
 * whose names need not be waited for.
 */
size_t scan_inputs_together(struct scan_inputs *in, size_t i, size_t most);
/* All messages in front of i have had their turn; of a list that is followed nothing of them is kept then. */
void scan_inputs_done(struct scan_inputs *in, size_t i);
/* Message i, which there is. */
const struct scan_input *scan_inputs_at(const struct scan_inputs *in, size_t i);
/* The message's bytes; a compressed file (scan_compressed.h) is unpacked. */
int scan_input_read(const struct scan_inputs *in, size_t i, struct arena *a, struct str *ret,
		    struct err *e);
