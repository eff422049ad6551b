/* SPDX-License-Identifier: BSD-2-Clause */
/* A prefilter being made. For prefilter_build.c and prefilter_tables.c only. */
#pragma once

#include "core/map.h"
#include "core/vec.h"
#include "rules/prefilter_private.h"

struct arena;
struct rule;

/* A literal or a window on its way into the tables, and who notes it. */
struct item {
	struct str text;
	const struct needs_look *look; /* or this */
	uint16_t group;
	bool repeats;
	struct vec refs; /* uint32_t: prefilter_ref() without is_last */
};

/* Windows of one kind, that are looked for together, go into one word of the masks while it has room. */
enum kind { KIND_PLAIN = 0, KIND_HIGH, KIND_OTHER, KIND_COUNT };

struct filling {
	size_t word, used; /* bits; MASKS_BITS: it is full, or there is none yet */
};

struct builder {
	struct arena *a;
	struct prefilter *p;
	const struct rule *const *rules;
	struct prefilter_sought *sought;
	struct map by_text;                    /* group and text -> number in items + 1 */
	struct vec items;                      /* struct item */
	struct vec entries[PREFILTER_LENGTHS]; /* struct prefilter_entry */
	struct vec grams[PREFILTER_LENGTHS];   /* uint32_t: of these */
	struct vec always, asks;               /* uint32_t */
	struct filling filling[KIND_COUNT];
	bool is_small; /* the group's windows are few: one pass for all of them */
	size_t word_count;
	struct prefilter_word word[PREFILTER_MASK_WORDS]; /* of the group */
	bool is_used[PREFILTER_MASK_WORDS];               /* by it */
};

/*
 * The four bytes of a window with the rarest grams of ASCII. False: it is too short, or they are too many.
 * ret_n 0: no window of ASCII can stand at all.
 */
bool prefilter_window_grams(const struct needs_look *w, size_t *ret_at, size_t *ret_n);
/* The items' texts and windows, and who notes them, each in one array; grams of all of them. */
void prefilter_add_entries(struct builder *b);
/* Entries by bucket, and their bits in the maps. */
void prefilter_build_tables(struct builder *b, const struct prefilter_part *parts);
