/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Any bytes to the server, by an owner with any answers. The first byte sets options, the second
 * the seed of answers, splits and limits. What must hold: each line of output is a reply line of at
 * most 512 bytes, no more final replies than lines of input, events in a possible order, content
 * without CR, and counters that agree with it; and what was read of MAIL, RCPT and XFORWARD reads
 * alike again from the command that is written for it.
 */
#include "core/arena.h"
#include "core/must.h"
#include "core/strbuf.h"
#include "smtp/dsn_param.h"
#include "smtp/server.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct owner {
	struct smtp_server *s;
	uint32_t random;
	uint64_t content, lf;
	size_t finals, due_extra;
	bool in_content, is_closed;
};

static unsigned pick(struct owner *o, unsigned n)
{
	o->random = o->random * 1664525u + 1013904223u;
	return (o->random >> 8) % n;
}

static void answer(struct owner *o, const struct smtp_event *ev)
{
	static const struct {
		unsigned code;
		const char *enhanced, *text;
	} no[] = { { 451, "4.3.0", "later" },
		   { 550, "5.7.1", "no\nnot you" },
		   { 421, "4.3.2", "bye" } };
	unsigned which = pick(o, 12);
	struct smtp_reply r;

	if (which >= 3 || (ev->type == SMTP_EV_END && which == 2)) {
		o->due_extra += smtp_server_answers_due(o->s) - 1;
		smtp_server_accept(o->s);
		return;
	}
	r = smtp_reply_of(no[which].code, no[which].enhanced, no[which].text);
	o->due_extra += smtp_server_answers_due(o->s) - 1;
	smtp_server_reply_all(o->s, &r);
}

static void note_body(struct owner *o, const struct smtp_event *ev)
{
	must(ev->body.n && str_chr(ev->body, '\r') == STR_NPOS);
	o->content += ev->body.n;
	for (size_t i = 0; i < ev->body.n; i++)
		o->lf += ev->body.p[i] == '\n';
	must(o->content == ev->tx->content_bytes && o->content + o->lf == ev->tx->wire_bytes);
}

static void check_output(struct owner *o)
{
	struct str out = smtp_server_take(o->s), line;

	must(!out.n || str_ends(out, STR("\r\n")));
	while (str_cut(&out, '\n', &line) && !str_is_none(out)) {
		must(line.n >= 4 && line.n < SMTP_REPLY_LINE_MAX && line.p[line.n - 1] == '\r');
		must(line.p[0] >= '2' && line.p[0] <= '5' && ascii_is_digit(line.p[1]) &&
		     ascii_is_digit(line.p[2]));
		o->finals += line.p[3] == ' ';
	}
}

/* The arguments of a command that was written: what stands behind its verb. */
static struct str args_of(struct strbuf *command, const char *verb)
{
	struct str s = strbuf_str(command);

	must(str_starts(s, str_of(verb)) && str_ends(s, STR("\r\n")));
	return str_sub(s, strlen(verb), s.n - 2);
}

static void check_path(struct arena *a, const struct smtp_path *path)
{
	struct smtp_path again;

	must(smtp_path_parse_addr(path->addr, true, &again) == SMTP_PATH_OK);
	must(str_eq(again.local, path->local) && str_eq(again.domain, path->domain));
	must(smtp_path_unquote(a, path->local).n <= path->local.n);
}

static void check_mail(const struct smtp_tx *tx)
{
	_cleanup_(strbuf_done) struct strbuf out;
	struct smtp_reply why;
	struct smtp_mail again;
	struct str envid;

	strbuf_init(&out, 0);
	smtp_mail_encode(&out, &tx->mail, ~0u);
	must(smtp_mail_parse(tx->arena, args_of(&out, "MAIL "), &again, &why) == 0);
	must(str_eq(again.sender.addr, tx->mail.sender.addr) && again.size == tx->mail.size);
	must(again.body == tx->mail.body && again.ret == tx->mail.ret &&
	     again.smtputf8 == tx->mail.smtputf8);
	must(str_eq(again.envid, tx->mail.envid) && str_eq(again.auth, tx->mail.auth));
	must(str_is_none(again.envid) || smtp_dsn_decode_envid(tx->arena, again.envid, &envid));
	check_path(tx->arena, &again.sender);
}

static void check_rcpt(const struct smtp_tx *tx, const struct smtp_rcpt *r)
{
	_cleanup_(strbuf_done) struct strbuf out;
	struct smtp_reply why;
	struct smtp_rcpt again;
	struct str type, addr;

	strbuf_init(&out, 0);
	smtp_rcpt_encode(&out, r, ~0u);
	must(smtp_rcpt_parse(tx->arena, args_of(&out, "RCPT "), tx->mail.smtputf8, &again, &why) ==
	     0);
	must(str_eq(again.addr.addr, r->addr.addr) && again.notify == r->notify);
	must(str_eq(again.orcpt, r->orcpt));
	must(str_is_none(r->orcpt) || smtp_dsn_decode_orcpt(tx->arena, r->orcpt, &type, &addr));
	check_path(tx->arena, &again.addr);
}

/* None that fits into XFORWARD whatever it is encoded to. */
static bool has_only_long_values(const struct smtp_xforward *x)
{
	for (enum smtp_xf i = 0; i < SMTP_XF_COUNT; i++) {
		if (x->v[i].n && x->v[i].n <= SMTP_XF_VALUE_MAX / 3)
			return false;
	}
	return true;
}

static void check_xforward(const struct smtp_tx *tx)
{
	_cleanup_(strbuf_done) struct strbuf out;
	struct smtp_xforward again = { 0 };
	struct str rest, line;
	struct smtp_reply why;

	strbuf_init(&out, 0);
	if (smtp_xforward_encode(&out, &tx->xforward, ~0u))
		must(!smtp_xforward_is_empty(&tx->xforward));
	else
		must(has_only_long_values(&tx->xforward));
	rest = strbuf_str(&out);
	while (str_cut(&rest, '\n', &line) && line.n)
		must(smtp_xforward_parse(tx->arena, str_sub(line, 9, line.n - 1), &again, &why) ==
		     0);
	for (enum smtp_xf x = 0; x < SMTP_XF_COUNT; x++)
		/* What is too long as xtext is not written. */
		must(str_eq(again.v[x], tx->xforward.v[x]) ||
		     (str_is_none(again.v[x]) && tx->xforward.v[x].n > SMTP_XF_VALUE_MAX / 3));
}

static void check_event(struct owner *o, const struct smtp_event *ev)
{
	must(!o->is_closed);
	must(ev->type == SMTP_EV_CLOSE || ev->tx);
	must(smtp_server_state_text(o->s)[0] && smtp_server_state_name(o->s)[0]);
	must(!smtp_server_answers_due(o->s) || !smtp_server_timeout_ms(o->s));
	must(ev->type != SMTP_EV_ABORT || smtp_abort_text(ev->why)[0]);
	must(ev->type != SMTP_EV_MAIL || str_eq(ev->tx->helo, smtp_server_helo(o->s)));
	if (ev->type == SMTP_EV_MAIL) {
		check_mail(ev->tx);
		check_xforward(ev->tx);
	} else if (ev->type == SMTP_EV_RCPT) {
		check_rcpt(ev->tx, ev->rcpt);
	}
}

static void drain(struct owner *o)
{
	struct smtp_reply stop = smtp_reply_of(451, "4.3.1", "stop");
	struct smtp_event ev;

	while (smtp_server_next(o->s, &ev)) {
		check_event(o, &ev);
		switch (ev.type) {
		case SMTP_EV_BODY:
			note_body(o, &ev);
			if (!pick(o, 20))
				smtp_server_refuse_body(o->s, &stop);
			break;
		case SMTP_EV_CLOSE: o->is_closed = true; break;
		case SMTP_EV_MAIL: o->content = o->lf = 0; break;
		case SMTP_EV_END: must(ev.tx->rcpts.n && o->content == ev.tx->content_bytes); break;
		case SMTP_EV_ABORT: must(!smtp_server_tx(o->s)); break;
		default: break;
		}
		/* LMTP may refuse at the dot for each recipient at once. */
		if (ev.type == SMTP_EV_ABORT && ev.tx->is_lmtp && ev.tx->rcpts.n)
			o->due_extra += ev.tx->rcpts.n - 1;
		if (smtp_server_answers_due(o->s))
			answer(o, &ev);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct smtp_server_opts opts = smtp_server_defaults();
	struct str in = str_make((const char *)data, size);
	struct owner o = { .random = 1 };
	size_t lines = 0;

	if (size < 2)
		return 0;
	opts.protocol = data[0] % 3;
	opts.bare_lf = data[0] & 4 ? SMTP_BARE_REFUSE : SMTP_BARE_ACCEPT;
	opts.bare_cr = data[0] & 8 ? SMTP_BARE_REFUSE : SMTP_BARE_ACCEPT;
	opts.max_size = data[0] & 16 ? 200 : 0;
	opts.max_line = 512;
	opts.max_recipients = 4;
	opts.xforward_allowed = !(data[0] & 32);
	opts.vrfy = data[0] & 64;
	opts.timeout_ms = data[0] & 128 ? 1000 : 0;
	opts.max_commands = data[1] & 4 ? 9 : 0;
	opts.max_errors = data[1] & 8 ? 3 : 20;
	opts.max_queue = data[1] & 16 ? 64 : opts.max_queue;
	o.random = data[1];
	o.s = smtp_server_new(&opts);
	in = str_from(in, 2);
	for (size_t i = 0; i < in.n; i++)
		lines += in.p[i] == '\n';
	while (in.n) {
		size_t n =
		    smtp_server_feed(o.s, str_sub(in, 0, data[1] & 1 ? 1 + pick(&o, 40) : in.n));

		in = str_from(in, n);
		drain(&o);
		check_output(&o);
	}
	must(o.finals <= 1 + lines + o.due_extra);
	if (data[1] & 2)
		smtp_server_timed_out(o.s);
	else if (data[1] & 32)
		smtp_server_shutdown(o.s);
	else
		smtp_server_lost(o.s);
	drain(&o);
	check_output(&o);
	must(o.is_closed && !smtp_server_tx(o.s));
	smtp_server_free(o.s);
	return 0;
}
