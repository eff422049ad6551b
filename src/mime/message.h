/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A message's bytes read into header fields and a tree of parts, exactly as SpamAssassin 4.0 reads them:
 * its mbox line, line-end mode, header errors, boundaries, depth (20) and part limits (1,000 a multipart).
 * No recursion: parts wait in a queue, breadth first. Parts are slices of the input wherever no byte has
 * to change; copies (CRLF mode, decoding, over-long lines) are charged to the budget's bytes, parts to
 * its parts, lines to its steps. What is over budget is left out and budget->over says so.
 */
#pragma once

#include "core/str.h"
#include "mime/header.h"

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct budget;
struct mime_message;

/* Facts about the parse, on the root message only (a nested message's header facts are its own). */
enum mime_flag {
	MIME_MISSING_SEPARATOR = 1u << 0,      /* missing_head_body_separator */
	MIME_MISSING_PART_SEPARATOR = 1u << 1, /* missing_mime_head_body_separator */
	MIME_MISSING_PART_HEADERS = 1u << 2,   /* missing_mime_headers */
	MIME_EPILOGUE = 1u << 3,               /* mime_epilogue_exists */
	MIME_TRUNCATED_HEADER = 1u << 4,       /* truncated_header */
	MIME_PART_LIMIT = 1u << 5,             /* mimepart_limit_exceeded */
	MIME_OPEN_BOUNDARY = 1u << 6, /* a boundary opened and not closed, or the reverse */
	MIME_CRLF = 1u << 7           /* line ends are CR LF */
};

struct mime_part {
	struct mime_headers headers;
	struct str type;     /* "text/plain": lower case, by SpamAssassin's rules; never none */
	struct str charset;  /* as declared; none: Content-Type there, without charset */
	struct str boundary; /* own or inherited; none: no boundary */
	struct str name;     /* file name; none: no name */
	bool is_leaf;        /* no children, and none possible: an empty multipart is not a leaf */
	struct str raw; /* a leaf's undecoded bytes, lines end in LF in CRLF mode too; else none */
	struct mime_message *message; /* this part is the root of that message; else NULL */
	struct mime_part *parent, *first_child, *last_child, *next; /* next: sibling */
	size_t child_count;
	size_t index; /* in mime_message.parts of the outermost message */
	/* private */
	struct str decoded_memo;
	struct arena *arena;
	struct budget *budget;
};

struct mime_message {
	struct str mbox_line;        /* the "From " line or what an MBX line stands for; none */
	struct str pristine_headers; /* header lines with the empty line; mbox line excluded */
	struct str pristine_body;    /* original bytes */
	struct str pristine;         /* both, as one slice */
	unsigned flags;              /* enum mime_flag */
	struct mime_part *root;
	/* Outermost message only: every part, depth first, parents before children. */
	struct mime_part **parts;
	size_t part_count;
	/*
	 * All headers, "Name: value\n" each, cut off at 65,536 bytes as SpamAssassin counts them; in
	 * order. MIME_TRUNCATED_HEADER is set when it was cut.
	 */
	struct str *all_headers;
	size_t all_header_count;
};

/* Never fails. raw must outlive the arena. An empty message is read as one empty line. */
struct mime_message *mime_message_parse(struct arena *a, struct str raw, struct budget *b);

/*
 * Takes the fields whose names begin so (any case) off the root part and out of all_headers; the pristine
 * bytes keep them.
 */
void mime_message_drop_fields(struct mime_message *m, struct str prefix);

/*
 * A part's content with its transfer encoding undone; made once and kept. None for what is not a leaf.
 * Charged to the budget of the parse; over budget: empty.
 */
struct str mime_part_decoded(struct mime_part *p);
/* The type its text is shown as: text/html when the name ends in .htm .html .shtml, else type. */
struct str mime_part_effective_type(const struct mime_part *p);
/* Last Content-Transfer-Encoding, decoded, as written; empty when there is none. */
struct str mime_part_encoding(const struct mime_part *p);
/* The next part depth first, NULL after the last; within the subtree of `top`. */
struct mime_part *mime_part_next(const struct mime_part *top, const struct mime_part *p);
