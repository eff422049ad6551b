/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Header fields of a message or part as SpamAssassin stores them: in order, duplicates kept, each with
 * its raw and its decoded value. Names are looked up without regard to case; asking for *the* value of
 * a name gives the LAST field of that name. All memory is the arena's or the message's own bytes.
 */
#pragma once

#include "core/map.h"
#include "core/str.h"
#include "core/vec.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct budget;

struct mime_header {
	struct str name;  /* as written; may hold any byte, a leading blank too */
	struct str lname; /* ASCII lower case */
	struct str raw;   /* all after the colon: leading blank, folds as LF + blank, final LF */
	struct str value; /* unfolded, trimmed, RFC 2047 decoded; UTF-8 bytes, no final LF */
	uint32_t order;   /* index in the list */
	bool lf_follows;  /* a LF stands behind value's last byte: nothing had to be done to raw */
	struct mime_header *next_same; /* the next field of this name further down, or NULL */
};

/* The fields of one name. */
struct mime_header_group {
	struct str lname;
	struct mime_header *first, *last;
	size_t count;
	struct mime_header_group *next; /* in order of first appearance */
};

struct mime_headers {
	struct vec list;                        /* struct mime_header *, in order */
	struct mime_header_group *groups, *end; /* the names, each once; and the last of them */
	size_t group_count;
	uint64_t
	    seen[4]; /* a bit for each name, by its length and ends: most asked for are not there */
	struct map by_name; /* any case -> group: where there are too many to look through */
};

void mime_headers_init(struct mime_headers *h, struct arena *a);
/* Stores a field: name and raw stay the caller's bytes; the decoded value is made here. */
struct mime_header *mime_headers_add(struct mime_headers *h, struct str name, struct str raw,
				     struct arena *a, struct budget *b);

/* Takes all fields off whose names begin so, in any case. False: there was none. */
bool mime_headers_drop(struct mime_headers *h, struct str prefix);

static inline size_t mime_headers_count(const struct mime_headers *h)
{
	return h->list.n;
}
static inline const struct mime_header *mime_headers_at(const struct mime_headers *h, size_t i)
{
	return *VEC_AT(&h->list, struct mime_header *, i);
}
/* The fields of that name (any case), NULL if there are none. */
const struct mime_header_group *mime_headers_group(const struct mime_headers *h, struct str name);
/* The topmost field of that name (any case), NULL if there is none; ->next_same goes on downwards. */
const struct mime_header *mime_headers_first(const struct mime_headers *h, struct str name);
/* The last field of that name, NULL if there is none. */
const struct mime_header *mime_headers_last(const struct mime_headers *h, struct str name);
/* The value with a LF at its end, as rules see it: the message's own bytes where they are so, else from a. */
struct str mime_header_line(const struct mime_header *h, struct arena *a);
/* Decoded value of the last field of that name; STR_NONE when there is none. */
struct str mime_headers_value(const struct mime_headers *h, struct str name);
