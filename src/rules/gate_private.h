/* SPDX-License-Identifier: BSD-2-Clause */
/* An expression as positions (Glushkov's automaton): for gate*.c only. */
#pragma once

#include "core/str.h"
#include "rules/byteset.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;

enum { GATE_POSITIONS = 4096, GATE_WORDS = GATE_POSITIONS / 64 };

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
	size_t times; /* an expression is that many of these matches, one behind the other */
	struct gate_set first[GATE_FRONT_COUNT]; /* where a match may begin, by what is in front */
};

/* False: the expression may match nothing at all, is too large, or is beyond this reading. */
bool gate_read(struct arena *scratch, struct str pcre, struct gate_positions *ret);

static inline void gate_set_add(struct gate_set *s, size_t i)
{
	s->w[i / 64] |= UINT64_C(1) << (i % 64);
}

static inline void gate_set_union(struct gate_set *s, const struct gate_set *other)
{
	for (size_t i = 0; i < GATE_WORDS; i++)
		s->w[i] |= other->w[i];
}
