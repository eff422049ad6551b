/* SPDX-License-Identifier: BSD-2-Clause */
/* The front as a whole: its parts are made from the configuration here, and taken down. */
#include "front/front_private.h"

#include "conf/conf.h"
#include "core/file.h"
#include "core/must.h"

#include <unistd.h>

enum {
	DELIVERED_TTL_MS =
	    6 * 3600 * 1000, /* longer than a mail server's longest usual retry pause */
	SESSIONS_MAX = 4000
};

static void on_accept(void *arg, int fd, const struct net_addr *peer)
{
	struct front_door *d = arg;
	struct front *f = d->front;

	/* UNIX sockets are guarded by their file's mode. */
	if (peer->family != NET_UNIX && peer->family != NET_NONE && f->set.inet_acl &&
	    !net_set_has(f->set.inet_acl, peer)) {
		struct arena *a = arena_new();

		log_warning(f->log, "connection refused by @inet_acl",
			    lf_str("client", net_addr_text(a, peer)));
		arena_free(a);
		fd_close(fd);
		listener_closed_one(d->listener);
		return;
	}
	session_new(d, fd, peer);
}

static enum smtp_bare bare(const struct conf *conf, const char *name)
{
	return str_eq(conf_get_str(conf, name), STR("refuse")) ? SMTP_BARE_REFUSE
							       : SMTP_BARE_ACCEPT;
}

static void door_options(struct front_door *d, const struct net_addr *at, bool lmtp)
{
	const struct conf *conf = d->front->conf;
	struct arena *a = d->front->arena;

	d->opts = smtp_server_defaults();
	d->opts.protocol = lmtp ? SMTP_PROTO_LMTP : SMTP_PROTO_ANY;
	d->opts.hostname = at->family == NET_UNIX
			       ? STR("[127.0.0.1]")
			       : arena_printf(a, "[%.*s]", STR_FMT(net_addr_ip_text(a, at)));
	d->opts.greeting = STR("ESMTP postern service ready");
	d->opts.product = STR("postern");
	d->opts.xforward_allowed = true;
	d->opts.bare_lf = bare(conf, "postern_bare_lf");
	d->opts.bare_cr = bare(conf, "postern_bare_cr");
	d->opts.max_line = conf_get_bytes(conf, "postern_smtpd_max_line");
	d->opts.max_recipients = (size_t)conf_get_int(conf, "smtpd_recipient_limit");
	d->opts.max_commands = (unsigned)conf_get_int(conf, "postern_smtpd_max_commands");
	d->opts.max_size = conf_is_defined(conf, "smtpd_message_size_limit")
			       ? conf_get_bytes(conf, "smtpd_message_size_limit")
			       : 0;
	d->opts.timeout_ms = (unsigned)d->front->set.idle_ms;
}

static int open_door(struct front *f, size_t i, const struct front_listener *l, struct err *e)
{
	struct front_door *d = &f->doors[i];

	d->front = f;
	d->name = str_dup(f->arena, l->name);
	d->listener = listener_new(f->loop, l->fd, SESSIONS_MAX, on_accept, d, e);
	if (!d->listener)
		return -1;
	f->door_count++;
	d->port = listener_get_addr(d->listener)->port;
	door_options(d, listener_get_addr(d->listener), l->lmtp);
	return 0;
}

static int read_acl(struct front *f, struct err *e)
{
	const struct conf_value *list = conf_get_list(f->conf, "inet_acl");
	struct net_set *set = net_set_new(f->arena);

	for (size_t i = 0; i < list->count; i++)
		if (net_set_add(set, conf_text(f->arena, list->items[i]), e) < 0) {
			err_prefix(e, "@inet_acl");
			return -1;
		}
	f->set.inet_acl = set;
	return 0;
}

static int read_method(struct front *f, const char *name, struct method *ret, struct err *e)
{
	if (method_parse(f->arena, conf_resolve(f->conf, conf_get_value(f->conf, name)), ret, e) <
	    0) {
		err_prefix(e, "$%s", name);
		return -1;
	}
	return 0;
}

static int read_settings(struct front *f, struct err *e)
{
	const struct conf *conf = f->conf;
	struct front_settings *s = &f->set;

	if (read_method(f, "forward_method", &s->forward, e) < 0 ||
	    read_method(f, "notify_method", &s->notify, e) < 0 || read_acl(f, e) < 0)
		return -1;
	/* The embedded default: with a Maildir named and no mail server, mail is written there. */
	if (conf_get_str(conf, "postern_maildir").n && !conf_is_set(conf, "forward_method"))
		s->forward = (struct method){ .kind = METHOD_MAILDIR,
					      .path = conf_get_str(conf, "postern_maildir"),
					      .text = STR("maildir") };
	/* amavisd's default was $forward_method's default, where perhaps nobody listens. */
	if (!conf_is_set(conf, "notify_method"))
		s->notify = s->forward;
	edit_opts_init(&s->edit, f->arena, conf);
	dsn_opts_init(&s->dsn, f->arena, conf);
	s->myhostname = conf_get_str(conf, "myhostname");
	s->helo = conf_get_str(conf, "localhost_name");
	s->early_connect = conf_get_bool(conf, "postern_early_connect");
	s->idle_ms = conf_get_seconds(conf, "postern_smtpd_idle_timeout") * 1000;
	s->deadline_ms = conf_get_seconds(conf, "postern_message_deadline") * 1000;
	s->grace_ms = conf_get_seconds(conf, "postern_scan_grace") * 1000;
	s->dns_ms = conf_get_seconds(conf, "postern_dns_timeout") * 1000;
	s->poison_passes = str_eq(conf_get_str(conf, "postern_poison_action"), STR("unchecked"));
	s->poison_dir = conf_get_str(conf, "QUARANTINEDIR");
	f->memory.max = conf_get_bytes(conf, "postern_message_memory");
	return 0;
}

static void read_dns(struct front *f)
{
	const struct conf_value *servers = conf_get_list(f->conf, "postern_dns_servers");
	const struct conf_value *stubs = conf_get_list(f->conf, "postern_dns_stub");
	struct net_addr *forwards = arena_calloc(f->arena, servers->count, sizeof(*forwards));
	struct dns_stub *list = arena_calloc(f->arena, stubs->count, sizeof(*list));
	struct dns_opts opts = { .forwards = forwards, .stubs = list };
	struct err e = ERR_INIT;

	if (conf_get_bool(f->conf, "sa_local_tests_only"))
		return;
	for (size_t i = 0; i < servers->count; i++)
		if (net_addr_parse(conf_text(f->arena, servers->items[i]),
				   &forwards[opts.forward_count], &e) == 0)
			opts.forward_count++;
		else
			log_error(f->log, "@postern_dns_servers", lf_c("why", e.text));
	for (size_t i = 0; i < stubs->count; i++) {
		struct str rest = conf_text(f->arena, stubs->items[i]), zone;

		if (str_cut(&rest, ' ', &zone) && !str_is_none(rest) &&
		    net_addr_parse(rest, &list[opts.stub_count].server, &e) == 0)
			list[opts.stub_count++].zone = zone;
		else
			log_error(f->log, "$postern_dns_stub: expected 'zone address[:port]'");
	}
	opts.cache_bytes = conf_get_bytes(f->conf, "postern_dns_cache_bytes");
	f->dns = dns_new(f->loop, &opts, &e);
	if (!f->dns)
		log_error(f->log, "no DNS: network checks are off", lf_c("why", e.text));
}

size_t front_shared_bytes(void)
{
	return 2 * digest_table_bytes();
}

static int start(struct front *f, const struct front_listener *listeners, size_t n, void *shared,
		 struct err *e)
{
	struct relay_opts ro = { 0 };

	if (read_settings(f, e) < 0 || policy_new(f->arena, f->conf, &f->policy, e) < 0 ||
	    av_new(f->loop, f->conf, f->log, &f->av, e) < 0)
		return -1;
	digest_table_init(&f->delivered, shared, DELIVERED_TTL_MS);
	digest_table_init(&f->poison, (char *)shared + digest_table_bytes(),
			  conf_get_seconds(f->conf, "postern_poison_ttl") * 1000);
	ro.helo = f->set.helo;
	ro.connect_ms = conf_get_seconds(f->conf, "postern_connect_timeout") * 1000;
	ro.log = f->log;
	f->relay = relay_new(f->loop, &ro);
	read_dns(f);
	asks_init(f);
	f->doors = arena_calloc(f->arena, n, sizeof(*f->doors));
	for (size_t i = 0; i < n; i++)
		if (open_door(f, i, &listeners[i], e) < 0)
			return -1;
	return 0;
}

/* What an administrator wants to see at a start, whatever the log level. */
static void announce(const struct front *f)
{
	struct arena *a = arena_new();
	struct str name, where;
	bool backup;

	for (size_t i = 0; i < f->door_count; i++)
		log_text(f->log, 0,
			 arena_printf(
			     a, "listening on %.*s",
			     STR_FMT(net_addr_text(a, listener_get_addr(f->doors[i].listener)))));
	log_text(
	    f->log, 0,
	    arena_printf(a, "mail goes on to %.*s",
			 STR_FMT(f->set.forward.kind == METHOD_MAILDIR ? f->set.forward.path
				 : f->set.forward.text.n               ? f->set.forward.text
							 : STR("nowhere: see $forward_method"))));
	for (size_t i = 0; av_engine_name(f->av, i, &name, &where, &backup); i++)
		log_text(f->log, 0,
			 arena_printf(a, "virus engine%s: %.*s at %.*s", backup ? " (backup)" : "",
				      STR_FMT(name), STR_FMT(where)));
	if (!av_engine_count(f->av))
		log_text(f->log, 0, STR("virus engines: none"));
	log_text(f->log, 0, f->dns ? STR("network checks: DNS lists") : STR("network checks: off"));
	arena_free(a);
}

static void on_self_test(void *arg, size_t i, const struct err *e)
{
	struct front *f = arg;
	struct str name, where;
	bool backup;

	if (!av_engine_name(f->av, i, &name, &where, &backup))
		return;
	if (e)
		log_error(f->log,
			  "virus engine did not find the EICAR test file: mail that only it "
			  "could examine will be deferred",
			  lf_str("engine", name), lf_str("at", where), lf_c("why", e->text));
	else
		log_info(f->log, "virus engine finds the EICAR test file", lf_str("engine", name),
			 lf_str("at", where));
}

struct front *front_new(struct loop *loop, const struct conf *conf, struct log *log,
			const struct front_listener *listeners, size_t n, void *shared)
{
	struct front *f = xzalloc(sizeof(*f));
	struct err e = ERR_INIT;

	f->loop = loop;
	f->conf = conf;
	f->log = log;
	f->arena = arena_new();
	TAILQ_INIT(&f->sessions);
	if (start(f, listeners, n, shared, &e) < 0) {
		log_error(log, "the front cannot start", lf_c("why", e.text));
		front_free(f);
		return NULL;
	}
	announce(f);
	if (av_engine_count(f->av))
		av_self_test(f->av, on_self_test, f);
	return f;
}

void front_add_scan(struct front *f, int fd, unsigned generation)
{
	scan_pool_add(f->pool, fd, generation);
}

void front_drain(struct front *f, void (*done)(void *), void *arg)
{
	struct front_session *s, *next;

	f->draining = true;
	f->drained = done;
	f->drained_arg = arg;
	for (size_t i = 0; i < f->door_count; i++)
		listener_pause(f->doors[i].listener);
	for (s = TAILQ_FIRST(&f->sessions); s; s = next) {
		next = TAILQ_NEXT(s, link);
		session_shut_down(s);
	}
	if (!f->session_count)
		done(arg);
}

struct front *front_free(struct front *f)
{
	if (!f)
		return NULL;
	f->drained = NULL;
	while (!TAILQ_EMPTY(&f->sessions))
		session_drop(TAILQ_FIRST(&f->sessions));
	for (size_t i = 0; i < f->door_count; i++)
		listener_free(f->doors[i].listener);
	if (!f->busy_messages) {
		f->pool = scan_pool_free(f->pool);
		f->relay = relay_free(f->relay);
		f->av = av_free(f->av);
		f->dns = dns_free(f->dns);
	}
	arena_free(f->arena);
	return x_free(f);
}
