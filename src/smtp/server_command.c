/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Command lines and the table of verbs. A line ends in CR LF. One that ends in a bare LF may be the
 * middle of somebody's message (SMTP smuggling): it is answered once and nothing behind it is read.
 */
#include "core/must.h"
#include "smtp/server_private.h"

static const struct server_verb verbs[] = {
	{ "HELO", 0, verb_helo },
	{ "EHLO", 0, verb_ehlo },
	{ "LHLO", 0, verb_lhlo },
	{ "MAIL", VERB_NEEDS_HELLO | VERB_NEEDS_NO_TX, verb_mail },
	{ "RCPT", VERB_NEEDS_TX, verb_rcpt },
	{ "DATA", VERB_NEEDS_TX | VERB_NO_ARGS, verb_data },
	{ "RSET", VERB_NO_ARGS, verb_rset },
	{ "NOOP", 0, verb_noop },
	{ "QUIT", VERB_NO_ARGS, verb_quit },
	{ "XFORWARD", VERB_NEEDS_HELLO | VERB_NEEDS_NO_TX, verb_xforward },
	{ "VRFY", 0, verb_vrfy },
	{ "HELP", 0, verb_help },
	{ "EXPN", 0, verb_not_implemented },
	{ "ETRN", 0, verb_not_implemented },
	{ "TURN", 0, verb_not_implemented },
	{ "AUTH", 0, verb_not_implemented },
	{ "STARTTLS", 0, verb_not_implemented },
	/* A chunk of message text follows it at once, whatever we answer. */
	{ "BDAT", VERB_CLOSES, verb_not_implemented },
	/* Not SMTP: another protocol's client, sent here by somebody who means harm. */
	{ "GET", VERB_CLOSES, verb_foreign },
	{ "POST", VERB_CLOSES, verb_foreign },
	{ "PUT", VERB_CLOSES, verb_foreign },
	{ "CONNECT", VERB_CLOSES, verb_foreign },
	{ "OPTIONS", VERB_CLOSES, verb_foreign },
};

const struct server_verb *server_find_verb(struct str name)
{
	for (size_t i = 0; i < ELEMENTS(verbs); i++)
		if (str_eq_nocase(name, str_of(verbs[i].name)))
			return &verbs[i];
	return NULL;
}

/* True: the command may act. */
static bool check(struct smtp_server *s, const struct server_verb *v, struct str args)
{
	static const char *const hellos[] = {
		[SMTP_PROTO_ANY] = "EHLO, HELO or LHLO",
		[SMTP_PROTO_SMTP] = "EHLO or HELO",
		[SMTP_PROTO_LMTP] = "LHLO",
	};

	_Static_assert(ELEMENTS(hellos) == SMTP_PROTO_COUNT, "one for each protocol");
	if (v->flags & VERB_NEEDS_HELLO && !s->helo.n) {
		server_refuse(s, 503, "5.5.1", "Need %s command first", hellos[s->opts->protocol]);
		return false;
	}
	if (v->flags & VERB_NEEDS_TX && !s->tx) {
		server_refuse(s, 503, "5.5.1", "Need MAIL command before %s", v->name);
		return false;
	}
	if (v->flags & VERB_NEEDS_NO_TX && s->tx) {
		server_refuse(s, 503, "5.5.1", "%s not allowed within a mail transaction", v->name);
		return false;
	}
	if (v->flags & VERB_NO_ARGS && args.n) {
		server_refuse(s, 501, "5.5.4", "Syntax: %s", v->name);
		return false;
	}
	return true;
}

static void dispatch(struct smtp_server *s, struct str line)
{
	struct str args = str_trim(line, " "), name;
	const struct server_verb *v;

	for (size_t i = 0; i < line.n; i++) {
		if ((unsigned char)line.p[i] < 0x20 || line.p[i] == 0x7f) {
			server_refuse(s, 500, "5.5.2", "Control character in command line");
			return;
		}
	}
	str_cut(&args, ' ', &name);
	args = str_is_none(args) ? STR("") : str_trim_left(args, " ");
	v = server_find_verb(name);
	if (!v) {
		server_refuse(s, 500, "5.5.2",
			      name.n ? "Command not recognized" : "Empty command line");
		return;
	}
	if (check(s, v, args))
		v->act(s, args);
	if (v->flags & VERB_CLOSES)
		server_close(s, SMTP_ABORT_ERROR);
}

static bool is_over_limits(struct smtp_server *s)
{
	const char *what = NULL;

	s->commands++;
	if (s->opts->max_errors && s->errors >= s->opts->max_errors)
		what = "errors";
	else if (s->opts->max_commands && s->commands > s->opts->max_commands)
		what = "commands";
	if (!what)
		return false;
	server_say(s, 421, "4.7.0", "Too many %s, closing channel", what);
	server_close(s, SMTP_ABORT_ERROR);
	return true;
}

/* The next line without its CR LF; *ret_bare: it ends in LF only. False: it is not whole yet. */
static bool take_line(struct smtp_server *s, struct str *ret, bool *ret_bare)
{
	struct str in = server_input(s);
	size_t lf = str_chr(in, '\n');

	if (lf == STR_NPOS) {
		if (in.n > s->opts->max_line + 1) {
			s->line_over = true;
			server_used_input(s, in.n - 1); /* the last may be the CR of its end */
		}
		return false;
	}
	*ret_bare = !lf || in.p[lf - 1] != '\r';
	*ret = str_sub(in, 0, *ret_bare ? lf : lf - 1);
	return true;
}

bool server_read_command(struct smtp_server *s)
{
	bool is_bare, is_over;
	struct str line;

	if (!take_line(s, &line, &is_bare))
		return false;
	server_used_input(s, line.n + (is_bare ? 1 : 2));
	is_over = s->line_over || line.n > s->opts->max_line;
	s->line_over = false;
	if (is_over_limits(s))
		return true;
	if (is_bare) {
		server_refuse(s, 500, "5.5.2", "Bare <LF> ends no command, closing channel");
		server_close(s, SMTP_ABORT_ERROR);
	} else if (is_over) {
		server_refuse(s, 500, "5.5.2", "Command line too long");
	} else {
		dispatch(s, line);
	}
	return true;
}
