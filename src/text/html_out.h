/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where rendered HTML goes: three views at once (all, visible, invisible), white space of tags and text
 * kept apart as SpamAssassin keeps its list of chunks, and the counters of broken-up words. Only for
 * the renderer.
 */
#pragma once

#include "core/strbuf.h"
#include "text/text_buf.h"

#include <stdbool.h>
#include <stdint.h>

struct html_out {
	struct text_buf all, visible, invisible;
	bool split;            /* something was invisible: visible is not the same as all */
	struct strbuf scratch; /* one text with its white space collapsed */

	/* The chunk before: nothing, or all.b from last_from to its end. */
	bool has_last, last_is_white, last_is_invisible;
	size_t last_from;
	struct text last; /* it, where it is text: in the source, the arena or scratch */

	uint32_t obfuscation;
	uint64_t backhair; /* bit 7 * (a - 1) + (b - 1): a word of a letters broken before b more */
};

/* With room for the text of a source of so many bytes. */
void html_out_init(struct html_out *o, size_t source_bytes);
void html_out_done(struct html_out *o);
/* The white space a tag stands for. */
void html_out_white(struct html_out *o, const char *white);
/* A text, as its bytes and their kind: these travel in registers, which a struct text does not. */
void html_out_text(struct html_out *o, struct str s, bool chars, bool invisible);
/* Nothing but white space and U+00A0 in UTF-8 read as Latin-1 ("\xc2\xa0")? */
bool html_text_is_blank(struct str s, bool chars);
