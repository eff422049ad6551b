/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * line_span: expressions of which a match stays within a line, or goes on into a few more. Where a match holds a
 * literal too ("^[^>].*?<a href="), it begins in the literal's line or just before it, so that only these
 * lines need be searched: for rules that count over long texts, where a prefilter knows no distance.
 */
#pragma once

#include "core/str.h"

#include <stdbool.h>
#include <stddef.h>

enum { LINE_SPAN_MAX = 2 }; /* newlines */

struct line_span {
	/* Of needs.h, of ASCII, folded; its first two bytes are no blanks. Empty: nothing is known. */
	struct str literal;
	size_t newlines; /* of a match, at most */
};

/* How many newlines a match holds at most. pcre: of the translator. False: more than LINE_SPAN_MAX, or not known. */
bool line_span_read(struct str pcre, size_t *ret_newlines);
/*
 * Where matches that hold the next literal begin: from *from or later to *ret_last; false: there is no more.
 * What comes next begins behind that, or behind a match that was found there.
 */
bool line_span_next(const struct line_span *s, struct str subject, size_t *from, size_t *ret_last);
