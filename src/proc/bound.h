/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The sockets the supervisor has bound, by address. A socket outlives the configuration that asked for
 * it when the next one asks for it too: nobody who connects meanwhile is refused.
 */
#pragma once

#include "core/err.h"
#include "core/vec.h"

#include <stdbool.h>

struct plan;

struct bound_set {
	struct vec sockets; /* struct bound, see bound.c */
};

void bound_init(struct bound_set *b);
void bound_done(struct bound_set *b);
/*
 * A descriptor for each of the plan's listeners, in order, into fds: bound already, or bound now (UNIX
 * sockets as the plan's user). They stay the set's. -1: one cannot be bound; e says which and why.
 */
int bound_get(struct bound_set *b, const struct plan *p, int *fds, struct err *e);
/* Closes those that none of the n plans has. */
void bound_keep(struct bound_set *b, const struct plan *const *plans, size_t n);
