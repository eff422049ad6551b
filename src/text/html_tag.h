/* SPDX-License-Identifier: BSD-2-Clause */
/* What is known about a tag name, and the attributes of a start tag that anybody looks at. */
#pragma once

#include "text/html_style.h"
#include "text/text.h"

#include <stdbool.h>

struct arena;
struct html_token;

/* What a start tag's attributes are looked at for, beside style and URIs. */
enum html_tag_test {
	HTML_TEST_NONE = 0,
	HTML_TEST_ANCHOR,
	HTML_TEST_EMBED, /* object, embed */
	HTML_TEST_FONT,
	HTML_TEST_FORM,
	HTML_TEST_IMG,
	HTML_TEST_META,
	HTML_TEST_TITLE,
};

struct html_tag_def {
	struct str name;
	bool element;      /* of HTML 4, or a known addition; else a name that is only processed */
	const char *white; /* the white space it stands for, or NULL */
	enum html_style_tag style; /* HTML_STYLE_DEFAULT: has none */
	unsigned uri_type; /* enum uri_type bit: its attributes may hold URIs; 0: they do not */
	enum html_tag_test test;
};

#define HTML_TAG_COUNT 99

/* NULL when the name (lower case) is not known. */
const struct html_tag_def *html_tag_find(struct str name);
/* 0 .. HTML_TAG_COUNT - 1. */
unsigned html_tag_index(const struct html_tag_def *def);
const struct html_tag_def *html_tag_at(unsigned index);
/* Does an HTML generator's private name look like this: "o:p", "st1:place"? */
bool html_tag_is_namespaced(struct str name, bool chars);

enum html_attr {
	HTML_ATTR_ACTION = 0,
	HTML_ATTR_BACKGROUND,
	HTML_ATTR_COLOR,
	HTML_ATTR_CONTENT,
	HTML_ATTR_SAFEREDIRECT, /* data-saferedirecturl */
	HTML_ATTR_FACE,
	HTML_ATTR_HEIGHT,
	HTML_ATTR_HREF,
	HTML_ATTR_HTTP_EQUIV,
	HTML_ATTR_SIZE,
	HTML_ATTR_SRC,
	HTML_ATTR_STYLE,
	HTML_ATTR_TEXT,
	HTML_ATTR_WIDTH,
	HTML_ATTR_ODD_HREF, /* "x/href": acts as href where URIs are sought */
	HTML_ATTR_ODD_SRC,
	HTML_ATTR_BGCOLOR,
	HTML_ATTR_LINK, /* link, alink, vlink */
	HTML_ATTR_COUNT
};

struct html_attrs {
	struct text value[HTML_ATTR_COUNT]; /* of those present: as written, then decoded */
	unsigned present, decoded;          /* a bit for each enum html_attr */
	struct arena *arena;
};

/* Takes all attributes of the tokeniser's last start tag; of two with one name the first counts. */
void html_attrs_read(struct html_attrs *a, const struct html_token *t, bool chars,
		     struct arena *arena);
bool html_attrs_has(const struct html_attrs *a, enum html_attr which);
/* Decoded, none when it is not there. */
struct text html_attrs_get(struct html_attrs *a, enum html_attr which);
/* Gives it a value, decoded. */
void html_attrs_set(struct html_attrs *a, enum html_attr which, struct text value);
