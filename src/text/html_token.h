/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * HTML tokeniser: one pass over a slice, one event at a time, in the way of HTML::Parser 3.81 with
 * marked sections on: what a tag is, where a comment ends, which elements hold raw text. Events are
 * slices of the source; names and values are not yet lower-cased or decoded (html_entity.h does that).
 * Linear: every search that can fail to the end of the text is remembered, not repeated.
 */
#pragma once

#include "core/str.h"

#include <stdbool.h>
#include <stddef.h>

struct budget;

enum html_event_type {
	HTML_EVENT_END = 0, /* no more events */
	HTML_EVENT_TEXT,
	HTML_EVENT_START,
	HTML_EVENT_END_TAG,
	HTML_EVENT_COMMENT,
	HTML_EVENT_DECLARATION, /* <!doctype ...> or <!entity ...> */
	HTML_EVENT_COUNT
};

struct html_event {
	enum html_event_type type;
	struct str text;  /* TEXT, COMMENT, DECLARATION: the bytes, delimiters included */
	bool literal;     /* TEXT: entities stay as they are */
	struct str name;  /* START, END_TAG: as written */
	struct str attrs; /* START: what stands between the name and > */
};

/* Places searched for in vain once need not be searched again. */
struct html_memo {
	bool no_comment_end, no_tag_end, no_section_end;
	bool no_squote, no_dquote;
};

struct html_token {
	struct str src;
	size_t at;
	struct budget *budget;
	struct html_memo memo;
	struct str raw_name;    /* inside a raw-text element: its name, else none */
	bool raw_literal;       /* its entities stay */
	bool raw_empty_checked; /* its content has been given */
	unsigned section_depth; /* open marked sections */
	unsigned section_kind;
	bool relaxed_comment;   /* at the end of the text: comments end at the first > */
	bool pending_title_end; /* an unclosed title's end tag is owed before the next tag */
	struct str queued;      /* second half of the last text run */
};

void html_token_init(struct html_token *t, struct str src, struct budget *budget);
/* The next event in *ret. False at the end (type END), also when the budget ended. */
bool html_token_next(struct html_token *t, struct html_event *ret);

/*
 * The next attribute of *attrs (cut from its front): the name as written, the raw value without its
 * quotes. has_value false: no "=", the value is the name. False at the end.
 */
bool html_attr_next(struct str *attrs, struct str *ret_name, struct str *ret_value,
		    bool *ret_has_value);
