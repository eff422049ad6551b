/* SPDX-License-Identifier: BSD-2-Clause */
/* $forward_method and its siblings: see method.h. */
#include "act/method.h"

#include "conf/conf.h"
#include "core/arena.h"
#include "core/num.h"
#include "net/hosts.h"

enum { TARGETS_MAX = 32 };

static int add_target(struct arena *a, struct method *m, const struct method_target *t,
		      struct err *e)
{
	if (m->target_count >= TARGETS_MAX)
		return err_set(e, ERR_CONFIG, false, "more than %d addresses", TARGETS_MAX);
	m->targets = arena_grow(a, m->targets, m->target_count * sizeof(*t),
				(m->target_count + 1) * sizeof(*t));
	m->targets[m->target_count++] = *t;
	return 0;
}

/* "host:port", "[host]:port", "/path", "unix:/path"; host and port may be "*". */
static int parse_target(struct arena *a, struct method *m, struct str s, struct err *e)
{
	struct method_target t = { 0 };
	struct str host, port;
	uint64_t number = 25;
	size_t colon;

	if (str_starts(s, STR("/")) || str_starts(s, STR("unix:")))
		return net_addr_parse(s, &t.addr, e) < 0 ? -1 : add_target(a, m, &t, e);
	if (str_starts(s, STR("["))) {
		size_t end = str_chr(s, ']');

		if (end == STR_NPOS)
			return err_set(e, ERR_CONFIG, false, "no ] behind the address");
		host = str_sub(s, 1, end);
		port = str_from(s, end + 1);
		if (port.n && port.p[0] != ':')
			return err_set(e, ERR_CONFIG, false, "expected :port behind ]");
		port = str_from(port, 1);
	} else {
		colon = str_rchr(s, ':');
		host = colon == STR_NPOS ? s : str_sub(s, 0, colon);
		port = colon == STR_NPOS ? STR("") : str_from(s, colon + 1);
	}
	t.is_next_port = str_eq(port, STR("*"));
	if (port.n && !t.is_next_port && (!num_parse_u64(port, 10, 65535, &number) || !number))
		return err_set(e, ERR_CONFIG, false, "\"%.*s\" is no port", STR_FMT(port));
	t.is_client_host = str_eq(host, STR("*"));
	if (t.is_client_host || net_addr_parse_ip(host, &t.addr)) {
		t.addr.port = (uint16_t)number;
		return add_target(a, m, &t, e);
	}
	if (!host.n)
		return err_set(e, ERR_CONFIG, false, "no host");
	for (size_t i = 0; i < host.n; i++)
		if (!ascii_is_alnum(host.p[i]) && !strchr("-._", host.p[i]))
			return err_set(e, ERR_CONFIG, false, "\"%.*s\" is no host", STR_FMT(host));
	t.host = str_dup(a, host);
	t.addr.port = (uint16_t)number;
	return add_target(a, m, &t, e);
}

static int parse_one(struct arena *a, struct method *m, struct str text, struct err *e)
{
	struct str rest = text, scheme;
	enum method_kind kind;

	if (!str_cut(&rest, ':', &scheme) || str_is_none(rest))
		return err_set(e, ERR_CONFIG, false,
			       "expected smtp:HOST:PORT, lmtp:... or maildir:/PATH");
	if (str_eq_nocase(scheme, STR("smtp")) || str_eq_nocase(scheme, STR("esmtp")))
		kind = METHOD_SMTP;
	else if (str_eq_nocase(scheme, STR("lmtp")))
		kind = METHOD_LMTP;
	else if (str_eq_nocase(scheme, STR("maildir")))
		kind = METHOD_MAILDIR;
	else
		return err_set(
		    e, ERR_CONFIG, false,
		    "method \"%.*s:\" is not implemented; there are smtp:, lmtp: and maildir:",
		    STR_FMT(scheme));
	if (m->kind && (m->kind != kind || kind == METHOD_MAILDIR))
		return err_set(e, ERR_CONFIG, false, "a list must be all smtp: or all lmtp:");
	m->kind = kind;
	if (kind == METHOD_MAILDIR) {
		if (!rest.n || rest.p[0] != '/')
			return err_set(e, ERR_CONFIG, false,
				       "maildir: needs a path that begins with /");
		m->path = str_dup(a, rest);
		return 0;
	}
	/* Options behind a comma are amavisd's for mail submission; none is known for these. */
	return parse_target(a, m, rest, e);
}

int method_add(struct arena *a, struct method *m, struct str text, struct err *e)
{
	if (parse_one(a, m, text, e) < 0) {
		err_prefix(e, "%.*s", STR_FMT(text));
		return -1;
	}
	m->text = m->text.n ? arena_printf(a, "%.*s,%.*s", STR_FMT(m->text), STR_FMT(text)) : text;
	return 0;
}

static void read_item(struct arena *a, struct method *m, const struct conf_value *v,
		      const char *name, struct conf_diags *diags)
{
	struct str text = conf_text(a, v);
	struct err e = ERR_INIT;

	if (str_is_none(text))
		err_set(&e, ERR_CONFIG, false, "expected text, got %s", conf_kind_name(v->kind));
	else if (text.n)
		method_add(a, m, text, &e);
	if (e.kind)
		conf_diag_add(diags, CONF_ERROR, v->place, "%s: %s", name, e.text);
}

void method_read(struct arena *a, const struct conf *c, const char *name, struct method *ret,
		 struct conf_diags *diags)
{
	const struct conf_value *v = conf_resolve(c, conf_get_value(c, name));
	struct method m = { 0 };

	if (v->kind == CONF_LIST)
		for (size_t i = 0; i < v->count; i++)
			read_item(a, &m, v->items[i], name, diags);
	else if (v->kind != CONF_UNDEF)
		read_item(a, &m, v, name, diags);
	*ret = m;
}

void method_look_up_now(const struct method *m, struct hosts *hosts)
{
	for (size_t i = 0; i < m->target_count; i++)
		if (m->targets[i].host.n)
			(void)hosts_look_up_now(hosts, m->targets[i].host);
}

void method_failed(const struct method *m, struct hosts *hosts)
{
	for (size_t i = 0; i < m->target_count; i++)
		if (m->targets[i].host.n)
			hosts_failed(hosts, m->targets[i].host);
}

/* One target's addresses, without the port: a host name has several. */
static size_t hosts_of(const struct method_target *t, struct hosts *hosts,
		       const struct net_addr *client, const struct net_addr **ret)
{
	if (t->host.n)
		return hosts_get(hosts, t->host, ret);
	*ret = t->is_client_host ? client : &t->addr;
	/* A client over a UNIX socket has no address to go back to. */
	return !t->is_client_host || client->family == NET_IP4 || client->family == NET_IP6;
}

size_t method_addresses(const struct method *m, struct arena *a, struct hosts *hosts,
			const struct net_addr *client, unsigned listen_port, struct net_addr **ret)
{
	struct net_addr list[METHOD_ADDRS_MAX];
	size_t n = 0;

	for (size_t i = 0; i < m->target_count; i++) {
		const struct method_target *t = &m->targets[i];
		const struct net_addr *addrs;
		size_t count = hosts_of(t, hosts, client, &addrs);

		if (t->is_next_port && (!listen_port || listen_port >= 65535))
			continue;
		for (size_t k = 0; k < count && n < METHOD_ADDRS_MAX; k++) {
			list[n] = addrs[k];
			list[n++].port =
			    t->is_next_port ? (uint16_t)(listen_port + 1) : t->addr.port;
		}
	}
	*ret = arena_alloc(a, n * sizeof(*list));
	memcpy(*ret, list, n * sizeof(*list));
	return n;
}
