/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Nibbles: where one of many sequences of bytes may stand, each byte of a certain kind (struct needs_look). Sequences
 * are in eight buckets: of each byte and distance it is known which buckets have such a byte there, and what all
 * distances leave is where one of a bucket may stand. So a bucket is as good as its sequences are alike. Blanks,
 * digits and letters are known apart, all other bytes by their upper half only. For prefilter*.c only.
 */
#pragma once

#include "core/cpu.h"
#include "rules/needs.h"
#include "rules/prefilter_grams.h"

/* Rows of sixteen bytes that mail has most; other bytes go by their row. */
enum { NIBBLES_BUCKETS = 8, NIBBLES_ROWS = 4 };

/* Of each distance and byte a bit for each bucket. */
struct nibbles {
	struct {
		uint8_t of[NIBBLES_ROWS][16], other[16];
	} at[NEEDS_WINDOW];
	size_t depth; /* bytes that are looked at */
};

/* What the bucket's sequences have at a distance: folded bytes. */
void nibbles_set(struct nibbles *n, unsigned bucket, size_t distance, const struct byteset *bytes);

/*
 * A piece as it is looked up: of each byte where it is in each row, and in which row else; CPU_AVX512: where it is in
 * all rows together, or in which row else.
 */
struct nibbles_piece {
	uint8_t of[NIBBLES_ROWS + 1][GRAMS_PLACES + 2 * GRAMS_MARGIN];
};

/* Its first n places, at most GRAMS_PLACES, and what stands behind them; in that form. */
void nibbles_split(enum cpu_vectors form, const struct grams_piece *piece, size_t n,
		   struct nibbles_piece *ret);

/*
 * At which of the piece's first n places a sequence may begin: a bit each, the lowest of a word first. The piece is
 * of the same form.
 */
void nibbles_look(enum cpu_vectors form, const struct nibbles *b, const struct nibbles_piece *piece,
		  size_t n, uint64_t ret[GRAMS_WORDS]);
