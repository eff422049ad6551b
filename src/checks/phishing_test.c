/* SPDX-License-Identifier: BSD-2-Clause */
/* Links that stand in feeds. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "checks/harness.h"

#define FEEDS                                                                                      \
	"harness_file open http://a.example.com/p/x?y\\n; not one\\n\n"                            \
	"harness_file tank id,url\\n1,\"http://b.example.com/x\",z\\n\n"                           \
	"harness_file stats date,score,url\\nd,\"7\",\"http://c.example.com/x\"\\n"                \
	"d,6,http://d.example.com/x\\n\n"                                                          \
	"phishing_openphish_feed open\nphishing_phishtank_feed tank\n"                             \
	"phishing_phishstats_feed stats\nbody T eval:check_phishing()\n"

static const struct harness_row rows[] = {
	{ "OpenPhish", FEEDS, "\nsee http://a.example.com/p/x?y now\n", 1 },
	{ "another query", FEEDS, "\nsee http://a.example.com/p/x?z now\n", 0 },
	{ "another query, without queries", FEEDS "phishing_uri_noparam 1\n",
	  "\nsee http://a.example.com/p/x?z now\n", 1 },
	{ "a site alone says nothing without queries", FEEDS "phishing_uri_noparam 1\n",
	  "\nsee http://a.example.com/?z now\n", 0 },
	{ "PhishTank", FEEDS, "\nsee http://b.example.com/x now\n", 1 },
	{ "PhishStats", FEEDS, "\nsee http://c.example.com/x now\n", 1 },
	{ "PhishStats, score too low", FEEDS, "\nsee http://d.example.com/x now\n", 0 },
	{ "PhishStats, lower bound", FEEDS "phishing_phishstats_minscore 5\n",
	  "\nsee http://d.example.com/x now\n", 1 },
	{ "an image is no link", FEEDS,
	  "Content-Type: text/html\n\n<img src=http://b.example.com/x>\n", 0 },
	{ "no feeds", "phishing_openphish_feed none\nbody T eval:check_phishing()",
	  "\nhttp://a.example.com/p/x?y\n", 0 },
};

static void test_rows(void **state)
{
	(void)state;
	assert_int_equal(harness_wrong_rows(rows, sizeof(rows) / sizeof(rows[0])), 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
