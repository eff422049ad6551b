/* SPDX-License-Identifier: BSD-2-Clause */
/* Between the two halves of the tokeniser: html_markup.c reads markup, html_token.c text and the order of all. */
#pragma once

#include "core/block.h"
#include "text/html_token.h"

#include <string.h>

/* An element whose content is raw text. */
struct html_raw {
	struct str name;
	bool literal;       /* entities stay as they are */
	bool rest_is_text;  /* without an end tag all the rest is its text */
	bool closed_at_end; /* without an end tag the renderer closes it at the end of the text */
	unsigned bit;       /* of html_token.raw_without_end */
};

/* What became of an attempt to read markup at a '<'. */
enum html_markup {
	HTML_MARKUP_DONE = 0, /* read; t->at stands behind it */
	HTML_MARKUP_NOT,      /* this is text */
	HTML_MARKUP_OPEN,     /* it does not end before the end of the text */
};

/* html_markup.c: t->at stands at a '<' with two bytes or more behind it. */
enum html_markup html_read_markup(struct html_token *t);
/* Ends the innermost marked section. */
void html_pop_section(struct html_token *t);

/*
 * html_token.c: events into the queue, where they are filled and read: one that were copied when just written would
 * have to wait for that.
 */
struct html_event *html_push(struct html_token *t, enum html_event_type type);
/* Markup that is no event, but ends an unclosed title as events do. */
void html_push_nothing(struct html_token *t);
void html_push_text(struct html_token *t, size_t from, size_t to);
void html_push_end_tag(struct html_token *t, struct str name);
/* What stands from t->at to `to`; t->at moves there. */
void html_push_markup(struct html_token *t, enum html_event_type type, size_t to);

/* Begins a tag's name. */
static inline bool html_is_name_first(char c)
{
	return ascii_is_alpha(c) || c == '_' || c == ':';
}

/* Kinds of bytes that end runs in markup. */
enum { HTML_IS_SPACE = 1u << 0, HTML_IS_GT = 1u << 1, HTML_IS_EQUALS = 1u << 2 };

/* The next byte of one of the kinds; src.n: there is none. i may be behind the end. */
static inline size_t html_skip_to(struct str src, size_t i, unsigned kinds)
{
	for (; i < src.n; i += BLOCK_BYTES) {
		block b = block_of(src, i), found = { 0 };
		unsigned at;

		if (kinds & HTML_IS_SPACE)
			found |= block_space(b);
		if (kinds & HTML_IS_GT)
			found |= block_is(b, '>');
		if (kinds & HTML_IS_EQUALS)
			found |= block_is(b, '=');
		at = block_bits(found);
		if (at)
			return i + block_first(at);
	}
	return src.n;
}

/* Byte i, NUL past the end: what follows the end is never what a test asks for. */
static inline char html_byte_at(struct str src, size_t i)
{
	return i < src.n ? src.p[i] : '\0';
}

/* Behind the white space. */
static inline size_t html_skip_space(struct str src, size_t i)
{
	while (i < src.n && ascii_is_space(src.p[i]))
		i++;
	return i;
}

static inline size_t html_find_byte(struct str src, size_t from, char c)
{
	const char *hit;

	if (from >= src.n)
		return src.n;
	hit = memchr(src.p + from, c, src.n - from);
	return hit ? (size_t)(hit - src.p) : src.n;
}
