/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The stack of text styles: what colour, size and display text has at a place, which decides whether a
 * reader can see it. Only the tags and attributes that SpamAssassin looks at have an effect: style= on
 * span, p, div, a, table, tr, td and th; colours on body and font; sizes on font, big, small, basefont.
 */
#pragma once

#include "core/vec.h"
#include "text/html_colour.h"

#include <stdbool.h>
#include <stdint.h>

struct budget;

/* Tags that push a style. td stands for th too. */
enum html_style_tag {
	HTML_STYLE_DEFAULT = 0, /* the bottom of the stack */
	HTML_STYLE_BODY,
	HTML_STYLE_FONT,
	HTML_STYLE_TABLE,
	HTML_STYLE_TR,
	HTML_STYLE_TD,
	HTML_STYLE_BIG,
	HTML_STYLE_SMALL,
	HTML_STYLE_BASEFONT,
	HTML_STYLE_SPAN,
	HTML_STYLE_P,
	HTML_STYLE_DIV,
	HTML_STYLE_A,
	HTML_STYLE_COUNT
};

struct html_style {
	double size;
	struct html_colour fg, bg;
	uint8_t tag; /* enum html_style_tag */
	bool not_displayed, hidden;
};

struct html_style_stack {
	struct vec stack; /* struct html_style, on the heap: given back by html_style_done */
	uint64_t on_stack[HTML_STYLE_COUNT];
	double basefont, min_size, max_size;
	struct budget *budget;
	bool over; /* the budget ended */
};

/* The attributes of one start tag that styles look at; none where they are not there. Decoded. */
struct html_style_attrs {
	struct text colour; /* color= or text=, whichever the tag takes */
	struct text size, style;
	bool other; /* another lawful attribute is there: sizes are looked at */
};

enum html_invisible {
	HTML_VISIBLE = 0,
	HTML_INVISIBLE,
	HTML_INVISIBLE_LOW_CONTRAST,
	HTML_INVISIBLE_BAD_COLOUR,
};

void html_style_init(struct html_style_stack *s, struct budget *budget);
void html_style_done(struct html_style_stack *s);
/*
 * False: SpamAssassin gives up on the whole part here (a "background:" of blanks only, where its
 * parser dies). The caller does so too.
 */
bool html_style_open(struct html_style_stack *s, enum html_style_tag tag,
		     const struct html_style_attrs *attrs);
void html_style_close(struct html_style_stack *s, enum html_style_tag tag);
/* Would text here be seen? */
enum html_invisible html_style_visibility(const struct html_style_stack *s);
