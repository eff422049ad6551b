/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * gate_states: nodes into a table of states. A state is the set of nodes where matches under way may go on. Bytes
 * that nothing tells apart are one class. For gate_build.c and joint_build.c only.
 */
#pragma once

#include "core/vec.h"
#include "rules/gate_classes.h"
#include "rules/gate_order.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;

/* Nodes that take a byte, or ask for the next one, ascending. */
struct gate_state {
	bool has_look;  /* a node asks for the next byte */
	uint32_t front; /* the kind of what is in front then */
	uint32_t n;
	const uint16_t *at;
	uint64_t matched; /* of joint automata: whose match is known where the state is reached */
	uint32_t cost;    /* of the way there */
	uint16_t row;     /* 0: none */
	uint32_t hash;
};

/* A list of nodes without doubles. */
struct gate_list {
	uint16_t *at;
	size_t n;
	uint32_t *stamps; /* by node: the list that has it last */
	uint32_t now;
	uint64_t matched; /* expressions whose end was reached */
	bool has_look;
	bool met_look; /* or one that said no */
};

struct gate_closure;
struct gate_chain;

/* Being made. What the caller sets stands first. */
struct gate_states {
	struct arena *a; /* scratch */
	struct gate_program in;
	struct gate
	    *out; /* its classes and width are found, start[] holds states until rows are named */
	size_t max_entries;     /* of the table, as many of a row as there are classes */
	size_t max_rows;        /* the same; 0: as many as that gives */
	bool is_joint;          /* who matches is noted in states; else a match is an end */
	bool is_all_or_nothing; /* what overflows is not built to its end */
	/* what is found */
	bool has_overflowed;
	struct gate_classes by;
	struct vec states; /* struct gate_state: of rows 3 ... */
	struct vec next; /* uint16_t: by row as it was made, and class: a state + GATE_FINAL_ROWS */
	size_t rows;
	/* what it is made with */
	size_t max_states;
	uint16_t *path;                /* nodes to look at */
	uint64_t *bits;                /* by node; none is set between two uses */
	struct gate_closure *closures; /* by node */
	size_t closed;                 /* nodes in these */
	struct gate_chain
	    *chains; /* by set: those of `from` that take it; of another list where not used now */
	uint32_t *behind;  /* by place in `from`: the next one of its chain + 1 */
	uint16_t *chained; /* sets that have a chain */
	size_t chain_count;
	uint32_t now;
	struct gate_list from, reached, closing;
	uint16_t *kept[GATE_KINDS]; /* those of `from`, by what comes */
	struct gate_order order;
	uint32_t cost;   /* of the way to what is reached now */
	uint32_t *index; /* of states + 1, by hash; 0: free */
	size_t index_size;
};

/* in, out and what is above it are set. False: it is too large, or tells too many bytes apart. */
bool gate_states_build(struct gate_states *b);
/*
 * Rows get their numbers, in the order of their distance from the beginning; start[] and ret[], by number and class,
 * name them by number times `unit`. Returns how many rows there are; order: of each number the row as it was made.
 * Memory from b->a.
 */
size_t gate_states_number(struct gate_states *b, unsigned unit, uint16_t **ret,
			  uint16_t **ret_order);
