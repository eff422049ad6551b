/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Paths and mailboxes of the SMTP envelope (RFC 5321 section 4.1.2, RFC 6531 section 3.3).
 *
 * Taken beyond the grammar, as Postfix takes it, because what the mail server in front has
 * accepted must not bounce here: dots anywhere in an unquoted local part (a..b@x, .a@x, a.@x), a
 * local part without a domain (not only <postmaster>), underscores and leading or trailing hyphens
 * in domain labels, local parts over 64 bytes. Not taken: an address outside angle brackets, an
 * empty label, a trailing dot, a domain over 255 bytes or a label over 63, any control character,
 * bytes above 0x7f unless utf8 is asked for (and then well-formed only). A source route is
 * stripped.
 */
#pragma once

#include "core/str.h"

#include <stdbool.h>

struct arena;
struct rd;

#define SMTP_PATH_MAX 1024

struct smtp_path {
	struct str
	    addr; /* as on the wire, without brackets and source route; empty: the null path */
	struct str local;  /* as on the wire: quotes and backslashes still in it */
	struct str domain; /* none when there is no "@"; an address literal keeps its brackets */
};

enum smtp_path_error {
	SMTP_PATH_OK = 0,
	SMTP_PATH_BAD,         /* breaks the grammar */
	SMTP_PATH_NO_BRACKETS, /* does not begin with "<", or its ">" is missing */
	SMTP_PATH_TOO_LONG,    /* over SMTP_PATH_MAX, or a domain over its limits */
	SMTP_PATH_NOT_ASCII,   /* bytes above 0x7f, and utf8 was not asked for */
	SMTP_PATH_ERROR_COUNT
};

/*
 * Reads a path with its angle brackets at the reader; what follows ">" is left. Slices of the
 * reader's bytes go to *ret, which is set only on SMTP_PATH_OK. "<>" is OK here: the caller says
 * whether the null path may stand in its place. Linear time.
 */
enum smtp_path_error smtp_path_parse(struct rd *r, bool utf8, struct smtp_path *ret);
/* The same for an address without brackets, which must be the whole slice ("" is the null path). */
enum smtp_path_error smtp_path_parse_addr(struct str addr, bool utf8, struct smtp_path *ret);
static inline bool smtp_path_is_null(const struct smtp_path *p)
{
	return !p->addr.n;
}
/*
 * The local part as it is meant: quotes and backslashes removed ("a b"@x and "a\ b"@x both give "a
 * b").
 */
struct str smtp_path_unquote(struct arena *a, struct str local);
/* For logs and replies. */
const char *smtp_path_error_text(enum smtp_path_error e);
