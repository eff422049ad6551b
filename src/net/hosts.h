/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hosts: the addresses of host names that the configuration names, by the system's own resolver
 * (getaddrinfo: /etc/hosts, DNS, what nsswitch.conf says), without waiting: a lookup runs in a thread of
 * its own, which touches nothing of ours and reports by a pipe. What was found is used until the next
 * lookup finds something: one that fails takes nothing away. Looked up again when it is older than max_age_ms and
 * somebody asks, and when its user says that none of the addresses answered.
 */
#pragma once

#include "core/str.h"
#include "net/addr.h"

#include <stddef.h>
#include <stdint.h>

struct hosts;
struct log;
struct loop;

enum { HOSTS_ADDRS_MAX = 24 };

struct hosts_opts {
	int64_t max_age_ms;    /* 0: a minute */
	int64_t pause_ms;      /* least time between two lookups of a name; 0: 2 s */
	const struct log *log; /* NULL: silent */
};

struct hosts *hosts_new(struct loop *l, const struct hosts_opts *opts);
/* Lookups that are on their way end by themselves, unheard. NULL is fine; returns NULL. */
struct hosts *hosts_free(struct hosts *h);
/* Looks it up here and now: it may take seconds. At a start only. False: it has no address now. */
bool hosts_look_up_now(struct hosts *h, struct str name);
/*
 * What is known of it now; without ports. Valid until the loop runs again. 0: nothing yet. Starts a
 * lookup where there was none or what is known is too old.
 */
size_t hosts_get(struct hosts *h, struct str name, const struct net_addr **ret);
/* None of its addresses was of any use: a lookup starts, unless there was one just now. */
void hosts_failed(struct hosts *h, struct str name);
