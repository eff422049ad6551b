/* SPDX-License-Identifier: BSD-2-Clause */
/* The tables of a prefilter. For prefilter*.c only. */
#pragma once

#include "rules/prefilter.h"
#include "rules/prefilter_grams.h"
#include "rules/prefilter_masks.h"

enum {
	PREFILTER_WINDOW_WORDS = 10,
	PREFILTER_WINDOW_CLAUSE = NEEDS_CLAUSES, /* its number among a rule's clauses */
	PREFILTER_NO_PLACE = UINT8_MAX,
	PREFILTER_NO_RULE = UINT32_MAX
};

/* What a rule is looked for by. */
struct prefilter_sought {
	uint8_t wanted;         /* clauses that must be seen, a bit each */
	uint8_t place;          /* the one that tells where; or PREFILTER_NO_PLACE */
	uint8_t counted, times; /* one that must be seen so often */
	bool is_anchored;       /* at the subject's beginning only */
	bool asks_bytes;        /* its bytes and length say more than its clauses */
	uint32_t back_min, back_max;
	uint32_t from, to; /* its windows in the masks */
	const struct needs *needs;
};

/* What stands at a gram: a literal's text, or a window. */
struct prefilter_entry {
	uint32_t gram;
	uint16_t group;
	uint8_t offset, length; /* of the gram in it; in all */
	uint32_t what;          /* of the texts, or of the windows */
	uint32_t refs;          /* whose it is */
};

/* Entries of grams of one length, those of a bucket together. */
struct prefilter_table {
	struct grams_map map;
	uint32_t *start; /* by bucket; one more at the end */
	unsigned shift;  /* of a hash, for its bucket */
	const struct prefilter_entry *entry;
	size_t n;
};

/* A group's own. */
struct prefilter_part {
	uint32_t seed;
	uint32_t first, n; /* rules */
	bool has_four, has_three;
	uint32_t from, to;      /* windows in the masks */
	const uint32_t *always; /* rules with nothing to look for */
	size_t always_count;
};

struct prefilter {
	const struct prefilter_sought *sought; /* by rule */
	size_t rule_count;
	const struct prefilter_part *parts; /* by group */
	struct prefilter_table four, three;
	const char *texts;
	const struct needs_look *const *looks;
	uint32_t text_count;  /* entries with less than that in `what` are texts */
	const uint32_t *refs; /* see prefilter_ref() */
	struct masks *masks[PREFILTER_WINDOW_WORDS];
	uint32_t windows[PREFILTER_WINDOW_WORDS * 64]; /* bit -> position, ascending */
	uint64_t plain[PREFILTER_WINDOW_WORDS];        /* of rules with no other clause */
	uint64_t high[PREFILTER_WINDOW_WORDS]; /* of those, needed where high bytes are only */
	size_t window_count, window_words;
};

struct prefilter_state {
	uint32_t subject; /* prefilter_scan.now: of another subject it means nothing */
	uint32_t slot;    /* of its stretches, + 1; 0: none yet in this message */
	uint8_t seen, times, stretches;
};

/* A rule's clause as a word; is_last: the next one belongs to something else. */
static inline uint32_t prefilter_ref(uint32_t rule, unsigned clause, bool is_last)
{
	return rule << 3 | clause << 1 | is_last;
}
