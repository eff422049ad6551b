/* SPDX-License-Identifier: BSD-2-Clause */
/* HELO, EHLO, LHLO, RSET, NOOP, QUIT: the session's own commands. */
#include "core/must.h"
#include "smtp/server_private.h"

#include <inttypes.h>

#define HELO_MAX 512

/* The announced extensions, a line each. */
static void add_extensions(const struct smtp_server *s, struct strbuf *text)
{
	for (enum smtp_ext x = 0; x < SMTP_EXT_COUNT; x++) {
		if (!(s->opts->announce & 1u << x) ||
		    (x == SMTP_EXT_XFORWARD && !s->opts->xforward_allowed) ||
		    (x == SMTP_EXT_VRFY && !s->opts->vrfy))
			continue;
		strbuf_printf(text, "\n%s", smtp_ext_name(x));
		if (x == SMTP_EXT_SIZE && s->opts->max_size)
			strbuf_printf(text, " %" PRIu64, s->opts->max_size);
		if (x == SMTP_EXT_XFORWARD)
			strbuf_add_c(text, " NAME ADDR PORT PROTO HELO IDENT SOURCE");
	}
}

static void say_hello(struct smtp_server *s, bool extended)
{
	struct smtp_reply r = { .code = 250 };
	struct strbuf text;

	strbuf_init(&text, 0);
	strbuf_add(&text, s->opts->hostname);
	if (extended)
		add_extensions(s, &text);
	r.text = strbuf_str(&text);
	server_say_reply(s, &r);
	strbuf_done(&text);
}

/* A second hello is a RSET too (RFC 5321 section 4.1.4). A refused one changes nothing. */
static void hello(struct smtp_server *s, struct str args, const char *verb, enum smtp_proto proto)
{
	if (s->opts->protocol != SMTP_PROTO_ANY && s->opts->protocol != proto) {
		server_refuse(s, 500, "5.5.1", "%s",
			      proto == SMTP_PROTO_LMTP ? "This is SMTP, use EHLO or HELO"
						       : "This is LMTP, use LHLO");
		return;
	}
	if (!args.n || args.n > HELO_MAX) {
		server_refuse(s, 501, "5.5.4", "Syntax: %s hostname", verb);
		return;
	}
	server_abort(s, SMTP_ABORT_RSET);
	strbuf_clear(&s->helo);
	strbuf_add(&s->helo, args);
	s->proto = proto;
	s->is_esmtp = proto == SMTP_PROTO_LMTP || verb[0] == 'E';
	say_hello(s, s->is_esmtp);
}

void verb_helo(struct smtp_server *s, struct str args)
{
	hello(s, args, "HELO", SMTP_PROTO_SMTP);
}

void verb_ehlo(struct smtp_server *s, struct str args)
{
	hello(s, args, "EHLO", SMTP_PROTO_SMTP);
}

void verb_lhlo(struct smtp_server *s, struct str args)
{
	hello(s, args, "LHLO", SMTP_PROTO_LMTP);
}

void verb_rset(struct smtp_server *s, struct str args)
{
	(void)args;
	server_abort(s, SMTP_ABORT_RSET);
	server_say(s, 250, "2.0.0", "Ok");
}

void verb_noop(struct smtp_server *s, struct str args)
{
	(void)args;
	server_say(s, 250, "2.0.0", "Ok");
}

void verb_quit(struct smtp_server *s, struct str args)
{
	(void)args;
	server_say(s, 221, "2.0.0", "%.*s %.*s", STR_FMT(s->opts->hostname),
		   STR_FMT(s->opts->farewell));
	server_close(s, SMTP_ABORT_QUIT);
}
