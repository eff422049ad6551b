/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * outcome: what became of each recipient, and from that the reply to the sending side: the table of
 * docs/ARCHITECTURE.md ("The reply"), as one pure function. Each row is a test.
 */
#pragma once

#include "core/str.h"
#include "smtp/reply.h"

#include <stdbool.h>
#include <stddef.h>

struct arena;

enum outcome_kind {
	OUTCOME_NONE = 0, /* nothing is known: counts as a temporary failure */
	OUTCOME_SENT,     /* the next hop took it, or it was written durably */
	OUTCOME_SENT_BEFORE, /* an earlier try of the same message sent it: remembered, not sent again */
	OUTCOME_DISCARDED, /* by policy: 250 */
	OUTCOME_BOUNCED,   /* by policy, and its DSN is on its way or not due: 250 */
	OUTCOME_REFUSED,   /* 5xx: the next hop's, or by policy */
	OUTCOME_FAILED,    /* 4xx or a lost connection */
	OUTCOME_KIND_COUNT
};

struct outcome {
	enum outcome_kind kind;
	bool by_policy;
	struct smtp_reply reply; /* what the client would be told for this recipient alone */
};

/* What is to be done before the answer may be given. */
struct outcome_verdict {
	struct smtp_reply reply; /* SMTP: the one answer */
	bool needs_dsn; /* a 250 with refused recipients: a DSN must be sent for them first */
	bool remember;  /* a 4xx though some were sent: remember those */
};

/*
 * For SMTP. With n == 0: a 451. The texts are amavisd's: "250 2.0.0 from MTA(smtp:[..]:..): 250 ..." come
 * in the outcomes already; here they are chosen among.
 */
struct outcome_verdict outcome_decide(struct arena *a, const struct outcome *list, size_t n);
