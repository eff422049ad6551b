/* SPDX-License-Identifier: BSD-2-Clause */
#include "core/stopwatch.h"

#include <string.h>

void stopwatch_init(struct stopwatch *w, uint64_t (*now)(void *ctx), void *ctx)
{
	*w = (struct stopwatch){ .now = now, .ctx = ctx };
	stopwatch_start(w);
}

void stopwatch_start(struct stopwatch *w)
{
	w->last = w->now(w->ctx);
}

static struct stopwatch_stage *stage_of(struct stopwatch *w, const char *name)
{
	size_t i = 0;

	while (i < w->stage_count && w->stage[i].name != name &&
	       strcmp(w->stage[i].name, name) != 0)
		i++;
	if (i == STOPWATCH_STAGES)
		return &w->stage[i - 1];
	if (i == w->stage_count)
		w->stage[w->stage_count++].name = name;
	return &w->stage[i];
}

uint64_t stopwatch_lap(struct stopwatch *w, const char *name)
{
	uint64_t now = w->now(w->ctx), ns = now - w->last;
	struct stopwatch_stage *s = stage_of(w, name);

	s->ns += ns;
	s->laps++;
	w->last = now;
	return ns;
}
