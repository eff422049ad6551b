/* SPDX-License-Identifier: BSD-2-Clause */
/* DNS lists: which addresses each kind of set asks for, and what answers make of its rules. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "checks/dns_private.h"
#include "checks/harness.h"

#include <stdio.h>

#define HOP(ip, by)                                                                                \
	"Received: from h (r.example.com [" ip "]) by " by " (Postfix) with ESMTP id 12345; "      \
	"Mon, 1 Jan 2024 12:00:00 +0000\n"
/* 10.0.0.1 is trusted (private), 192.0.2.2 the first that is not, 192.0.2.3 the oldest. */
static const char message[] =
    "Return-Path: <joe@sender.example.com>\n" HOP("10.0.0.1", "in.example.net")
	HOP("192.0.2.2", "mx.example.net")
	    HOP("192.0.2.3", "out.example.com") "From: joe@from.example.org\n\ntext\n";

static void start(struct harness *h, const char *config)
{
	harness_init(h);
	harness_config(h, STR("util_rb_tld com org net\n"));
	harness_config(h, str_of(config));
	harness_ready(h);
	harness_message(h, str_of(message), 0);
}

static void asked(struct harness *h, char *out, size_t size)
{
	size_t n = 0;

	out[0] = '\0';
	VEC_EACH (&h->asks, struct harness_ask, it) {
		n += (size_t)snprintf(out + n, size - n, "%s%.*s/%u", n ? " " : "",
				      STR_FMT(it->name), it->qtype);
	}
}

static void test_choice(void **state)
{
	static const struct {
		const char *rule, *want;
	} rows[] = {
		{ "check_rbl('x-lastexternal', 'l.org.')", "2.2.0.192.l.org/1" },
		{ "check_rbl('x-notfirsthop', 'l.org')", "2.2.0.192.l.org/1" },
		{ "check_rbl('x-firsttrusted', 'l.org')", "2.2.0.192.l.org/1" },
		{ "check_rbl('x-untrusted', 'l.org')", "3.2.0.192.l.org/1" },
		{ "check_rbl('x', 'l.org')", "3.2.0.192.l.org/1 2.2.0.192.l.org/1" },
		{ "check_rbl_txt('x-lastexternal', 'l.org')", "2.2.0.192.l.org/16" },
		{ "check_rbl_envfrom('x', 'l.org')", "sender.example.com.l.org/1" },
		{ "check_rbl_from_host('x', 'l.org')",
		  "from.example.org.l.org/1 sender.example.com.l.org/1" },
		{ "check_rbl_from_domain('x', 'l.org')",
		  "example.org.l.org/1 example.com.l.org/1" },
		{ "check_rbl_rcvd('x', 'l.org')",
		  "3.2.0.192.l.org/1 out.example.com.l.org/1 r.example.com.l.org/1" },
		{ "check_dns_sender()", "sender.example.com/1 sender.example.com/15" },
		{ "check_rbl_accreditor('x', 'l.org', '127', 'none')", "" },
		{ "check_rbl_sub('x', '127.0.0.2')", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct harness h;
		char config[200], got[400];

		snprintf(config, sizeof(config), "header T eval:%s\n", rows[i].rule);
		start(&h, config);
		if (harness_run(&h, 0) != (rows[i].want[0] ? EVAL_PENDING : EVAL_MISS))
			fail_msg("%s", rows[i].rule);
		asked(&h, got, sizeof(got));
		assert_string_equal(got, rows[i].want);
		harness_done(&h);
	}
}

static void test_trusted(void **state)
{
	struct harness h;
	char got[400];

	(void)state;
	/* All three are trusted now, the first two internal too. */
	start(&h, "trusted_networks 10/8 192.0.2.0/24\ninternal_networks 10/8\n"
		  "header T eval:check_rbl('x-lastexternal', 'l.org')\n"
		  "header N eval:check_rbl('x-lastexternal', 'n.org')\ntflags N net nice\n");
	assert_int_equal(harness_run(&h, 0), EVAL_MISS);
	harness_run(&h, 1);
	asked(&h, got, sizeof(got));
	/* A nice rule asks for trusted relays too; without an untrusted one there is nothing to ask. */
	assert_string_equal(got, "");
	harness_done(&h);
}

struct answer_row {
	const char *name, *subtest;
	unsigned char address[4];
	int want;
};

static void test_subtests(void **state)
{
	static const struct answer_row rows[] = {
		{ "no subtest", NULL, { 127, 0, 0, 9 }, 1 },
		{ "not in 127/8", NULL, { 128, 0, 0, 2 }, 0 },
		{ "address", "127.0.0.2", { 127, 0, 0, 2 }, 1 },
		{ "another address", "127.0.0.2", { 127, 0, 0, 3 }, 0 },
		{ "regexp", "^127\\.0\\.0\\.[4-7]$", { 127, 0, 0, 5 }, 1 },
		{ "another regexp", "^127\\.0\\.0\\.[4-7]$", { 127, 0, 0, 8 }, 0 },
		{ "mask", "6", { 127, 0, 0, 4 }, 1 },
		{ "another mask", "6", { 127, 0, 0, 8 }, 0 },
		{ "blocked", "^127\\.255\\.255\\.", { 127, 255, 255, 254 }, 1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct harness h;
		char config[300];
		struct answer_record record = { DNS_A, 60, { (const char *)rows[i].address, 4 } };
		struct answer answer = { .status = ANSWER_OK,
					 .records = &record,
					 .record_count = 1 };
		size_t sub;

		snprintf(config, sizeof(config),
			 "header M eval:check_rbl('x-lastexternal', 'l.org'%s%s%s)\n"
			 "header S eval:check_rbl_sub('x-lastexternal', '%s')\n"
			 "header O eval:check_rbl_sub('other', '.')\n",
			 rows[i].subtest ? ", '" : "", rows[i].subtest ? rows[i].subtest : "",
			 rows[i].subtest ? "'" : "", rows[i].subtest ? rows[i].subtest : ".");
		start(&h, config);
		for (size_t k = 0; k < harness_rule_count(&h); k++)
			harness_run(&h, k);
		assert_int_equal(h.asks.n, 1);
		answer.ask_id = VEC_AT(&h.asks, struct harness_ask, 0)->id;
		if (harness_answer(&h, 0, answer.ask_id, &answer) != rows[i].want)
			fail_msg("%s", rows[i].name);
		sub = h.hits.n;
		assert_int_equal(sub, rows[i].want ? 1 : 0);
		if (sub)
			assert_true(str_eq(*VEC_AT(&h.hits, struct str, 0), STR("S")));
		if (rows[i].want)
			assert_true(str_eq(VEC_AT(&h.logs, struct harness_log, 0)->text,
					   STR("192.0.2.2 listed in l.org")));
		/* The same answer once more changes nothing. */
		harness_answer(&h, 0, answer.ask_id, &answer);
		assert_int_equal(h.hits.n, sub);
		harness_done(&h);
	}
}

static void test_several_answers(void **state)
{
	static const unsigned char listed[] = { 127, 0, 0, 2 };
	struct answer_record record = { DNS_A, 60, { (const char *)listed, 4 } };
	struct answer yes = { .status = ANSWER_OK, .records = &record, .record_count = 1 };
	struct answer late = { .status = ANSWER_TIMEOUT };
	struct harness h;

	(void)state;
	for (int order = 0; order < 2; order++) {
		start(&h, "header T eval:check_rbl('x', 'l.org')\n");
		harness_run(&h, 0);
		assert_int_equal(h.asks.n, 2);
		assert_int_equal(harness_answer(&h, 0, order ? 2 : 1, &yes), EVAL_PENDING);
		assert_int_equal(harness_answer(&h, 0, order ? 1 : 2, &late), EVAL_HIT);
		harness_done(&h);
	}
	start(&h, "header T eval:check_rbl('x', 'l.org')\n");
	harness_run(&h, 0);
	harness_answer(&h, 0, 1, &late);
	assert_int_equal(harness_answer(&h, 0, 2, &late), EVAL_MISS);
	harness_done(&h);
}

static void test_txt(void **state)
{
	static const char rdata[] = "\x05see h\x0bttp://l.org";
	struct answer_record record = { DNS_TXT, 60, { rdata, sizeof(rdata) - 1 } };
	struct answer answer = {
		.ask_id = 1, .status = ANSWER_OK, .records = &record, .record_count = 1
	};
	struct harness h;

	(void)state;
	start(&h, "header T eval:check_rbl_txt('x-lastexternal', 'l.org', 'see')\n");
	harness_run(&h, 0);
	assert_int_equal(harness_answer(&h, 0, 1, &answer), EVAL_HIT);
	assert_true(
	    str_eq(VEC_AT(&h.logs, struct harness_log, 0)->text, STR("see <http://l.org>")));
	harness_done(&h);
}

static void test_refused(void **state)
{
	struct harness h;

	(void)state;
	start(&h, "header A eval:check_rbl_sub('x')\nheader B eval:check_rbl('x', 'l', 'sb:1')\n"
		  "header C eval:check_rbl('x', 'l', '(')\n");
	assert_int_equal(h.errors.n, 3);
	assert_int_equal(harness_find(&h, STR("A")), STR_NPOS);
	assert_int_equal(harness_find(&h, STR("B")), STR_NPOS);
	harness_done(&h);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_choice),   cmocka_unit_test(test_trusted),
		cmocka_unit_test(test_subtests), cmocka_unit_test(test_several_answers),
		cmocka_unit_test(test_txt),      cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
