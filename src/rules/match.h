/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * match: finds which rules hit a message, and how often: the first half. Every rule of the active set
 * is looked at, in whatever order is fast; nothing is stopped by short-circuits or points: that is the
 * judge's business (rules/judge.h), and one matching may be judged several times.
 *
 * A machine in steps, without I/O: match_run() does all that needs no answers; asks come out; answers go
 * in, in any order, and the outcome does not depend on it. Several that are begun together (match_begin()) take less
 * time: what a rule needs is fetched once for all of them.
 *
 *	m = match_new(rules, msg, arena, budget, &options);
 *	while (match_run(m) == MATCH_WAITS) {
 *		while ((ask = match_next_ask(m))) ...hand it out...
 *		match_answer(m, answer) ... or match_expire(m);
 *	}
 *	judge(rules, match_hits(m), NULL, arena, &judgement);
 */
#pragma once

#include "core/str.h"
#include "ipc/ask.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct budget;
struct hits; /* rules/hits.h */
struct msg;
struct rule_costs;
struct ruleset;
struct match;

/*
 * What PCRE2 needs to run and can be used again: match data and a JIT stack. One per process; two
 * matches of one process may share it, as each step of a match leaves nothing behind.
 */
struct match_scratch *match_scratch_new(void);
struct match_scratch *match_scratch_free(struct match_scratch *s);

/*
 * Expressions with %{TAG}, as the first message that had the tag made them: SpamAssassin keeps those of
 * header, body, uri and rawbody rules for the life of a process, whatever the tags of later messages are
 * (measured). For comparing with one process of it, and for nothing that serves mail. One per process;
 * made for one rule set, which outlives it.
 */
struct match_first_tags *match_first_tags_new(void);
struct match_first_tags *match_first_tags_free(struct match_first_tags *t);

struct match_options {
	bool net;                            /* asks may be made; false: as with -L */
	uint32_t first_ask_id;               /* ids count up from here; 0: from 1 */
	size_t max_asks;                     /* 0: a default of 500 */
	struct match_scratch *scratch;       /* NULL: one of its own, freed with the arena */
	bool notes;                          /* what plugins have to say for -D is kept */
	struct match_first_tags *first_tags; /* NULL: each message has its own */
	struct rule_costs *costs; /* rules/cost.h; NULL: nobody wants to know what a rule costs */
};

enum match_progress { MATCH_WAITS = 0, MATCH_DONE };

/* msg, the rule set and the budget outlive the match, which lives in `a`. */
struct match *match_new(const struct ruleset *rs, const struct msg *msg, struct arena *a,
			struct budget *budget, const struct match_options *options);
/*
 * Does for several what match_run() would do first for each, with the same outcome: each step, each header and each
 * check has its turn with all of them before the next one has. They are of one rule set, with the same options;
 * MATCH_TOGETHER at most.
 */
enum { MATCH_TOGETHER = 32 };
void match_begin(struct match *const *m, size_t n);
/*
 * Goes on as far as it can. When the budget's steps are over, what has not run counts as not run. Call
 * it again after answers.
 */
enum match_progress match_run(struct match *m);
/* The next ask not handed out yet, NULL when there is none. */
const struct ask *match_next_ask(struct match *m);
/* Takes what it needs from the answer. Unknown or repeated ids are ignored (false). */
bool match_answer(struct match *m, const struct answer *answer);
/* Every ask still out counts as ANSWER_TIMEOUT. */
void match_expire(struct match *m);

enum rule_state {
	RULE_NOT_RUN = 0, /* switched off, or what it needs was not there: not "ready" */
	RULE_MISS,
	RULE_HIT,
	RULE_PENDING, /* waits for an answer */
};

/* What one rule did: by index of the rule (ruleset_rule()). */
struct rule_hits {
	enum rule_state state;
	bool has_score; /* `score` stands instead of the configured one */
	uint32_t count; /* hits: of a `multiple` rule as many as it has, else 1 */
	double value;   /* what metas see: the count, or an eval function's result */
	double score;
};

struct match_log {
	size_t rule;
	struct str text;
};

struct match_tag {
	struct str name;
	struct str value;
};

/* A line that a plugin has for -D. */
struct match_note {
	const char *area;
	struct str text;
};

struct match_hits {
	const struct hits *hits;      /* by rule: match_rule() */
	unsigned score_set;           /* 0..3: which of a rule's four scores counts */
	const struct match_log *logs; /* "[text]" lines under a rule's description */
	size_t log_count;
	const struct match_tag *tags; /* _TAGS_ that rules and plugins have set */
	size_t tag_count;
	const struct msg *msg;          /* with what plugins made of it */
	const struct match_note *notes; /* in the order of the running; match_options.notes */
	size_t note_count;
	bool stopped;          /* out of steps, or told to stop: not every rule has run */
	uint64_t tries;        /* of a rule on a subject that nothing had decided (statistics) */
	uint64_t regex_runs;   /* how many times a regexp was started */
	uint64_t regex_bytes;  /* at how many places these searches may have begun */
	uint64_t limit_errors; /* regexps given up at the match limit: their rules did not hit */
};

/* At any time; final after MATCH_DONE. Lives in the match. */
const struct match_hits *match_hits(const struct match *m);
/* Metas have not run. */
struct rule_hits match_rule(const struct match_hits *h, size_t rule);
