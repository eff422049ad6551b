/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Colours of HTML attributes and style sheets, as far as they decide whether text can be seen.
 */
#pragma once

#include "text/text.h"

#include <stdbool.h>
#include <stdint.h>

enum html_colour_kind {
	HTML_COLOUR_RGB = 0,
	HTML_COLOUR_EMPTY,       /* "#" and no digits: a colour like no other */
	HTML_COLOUR_INVALID,     /* text in it counts as invisible */
	HTML_COLOUR_TRANSPARENT, /* only while a style attribute is read */
};

struct html_colour {
	uint32_t rgb; /* 0 unless RGB */
	uint8_t kind; /* enum html_colour_kind */
};

/* A name, "#rgb", "#rrggbb" or "rgb(...)"; white space around it does not count. */
struct html_colour html_colour_parse(struct text value);
/* A style sheet's value that has "rgb" in it somewhere: its digits and commas are all that counts. */
struct html_colour html_colour_parse_digits(struct str value);
/* Too near each other to be read. */
bool html_colour_is_low_contrast(struct html_colour fg, struct html_colour bg);
