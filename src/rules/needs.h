/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * needs: what a subject must hold for an expression to match at all: one of a few literals, some bytes,
 * a length. Worked out from the translator's plain PCRE2 text when rules are loaded; only ever too
 * little, never too much. Case does not count: literals and bytes are folded (byte_fold()).
 */
#pragma once

#include "core/str.h"
#include "rules/byteset.h"

#include <stdbool.h>
#include <stddef.h>

struct arena;

enum { NEEDS_MAX_LITERALS = 48, NEEDS_MIN_LENGTH = 3, NEEDS_BYTE_SETS = 3 };

struct needs {
	const struct str *literals; /* at least one of them is there; none: nothing is known */
	size_t literal_count;
	size_t min_length; /* of the whole match, in bytes */
	/* At least one byte of each set is there. */
	struct byteset bytes[NEEDS_BYTE_SETS];
	size_t byte_sets;
};

/* The lower case of a byte, ISO 8859-1: what both sides are folded to. */
static inline uint8_t byte_fold(uint8_t c)
{
	uint8_t other = byte_other_case(c, true);

	return other > c ? other : c;
}

/* pcre: struct rx_source.pcre. Never fails: what is not understood needs nothing. */
void needs_of(struct arena *a, struct str pcre, struct needs *ret);
