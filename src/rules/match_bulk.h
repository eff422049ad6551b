/* SPDX-License-Identifier: BSD-2-Clause */
/* One list of rules under way: for match_bulk.c, which finds what may match, and match_try.c, which tries it. */
#pragma once

#include "core/arena.h"
#include "rules/joint.h"
#include "rules/match_private.h"
#include "rules/prefilter.h"

enum { BULK_BYTES_PER_STEP = 256, BULK_COUNTED = 2 };

/* Pairs of chains (rules/chain.h). */
struct bulk_counted {
	const struct chain_links *links; /* NULL: none */
	size_t pairs;
};

/* One list under way. Rules with a lower rank than `from` are left alone. */
struct bulk {
	struct match *m;
	const struct gated_list *list;
	struct prefilter_scan scan, plain; /* of plain subjects; each is begun with its first one */
	struct prefilter_scan *now;
	struct arena_mark mark; /* of the match's scratch */
	uint32_t from;
	struct str subject;                        /* being tried */
	bool first;                                /* it is the first one of its view */
	struct echo_lines *lines;                  /* NULL: no echo has asked yet */
	bool has_lines;                            /* of this subject */
	struct bulk_counted counted[BULK_COUNTED]; /* the same; the last ones */
	uint64_t matched[JOINT_ABREAST];           /* what joint automata say */
};

/* More hits would not count. */
static inline bool bulk_is_full(const struct bulk *b, const struct gated_rule *g)
{
	return hits_count(&b->m->hits, g->index) >= g->enough;
}

/* match_try.c: a rule that may match the subject, by its position in the list. */
void bulk_try(struct bulk *b, const struct gated_rule *g, uint32_t position);
/* All that the scan has found. */
void bulk_try_found(struct bulk *b);
