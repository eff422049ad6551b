/* SPDX-License-Identifier: BSD-2-Clause */
/* The tables of joint automata: for joint*.c only. */
#pragma once

#include "rules/copies.h"
#include "rules/joint.h"

#include <string.h>

/*
 * A row has by class the next row, and is named by half the index of its first entry. Those where somebody's match
 * becomes known are the last ones: behind their entries stands, as 64 bits, who that is.
 */
enum { JOINT_BITS = 4, JOINT_ENTRIES = 1 << 16 };

struct joint_automaton {
	const uint16_t *next;
	uint32_t entries;
	uint16_t width; /* classes; even */
	uint16_t start;
	uint16_t matching;    /* the first of these rows; behind the last one where there is none */
	uint8_t last_newline; /* class of a newline that is the last byte */
	uint8_t end_class;
	uint8_t count;  /* expressions */
	uint32_t first; /* the number of the first one */
	uint8_t class[256];
};

struct joint_member {
	uint32_t expression;
	uint32_t is_exact;
	struct copies copies; /* where such stand it may match, whatever the automaton says */
};

struct joint {
	const struct joint_automaton *automata;
	size_t count;
	const struct joint_member *members; /* by number */
	size_t member_count;
	bool has_copies; /* some member */
};

/* Sets has_copies. */
void joint_note_copies(struct joint *j);

/* Who matches in a row from `matching` on. */
static inline uint64_t joint_matched(const struct joint_automaton *a, uint16_t row)
{
	uint64_t bits;

	memcpy(&bits, a->next + 2 * (size_t)row + a->width, sizeof(bits));
	return bits;
}
