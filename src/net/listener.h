/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Listening sockets. listener_bind() makes one (the supervisor, which passes the descriptor on);
 * listener_new() accepts from one in a loop (a front). Accepting pauses while `max_open` accepted
 * connections are open, so that the kernel's backlog, not our memory, holds the rest; and for a
 * second when the system is out of descriptors or buffers.
 */
#pragma once

#include "core/err.h"
#include "net/addr.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct loop;
struct listener;

struct listener_bind_opts {
	int backlog;        /* 0: 1024 */
	unsigned unix_mode; /* mode of a UNIX socket's file (0: 0600) */
	bool reuse_port;    /* several processes bind the same port (SO_REUSEPORT) */
	bool free_bind;     /* bind an address that is not up yet (IP_FREEBIND) */
};

/*
 * Returns a listening, non-blocking, close-on-exec descriptor. Port 0: the kernel chooses, ask
 * net_addr_of_local(). IPv6 sockets take IPv6 only. UNIX: a left-over socket file that nobody
 * listens on is replaced; one in use, or a file that is no socket, is an error. opts NULL:
 * defaults.
 */
int listener_bind(const struct net_addr *a, const struct listener_bind_opts *opts, int *ret_fd,
		  struct err *e);

/* fd: non-blocking, close-on-exec, TCP_NODELAY set, the callee's. */
typedef void listener_accept_fn(void *arg, int fd, const struct net_addr *peer);

struct listener_counters {
	uint64_t accepted;
	uint64_t failed; /* accept() errors other than "nobody there" and "gone again" */
	uint64_t pauses; /* times the system was out of something, or max_open was reached */
	size_t open;     /* accepted and not told closed yet */
	int last_errno;  /* of the last failure */
};

/*
 * Accepts from fd, a listening socket that becomes the listener's (from listener_bind(), or passed
 * by the supervisor: it is checked to be one). max_open 0: no limit. At most 32 are accepted a loop
 * round.
 */
struct listener *listener_new(struct loop *l, int fd, size_t max_open, listener_accept_fn *fn,
			      void *arg, struct err *e);
/*
 * Closes the descriptor; connections accepted so far are not touched. A UNIX socket's file stays.
 */
struct listener *listener_free(struct listener *ln);
/* The owner tells that one accepted connection is gone. */
void listener_closed_one(struct listener *ln);
/* Stops and goes on accepting (draining, out of message memory). */
void listener_pause(struct listener *ln);
void listener_resume(struct listener *ln);
const struct listener_counters *listener_get_counters(const struct listener *ln);
/* Where it listens. */
const struct net_addr *listener_get_addr(const struct listener *ln);
