/* SPDX-License-Identifier: BSD-2-Clause */
/* The rule set that `scan`, `explain` and `profile` judge by, from the options all of them have. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct ruleset;

enum { SCAN_RULES_MAX_CF = 256 };

struct scan_rules {
	const char *rules, *site, *user_prefs; /* NULL: as SpamAssassin looks for them; none */
	const char *cache;                     /* rules/analyses_file.h; NULL: none */
	const char *cf[SCAN_RULES_MAX_CF + 1];
	size_t cf_count;
	bool net;
	bool ungated; /* ruleset_options.ungated */
	bool verbose; /* tell all that the rule files had to say, not errors only */
};

/* What getopt_long() gives for them. */
enum scan_rules_option {
	SCAN_RULES_LOCAL = 512,
	SCAN_RULES_DIR,
	SCAN_RULES_SITE,
	SCAN_RULES_CF,
	SCAN_RULES_PREFS,
	SCAN_RULES_CACHE,
	SCAN_RULES_VERBOSE = 'v',
};

/* Rows for a command's table of long options; "v" belongs into its short ones. */
/* clang-format off */
#define SCAN_RULES_OPTIONS                                             \
	{ "local", no_argument, NULL, SCAN_RULES_LOCAL },              \
	{ "rules", required_argument, NULL, SCAN_RULES_DIR },          \
	{ "site", required_argument, NULL, SCAN_RULES_SITE },          \
	{ "cf", required_argument, NULL, SCAN_RULES_CF },              \
	{ "user-prefs", required_argument, NULL, SCAN_RULES_PREFS },   \
	{ "cache", required_argument, NULL, SCAN_RULES_CACHE },        \
	{ "verbose", no_argument, NULL, SCAN_RULES_VERBOSE }
/* clang-format on */

/* Their lines of --help. */
extern const char scan_rules_usage[];

/* As without any of them. */
void scan_rules_init(struct scan_rules *r);
/* 1: taken; 0: none of these; -1: too many --cf. */
int scan_rules_take(struct scan_rules *r, int option, const char *arg);
/* 0, or -1 where there are none: standard error says why. Files that are read live in `a`. */
int scan_rules_load(const struct scan_rules *r, struct arena *a, struct ruleset **ret);
