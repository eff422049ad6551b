/* SPDX-License-Identifier: BSD-2-Clause */
/* VRFY, HELP, XFORWARD, and the commands that only get a refusal. */
#include "core/arena.h"
#include "smtp/server_private.h"

void verb_vrfy(struct smtp_server *s, struct str args)
{
	if (!s->opts->vrfy)
		server_refuse(s, 502, "5.5.1", "VRFY disabled");
	else if (!args.n)
		server_refuse(s, 501, "5.5.4", "Syntax: VRFY address");
	else
		server_say(s, 252, "2.5.2", "Cannot verify the address, but will take mail for it");
}

void verb_help(struct smtp_server *s, struct str args)
{
	(void)args;
	server_say(s, 214, "2.0.0", "%.*s: see RFC 5321, and RFC 2033 for LMTP",
		   STR_FMT(s->opts->product));
}

void verb_not_implemented(struct smtp_server *s, struct str args)
{
	(void)args;
	server_refuse(s, 502, "5.5.1", "Command not implemented");
}

void verb_foreign(struct smtp_server *s, struct str args)
{
	(void)args;
	server_refuse(s, 500, "5.5.2", "This is a mail service, closing channel");
}

/*
 * The first one of a transaction makes all that it does not name unavailable; later ones add to
 * it.
 */
void verb_xforward(struct smtp_server *s, struct str args)
{
	struct smtp_reply why;

	if (!s->opts->xforward_allowed) {
		server_refuse(s, 550, "5.7.0", "XFORWARD not allowed from this client");
		return;
	}
	if (!s->xforward_arena)
		s->xforward_arena = arena_new();
	if (arena_bytes(s->xforward_arena) > 64 * 1024)
		server_refuse(s, 501, "5.5.4", "Too many XFORWARD commands");
	else if (smtp_xforward_parse(s->xforward_arena, args, &s->xforward, &why) < 0)
		server_refuse_reply(s, &why);
	else
		server_say(s, 250, "2.0.0", "Ok");
}
