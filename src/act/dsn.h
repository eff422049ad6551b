/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dsn: delivery status notifications (RFC 3464 in RFC 3462 multipart/report) to the sender: for recipients
 * that the next hop refused where others got the message, and for D_BOUNCE. Never for viruses, never to
 * the null sender, never above $sa_dsn_cutoff_level, never where the sender said NOTIFY=NEVER.
 */
#pragma once

#include "core/str.h"
#include "smtp/client.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct conf;
struct envelope;
struct outcome;
struct plan;
struct report;

struct dsn_opts {
	struct str myhostname;
	struct str from; /* $hdrfrom_notify_sender: the From field's whole value */
	bool has_cutoff;
	double cutoff_level; /* $sa_dsn_cutoff_level */
};

void dsn_opts_init(struct dsn_opts *o, struct arena *a, const struct conf *conf);

struct dsn_input {
	const struct dsn_opts *opts;
	const struct envelope *env;
	const struct smtp_mail *mail;         /* RET, ENVID */
	const struct smtp_rcpt *const *rcpts; /* NOTIFY, ORCPT; as many as env has */
	const struct plan *plan;
	const struct report *report;
	const struct outcome *outcomes;
	struct str raw; /* its header is quoted (RET=HDRS always: the body may be spam) */
	struct str mail_id;
	int64_t now_ms;
};

/* Is a DSN due for recipient i? */
bool dsn_is_due(const struct dsn_input *in, size_t i);
/* The notification for all that are due: slices with LF line ends; 0 when none is due. */
size_t dsn_build(struct arena *a, const struct dsn_input *in, struct str **ret);
