/* SPDX-License-Identifier: BSD-2-Clause */
/* amavisd's log line: lines that amavisd-new 2.13 wrote, rebuilt from their facts. */
#include "act/log_line.h"

#include "act/outcome.h"
#include "core/arena.h"
#include "ipc/envelope.h"
#include "ipc/report.h"
#include "policy/plan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static struct envelope_rcpt rcpts[] = { { { "bob@example.com", 15 }, { "", 0 } },
					{ { "eve@other.test", 14 }, { "", 0 } } };

static struct envelope envelope(size_t n)
{
	return (struct envelope){ .sender = STR("al@sender.test"),
				  .rcpts = rcpts,
				  .rcpt_count = n,
				  .client_addr = STR("192.0.2.7"),
				  .client_port = 4711,
				  .client_ident = STR("4AAAA") };
}

static void expect(const struct log_line_input *in, const char *first, const char *second)
{
	struct arena *a = arena_new();
	struct str lines[2];
	size_t n = log_line_build(a, in, lines);

	assert_int_equal(n, second ? 2 : 1);
	assert_string_equal(lines[0].p, first);
	if (second)
		assert_string_equal(lines[1].p, second);
	arena_free(a);
}

static void test_passed(void **state)
{
	struct envelope env = envelope(1);
	struct plan_rcpt r = { .action = PLAN_PASS, .category = PLAN_CC_CLEAN, .is_local = true };
	struct plan plan = { .rcpts = &r, .count = 1 };
	struct outcome o = { .kind = OUTCOME_SENT };
	struct report report = { .flags = REPORT_SCORED,
				 .score = -0.001,
				 .message_id = STR("<c1@sender.test>"),
				 .origin_ip = STR("192.0.2.7") };
	struct log_line_input in = { .env = &env,
				     .plan = &plan,
				     .report = &report,
				     .outcomes = &o,
				     .mail_id = STR("ASpffLaYW2vN"),
				     .queued_as = STR("4ABCDEF001"),
				     .size = 153,
				     .elapsed_ms = 147 };

	(void)state;
	expect(&in,
	       "Passed CLEAN {RelayedInbound}, [192.0.2.7]:4711 [192.0.2.7] <al@sender.test> -> "
	       "<bob@example.com>, Queue-ID: 4AAAA, Message-ID: <c1@sender.test>, mail_id: "
	       "ASpffLaYW2vN, "
	       "Hits: -0.001, size: 153, queued_as: 4ABCDEF001, 147 ms",
	       NULL);
	r.category = PLAN_CC_SPAMMY;
	r.is_spammy = true;
	in.is_originating = true;
	report.score = 7;
	env.client_addr = env.client_ident = STR("");
	expect(&in,
	       "Passed SPAMMY {RelayedTaggedInternal}, [192.0.2.7] <al@sender.test> -> "
	       "<bob@example.com>, "
	       "Message-ID: <c1@sender.test>, mail_id: ASpffLaYW2vN, Hits: 7, size: 153, "
	       "queued_as: 4ABCDEF001, 147 ms",
	       NULL);
}

static void test_blocked(void **state)
{
	struct envelope env = envelope(2);
	struct str virus[] = { STR("Eicar-Test"), STR("Other") };
	struct plan_rcpt r[2] = {
		{ .action = PLAN_DISCARD, .category = PLAN_CC_VIRUS, .is_local = true },
		{ .action = PLAN_PASS, .category = PLAN_CC_CLEAN },
	};
	struct plan plan = { .rcpts = r, .count = 2 };
	struct outcome o[2] = { { .kind = OUTCOME_DISCARDED }, { .kind = OUTCOME_SENT } };
	struct report report = { .virus = VIRUS_FOUND,
				 .virus_names = virus,
				 .virus_name_count = 2 };
	struct log_line_input in = { .env = &env,
				     .plan = &plan,
				     .report = &report,
				     .outcomes = o,
				     .mail_id = STR("M50nlU3H_oO6"),
				     .size = 160,
				     .elapsed_ms = 13 };

	(void)state;
	expect(
	    &in,
	    "Passed CLEAN {DiscardedInbound,RelayedOpenRelay}, [192.0.2.7]:4711 <al@sender.test> "
	    "-> "
	    "<eve@other.test>, Queue-ID: 4AAAA, mail_id: M50nlU3H_oO6, Hits: -, size: 160, 13 ms",
	    "Blocked INFECTED (Eicar-Test,Other) {DiscardedInbound,RelayedOpenRelay}, "
	    "[192.0.2.7]:4711 "
	    "<al@sender.test> -> <bob@example.com>, Queue-ID: 4AAAA, mail_id: M50nlU3H_oO6, Hits: "
	    "-, "
	    "size: 160, 13 ms");
	/* The next hop's refusal is no verdict of ours. */
	env.rcpt_count = plan.count = 1;
	r[0].category = PLAN_CC_CLEAN;
	r[0].action = PLAN_PASS;
	o[0].kind = OUTCOME_REFUSED;
	expect(
	    &in,
	    "Blocked MTA-BLOCKED {RejectedInbound}, [192.0.2.7]:4711 <al@sender.test> -> "
	    "<bob@example.com>, Queue-ID: 4AAAA, mail_id: M50nlU3H_oO6, Hits: -, size: 160, 13 ms",
	    NULL);
}

static void test_foreign_bytes(void **state)
{
	struct envelope env = envelope(1);
	struct log_line_input in = { .env = &env };
	struct arena *a = arena_new();
	struct str lines[2];

	(void)state;
	env.sender = STR("a\nb");
	assert_int_equal(log_line_build(a, &in, lines), 1);
	assert_true(str_starts(lines[0], STR("Blocked OTHER {TempFailed}")));
	arena_free(a);
}

static void test_queued_as(void **state)
{
	static const struct {
		const char *text, *want;
	} rows[] = {
		{ "250 2.0.0 Ok: queued as 4ABC01", "4ABC01" },
		{ "Ok: queued as ABC; more", "ABC" },
		{ "250 2.0.0 Ok", "250 2.0.0 Ok" },
		{ "queued as ", "queued as " },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_true(str_eq(log_line_queued_as(str_of(rows[i].text)), str_of(rows[i].want)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_passed),
		cmocka_unit_test(test_blocked),
		cmocka_unit_test(test_foreign_bytes),
		cmocka_unit_test(test_queued_as),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
