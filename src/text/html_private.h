/* SPDX-License-Identifier: BSD-2-Clause */
/* The renderer's state: shared by html.c, html_event.c and html_uri.c only. */
#pragma once

#include "text/html.h"
#include "text/html_out.h"
#include "text/html_style.h"
#include "text/html_tag.h"
#include "text/html_token.h"

struct html_reader {
	struct html_result *r;
	struct arena *arena;
	struct budget *budget;
	bool chars; /* the source's kind */
	struct html_token token;
	struct html_style_stack styles;
	struct html_out out;

	/* Those of four tags that text asks for. */
	const int64_t *open_a, *open_script, *open_style, *open_title;

	struct text base; /* none: no <base> yet */
	struct map uri_index;
	struct html_uri *last_uri;   /* of uri_index, the last one asked for; NULL: none yet */
	struct html_uri *anchor_uri; /* where the text of the last <a> goes; NULL: there was none */
	struct text_buf anchor;      /* that text so far */
	struct text_buf title;       /* of the last <title> */
	bool title_open;
	bool stopped; /* budget, or SpamAssassin's parser would have died here */
	bool died;
};

/* html_event.c */
void html_on_event(struct html_reader *h, const struct html_event *e);
/* Ends the anchor and title texts that are still growing. */
void html_finish_texts(struct html_reader *h);

/* html_uri.c */
void html_read_uris(struct html_reader *h, const struct html_tag_def *tag,
		    struct html_attrs *attrs);
/* Trimmed, cut to URI_MAX_LENGTH characters. */
struct text html_trim_uri(struct html_reader *h, struct text t);
/* The entry for a key, made when there is none. NULL when the budget ended. */
struct html_uri *html_uri_entry(struct html_reader *h, struct text key);
