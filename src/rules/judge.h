/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * judge: from hits to points: the second half. Replays the hits of one matching in SpamAssassin's order
 * (priority ascending; in it header, header eval, body, uri, body eval, rawbody, rawbody eval, full, full
 * eval, ready metas; in a class by definition), evaluates the metas, stops where a short-circuit stops,
 * adds up. SpamAssassin leaves the order within a class to Perl's hashes; it shows in reports only, and
 * where captures or short-circuits meet. Rules that waited for answers count as if these had come at once.
 *
 * An overlay is data of a user or a recipient group; it comes with the message, so the same matching
 * may be judged under several.
 */
#pragma once

#include "core/bits.h"
#include "core/str.h"
#include "ipc/report.h"
#include "rules/match.h"

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct ruleset;

struct judge_score {
	struct str rule;
	double score;
};

/* Empty (or NULL): the rule set's own values. */
struct judge_overlay {
	bool has_required;
	double required;
	const struct judge_score *scores; /* these rules' scores instead */
	size_t score_count;
};

/* Beside the numbers of priorities: when metas may read a rule. */
enum { JUDGE_STEP_FINISH = UINT32_MAX - 1, JUDGE_STEP_NEVER = UINT32_MAX };

struct judgement {
	double score; /* rounded to 3 decimals */
	double required;
	bool spam; /* score >= required */
	/* In hit order; count is how often SpamAssassin lists the name. */
	struct report_hit *hits;
	size_t hit_count;
	struct report_hit *subrules; /* __NAMEs */
	size_t subrule_count;
	/*
	 * "disabled", "unavailable" or the decision, for X-Spam-Status. There is no learning yet: what would
	 * be learnt is "unavailable" too.
	 */
	struct str autolearn;
	struct str autolearn_force; /* "no" or "yes (NAME,NAME)"; none: nothing was to be decided */
	double autolearn_points;    /* the score that decides over it */
	struct str shortcircuit_rule; /* none: no rule stopped the others */
	struct str shortcircuit_type; /* "ham", "spam" or "default" */
	const double *scores;         /* by index of the rule */
	/* What judgement_value() and judgement_ready() read: the sets and arrays of judge_metas.h. */
	const uint64_t *truths, *shifted;
	const double *values;
	const uint32_t *ready, *untouched;
};

/* What metas see of a rule or meta, by its index. */
static inline double judgement_value(const struct judgement *j, size_t rule)
{
	return bits_has(j->truths, rule) ? j->values[rule] : 0;
}

/* And from which step on. */
static inline uint32_t judgement_ready(const struct judgement *j, size_t rule)
{
	return bits_has(j->shifted, rule) ? j->ready[rule] : j->untouched[rule];
}

/* Lives in `a`; slices point into the rule set and the match. */
void judge(const struct ruleset *rs, const struct match_hits *hits,
	   const struct judge_overlay *overlay, struct arena *a, struct judgement *ret);
/*
 * "NAME,NAME,..." byte-sorted, one entry per hit, as X-Spam-Status has it; "none" when there is no hit
 * and `none` is set, else empty. What is beyond 1 MiB is left out.
 */
struct str judge_tests(const struct report_hit *hits, size_t n, bool none, struct arena *a);
