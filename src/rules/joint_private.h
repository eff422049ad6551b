/* SPDX-License-Identifier: BSD-2-Clause */
/* The tables of joint automata: for joint*.c only. */
#pragma once

#include "rules/joint.h"

#include <string.h>

/*
 * A row begins with JOINT_LEAD entries that hold, as 64 bits, whose match is known where the row is reached; then it
 * has by class the next row. A row is named by the index of its first entry, in units of JOINT_LEAD.
 */
enum { JOINT_LEAD = 4, JOINT_ENTRIES = 1 << 16 };

struct joint_automaton {
	const uint16_t *next;
	size_t entries;
	uint16_t width; /* entries of a row */
	uint16_t start;
	uint8_t last_newline; /* class of a newline that is the last byte */
	uint8_t end_class;
	uint8_t count;      /* expressions: bits of a row */
	uint32_t first;     /* the number of the first one */
	uint8_t class[256]; /* of bytes; the classes begin behind the row's bits */
};

struct joint_member {
	uint32_t expression;
	uint32_t is_exact;
};

struct joint {
	const struct joint_automaton *automata;
	size_t count;
	const struct joint_member *members; /* by number */
	size_t member_count;
};

/* Whose match is known in the row whose first entry this is. */
static inline uint64_t joint_matched(const struct joint_automaton *a, size_t entry)
{
	uint64_t bits;

	memcpy(&bits, a->next + entry, sizeof(bits));
	return bits;
}
