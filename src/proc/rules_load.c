/* SPDX-License-Identifier: BSD-2-Clause */
#include "proc/rules_load.h"

#include "checks/checks.h"
#include "conf/conf.h"
#include "core/arena.h"
#include "core/err.h"
#include "core/log.h"
#include "rules/analyses.h"
#include "rules/analyses_file.h"
#include "rules/files.h"
#include "rules/ruleset.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DETAIL_ERRORS = 0, DETAIL_UNUSED = 2, MAX_CF_LINES = 10000 };

bool rules_use_net(const struct conf *c)
{
	return !conf_get_bool(c, "sa_local_tests_only");
}

static void tell_findings(const struct ruleset *rs, const struct log *log, struct conf_diags *diags)
{
	size_t n;
	const struct rules_diag *d = ruleset_diags(rs, &n);
	struct arena *a = arena_new();
	for (size_t i = 0; i < n; i++) {
		struct conf_place place = { .file = str_cstr(a, d[i].file), .line = d[i].line };
		if (d[i].severity != RULES_INFO)
			conf_diag_add(diags, CONF_WARNING, place, "%.*s", STR_FMT(d[i].text));
	}
	arena_free(a);
	const struct ruleset_missing *m = ruleset_missing(rs, &n);
	for (size_t i = 0; i < n; i++)
		log_debug(log,
			  m[i].partly ? "rules that hit by what the header says only"
				      : "rules that never hit: nothing implements their function",
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
		if (m[i].partly)
			continue;
		names = arena_printf(a, "%.*s%s%.*s", STR_FMT(names), names.n ? " " : "",
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

/* The setting that rules: $postern_... if set, else amavisd's name for it. */
static const char *setting_of(const struct conf *c, const char *own, const char *amavisd)
{
	return conf_get_str(c, own).n || !conf_get_str(c, amavisd).n ? own : amavisd;
}

/* A folder or file that is named is to be there; NULL: the default places. */
static const char *path_of(const struct conf *c, const char *name, struct conf_diags *diags)
{
	const char *path = conf_get_cstr(c, name);
	if (!path || !*path)
		return NULL;
	if (access(path, R_OK) < 0)
		conf_diag_add(diags, CONF_ERROR, conf_place_of(c, name), "$%s: %s: %s", name, path,
			      strerror(errno));
	return path;
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

const char *rules_cache_dir(const struct conf *c, const struct log *log)
{
	enum { DIR_MODE = 0700 };
	const char *dir = conf_get_cstr(c, "postern_cache_dir");
	if (!dir || *dir != '/')
		return NULL;
	if (mkdir(dir, DIR_MODE) == 0 || errno == EEXIST)
		return dir;
	log_warning(log, "rules are worked out anew at each start: there is no folder for a cache",
		    lf_c("folder", dir), lf_c("why", strerror(errno)));
	return NULL;
}

/* With what was worked out at an earlier start, and keeps it for the next. */
static int load_cached(const struct rules_source *source, struct ruleset_options *options,
		       const char *cache_dir, const struct log *log, struct ruleset **ret,
		       struct err *e)
{
	struct arena *a = arena_new();
	struct analyses known;
	struct err cannot = ERR_INIT;
	char path[4096];
	bool has_path =
	    cache_dir && snprintf(path, sizeof(path), "%s/rules", cache_dir) < (int)sizeof(path);
	int r;
	if (has_path) {
		analyses_file_read(path, a, &known);
		options->analyses = &known;
	}
	r = ruleset_load(source, options, ret, e);
	if (r == 0 && has_path && analyses_file_write(path, &known, &cannot) < 0)
		log_warning(log, "what was worked out of the rules cannot be kept",
			    lf_c("why", cannot.text));
	arena_free(a);
	return r;
}

int rules_load(const struct conf *c, const char *cache_dir, const struct log *log,
	       struct conf_diags *diags, struct ruleset **ret)
{
	struct arena *a = arena_new();
	struct err e = ERR_INIT;
	const char *rules = setting_of(c, "postern_rules_dir", "sa_configpath");
	const char *site = setting_of(c, "postern_site_dir", "sa_siteconfigpath");
	size_t errors = diags->errors;
	struct rules_paths paths = {
		.rules = path_of(c, rules, diags),
		.site = path_of(c, site, diags),
		.cf = lines_of(a, c),
	};
	struct ruleset_options options = { .plugins = checks_plugins,
					   .plugin_count = checks_plugin_count,
					   .net = rules_use_net(c) };
	struct rules_source source;
	int r = diags->errors > errors ? -1 : rules_files_read(&paths, a, &source, &e);
	if (r == 0)
		r = load_cached(&source, &options, cache_dir, log, ret, &e);
	if (r == 0) {
		tell_findings(*ret, log, diags);
		log_counts(*ret, &paths, log);
	} else if (e.kind) {
		conf_diag_add(diags, CONF_ERROR, conf_place_of(c, rules), "$%s: %s", rules, e.text);
	}
	arena_free(a);
	return r;
}
