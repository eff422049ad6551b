/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * prefilter: which of a list's rules can match a subject, and where. Each rule has a trigger, what is seen
 * most seldom of what it needs. In a pass over the subject
 * - each four bytes in a row (a gram), folded, are looked up in a bitmap by their hash; where they may belong
 *   to a literal that is a trigger, that is compared;
 * - for windows, and for all that short lists look for, up to eight bytes in a row are looked up in tables of
 *   "which of eight buckets may have this byte there", 32 places at once.
 * Of a rule whose trigger was seen the subject is asked for the other literals, each by a search of its own;
 * it is a candidate when all are there, and is tried where a match of it may begin.
 * Rules that need nothing of the kind are candidates by what else they need of a subject (rules/traits.h).
 */
#pragma once

#include "core/bits.h"
#include "core/str.h"
#include "rules/needs.h"
#include "rules/traits.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct rule;
struct prefilter;

/* Rules over the same subjects: from the first one so many in a row. */
struct prefilter_group {
	uint32_t first, n;
};

/*
 * rules: n of them, by position, with their needs; groups: all of them in order, each rule in one. Whether
 * exists:NAME hits is no question of a subject: such rules are never candidates. All memory from `a`,
 * immutable from then on.
 */
struct prefilter *prefilter_new(struct arena *a, const struct rule *const *rules, size_t n,
				const struct prefilter_group *groups, size_t group_count);

/* PREFILTER_GAP: stretches that are nearer to each other than this are one. */
enum { PREFILTER_STRETCHES = 6, PREFILTER_GAP = 64 };

/* Where a match may begin: from first to last. */
struct prefilter_stretch {
	size_t first, last;
};

struct prefilter_state;
struct prefilter_piece;

/* What a scan needs to write on: one a message and prefilter. */
struct prefilter_scan {
	const struct prefilter *filter;
	struct str subject; /* the last one */
	uint32_t now;       /* its number */
	struct {
		const struct str *next; /* the first of those that are left */
		size_t count, group;
	} subjects;
	struct prefilter_piece *piece; /* that is looked at */
	uint32_t *found;               /* candidates: positions */
	size_t found_count;
	struct prefilter_state *state; /* by rule, not cleared */
	uint64_t *known, *settled;     /* bits by rule: those with a state; those not looked for */
	struct prefilter_stretch *stretch; /* PREFILTER_STRETCHES a slot */
	uint32_t slots, max_slots;
	struct arena *arena;
	struct traits traits; /* of the last subject */
	uint64_t lacks;       /* facts, as far as these are known */
	size_t line, line_at; /* of the subject: where the line begins that the second is in */
};

void prefilter_scan_init(struct prefilter_scan *s, const struct prefilter *p, struct arena *a);
/* A rule that need not be found any more, whatever else is scanned. */
static inline void prefilter_settle(struct prefilter_scan *s, uint32_t position)
{
	bits_add(s->settled, position);
}
/* All are looked for again: what comes next is another message's. */
void prefilter_unsettle(struct prefilter_scan *s);
/*
 * n subjects of that group, one after the other: short ones are looked at together. The array stays the caller's and
 * must last.
 */
void prefilter_begin(struct prefilter_scan *s, const struct str *subjects, size_t n, size_t group);
/* Fills found[] with the rules that can match the next one of them. */
void prefilter_next(struct prefilter_scan *s);
/* The same for a single one. */
void prefilter_scan(struct prefilter_scan *s, struct str subject, size_t group);
/*
 * Where matches of a candidate may begin in the last subject: ascending, PREFILTER_GAP bytes or more
 * apart, at most PREFILTER_STRETCHES (what comes then belongs to the last one). n 0: anywhere.
 */
const struct prefilter_stretch *prefilter_stretches(const struct prefilter_scan *s,
						    uint32_t position, size_t *ret_n);
