/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli/scan_rules.h"

#include "checks/checks.h"
#include "core/arena.h"
#include "rules/analyses.h"
#include "rules/analyses_file.h"
#include "rules/files.h"
#include "rules/ruleset.h"

#include <stdio.h>

const char scan_rules_usage[] =
    "  --local            no network checks\n"
    "  --rules DIR        rule files (else as SpamAssassin looks for them)\n"
    "  --site DIR         site configuration (/etc/spamassassin)\n"
    "  --cf LINE          a configuration line behind all files; may be repeated\n"
    "  --user-prefs FILE  a user's preferences, as spamd reads them: without rules and "
    "administrator settings\n"
    "  --cache FILE       keep in FILE what was worked out of the rules: the next start is "
    "quicker\n"
    "  -v, --verbose      what the rule files had to say, and which checks are missing\n";

void scan_rules_init(struct scan_rules *r)
{
	*r = (struct scan_rules){ .net = true };
}

int scan_rules_take(struct scan_rules *r, int option, const char *arg)
{
	switch (option) {
	case SCAN_RULES_LOCAL: r->net = false; return 1;
	case SCAN_RULES_DIR: r->rules = arg; return 1;
	case SCAN_RULES_SITE: r->site = arg; return 1;
	case SCAN_RULES_PREFS: r->user_prefs = arg; return 1;
	case SCAN_RULES_CACHE: r->cache = arg; return 1;
	case SCAN_RULES_VERBOSE: r->verbose = true; return 1;
	case SCAN_RULES_CF:
		if (r->cf_count == SCAN_RULES_MAX_CF)
			return -1;
		r->cf[r->cf_count++] = arg;
		return 1;
	default: return 0;
	}
}

static void show_diags(const struct ruleset *rs, bool verbose)
{
	const struct rules_diag *d;
	const struct ruleset_missing *m;
	size_t n;

	d = ruleset_diags(rs, &n);
	for (size_t i = 0; i < n; i++)
		if (verbose || d[i].severity == RULES_ERROR)
			fprintf(stderr, "postern: %.*s%s%.*s\n", STR_FMT(d[i].file),
				d[i].file.n ? ": " : "", STR_FMT(d[i].text));
	m = ruleset_missing(rs, &n);
	for (size_t i = 0; verbose && i < n; i++)
		fprintf(stderr, "postern: eval function %.*s %s: %zu rules %s%s\n",
			STR_FMT(m[i].function), m[i].partly ? "asks no network yet" : "is missing",
			m[i].rules, m[i].partly ? "hit by what the header says" : "cannot hit",
			m[i].net_only ? " (network only)" : "");
}

static int load(const struct scan_rules *o, const struct rules_source *source,
		struct ruleset_options *options, struct ruleset **ret, struct err *e)
{
	struct arena *a = arena_new();
	struct err cannot = ERR_INIT;
	struct analyses known;
	int r;

	if (o->cache) {
		analyses_file_read(o->cache, a, &known);
		options->analyses = &known;
	}
	r = ruleset_load(source, options, ret, e);
	if (r == 0 && o->cache && analyses_file_write(o->cache, &known, &cannot) < 0)
		fprintf(stderr, "postern: --cache: %s\n", cannot.text);
	arena_free(a);
	return r;
}

int scan_rules_load(const struct scan_rules *o, struct arena *a, struct ruleset **ret)
{
	struct rules_paths paths = { .rules = o->rules,
				     .site = o->site,
				     .user_prefs = o->user_prefs,
				     .restricted = o->user_prefs };
	struct ruleset_options opts = { .plugins = checks_plugins,
					.plugin_count = checks_plugin_count,
					.net = o->net,
					.ungated = o->ungated };
	struct rules_source source;
	struct err e = ERR_INIT;

	paths.cf = o->cf_count ? o->cf : NULL;
	if (rules_files_read(&paths, a, &source, &e) < 0 || load(o, &source, &opts, ret, &e) < 0) {
		fprintf(stderr, "postern: %s\n", e.text);
		fprintf(stderr, "postern: install the package spamassassin, or name a folder with "
				"rule files: --rules DIR\n");
		return -1;
	}
	show_diags(*ret, o->verbose);
	return 0;
}
