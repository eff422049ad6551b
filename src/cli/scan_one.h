/* SPDX-License-Identifier: BSD-2-Clause */
/* One message through scan/, with its DNS asks answered by a resolver of this process. */
#pragma once

#include "core/err.h"
#include "core/str.h"

#include <stdbool.h>

struct ruleset;
struct scan;
struct scan_runner;

/*
 * net: a resolver is made too; where that fails the error says so. notes: plugins' lines for -D are kept.
 */
struct scan_runner *scan_runner_new(const struct ruleset *rules, bool net, bool notes,
				    struct err *e);
struct scan_runner *scan_runner_free(struct scan_runner *r);
/* Runs the scan to its end. The caller frees it; scan_report() is ready. raw must outlive it. */
struct scan *scan_runner_run(struct scan_runner *r, struct str raw);
