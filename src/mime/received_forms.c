/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The forms of Received lines, in the order they are tried: the first that matches decides. Rows that
 * need more than a template name a function. What server writes what is in the comments; where two write
 * alike, the order settles it, so no row may move.
 */
#include "mime/received_forms.h"

#include "core/xalloc.h"
#include "mime/received_pattern.h"

enum form_flag {
	LOOKED_UP = 1u << 0,
	IGNORE = 1u << 1,
	POP = 1u << 2,
	DROP_ID = 1u << 3,
	BY_NOTHING = 1u << 4
};

struct form {
	const char *pattern;
	unsigned flags;
	const char *only_with; /* text that must be in the line, NULL: none */
	/*
	 * Does the rest, with the template's captures taken over. False: this form is not it after
	 * all.
	 */
	bool (*finish)(const struct received_line *line, struct received_captures *c,
		       struct received_found *f);
	unsigned marks; /* words of which one is in the template; 0: none has a mark */
};

static void take(struct str *to, struct str from)
{
	if (!str_is_none(from))
		*to = from;
}

static void take_captures(struct received_found *f, const struct received_captures *c)
{
	take(&f->helo, c->helo);
	take(&f->rdns, c->rdns);
	take(&f->by, c->by);
	take(&f->ip, c->ip);
	take(&f->ident, c->ident);
	take(&f->id, c->id);
}

/* The non-blanks behind the first `key`, min of them at least; none if there are not. */
static struct str word_after(struct str s, const char *key, size_t min)
{
	struct str k = str_of(key);
	size_t from = 0;

	for (;;) {
		size_t at = str_find(str_from(s, from), k), n = 0;
		if (at == STR_NPOS)
			return STR_NONE;
		from += at + k.n;
		while (from + n < s.n && !ascii_is_space(s.p[from + n]))
			n++;
		if (n >= min)
			return str_sub(s, from, from + n);
	}
}

/* "helo=..." and "ident=..." in a comment; the second is not looked for inside the first. */
static bool finish_sub(const struct received_line *line, struct received_captures *c,
		       struct received_found *f)
{
	struct str sub = c->sub, helo = word_after(sub, "helo=", 1), ident;

	(void)line;
	take(&f->helo, helo);
	if (str_is_none(helo)) {
		ident = word_after(sub, "ident=", 0);
	} else {
		size_t at = (size_t)(helo.p - sub.p);
		ident = word_after(str_sub(sub, 0, at - 5), "ident=", 0);
		if (str_is_none(ident))
			ident = word_after(str_from(sub, at + helo.n), "ident=", 0);
	}
	take(&f->ident, ident);
	return true;
}

/* sendmail: "IDENT:user@name" or "user@name" in the place of the name. */
static bool finish_sendmail(const struct received_line *line, struct received_captures *c,
			    struct received_found *f)
{
	size_t at = str_chr(f->rdns, '@');

	(void)c;
	if (received_may_have(line, RECEIVED_QMAIL_DASH) &&
	    received_match(line, " by " T_W " (qmail-" T_W ") with ", NULL))
		return false;
	if (at != STR_NPOS && str_starts(f->rdns, STR("IDENT:"))) {
		f->ident = str_sub(f->rdns, 6, at);
		f->rdns = str_from(f->rdns, at + 1);
		at = str_chr(f->rdns, '@');
	}
	if (at != STR_NPOS) {
		f->ident = str_sub(f->rdns, 0, at);
		f->rdns = str_from(f->rdns, at + 1);
	}
	return true;
}

static bool finish_http(const struct received_line *line, struct received_captures *c,
			struct received_found *f)
{
	(void)c;
	(void)f;
	return received_match(line, T_EDGE "with HTTP" T_EDGE, NULL);
}

static bool finish_inner_dot(const struct received_line *line, struct received_captures *c,
			     struct received_found *f)
{
	(void)line;
	(void)f;
	return c->rdns.n > 2 && str_chr(str_sub(c->rdns, 1, c->rdns.n - 1), '.') != STR_NPOS;
}

/* Courier names a failed lookup so. */
static bool finish_courier(const struct received_line *line, struct received_captures *c,
			   struct received_found *f)
{
	(void)line;
	if (str_eq(c->rdns, STR("softdnserr")))
		f->rdns = STR("");
	else
		f->looked_up = true;
	return true;
}

static bool finish_xmail(const struct received_line *line, struct received_captures *c,
			 struct received_found *f)
{
	struct received_captures x = { 0 };

	(void)c;
	if (received_match(line, " id <" T_HELO ">", &x))
		f->id = x.helo;
	if (received_match(line, " from <" T_RDNS ">", &x))
		f->envfrom = x.rdns;
	return true;
}

static bool finish_obtuse(const struct received_line *line, struct received_captures *c,
			  struct received_found *f)
{
	(void)line;
	f->helo = str_is_none(c->helo) ? STR("") : c->helo;
	f->looked_up = !str_eq(c->rdns, STR("UNKNOWN"));
	return true;
}

static bool finish_yahoo(const struct received_line *line, struct received_captures *c,
			 struct received_found *f)
{
	(void)line;
	(void)f;
	return str_ends(c->by, STR(".yahoo.com")) && c->by.n > 10;
}

static bool finish_qmail_scanner(const struct received_line *line, struct received_captures *c,
				 struct received_found *f)
{
	(void)line;
	(void)c;
	f->qmail_envfrom = f->envfrom;
	return true;
}

#define OPT_BRACKETS_IP T_OPT "[" T_OPT_END T_IP T_OPT "]" T_OPT_END
#define OPT_SENDER T_OPT " (envelope-sender <" T_W ">)" T_OPT_END

/*
 * qmail and what calls it. Its own word for the protocol is SMTP or QMQP, and no " id " follows; then
 * four shapes, from the fullest on.
 */
static bool finish_qmail(const struct received_line *line, struct received_captures *c,
			 struct received_found *f)
{
	static const char *const shapes[] = {
		"^" T_RDNS " (" T_EHLO " " T_HELO_NO_PARENS0 ") (" T_IDENT0 "@" OPT_BRACKETS_IP
		")" OPT_SENDER " by " T_BY,
		"^" T_RDNS " (" T_EHLO " " T_HELO_NO_PARENS0 ") (" OPT_BRACKETS_IP ")" OPT_SENDER
		" by " T_BY,
		"^" T_HOST " (" T_IDENT0 "@" OPT_BRACKETS_IP ")" OPT_SENDER " by " T_BY,
		"^" T_HOST " (" OPT_BRACKETS_IP ")" OPT_SENDER " by " T_BY,
	};

	for (size_t i = 0; i < ELEMENTS(shapes); i++)
		if (received_match(line, shapes[i], c))
			break;
	take_captures(f, c);
	if (str_eq(f->rdns, STR("unknown")))
		f->rdns = STR("");
	else
		f->looked_up = true;
	return true;
}

static bool has_text(const struct form *form, const struct received_line *line)
{
	return !form->only_with || str_find(line->s, str_of(form->only_with)) != STR_NPOS;
}

/* A template that is tied to the line's beginning mostly ends there; another is looked for all over the line. */
static bool match_form(const struct form *form, const struct received_line *line,
		       struct received_captures *c)
{
	if (form->marks && !received_may_have(line, form->marks))
		return false;
	if (*form->pattern == '^')
		return received_match_anew(line, form->pattern, c) && has_text(form, line);
	return has_text(form, line) && received_match_anew(line, form->pattern, c);
}

static enum received_verdict take_form(const struct form *form, const struct received_line *line,
				       struct received_captures *c, struct received_found *f)
{
	struct received_found before;

	if (form->flags & POP)
		return RECEIVED_POP;
	if (form->finish)
		before = *f;
	take_captures(f, c);
	if (form->flags & LOOKED_UP)
		f->looked_up = true;
	if (form->flags & DROP_ID)
		f->id = STR("");
	if (form->flags & BY_NOTHING)
		f->by = STR("");
	if (form->finish && !form->finish(line, c, f)) {
		*f = before;
		return RECEIVED_NO_FORM;
	}
	return form->flags & IGNORE ? RECEIVED_IGNORE : RECEIVED_ACCEPT;
}

static enum received_verdict try_form(const struct form *form, const struct received_line *line,
				      struct received_found *f)
{
	struct received_captures c;

	return match_form(form, line, &c) ? take_form(form, line, &c, f) : RECEIVED_NO_FORM;
}

static enum received_verdict try_forms(const struct form *forms, const struct received_line *line,
				       struct received_found *f)
{
	for (; forms->pattern; forms++) {
		enum received_verdict v = try_form(forms, line, f);
		if (v != RECEIVED_NO_FORM)
			return v;
	}
	return RECEIVED_NO_FORM;
}

/* Web mail, before the servers: where the line has RECEIVED_HTTP. */
static const struct form web_forms[] = {
	{ T_IP T_EDGE T_NOT_DASH T_ANY10_80 "by " T_BY " with HTTP", 0,
	  " (SquirrelMail authenticated user ", NULL, 0 },
	{ T_IP T_EDGE T_NOT_DASH T_ANY10_80 "by " T_BY " with HTTP", 0,
	  " (NaSMail authenticated user ", NULL, 0 },
	{ T_IP " by " T_BY " (" T_SOME_IP ") with HTTP (WebMailUI)", 0, "aol.com", NULL, 0 },
	{ 0 }
};

static const struct form smtpsvc_forms[] = {
	{ "^" T_HELO0 " ([" T_IP "]" T_NO_PAREN40 ") by " T_BY " with Microsoft SMTPSVC", 0, NULL,
	  NULL, 0 },
	{ "^mail pickup service by " T_W " with Microsoft SMTPSVC" T_END, IGNORE, NULL, NULL, 0 },
	{ 0 }
};

static const struct form exchange_forms[] = { { "^" T_HELO " (" T_OPT "[" T_OPT_END T_IP T_OPT
						"%" T_ZONE T_OPT_END T_OPT "]" T_OPT_END
						") by " T_BY " ",
						DROP_ID, NULL, NULL, 0 },
					      { 0 } };

static const struct form xmail_forms[] = { { "^" T_HELO " (" OPT_BRACKETS_IP ":" T_NUM
					     ") by " T_BY T_OPT " (" T_W ")" T_OPT_END
					     " with [XMail",
					     0, NULL, finish_xmail, 0 },
					   { 0 } };

static const struct form ecelerity_forms[] = {
	{ "^([" T_IP ":" T_NUM "] helo=" T_HELO ") by " T_BY " ", 0, NULL, NULL, 0 },
	{ "^" T_W " ([" T_IP ":" T_NUM "]) by " T_BY " ", 0, NULL, NULL, 0 },
	{ 0 }
};

static const struct form exim_forms[] = {
	{ T_EDGE "with local" T_OPT "-" T_W T_OPT_END " ", IGNORE, NULL, NULL, 0 },
	{ "^[" T_IP "] (" T_SUB_MIN ") by " T_BY " ", 0, NULL, finish_sub, 0 },
	{ "^" T_HOST " ([" T_IP "]" T_SUB_MIN ") by " T_BY " ", 0, NULL, finish_sub, 0 },
	{ "^" T_HOST " [" T_IP "]" T_OPT ":" T_NUM T_OPT_END " by " T_BY " ", 0, NULL, NULL, 0 },
	{ 0 }
};

static const struct form postfix_forms[] = {
	{ "^" T_HELO " (" T_RDNS " [" T_IP "]) by " T_BY " ", LOOKED_UP, NULL, NULL, 0 },
	{ "^" T_HELO " (" T_RDNS "[" T_IP "]) by " T_BY " ", LOOKED_UP, NULL, NULL, 0 },
	{ 0 }
};

static const struct form scalix_forms[] = {
	{ "^" T_HELO " (" T_OPT " " T_OPT_END T_IP ") by " T_BY, 0, NULL, NULL, 0 }, { 0 }
};

static const struct form domino_forms[] = {
	{ "^" T_HELO " ([" T_IP "]) by " T_BY " (Lotus", 0, NULL, NULL, 0 }, { 0 }
};

/* Of these only the first whose trigger is in the line is tried. */
static const struct {
	enum received_mark mark; /* of a word in the trigger */
	const char *trigger;
	const struct form *forms;
} servers[] = {
	{ RECEIVED_SMTPSVC, " SMTPSVC", smtpsvc_forms },
	{ RECEIVED_MICROSOFT,
	  " with Microsoft SMTP Server " T_OPT "(" T_NO_PAREN ") " T_OPT_END T_NUM "." T_NUM
	  "." T_NUM "." T_NUM T_END_OR_SP,
	  exchange_forms },
	{ RECEIVED_MAPI,
	  " with mapi id " T_OPT "(" T_NO_PAREN ") " T_OPT_END T_NUM "." T_NUM "." T_NUM
	  "." T_NUM T_END_OR_SP,
	  exchange_forms },
	{ RECEIVED_XMAIL, "[XMail ", xmail_forms },
	{ RECEIVED_ECELERITY, "(ecelerity" T_EDGE, ecelerity_forms },
	{ RECEIVED_EXIM, "Exim", exim_forms },
	{ RECEIVED_POSTFIX, " (Postfix) with", postfix_forms },
	{ RECEIVED_SCALIX, "(Scalix SMTP Relay", scalix_forms },
	{ RECEIVED_DOMINO, " (Lotus Domino ", domino_forms },
};

/* Everything else. */
static const struct form other_forms[] = {
	{ "^" T_IP " ([" T_SOME_IP "]) by " T_BY, 0, "with HTTP", finish_http, RECEIVED_HTTP },
	{ "^" T_HELO " (" T_RDNS " [" T_IP "]" T_ANY ") by " T_BY " (", LOOKED_UP, NULL,
	  finish_sendmail, 0 },
	{ "^" T_HELO " (" T_RDNS " [" T_IP "]) by " T_BY " with " T_W " (", LOOKED_UP, NULL, NULL,
	  0 },
	{ "^" T_RDNS " ([" T_IP "] helo=" T_HELO ") by " T_BY " with ", 0, NULL, NULL,
	  RECEIVED_HELO_IS },
	{ "^" T_HELO " (<unknown" T_W0 ">[" T_IP "]) by " T_BY " ", 0, NULL, NULL, 0 },
	{ "^" T_HELO " (" T_RDNS "[" T_IP "]) by " T_BY " ", LOOKED_UP, NULL, finish_inner_dot, 0 },
	{ "^" T_HELO " (" T_IDENT0 "@[" T_IP "]" T_ANY ") by " T_BY " (", LOOKED_UP, NULL, NULL,
	  0 },
	{ NULL, 0, NULL, NULL, 0 } /* hotmail stands here */
};

static const struct form more_forms[] = {
	{ "^" T_RDNS " (" T_EHLO " " T_HELO0 ") (" T_IP ") by " T_BY " (qpsmtpd/" T_W
	  ") with " T_ESMTP,
	  0, NULL, NULL, RECEIVED_HELO },
	{ "^" T_RDNS " (LHLO " T_HELO0 ") (" T_IP ") by " T_BY " with LMTP", 0, NULL, NULL,
	  RECEIVED_HELO },
	{ "^" T_RDNS " (" T_EHLO " " T_HELO0 ") [" T_IP "] by " T_BY " (" T_NO_PAREN
	  ") with " T_ESMTP,
	  0, NULL, NULL, RECEIVED_HELO },
	{ "^" T_HELO " ([" T_IP "]) by " T_BY " via smtpd (for " T_W ") with SMTP(", 0, NULL, NULL,
	  RECEIVED_SMTPD },
	{ "^" T_W T_OPT " (" T_EHLO " " T_W0 ")" T_OPT_END " (" T_OPT T_W "@" T_OPT_END T_OPT
	  "[" T_OPT_END T_SOME_IP T_OPT "]" T_OPT_END ")" OPT_SENDER " by " T_W T_OPT " (" T_ANY1
	  ")" T_OPT_END " with " T_OPT T_ANY " " T_OPT_END T_QPROTO T_NOT_ID,
	  0, NULL, finish_qmail, RECEIVED_QMAIL },
	{ "^[" T_IP "] by " T_BY " via HTTP" T_END, 0, NULL, NULL, RECEIVED_HTTP },
	{ "^" T_W " ( [" T_IP "])" T_ANY_MIN " by " T_BY " ", 0, NULL, NULL, 0 },
	{ "^(" T_HELO " [" T_IP "]) by " T_BY " ", 0, NULL, NULL, 0 },
	{ "^[" T_IP "] by " T_BY " ", 0, NULL, NULL, 0 },
	{ "^(" OPT_BRACKETS_IP ") by " T_BY " ", 0, NULL, NULL, 0 },
	{ "^" T_HELO " [" T_IP "] by " T_BY " [" T_SOME_IP "] with ", LOOKED_UP, NULL, NULL, 0 },
	{ "^" T_HELO " [(" T_IP ")] by " T_BY " (" T_SOME_IP ") ", 0, NULL, NULL, 0 },
	{ "^" T_HELO " ([" T_IP "]) by " T_BY " (", LOOKED_UP, NULL, NULL, 0 },
	{ "^" T_HELO " (" T_RDNS " [" T_IP "])" T_ANY_MIN " by " T_BY T_EDGE, 0, NULL,
	  finish_courier, 0 },
	{ "^" T_HELO " ([" T_IP T_OPT T_DOT_COLON T_NUM T_OPT_END "])" T_ANY_MIN " by " T_BY " ",
	  LOOKED_UP, NULL, NULL, 0 },
	{ "with POP3", POP, NULL, NULL, RECEIVED_POP3 },
	{ "with IMAP", POP, NULL, NULL, RECEIVED_IMAP },
	{ "^" T_RDNS " (" T_EHLO " " T_HELO_NO_PAREN0 ") (" T_OPT T_IDENT0
	  "@" T_OPT_END OPT_BRACKETS_IP ")" T_ANY " by " T_BY " ",
	  LOOKED_UP, NULL, NULL, RECEIVED_HELO },
	{ "^" T_HOST " (" T_OPT T_IDENT0 "@" T_OPT_END OPT_BRACKETS_IP ")" T_ANY " by " T_BY " ",
	  LOOKED_UP, NULL, NULL, 0 },
	{ "^" T_RDNS "(" T_IP ") by " T_BY " via smap ", LOOKED_UP, NULL, NULL, 0 },
	{ "^" T_RDNS "(" T_IP ", " T_EHLO " " T_HELO0 ") by " T_BY " via smap ", LOOKED_UP, NULL,
	  NULL, RECEIVED_HELO },
	{ "^" T_IP " by " T_BY " (SMTPL" T_EDGE, 0, NULL, NULL, 0 },
	{ "^" T_IP " by " T_BY " (InterScan" T_EDGE, 0, NULL, NULL, 0 },
	{ "^" T_W " by " T_W " with BSMTP", IGNORE, NULL, NULL, 0 },
	{ "^" T_HELO " (" T_RDNS " [" T_IP "]) by " T_BY " with ", LOOKED_UP, NULL, NULL, 0 },
	{ "^" T_RDNS " (" T_EHLO " " T_HELO0 ") (" T_OPT T_IDENT "@" T_OPT_END T_IP T_ANY_MIN
	  ") by " T_BY " with ",
	  LOOKED_UP, NULL, NULL, RECEIVED_HELO },
	{ "^[" T_IP "] (" T_OPT "account " T_W " " T_OPT_END T_EHLO " " T_HELO0 ") by " T_BY " (",
	  0, NULL, NULL, RECEIVED_HELO },
	{ "^" T_HOST " ([" T_IP "] verified) by " T_BY " (", LOOKED_UP, " (CommuniGate Pro", NULL,
	  0 },
	{ "^" T_W " (" T_W ") by " T_W " (Content Technologies ", IGNORE, NULL, NULL, 0 },
	{ "^" T_HELO " ([" T_IP "] [" T_W "]) by " T_BY " with ", 0, NULL, NULL, 0 },
	{ "^" T_IP " by " T_BY " with ", 0, NULL, NULL, 0 },
	{ "^" T_HELO " (" T_RDNS "[" T_IP "]) by " T_BY " ", LOOKED_UP, NULL, NULL, 0 },
	{ "^[" T_IP "]" T_W " (" T_EHLO " " T_HELO0 ") by " T_BY " ", 0, NULL, NULL,
	  RECEIVED_HELO },
	{ "^" T_IP " (" T_EHLO " " T_HELO0 ") by " T_BY " ", 0, NULL, NULL, RECEIVED_HELO },
	{ "^" T_HELO " [" T_IP "] by " T_BY " ", 0, NULL, NULL, 0 },
	{ "^" T_RDNS "(" T_IP ") by " T_BY " ", 0, NULL, NULL, 0 },
	{ "^" T_IP " (" T_ALPHA T_NO_PAREN ") by " T_BY " with ", 0, NULL, NULL, 0 },
	{ "^[" T_IP "] (" T_SUB_NO_PAREN ") by " T_BY " ", 0, NULL, finish_sub, 0 },
	{ "^" T_RDNS "(" T_IP ")" T_OPT ", claiming to be \"" T_HELO "\"" T_OPT_END " via " T_W
	  " by " T_BY ",",
	  0, NULL, finish_obtuse, 0 },
	{ "^" T_HELO " (" T_W "@" T_IP " with login) by " T_BY " with SMTP", 0, NULL, finish_yahoo,
	  0 },
	{ "^X-Originating-IP: " T_IP T_END, BY_NOTHING, NULL, NULL, 0 },
	{ 0 }
};

/* Hand-overs inside one host, and those without an address. */
static const struct form ignored_forms[] = {
	{ "^" T_W " (" T_NO_AT "@" T_LOCALHOST ") by " T_W " (", IGNORE, NULL, NULL, 0 },
	{ "^" T_W " " T_W " by " T_W " with local-" T_OPT "e" T_OPT_END "smtp ", IGNORE, NULL, NULL,
	  0 },
	{ "^127.0.0.1 (AVG SMTP " T_W " [" T_W "])", IGNORE, NULL, NULL, 0 },
	{ "^" T_W "@" T_W " by " T_W " by uid " T_W " ", IGNORE, NULL, NULL, 0 },
	{ "^" T_W "@" T_W " by " T_W " ", IGNORE, NULL, NULL, 0 },
	{ "^Unknown/Local (", IGNORE, NULL, NULL, 0 },
	{ "^" T_LOCALHOST " (" T_OPT T_W "@" T_OPT_END T_LOCALHOST ")", IGNORE, NULL, NULL, 0 },
	{ "^" T_LOCALHOST " (" T_OPT T_W "@" T_OPT_END T_LOCALHOST "[", IGNORE, NULL, NULL, 0 },
	{ "^" T_W " (" T_OPT T_W "@" T_OPT_END T_LOCALHOST ") ", IGNORE, NULL, NULL, 0 },
	{ "^" T_W " (" T_W "@" T_W " [" T_LOCALHOST "]) ", IGNORE, NULL, NULL, 0 },
	{ "^(AUTH: " T_W ") by " T_W " with ", IGNORE, NULL, NULL, 0 },
	{ "^localhost (localhost [[UNIX: localhost]]) by ", IGNORE, NULL, NULL, 0 },
	{ "^" T_W ".amazon.com by " T_W ".amazon.com with ESMTP (peer crosscheck: ", IGNORE, NULL,
	  NULL, 0 },
	{ "^" T_NO_DOT " by " T_W " with Novell_GroupWise", IGNORE, NULL, NULL, 0 },
	{ "^no.name.available by " T_W " via smtpd (for ", IGNORE, NULL, NULL, 0 },
	{ "^" T_W " by " T_W " (" T_ANY100 ") with qmail-scanner", IGNORE, NULL,
	  finish_qmail_scanner, 0 },
	{ "^" T_W " by " T_W " with local", IGNORE, NULL, NULL, 0 },
	{ "^" T_W " ([unix socket]) by " T_W " (Cyrus v" T_NUM0 "." T_NUM0 "." T_NUM0
	  ") with LMTPA",
	  IGNORE, NULL, NULL, 0 },
	{ "^" T_W " by " T_W " " T_VIA, IGNORE, NULL, NULL, 0 },
	{ "^" T_W " by " T_W " (", IGNORE, NULL, NULL, 0 },
	{ "^" T_W " " T_VIA " " T_W " by" T_EDGE, IGNORE, NULL, NULL, 0 },
	{ "^" T_W " (unverified) by" T_EDGE, IGNORE, NULL, NULL, 0 },
	{ "^" T_W " (unknown) by " T_W " (SG) with " T_EDGE, IGNORE, NULL, NULL, 0 },
	{ "^" T_W " (" T_W " [local]) by " T_W " (OpenSMTPD) with " T_EDGE, IGNORE, NULL, NULL, 0 },
	{ "(LSMTP for", IGNORE, NULL, NULL, 0 },
	{ "^([" T_LOCALHOST "]) with MailEnable ", IGNORE, NULL, NULL, 0 },
	{ "^facebook.com (" T_NO_PAREN ") by facebook.com with Thrift id " T_W T_END, IGNORE, NULL,
	  NULL, 0 },
	{ "^" T_W " named " T_W " by gmailapi.google.com with HTTPREST" T_END, IGNORE, NULL, NULL,
	  0 },
	{ "^" T_W " id " T_W T_END, IGNORE, NULL, NULL, 0 },
	{ "^[<" T_ANY_MIN " (Jetsend", IGNORE, NULL, NULL, 0 },
	{ 0 }
};

/* Exim's odd shapes: bits are taken wherever they stand, and stay even if they are not enough. */
static enum received_verdict try_loose_exim(const struct received_line *line,
					    struct received_found *f)
{
	struct received_captures c = { 0 };

	received_match(line, "^" T_RDNS " ", &c);
	received_match(line, " (" T_HELO ") ", &c);
	received_match(line, " [" T_IP T_OPT "." T_NUM T_OPT_END "] ", &c);
	received_match(line, "by " T_BY " ", &c);
	take_captures(f, &c);
	return !str_is_none(c.by) && f->ip.n ? RECEIVED_ACCEPT : RECEIVED_NO_FORM;
}

static enum received_verdict try_servers(const struct received_line *line, struct received_found *f)
{
	for (size_t i = 0; i < ELEMENTS(servers); i++) {
		enum received_verdict v;
		if (!received_may_have(line, servers[i].mark) ||
		    !received_match(line, servers[i].trigger, NULL))
			continue;
		v = try_forms(servers[i].forms, line, f);
		if (v == RECEIVED_NO_FORM && servers[i].forms == exim_forms)
			v = try_loose_exim(line, f);
		return v;
	}
	return RECEIVED_NO_FORM;
}

/* "by NAME.hotmail.msn.com " anywhere is enough; the address only if the line begins with it. */
static enum received_verdict try_hotmail(const struct received_line *l, struct received_found *f)
{
	struct received_captures c = { 0 };
	struct str end = STR(".hotmail.msn.com "), line = l->s;

	if (!received_has(l, RECEIVED_HOTMAIL, end))
		return RECEIVED_NO_FORM;
	for (size_t from = 0; from < line.n; from++) {
		size_t next = str_find(str_from(line, from), STR("by ")), n;
		if (next == STR_NPOS)
			break;
		from += next;
		n = str_chr(str_from(line, from + 3), ' ');
		if (n == STR_NPOS || n < end.n || !str_ends(str_sub(line, from, from + 4 + n), end))
			continue;
		f->by = str_sub(line, from + 3, from + 3 + n);
		if (received_match(l, "^" T_IP " ", &c))
			f->ip = c.ip;
		return RECEIVED_ACCEPT;
	}
	return RECEIVED_NO_FORM;
}

enum received_verdict received_try_forms(const struct received_line *line, struct received_found *f)
{
	enum received_verdict v = RECEIVED_NO_FORM;

	if (received_may_have(line, RECEIVED_HTTP))
		v = try_forms(web_forms, line, f);
	if (v == RECEIVED_NO_FORM)
		v = try_servers(line, f);
	if (v == RECEIVED_NO_FORM)
		v = try_forms(other_forms, line, f);
	if (v == RECEIVED_NO_FORM)
		v = try_hotmail(line, f);
	if (v == RECEIVED_NO_FORM)
		v = try_forms(more_forms, line, f);
	if (v == RECEIVED_NO_FORM)
		v = try_forms(ignored_forms, line, f);
	return v;
}

enum received_verdict received_try_upper(const struct received_line *line, struct received_found *f)
{
	/* simta, Rockliffe */
	static const struct form form = { "^" T_HELO " (" T_RDNS " [" T_IP "]) BY " T_BY " " T_OPT
					  "(" T_NO_PAREN ") WITH SMTP " T_OPT_END "ID " T_OPT
					  "<" T_OPT_END T_ID_MIN T_OPT ">" T_OPT_END T_OPT
					  " FOR <" T_NO_GT ">" T_OPT_END T_END,
					  LOOKED_UP, NULL, NULL, 0 };
	enum received_verdict v = try_form(&form, line, f);

	if (v == RECEIVED_ACCEPT && str_eq(f->rdns, STR("unverified")))
		f->rdns = STR("");
	return v;
}

enum received_verdict received_try_paren(const struct received_line *line, struct received_found *f)
{
	static const struct form forms[] = {
		{ "^" T_HELO0 " [" T_IP "]) by " T_BY " (NAVGW " T_ANY_MIN ") with ", 0, NULL, NULL,
		  0 },
		{ "^" T_W "@localhost) by " T_W " ", IGNORE, NULL, NULL, 0 },
		{ "^" T_NO_AT "@" T_NO_PAREN ") by " T_W "(jqueuemail) id " T_NO_SEMI, IGNORE, NULL,
		  NULL, 0 },
		{ 0 }
	};

	return try_forms(forms, line, f);
}
