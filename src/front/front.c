/* SPDX-License-Identifier: BSD-2-Clause */
/* The front as a whole: its parts are made from the configuration here, and taken down. */
#include "front/front_private.h"

#include "conf/conf.h"
#include "core/must.h"

#include <unistd.h>

enum {
	DELIVERED_TTL_MS =
	    6 * 3600 * 1000, /* longer than a mail server's longest usual retry pause */
	SESSIONS_MAX = 4000
};

static void on_accept(void *arg, int fd, const struct net_addr *peer)
{
	session_new(arg, fd, peer);
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
	d->lmtp = l->lmtp;
	d->hostname =
	    d->port
		? arena_printf(f->arena, "[%.*s]",
			       STR_FMT(net_addr_ip_text(f->arena, listener_get_addr(d->listener))))
		: STR("[127.0.0.1]");
	return 0;
}

static struct net_addr read_local(const struct conf *conf, struct conf_diags *diags)
{
	struct str text = conf_get_str(conf, "local_client_bind_address");
	struct net_addr local = { .family = NET_NONE };

	if (text.n && !net_addr_parse_ip(text, &local))
		conf_diag_add(diags, CONF_ERROR, conf_place_of(conf, "local_client_bind_address"),
			      "$local_client_bind_address: got '%.*s', expected an IP address of "
			      "this machine",
			      STR_FMT(text));
	return local;
}

void front_check(const struct conf *conf, struct conf_diags *diags)
{
	struct arena *a = arena_new();
	struct dns_opts dns;

	profile_check_banks(profile_new(a, conf, diags), diags);
	resolver_read(a, conf, &dns, diags);
	(void)read_local(conf, diags);
	av_check(conf, diags);
	arena_free(a);
}

static void start_relay(struct front *f)
{
	struct hosts_opts ho = { .log = f->log };
	struct relay_opts ro = { .helo = f->profile->set.helo, .log = f->log };
	struct front_profile *p;

	ro.connect_ms = conf_get_seconds(f->conf, "postern_connect_timeout") * 1000;
	ro.reply_ms = conf_get_seconds(f->conf, "postern_reply_timeout") * 1000;
	ro.max_uses = conf_get_bool(f->conf, "smtp_connection_cache_enable") ? 0 : 1;
	ro.local = f->local;
	f->relay = relay_new(f->loop, &ro);
	f->hosts = hosts_new(f->loop, &ho);
	method_look_up_now(&f->profile->set.forward, f->hosts);
	method_look_up_now(&f->profile->set.notify, f->hosts);
	SLIST_FOREACH(p, &f->profile->under, link)
	{
		method_look_up_now(&p->set.forward, f->hosts);
		method_look_up_now(&p->set.notify, f->hosts);
	}
}

size_t front_shared_bytes(void)
{
	return 2 * digest_table_bytes();
}

/* The loader has read the same with the same functions: here only what was there then is gone now. */
static int read_conf(struct front *f, struct dns_opts *dns, struct err *e)
{
	struct conf_diags diags;

	conf_diags_init(&diags, f->arena);
	f->profile = profile_new(f->arena, f->conf, &diags);
	profile_check_banks(f->profile, &diags);
	resolver_read(f->arena, f->conf, dns, &diags);
	f->av = av_new(f->loop, f->conf, f->log, &diags);
	f->local = read_local(f->conf, &diags);
	f->memory.max = conf_get_bytes(f->conf, "postern_message_memory");
	for (size_t i = 0; i < diags.count; i++)
		if (diags.list[i].severity == CONF_ERROR)
			return err_set(e, ERR_CONFIG, false, "%s:%u:%u: %.*s",
				       diags.list[i].place.file, diags.list[i].place.line,
				       diags.list[i].place.col, STR_FMT(diags.list[i].text));
	return 0;
}

static int start(struct front *f, const struct front_start *st, struct err *e)
{
	struct dns_opts dns;

	if (read_conf(f, &dns, e) < 0)
		return -1;
	digest_table_init(&f->delivered, st->shared, DELIVERED_TTL_MS);
	digest_table_init(&f->poison, (char *)st->shared + digest_table_bytes(),
			  conf_get_seconds(f->conf, "postern_poison_ttl") * 1000);
	start_relay(f);
	resolver_start(f, &dns, &st->dns);
	asks_init(f);
	f->doors = arena_calloc(f->arena, st->listener_count, sizeof(*f->doors));
	for (size_t i = 0; i < st->listener_count; i++)
		if (open_door(f, i, &st->listeners[i], e) < 0)
			return -1;
	return 0;
}

/* What an administrator wants to see at a start, whatever the log level. */
static void announce(const struct front *f)
{
	const struct method *forward = &f->profile->set.forward;
	struct arena *a = arena_new();
	struct str name, where;
	bool backup;

	for (size_t i = 0; i < f->door_count; i++)
		log_text(f->log, 0,
			 arena_printf(
			     a, "listening on %.*s",
			     STR_FMT(net_addr_text(a, listener_get_addr(f->doors[i].listener)))));
	log_text(f->log, 0,
		 arena_printf(a, "mail goes on to %.*s",
			      STR_FMT(forward->kind == METHOD_MAILDIR ? forward->path
				      : forward->text.n               ? forward->text
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
			const struct front_start *st)
{
	struct front *f = xzalloc(sizeof(*f));
	struct err e = ERR_INIT;

	f->loop = loop;
	f->conf = conf;
	f->log = log;
	f->pid = getpid();
	f->arena = arena_new();
	TAILQ_INIT(&f->sessions);
	if (start(f, st, &e) < 0) {
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
		f->hosts = hosts_free(f->hosts);
	}
	arena_free(f->arena);
	return x_free(f);
}
