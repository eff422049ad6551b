/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hits: what each rule of a rule set did in one matching. There are thousands of rules and some hundred that
 * hit: who hit, and who ran without a hit, are sets of bits by index of the rule; numbers stand only where a
 * bit says so. So nothing but the sets is cleared for a message, and judging walks over those that hit.
 */
#pragma once

#include "core/bits.h"
#include "rules/match.h"

struct arena;

struct hits {
	size_t n;         /* rules */
	uint64_t *hit;    /* these have counts and values */
	uint64_t *ran;    /* to the end; one that hit may not be in it */
	uint64_t *waits;  /* for an answer */
	uint64_t *scored; /* these have a score of their own */
	uint32_t *counts;
	double *values; /* what metas see */
	double *scores;
};

void hits_init(struct hits *h, struct arena *a, size_t rules);
/* As match.h tells it. */
struct rule_hits hits_get(const struct hits *h, size_t rule);

/* How often the rule has hit so far. */
static inline uint32_t hits_count(const struct hits *h, size_t rule)
{
	return bits_has(h->hit, rule) ? h->counts[rule] : 0;
}

/* count > 0. */
static inline void hits_set(struct hits *h, size_t rule, size_t count, double value)
{
	bits_add(h->hit, rule);
	h->counts[rule] = count > UINT32_MAX ? UINT32_MAX : (uint32_t)count;
	h->values[rule] = value;
}

/* So many more, of which metas see the number. */
static inline void hits_add(struct hits *h, size_t rule, size_t more)
{
	size_t n = more + hits_count(h, rule);

	if (more)
		hits_set(h, rule, n, (double)(n > UINT32_MAX ? UINT32_MAX : n));
}
