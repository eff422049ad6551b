/* SPDX-License-Identifier: BSD-2-Clause */
/* An expression compiled: for expr*.c only. */
#pragma once

#include "rules/expr.h"

enum expr_op {
	OP_NUMBER = 0,
	OP_VALUE,
	OP_NOT,
	OP_NEGATE,
	OP_PLUS,
	OP_MUL,
	OP_DIV,
	OP_ADD,
	OP_SUB,
	OP_LT,
	OP_GT,
	OP_LE,
	OP_GE,
	OP_EQ,
	OP_NE,
	OP_XOR,
	OP_AND,      /* top false: jump and keep it; else drop it */
	OP_OR,       /* top true: jump and keep it; else drop it */
	OP_QUESTION, /* drop the top; jump if it was false */
	OP_COLON,    /* jump */
	OP_CHAIN, /* a comparison in a chain: false leaves 0 and jumps, true leaves the right side */
	OP_PAREN, /* only on the parser's stack */
};

struct expr_step {
	uint8_t op;
	uint8_t compare; /* OP_CHAIN: which comparison */
	uint32_t arg;    /* OP_VALUE: id; jumps: target, while parsing the next one to patch */
	double number;
};

/* Ends of a walk over tests, beside the numbers of tests. */
enum { EXPR_FALSE = UINT32_MAX - 1, EXPR_TRUE = UINT32_MAX };

/*
 * Is a rule's value, or what some steps of arithmetic give, other than 0? What comes next in either case is
 * another test, or the expression's own truth.
 */
struct expr_test {
	uint32_t id;      /* of a rule; of arithmetic: EXPR_STEPS */
	uint32_t next[2]; /* when it is 0, when it is not */
	uint32_t from, to;
};
enum { EXPR_STEPS = UINT32_MAX - 2 };

struct expr {
	struct expr_step *steps;
	size_t n;
	const struct expr_test
	    *tests; /* begins with the first; NULL: it is no matter of && || ! ?: */
	size_t test_count;
	uint32_t first;
};

/* tests, from the steps. */
void expr_make_tests(struct arena *a, struct expr *x);
