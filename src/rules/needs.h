/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * needs: what a subject must hold for an expression to match at all: one of some literals, a stretch of
 * bytes of certain kinds, some bytes anywhere, a length. Worked out from the translator's plain PCRE2
 * text when rules are loaded; only ever too little, never too much. Case does not count: literals and
 * bytes are folded (byte_fold()).
 */
#pragma once

#include "core/str.h"
#include "rules/byteset.h"

#include <stdbool.h>
#include <stddef.h>

struct arena;

enum {
	NEEDS_MAX_LITERALS = 200,
	NEEDS_MIN_LITERAL = 3,
	NEEDS_BYTE_SETS = 3,
	NEEDS_WINDOW = 8,
	NEEDS_MAX_BACK = 12
};

/* Bytes in a row: the first of at[0], the next of at[1] ... */
struct needs_look {
	struct byteset at[NEEDS_WINDOW];
	size_t length;
};

struct needs {
	const struct str
	    *literals; /* one of them is there, `times` times; none: nothing is known */
	size_t literal_count, literal_times;
	size_t min_length; /* of the whole match, in bytes */
	/* At least one byte of each set is there. */
	struct byteset bytes[NEEDS_BYTE_SETS];
	size_t byte_sets;
	/* A match holds one of these windows, back_min to back_max bytes behind its beginning. */
	const struct needs_look *windows;
	size_t window_count, back_min, back_max;
	double window_rarity; /* how unlikely that is at a place of mail, as -log2; 0: certain */
};

/* The lower case of a byte, ISO 8859-1; all white space is a blank: what both sides are folded to. */
static inline uint8_t byte_fold(uint8_t c)
{
	uint8_t other = byte_other_case(c, true);

	return c >= '\t' && c <= '\r' ? ' ' : other > c ? other : c;
}

/* pcre: struct rx_source.pcre. Never fails: what is not understood needs nothing. */
void needs_of(struct arena *a, struct str pcre, struct needs *ret);
