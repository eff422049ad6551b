/* SPDX-License-Identifier: BSD-2-Clause */
/* The tables of a prefilter. For prefilter*.c only. */
#pragma once

#include "rules/prefilter.h"
#include "rules/prefilter_ask.h"
#include "rules/prefilter_grams.h"
#include "rules/prefilter_nibbles.h"

/*
 * What a rule is looked for by: its trigger, the rarest clause or its windows; and what is asked then. It stands in
 * one line of the processor's cache: rules that are seen are few of thousands, and far from each other.
 */
struct prefilter_sought {
	uint32_t back_min, back_max;
	bool
	    tells_place; /* the trigger stands back_min to back_max bytes behind a match's beginning */
	bool in_line; /* back_min bytes or more, and at most back_max bytes in front of its line */
	bool is_anchored;            /* at the subject's beginning only */
	uint8_t times;               /* so often the trigger must be seen */
	uint8_t others;              /* clauses that the subject is asked for then */
	struct traits_wanted wanted; /* and what else it must be like */
	const struct ask *asks; /* the literals of each clause, of which one must be there too */
} __attribute__((aligned(64)));

/* A literal or a window of a group: all that is touched of it stands in one line of the processor's cache. */
struct prefilter_item {
	uint8_t text[NEEDS_MAX_LITERAL]; /* what is behind it, and a window: NULs */
	uint32_t rule;    /* whose trigger it is: the first; PREFILTER_SOLE: no other's */
	uint8_t length;   /* in bytes */
	uint8_t compared; /* so many bytes of it; 0: what it is found by is all of it */
} __attribute__((aligned(32)));

#define PREFILTER_SOLE (UINT32_C(1) << 31)

/* A gram of a literal: up to eight bytes of it from there on. */
struct prefilter_entry {
	uint64_t
	    bytes; /* the first one lowest, moved up by `shift` so that what is beyond falls out */
	uint32_t item;
	uint8_t offset; /* of the gram in the item */
	uint8_t shift;
};

/* Entries from `start` to the next bucket's; tags: prefilter_tag() of each, of as many bytes as all of them have. */
struct prefilter_bucket {
	uint32_t start;
	uint16_t tags;
	uint8_t shift; /* the greatest of theirs */
};

/* A group's entries: the literals of a long list. */
struct prefilter_table {
	struct grams_map map;
	struct prefilter_bucket *bucket; /* one more at the end */
	unsigned shift;                  /* of a hash, for its bucket */
	const struct prefilter_entry *entry;
};

/*
 * Which of 64 sequences may have a folded byte at a distance, and whose each is: several groups' may be in one. All
 * distances of a byte stand in one line of the cache: places that are looked at are few, and near each other the same.
 */
struct prefilter_masks {
	uint64_t at[256][NEEDS_WINDOW];
	uint64_t fits[NEEDS_MAX_LITERAL + 1]; /* into so many bytes */
	uint64_t longer;                      /* those to be compared */
	uint32_t rule[64], more[64];          /* of its item: the first, and where others' are */
	const struct prefilter_item *item[64];
} __attribute__((aligned(64)));

/* Sequences of a group that are looked for together, which have these bits of the masks. */
struct prefilter_sequences {
	struct nibbles nibbles;
	const struct prefilter_masks *masks;
	uint64_t bits;
};

/* A group's own. */
struct prefilter_part {
	bool has_facts;
	const struct prefilter_table *table; /* NULL: it has none */
	const struct prefilter_item *items;
	const uint32_t
	    *more; /* by item that several rules have: where in refs[] the others stand */
	const struct prefilter_sequences *sequences;
	size_t sequence_count;
	const uint32_t *always; /* rules with nothing to look for */
	size_t always_count;
};

struct prefilter {
	const struct traits_table *traits;     /* by rule */
	const struct prefilter_sought *sought; /* by rule */
	size_t rule_count;
	const struct prefilter_part *parts; /* by group */
	size_t max_sequences;               /* that a group has: struct prefilter_sequences */
	const uint32_t *refs; /* numbers of rules; an item's last one has its lowest bit set */
};

/* Of a rule that is in prefilter_scan.known; of others it means nothing. */
struct prefilter_state {
	uint32_t subject; /* prefilter_scan.now: of another one only the slot is left */
	uint32_t slot;    /* of its stretches, + 1; 0: none yet in this message */
	uint8_t times, stretches;
};

/* A bit of such bytes as an entry has, moved up by its shift or more. */
static inline uint16_t prefilter_tag(uint64_t bytes)
{
	return (uint16_t)(1u << (bytes * UINT64_C(0x9e3779b97f4a7c15) >> 60));
}

/* Whether the item stands there; NEEDS_MAX_LITERAL bytes can be read. */
static inline bool prefilter_is_item(const struct prefilter_item *it, const uint8_t *folded)
{
	static const uint8_t ones[2 * NEEDS_MAX_LITERAL] = { [0 ... NEEDS_MAX_LITERAL - 1] = 0xff };
	uint64_t text[NEEDS_MAX_LITERAL / 8], there[NEEDS_MAX_LITERAL / 8],
	    mask[NEEDS_MAX_LITERAL / 8], other = 0;

	memcpy(text, it->text, sizeof(text));
	memcpy(there, folded, sizeof(there));
	memcpy(mask, ones + NEEDS_MAX_LITERAL - it->compared, sizeof(mask));
	for (size_t i = 0; i < NEEDS_MAX_LITERAL / 8; i++)
		other |= (text[i] ^ there[i]) & mask[i];
	return !other;
}

/* prefilter_hits.c: tells prefilter_trigger() of the group's items in s->subject, the first of those that are left. */
void prefilter_find_items(struct prefilter_scan *s, const struct prefilter_part *part);
/* The rule, of an item, is told of soon. */
static inline void prefilter_fetch(const struct prefilter *p, uint32_t rule)
{
	__builtin_prefetch(&p->sought[rule & ~PREFILTER_SOLE]);
}

/*
 * prefilter.c: a rule's trigger stands so often from the first place to the last, each nearer than PREFILTER_GAP to the
 * one in front of it.
 */
struct prefilter_range {
	size_t first, last, count;
};
void prefilter_trigger(struct prefilter_scan *s, uint32_t rule, const struct prefilter_range *at);
