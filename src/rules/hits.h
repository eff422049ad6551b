/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hits: what each rule of a rule set did in one matching. There are thousands of rules and some hundred that
 * hit: who hit, and who ran without a hit, are sets of bits by index of the rule; numbers stand only where a
 * bit says so. So nothing but the sets is cleared for a message, and judging walks over those that hit. Numbers
 * are kept side by side in the order in which they came: a message that waits for an answer holds no more than
 * it needs.
 */
#pragma once

#include "core/bits.h"
#include "rules/match.h"

struct arena;

struct hit_numbers {
	double value;   /* what metas see */
	double score;   /* of its own, where it is in `scored` */
	uint32_t count; /* these where it is in `hit` */
	uint32_t rule;
};

struct hits {
	size_t n; /* rules */
	uint64_t *hit;
	uint64_t *ran;    /* to the end; one that hit may not be in it */
	uint64_t *waits;  /* for an answer */
	uint64_t *scored; /* these have a score of their own */
	struct hit_numbers *numbers;
	uint32_t used, room;
	/* Where a rule's numbers stand, by a hash of its index; HITS_NONE: nowhere; twice the room at least. */
	uint32_t *places;
	unsigned shift; /* of the hash: how many of its bits are too many */
	struct arena *arena;
};

#define HITS_NONE UINT32_MAX

void hits_init(struct hits *h, struct arena *a, size_t rules);
/* As match.h tells it. */
struct rule_hits hits_get(const struct hits *h, size_t rule);

/* Where the rule's place is told, or would be: indexes of rules that hit lie close together. */
static inline uint32_t *hits_place(const struct hits *h, size_t rule)
{
	uint32_t mask = UINT32_MAX >> h->shift, i = (uint32_t)rule * 0x9e3779b1u >> h->shift;

	while (h->places[i] != HITS_NONE && h->numbers[h->places[i]].rule != rule)
		i = (i + 1) & mask;
	return &h->places[i];
}

/* Of a rule that is in `hit` or `scored`. */
static inline struct hit_numbers *hits_numbers(const struct hits *h, size_t rule)
{
	return &h->numbers[*hits_place(h, rule)];
}

/* The same of any rule; what it has not had until now is 0. */
struct hit_numbers *hits_make_numbers(struct hits *h, size_t rule);

/* How often the rule has hit so far. */
static inline uint32_t hits_count(const struct hits *h, size_t rule)
{
	return bits_has(h->hit, rule) ? hits_numbers(h, rule)->count : 0;
}

/* count > 0. */
static inline void hits_set(struct hits *h, size_t rule, size_t count, double value)
{
	struct hit_numbers *it = hits_make_numbers(h, rule);

	bits_add(h->hit, rule);
	it->count = count > UINT32_MAX ? UINT32_MAX : (uint32_t)count;
	it->value = value;
}

static inline void hits_set_score(struct hits *h, size_t rule, double score)
{
	struct hit_numbers *it = hits_make_numbers(h, rule);

	bits_add(h->scored, rule);
	it->score = score;
}

/* So many more, of which metas see the number. */
static inline void hits_add(struct hits *h, size_t rule, size_t more)
{
	size_t n = more + hits_count(h, rule);

	if (more)
		hits_set(h, rule, n, (double)(n > UINT32_MAX ? UINT32_MAX : n));
}
