/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * byteset_look: which bytes of a text belong to a set, 32 at a time where the machine has AVX2, 64 with AVX-512:
 * by a table of what each low half of a byte may have as its high half.
 */
#pragma once

#include "core/cpu.h"
#include "core/str.h"
#include "rules/byteset.h"

#include <stdbool.h>
#include <stdint.h>

enum { BYTESET_LOOK_HALVES = 16, BYTESET_LOOK_PLACES = 64 };

/* By the low half of a byte, below 0x80 and from there on: a bit for each high half. */
struct byteset_look {
	uint8_t below[BYTESET_LOOK_HALVES], above[BYTESET_LOOK_HALVES];
};

void byteset_look_init(struct byteset_look *l, const struct byteset *set);

static inline bool byteset_look_has(const struct byteset_look *l, uint8_t c)
{
	return (c < 0x80 ? l->below : l->above)[c & 15] >> (c >> 4 & 7) & 1;
}

/* Whether a byte of the set stands in the text. */
bool byteset_look_any(enum cpu_vectors form, const struct byteset_look *l, struct str text);
/* A bit for each byte of the text, BYTESET_LOOK_PLACES a word, the first one lowest; those behind its end are 0. */
void byteset_look_bits(enum cpu_vectors form, const struct byteset_look *l, struct str text,
		       uint64_t *bits);
