/* SPDX-License-Identifier: BSD-2-Clause */
/* The dialogue runner: see server_script_test.h. */
#include "smtp/server_script_test.h"

#include "core/strbuf.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

struct run {
	struct smtp_server *s;
	struct strbuf transcript, content;
	uint32_t random;
};

static void take(struct run *r)
{
	struct str out = smtp_server_take(r->s);

	for (size_t i = 0; i < out.n; i++) {
		if (out.p[i] == '\r')
			assert_true(i + 1 < out.n && out.p[i + 1] == '\n');
		else
			strbuf_add_byte(&r->transcript, out.p[i]);
	}
}

static void note(struct run *r, const char *what, const char *why, const struct smtp_tx *tx)
{
	struct str c = strbuf_str(&r->content);

	take(r);
	strbuf_printf(&r->transcript, "* %s%s%s", what, *why ? " " : "", why);
	if (tx) {
		assert_true(tx->content_bytes >= c.n);
		strbuf_add_byte(&r->transcript, ' ');
		for (size_t i = 0; *what == 'e' && i < c.n; i++)
			strbuf_add_byte(&r->transcript, c.p[i] == '\n' ? '|'
							: c.p[i]       ? c.p[i]
								       : '0');
		if (tx->bare_lf)
			strbuf_printf(&r->transcript, " lf=%d", (int)tx->bare_lf);
		if (tx->bare_cr)
			strbuf_printf(&r->transcript, " cr=%d", (int)tx->bare_cr);
		if (tx->nul)
			strbuf_printf(&r->transcript, " nul=%d", (int)tx->nul);
	}
	strbuf_add_byte(&r->transcript, '\n');
}

static void answer(struct run *r, unsigned code, const char *enhanced, const char *text)
{
	struct smtp_reply reply = smtp_reply_of(code, enhanced, text);

	smtp_server_reply(r->s, &reply);
}

static void judge(struct run *r, struct str local)
{
	if (str_eq(local, STR("refused")))
		answer(r, 550, "5.7.1", "Refused");
	else if (str_eq(local, STR("later")))
		answer(r, 451, "4.3.0", "Later");
	else if (str_eq(local, STR("bye")))
		answer(r, 421, "4.3.2", "Bye");
	else
		smtp_server_accept(r->s);
}

static void judge_end(struct run *r, const struct smtp_tx *tx)
{
	bool is_bad = str_find(strbuf_str(&r->content), STR("reject")) != STR_NPOS;

	note(r, "end", "", tx);
	strbuf_clear(&r->content);
	assert_int_equal(smtp_server_answers_due(r->s), tx->is_lmtp ? tx->rcpts.n : 1);
	for (size_t i = 0, n = smtp_server_answers_due(r->s); i < n; i++) {
		if (is_bad)
			answer(r, 550, "5.7.0", "Rejected");
		else if (tx->is_lmtp && str_eq(smtp_tx_rcpt(tx, i)->addr.local, STR("no")))
			answer(r, 550, "5.2.0", "No");
		else
			answer(r, 250, "2.0.0", "Ok");
	}
}

static void handle(struct run *r, const struct smtp_event *ev)
{
	struct smtp_reply stop = smtp_reply_of(451, "4.3.1", "Stopped");

	switch (ev->type) {
	case SMTP_EV_MAIL: judge(r, ev->tx->mail.sender.local); break;
	case SMTP_EV_RCPT: judge(r, ev->rcpt->addr.local); break;
	case SMTP_EV_DATA:
		if (str_eq(ev->tx->mail.sender.local, STR("full")))
			answer(r, 452, "4.3.1", "Full");
		else
			smtp_server_accept(r->s);
		break;
	case SMTP_EV_BODY:
		strbuf_add(&r->content, ev->body);
		if (str_find(strbuf_str(&r->content), STR("STOP")) != STR_NPOS)
			smtp_server_refuse_body(r->s, &stop);
		break;
	case SMTP_EV_END: judge_end(r, ev->tx); break;
	case SMTP_EV_ABORT:
		note(r, "abort", smtp_abort_text(ev->why), ev->tx);
		strbuf_clear(&r->content);
		break;
	case SMTP_EV_CLOSE: note(r, "close", "", NULL); break;
	default: fail();
	}
}

static size_t next_split(struct run *r, unsigned mode, size_t left)
{
	size_t n;

	if (!mode)
		return left;
	if (mode == 1)
		return 1;
	r->random = r->random * 1664525u + 1013904223u;
	n = 1 + (r->random >> 16) % 9;
	return n < left ? n : left;
}

static void feed(struct run *r, struct str in, unsigned mode)
{
	unsigned stuck = 0;

	while (in.n) {
		size_t n = smtp_server_feed(r->s, str_sub(in, 0, next_split(r, mode, in.n)));
		struct smtp_event ev;

		in = str_from(in, n);
		stuck = n ? 0 : stuck + 1;
		assert_true(stuck < 3);
		while (smtp_server_next(r->s, &ev))
			handle(r, &ev);
		take(r);
	}
}

static const char *const preludes[] = {
	[P_NONE] = "",
	[P_HELO] = "HELO c\r\n",
	[P_LHLO] = "LHLO c\r\n",
	[P_MAIL] = "HELO c\r\nMAIL FROM:<s@x>\r\n",
	[P_RCPT] = "HELO c\r\nMAIL FROM:<s@x>\r\nRCPT TO:<r@x>\r\n",
	[P_DATA] = "HELO c\r\nMAIL FROM:<s@x>\r\nRCPT TO:<r@x>\r\nDATA\r\n",
};

_Static_assert(ELEMENTS(preludes) == P_COUNT, "a text for each");

static void run_one(const struct smtp_server_opts *opts, const struct dialogue *d, unsigned mode)
{
	struct run r = { .s = smtp_server_new(opts), .random = mode };

	strbuf_init(&r.transcript, 0);
	strbuf_init(&r.content, 0);
	feed(&r, str_of(preludes[d->prelude]), 0);
	take(&r);
	strbuf_clear(&r.transcript);
	feed(&r, str_make(d->in, d->in_n), mode);
	take(&r);
	if (!str_eq(strbuf_str(&r.transcript), str_of(d->want)))
		fail_msg("%s (split %u)\n--- got\n%s--- want\n%s---", d->name, mode,
			 r.transcript.p ? r.transcript.p : "", d->want);
	strbuf_done(&r.transcript);
	strbuf_done(&r.content);
	smtp_server_free(r.s);
}

void dialogues_run(const struct smtp_server_opts *opts, const struct dialogue *d, size_t n)
{
	for (size_t i = 0; i < n; i++)
		for (unsigned mode = 0; mode < (d[i].once ? 1 : 6); mode++)
			run_one(opts, &d[i], mode);
}
