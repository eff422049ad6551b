/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A Received line while it is read. Some eighty templates and words are asked for, and a line holds few
 * of them: so the pairs of neighbouring bytes that occur in it are noted once, and what needs a pair that
 * is not there is not looked for. Pairs are noted without regard to case.
 */
#pragma once

#include "core/str.h"

#include <stdbool.h>
#include <stdint.h>

struct budget;

/* A row for each first byte, a bit for each second one; six bits of a byte count. */
struct received_pairs {
	uint64_t row[64];
};

struct received_line {
	struct str s;                       /* white space is single blanks */
	const struct received_pairs *pairs; /* those of s, and maybe more */
	struct budget *budget;              /* NULL: none */
};

static inline unsigned received_fold(char c)
{
	return ((unsigned char)c & 0x1f) | (~(unsigned char)c >> 1 & 0x20);
}

static inline bool received_has_pair(const struct received_pairs *p, char a, char b)
{
	return p->row[received_fold(a)] >> received_fold(b) & 1;
}

void received_note_pairs(struct received_pairs *p, struct str s);
/* False: `text` does not stand in the line, in no case of its letters. */
bool received_may_have(const struct received_line *line, struct str text);
/* Offset of the first `text`, letters as they are; STR_NPOS if there is none. */
size_t received_find(const struct received_line *line, struct str text);
static inline bool received_has(const struct received_line *line, struct str text)
{
	return received_find(line, text) != STR_NPOS;
}
/* The line behind its first n bytes. */
static inline struct received_line received_line_from(const struct received_line *line, size_t n)
{
	return (struct received_line){ str_from(line->s, n), line->pairs, line->budget };
}
