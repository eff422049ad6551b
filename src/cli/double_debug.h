/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What -D tells of a scan, afterwards: relays, hits, tags, verdict, what plugins had to say; and how long
 * things took. Scripts look for SpamAssassin's own words, so these are its words.
 */
#pragma once

#include "cli/double_log.h"

#include <stddef.h>
#include <stdint.h>

struct arena;
struct ruleset;
struct scan;

/* The message has been judged. */
void double_debug_scan(const struct double_log *log, const struct ruleset *rules, struct scan *scan,
		       size_t message_bytes, struct arena *a);
/* Of that: areas "rules" and "mimeheader". */
void double_debug_rules(const struct double_log *log, const struct ruleset *rules,
			struct scan *scan, size_t message_bytes, struct arena *a);

enum { DOUBLE_TIMES = 16 };

struct double_times {
	int64_t start_us, last_us;
	struct {
		const char *what;
		int64_t us;
	} done[DOUBLE_TIMES];
	unsigned n;
};

void double_times_start(struct double_times *t);
/* What has taken the time since the last mark; marks of one name add up. */
void double_times_mark(struct double_times *t, const char *what);
/* "timing: total 12 ms - init: 10 (83.3%), scan: 2.0 (16.7%)"; a new count begins. */
void double_times_say(struct double_times *t, const struct double_log *log);
