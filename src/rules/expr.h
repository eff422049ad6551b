/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * expr: the expressions of `meta` and `if` lines, with Perl's precedence, compiled to a small stack
 * program. Values are doubles. && || ?: give one of their operands, comparisons and ! give 1 or 0, ^ is
 * exclusive-or of integers, comparisons chain (a > b > c is a > b && b > c).
 */
#pragma once

#include "core/err.h"
#include "core/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;

enum { EXPR_MAX_STACK = 256 };

/* SpamAssassin's tokens; bytes that fit nowhere are dropped silently. Returns their number. */
size_t expr_tokenize(struct arena *a, struct str s, struct str **ret);

struct expr_operand {
	bool is_number;
	double number;
	uint32_t id; /* given back to expr_value_fn */
};

/* What a name means; a number is never asked for. Returns false when it means nothing. */
typedef bool (*expr_resolve_fn)(void *ctx, struct str name, struct expr_operand *ret);

struct expr_names {
	expr_resolve_fn resolve; /* NULL: no name means anything */
	void *ctx;
};

typedef double (*expr_value_fn)(const void *ctx, uint32_t id);

struct expr;

/* Fails with "syntax error", or ERR_LIMIT where it nests too deep. */
int expr_compile(struct arena *a, const struct str *tokens, size_t n,
		 const struct expr_names *names, struct expr **ret, struct err *e);
/*
 * Operands without which it is nothing: where one of these is 0, so is the expression. Those are the plain
 * operands of its outermost &&; at most max of them.
 */
size_t expr_required(const struct expr *x, uint32_t *ids, size_t max);
/* The same of those with a ! in front: where one of these is not 0, the expression is 0. */
size_t expr_excluded(const struct expr *x, uint32_t *ids, size_t max);
/* False: a division by zero (Perl would die). */
bool expr_eval(const struct expr *x, expr_value_fn value, const void *ctx, double *ret);

/* Values by id: those in the set stand in `values` and are not 0, all others are 0. */
struct expr_values {
	const uint64_t *set;
	const double *values;
	uint32_t n; /* ids below that are in the set, or not; others are 0 */
};

/* The same of values in an array. */
bool expr_eval_set(const struct expr *x, const struct expr_values *v, double *ret);
