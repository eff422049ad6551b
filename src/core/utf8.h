/* SPDX-License-Identifier: BSD-2-Clause */
/* UTF-8 as RFC 3629 has it: no overlong forms, no surrogates, nothing above U+10FFFF. */
#pragma once

#include "core/str.h"

#include <stdbool.h>
#include <stdint.h>

#define UTF8_BAD 0xffffffffu
#define UTF8_REPLACEMENT 0xfffdu

/*
 * The character at s[*at]; moves *at behind it. Ill-formed: returns UTF8_BAD and moves behind the
 * maximal ill-formed subpart (at least one byte). *at must be < s.n.
 */
uint32_t utf8_next(struct str s, size_t *at);
bool utf8_is_valid(struct str s);
/* Writes 1..4 bytes, returns how many; 0 for what is no character (surrogates, > U+10FFFF). */
size_t utf8_put(uint32_t c, char out[4]);
bool utf8_is_ascii(struct str s);
/* How many bytes are 0x80 and above; where the first of them from `from` on stands, s.n: nowhere. */
size_t utf8_count_high(struct str s);
size_t utf8_next_high(struct str s, size_t from);
/* Characters of well-formed s. */
size_t utf8_count_chars(struct str s);
