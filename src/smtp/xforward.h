/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * XFORWARD: what the mail server in front knows about its own client (Postfix XFORWARD_README).
 * Values are xtext on the wire, at most 255 bytes there; "[UNAVAILABLE]" (any case) and "not
 * given" are one thing here: none. Commands stay within 512 bytes.
 */
#pragma once

#include "core/str.h"

#include <stdbool.h>

struct arena;
struct smtp_reply;
struct strbuf;

/* In the order in which we send them, which is amavisd's. */
enum smtp_xf {
	SMTP_XF_ADDR = 0, /* "192.0.2.1" or "2001:db8::1"; "IPV6:" is on the wire only */
	SMTP_XF_NAME,
	SMTP_XF_PORT,
	SMTP_XF_PROTO,
	SMTP_XF_HELO,
	SMTP_XF_SOURCE, /* "LOCAL" or "REMOTE" */
	SMTP_XF_IDENT,  /* the queue id there */
	SMTP_XF_COUNT
};

#define SMTP_XF_VALUE_MAX 255

struct smtp_xforward {
	struct str v[SMTP_XF_COUNT]; /* decoded; none: not available */
};

const char *smtp_xf_name(enum smtp_xf x);
/* By name in any case; false if unknown. */
bool smtp_xf_find(struct str name, enum smtp_xf *ret);
bool smtp_xforward_is_empty(const struct smtp_xforward *x);

/*
 * Reads what follows "XFORWARD" over the attributes that are in *x already. 0, or -1 with the
 * refusal (501) in *why and *x unchanged. Decoded values are in the arena. A value that is no
 * xtext is taken as it is (Postfix before 2.3); control characters in it become "?". An empty
 * value counts as unavailable and so does a PORT above 65535; LOGIN is read and forgotten (all
 * three as in amavisd). 501: a value over 255 bytes, an unknown name, an ADDR that is no address,
 * a PORT that is no number, a SOURCE that is neither LOCAL nor REMOTE, a PROTO over 64 bytes.
 */
int smtp_xforward_parse(struct arena *a, struct str args, struct smtp_xforward *x,
			struct smtp_reply *why);
/*
 * Writes "XFORWARD ..." commands with CRLF for the attributes that are there and in `announced`
 * (bits 1u << enum smtp_xf), none if there is nothing to say; returns how many. A value whose
 * xtext is over 255 bytes is left out.
 */
unsigned smtp_xforward_encode(struct strbuf *out, const struct smtp_xforward *x,
			      unsigned announced);
