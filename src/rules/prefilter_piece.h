/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is looked at together: several short subjects of a group one after the other, a NUL behind each, or a part of a
 * long one. Bitmaps and nibbles name places, and those where only the hash or the bucket is right are sifted out
 * without a branch: what is left is noted for whoever goes through the subjects one by one. For prefilter*.c only.
 */
#pragma once

#include "rules/prefilter_places.h"
#include "rules/prefilter_private.h"

enum { PREFILTER_LISTED = GRAMS_PLACES + PLACES_SPARE, PREFILTER_SUBJECTS = 64 };

/* Where a gram of a bucket's may stand, and the entries that it may be of. */
struct prefilter_sifted {
	uint32_t from, to;
	uint16_t place;
};

/* An item that stands at a gram's place, but for its end, which may be beyond that of the subject. */
struct prefilter_hit {
	uint32_t item;
	uint16_t place;
	uint8_t offset; /* of the gram in the item */
};

/* Where sequences stand, as far as masks tell. */
struct prefilter_standing {
	uint64_t bits;
	uint16_t place;
};

/* Noted of some sequences: those of the piece's standing[] from next to end are still to be told of. */
struct prefilter_noted {
	uint32_t next, end;
};

struct prefilter_piece {
	enum cpu_vectors form;
	const struct prefilter *filter;
	struct grams_piece grams;
	size_t subjects, next; /* in it; those that have been gone through */
	uint16_t begin[PREFILTER_SUBJECTS], end[PREFILTER_SUBJECTS];
	const struct str *all;              /* these subjects */
	uint64_t facts;                     /* that are known of them (rules/traits.h) */
	uint64_t lacks[PREFILTER_SUBJECTS]; /* those that each lacks */
	bool has_facts;
	struct prefilter_hit *hits;
	size_t hit_count, hit_next, max_hits;
	struct prefilter_noted *noted; /* by number of sequences */
	struct prefilter_standing *standing;
	size_t standing_count, max_standing;
	struct arena *arena;
	struct nibbles_piece nibbles;
	uint64_t apart[GRAMS_WORDS + 1];
	char text[GRAMS_PLACES + 1]; /* not folded */
	uint16_t place[PREFILTER_LISTED];
	struct prefilter_sifted sifted[PREFILTER_LISTED];
};

/* Makes a piece to look at: memory from the arena. */
struct prefilter_piece *prefilter_piece_new(const struct prefilter *p, struct arena *a);
/* Looks at the first of n subjects, from there on, or at so many of them as go into a piece whole. */
void prefilter_piece_look(struct prefilter_piece *piece, const struct prefilter_part *part,
			  const struct str *subjects, size_t n, size_t from);

/* Nothing is looked for. */
static inline void prefilter_piece_skip(struct prefilter_piece *piece)
{
	piece->has_facts = false;
	piece->facts = UINT64_MAX;
}

/* Finds out these facts of all its subjects. */
void prefilter_piece_learn(struct prefilter_piece *piece, uint64_t facts);

static inline uint64_t prefilter_load(const uint8_t *p)
{
	uint64_t x;

	memcpy(&x, p, sizeof(x));
	return x;
}
