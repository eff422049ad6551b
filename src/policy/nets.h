/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * nets: amavisd's lookup of a client's address (its lookup_ip_acl) in one table: a list of networks with !
 * for exceptions, a hash with addresses or the first bytes of IPv4 ones as keys, or a constant. Used for
 * @inet_acl and for the tables of @client_ipaddr_policy.
 */
#pragma once

#include <stdbool.h>

struct arena;
struct conf;
struct conf_diags;
struct conf_value;
struct net_addr;
struct nets;

/*
 * table: references are followed. What is no network is told to diags at its place, and left out; never
 * NULL. Lives in the arena; conf outlives it.
 */
struct nets *nets_new(struct arena *a, const struct conf *conf, const struct conf_value *table,
		      struct conf_diags *diags);
/* addr NULL: a client that is not known, as amavisd does: 0.0.0.0. */
bool nets_has(const struct nets *n, const struct net_addr *addr);
