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

/* What reports call the text a rule looked at. */
enum judge_area {
	JUDGE_AREA_NONE = 0,
	JUDGE_AREA_BODY,
	JUDGE_AREA_URI,
	JUDGE_AREA_RAW,
	JUDGE_AREA_FULL,
	JUDGE_AREA_COUNT
};

/* Of rules without one. */
#define JUDGE_NO_DESCRIPTION STR("No description available.")

struct arena;
struct match_plan;
struct ruleset;

/* `ready` beside the numbers of priorities: JUDGE_STEP_FINISH, JUDGE_STEP_NEVER (judge.h). */
struct judge_metas {
	const struct ruleset *rs;
	const double *scores;      /* by rule */
	const uint64_t *scored;    /* those that are not 0 */
	const uint32_t *untouched; /* the step at whose end it may be read, where nothing differs */
	uint64_t *truths;          /* these are not 0: values stand */
	uint64_t *shifted;         /* of these it is another step: ready stands */
	double *values;            /* what metas see */
	uint32_t *ready;
	uint64_t *due; /* metas to evaluate, by place */
	uint64_t
	    *moved; /* those that read something that may be read at another step than thought */
	uint32_t *hits; /* the metas that hit, by the step in which they do */
	size_t hit_count;
};

/* From which step on it may be read. */
static inline uint32_t judge_metas_ready(const struct judge_metas *j, uint32_t rule)
{
	return bits_has(j->shifted, rule) ? j->ready[rule] : j->untouched[rule];
}

/* `scored` for these scores: n of them, the set empty. */
void judge_metas_scored(const double *scores, size_t n, uint64_t *set);
/* `untouched` for these scores, rule_count + 1 entries; the last is for what is no rule. */
void judge_metas_untouched(const struct ruleset *rs, const struct match_plan *plan,
			   const double *scores, uint32_t *ret);
/* rs, plan, scores, scored and untouched: all of one score set, or of an overlay's scores. Memory from a. */
void judge_metas_run(struct judge_metas *j, const struct match_plan *plan, const struct hits *hits,
		     struct arena *a);
