/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * HTML as SpamAssassin reads it: the text it renders to, which of it a reader can see, its URIs, and
 * the counts and flags that HTML rules ask for. One pass, linear, no recursion. Behaviour is that of
 * Mail::SpamAssassin::HTML over HTML::Parser, errors of real-world mail included.
 *
 * Values are asked for by SpamAssassin's names with html_get_number() and html_get_list(), or read
 * from the fields here.
 */
#pragma once

#include "core/map.h"
#include "core/vec.h"
#include "text/uri.h"

struct arena;
struct budget;

/* A URI of the HTML, before canonicalising. */
struct html_uri {
	struct text key;  /* resolved; where only an anchor text hangs on it: the href as written */
	unsigned types;   /* enum uri_type bits, 0: only anchor texts */
	bool has_anchors; /* false: anchors is empty because there was no <a> */
	struct vec anchors; /* struct text, one per <a> */
};

struct html_result {
	/* False: the part was empty, and every value is undefined (all tests on it fail). */
	bool html;

	struct text rendered;  /* all text */
	struct text visible;   /* what a reader sees, all white space of tags too */
	struct text invisible; /* the rest, joined */

	size_t length;        /* of the source, before anything was replaced: characters or bytes */
	size_t html_length;   /* of rendered */
	size_t non_space_len; /* that without white space */
	double ratio;         /* (bytes of the decoded part - html_length) / those bytes */
	double image_area;
	double min_size, max_size; /* of fonts; 3 is normal */

	/* Counts behind the ratios. */
	uint32_t tags, tags_seen, elements, elements_seen, closed_extra, obfuscation;
	uint32_t backhair; /* 0: undefined */
	bool over;         /* the budget ended: the result is of a part of the text */
	/*
	 * SpamAssassin's parser dies at a style= with a blank background: value, and reports no end inside
	 * an unclosed <![IGNORE[. Its verdict then rests on the text up to there; counts, lists and URIs
	 * are undefined. So it is here.
	 */
	bool unfinished;

	bool embeds, form_action_mailto, font_face_bad, font_low_contrast, font_invalid_color;
	bool uri_truncated;

	/* Open counts at the end: of known tags by html_tag_index(), and which were seen; of others by name. */
	int64_t *open;
	bool *seen;
	struct map others;    /* tag name -> int64_t *, for each name seen */
	struct vec comment;   /* struct text, delimiters included */
	struct vec script;    /* struct text */
	struct vec title;     /* struct text, raw */
	struct vec anchor;    /* struct text, one per <a> */
	struct text charsets; /* of meta http-equiv, joined with spaces; none: there was none */
	struct vec uris;      /* struct html_uri *, in order of appearance */
};

/*
 * Reads one part's text. source_bytes: length of the MIME-decoded part before charset conversion (for
 * ratio). Everything is placed in `a`; t must live as long. An empty t gives a result with html false.
 */
void html_read(struct html_result *r, struct text t, size_t source_bytes, struct arena *a,
	       struct budget *budget);

/* Has the tag (lower case, also "!doctype") been seen? */
bool html_has_tag(const struct html_result *r, struct str tag);
/* How many are open at the end; 0 when it was not seen. */
int64_t html_open_count(const struct html_result *r, struct str tag);
/*
 * A value by SpamAssassin's name: html length html_length non_space_len ratio image_area min_size
 * max_size closed_extra_ratio bad_tag_ratio non_element_ratio obfuscation_ratio backhair_count embeds
 * form_action_mailto font_face_bad font_low_contrast font_invalid_color uri_truncated; lists count as
 * 1 when defined. False: undefined (also an unknown name).
 */
bool html_get_number(const struct html_result *r, struct str key, double *ret);
/* comment, script, title, anchor. NULL: undefined or unknown. */
const struct vec *html_get_list(const struct html_result *r, struct str key);
