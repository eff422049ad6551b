/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The way a message came, read off its Received fields, and which hops may be believed: SpamAssassin's
 * trusted/untrusted and internal/external relays. The sets of networks that decide come from .cf files.
 */
#pragma once

#include "core/err.h"
#include "core/str.h"
#include "mime/received.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct budget;
struct mime_message;
struct msg_config;

enum net_set { NET_TRUSTED = 0, NET_INTERNAL, NET_MSA, NET_SET_COUNT };

/* Shared, read-only once built; lives in the arena it was made in. */
struct net_rules;

/* trusted and internal hold 127.0.0.0/8 and ::1 from the start, msa nothing. */
struct net_rules *net_rules_new(struct arena *a);
/*
 * A *_networks line: addresses or networks with white space between, "!" excludes. Each that is bad
 * ("netset: illegal IP address given: 'x'") or lies in an earlier one ("netset: cannot include x as it
 * has already been included") is left out: the texts, with "; " between, are in e and -1 comes back, but the
 * others are taken.
 */
int net_rules_add(struct net_rules *r, enum net_set set, struct str value, struct err *e);
/* clear_*_networks: back to the start, and not configured. */
void net_rules_clear(struct net_rules *r, enum net_set set);
/*
 * Leaves those entries of `set` out that no entry of `to` holds whole (what is excluded is not asked about);
 * how many, and in *ret, from `a`, how each was written.
 */
size_t net_rules_restrict(struct net_rules *r, enum net_set set, enum net_set to, struct arena *a,
			  struct str **ret);
/* A *_networks line was seen for this set. */
bool net_rules_is_configured(const struct net_rules *r, enum net_set set);
/* The first entry in configured order that holds the address decides; other text than an address: false. */
bool net_rules_contains(const struct net_rules *r, enum net_set set, struct str ip);

struct relay_list {
	struct relay **at;
	size_t n;
	struct str text; /* X-Spam-Relays-*: the relays' texts with a blank between; "" when none */
};

struct relays {
	struct relay_list trusted, untrusted, internal, external;
	size_t unparseable;
	/*
	 * Number of Received fields (ignored and unparseable ones too) read while still in trusted
	 * (internal) territory, minus one.
	 */
	long last_trusted_index, last_internal_index;
};

struct relays *relays_parse(struct arena *a, const struct mime_message *mime,
			    const struct msg_config *conf, struct budget *b);
