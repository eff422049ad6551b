/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The socket of `posternd debug-verb VERB`: there only while the configuration in service says
 * $postern_debug_verbs = 1, open to root and to $daemon_user. A verb is carried out by a scan process of
 * its own, started by the loader like all others, which ends afterwards. One verb at a time.
 */
#pragma once

#include "core/err.h"
#include "core/str.h"

struct debug_socket;
struct generation;
struct log;
struct loop;
struct strbuf;

/* At the plan's path; NULL (and a line in the log) when it cannot be bound. */
struct debug_socket *debug_socket_new(struct loop *loop, struct log *log, struct generation *g);
struct debug_socket *debug_socket_free(struct debug_socket *d);
/* The scan process that was asked for. fd is taken over. */
void debug_socket_scan(struct debug_socket *d, int fd);

/* The client: connects, waits, appends the result. */
int debug_socket_ask(struct str path, struct str verb, struct strbuf *out, struct err *e);
