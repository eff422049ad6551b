/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * front: the role that speaks with mail servers. It parses no MIME and runs no rules: it takes messages
 * in (SMTP, LMTP), gives them to scan processes as sealed memfds, asks DNS and virus engines for them,
 * decides by policy and acts: header edits, re-injection, the reply.
 */
#pragma once

#include "core/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct conf;
struct conf_diags;
struct loop;
struct log;
struct front;

/* One socket to accept from, bound by the supervisor. */
struct front_listener {
	int fd;          /* taken over */
	struct str name; /* as configured, for policy banks and the log: "10024", "/run/x.sock" */
	bool lmtp;       /* speaks LMTP whatever the client says first */
};

/*
 * Reads all that a front reads of the configuration, its policy banks too, for what there is to be told of
 * it: methods, networks, lookup tables, virus engines, DNS servers. front_new() uses the same functions.
 */
void front_check(const struct conf *conf, struct conf_diags *diags);
/*
 * What all fronts of a daemon remember together, and past their own lives: which recipients have got a
 * message whose client was told to come again, and which messages kill scan processes. Zeroed memory of
 * this size, shared by all of them.
 */
size_t front_shared_bytes(void);
/*
 * What the rule files say of DNS, for what the configuration does not say: only the loader reads rule
 * files, and it passes this on. Where $postern_dns_servers or $postern_dns_timeout is set, they rule.
 */
struct front_dns {
	bool off;                    /* dns_available no */
	bool no_ip6_answers;         /* dns_options nov6: AAAA is not asked */
	bool random_case;            /* dns_options dns0x20 */
	uint32_t edns_bytes;         /* dns_options edns=N; 0: not said */
	uint32_t rbl_ms, rbl_min_ms; /* rbl_timeout; 0: not said */
	const struct str *servers;   /* dns_server */
	size_t server_count;
};
enum { FRONT_DNS_SERVERS_MAX = 64 };

struct front_start {
	const struct front_listener *listeners;
	size_t listener_count;
	void *shared;
	struct front_dns dns;
};

/* conf, loop, log and shared outlive the front. Listeners are served at once; messages wait for a scan process. */
struct front *front_new(struct loop *loop, const struct conf *conf, struct log *log,
			const struct front_start *start);
/*
 * A scan process's channel (fd taken over). generation: of the rules it has; messages go to the newest
 * one; older channels are closed when they are idle. A channel that closes with messages in it: each is
 * scanned again, alone, on another channel (DESIGN section 4).
 */
void front_add_scan(struct front *f, int fd, unsigned generation);
/* No new sessions or messages; calls done(arg) when the last one has ended. */
void front_drain(struct front *f, void (*done)(void *), void *arg);
struct front *front_free(struct front *f);
