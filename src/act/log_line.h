/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * log_line: amavisd's main log line, field for field as its built-in $log_short_templ gives it:
 *	Passed CLEAN {RelayedInbound}, [192.0.2.7]:4711 [192.0.2.7] <a@b> -> <c@d>, Queue-ID: .., Message-ID: ..,
 *	mail_id: .., Hits: -0.001, size: 153, queued_as: 4ABCDEF001, 147 ms
 * One line for passed recipients and one for blocked ones, if there are both. Without the "(log_id) ".
 */
#pragma once

#include "core/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct envelope;
struct outcome;
struct plan;
struct report;

struct log_line_input {
	const struct envelope *env;
	const struct plan *plan;        /* NULL: the message never got that far */
	const struct report *report;    /* may be NULL */
	const struct outcome *outcomes; /* one a recipient */
	struct str mail_id;
	struct str queued_as;    /* from the next hop's reply, may be empty */
	struct str policy_banks; /* "LOCAL/ORIGINATING", may be empty */
	bool is_lmtp;            /* each recipient has its own reply */
	bool is_originating; /* decides Inbound / Internal / Outbound / OpenRelay with locality */
	uint64_t size;       /* with CRLF line ends, as it came */
	int64_t elapsed_ms;
};

/* Returns how many lines (1 or 2). */
size_t log_line_build(struct arena *a, const struct log_line_input *in, struct str ret[2]);
/* "250 2.0.0 Ok: queued as ABC" → "ABC"; a reply that names no id is given back whole, as amavisd logs it. */
struct str log_line_queued_as(struct str reply_line);
