/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Quoted-printable and base64 as SpamAssassin undoes them: lenient, never failing. Output is never
 * longer than the input. Used for bodies and for encoded words.
 */
#pragma once

#include "core/str.h"

struct arena;
struct budget;

/* Blanks before line ends go, soft breaks go, =HH becomes a byte, everything else stays. */
struct str decode_qp(struct arena *a, struct str in, struct budget *b);
struct str decode_mime_base64(struct arena *a, struct str in, struct budget *b);
/* CR LF to LF; the same slice when there is none. */
struct str decode_crlf(struct arena *a, struct str in, struct budget *b);
