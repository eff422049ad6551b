/* SPDX-License-Identifier: BSD-2-Clause */
/* Names of charsets to what decodes them: Perl's Encode's names and aliases, since SpamAssassin asks it. */
#pragma once

#include "core/str.h"
#include "mime/charset_tables.h"

struct arena;

enum charset_kind {
	CHARSET_UNKNOWN = 0,
	CHARSET_ASCII,
	CHARSET_LATIN1,
	CHARSET_W1252,
	CHARSET_UTF8,
	CHARSET_TABLE,     /* one byte a character */
	CHARSET_MULTIBYTE, /* charset_multibyte() */
	CHARSET_SEVEN_BIT, /* charset_seven_bit() */
	CHARSET_ICU        /* by the converter named */
};

struct charset_row {
	const char *name; /* Encode's, in lower case */
	enum charset_kind kind;
	const char *icu;
	const struct charset_table *table;
};

/* Case and white space do not count. NULL: no such charset. */
const struct charset_row *charset_lookup(struct arena *a, struct str declared);
