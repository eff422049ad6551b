/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Checked numbers: arithmetic on sizes that input names, and numbers read from text. Text must be the
 * number and nothing else; no sign unless said, no white space, locale never counts.
 */
#pragma once

#include "core/str.h"

#include <stdbool.h>
#include <stdint.h>

static inline bool num_add(size_t a, size_t b, size_t *ret)
{
	return !__builtin_add_overflow(a, b, ret);
}

static inline bool num_mul(size_t a, size_t b, size_t *ret)
{
	return !__builtin_mul_overflow(a, b, ret);
}

/* Digits of `base` (8, 10, 16) only; false on empty, a foreign byte or a value over max. */
bool num_parse_u64(struct str s, unsigned base, uint64_t max, uint64_t *ret);
/* Decimal with an optional leading + or -. */
bool num_parse_i64(struct str s, int64_t min, int64_t max, int64_t *ret);
/* [+-]digits[.digits][e[+-]digits], also .digits and digits. */
bool num_parse_double(struct str s, double *ret);
/* The number that printf's "%.3f" writes for v, which is finite. */
double num_round_milli(double v);
