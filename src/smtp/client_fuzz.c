/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Any replies to the client. The first byte sets options, the second the splits. What must hold:
 * every transaction ends with DONE or FAILED and a result for each recipient; no dot is sent
 * before commit() nor content before 354; nobody is SENT without a commit; what is sent are lines.
 */
#include "core/must.h"
#include "core/strbuf.h"
#include "smtp/client.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct owner {
	struct smtp_client *c;
	const struct smtp_client_mail *m;
	uint32_t random;
	unsigned began, pieces, commits, dots;
	bool in_tx, committed, is_over;
	struct strbuf out;
};

static unsigned pick(struct owner *o, unsigned n)
{
	o->random = o->random * 1664525u + 1013904223u;
	return (o->random >> 8) % n;
}

static void check_results(const struct owner *o)
{
	for (size_t i = 0; i < o->m->rcpt_count; i++) {
		const struct smtp_client_result *r = smtp_client_result(o->c, i);

		must(r->state >= SMTP_CL_RCPT_SENT && r->reply.code >= 200 && r->reply.code < 600);
		must(r->state != SMTP_CL_RCPT_SENT || (o->committed && r->reply.code / 100 == 2));
		must(r->state != SMTP_CL_RCPT_REFUSED || r->reply.code >= 400);
	}
}

static void begin(struct owner *o)
{
	if (o->began == 3) {
		smtp_client_quit(o->c);
		return;
	}
	o->began++;
	o->in_tx = true;
	o->committed = false;
	o->pieces = 0;
	smtp_client_begin(o->c, o->m);
}

static void ready(struct owner *o)
{
	if (pick(o, 8)) {
		o->committed = true;
		o->commits++;
		smtp_client_commit(o->c);
	} else {
		smtp_client_abort(o->c);
	}
}

static void handle(struct owner *o, enum smtp_client_event ev)
{
	must(!o->is_over);
	switch (ev) {
	case SMTP_CL_EV_UP: begin(o); break;
	case SMTP_CL_EV_WANT_DATA:
		if (o->pieces++ < 3)
			must(smtp_client_data(o->c, STR(".\n..\nx.")));
		else
			smtp_client_data_end(o->c);
		break;
	case SMTP_CL_EV_READY: ready(o); break;
	case SMTP_CL_EV_DONE:
		must(o->in_tx);
		check_results(o);
		o->in_tx = false;
		if (smtp_client_is_idle(o->c))
			begin(o);
		break;
	default:
		if (o->in_tx)
			check_results(o);
		o->in_tx = false;
		o->is_over = true;
		break;
	}
}

/* Whole lines go out, and no more lone dots than were committed. */
static void check_output(struct owner *o)
{
	struct str rest, line;
	size_t used = 0;

	strbuf_add(&o->out, smtp_client_take(o->c));
	rest = strbuf_str(&o->out);
	while (str_cut(&rest, '\n', &line) && !str_is_none(rest)) {
		must(line.n && str_chr(line, '\r') == line.n - 1);
		o->dots += str_eq(line, STR(".\r"));
		used += line.n + 1;
	}
	must(o->dots <= o->commits);
	strbuf_consume(&o->out, used);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct smtp_client_opts opts = { .helo = STR("me") };
	struct smtp_rcpt r = { .addr = { STR("r@x"), STR("r"), STR("x") },
			       .orcpt = STR("rfc822;r@x") };
	const struct smtp_rcpt *const rcpts[] = { &r, &r, &r };
	struct smtp_client_mail m = { .rcpts = rcpts, .rcpt_count = 3 };
	struct str in = str_make((const char *)data, size);
	struct owner o = { .m = &m };

	if (size < 2)
		return 0;
	m.mail.sender = (struct smtp_path){ STR(""), STR(""), STR_NONE };
	m.mail.smtputf8 = data[0] & 1;
	m.mail.size = data[0] & 2 ? 1000 : 0;
	m.xforward.v[SMTP_XF_HELO] = STR("h");
	opts.protocol = data[0] & 4 ? SMTP_PROTO_LMTP : SMTP_PROTO_SMTP;
	opts.no_pipelining = data[0] & 8;
	o.random = data[1];
	o.c = smtp_client_new(&opts);
	strbuf_init(&o.out, 0);
	in = str_from(in, 2);
	while (in.n || !o.is_over) {
		size_t n = data[1] & 1 ? 1 + pick(&o, 40) : in.n;
		enum smtp_client_event ev;
		bool was_end = !in.n;

		smtp_client_feed(o.c, str_sub(in, 0, n));
		in = str_from(in, n);
		if (was_end)
			smtp_client_lost(o.c);
		do {
			while ((ev = smtp_client_next(o.c)))
				handle(&o, ev);
			check_output(&o);
			ev = smtp_client_next(o.c);
			if (ev)
				handle(&o, ev);
		} while (ev);
	}
	must(!o.in_tx && smtp_client_state(o.c) == SMTP_CL_CLOSED);
	strbuf_done(&o.out);
	smtp_client_free(o.c);
	return 0;
}
