/* SPDX-License-Identifier: BSD-2-Clause */
/* What message.c, head.c and multipart.c share: one parse's state and its queue of parts to read. */
#pragma once

#include "core/map.h"
#include "core/vec.h"
#include "mime/message.h"

enum {
	MIME_MAX_DEPTH = 20,
	MIME_MAX_PARTS = 1000, /* of one multipart */
	MIME_MAX_LINE = 2048,
	MIME_MAX_NAME = 256,
	MIME_MAX_VALUE = 8192,
	MIME_MAX_HEADERS = 65536
};

/* A part in the tree whose content has not been read yet. */
struct mime_job {
	struct mime_part *part;
	struct str boundary; /* none: none */
	struct str body;     /* lines end in LF */
	bool lead_lf;        /* an empty line is to be thought in front of body */
	int depth_left;
};

struct mime_parse {
	struct arena *arena;
	struct budget *budget;
	struct mime_message *top;
	struct vec queue;      /* struct mime_job */
	struct map boundaries; /* boundary -> int *: 1 opened, 0 closed, -1 closed unopened */
};

/*
 * Reads raw's header (head.c) and puts its root part into the queue. depth_left: how many levels may
 * follow.
 */
struct mime_message *mime_read_head(struct mime_parse *p, struct str raw, int depth_left);
/* Reads a multipart's body into children, which go into the queue (multipart.c). */
void mime_read_multipart(struct mime_parse *p, const struct mime_job *job);

struct mime_part *mime_part_new(struct mime_parse *p);
void mime_part_add(struct mime_part *parent, struct mime_part *child);
/* Perl's truth of a text: neither none, empty nor "0". */
static inline bool mime_is_true(struct str s)
{
	return s.n > 1 || (s.n == 1 && s.p[0] != '0');
}
/* ^[\x21-\x39\x3b-\x7e]+[ \t]*: ; with blanks: whether blanks may stand before the colon. */
bool mime_is_field_line(struct str line, bool blanks);
/* The line at *at with its LF; moves *at behind it. */
struct str mime_take_line(struct str s, size_t *at);
