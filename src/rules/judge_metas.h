/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * judge_metas: which metas are true, and when. Of the thousands in a rule set nearly all are 0, and are known to
 * be without a look: what a meta is worth, and from which step on it may be read, is known beforehand for the
 * case that no rule hits and all have run (`untouched`). Judging starts from what differs: rules that hit, rules
 * that did not run. Who reads those is due; what comes out different again makes its own readers due. Metas are
 * numbered in order of dependence, so that one walk over a set of bits meets each at most once.
 */
#pragma once

#include "core/bits.h"
#include "rules/hits.h"

/* Of rules without one. */
#define JUDGE_NO_DESCRIPTION STR("No description available.")

struct arena;
struct match_plan;
struct ruleset;

/* `ready` beside the numbers of priorities: JUDGE_STEP_FINISH, JUDGE_STEP_NEVER (judge.h). */
struct judge_metas {
	const struct ruleset *rs;
	const double *scores;      /* by rule */
	const uint32_t *untouched; /* the step at whose end it may be read, where nothing differs */
	uint64_t *touched;         /* these differ: values and ready stand */
	uint64_t *truths;          /* of these, those that are not 0 */
	double *values;            /* what metas see */
	uint32_t *ready;
	uint64_t *due; /* metas to evaluate, by place */
	uint64_t
	    *moved; /* those that read something that may be read at another step than thought */
	uint32_t *hits; /* the metas that hit, by the step in which they do */
	size_t hit_count;
};

/* `untouched` for these scores, rule_count + 1 entries; the last is for what is no rule. */
void judge_metas_untouched(const struct ruleset *rs, const struct match_plan *plan,
			   const double *scores, uint32_t *ret);
/* rs, plan, scores and untouched: all of one score set, or of an overlay's scores. Memory from a. */
void judge_metas_run(struct judge_metas *j, const struct match_plan *plan, const struct hits *hits,
		     struct arena *a);
