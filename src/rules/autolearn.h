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
 * `set`: the score set the message was judged with. `rules`: those of the verdict's hits; NULL where there is
 * no such rule. Without the plugin nothing is decided.
 */
void autolearn_decide(const struct ruleset *rs, unsigned set, const struct judgement *verdict,
		      const struct rule *const *rules, struct arena *a, struct autolearn *ret);
/* What the decision reads of a rule (ruleset.learning). */
uint8_t autolearn_traits(const struct rule *r);
