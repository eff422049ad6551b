/* SPDX-License-Identifier: BSD-2-Clause */
/* The server's session: waiting for its owner, back-pressure, timeouts, lost connections. */
#include "smtp/server.h"

#include "core/strbuf.h"
#include "smtp/server_private.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#define MAIL "HELO c\r\nMAIL FROM:<s@x>\r\n"
#define RCPT MAIL "RCPT TO:<r@x>\r\n"
#define DATA RCPT "DATA\r\n"

static void feed(struct smtp_server *s, const char *text)
{
	assert_int_equal(smtp_server_feed(s, str_of(text)), strlen(text));
}

static void expect(struct smtp_server *s, enum smtp_event_type type)
{
	struct smtp_event ev = { 0 };

	assert_int_equal(smtp_server_next(s, &ev), type != SMTP_EV_NONE);
	assert_int_equal(ev.type, type);
}

static void expect_abort(struct smtp_server *s, enum smtp_abort why)
{
	struct smtp_event ev = { 0 };

	assert_true(smtp_server_next(s, &ev));
	assert_int_equal(ev.type, SMTP_EV_ABORT);
	assert_int_equal(ev.why, why);
	assert_true(str_eq(ev.tx->mail.sender.addr, STR("s@x")));
	assert_null(smtp_server_tx(s));
	expect(s, SMTP_EV_CLOSE);
	expect(s, SMTP_EV_NONE);
}

static void expect_out(struct smtp_server *s, const char *want)
{
	struct str out = smtp_server_take(s);

	if (!str_eq(out, str_of(want)))
		fail_msg("got %.*s, want %s", STR_FMT(out), want);
}

/* Plays a prelude, saying yes to all that it asks except to the last. */
static struct smtp_server *played(const struct smtp_server_opts *o, const char *text,
				  enum smtp_event_type stop)
{
	struct smtp_server *s = smtp_server_new(o);
	struct smtp_event ev;

	feed(s, text);
	while (smtp_server_next(s, &ev) && ev.type != stop)
		if (smtp_server_answers_due(s))
			smtp_server_accept(s);
	smtp_server_take(s);
	return s;
}

static void test_owner_answers_later(void **state)
{
	struct smtp_server_opts o = smtp_server_defaults();
	struct smtp_reply no = smtp_reply_of(550, "5.1.1", "no");
	struct smtp_server *s = smtp_server_new(&o);

	(void)state;
	expect_out(s, "220 [127.0.0.1] ESMTP postern service ready\r\n");
	feed(s, RCPT "RCPT TO:<t@x>\r\nDATA\r\n");
	expect(s, SMTP_EV_MAIL);
	expect(s, SMTP_EV_NONE);
	feed(s, "");
	expect(s, SMTP_EV_NONE);
	expect_out(s, "250 [127.0.0.1]\r\n");
	assert_int_equal(smtp_server_answers_due(s), 1);
	smtp_server_accept(s);
	assert_int_equal(smtp_server_answers_due(s), 0);
	expect(s, SMTP_EV_RCPT);
	smtp_server_reply(s, &no);
	expect(s, SMTP_EV_RCPT);
	smtp_server_accept(s);
	expect(s, SMTP_EV_DATA);
	expect_out(s,
		   "250 2.1.0 Sender <s@x> OK\r\n550 5.1.1 no\r\n250 2.1.5 Recipient <t@x> OK\r\n");
	assert_int_equal(smtp_server_tx(s)->rcpts.n, 1);
	assert_int_equal(smtp_server_tx(s)->rcpts_refused, 1);
	smtp_server_accept(s);
	expect(s, SMTP_EV_NONE);
	feed(s, "x\r\n.\r\nQUIT\r\n");
	expect(s, SMTP_EV_BODY);
	expect(s, SMTP_EV_END);
	expect(s, SMTP_EV_NONE);
	assert_false(smtp_server_is_idle(s));
	smtp_server_accept(s);
	expect_out(s, "354 End data with <CR><LF>.<CR><LF>\r\n250 2.0.0 Ok\r\n");
	expect(s, SMTP_EV_CLOSE);
	expect_out(s, "221 2.0.0 [127.0.0.1] closing channel\r\n");
	smtp_server_free(s);
}

/* While an answer is awaited the queue fills up, and no further; not a command is lost. */
static void test_queue_is_capped(void **state)
{
	struct smtp_server_opts o = smtp_server_defaults();
	size_t taken = 0, replies = 0, n;
	struct smtp_server *s;
	struct smtp_event ev;
	struct str out;

	(void)state;
	o.max_queue = 5000;
	s = played(&o, MAIL, SMTP_EV_MAIL);
	while ((n = smtp_server_feed(s, STR("NOOP\r\n"))) == 6)
		taken += n;
	taken += n;
	assert_int_equal(taken, 5000);
	assert_int_equal(smtp_server_feed(s, STR("x")), 0);
	assert_false(smtp_server_next(s, &ev));
	smtp_server_accept(s);
	assert_false(smtp_server_next(s, &ev));
	out = smtp_server_take(s);
	for (size_t i = 0; i < out.n; i++)
		replies += out.p[i] == '\n';
	assert_int_equal(replies, 1 + 5000 / 6);
	assert_int_equal(smtp_server_feed(s, STR("P\r\n")), 3);
	smtp_server_free(s);
}

/* A peer that sends commands and reads no replies is not read any more. */
static void test_output_is_capped(void **state)
{
	struct smtp_server_opts o = smtp_server_defaults();
	struct smtp_server *s = smtp_server_new(&o);
	struct smtp_event ev;
	size_t most = 0;

	(void)state;
	for (int i = 0; i < 100000; i++) {
		smtp_server_feed(s, STR("HELP\r\n"));
		assert_false(smtp_server_next(s, &ev));
	}
	assert_int_equal(smtp_server_feed(s, STR("x")), 0);
	for (int i = 0; i < 1000; i++) {
		size_t n = smtp_server_take(s).n;

		most = n > most ? n : most;
		assert_false(smtp_server_next(s, &ev));
	}
	assert_in_range(most, 64 * 1024, 65 * 1024);
	assert_int_equal(smtp_server_take(s).n, 0);
	smtp_server_free(s);
}

static const struct {
	const char *prelude;
	enum smtp_event_type stop;
	const char *name, *text;
	unsigned timeout_ms;
} phases[] = {
	{ "", SMTP_EV_NONE, "COMMAND", "waiting for a command", 7 },
	{ "NOO", SMTP_EV_NONE, "COMMAND", "waiting for a command", 7 },
	{ MAIL, SMTP_EV_MAIL, "MAIL", "deciding on a sender", 0 },
	{ MAIL, SMTP_EV_NONE, "COMMAND", "waiting for a command", 7 },
	{ RCPT, SMTP_EV_RCPT, "RCPT", "deciding on a recipient", 0 },
	{ DATA, SMTP_EV_DATA, "DATA", "making room for a message", 0 },
	{ DATA, SMTP_EV_NONE, "CONTENT", "receiving message content", 7 },
	{ DATA "abc", SMTP_EV_NONE, "CONTENT", "receiving message content", 7 },
	{ DATA "abc", SMTP_EV_BODY, "CONTENT", "receiving message content", 7 },
	{ DATA ".\r\n", SMTP_EV_END, "END", "deciding on a message", 0 },
};

static void test_phases(void **state)
{
	struct smtp_server_opts o = smtp_server_defaults();

	(void)state;
	o.timeout_ms = 7;
	for (size_t i = 0; i < ELEMENTS(phases); i++) {
		bool in_tx = strstr(phases[i].prelude, "MAIL");

		for (int what = 0; what < 3; what++) {
			struct smtp_server *s = played(&o, phases[i].prelude, phases[i].stop);
			struct str out;

			assert_string_equal(smtp_server_state_name(s), phases[i].name);
			assert_string_equal(smtp_server_state_text(s), phases[i].text);
			assert_int_equal(smtp_server_timeout_ms(s), phases[i].timeout_ms);
			assert_int_equal(!!smtp_server_tx(s), in_tx);
			if (what == 0)
				smtp_server_lost(s);
			else if (what == 1)
				smtp_server_timed_out(s);
			else
				smtp_server_shutdown(s);
			assert_int_equal(smtp_server_answers_due(s), 0);
			if (in_tx)
				expect_abort(s, what == 0   ? SMTP_ABORT_LOST
						: what == 1 ? SMTP_ABORT_TIMEOUT
							    : SMTP_ABORT_SHUTDOWN);
			else
				expect(s, SMTP_EV_CLOSE);
			out = smtp_server_take(s);
			assert_int_equal(str_starts(out, STR("421 4.4.2 Timeout while ")),
					 what == 1);
			assert_int_equal(str_starts(out, STR("421 4.3.2 Service shutting down")),
					 what == 2);
			assert_int_equal(out.n > 0, what > 0);
			smtp_server_lost(s);
			smtp_server_timed_out(s);
			smtp_server_shutdown(s);
			feed(s, "NOOP\r\n");
			expect(s, SMTP_EV_NONE);
			expect_out(s, "");
			smtp_server_free(s);
		}
	}
}

/* A transaction whose MAIL was never told ends without a word; one that was told ends once. */
static void test_untold_mail(void **state)
{
	struct smtp_server_opts o = smtp_server_defaults();
	struct smtp_server *s = smtp_server_new(&o);
	struct smtp_event ev;

	(void)state;
	feed(s, DATA "abc");
	assert_true(smtp_server_next(s, &ev)); /* the reply to HELO is there, MAIL is told */
	assert_int_equal(ev.type, SMTP_EV_MAIL);
	smtp_server_free(s);
	s = played(&o, DATA "abc\r\n.\r\n", SMTP_EV_BODY);
	smtp_server_lost(s); /* END was not told yet */
	expect_abort(s, SMTP_ABORT_LOST);
	smtp_server_free(s);
}

static void test_lmtp_answers(void **state)
{
	struct smtp_server_opts o = smtp_server_defaults();
	struct smtp_reply full = smtp_reply_of(452, "4.2.2", "full");
	struct smtp_server *s;

	(void)state;
	s = played(&o,
		   "LHLO c\r\nMAIL FROM:<s@x>\r\nRCPT TO:<a>\r\nRCPT TO:<b>\r\nRCPT "
		   "TO:<c>\r\nDATA\r\n.\r\n"
		   "NOOP\r\n",
		   SMTP_EV_END);
	assert_int_equal(smtp_server_answers_due(s), 3);
	assert_string_equal(smtp_server_tx(s)->protocol, "LMTP");
	smtp_server_accept(s);
	expect_out(s, "250 2.0.0 Ok\r\n250 2.0.0 Ok\r\n250 2.0.0 Ok\r\n");
	assert_null(smtp_server_tx(s));
	feed(s, "MAIL FROM:<s@x>\r\nRCPT TO:<a>\r\nRCPT TO:<b>\r\nDATA\r\n");
	for (int i = 0; i < 4; i++) {
		struct smtp_event ev;

		assert_true(smtp_server_next(s, &ev));
		smtp_server_accept(s);
	}
	expect(s, SMTP_EV_NONE);
	feed(s, ".\r\nNOOP\r\n");
	expect(s, SMTP_EV_END);
	smtp_server_take(s);
	smtp_server_reply(s, &full);
	assert_int_equal(smtp_server_answers_due(s), 1);
	expect(s, SMTP_EV_NONE);
	smtp_server_reply_all(s, &full);
	expect(s, SMTP_EV_NONE);
	expect_out(s, "452 4.2.2 full\r\n452 4.2.2 full\r\n250 2.0.0 Ok\r\n");
	smtp_server_free(s);
}

/* Large content comes in bounded pieces; the counters agree with what came. */
static void test_pieces(void **state)
{
	struct smtp_server_opts o = smtp_server_defaults();
	struct smtp_server *s = played(&o, DATA, SMTP_EV_NONE);
	uint64_t given = 0;
	struct strbuf text;
	struct smtp_event ev;
	struct str in;

	(void)state;
	strbuf_init(&text, 0);
	for (int i = 0; i < 20000; i++)
		strbuf_add_c(&text, "line of text\r\n");
	strbuf_add_c(&text, ".\r\n");
	in = strbuf_str(&text);
	do {
		in = str_from(in, smtp_server_feed(s, in));
		ev.type = SMTP_EV_NONE;
		while (smtp_server_next(s, &ev) && ev.type == SMTP_EV_BODY) {
			assert_in_range(ev.body.n, 1, 33 * 1024);
			given += ev.body.n;
			assert_int_equal(ev.tx->content_bytes, given);
		}
	} while (in.n);
	assert_int_equal(ev.type, SMTP_EV_END);
	assert_int_equal(given, 20000 * 13);
	assert_int_equal(ev.tx->wire_bytes, 20000 * 14);
	assert_false(ev.tx->has_8bit);
	assert_true(s->in.cap + s->body.cap > 64 * 1024);
	smtp_server_accept(s);
	expect(s, SMTP_EV_NONE);
	assert_true(s->in.cap + s->body.cap <= 8 * 1024);
	strbuf_done(&text);
	smtp_server_free(s);
}

static void test_defaults(void **state)
{
	struct smtp_server_opts o = smtp_server_defaults();
	struct smtp_server *s = smtp_server_new(&o);

	(void)state;
	assert_int_equal(o.max_recipients, 1100);
	assert_int_equal(smtp_server_timeout_ms(s), 480000);
	assert_int_equal(smtp_server_helo(s).n, 0);
	assert_true(smtp_server_is_idle(s));
	assert_null(smtp_server_free(s));
	assert_null(smtp_server_free(NULL));
	for (enum smtp_abort a = 0; a < SMTP_ABORT_COUNT; a++)
		assert_true(strlen(smtp_abort_text(a)) > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_owner_answers_later),
		cmocka_unit_test(test_queue_is_capped),
		cmocka_unit_test(test_output_is_capped),
		cmocka_unit_test(test_phases),
		cmocka_unit_test(test_untold_mail),
		cmocka_unit_test(test_lmtp_answers),
		cmocka_unit_test(test_pieces),
		cmocka_unit_test(test_defaults),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
