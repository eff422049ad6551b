/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * plan: what to do with a message, recipient by recipient: report (facts) + envelope + settings in,
 * decisions out. Pure: no I/O, no clock. amavisd's words: a recipient's mail falls into a contents
 * category; the category's destiny decides; levels decide about header fields.
 */
#pragma once

#include "core/str.h"

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct conf;
struct conf_diags;
struct envelope;
struct report;
struct policy;

/* amavisd's CC_* major numbers, in order of weight: the highest that applies is the message's. */
enum plan_category {
	PLAN_CC_OTHER = 0,
	PLAN_CC_CLEAN = 1,
	PLAN_CC_MTA = 2,
	PLAN_CC_OVERSIZED = 3,
	PLAN_CC_BADH = 4,
	PLAN_CC_SPAMMY = 5,
	PLAN_CC_SPAM = 6,
	PLAN_CC_UNCHECKED = 7,
	PLAN_CC_BANNED = 8,
	PLAN_CC_VIRUS = 9,
	PLAN_CC_COUNT
};

enum plan_action {
	PLAN_TEMPFAIL = 0, /* the closed value */
	PLAN_PASS,
	PLAN_REJECT,
	PLAN_DISCARD,
	PLAN_BOUNCE, /* discarded, and a DSN goes to the sender (never for viruses) */
	PLAN_ACTION_COUNT
};

struct plan_rcpt {
	enum plan_action action;
	enum plan_category category;
	bool is_local;      /* @local_domains_maps */
	bool spam_bypassed; /* @bypass_spam_checks_maps: not scored for this recipient */
	bool has_tag, has_tag2, has_kill; /* the level is defined (undef: never) */
	double tag_level, tag2_level, kill_level;
	bool is_tagged;         /* score >= tag level, local: X-Spam-Status, -Level, -Score */
	bool is_spammy;         /* score >= tag2 level: X-Spam-Flag: YES */
	bool is_spam;           /* score >= kill level */
	struct str subject_tag; /* put before the Subject; empty: none */
	/* What the client is told when the action is not PASS: code, enhanced code, text. */
	unsigned code;
	struct str enhanced, text;
	size_t group; /* recipients of one group get the same header edits: one transaction */
};

struct plan {
	struct plan_rcpt *rcpts; /* as many as the envelope has, in its order */
	size_t count;
	size_t group_count;          /* groups among the PASS recipients */
	enum plan_category category; /* the weightiest of all */
};

/*
 * Reads its settings out of conf once (lookup tables compiled, regexps too); what is wrong is told to diags
 * at its place, and left out. Never NULL. Lives in the arena, as does everything it returns; conf outlives it.
 */
struct policy *policy_new(struct arena *a, const struct conf *conf, struct conf_diags *diags);

/* Is the address in @local_domains_maps? */
bool policy_is_local(const struct policy *p, struct str addr);
/* Which examinations any recipient wants: enum scan_want bits (scan/scan.h). */
unsigned policy_wants(const struct policy *p, const struct envelope *env);

/* report NULL: the scan failed and nothing is known: every recipient PLAN_TEMPFAIL. */
struct plan *policy_decide(const struct policy *p, struct arena *a, const struct envelope *env,
			   const struct report *report);

/* "CLEAN", "SPAM", "INFECTED" ...: the word in the log. */
const char *plan_category_name(enum plan_category c);
