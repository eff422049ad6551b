/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Budget: what one message (or one parse) may cost, counted in work, never in time, so that the same
 * input always ends at the same place. A charge that does not fit fails, takes nothing and marks the
 * kind as over: a *fact in the result*, not a silent cut. The owner of the clock may point `stop` at a
 * flag; once set, every charge of steps fails and BUDGET_STOPPED is marked.
 */
#pragma once

#include "core/stopwatch.h"

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum budget_kind {
	BUDGET_BYTES = 0, /* bytes produced by decoding, rendering, unpacking */
	BUDGET_PARTS,     /* MIME parts, archive members, tokens that become objects */
	BUDGET_DEPTH,     /* nesting right now */
	BUDGET_STEPS,     /* loop iterations, match steps */
	BUDGET_STOPPED,   /* the owner of the clock said stop */
	BUDGET_KIND_COUNT
};

struct budget {
	uint64_t left[BUDGET_STOPPED];
	unsigned over; /* bit set of 1u << enum budget_kind */
	const volatile sig_atomic_t *stop;
	struct stopwatch *watch; /* of whoever asks where the time goes; NULL: nobody does */
};

/* Generous limits for one message of n bytes: see budget.c for the figures. */
void budget_init_message(struct budget *b, size_t n);
void budget_init(struct budget *b, uint64_t bytes, uint64_t parts, uint64_t depth, uint64_t steps);
/* Of budget_take(): marks what a charge that was refused is over; false. */
bool budget_refuse(struct budget *b, enum budget_kind kind);
/* b NULL: no budget, always true (tests and our own data). */
static inline bool budget_take(struct budget *b, enum budget_kind kind, uint64_t n)
{
	if (!b)
		return true;
	if (n > b->left[kind] || (kind == BUDGET_STEPS && b->stop && *b->stop))
		return budget_refuse(b, kind);
	b->left[kind] -= n;
	return true;
}
static inline bool budget_bytes(struct budget *b, uint64_t n)
{
	return budget_take(b, BUDGET_BYTES, n);
}
static inline bool budget_steps(struct budget *b, uint64_t n)
{
	return budget_take(b, BUDGET_STEPS, n);
}
static inline bool budget_part(struct budget *b)
{
	return budget_take(b, BUDGET_PARTS, 1);
}
/* Enter and leave one level of nesting. */
bool budget_descend(struct budget *b);
void budget_ascend(struct budget *b);
static inline bool budget_is_over(const struct budget *b, enum budget_kind kind)
{
	return b && (b->over & 1u << kind);
}
/* A stage of the work has ended; name: a literal (core/stopwatch.h). */
static inline void budget_lap(const struct budget *b, const char *stage)
{
	if (b && b->watch)
		stopwatch_lap(b->watch, stage);
}
const char *budget_kind_name(enum budget_kind kind);
