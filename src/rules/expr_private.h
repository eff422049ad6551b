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

/* What a test is about, instead of a rule; and how a walk over tests ends, beside the numbers of tests. */
enum {
	EXPR_STEPS = UINT32_MAX - 1, /* what some steps of arithmetic give */
	EXPR_SUM = UINT32_MAX - 2,   /* the same where these are values added up and compared */
};
enum {
	EXPR_ZERO = UINT32_MAX - 2,
	EXPR_ONE = UINT32_MAX - 1,
	EXPR_VALUE = UINT32_MAX, /* the value of the last test is the expression's */
};

/* Is it other than 0? What comes next in either case is another test, or the end. */
struct expr_test {
	uint32_t id;      /* of a rule, or one of the above */
	uint32_t next[2]; /* when it is 0, when it is not */
	uint32_t from, to;
};

struct expr {
	struct expr_step *steps;
	size_t n;
	/* A walk from the first one gives the value; none: it is no matter of && || ! ?: */
	const struct expr_test *tests;
	size_t test_count;
};

/* tests, from the steps. */
void expr_make_tests(struct arena *a, struct expr *x);
