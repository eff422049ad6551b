/* SPDX-License-Identifier: BSD-2-Clause */
/* Settings under policy banks, as amavisd 2.13 lays them over one another: see profile.h. */
#include "front/profile.h"

#include "conf/conf.h"
#include "core/arena.h"
#include "core/strbuf.h"
#include "core/xalloc.h"
#include "net/addr.h"
#include "policy/nets.h"
#include "policy/plan.h"

/* Bank over bank: more than these is a circle in somebody's mind. */
enum { BANKS_TEXT_MAX = 500, BANNER_MAX = 400 };

static enum smtp_bare bare(const struct conf *conf, const char *name)
{
	return str_eq(conf_get_str(conf, name), STR("refuse")) ? SMTP_BARE_REFUSE
							       : SMTP_BARE_ACCEPT;
}

/* Where a placeholder of a banner ends: ${product}, $product; its name goes to *ret. */
static size_t placeholder(struct str s, struct str *ret)
{
	size_t n = 1;

	if (s.n > 1 && s.p[1] == '{') {
		size_t end = str_chr(s, '}');

		*ret = str_sub(s, 2, end == STR_NPOS ? 2 : end);
		return end == STR_NPOS ? 1 : end + 1;
	}
	while (n < s.n && (ascii_is_alnum(s.p[n]) || s.p[n] == '-' || s.p[n] == '_'))
		n++;
	*ret = str_sub(s, 1, n);
	return n;
}

/*
 * $smtpd_greeting_banner and $smtpd_quit_banner with their placeholders filled in. The listener's name, which
 * RFC 5321 wants first and the server puts there, is taken off; further in it is $myhostname.
 */
static struct str banner(struct arena *a, const struct conf *conf, const char *name, bool lmtp)
{
	const struct {
		const char *name;
		struct str value;
	} known[] = {
		{ "helo-name", conf_get_str(conf, "myhostname") },
		{ "myhostname", conf_get_str(conf, "myhostname") },
		{ "version", conf_get_str(conf, "myversion") },
		{ "version-id", conf_get_str(conf, "myversion_id") },
		{ "version-date", conf_get_str(conf, "myversion_date") },
		{ "product", conf_get_str(conf, "myproduct_name") },
		{ "protocol", lmtp ? STR("LMTP") : STR("ESMTP") },
	};
	struct str rest = conf_get_str(conf, name), word, ret;
	struct strbuf b;

	if (str_starts_nocase(rest, STR("${helo-name} ")))
		rest = str_from(rest, strlen("${helo-name} "));
	strbuf_init(&b, BANNER_MAX);
	while (rest.n) {
		size_t n = str_chr(rest, '$');

		strbuf_add(&b, str_sub(rest, 0, n == STR_NPOS ? rest.n : n));
		rest = n == STR_NPOS ? STR("") : str_from(rest, n);
		n = rest.n ? placeholder(rest, &word) : 0;
		rest = str_from(rest, n);
		for (size_t i = 0; n && i < ELEMENTS(known); i++)
			if (str_eq_nocase(word, str_of(known[i].name)))
				strbuf_add(&b, known[i].value);
	}
	ret = arena_printf(a, "%.*s", STR_FMT(strbuf_str(&b)));
	strbuf_done(&b);
	return ret;
}

static unsigned announced(struct arena *a, const struct conf *conf, unsigned all)
{
	const struct conf_value *discard = conf_get_list(conf, "smtpd_discard_ehlo_keywords");

	for (size_t i = 0; i < discard->count; i++)
		for (enum smtp_ext x = 0; x < SMTP_EXT_COUNT; x++)
			if (str_eq_nocase(conf_text(a, discard->items[i]),
					  str_of(smtp_ext_name(x))))
				all &= ~(1u << x);
	return all;
}

static uint64_t size_limit(const struct conf *conf)
{
	enum { RFC_5321_LEAST = 65536 };
	uint64_t max = conf_get_bytes(conf, "smtpd_message_size_limit");

	return max && max < RFC_5321_LEAST &&
		       conf_get_bool(conf, "enforce_smtpd_message_size_limit_64kb_min")
		   ? RFC_5321_LEAST
		   : max;
}

/* How long a client may be silent: amavisd's name for it counts where ours is not set. */
static unsigned idle_ms(const struct conf *conf)
{
	bool theirs =
	    conf_is_set(conf, "smtpd_timeout") && !conf_is_set(conf, "postern_smtpd_idle_timeout");

	return (unsigned)conf_get_seconds(conf,
					  theirs ? "smtpd_timeout" : "postern_smtpd_idle_timeout") *
	       1000;
}

static void read_server(struct smtp_server_opts *o, struct arena *a, const struct conf *conf)
{
	struct str protocol = conf_get_str(conf, "protocol");

	*o = smtp_server_defaults();
	if (str_eq_nocase(protocol, STR("LMTP")))
		o->protocol = SMTP_PROTO_LMTP;
	o->greeting = banner(a, conf, "smtpd_greeting_banner", o->protocol == SMTP_PROTO_LMTP);
	o->farewell = banner(a, conf, "smtpd_quit_banner", o->protocol == SMTP_PROTO_LMTP);
	o->announce = announced(a, conf, o->announce);
	o->product = STR("postern");
	o->xforward_allowed = true;
	o->bare_lf = bare(conf, "postern_bare_lf");
	o->bare_cr = bare(conf, "postern_bare_cr");
	o->max_line = conf_get_bytes(conf, "postern_smtpd_max_line");
	o->max_recipients = (size_t)conf_get_int(conf, "smtpd_recipient_limit");
	o->max_commands = (unsigned)conf_get_int(conf, "postern_smtpd_max_commands");
	o->max_size = size_limit(conf);
	o->timeout_ms = idle_ms(conf);
}

static void read_methods(struct front_settings *s, struct arena *a, const struct conf *conf,
			 struct conf_diags *diags)
{
	method_read(a, conf, "$forward_method", &s->forward, diags);
	method_read(a, conf, "$notify_method", &s->notify, diags);
	/* The embedded default: with a Maildir named and no mail server, mail is written there. */
	if (conf_get_str(conf, "postern_maildir").n && !conf_is_set(conf, "forward_method"))
		s->forward = (struct method){ .kind = METHOD_MAILDIR,
					      .path = conf_get_str(conf, "postern_maildir"),
					      .text = STR("maildir") };
	/* amavisd's default was $forward_method's default, where perhaps nobody listens. */
	if (!conf_is_set(conf, "notify_method"))
		s->notify = s->forward;
}

int64_t profile_deadline_ms(const struct conf *conf)
{
	int64_t own = conf_get_seconds(conf, "postern_message_deadline");
	int64_t child = conf_get_seconds(conf, "child_timeout");

	if (!conf_is_set(conf, "child_timeout"))
		return own * 1000;
	if (!conf_is_set(conf, "postern_message_deadline"))
		return child * 1000;
	return (child < own ? child : own) * 1000;
}

static unsigned mail_id_bits(const struct conf *conf, struct conf_diags *diags)
{
	enum { STEP = 24, USUAL = 72 };
	unsigned bits = (unsigned)conf_get_int(conf, "mail_id_size_bits");

	if (bits % STEP == 0)
		return bits;
	conf_diag_add(diags, CONF_ERROR, conf_place_of(conf, "mail_id_size_bits"),
		      "$mail_id_size_bits: got %u, expected 24, 48, 72 or 96", bits);
	return USUAL;
}

static void read_settings(struct front_settings *s, struct arena *a, const struct conf *conf,
			  struct conf_diags *diags)
{
	read_methods(s, a, conf, diags);
	read_server(&s->server, a, conf);
	edit_opts_init(&s->edit, a, conf);
	dsn_opts_init(&s->dsn, a, conf);
	s->inet_acl = nets_new(a, conf, conf_get_value(conf, "@inet_acl"), diags);
	s->myhostname = conf_get_str(conf, "myhostname");
	s->helo = conf_get_str(conf, "localhost_name");
	s->early_connect = conf_get_bool(conf, "postern_early_connect");
	s->originating = conf_get_bool(conf, "originating");
	s->deadline_ms = profile_deadline_ms(conf);
	s->first_infected_stops = conf_get_bool(conf, "first_infected_stops_scan");
	s->mail_id_bits = mail_id_bits(conf, diags);
	s->grace_ms = conf_get_seconds(conf, "postern_scan_grace") * 1000;
	s->poison_passes = str_eq(conf_get_str(conf, "postern_poison_action"), STR("unchecked"));
	s->poison_dir = conf_get_str(conf, "QUARANTINEDIR");
}

static void read_clients(struct front_profile *p, struct conf_diags *diags)
{
	const struct conf_value *list = conf_get_list(p->conf, "client_ipaddr_policy");

	if (list->count % 2)
		conf_diag_add(diags, CONF_ERROR, conf_place_of(p->conf, "client_ipaddr_policy"),
			      "@client_ipaddr_policy: expected pairs: a table of networks, and the "
			      "name of a policy bank; got %zu elements",
			      list->count);
	p->clients = arena_calloc(p->arena, list->count / 2 + 1, sizeof(*p->clients));
	for (size_t i = 0; i + 1 < list->count; i += 2) {
		const struct conf_value *name = conf_resolve(p->conf, list->items[i + 1]);

		p->clients[p->client_count++] = (struct profile_client){
			.nets = nets_new(p->arena, p->conf, list->items[i], diags),
			.banks = conf_text(p->arena, name),
		};
	}
}

static struct front_profile *profile_make(struct arena *a, const struct conf *conf,
					  struct conf_diags *diags)
{
	struct front_profile *p = arena_zalloc(a, sizeof(*p));

	p->arena = a;
	p->conf = conf;
	SLIST_INIT(&p->under);
	read_settings(&p->set, a, conf, diags);
	read_clients(p, diags);
	p->policy = policy_new(a, conf, diags);
	return p;
}

struct front_profile *profile_new(struct arena *a, const struct conf *conf,
				  struct conf_diags *diags)
{
	return profile_make(a, conf, diags);
}

static void free_conf(void *p)
{
	conf_free(p);
}

struct front_profile *profile_with_bank(struct front_profile *p, struct str bank,
					struct conf_diags *diags)
{
	struct front_profile *with;
	struct conf *conf;

	if (str_eq(bank, p->bank) || p->banks.n > BANKS_TEXT_MAX)
		return p;
	SLIST_FOREACH(with, &p->under, link)
	if (str_eq(with->bank, bank))
		return with;
	conf = conf_with_bank(p->conf, bank);
	if (!conf)
		return p;
	arena_defer(p->arena, free_conf, conf);
	with = profile_make(p->arena, conf, diags);
	with->bank = str_dup(p->arena, bank);
	with->banks = p->banks.n
			  ? arena_printf(p->arena, "%.*s/%.*s", STR_FMT(p->banks), STR_FMT(bank))
			  : with->bank;
	SLIST_INSERT_HEAD(&p->under, with, link);
	return with;
}

void profile_check_banks(struct front_profile *p, struct conf_diags *diags)
{
	const struct conf_value *banks = conf_get_hash(p->conf, "policy_bank");

	for (size_t i = 0; i < banks->count; i++)
		profile_with_bank(p, banks->keys[i], diags);
}

static struct front_profile *by_interface(struct front_profile *p, struct str key)
{
	const struct conf_value *v = conf_hash_get(conf_get_hash(p->conf, "interface_policy"), key);

	v = v ? conf_resolve(p->conf, v) : NULL;
	return v && v->kind == CONF_STRING ? profile_with_bank(p, v->text, NULL) : p;
}

struct front_profile *profile_of_socket(struct front_profile *p, struct str name,
					const struct net_addr *local)
{
	struct arena *a = arena_new();

	if (local->family == NET_IP4 || local->family == NET_IP6) {
		p = by_interface(p, arena_printf(a, "%u", local->port));
		p = by_interface(p, net_addr_text(a, local));
	} else {
		p = by_interface(p, STR("SOCK"));
		p = by_interface(p, name);
	}
	arena_free(a);
	return p;
}

/* "A, B": one after another. */
static struct front_profile *with_names(struct front_profile *p, struct str names)
{
	struct str name;

	while (str_cut(&names, ',', &name))
		p = profile_with_bank(p, str_trim(name, " \t\r\n"), NULL);
	return p;
}

struct front_profile *profile_of_message(struct front_profile *p, const struct net_addr *client,
					 struct str sender)
{
	for (size_t i = 0; i < p->client_count; i++) {
		if (!p->clients[i].banks.n || !nets_has(p->clients[i].nets, client))
			continue;
		p = with_names(p, p->clients[i].banks);
		break;
	}
	if (p->set.originating && sender.n && policy_is_local(p->policy, sender))
		p = profile_with_bank(p, STR("MYUSERS"), NULL);
	return p;
}
