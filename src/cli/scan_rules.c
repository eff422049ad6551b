/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli/scan_rules.h"

#include "checks/checks.h"
#include "core/arena.h"
#include "rules/files.h"
#include "rules/ruleset.h"

#include <stdio.h>

bool scan_rules_add_cf(struct scan_rules *r, const char *line)
{
	if (r->cf_count == SCAN_RULES_MAX_CF)
		return false;
	r->cf[r->cf_count++] = line;
	return true;
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

int scan_rules_load(const struct scan_rules *o, struct arena *a, struct ruleset **ret)
{
	struct rules_paths paths = { .rules = o->rules,
				     .site = o->site,
				     .user_prefs = o->user_prefs,
				     .restricted = o->user_prefs };
	struct ruleset_options opts = { .plugins = checks_plugins,
					.plugin_count = checks_plugin_count,
					.net = o->net };
	struct rules_source source;
	struct err e = ERR_INIT;

	paths.cf = o->cf_count ? o->cf : NULL;
	if (rules_files_read(&paths, a, &source, &e) < 0 ||
	    ruleset_load(&source, &opts, ret, &e) < 0) {
		fprintf(stderr, "postern: %s\n", e.text);
		fprintf(stderr, "postern: install the package spamassassin, or name a folder with "
				"rule files: --rules DIR\n");
		return -1;
	}
	show_diags(*ret, o->verbose);
	return 0;
}
