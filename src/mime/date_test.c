/* SPDX-License-Identifier: BSD-2-Clause */
/* Dates: what SpamAssassin makes of them, odd ones too. */
#include "mime/date.h"

#include "core/xalloc.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>

#define NONE INT64_MIN

static const struct {
	const char *in;
	int64_t want;
} rows[] = {
	{ "Thu, 13 Feb 2003 20:59:28 -0800", 1045198768 },
	{ "13 Feb 2003 20:59:28 GMT", 1045169968 },
	{ "13 feb 03 20:59", 1045169940 },
	{ "Thu Feb 13 20:59:28 2003", 1045094400 },
	{ "Thu Feb 13 20:59:28 2003 +0100", 1045090800 },
	{ "13 Feb 99 01:02:03 EST", 918885723 },
	{ "13 Feb 103 01:02:03", 1045098123 },
	{ "31 Feb 2003 00:00:00 +0000", 1046476800 },
	{ "31 Dec 2003 24:61:61", 1072915199 },
	{ "32 Dec 2003 10:00", 1072951200 },
	{ "0 Jan 2003 10:00", NONE },
	{ "1 Jan 1960 10:00", 36000 },
	{ "1 Jan 2099 10:00", 2114416800 },
	{ "1 Jan 1970 00:00 +0100", 0 },
	{ "1 Jan 2003 10:00 gmt", 1041415200 },
	{ "1 Jan 2003 10:00 +100", 1041415200 },
	{ "1 Jan 2003 10:00 +01:00", 1041415200 },
	{ "1 Jan 2003 10:00 ABC EST", 1041415200 },
	{ "1 Jan 2003 10:00 MET-DST", 1041415200 },
	{ "1 January 2003", NONE },
	{ "2003-01-01", NONE },
	{ "Mon,1,Jan,2003,10:00:00", 1041415200 },
	{ "1 Jan 2003 9:00 (PST)", 1041440400 },
	{ "29 Feb 2004 00:00", 1078012800 },
	{ "1 Jan 2003 1:2", 1041379200 },
	{ "  Thu, 13 Feb 2003 20:59:28 -0800 (PST)", 1045198768 },
	{ "13 fEB 2003 0:59 +0100 x 14 Feb 2003 01:00:00 +0200", 1045094340 },
	{ "Mon, 1 Mar 2004 00:00:00 +0000", 1078099200 },
	{ "Wed, 31 Dec 2003 23:59:58 -0000", 1072915198 },
	{ "Tue, 29 Feb 2000 12:00 +0000", 951825600 },
	{ "31 Dec 2036 1:02:03 +0000", 2114298123 },
	{ "Fri. 4 Jul 2003 05:06:07 +0000", 1057295167 },
	{ "Fri, 4 Jul 2003 05:06:07 +0000, 5", 1057295167 },
	{ "Fri, 4 Jul 2003 05:06:07 +00000", 1057295167 },
	{ "Fri, 4 Jul 2003 05:06:07", 1057295167 },
	{ "", NONE },
};

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < ELEMENTS(rows); i++) {
		int64_t got = NONE;
		if (date_parse(str_of(rows[i].in), &got) != (rows[i].want != NONE) ||
		    got != rows[i].want)
			fail_msg("'%s': got %lld", rows[i].in, (long long)got);
	}
}

/* A word in front that means nothing keeps the usual form from being seen, and changes nothing else. */
static void test_usual(void **state)
{
	static const char *const days[] = { "", "Mon ", "Mon,", "Mon, ", "Mon , ", "x " };
	static const char *const dates[] = { "1 Jan 2003", "29 Feb 2003", "0031 dec 2037",
					     "9 Mai 2003", "1 Jan 03",    "12 Nov 2004," };
	static const char *const times[] = { "",         "1:02",   "01:02:03",   "1:02:3",
					     "99:61:61", "1:2:03", "01:02:03:04" };
	static const char *const zones[] = { "",     "+0000", "-0800", "+9999",
					     "+100", "GMT",   "(PST)", "-0800(PST)" };
	char line[200];

	(void)state;
	for (size_t i = 0; i < 6 * 6 * 7 * 8; i++) {
		int64_t got = NONE, want = NONE;
		bool a, b;

		snprintf(line, sizeof(line), "x1 %s%s %s %s +0200", days[i % 6], dates[i / 6 % 6],
			 times[i / 36 % 7], zones[i / 252]);
		b = date_parse(str_of(line), &want);
		a = date_parse(str_of(line + 3), &got);
		if (a != b || got != want)
			fail_msg("'%s': %lld, %lld", line, (long long)got, (long long)want);
	}
}

/* Around the first colon of `in`, in a line that goes on, ends there, or has more in front. */
static const struct {
	const char *in;
	int64_t want;
} places[] = {
	{ "by x; Thu, 13 Feb 2003 20:59:28 -0800", 1045198768 },
	{ "by x; Thu, 13 Feb 2003 20:59:28 -0800 (PST)", 1045198768 },
	{ "by x; Thu, 13 Feb 2003 20:59:28 -0800\n", 1045198768 },
	{ "by x; Thu,  3 feb 2003 20:59:28 +0130", 1044300568 },
	{ "by x; Thu, 3 FEB 2003 20:59:28 +0130", 1044300568 },
	{ "by x; Thu,13 Feb 2003 20:59:28 -0800", NONE },
	{ "by x; Thu, 113 Feb 2003 20:59:28 -0800", NONE },
	{ "by x; Thu, 13  Feb 2003 20:59:28 -0800", NONE },
	{ "by x; Thu, 13 Fex 2003 20:59:28 -0800", NONE },
	{ "by x; Thu, 13 Feb 03 20:59:28 -0800", NONE },
	{ "by x; Thu, 13 Feb 12003 20:59:28 -0800", NONE },
	{ "by x; Thu, 13 Feb 2003 2:59:28 -0800", NONE },
	{ "by x; Thu, 13 Feb 2003 20:59 -0800", NONE },
	{ "by x; Thu, 13 Feb 2003 20:59:28  -080", NONE },
	{ "by x; Thu, 13 Feb 2003 20:59:28 -08000", NONE },
	{ "by x; Thu, 13 Feb 2003 20:59:28 -080", NONE },
	{ "by x; Thu, 13 Feb 2003 20:59:28 -0800(PST)", NONE },
	{ "by x; Thu, 13 Feb 2003 20:59:28 08000", NONE },
	{ "by x; Thu, 00 Feb 2003 20:59:28 -0800", NONE },
	{ "13 Feb 2003 20:59:28 -0800", NONE },
};

static void test_places(void **state)
{
	(void)state;
	for (size_t i = 0; i < ELEMENTS(places); i++) {
		struct str s = str_of(places[i].in);
		int64_t got = NONE;

		if (date_parse_at(s, str_chr(s, ':'), &got) != (places[i].want != NONE) ||
		    got != places[i].want)
			fail_msg("'%s': got %lld", s.p, (long long)got);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_rows),
					    cmocka_unit_test(test_usual),
					    cmocka_unit_test(test_places) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
