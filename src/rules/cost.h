/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cost: what each rule cost, for whoever looks for the dear ones (postern profile). Made once for a rule set and
 * given to many matches, one after another; not for processes that serve mail. Counts are the same in every run,
 * times are the given clock's and hold the cost of reading it (twice a search).
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct match_hits;
struct ruleset;
struct rx_run;
struct stopwatch;
struct rule_costs;

struct rule_cost {
	/*
	 * Searches by PCRE2, behind prefilter and gate; calls of an eval function. What is told of many rules
	 * together (rules/joint.h) is no rule's own: it is part of its stage only.
	 */
	uint64_t runs;
	uint64_t bytes; /* of subjects, or of the stretches in which a match could begin */
	uint64_t ns; /* of searches; of rules with tags or captures and of evals, of all they do */
	uint64_t hits;     /* a message counts as often as the rule counts */
	uint64_t messages; /* that it hit */
};

/* watch: the clock, and where the stages go; it outlives the costs, as does the rule set. They live in a. */
struct rule_costs *rule_costs_new(const struct ruleset *rs, struct stopwatch *watch,
				  struct arena *a);
/* Searches of this run are recorded from now on; costs NULL: nobody's. */
void rule_costs_attach(struct rule_costs *costs, struct rx_run *run);
/* A rule has its turn: searches until the end are its own, whatever expression they are of. */
void rule_costs_begin(struct rule_costs *costs, size_t rule);
/* Its time goes to the stage, too. is_call: of an eval function, which is a run by itself. */
void rule_costs_end(struct rule_costs *costs, const char *stage, bool is_call);
/* What a finished match found. */
void rule_costs_add_hits(struct rule_costs *costs, const struct match_hits *hits);
/* By index of the rule (ruleset_rule()). */
const struct rule_cost *rule_costs_get(const struct rule_costs *costs, size_t rule);
