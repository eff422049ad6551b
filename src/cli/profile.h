/* SPDX-License-Identifier: BSD-2-Clause */
/* What `postern profile` has measured, in order of dearness, for profile_text.c and profile_json.c. */
#pragma once

#include "core/stopwatch.h"
#include "core/str.h"
#include "rules/cost.h"
#include "rules/ruleset.h"

struct strbuf;

struct profile_rule {
	struct rule_info info;
	struct rule_cost cost;
	uint64_t key; /* sorted by it, largest first */
};

/* All rules that call one eval function; cost.hits and .messages are theirs together. */
struct profile_eval {
	struct str function;
	size_t rules;
	struct rule_cost cost;
	uint64_t key;
};

struct profile {
	uint64_t messages, bytes;
	uint64_t ns;       /* of all stages */
	uint64_t steps;    /* of the messages' budgets */
	uint64_t clock_ns; /* what one look at the clock takes */
	struct stopwatch watch;
	const struct profile_rule *rules; /* those that ran, or hit */
	size_t rule_count;
	const struct profile_eval *evals;
	size_t eval_count;
};

/* top: of each table so many lines; 0: all. */
void profile_text(const struct profile *p, size_t top, struct strbuf *out);
/* One object, a line; its keys are in postern(1). */
void profile_json(const struct profile *p, size_t top, struct strbuf *out);
