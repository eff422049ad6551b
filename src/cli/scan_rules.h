/* SPDX-License-Identifier: BSD-2-Clause */
/* The rule set that `scan` and `explain` judge by, from the options both have. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct ruleset;

enum { SCAN_RULES_MAX_CF = 256 };

struct scan_rules {
	const char *rules, *site, *user_prefs; /* NULL: as SpamAssassin looks for them; none */
	const char *cf[SCAN_RULES_MAX_CF + 1];
	size_t cf_count;
	bool net;
	bool verbose; /* tell all that the rule files had to say, not errors only */
};

/* --cf; false: too many. */
bool scan_rules_add_cf(struct scan_rules *r, const char *line);
/* 0, or -1 where there are none: standard error says why. Files that are read live in `a`. */
int scan_rules_load(const struct scan_rules *r, struct arena *a, struct ruleset **ret);
