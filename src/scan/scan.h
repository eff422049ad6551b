/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * scan: the examination of one message, as a pure function cut into steps. Bytes in; asks out; answers
 * in, in any order; at the end a report. No sockets, files, clock or randomness inside. The same code
 * runs in the caged scan process, in `postern scan`, in tests with recorded answers and in a fuzzer.
 *
 *	s = scan_new(conf, raw, env, now_ms, want, stop);
 *	while (scan_step(s) == SCAN_WAITS) {
 *		while ((ask = scan_next_ask(s))) ...hand it out...
 *		scan_answer(s, answer) or, when time is up, scan_expire(s);
 *	}
 *	report = scan_report(s);
 */
#pragma once

#include "core/str.h"
#include "ipc/ask.h"
#include "ipc/report.h"

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

struct judgement; /* rules/judge.h */
struct match;     /* rules/match.h */
struct match_first_tags;
struct match_hits;
struct match_scratch;
struct msg;
struct rule_costs;
struct ruleset; /* rules/ruleset.h */
struct stopwatch;
struct envelope;

/* Shared and read-only: made by the loader, used by all scans of a generation. */
struct scan_config {
	const struct ruleset *rules; /* NULL: no spam rules at all */
	bool net;                    /* network checks may ask (not --local) */
	bool notes;                  /* plugins' lines for -D are kept: match_hits.notes */
	struct match_first_tags
	    *first_tags;          /* rules/match.h: to compare with SpamAssassin; else NULL */
	struct stopwatch *watch;  /* where the time goes (core/stopwatch.h); NULL: nobody asks */
	struct rule_costs *costs; /* and what each rule costs (rules/cost.h); NULL likewise */
	struct match_scratch
	    *scratch; /* rules/match.h: one per process; NULL: each scan makes its own */
};

enum scan_want {
	SCAN_WANT_SPAM = 1u << 0,
	SCAN_WANT_VIRUS = 1u << 1,
	SCAN_WANT_FIELDS = 1u << 2, /* header field ranges, for act/ */
};

enum scan_progress { SCAN_WAITS = 0, SCAN_DONE };

struct scan;

/*
 * raw, env and conf stay the caller's and outlive the scan. stop: a flag the clock's owner may set from
 * a signal handler or between steps; NULL: never. The scan has one arena of its own.
 */
struct scan *scan_new(const struct scan_config *conf, struct str raw, const struct envelope *env,
		      int64_t now_ms, unsigned want, const volatile sig_atomic_t *stop);
struct scan *scan_free(struct scan *s);

/*
 * What scan_step() would do first for each of several, with the same outcome and in less time: a step is done for
 * all of them before the next one (rules/match.h, match_begin()). All have the same configuration and none was stepped
 * yet; at most SCAN_TOGETHER. None is ready before all are, so that it is for messages that would wait for each other
 * anyway, and for small ones: what is made of SCAN_TOGETHER_BYTES stays in the processor's caches.
 */
enum { SCAN_TOGETHER = 32 /* MATCH_TOGETHER */, SCAN_TOGETHER_BYTES = 256 << 10 };
void scan_begin(struct scan *const *s, size_t n);
/* Goes on as far as it can. SCAN_WAITS: asks are out; SCAN_DONE: the report is ready. */
enum scan_progress scan_step(struct scan *s);
/* The next ask not handed out yet, NULL when there is none. Valid as long as the scan. */
const struct ask *scan_next_ask(struct scan *s);
/* Copies what it needs. Unknown or repeated ids are ignored: they come from outside the cage. */
void scan_answer(struct scan *s, const struct answer *answer);
/* Every ask still out counts as ANSWER_TIMEOUT. */
void scan_expire(struct scan *s);
/* Only after SCAN_DONE; lives in the scan. */
const struct report *scan_report(const struct scan *s);
/* Budget steps it has taken so far: the same each time, whatever was scanned before. */
uint64_t scan_steps(const struct scan *s);
/* The message as the rules saw it, for explain and debugging; NULL when no rules ran. */
const struct msg *scan_msg(const struct scan *s);
/* What the rules found and what came of it, for markup/ and explain; NULL when the message was not scored. */
const struct match_hits *scan_hits(const struct scan *s);
const struct judgement *scan_judgement(const struct scan *s);
/* For a second look at its rules (rules/match_find.h), which leaves it as it is; NULL as above. */
struct match *scan_match(struct scan *s);
