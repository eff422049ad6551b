/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * method: where mail goes on to: $forward_method, $notify_method in amavisd's words:
 *	smtp:[127.0.0.1]:10025   smtp:127.0.0.1:10025   smtp:host:25   lmtp:/run/x.sock   lmtp:unix:/run/x.sock
 *	smtp:*:*   smtp:[*]:*    the client's address, the port it connected to plus 1
 *	maildir:/path            a Maildir, made if it is not there (Postern's own)
 * A list of smtp: (or of lmtp:) is tried in order.
 */
#pragma once

#include "core/err.h"
#include "core/str.h"
#include "net/addr.h"

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct conf;
struct conf_diags;
struct hosts;

enum method_kind { METHOD_NONE = 0, METHOD_SMTP, METHOD_LMTP, METHOD_MAILDIR, METHOD_KIND_COUNT };

struct method_target {
	struct net_addr addr; /* port set also when is_client_host */
	struct str host;      /* a name that is to be looked up; none: addr is whole */
	bool is_client_host;  /* host is *: the address of the client */
	bool is_next_port;    /* port is *: the port it connected to plus 1 */
};

struct method {
	enum method_kind kind;
	struct method_target *targets;
	size_t target_count;
	struct str path; /* METHOD_MAILDIR */
	struct str text; /* as written, for the log and replies: "smtp:[127.0.0.1]:10025" */
};

/* Adds one method's text. Pure: names of hosts stay names. -1: e says what is wrong with it. */
int method_add(struct arena *a, struct method *m, struct str text, struct err *e);
/*
 * A setting's method: one or a list of them; undef or '': METHOD_NONE. name: with its sigil. What is wrong
 * is told to diags at its place, and left out.
 */
void method_read(struct arena *a, const struct conf *c, const char *name, struct method *ret,
		 struct conf_diags *diags);
/*
 * The addresses to try for a session: * filled in, and of each host name what is known now (hosts looks
 * further beside the loop). Returns how many, at most METHOD_ADDRS_MAX; list in the arena.
 */
enum { METHOD_ADDRS_MAX = 64 };
size_t method_addresses(const struct method *m, struct arena *a, struct hosts *hosts,
			const struct net_addr *client, unsigned listen_port, struct net_addr **ret);
/* Its host names looked up here and now: it may take seconds. At a start only. */
void method_look_up_now(const struct method *m, struct hosts *hosts);
/* None of its addresses answered: host names are looked up again. */
void method_failed(const struct method *m, struct hosts *hosts);
