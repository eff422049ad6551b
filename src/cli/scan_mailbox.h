/* SPDX-License-Identifier: BSD-2-Clause */
/* Mailbox files cut into their messages. */
#pragma once

#include "core/err.h"
#include "core/str.h"
#include "core/vec.h"

enum mailbox_format {
	MAILBOX_NONE = 0, /* a file is one message, unless its name says that it is an mbox */
	MAILBOX_MBOX,     /* a "From " line at the top or behind an empty line begins a message */
	MAILBOX_SA_MBOX, /* as SpamAssassin has it: "From ", a word and a date begin one, anywhere */
	MAILBOX_MBX,     /* of the University of Washington's IMAP server */
};

struct mailbox_piece {
	size_t at, size;
};

/* Pushes the messages (struct mailbox_piece). -1: it is no mailbox of that format, or breaks off. */
int mailbox_cut(enum mailbox_format format, struct str text, struct vec *ret, struct err *e);
