/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Bytes of a declared charset to text, by SpamAssassin's order of attempts: 7-bit text of a known
 * charset stays; then strict UTF-8 whatever was declared; then the declared one; then Windows-1252,
 * which takes everything. ICU does the tables it does not do itself. Opens no files: ICU's data are in
 * its library (charset_init() forbids it to look elsewhere).
 */
#pragma once

#include "core/str.h"

#include <stdbool.h>

struct arena;
struct budget;

struct charset_text {
	struct str text;
	/*
	 * True: decoding happened and text is UTF-8 that stands for characters. False: text is the
	 * input's bytes as they are (then, to join it with characters, bytes count as Latin-1). It
	 * decides what white space is, how entities are read and in what unit lengths count.
	 */
	bool chars;
};

/* Once per process, before the cage: loads and forbids what ICU would otherwise do later. */
void charset_init(void);

/*
 * want_chars: for body text; false: for headers (UTF-8 bytes out; .chars is false). insist: only the
 * declared charset, what is malformed becomes U+FFFD (encoded words). declared is as written, never
 * none: callers pass "us-ascii" for an undeclared part. Output is charged to the budget; over budget
 * the input comes back unchanged.
 */
struct charset_text charset_normalize(struct arena *a, struct str in, struct str declared,
				      bool want_chars, bool insist, struct budget *b);

/* One code point per byte, 0x80..0xff as two bytes of UTF-8. ASCII comes back as the same slice. */
struct str charset_latin1_to_utf8(struct arena *a, struct str in);
