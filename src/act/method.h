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
struct conf_value;

enum method_kind { METHOD_NONE = 0, METHOD_SMTP, METHOD_LMTP, METHOD_MAILDIR, METHOD_KIND_COUNT };

struct method_target {
	struct net_addr addr; /* port set also when is_client_host */
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

/*
 * Host names are looked up here and now (getaddrinfo: it may take seconds): call at start only.
 * v: a string or a list of strings; undef gives METHOD_NONE.
 */
int method_parse(struct arena *a, const struct conf_value *v, struct method *ret, struct err *e);
/* The addresses to try for a session: * filled in. Returns how many; list in the arena. */
size_t method_addresses(const struct method *m, struct arena *a, const struct net_addr *client,
			unsigned listen_port, struct net_addr **ret);
