/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * profile: the settings that hold for some mail: the configuration under the policy banks in force, read
 * once into what the front needs of it. There is one for no bank at all; others are made from it when mail
 * first asks for them, and stay. The one place where the front reads its settings: a start and test-config
 * both come here, and hear of all that is wrong at once.
 */
#pragma once

#include "act/dsn.h"
#include "act/edit.h"
#include "act/method.h"
#include "core/str.h"
#include "smtp/server.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

struct arena;
struct conf;
struct conf_diags;
struct net_addr;
struct nets;
struct policy;

struct front_settings {
	struct method forward, notify;
	struct edit_opts edit;
	struct dsn_opts dsn;
	struct smtp_server_opts server; /* but the name and protocol of the listener */
	struct str helo, myhostname;
	const struct nets *inet_acl;
	bool early_connect;
	bool originating; /* mail of our own */
	bool first_infected_stops;
	unsigned mail_id_bits; /* 24, 48, 72 or 96 */
	int64_t deadline_ms;   /* a message's, from its final dot to the scan's report */
	int64_t grace_ms;
	bool poison_passes; /* a message that kills scans goes on as UNCHECKED */
	struct str poison_dir;
};

/* One pair of @client_ipaddr_policy. */
struct profile_client {
	const struct nets *nets;
	struct str banks; /* names with commas between them */
};

SLIST_HEAD(front_profiles, front_profile);

struct front_profile {
	SLIST_ENTRY(front_profile) link;
	struct arena *arena; /* the first one's */
	const struct conf *conf;
	struct str bank;  /* the last one laid on; none: no bank */
	struct str banks; /* all of them, "LISTENER/MYNETS" */
	struct front_settings set;
	struct policy *policy;
	struct profile_client *clients;
	size_t client_count;
	struct front_profiles under; /* the same with one bank more */
};

/* The longest time for one message: $postern_message_deadline, and $child_timeout where that is set. */
int64_t profile_deadline_ms(const struct conf *conf);
/* The configuration without banks. All of it lives in the arena; conf outlives it. Never NULL. */
struct front_profile *profile_new(struct arena *a, const struct conf *conf,
				  struct conf_diags *diags);
/* With this bank over it; the same profile where there is no such bank, or it is on top already. */
struct front_profile *profile_with_bank(struct front_profile *p, struct str bank,
					struct conf_diags *diags);
/* Every bank over p, for what there is to be told of it. */
void profile_check_banks(struct front_profile *p, struct conf_diags *diags);
/*
 * The profile of a connection that came in at `local`, by %interface_policy: for the port, then for
 * address:port; for a UNIX socket by SOCK, then by its path (name).
 */
struct front_profile *profile_of_socket(struct front_profile *p, struct str name,
					const struct net_addr *local);
/*
 * The profile of a message, over its connection's: by the client's address in @client_ipaddr_policy (client
 * NULL: not known), then MYUSERS where the sender of mail of our own is local.
 */
struct front_profile *profile_of_message(struct front_profile *p, const struct net_addr *client,
					 struct str sender);
