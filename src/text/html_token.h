/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * HTML tokeniser: one pass over a slice, one event at a time, in the way of HTML::Parser 3.81 with
 * marked sections on: what a tag is, where a comment ends, which elements hold raw text, what becomes
 * of things that never end. Events are slices of the source; names and values are as written, not
 * lower-cased or decoded. Linear: a search that failed to the end of the text is not made again.
 */
#pragma once

#include "core/str.h"

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct budget;

enum html_event_type {
	HTML_EVENT_END = 0, /* no more events (in the queue: markup that is no event) */
	HTML_EVENT_TEXT,
	HTML_EVENT_START_TAG,
	HTML_EVENT_END_TAG,
	HTML_EVENT_COMMENT,
	HTML_EVENT_DECLARATION, /* <!doctype ...> or <!entity ...> */
	HTML_EVENT_COUNT
};

struct html_event {
	enum html_event_type type;
	struct str text;  /* TEXT, COMMENT, DECLARATION: the bytes, delimiters included */
	bool literal;     /* TEXT: entities stay as they are */
	struct str name;  /* START_TAG, END_TAG: as written */
	struct str attrs; /* START_TAG: what stands between the name and > */
};

/* Marked sections, weakest first; the strongest open one rules. */
enum html_section {
	HTML_SECTION_NONE = 0,
	HTML_SECTION_INCLUDE,
	HTML_SECTION_RCDATA,
	HTML_SECTION_CDATA,
	HTML_SECTION_IGNORE,
	HTML_SECTION_COUNT
};

/* An attribute: the name as written, the raw value without its quotes, or the name again where there is no "=". */
struct html_attr_slice {
	struct str name, value;
	bool bare;
};

enum { HTML_FEW_ATTRS = 8 };

struct html_token {
	struct str src;
	size_t at;
	struct arena *arena;
	struct budget *budget;
	const struct html_raw *raw; /* the raw-text element we are in, or NULL */
	unsigned raw_without_end;   /* bit set: kinds known to have no end tag further on */
	bool literal;               /* entities stay as they are */
	bool at_eof;                /* what is unfinished now stays so */
	bool relaxed_comment;       /* comments end at the first > */
	struct str owed_end;        /* end tag due before the next tag or at the end; or none */
	unsigned open[HTML_SECTION_COUNT]; /* open marked sections by kind */
	enum html_section section;         /* the strongest of them */
	unsigned char *sections;           /* a stack: kinds of each open section, as bits */
	size_t section_count, section_cap;
	struct html_event queue[3], aside; /* aside: one that is owed, or dropped */
	unsigned queued, queue_at;
	bool over; /* the budget ended before the text */
	/* Of the last start tag, until the next call: the first attributes, and what stands behind these. */
	struct html_attr_slice attr[HTML_FEW_ATTRS];
	size_t attr_count;
	struct str attrs_left;
};

/* The stack of marked sections lives in `a`. budget may be NULL. */
void html_token_init(struct html_token *t, struct str src, struct arena *a, struct budget *budget);
/* The next event, valid until the next call. NULL at the end, also when the budget ended (t->over). */
const struct html_event *html_token_next(struct html_token *t);

/* The next attribute of *attrs (cut from its front), as in struct html_attr_slice. False at the end. */
bool html_attr_next(struct str *attrs, struct str *ret_name, struct str *ret_value, bool *ret_bare);
