/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Text encodings used by our own protocols and files: base64 (RFC 4648), hex, xtext (RFC 3461) and
 * what makes foreign bytes printable. MIME's lenient decoders, as SpamAssassin has them, are in mime/.
 */
#pragma once

#include "core/str.h"

#include <stdbool.h>

struct strbuf;

void encode_base64(struct strbuf *out, struct str in);
/* RFC 4648 section 5 (- and _), without padding. */
void encode_base64url(struct strbuf *out, struct str in);
/* Strict: whole groups, right padding, nothing else. False leaves `out` as it was. */
bool decode_base64(struct strbuf *out, struct str in);
/* Lower case. */
void encode_hex(struct strbuf *out, struct str in);
bool decode_hex(struct strbuf *out, struct str in);
/* RFC 3461 section 4: + = and everything outside 0x21..0x7e become +HH. */
void encode_xtext(struct strbuf *out, struct str in);
/* False on a bad +HH or a byte outside 0x21..0x7e; leaves `out` as it was. */
bool decode_xtext(struct strbuf *out, struct str in);
/*
 * For logs and terminals: printable ASCII and valid UTF-8 above U+009F as they are, backslash doubled,
 * the rest as \n \r \t or \xHH.
 */
void encode_printable(struct strbuf *out, struct str in);
/* Bytes at the beginning that are printable ASCII. */
size_t encode_printable_length(struct str in);
/* The same, but backslashes stay single: for text that has been through encode_printable() before. */
void encode_printable_again(struct strbuf *out, struct str in);
