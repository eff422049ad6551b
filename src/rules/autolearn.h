/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whether a judged message would be learnt (SpamAssassin's AutoLearnThreshold): by points of a score set
 * without Bayes, without rules that say so (tflags noautolearn, userconf, learn). Spam also needs three
 * points each from header and body, unless a rule forces it (autolearn_force).
 */
#pragma once

#include "core/str.h"

struct arena;
struct judgement;
struct ruleset;

enum autolearn_decision { AUTOLEARN_NO = 0, AUTOLEARN_HAM, AUTOLEARN_SPAM };

struct autolearn {
	enum autolearn_decision decision;
	double points;        /* rounded to 3 decimals */
	struct str forced_by; /* rules, comma list; empty: none, or nothing was decided */
};

/* `set`: the score set the message was judged with. Without the plugin nothing is decided. */
void autolearn_decide(const struct ruleset *rs, unsigned set, const struct judgement *verdict,
		      struct arena *a, struct autolearn *ret);
