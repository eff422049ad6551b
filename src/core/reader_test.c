/* SPDX-License-Identifier: BSD-2-Clause */
/* Tests of the byte reader and checked numbers. */
#include "core/reader.h"

#include "core/num.h"
#include "core/xalloc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <stdio.h>

#include <cmocka.h>

static void test_numbers_of_bytes(void **state)
{
	struct rd r = rd_of(str_make("\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b", 11));
	uint8_t a;
	uint16_t b;
	uint32_t c;
	uint64_t d;

	(void)state;
	assert_true(rd_u8(&r, &a) && a == 1);
	assert_true(rd_u16be(&r, &b) && b == 0x0203);
	assert_true(rd_u16le(&r, &b) && b == 0x0504);
	assert_true(rd_u32le(&r, &c) && c == 0x09080706);
	assert_int_equal(rd_left(&r), 2);
	assert_false(rd_u32be(&r, &c)); /* too short: the cursor stays, the reader is bad */
	assert_true(rd_is_bad(&r));
	assert_false(rd_u8(&r, &a));
	assert_false(rd_u64be(&r, &d));
}

static void test_text(void **state)
{
	struct rd r = rd_of(STR("one two\r\nthree\nfour"));
	struct str s;

	(void)state;
	assert_int_equal(rd_peek(&r), 'o');
	assert_int_equal(rd_peek_at(&r, 4), 't');
	assert_int_equal(rd_peek_at(&r, 400), -1);
	assert_true(str_eq(rd_until(&r, " "), STR("one")));
	assert_true(rd_accept(&r, ' ') && !rd_accept(&r, ' '));
	assert_true(rd_accept_str_nocase(&r, STR("TW")) && !rd_accept_str(&r, STR("x")));
	assert_true(rd_line(&r, true, &s) && str_eq(s, STR("o")));
	assert_true(rd_line(&r, true, &s) && str_eq(s, STR("three")));
	assert_true(rd_line(&r, true, &s) && str_eq(s, STR("four")));
	assert_false(rd_line(&r, true, &s));
	assert_true(rd_is_end(&r) && !rd_is_bad(&r));
}

static void test_parse_numbers(void **state)
{
	static const struct {
		const char *s;
		unsigned base;
		bool ok;
		uint64_t want;
	} rows[] = {
		{ "0", 10, true, 0 },
		{ "18446744073709551615", 10, true, UINT64_MAX },
		{ "18446744073709551616", 10, false, 0 },
		{ "fF", 16, true, 255 },
		{ "8", 8, false, 0 },
		{ "", 10, false, 0 },
		{ " 1", 10, false, 0 },
		{ "+1", 10, false, 0 },
		{ "1x", 10, false, 0 },
	};
	uint64_t u;
	int64_t i;

	(void)state;
	for (size_t k = 0; k < ELEMENTS(rows); k++) {
		assert_int_equal(num_parse_u64(str_of(rows[k].s), rows[k].base, UINT64_MAX, &u),
				 rows[k].ok);
		if (rows[k].ok)
			assert_true(u == rows[k].want);
	}
	assert_true(num_parse_i64(STR("-9223372036854775808"), INT64_MIN, INT64_MAX, &i) &&
		    i == INT64_MIN);
	assert_false(num_parse_i64(STR("9223372036854775808"), INT64_MIN, INT64_MAX, &i));
	assert_false(num_parse_i64(STR("-"), INT64_MIN, INT64_MAX, &i));
	assert_false(num_parse_i64(STR("11"), 0, 10, &i));
}

static void test_parse_double(void **state)
{
	static const struct {
		const char *s;
		bool ok;
		double want;
	} rows[] = {
		{ "1.5", true, 1.5 },  { "-.25", true, -0.25 }, { "5.", true, 5 },
		{ "1e3", true, 1000 }, { ".", false, 0 },       { "1e", false, 0 },
		{ "0x10", false, 0 },  { "inf", false, 0 },     { "1e999", false, 0 },
		{ "1,5", false, 0 },
	};
	double d;

	(void)state;
	for (size_t k = 0; k < ELEMENTS(rows); k++) {
		assert_int_equal(num_parse_double(str_of(rows[k].s), &d), rows[k].ok);
		if (rows[k].ok)
			assert_true(d == rows[k].want);
	}
}

/* As printf and strtod do it: halves and their neighbours, signs, what is not exact. */
static void test_round_milli(void **state)
{
	static const double rows[] = { 0,           -0.0,    0.0005, 0.0015,
				       -0.0005,     1.0005,  2.5,    2.6755,
				       0.9995,      -0.0001, 1e-300, 5.0004999999999997,
				       123456.7895, 1e15,    -1e22,  4.35,
				       0.1 + 0.2 };
	uint32_t seed = 1;

	(void)state;
	for (size_t i = 0; i < ELEMENTS(rows) + 20000; i++) {
		double v = i < ELEMENTS(rows) ? rows[i] : 0, want, got;
		char text[400];

		if (i >= ELEMENTS(rows)) {
			seed = seed * 1664525 + 1013904223;
			v = (double)(int32_t)seed / (i % 2 ? 20000.0 : 1e7);
		}
		snprintf(text, sizeof(text), "%0.3f", v);
		want = strtod(text, NULL);
		got = num_round_milli(v);
		assert_memory_equal(&got, &want, sizeof(got)); /* the sign of 0 too */
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_numbers_of_bytes), cmocka_unit_test(test_text),
		cmocka_unit_test(test_parse_numbers),    cmocka_unit_test(test_parse_double),
		cmocka_unit_test(test_round_milli),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
