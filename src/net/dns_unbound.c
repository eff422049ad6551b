/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The resolver's settings. libunbound is made for hosts and offices; a mail filter asks other
 * questions, so each setting that differs from its default stands here with the reason.
 */
#include "net/dns_private.h"

#include "core/strbuf.h"
#include "core/xalloc.h"
#include "net/loop_private.h"

#include <stdio.h>
#include <sys/types.h>
#include <unistd.h>
#include <unbound.h>
#include <unbound-event.h>

enum {
	CACHE_BYTES = 16 * 1024 * 1024,
	DNS_PORT = 53,
	ZONE_TEXT_MAX = 300,
};

struct option {
	const char *name, *value;
};

static const struct option fixed_options[] = {
	/*
	 * A server that did not answer is not left alone for the default 15 minutes. Each lost
	 * question doubles the time the library waits for that server; at 12 s it sends a single
	 * probe now and then and fails all other questions at once. Two things keep it from getting
	 * there: what it knows of a server is forgotten after 3 s, and "port unreachable" does not
	 * count as an answer (with connected sockets a refusing host is doubled to the maximum
	 * within milliseconds).
	 */
	{ "infra-host-ttl:", "3" },
	{ "infra-keep-probing:", "yes" },
	{ "udp-connect:", "no" },
	/* A message asks dozens of names at once; the library's default is 16 sockets. */
	{ "outgoing-range:", "4096" },
	{ "outgoing-num-tcp:", "32" },
	{ "num-queries-per-thread:", "8192" },
	/*
	 * One question a list, not one a label: lists are deep, and some answer NXDOMAIN half way.
	 */
	{ "qname-minimisation:", "no" },
	/* The same answer has the same order each time. */
	{ "rrset-roundrobin:", "no" },
	/* Private reverse zones are asked like all others ... */
	{ "unblock-lan-zones:", "yes" },
	/*
	 * ... and so are those the line above leaves out. (An own zone without data takes the place
	 * of the built-in one; "nodefault" has no effect when set this way, in 1.17.) "onion" stays
	 * unasked (RFC 7686).
	 */
	{ "local-zone:", "localhost. transparent" },
	{ "local-zone:", "127.in-addr.arpa. transparent" },
	{ "local-zone:",
	  "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.ip6.arpa. "
	  "transparent" },
	{ "local-zone:", "home.arpa. transparent" },
	{ "local-zone:", "test. transparent" },
	{ "local-zone:", "invalid. transparent" },
};

static int set(struct ub_ctx *ub, const char *name, const char *value, struct err *e)
{
	int r = ub_ctx_set_option(ub, name, value);

	if (r)
		return err_set(e, ERR_CONFIG, false, "dns: %s %s: %s", name, value, ub_strerror(r));
	return 0;
}

/* The library opens its files with the first question, when nobody is told of failures. */
static int check_file(const char *path, struct err *e)
{
	if (path && access(path, R_OK) < 0)
		return err_sys(e, "dns: cannot read %s", path);
	return 0;
}

static int set_bytes(struct ub_ctx *ub, const char *name, size_t bytes, struct err *e)
{
	char text[24];

	snprintf(text, sizeof(text), "%zu", bytes);
	return set(ub, name, text, e);
}

static int set_limits(struct ub_ctx *ub, const struct dns_opts *o, struct err *e)
{
	size_t cache = o->cache_bytes ? o->cache_bytes : CACHE_BYTES;

	/* The library's advice: twice as much for records as for messages. */
	if (set_bytes(ub, "msg-cache-size:", cache / 3, e) < 0 ||
	    set_bytes(ub, "rrset-cache-size:", cache - cache / 3, e) < 0)
		return -1;
	if (check_file(o->root_hints, e) < 0 || check_file(o->trust_anchor, e) < 0)
		return -1;
	/* The validator costs time on each answer and without an anchor never has an opinion. */
	if (set(ub, "module-config:", o->trust_anchor ? "validator iterator" : "iterator", e) < 0)
		return -1;
	if (o->no_ip6 && set(ub, "do-ip6:", "no", e) < 0)
		return -1;
	if (o->root_hints && set(ub, "root-hints:", o->root_hints, e) < 0)
		return -1;
	if (o->edns_bytes && set_bytes(ub, "edns-buffer-size:", o->edns_bytes, e) < 0)
		return -1;
	if (o->random_case && set(ub, "use-caps-for-id:", "yes", e) < 0)
		return -1;
	return 0;
}

/* "127.0.0.1@53", which is how libunbound writes it. */
static int server_text(const struct net_addr *a, struct strbuf *out, struct err *e)
{
	if (a->family != NET_IP4 && a->family != NET_IP6)
		return err_set(e, ERR_CONFIG, false, "dns: a name server is an IP address");
	net_addr_format_ip(out, a);
	strbuf_printf(out, "@%u", a->port ? a->port : DNS_PORT);
	return 0;
}

static int add_forward(struct ub_ctx *ub, const struct net_addr *a, struct err *e)
{
	_cleanup_(strbuf_done) struct strbuf text;
	int r;

	strbuf_init(&text, 0);
	if (server_text(a, &text, e) < 0)
		return -1;
	r = ub_ctx_set_fwd(ub, strbuf_str(&text).p);
	if (r)
		return err_set(e, ERR_CONFIG, false, "dns: forward server %s: %s",
			       strbuf_str(&text).p, ub_strerror(r));
	return 0;
}

static int add_stub(struct ub_ctx *ub, const struct dns_stub *stub, struct err *e)
{
	_cleanup_(strbuf_done) struct strbuf text;
	char zone[ZONE_TEXT_MAX];
	int r;

	strbuf_init(&text, 0);
	if (server_text(&stub->server, &text, e) < 0)
		return -1;
	if (!dns_name_is_ok(stub->zone) || str_find_any(stub->zone, " \t\"\\") != STR_NPOS)
		return err_set(e, ERR_CONFIG, false, "dns: not a zone name: \"%.*s\"",
			       STR_FMT(stub->zone));
	snprintf(zone, sizeof(zone), "%.*s", STR_FMT(stub->zone));
	r = ub_ctx_set_stub(ub, zone, strbuf_str(&text).p, 0);
	if (r)
		return err_set(e, ERR_CONFIG, false, "dns: stub zone %s at %s: %s", zone,
			       strbuf_str(&text).p, ub_strerror(r));
	return 0;
}

static int add_servers(struct ub_ctx *ub, const struct dns_opts *o, struct err *e)
{
	bool loopback = o->resolv_conf != NULL;
	int r;

	for (size_t i = 0; i < o->forward_count; i++) {
		loopback |= net_addr_is_loopback(&o->forwards[i]);
		if (add_forward(ub, &o->forwards[i], e) < 0)
			return -1;
	}
	for (size_t i = 0; i < o->stub_count; i++) {
		loopback |= net_addr_is_loopback(&o->stubs[i].server);
		if (add_stub(ub, &o->stubs[i], e) < 0)
			return -1;
	}
	r = o->resolv_conf ? ub_ctx_resolvconf(ub, o->resolv_conf) : 0;
	if (r)
		return err_set(e, ERR_CONFIG, false, "dns: %s: %s", o->resolv_conf, ub_strerror(r));
	r = o->trust_anchor ? ub_ctx_add_ta_file(ub, o->trust_anchor) : 0;
	if (r)
		return err_set(e, ERR_CONFIG, false, "dns: %s: %s", o->trust_anchor,
			       ub_strerror(r));
	/*
	 * Off by default, against answers that name 127.0.0.1 as a name server; needed for a local
	 * one.
	 */
	return loopback ? set(ub, "do-not-query-localhost:", "no", e) : 0;
}

struct ub_ctx *dns_unbound_new(struct loop *l, const struct dns_opts *opts, struct err *e)
{
	struct ub_ctx *ub = ub_ctx_create_event(l->base);
	int r = ub ? 0 : -1;

	if (!ub) {
		err_set(e, ERR_SYSTEM, false, "dns: cannot make a resolver");
		return NULL;
	}
	/* What it would say on standard error reaches us as results. */
	ub_ctx_debugout(ub, NULL);
	for (size_t i = 0; r == 0 && i < ELEMENTS(fixed_options); i++)
		r = set(ub, fixed_options[i].name, fixed_options[i].value, e);
	if (r == 0)
		r = set_limits(ub, opts, e);
	if (r == 0)
		r = add_servers(ub, opts, e);
	if (r == 0)
		return ub;
	ub_ctx_delete(ub);
	return NULL;
}
