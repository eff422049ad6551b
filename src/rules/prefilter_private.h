/* SPDX-License-Identifier: BSD-2-Clause */
/* The tables of a prefilter. For prefilter*.c only. */
#pragma once

#include "rules/prefilter.h"
#include "rules/prefilter_grams.h"
#include "rules/prefilter_masks.h"

enum {
	PREFILTER_MASK_WORDS = 24,
	PREFILTER_WINDOW_CLAUSE = NEEDS_CLAUSES, /* its number among a rule's clauses */
	PREFILTER_NO_PLACE = UINT8_MAX,
	PREFILTER_NO_REFS = UINT32_MAX
};

/*
 * What a rule is looked for by. Some of its clauses are noted where they stand; the others are only asked for
 * when one of these is: most rules have one that is rare, and common ones need not be followed then.
 */
struct prefilter_sought {
	uint8_t wanted;         /* clauses that must be seen, a bit each */
	uint8_t asked;          /* those of them that are not noted */
	uint8_t place;          /* the one that tells where; or PREFILTER_NO_PLACE */
	uint8_t counted, times; /* one that must be seen so often */
	bool is_anchored;       /* at the subject's beginning only */
	uint32_t back_min, back_max;
	uint32_t word, windows; /* its windows in the masks: bits of one word */
	uint32_t asks; /* of prefilter.asks: for each clause of `asked` how many items, and these */
};

/* A literal or a window of a group. */
struct prefilter_item {
	uint32_t what;  /* where its text begins, or which window it is */
	uint32_t refs;  /* who notes it (prefilter_ref()); or PREFILTER_NO_REFS */
	uint8_t length; /* in bytes */
	bool is_window;
	bool is_longer; /* than what its entries compare */
	bool repeats;   /* each time it stands there counts */
};

/* A gram of an item: up to eight bytes of it from there on. */
struct prefilter_entry {
	uint64_t
	    bytes; /* the first one lowest, moved up by `shift` so that what is beyond falls out */
	uint32_t item;
	uint16_t group;
	uint8_t offset; /* of the gram in the item */
	uint8_t shift;
};

/* Entries from `start` to the next bucket's; tags: prefilter_tag() of each, of as many bytes as all of them have. */
struct prefilter_bucket {
	uint32_t start;
	uint16_t tags;
	uint8_t shift; /* the greatest of theirs */
};

/* Entries of grams of one length. */
struct prefilter_table {
	struct grams_map map;
	struct prefilter_bucket *bucket; /* one more at the end */
	unsigned shift;                  /* of a hash, for its bucket */
	const struct prefilter_entry *entry;
	size_t n;
};

/* A group's windows in one word of the masks. */
struct prefilter_word {
	uint32_t word;
	uint32_t plain; /* of rules with no other clause */
	uint32_t high;  /* needed where high bytes are only */
};

/* A group's own. */
struct prefilter_part {
	uint32_t seed;
	uint32_t first, n; /* rules */
	bool has_four, has_three;
	const struct prefilter_word *words;
	size_t word_count;
	const uint32_t *always; /* rules with nothing to look for */
	size_t always_count;
};

enum prefilter_length { PREFILTER_FOUR = 0, PREFILTER_THREE, PREFILTER_LENGTHS };

struct prefilter {
	const struct traits_table *traits;     /* by rule */
	const struct prefilter_sought *sought; /* by rule */
	size_t rule_count;
	const struct prefilter_part *parts; /* by group */
	struct prefilter_table tables[PREFILTER_LENGTHS];
	const struct prefilter_item *items;
	size_t item_count;
	const char *texts;
	const struct needs_look *const *looks;
	const uint32_t *refs, *asks;
	struct masks *masks[PREFILTER_MASK_WORDS];
	uint32_t windows[PREFILTER_MASK_WORDS][MASKS_BITS]; /* whose it is */
};

struct prefilter_state {
	uint32_t subject; /* prefilter_scan.now: of another subject it means nothing */
	uint32_t slot;    /* of its stretches, + 1; 0: none yet in this message */
	uint8_t seen, times, stretches;
	bool is_hopeless; /* a clause that is asked for is not there */
};

/* An item that stands in the subject, to be noted. */
struct prefilter_hit {
	uint32_t item;
	size_t at;
};

/* A rule's clause as a word; is_last: the next one belongs to something else. */
static inline uint32_t prefilter_ref(uint32_t rule, unsigned clause, bool is_last)
{
	return rule << 3 | clause << 1 | is_last;
}

/* A bit of such bytes as an entry has, moved up by its shift or more. */
static inline uint16_t prefilter_tag(uint64_t bytes)
{
	return (uint16_t)(1u << (bytes * UINT64_C(0x9e3779b97f4a7c15) >> 60));
}

/* prefilter_hits.c: notes the group's items from `from` on, a place where a piece begins; and has_high. */
void prefilter_find_items(struct prefilter_scan *s, size_t group, size_t from);
/* prefilter.c: what it tells. Items of a piece come behind its beginning. */
void prefilter_piece_begins(struct prefilter_scan *s, size_t at);
void prefilter_note_item(struct prefilter_scan *s, const struct prefilter_item *item, size_t at);
