/* SPDX-License-Identifier: BSD-2-Clause */
#include "proc/rules_load.h"

#include "checks/checks.h"
#include "conf/conf.h"
#include "core/arena.h"
#include "core/log.h"
#include "rules/files.h"
#include "rules/ruleset.h"

enum { DETAIL_ERRORS = 0, DETAIL_UNUSED = 2, MAX_CF_LINES = 10000 };

bool rules_use_net(const struct conf *c)
{
	return !conf_get_bool(c, "sa_local_tests_only");
}

static void log_diags(const struct ruleset *rs, const struct log *log)
{
	size_t n;
	const struct rules_diag *d = ruleset_diags(rs, &n);
	for (size_t i = 0; i < n; i++)
		if (d[i].severity != RULES_INFO)
			log_info(log, "rules", lf_str("file", d[i].file), lf_int("line", d[i].line),
				 lf_str("finding", d[i].text));
	const struct ruleset_missing *m = ruleset_missing(rs, &n);
	for (size_t i = 0; i < n; i++)
		log_debug(log, "rules that never hit: nothing implements their function",
			  lf_str("function", m[i].function), lf_int("rules", (int64_t)m[i].rules));
}

/* Names of functions that nothing implements: their rules never hit, and the start says so. */
static struct str missing_names(struct arena *a, const struct ruleset *rs, size_t *ret_rules)
{
	size_t n;
	const struct ruleset_missing *m = ruleset_missing(rs, &n);
	struct str names = STR("");
	*ret_rules = 0;
	for (size_t i = 0; i < n; i++) {
		names = arena_printf(a, "%.*s%s%.*s", STR_FMT(names), i ? " " : "",
				     STR_FMT(m[i].function));
		*ret_rules += m[i].rules;
	}
	return names;
}

static void log_counts(const struct ruleset *rs, const struct rules_paths *paths,
		       const struct log *log)
{
	struct arena *a = arena_new();
	size_t arena, regex, lost;
	struct str names = missing_names(a, rs, &lost);
	const char *folder = rules_files_folder(paths);
	ruleset_memory(rs, &arena, &regex);
	log_text(log, 0,
		 arena_printf(a, "rules: %zu from %s, %zu errors, %zu kB", ruleset_rule_count(rs),
			      folder ? folder : "nowhere", ruleset_error_count(rs),
			      (arena + regex) >> 10));
	if (lost)
		log_text(
		    log, 0,
		    arena_printf(a, "rules: %zu never hit, their checks are not implemented: %.*s",
				 lost, STR_FMT(names)));
	arena_free(a);
}

/* $postern_... if set, else amavisd's name for it, else NULL: the default places. */
static const char *path_of(const struct conf *c, const char *own, const char *amavisd)
{
	const char *path = conf_get_cstr(c, own);
	return path && *path ? path : conf_get_cstr(c, amavisd);
}

static const char *const *lines_of(struct arena *a, const struct conf *c)
{
	const struct conf_value *list = conf_get_list(c, "postern_rules_cf");
	const char **lines = arena_calloc(a, list->count + 1, sizeof(*lines));
	size_t n = 0;
	for (size_t i = 0; i < list->count && i < MAX_CF_LINES; i++) {
		const char *line = str_cstr(a, conf_text(a, list->items[i]));
		if (line)
			lines[n++] = line;
	}
	return lines;
}

int rules_load(const struct conf *c, const struct log *log, struct ruleset **ret, struct err *e)
{
	struct arena *a = arena_new();
	struct rules_paths paths = {
		.rules = path_of(c, "postern_rules_dir", "sa_configpath"),
		.site = path_of(c, "postern_site_dir", "sa_siteconfigpath"),
		.cf = lines_of(a, c),
	};
	struct ruleset_options options = { .plugins = checks_plugins,
					   .plugin_count = checks_plugin_count,
					   .net = rules_use_net(c) };
	struct rules_source source;
	int r = rules_files_read(&paths, a, &source, e);
	if (r == 0)
		r = ruleset_load(&source, &options, ret, e);
	if (r == 0) {
		log_diags(*ret, log);
		log_counts(*ret, &paths, log);
	}
	arena_free(a);
	return r;
}
