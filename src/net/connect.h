/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Connecting without waiting: tries the addresses of a list in order until one answers. TCP and
 * UNIX.
 */
#pragma once

#include "core/err.h"
#include "net/addr.h"

#include <stddef.h>
#include <stdint.h>

struct loop;
struct connect_job;

struct connect_opts {
	int64_t each_ms;              /* time for one address (0: 30 s) */
	int64_t total_ms;             /* for all (0: no limit beyond each_ms times count) */
	const struct net_addr *local; /* bind to this first; NULL: let the kernel choose */
};

/*
 * fd >= 0: connected, non-blocking, close-on-exec, the callee's from now on; addr is the one that
 * answered. fd -1: none did; addr NULL; e names the last address and reason (temp), and how many
 * were tried.
 */
typedef void connect_done_fn(void *arg, int fd, const struct net_addr *addr, const struct err *e);

/*
 * The list is copied. done comes later, exactly once, unless connect_cancel() is called before; the
 * job is gone when it is called. opts NULL: defaults. count 0 fails, later, like everything else.
 */
struct connect_job *connect_start(struct loop *l, const struct net_addr *addrs, size_t count,
				  const struct connect_opts *opts, connect_done_fn *done,
				  void *arg);
/* No done. NULL is fine; returns NULL. */
struct connect_job *connect_cancel(struct connect_job *j);
