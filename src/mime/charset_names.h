/* SPDX-License-Identifier: BSD-2-Clause */
/* Names of charsets to what decodes them: Perl's Encode's names and aliases, since SpamAssassin asks it. */
#pragma once

#include "core/str.h"

struct arena;

enum charset_kind {
	CHARSET_UNKNOWN = 0,
	CHARSET_ASCII,
	CHARSET_LATIN1,
	CHARSET_W1252,
	CHARSET_UTF8,
	CHARSET_ICU /* by the converter named */
};

struct charset_row {
	const char *name; /* Encode's, in lower case */
	enum charset_kind kind;
	const char *icu;
};

/* Case and white space do not count. NULL: no such charset. */
const struct charset_row *charset_lookup(struct arena *a, struct str declared);
