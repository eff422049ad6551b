/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * gate_classes: which bytes a program tells apart. Those that nothing does are one class, a column of the table;
 * those that no lookaround does are of one kind. For gate_build.c only.
 */
#pragma once

#include "rules/gate_private.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;

enum { GATE_CLASSES = 250 }; /* at most, with the end */

/* What some sets tell apart. */
struct gate_groups {
	struct byteset at[GATE_CLASSES + 1];
	size_t n;
};

/* Those inside the set and those outside of it are no longer one. What would be too many stays one. */
void gate_groups_split(struct gate_groups *g, const struct byteset *set);
/* Ascending by their first. */
void gate_groups_sort(struct gate_groups *g);

/* What a lookaround asks for in front and behind, as sets of kinds. */
struct gate_look_kinds {
	uint32_t front, next;
};

struct gate_classes {
	uint32_t all_kinds;
	struct gate_look_kinds *looks;           /* by look of the program */
	struct byteset *classes;                 /* by set of the program */
	size_t class_count;                      /* the end is one too */
	uint8_t *front_of;                       /* by class: its kind as what is in front */
	struct byteset next_of_kind[GATE_KINDS]; /* classes, by their kind as what comes next */
	struct byteset
	    front_of_kind[GATE_KINDS]; /* the same as what is in front, without the end */
};

/* Fills the gate's class, kind, last_newline, end_class, width. False: there are too many. Memory from a. */
bool gate_classes_find(struct arena *a, const struct gate_program *in, struct gate *g,
		       struct gate_classes *ret);
