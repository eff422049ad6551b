/* SPDX-License-Identifier: BSD-2-Clause */
/* An expression as positions (Glushkov's automaton), and the table made of them: for gate*.c only. */
#pragma once

#include "core/str.h"
#include "rules/byteset.h"
#include "rules/gate.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;

enum { GATE_POSITIONS = 8192, GATE_WORDS = GATE_POSITIONS / 64 };

/* A set of positions. */
struct gate_set {
	uint64_t w[GATE_WORDS];
};

/* What must stand in front: each asks for what the ones before it do, and more. */
enum gate_front { GATE_ANYTHING = 0, GATE_LINE_START, GATE_SUBJECT_START, GATE_FRONT_COUNT };

/* A place in the expression that takes one byte. */
struct gate_position {
	struct byteset takes;
	bool takes_end; /* or the end of the subject */
	bool is_final;  /* nothing need follow */
	struct gate_set follow;
};

struct gate_positions {
	struct gate_position *at;
	size_t n;
	bool word_bound;                         /* a match begins at a \b */
	struct gate_set first[GATE_FRONT_COUNT]; /* where a match may begin, by what is in front */
};

/* False: the expression may match nothing at all, is too large, or is beyond this reading. */
bool gate_read(struct arena *scratch, struct str pcre, struct gate_positions *ret);

/*
 * Which places cannot begin a match, by the bytes there: a place is left when for one of some buckets
 * all of its bytes are in the bucket's sets. A set is kept as the product of its members' halves.
 */
/* GATE_SHUFFLES: of eight buckets each. */
enum { GATE_PREFIX = 4, GATE_BLOCK = 32, GATE_SHUFFLES = 2 };

struct gate_halves {
	uint8_t low[16], high[16]; /* buckets, by half of a byte */
};

struct gate_filter {
	struct gate_halves at[GATE_SHUFFLES][GATE_PREFIX];
	struct gate_halves before; /* what may stand in front */
	bool looks_before;
	/*
	 * Bits for n * GATE_BLOCK places from p on. One byte stands in front of these, GATE_PREFIX - 1
	 * behind them.
	 */
	void (*look)(const struct gate_filter *f, const uint8_t *p, size_t n, uint32_t *ret);
};

struct gate {
	uint32_t start[GATE_FRONT_COUNT]; /* by what stands in front of the first byte */
	uint32_t dead, classes;           /* row 1; entries of a row */
	uint8_t class[256], end_class;
	bool has_lines;       /* it matters whether a line begins */
	bool starts_only;     /* a match begins where the subject does */
	bool at_word_start;   /* or where a word does */
	bool at_line_start;   /* or a line */
	const uint32_t *next; /* rows: class -> the next row's place in here */
	size_t entries;
	struct gate_filter filter;
};

/* Row 0: a match may be there. */
enum { GATE_FOUND = 0 };

void gate_filter_init(struct gate *g, struct arena *scratch);
/* The form of look() for this machine. */
void gate_filter_choose(struct gate_filter *f);
/* The same work without the machine's own instructions; for tests. */
void gate_filter_plain(const struct gate_filter *f, const uint8_t *p, size_t n, uint32_t *ret);
/* One place, which is not the first one; left: how many bytes stand there. */
bool gate_filter_has(const struct gate_filter *f, const uint8_t *p, size_t left);

static inline void gate_set_add(struct gate_set *s, size_t i)
{
	s->w[i / 64] |= UINT64_C(1) << (i % 64);
}

static inline bool gate_set_has(const struct gate_set *s, size_t i)
{
	return s->w[i / 64] >> (i % 64) & 1;
}

static inline void gate_set_union(struct gate_set *s, const struct gate_set *other)
{
	for (size_t i = 0; i < GATE_WORDS; i++)
		s->w[i] |= other->w[i];
}
