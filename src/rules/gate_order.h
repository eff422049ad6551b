/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * gate_order: which states of a gate become rows where there are more than the table holds: those that mail is
 * likeliest to get to. A byte of words costs little, a mark more, any other one most; the state whose way costs
 * least is the next one. For gate_build.c only.
 */
#pragma once

#include "core/vec.h"
#include "rules/byteset.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct gate;

struct gate_order {
	struct vec heap;    /* states that are waiting */
	uint8_t costs[256]; /* by class: of its cheapest byte */
};

/* g: its classes are known. Memory from a. */
void gate_order_init(struct gate_order *o, struct arena *a, const struct gate *g);
/* What the cheapest of these classes adds to a way. */
unsigned gate_order_cost(const struct gate_order *o, const struct byteset *classes);
/* A state may be put in again, at a lower cost. */
void gate_order_put(struct gate_order *o, uint32_t cost, uint32_t state);
/* The cheapest one, of these the lowest number. False: none is left. */
bool gate_order_take(struct gate_order *o, uint32_t *ret_state);
