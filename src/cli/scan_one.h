/* SPDX-License-Identifier: BSD-2-Clause */
/* Messages through scan/, with their DNS asks answered by a resolver of this process. */
#pragma once

#include "core/err.h"
#include "core/str.h"

#include <stdbool.h>

struct match_first_tags;
struct rule_costs;
struct ruleset;
struct scan;
struct scan_runner;
struct stopwatch;

/*
 * net: a resolver is made too; where that fails the error says so. notes: plugins' lines for -D are kept.
 */
struct scan_runner *scan_runner_new(const struct ruleset *rules, bool net, bool notes,
				    struct err *e);
/* Scans from now on as one SpamAssassin process would: rules/match.h, match_first_tags. They stay the caller's. */
void scan_runner_keep_tags(struct scan_runner *r, struct match_first_tags *first_tags);
/* Scans from now on under a stopwatch, and what each rule costs is told: rules/cost.h. They stay the caller's. */
void scan_runner_watch(struct scan_runner *r, struct stopwatch *watch, struct rule_costs *costs);
struct scan_runner *scan_runner_free(struct scan_runner *r);
/* Runs the scan to its end. The caller frees it; scan_report() is ready. raw must outlive it. */
struct scan *scan_runner_run(struct scan_runner *r, struct str raw);
/*
 * The same for several, SCAN_TOGETHER at most, which takes less time (scan/scan.h, scan_begin()): they are begun
 * together, and each is run to its end when its turn comes.
 */
void scan_runner_begin(struct scan_runner *r, const struct str *raw, size_t n, struct scan **ret);
void scan_runner_end(struct scan_runner *r, struct scan *s);
