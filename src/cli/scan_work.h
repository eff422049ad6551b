/* SPDX-License-Identifier: BSD-2-Clause */
/* The work of `postern scan`: each message through scan/, by one or more processes, printed in input order. */
#pragma once

#include "cli/scan_input.h"
#include "cli/scan_output.h"

#include <stdbool.h>
#include <stdint.h>

struct ruleset;

struct scan_work {
	struct scan_inputs *inputs; /* with more to come, where it follows a list: one job only */
	const struct ruleset *rules;
	enum scan_format format;
	bool net;      /* DNS may be asked */
	unsigned jobs; /* processes; 1: this one */
	bool progress; /* a line on standard error */
	bool alone; /* no message's tags are kept for the next (rules/match.h, match_first_tags) */
};

struct scan_totals {
	uint64_t messages, bytes, failed; /* failed: could not be read; said on standard error */
	double cpu_seconds, seconds;      /* of scanning, without start-up */
};

int scan_work_run(const struct scan_work *w, struct scan_totals *ret, struct err *e);
