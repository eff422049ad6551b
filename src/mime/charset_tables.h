/* SPDX-License-Identifier: BSD-2-Clause */
/* Single-byte charsets other than ASCII, ISO-8859-1 and Windows-1252 (script/charset-tables). */
#pragma once

#include <stdint.h>

struct charset_table {
	const char *name;   /* Encode's, lower case */
	uint16_t high[128]; /* 0x80..0xff; 0: no character */
};

/* Both end with name NULL. */
extern const struct charset_table charset_tables_iso[];
extern const struct charset_table charset_tables_cp[];
