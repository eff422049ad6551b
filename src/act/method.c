/* SPDX-License-Identifier: BSD-2-Clause */
/* $forward_method and its siblings: see method.h. */
#include "act/method.h"

#include "conf/value.h"
#include "core/arena.h"
#include "core/num.h"

#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

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

/* Every address that the name has is tried, in the resolver's order. */
static int look_up(struct arena *a, struct method *m, struct str host, uint16_t port, struct err *e)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *list, *ai;
	const char *name = str_cstr(a, host);
	int r = name ? getaddrinfo(name, NULL, &hints, &list) : EAI_NONAME;

	if (r)
		return err_set(e, ERR_CONFIG, true, "host %.*s: %s", STR_FMT(host),
			       gai_strerror(r));
	for (ai = list; ai; ai = ai->ai_next) {
		struct method_target t = { 0 };

		net_addr_from_sockaddr(&t.addr, ai->ai_addr, ai->ai_addrlen);
		t.addr.port = port;
		if (add_target(a, m, &t, e) < 0)
			break;
	}
	freeaddrinfo(list);
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
	return look_up(a, m, host, (uint16_t)number, e);
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

int method_parse(struct arena *a, const struct conf_value *v, struct method *ret, struct err *e)
{
	const struct conf_value *const one[] = { v };
	const struct conf_value *const *list = one;
	struct method m = { 0 };
	size_t n = v->kind == CONF_UNDEF ? 0 : 1;

	if (v->kind == CONF_LIST) {
		list = (const struct conf_value *const *)v->items;
		n = v->count;
	}
	for (size_t i = 0; i < n; i++) {
		struct str text = conf_text(a, list[i]);

		if (str_is_none(text))
			return err_set(e, ERR_CONFIG, false, "expected text, got %s",
				       conf_kind_name(list[i]->kind));
		if (!text.n)
			continue;
		if (parse_one(a, &m, text, e) < 0) {
			err_prefix(e, "%.*s", STR_FMT(text));
			return -1;
		}
		m.text =
		    m.text.n ? arena_printf(a, "%.*s,%.*s", STR_FMT(m.text), STR_FMT(text)) : text;
	}
	*ret = m;
	return 0;
}

size_t method_addresses(const struct method *m, struct arena *a, const struct net_addr *client,
			unsigned listen_port, struct net_addr **ret)
{
	struct net_addr *list = arena_calloc(a, m->target_count, sizeof(*list));
	size_t n = 0;

	for (size_t i = 0; i < m->target_count; i++) {
		struct net_addr addr = m->targets[i].addr;
		uint16_t port = addr.port;

		if (m->targets[i].is_client_host) {
			/* A client over a UNIX socket has no address to go back to. */
			if (client->family != NET_IP4 && client->family != NET_IP6)
				continue;
			addr = *client;
			addr.port = port;
		}
		if (m->targets[i].is_next_port) {
			if (!listen_port || listen_port >= 65535)
				continue;
			addr.port = (uint16_t)(listen_port + 1);
		}
		list[n++] = addr;
	}
	*ret = list;
	return n;
}
