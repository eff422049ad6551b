/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Connections to next hops: see relay.h. Here is the pool and what a lease can do; relay_conn.c binds
 * one smtp client engine to one stream.
 */
#include "act/relay.h"

#include "act/relay_private.h"
#include "core/must.h"
#include "core/xalloc.h"
#include "net/connect.h"

struct relay *relay_new(struct loop *l, const struct relay_opts *opts)
{
	struct relay *r = xzalloc(sizeof(*r));

	r->loop = l;
	r->opts = *opts;
	if (!r->opts.connect_ms)
		r->opts.connect_ms = 30000;
	if (!r->opts.idle_ms)
		r->opts.idle_ms = 15000;
	if (!r->opts.max_idle)
		r->opts.max_idle = 64;
	if (!r->opts.max_uses)
		r->opts.max_uses = 100;
	r->client_opts[0] = (struct smtp_client_opts){ .protocol = SMTP_PROTO_SMTP,
						       .helo = r->opts.helo,
						       .log = r->opts.log };
	r->client_opts[1] = r->client_opts[0];
	r->client_opts[1].protocol = SMTP_PROTO_LMTP;
	TAILQ_INIT(&r->idle);
	return r;
}

struct relay *relay_free(struct relay *r)
{
	if (!r)
		return NULL;
	must(!r->leases);
	while (!TAILQ_EMPTY(&r->idle))
		relay_conn_drop(TAILQ_FIRST(&r->idle));
	return x_free(r);
}

/* Reserving: a kept connection to one of the addresses, else a new one. */

static void wait_finish(struct relay_wait *w, struct relay_conn *c)
{
	relay_reserved_fn *done = w->done;
	void *arg = w->arg;
	struct relay_lease *lease = NULL;
	struct err e = w->err;

	if (c) {
		lease = xzalloc(sizeof(*lease));
		lease->relay = w->relay;
		lease->conn = c;
		lease->addrs = w->addrs;
		lease->addr_count = w->addr_count;
		lease->lmtp = w->lmtp;
		w->addrs = NULL;
		c->lease = lease;
		c->wait = NULL;
		w->relay->leases++;
	}
	loop_call_cancel(&w->later);
	x_free(w->addrs);
	x_free(w);
	done(arg, lease, &e);
}

static void wait_have_idle(void *arg)
{
	struct relay_wait *w = arg;
	struct relay_conn *c = w->conn;

	if (!c) {
		wait_finish(w, NULL);
		return;
	}
	w->conn = NULL;
	wait_finish(w, c);
}

static void wait_connected(void *arg, int fd, const struct net_addr *addr, const struct err *e)
{
	struct relay_wait *w = arg;

	w->job = NULL;
	if (fd < 0) {
		w->err = *e;
		wait_finish(w, NULL);
		return;
	}
	w->conn = relay_conn_new(w->relay, fd, addr, w->lmtp);
	w->conn->wait = w;
}

static struct connect_opts connect_options(const struct relay *r)
{
	bool bound = r->opts.local.family != NET_NONE;

	return (struct connect_opts){ .each_ms = r->opts.connect_ms,
				      .local = bound ? &r->opts.local : NULL };
}

static void start_connect(struct relay_wait *w)
{
	struct connect_opts co = connect_options(w->relay);

	w->job = connect_start(w->relay->loop, w->addrs, w->addr_count, &co, wait_connected, w);
}

void relay_wait_up(struct relay_wait *w)
{
	struct relay_conn *c = w->conn;

	w->conn = NULL;
	wait_finish(w, c);
}

void relay_wait_connect(struct relay_wait *w)
{
	w->conn = NULL;
	loop_call_cancel(&w->later);
	start_connect(w);
}

void relay_wait_failed(struct relay_wait *w, const struct err *e)
{
	w->conn = NULL;
	w->err = *e;
	wait_finish(w, NULL);
}

static bool is_wanted(const struct relay_conn *c, const struct net_addr *addrs, size_t count,
		      bool lmtp)
{
	if (c->lmtp != lmtp)
		return false;
	for (size_t i = 0; i < count; i++)
		if (net_addr_eq(&c->addr, &addrs[i]))
			return true;
	return false;
}

static struct relay_wait *wait_new(struct relay *r, const struct net_addr *addrs, size_t count,
				   bool lmtp)
{
	struct relay_wait *w = xzalloc(sizeof(*w));

	w->relay = r;
	w->addrs = xcalloc(count, sizeof(*addrs));
	memcpy(w->addrs, addrs, count * sizeof(*addrs));
	w->addr_count = count;
	w->lmtp = lmtp;
	loop_call_init(&w->later, r->loop, wait_have_idle, w);
	return w;
}

struct relay_wait *relay_reserve(struct relay *r, const struct net_addr *addrs, size_t count,
				 bool lmtp, relay_reserved_fn *done, void *arg)
{
	struct relay_wait *w = wait_new(r, addrs, count, lmtp);
	struct relay_conn *c;

	w->done = done;
	w->arg = arg;
	TAILQ_FOREACH_REVERSE(c, &r->idle, relay_conns, link)
	{
		if (!is_wanted(c, addrs, count, lmtp))
			continue;
		relay_conn_take_idle(c);
		c->wait = w;
		w->conn = c;
		loop_call_later(&w->later);
		return w;
	}
	start_connect(w);
	return w;
}

struct relay_wait *relay_reserve_cancel(struct relay_wait *w)
{
	if (!w)
		return NULL;
	loop_call_cancel(&w->later);
	connect_cancel(w->job);
	if (w->conn)
		relay_conn_let_go(w->conn);
	x_free(w->addrs);
	return x_free(w);
}

/* A kept connection died before it answered anything: the transaction starts again on a fresh one. */

static void replaced(void *arg, int fd, const struct net_addr *addr, const struct err *e)
{
	struct relay_lease *lease = arg;

	lease->job = NULL;
	if (fd < 0) {
		lease->replace_err = *e;
		lease->is_over = true;
		lease->fn(lease->arg, lease, RELAY_FAILED);
		return;
	}
	lease->conn = relay_conn_new(lease->relay, fd, addr, lease->lmtp);
	lease->conn->lease = lease;
}

void relay_lease_replace(struct relay_lease *lease)
{
	struct connect_opts co = connect_options(lease->relay);

	lease->conn = NULL;
	lease->was_replaced = true;
	lease->job = connect_start(lease->relay->loop, lease->addrs, lease->addr_count, &co,
				   replaced, lease);
}

void relay_begin(struct relay_lease *lease, const struct smtp_client_mail *mail,
		 const struct str *slices, size_t slice_count, relay_event_fn *fn, void *arg)
{
	must(!lease->mail);
	lease->mail = mail;
	lease->slices = slices;
	lease->slice_count = slice_count;
	lease->fn = fn;
	lease->arg = arg;
	/* It may have been lost just now, so that its own step has not looked at that yet. */
	if (lease->conn && (lease->conn->is_dead || !smtp_client_is_idle(lease->conn->client))) {
		relay_conn_drop(lease->conn);
		lease->conn = NULL;
	}
	if (lease->conn)
		relay_conn_begin(lease->conn);
	else
		relay_lease_replace(lease);
}

void relay_commit(struct relay_lease *lease)
{
	must(lease->conn);
	relay_conn_commit(lease->conn);
}

const struct smtp_client_result *relay_result(const struct relay_lease *lease, size_t i)
{
	static const struct smtp_client_result lost = {
		.state = SMTP_CL_RCPT_LOST,
		.phase = SMTP_CL_GREETING,
		.reply = { 451, { "4.4.1", 5 }, { "no connection to the next hop", 29 } },
	};

	return lease->conn ? smtp_client_result(lease->conn->client, i) : &lost;
}

bool relay_is_uncertain(const struct relay_lease *lease)
{
	const struct smtp_client_failure *f =
	    lease->conn ? smtp_client_failure(lease->conn->client) : NULL;

	return f && f->is_uncertain;
}

const struct net_addr *relay_addr(const struct relay_lease *lease)
{
	return lease->conn ? &lease->conn->addr : &lease->addrs[0];
}

struct relay_lease *relay_release(struct relay_lease *lease)
{
	if (!lease)
		return NULL;
	connect_cancel(lease->job);
	lease->relay->leases--;
	if (lease->conn) {
		lease->conn->lease = NULL;
		relay_conn_let_go(lease->conn);
	}
	x_free(lease->addrs);
	return x_free(lease);
}
