/* SPDX-License-Identifier: BSD-2-Clause */
/* A prefilter being made. For prefilter_build.c and prefilter_tables.c only. */
#pragma once

#include "core/map.h"
#include "core/vec.h"
#include "rules/prefilter_private.h"

struct arena;
struct rule;

/* A literal or a window on its way into the tables, and the rules whose trigger it is. */
struct item {
	struct str text;
	const struct needs_look *look; /* or this */
	struct vec rules;              /* uint32_t */
};

/* Windows of one kind, that are looked for together, go into one word of the masks while it has room. */
enum kind { KIND_ALWAYS = 0, KIND_HIGH, KIND_COUNT };

struct filling {
	size_t word, used; /* bits; MASKS_BITS: it is full, or there is none yet */
};

struct builder {
	struct arena *a, *scratch;
	struct prefilter *p;
	const struct rule *const *rules;
	struct prefilter_sought *sought;
	struct prefilter_others *others;
	struct vec always, refs; /* uint32_t */
	struct filling filling[KIND_COUNT];
	size_t word_count;
	/* of the group under way */
	struct map by_bytes; /* of a text or window -> number in items + 1 */
	struct vec items;    /* struct item */
	bool is_small;       /* its windows are few: one pass for all of them */
	struct prefilter_word word[PREFILTER_MASK_WORDS];
	bool is_used[PREFILTER_MASK_WORDS];
};

/*
 * The four bytes of a window with the rarest grams of ASCII. False: it is too short, or they are too many.
 * ret_n 0: no window of ASCII can stand at all.
 */
bool prefilter_window_grams(const struct needs_look *w, size_t *ret_at, size_t *ret_n);
/* The group's items, whose they are, and the tables that they are found by. */
void prefilter_build_tables(struct builder *b, struct prefilter_part *part);
