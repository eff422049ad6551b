/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Grams: four folded bytes in a row, found by a bitmap of their hashes. A pass over a piece of a
 * subject folds it and says at which places a known gram may stand. For prefilter*.c only.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

enum {
	GRAMS_PLACES = 1024, /* in one piece */
	GRAMS_WORDS = GRAMS_PLACES / 64,
	GRAMS_MARGIN = 32,  /* bytes in front of and behind its places that are folded too */
	GRAMS_MIN_BITS = 9, /* of a map: it has so many to the power of 2 */
	GRAMS_MAX_BITS = 16
};

/* By hash: the highest bit of a word comes first. */
struct grams_map {
	uint32_t *word;
	unsigned shift; /* of a hash, for its bit */
};

/* A folded piece: at[GRAMS_MARGIN] is its first place. NULs where the subject does not go. */
struct grams_piece {
	uint8_t at[GRAMS_MARGIN + GRAMS_PLACES + GRAMS_MARGIN + 32];
};

/* Of a gram. */
static inline uint32_t grams_hash(uint32_t gram)
{
	return gram * 0x9e3779b1u;
}

static inline void grams_map_add(const struct grams_map *m, uint32_t hash)
{
	uint32_t bit = hash >> m->shift;

	m->word[bit / 32] |= 0x80000000u >> bit % 32;
}

/* How many words a map of n grams has, and its shift: few places where none is are named: some in 64. */
size_t grams_map_words(size_t n, unsigned *ret_shift);

/* Folds n bytes, at most so many as a piece has with its margins, to piece->at + offset. */
void grams_fold(struct grams_piece *piece, size_t offset, const char *p, size_t n);
/* Which of its first n places may begin a gram of the map, a bit each, the lowest of a word first. */
void grams_look(const struct grams_piece *piece, size_t n, const struct grams_map *m,
		uint64_t ret[GRAMS_WORDS]);
/* The same without instructions that not every machine has, for tests. */
void grams_fold_plain(struct grams_piece *piece, size_t offset, const char *p, size_t n);
void grams_look_plain(const struct grams_piece *piece, size_t n, const struct grams_map *m,
		      uint64_t ret[GRAMS_WORDS]);
