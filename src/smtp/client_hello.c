/* SPDX-License-Identifier: BSD-2-Clause */
/* Greeting and EHLO, LHLO or HELO: what the server is and what it can do. */
#include "core/num.h"
#include "smtp/client_private.h"

static bool is_lmtp(const struct smtp_client *c)
{
	return c->opts->protocol == SMTP_PROTO_LMTP;
}

static void say_hello(struct smtp_client *c, const char *verb, enum smtp_client_state st)
{
	strbuf_printf(&c->out, "%s %.*s\r\n", verb, STR_FMT(c->opts->helo));
	client_enter(c, st);
}

void client_take_greeting(struct smtp_client *c, const struct smtp_reply *r)
{
	if (smtp_reply_class(r) == 2)
		say_hello(c, is_lmtp(c) ? "LHLO" : "EHLO", SMTP_CL_EHLO);
	else
		client_fail(c,
			    smtp_reply_class(r) > 3 ? SMTP_CL_LOSS_REFUSED : SMTP_CL_LOSS_PROTOCOL,
			    r, NULL);
}

static void take_xforward(struct smtp_client *c, struct str args)
{
	struct str word;
	enum smtp_xf x;

	while (str_cut(&args, ' ', &word))
		if (smtp_xf_find(word, &x))
			c->xforward_announced |= 1u << x;
}

static void take_extension(struct smtp_client *c, struct str line)
{
	struct str name, args = str_trim(line, " ");

	str_cut(&args, ' ', &name);
	for (enum smtp_ext x = 0; x < SMTP_EXT_COUNT; x++) {
		if (!str_eq_nocase(name, str_of(smtp_ext_name(x))))
			continue;
		c->exts |= 1u << x;
		/* A limit that cannot be read is none: the server will say so itself. */
		if (x == SMTP_EXT_SIZE && !num_parse_u64(args, 10, UINT64_MAX, &c->size_limit))
			c->size_limit = 0;
		if (x == SMTP_EXT_XFORWARD)
			take_xforward(c, args);
	}
}

static void hello_done(struct smtp_client *c)
{
	client_enter(c, SMTP_CL_IDLE);
	client_push(c, SMTP_CL_EV_UP);
}

void client_take_ehlo(struct smtp_client *c, const struct smtp_reply *r)
{
	struct str rest = r->text, line;

	if (smtp_reply_class(r) == 2) {
		str_cut(&rest, '\n', &line); /* its own name */
		while (str_cut(&rest, '\n', &line))
			take_extension(c, line);
		if (c->opts->no_pipelining)
			c->exts &= ~(1u << SMTP_EXT_PIPELINING);
		hello_done(c);
	} else if (is_lmtp(c) || r->code == 421) {
		client_fail(c, SMTP_CL_LOSS_REFUSED, r, NULL);
	} else {
		say_hello(c, "HELO", SMTP_CL_HELO);
	}
}

void client_take_helo(struct smtp_client *c, const struct smtp_reply *r)
{
	if (smtp_reply_class(r) == 2)
		hello_done(c);
	else
		client_fail(c, SMTP_CL_LOSS_REFUSED, r, NULL);
}
