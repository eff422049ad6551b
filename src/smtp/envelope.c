/* SPDX-License-Identifier: BSD-2-Clause */
/* The arguments of MAIL and RCPT, read and written: see envelope.h. One table row a parameter. */
#include "smtp/envelope.h"

#include "core/arena.h"
#include "core/must.h"
#include "core/num.h"
#include "core/reader.h"
#include "core/strbuf.h"
#include "core/utf8.h"
#include "smtp/dsn_param.h"
#include "smtp/reply.h"

#include <inttypes.h>

#define AUTH_MAX 500

enum verb { VERB_MAIL = 0, VERB_RCPT, VERB_COUNT };

struct parse {
	enum verb verb;
	struct arena *arena;
	struct smtp_mail mail;
	struct smtp_rcpt rcpt;
	bool utf8;
	unsigned seen; /* bits by row of the parameter table */
	struct smtp_reply *why;
};

static const char *const verb_names[] = { [VERB_MAIL] = "MAIL", [VERB_RCPT] = "RCPT" };

static bool take_size(struct parse *p, struct str v)
{
	return num_parse_u64(v, 10, UINT64_MAX / 4, &p->mail.size) && v.n <= 20;
}

static bool take_body(struct parse *p, struct str v)
{
	if (str_eq_nocase(v, STR("7BIT")))
		p->mail.body = SMTP_BODY_7BIT;
	else if (str_eq_nocase(v, STR("8BITMIME")))
		p->mail.body = SMTP_BODY_8BITMIME;
	else
		return false;
	return true;
}

static bool take_smtputf8(struct parse *p, struct str v)
{
	p->mail.smtputf8 = true;
	return str_is_none(v);
}

static bool take_ret(struct parse *p, struct str v)
{
	return smtp_dsn_parse_ret(v, &p->mail.ret);
}

static bool take_envid(struct parse *p, struct str v)
{
	p->mail.envid = v;
	return smtp_dsn_check_envid(v);
}

/* Kept as it came: who wrote it is not for us to judge. */
static bool take_auth(struct parse *p, struct str v)
{
	p->mail.auth = v;
	return v.n && v.n <= AUTH_MAX;
}

static bool take_notify(struct parse *p, struct str v)
{
	return smtp_dsn_parse_notify(v, &p->rcpt.notify);
}

static bool take_orcpt(struct parse *p, struct str v)
{
	p->rcpt.orcpt = v;
	return smtp_dsn_check_orcpt(v, p->utf8);
}

static const struct param {
	enum verb verb;
	const char *name;
	bool (*take)(struct parse *p, struct str value);
} params[] = {
	{ VERB_MAIL, "SIZE", take_size },         { VERB_MAIL, "BODY", take_body },
	{ VERB_MAIL, "SMTPUTF8", take_smtputf8 }, { VERB_MAIL, "RET", take_ret },
	{ VERB_MAIL, "ENVID", take_envid },       { VERB_MAIL, "AUTH", take_auth },
	{ VERB_RCPT, "NOTIFY", take_notify },     { VERB_RCPT, "ORCPT", take_orcpt },
};

_Static_assert(ELEMENTS(params) <= 32, "struct parse has a bit for each");

static int take_param(struct parse *p, struct str text)
{
	const char *verb = verb_names[p->verb];
	struct str name, value = text;

	str_cut(&value, '=', &name);
	for (size_t i = 0; i < ELEMENTS(params); i++) {
		if (params[i].verb != p->verb || !str_eq_nocase(name, str_of(params[i].name)))
			continue;
		if (p->seen & 1u << i) {
			*p->why =
			    smtp_reply_make(p->arena, 501, "5.5.4", "%s parameter %s given twice",
					    verb, params[i].name);
			return -1;
		}
		p->seen |= 1u << i;
		if (params[i].take(p, value))
			return 0;
		*p->why = smtp_reply_make(p->arena, 501, "5.5.4", "Bad value of %s parameter %s",
					  verb, params[i].name);
		return -1;
	}
	*p->why = smtp_reply_make(p->arena, 555, "5.5.4", "%s parameter not recognized", verb);
	return -1;
}

static int take_params(struct parse *p, struct rd *r)
{
	while (!rd_is_end(r)) {
		struct str text;

		if (!rd_accept(r, ' ')) {
			*p->why = smtp_reply_make(p->arena, 501, "5.5.4",
						  "Space expected after the %s address",
						  verb_names[p->verb]);
			return -1;
		}
		rd_while(r, " ");
		text = rd_until(r, " ");
		if (text.n && take_param(p, text) < 0)
			return -1;
	}
	return 0;
}

static int refuse_path(struct parse *p, enum smtp_path_error e)
{
	static const struct {
		const char *enhanced, *what;
	} t[] = {
		[VERB_MAIL] = { "5.1.7", "sender" },
		[VERB_RCPT] = { "5.1.3", "recipient" },
	};

	if (e == SMTP_PATH_NOT_ASCII)
		*p->why = smtp_reply_make(p->arena, 553, "5.6.7",
					  "Non-ASCII %s address needs SMTPUTF8", t[p->verb].what);
	else
		*p->why = smtp_reply_make(p->arena, 501, t[p->verb].enhanced, "%s: %s",
					  p->verb == VERB_MAIL ? "Sender" : "Recipient",
					  smtp_path_error_text(e));
	return -1;
}

/*
 * Whether utf8 addresses are allowed is known only when MAIL's parameters have been read: after
 * the path.
 */
static int parse(struct parse *p, struct str args, struct str keyword, struct smtp_path *path)
{
	struct rd r = rd_of(args);
	enum smtp_path_error e;

	if (!rd_accept_str_nocase(&r, keyword)) {
		*p->why = smtp_reply_make(p->arena, 501, "5.5.2", "Syntax: %s %.*s<address>",
					  verb_names[p->verb], STR_FMT(keyword));
		return -1;
	}
	rd_while(&r, " ");
	e = smtp_path_parse(&r, true, path);
	if (e)
		return refuse_path(p, e);
	if (take_params(p, &r) < 0)
		return -1;
	if (!utf8_is_ascii(path->addr) && !(p->verb == VERB_MAIL ? p->mail.smtputf8 : p->utf8))
		return refuse_path(p, SMTP_PATH_NOT_ASCII);
	return 0;
}

static struct str dup_or_none(struct arena *a, struct str s)
{
	return str_is_none(s) ? s : str_dup(a, s);
}

static struct smtp_path path_dup(struct arena *a, const struct smtp_path *p)
{
	return (struct smtp_path){ str_dup(a, p->addr), str_dup(a, p->local),
				   dup_or_none(a, p->domain) };
}

int smtp_mail_parse(struct arena *a, struct str args, struct smtp_mail *ret, struct smtp_reply *why)
{
	struct parse p = { .verb = VERB_MAIL, .arena = a, .why = why };

	if (parse(&p, args, STR("FROM:"), &p.mail.sender) < 0)
		return -1;
	p.mail.sender = path_dup(a, &p.mail.sender);
	p.mail.envid = dup_or_none(a, p.mail.envid);
	p.mail.auth = dup_or_none(a, p.mail.auth);
	*ret = p.mail;
	return 0;
}

int smtp_rcpt_parse(struct arena *a, struct str args, bool utf8, struct smtp_rcpt *ret,
		    struct smtp_reply *why)
{
	struct parse p = { .verb = VERB_RCPT, .arena = a, .why = why, .utf8 = utf8 };

	if (parse(&p, args, STR("TO:"), &p.rcpt.addr) < 0)
		return -1;
	if (smtp_path_is_null(&p.rcpt.addr))
		return refuse_path(&p, SMTP_PATH_BAD);
	p.rcpt.addr = path_dup(a, &p.rcpt.addr);
	p.rcpt.orcpt = dup_or_none(a, p.rcpt.orcpt);
	*ret = p.rcpt;
	return 0;
}

const char *smtp_ext_name(enum smtp_ext x)
{
	static const char *const names[] = {
		[SMTP_EXT_VRFY] = "VRFY",
		[SMTP_EXT_PIPELINING] = "PIPELINING",
		[SMTP_EXT_SIZE] = "SIZE",
		[SMTP_EXT_ENHANCEDSTATUSCODES] = "ENHANCEDSTATUSCODES",
		[SMTP_EXT_8BITMIME] = "8BITMIME",
		[SMTP_EXT_SMTPUTF8] = "SMTPUTF8",
		[SMTP_EXT_DSN] = "DSN",
		[SMTP_EXT_XFORWARD] = "XFORWARD",
		[SMTP_EXT_AUTH] = "AUTH",
	};

	_Static_assert(ELEMENTS(names) == SMTP_EXT_COUNT, "a name for each extension");
	must((unsigned)x < SMTP_EXT_COUNT);
	return names[x];
}

/*
 * Whoever filled the envelope used the parsers above, which let no control character or space
 * through.
 */
static void add_value(struct strbuf *out, struct str v)
{
	for (size_t i = 0; i < v.n; i++)
		must((unsigned char)v.p[i] >= 0x20 && v.p[i] != 0x7f);
	strbuf_add(out, v);
}

static void add_param(struct strbuf *out, const char *name, struct str v)
{
	strbuf_printf(out, " %s=", name);
	add_value(out, v);
}

static bool has(unsigned exts, enum smtp_ext x)
{
	return exts & 1u << x;
}

void smtp_mail_encode(struct strbuf *out, const struct smtp_mail *m, unsigned exts)
{
	strbuf_add_c(out, "MAIL FROM:<");
	add_value(out, m->sender.addr);
	strbuf_add_byte(out, '>');
	if (m->size && has(exts, SMTP_EXT_SIZE))
		strbuf_printf(out, " SIZE=%" PRIu64, m->size);
	if (m->body && has(exts, SMTP_EXT_8BITMIME))
		strbuf_add_c(out, m->body == SMTP_BODY_7BIT ? " BODY=7BIT" : " BODY=8BITMIME");
	if (m->smtputf8 && has(exts, SMTP_EXT_SMTPUTF8))
		strbuf_add_c(out, " SMTPUTF8");
	if (m->ret && has(exts, SMTP_EXT_DSN))
		strbuf_add_c(out, m->ret == SMTP_RET_FULL ? " RET=FULL" : " RET=HDRS");
	if (m->envid.n && has(exts, SMTP_EXT_DSN))
		add_param(out, "ENVID", m->envid);
	if (m->auth.n && has(exts, SMTP_EXT_AUTH))
		add_param(out, "AUTH", m->auth);
	strbuf_add_c(out, "\r\n");
}

void smtp_rcpt_encode(struct strbuf *out, const struct smtp_rcpt *r, unsigned exts)
{
	strbuf_add_c(out, "RCPT TO:<");
	add_value(out, r->addr.addr);
	strbuf_add_byte(out, '>');
	if (r->notify && has(exts, SMTP_EXT_DSN))
		add_param(out, "NOTIFY", str_of(smtp_dsn_notify_text(r->notify)));
	if (r->orcpt.n && has(exts, SMTP_EXT_DSN))
		add_param(out, "ORCPT", r->orcpt);
	strbuf_add_c(out, "\r\n");
}
