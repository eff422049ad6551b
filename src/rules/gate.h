/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * gate: an automaton made of an expression when rules are loaded, which says whether a subject may hold a
 * match: one table lookup a byte, whatever the expression. What it lets through is for PCRE2 to decide.
 * It takes what the expression takes, and more: lookaround and word bounds are left out, counted
 * repetitions become endless ones, and what would make its tables large is let through.
 */
#pragma once

#include "core/str.h"

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct gate;

/* Entries of four bytes that a table may have. */
enum { GATE_SMALL = 1 << 14, GATE_LARGE = 1 << 18 };

/* pcre: struct rx_source.pcre. NULL: nothing can be said of it. Memory from a; immutable. */
const struct gate *gate_new(struct arena *a, struct str pcre, size_t max_entries);
/* False: no match begins at `from` or later. g NULL: true. */
bool gate_may_match(const struct gate *g, struct str subject, size_t from);
/* Bytes of its tables. */
size_t gate_memory(const struct gate *g);
