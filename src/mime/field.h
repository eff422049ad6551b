/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Top header fields as mail servers see them (RFC 5322 section 2.2), as byte ranges of the message: what
 * the front edits by. Strict where mime/message.h is lenient: a line that is no field ends the header.
 *
 *	field = name *WSP ":" value LF *( WSP line LF )      name = 1*( %x21-39 / %x3b-7e )
 */
#pragma once

#include "core/str.h"

#include <stdbool.h>
#include <stddef.h>

struct field {
	size_t at;       /* first byte of the name */
	size_t name_len; /* without blanks before the colon */
	size_t value_at; /* first byte behind the colon */
	size_t end;      /* behind the last line end */
};

struct field_reader {
	struct str raw;
	size_t at;         /* next byte to read */
	size_t header_end; /* once field_next() said false: first byte of the body */
	bool has_end;      /* there is an empty line (it lies before header_end) */
	bool crlf;         /* the first header line ends in CR LF */
};

/* A leading "From " line is stepped over. */
void field_init(struct field_reader *r, struct str raw);
/* The next field; false at the header's end. */
bool field_next(struct field_reader *r, struct field *ret);
