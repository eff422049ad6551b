/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * stopwatch: where the time of some work goes, stage by stage. What is watched knows no clock: whoever wants to
 * know brings one, and hangs the stopwatch on the budget of that work (core/budget.h). Without one a stage's
 * end costs a branch.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

enum { STOPWATCH_STAGES = 24 };

struct stopwatch_stage {
	const char *name;
	uint64_t ns, laps;
};

struct stopwatch {
	uint64_t (*now)(void *ctx); /* nanoseconds, never going back */
	void *ctx;
	uint64_t last;
	struct stopwatch_stage stage[STOPWATCH_STAGES]; /* in the order in which they first ended */
	size_t stage_count;
};

void stopwatch_init(struct stopwatch *w, uint64_t (*now)(void *ctx), void *ctx);
/* What was between the last lap and now is nobody's. */
void stopwatch_start(struct stopwatch *w);
/*
 * The stage of this name ends: what has gone by since the last lap or start is its own, and is the result. name:
 * a literal. Stages beyond STOPWATCH_STAGES count as the last one.
 */
uint64_t stopwatch_lap(struct stopwatch *w, const char *name);
