/* SPDX-License-Identifier: BSD-2-Clause */
/* What relay.c (the pool) and relay_conn.c (one connection) know of each other. */
#pragma once

#include "act/relay.h"
#include "net/connect.h"
#include "net/loop.h"
#include "net/stream.h"

#include <sys/queue.h>

TAILQ_HEAD(relay_conns, relay_conn);

struct relay {
	struct loop *loop;
	struct relay_opts opts;
	struct smtp_client_opts client_opts[2]; /* SMTP, LMTP */
	struct relay_conns idle;                /* the one used last at the end */
	size_t idle_count, leases;
};

/* Belongs to a wait (not up yet, or about to be handed out), to a lease, or to the idle list. */
struct relay_conn {
	TAILQ_ENTRY(relay_conn) link;
	struct relay *relay;
	struct net_addr addr;
	bool lmtp, is_idle, is_dead, is_fresh;
	bool has_begun; /* a transaction has been handed to the engine */
	unsigned uses;
	size_t slice, at; /* how far the content has gone */
	struct smtp_client *client;
	struct stream *stream;
	struct loop_call step; /* events of the engine are looked at from here only */
	struct relay_wait *wait;
	struct relay_lease *lease;
};

struct relay_wait {
	struct relay *relay;
	struct net_addr *addrs;
	size_t addr_count;
	bool lmtp;
	struct connect_job *job;
	struct relay_conn *conn;
	struct loop_call later;
	relay_reserved_fn *done;
	void *arg;
	struct err err;
};

struct relay_lease {
	struct relay *relay;
	struct relay_conn *conn; /* NULL: being replaced, or could not be */
	struct connect_job *job;
	struct net_addr *addrs;
	size_t addr_count;
	bool lmtp, was_replaced, is_over;
	const struct smtp_client_mail *mail;
	const struct str *slices;
	size_t slice_count;
	relay_event_fn *fn;
	void *arg;
	struct err replace_err;
};

struct relay_conn *relay_conn_new(struct relay *r, int fd, const struct net_addr *addr, bool lmtp);
void relay_conn_begin(struct relay_conn *c);
void relay_conn_commit(struct relay_conn *c);
/* Off the idle list, into somebody's hands. */
void relay_conn_take_idle(struct relay_conn *c);
/* Nobody's any more: kept if it can serve again, else dropped. */
void relay_conn_let_go(struct relay_conn *c);
void relay_conn_drop(struct relay_conn *c);

void relay_wait_up(struct relay_wait *w);
void relay_wait_connect(struct relay_wait *w);
void relay_wait_failed(struct relay_wait *w, const struct err *e);
void relay_lease_replace(struct relay_lease *lease);
