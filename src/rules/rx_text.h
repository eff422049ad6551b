/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rx_text: the words of the translator's plain PCRE2 text (rx_source.pcre), for whoever reads it without
 * matching: what an expression needs (needs.c) and its gate (gate_parse.c).
 */
#pragma once

#include "core/reader.h"
#include "rules/byteset.h"

#include <stdbool.h>
#include <stddef.h>

/* How often the piece before it may stand; max SIZE_MAX: no end. */
struct rx_repeat {
	size_t min, max;
};

/* A byte as it is written there: itself, \ and itself, or \xHH. -1: not a byte. */
int rx_text_byte(struct rd *in);
/* [...]: its members, or what is not to be one of them. False: it cannot be read. */
bool rx_text_class(struct rd *in, struct byteset *ret, bool *ret_negated);
/* What \d \s \w and their opposites stand for, by letter. */
struct byteset rx_text_letter(char letter);
/* * + ? {n,m} with what may stand behind it; once where none of them comes. */
struct rx_repeat rx_text_repeat(struct rd *in);
/* "(?i-s)": flags on their own. `(?i-s:` opens a group instead and is left alone. */
bool rx_text_is_flags(const struct rd *in, struct str *ret_flags);
enum rx_text_flag { RX_TEXT_I = 1u << 0, RX_TEXT_M = 1u << 1, RX_TEXT_S = 1u << 2 };
/* Those of enum rx_text_flag that hold behind such a change ("i-s"); other letters change none. */
unsigned rx_text_flags(unsigned flags, struct str change);
/* From "(" to behind its ")". False: it cannot be read. */
bool rx_text_skip_group(struct rd *in);

/* How many groups that capture open in a piece of the text. */
size_t rx_text_captures(struct str text);
/* What stands in the group of that number (from 1). False: there is none, or it is more than bytes and repetitions. */
bool rx_text_plain_group(struct str text, size_t number, struct str *ret);

enum rx_text_group {
	RX_TEXT_PLAIN = 0, /* captures or not: the cursor is behind its opening */
	RX_TEXT_LOOK,      /* lookaround, which takes no bytes; the cursor has not moved */
	RX_TEXT_OTHER,     /* a condition, a call ...; the cursor has not moved */
	RX_TEXT_VERB, /* (*COMMIT) and the like: the match may end early; the cursor has not moved */
};
/* The cursor is on "(". ret_flags: of (?i-s:, else none. */
enum rx_text_group rx_text_open(struct rd *in, struct str *ret_flags);
