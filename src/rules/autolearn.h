/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whether a judged message would be learnt (SpamAssassin's AutoLearnThreshold): by points of a score set
 * without Bayes, without rules that say so (tflags noautolearn, userconf, learn). Spam also needs three
 * points each from header and body, unless a rule forces it (autolearn_force).
 */
#pragma once

#include "core/str.h"

#include <stdint.h>

struct arena;
struct judgement;
struct rule;
struct ruleset;

enum autolearn_decision { AUTOLEARN_NO = 0, AUTOLEARN_HAM, AUTOLEARN_SPAM };

struct autolearn {
	enum autolearn_decision decision;
	double points;        /* rounded to 3 decimals */
	struct str forced_by; /* rules, comma list; empty: none, or nothing was decided */
};

/*
 * `set`: the score set the message was judged with. `rules`: indexes of those of the verdict's hits;
 * RULE_NONE where there is no such rule. Without the plugin nothing is decided.
 */
void autolearn_decide(const struct ruleset *rs, unsigned set, const struct judgement *verdict,
		      const uint32_t *rules, struct arena *a, struct autolearn *ret);
/* What the decision reads of a rule (judge_rule.learning). */
uint8_t autolearn_traits(const struct rule *r);
/* How many rules of the header and of the body a meta reads, as far as its points are shared between them; else 0. */
void autolearn_sides(const struct ruleset *rs, const struct rule *r, uint16_t *ret_head,
		     uint16_t *ret_body);
