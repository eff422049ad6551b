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

/* How a walk over tests ends, beside the numbers of tests. */
enum {
	EXPR_ZERO = UINT16_MAX - 2,
	EXPR_ONE = UINT16_MAX - 1,
	EXPR_VALUE = UINT16_MAX, /* the value of the last test is the expression's */
};

/* Is it other than 0? What comes next in either case is another test, or the end. */
struct expr_test {
	uint32_t id;      /* of a value, or EXPR_SPANS and the number of a span */
	uint16_t next[2]; /* when it is 0, when it is not */
};

/* Ids below are values. */
#define EXPR_SPANS ((uint32_t)1 << 31)

/* What a test is about that is more than one value: some steps of arithmetic. */
struct expr_span {
	uint32_t from, to; /* steps[] */
	/* Not NULL: these values are added up and compared to a number. */
	const uint32_t *sum;
	uint32_t sum_count;
	uint8_t compare; /* enum expr_op */
	double number;
};

/*
 * A walk from the first test gives the value; none: it is no matter of && || ! ?: Most expressions and their tests are
 * one line of the cache, which is all that judging fetches of them.
 */
struct expr {
	struct expr_step *steps;
	const struct expr_span *spans;
	uint32_t n, test_count;
	struct expr_test tests[];
};

/* The steps as an expression, with its tests. */
struct expr *expr_finish(struct arena *a, struct expr_step *steps, size_t n);
