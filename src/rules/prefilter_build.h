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

/* What is looked for by nibbles. */
struct sequence {
	uint32_t item; /* its number */
	struct needs_look look;
};

struct builder {
	struct arena *a, *scratch;
	struct prefilter *p;
	const struct rule *const *rules;
	struct prefilter_sought *sought;
	struct vec always, refs;       /* uint32_t */
	struct prefilter_masks *masks; /* the last ones: so many of their bits are used */
	size_t used;
	unsigned frequency[256]; /* a byte: so many of 1,000 in mail */
	uint8_t *often;          /* by rule: traits_table_new() */
	bool is_sole;            /* there is one group */
	/* of the group under way */
	struct map by_bytes;               /* of a text or window -> number in items + 1 */
	struct vec items;                  /* struct item */
	const struct prefilter_item *made; /* of these */
	uint32_t *more;                    /* struct prefilter_part */
	size_t window_count;
	struct vec sequences; /* struct sequence */
};

/* Zeroed; each of a size that a line of the processor's cache has once or twice stands in one. */
void *prefilter_build_rows(struct arena *a, size_t n, size_t size);
/* The group's items, whose they are, and the tables that they are found by. */
void prefilter_build_tables(struct builder *b, struct prefilter_part *part);
/* The group's sequences in buckets of such as are alike. */
void prefilter_build_sequences(struct builder *b, struct prefilter_part *part);
