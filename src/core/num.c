/* SPDX-License-Identifier: BSD-2-Clause */
/* Checked numbers: see num.h. */
#define _GNU_SOURCE /* strtod_l, newlocale */
#include "core/num.h"

#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static int digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = ascii_lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : 99;
}

bool num_parse_u64(struct str s, unsigned base, uint64_t max, uint64_t *ret)
{
	uint64_t v = 0;

	if (!s.n)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		int d = digit_value(s.p[i]);

		if (d >= (int)base || __builtin_mul_overflow(v, (uint64_t)base, &v) ||
		    __builtin_add_overflow(v, (uint64_t)d, &v))
			return false;
	}
	if (v > max)
		return false;
	*ret = v;
	return true;
}

bool num_parse_i64(struct str s, int64_t min, int64_t max, int64_t *ret)
{
	bool minus = s.n && s.p[0] == '-';
	uint64_t u;
	int64_t v;

	if (s.n && (minus || s.p[0] == '+'))
		s = str_from(s, 1);
	if (!num_parse_u64(s, 10, (uint64_t)INT64_MAX + minus, &u))
		return false;
	v = minus ? (int64_t)(0 - u) : (int64_t)u;
	if (v < min || v > max)
		return false;
	*ret = v;
	return true;
}

static size_t skip_digits(struct str s, size_t i)
{
	while (i < s.n && ascii_is_digit(s.p[i]))
		i++;
	return i;
}

/* strtod takes much that we do not (hex, inf, white space): the grammar is checked first. */
static bool is_decimal(struct str s)
{
	size_t i = s.n && (s.p[0] == '-' || s.p[0] == '+');
	size_t start = i, digits;

	i = skip_digits(s, i);
	digits = i - start;
	if (i < s.n && s.p[i] == '.') {
		size_t after = skip_digits(s, i + 1);

		digits += after - i - 1;
		i = after;
	}
	if (!digits)
		return false;
	if (i < s.n && (s.p[i] == 'e' || s.p[i] == 'E')) {
		size_t from;

		i++;
		if (i < s.n && (s.p[i] == '-' || s.p[i] == '+'))
			i++;
		from = i;
		i = skip_digits(s, i);
		if (i == from)
			return false;
	}
	return i == s.n;
}

bool num_parse_double(struct str s, double *ret)
{
	static locale_t c_locale;
	char buf[64];
	double v;

	if (!is_decimal(s) || s.n >= sizeof(buf))
		return false;
	memcpy(buf, s.p, s.n);
	buf[s.n] = '\0';
	if (!c_locale)
		c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
	v = strtod_l(buf, NULL, c_locale);
	if (!isfinite(v))
		return false;
	*ret = v;
	return true;
}

/*
 * Three decimals are a whole number of thousandths, and dividing it by 1000 gives the double nearest to them.
 * Where v lies so near to the middle between two that v * 1000 may have crossed it, printf decides.
 */
double num_round_milli(double v)
{
	double thousandths = v * 1000, whole, off;
	char text[400];

	if (fabs(v) < 1e9) {
		whole = (double)(int64_t)(thousandths + (v < 0 ? -0.5 : 0.5));
		off = fabs(thousandths - whole);
		if (off < 0.499)
			return copysign(fabs(whole) / 1000, v);
	}
	snprintf(text, sizeof(text), "%0.3f", v);
	return strtod(text, NULL);
}
