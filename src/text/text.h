/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * struct text: a piece of a message as Perl would hold it. `chars` false: plain bytes, each a character
 * of its own (7-bit, or Latin-1 where an HTML entity made it). `chars` true: decoded characters, held
 * here as UTF-8. SpamAssassin's verdicts depend on the difference: what counts as white space, how long
 * a text is, and what bytes a rule sees when it comes out. Joining the two kinds gives characters.
 */
#pragma once

#include "core/str.h"
#include "core/utf8.h"

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct strbuf;

struct text {
	struct str s;
	bool chars;
};

/* Perl's length(): characters when chars, else bytes. */
static inline size_t text_length(struct text t)
{
	return t.chars ? utf8_count_chars(t.s) : t.s.n;
}
/* Same text, as Perl's eq: é as a byte and é as a character are equal. */
bool text_eq(struct text a, struct text b);
/* Of text_utf8(): of bytes some of which are not ASCII. */
struct str text_utf8_of_bytes(struct arena *a, struct str bytes);
/* The characters as UTF-8; a new slice in `a` only when bytes >= 0x80 stand in a plain text. */
static inline struct str text_utf8(struct arena *a, struct text t)
{
	return t.chars || utf8_is_ascii(t.s) ? t.s : text_utf8_of_bytes(a, t.s);
}
/*
 * One byte a character, for matching that knows bytes only: Latin-1, and 0xff for all beyond it. A new slice
 * in `a` only where t is of characters beyond ASCII.
 */
struct str text_bytes(struct arena *a, struct text t);
/* Appends Latin-1 bytes as UTF-8. False: over the buffer's max. */
bool text_add_latin1(struct strbuf *b, struct str bytes);
/* Is the character white space to Perl's \s under character semantics (U+0085 U+00A0 U+2003 ...)? */
bool text_char_is_space(unsigned c);
/* Is it a letter, digit or other part of a word to \w (characters beyond ASCII: by Unicode)? */
bool text_char_is_word(unsigned c);
/* Length of the run of \w at the start / end of t, in bytes; whether its last character is one. By t's own kind. */
size_t text_word_at_start(struct text t);
size_t text_word_at_end(struct text t);
bool text_ends_in_word(struct text t);
/* Length of the white space at the start / end of t, in bytes, by t's own kind. nbsp: U+00A0 / byte A0 too. */
size_t text_space_at_start(struct text t, bool nbsp);
size_t text_space_at_end(struct text t, bool nbsp);
/* Byte offset of character n, or t.s.n when t is shorter. */
size_t text_offset_of(struct text t, size_t n);
