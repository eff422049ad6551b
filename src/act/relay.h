/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * relay: connections to next hops and transactions over them. Connections are kept and used again; a
 * kept one that turns out dead before it got a reply is replaced once, unseen by the caller.
 *
 *	relay_reserve() → a lease (a connection past its hello) → relay_begin() → READY → relay_commit()
 *	→ DONE → relay_release()
 *
 * All callbacks come later, never inside the call. Results and failures: smtp/client.h.
 */
#pragma once

#include "core/err.h"
#include "core/str.h"
#include "net/addr.h"
#include "smtp/client.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct loop;
struct log;
struct relay;
struct relay_lease;

struct relay_opts {
	struct str helo;    /* our name */
	int64_t connect_ms; /* per address; 0: 30 s */
	int64_t idle_ms;    /* how long a connection is kept unused; 0: 15 s */
	size_t max_idle;    /* kept unused in all; 0: 64 */
	unsigned max_uses;  /* transactions over one connection; 0: 100 */
	int64_t
	    reply_ms; /* longest wait for a reply, where the protocol's own is longer; 0: that */
	struct net_addr local; /* to connect from; NET_NONE: as the kernel chooses */
	const struct log *log;
};

struct relay *relay_new(struct loop *l, const struct relay_opts *opts);
/* No lease may be out. */
struct relay *relay_free(struct relay *r);

/* lease NULL: none of the addresses could be had; e says why (temp). */
typedef void relay_reserved_fn(void *arg, struct relay_lease *lease, const struct err *e);
struct relay_wait;
/* addrs are copied. The returned handle is gone when done is called. */
struct relay_wait *relay_reserve(struct relay *r, const struct net_addr *addrs, size_t count,
				 bool lmtp, relay_reserved_fn *done, void *arg);
struct relay_wait *relay_reserve_cancel(struct relay_wait *w);

enum relay_event {
	RELAY_READY = 0, /* all but the dot is sent: commit or drop */
	RELAY_DONE,      /* every recipient has its result */
	RELAY_FAILED,    /* the connection failed; every recipient has its result */
};
typedef void relay_event_fn(void *arg, struct relay_lease *lease, enum relay_event ev);

/* mail and the slices must stay until DONE, FAILED or release. Slices with LF line ends, as smtp/client.h. */
void relay_begin(struct relay_lease *lease, const struct smtp_client_mail *mail,
		 const struct str *slices, size_t slice_count, relay_event_fn *fn, void *arg);
void relay_commit(struct relay_lease *lease);
/* After RELAY_READY, DONE or FAILED. */
const struct smtp_client_result *relay_result(const struct relay_lease *lease, size_t i);
/* FAILED after the dot was sent: nobody knows whether the message was taken. */
bool relay_is_uncertain(const struct relay_lease *lease);
const struct net_addr *relay_addr(const struct relay_lease *lease);
/*
 * Gives the lease back. Between transactions the connection is kept for others; in the middle of one it
 * is dropped without the dot. NULL is fine; returns NULL.
 */
struct relay_lease *relay_release(struct relay_lease *lease);
