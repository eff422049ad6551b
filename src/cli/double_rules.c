/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli/double_rules.h"

#include "checks/checks.h"
#include "cli/double_log.h"
#include "cli/double_options.h"
#include "core/arena.h"
#include "core/file.h"
#include "rules/files.h"
#include "rules/lex.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	TEMPLATE_MAX = 1 << 20,
	EX_NO_RULES = 2, /* what a SpamAssassin without rules ends with */
};

struct str double_rules_locale(void)
{
	static const char *const names[] = { "LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG" };

	for (size_t i = 0; i < ELEMENTS(names); i++) {
		const char *v = getenv(names[i]);

		if (v && *v && *v != ':') /* of LANGUAGE's list the first */
			return str_sub(str_of(v), 0, str_chr(str_of(v), ':'));
	}
	return STR("");
}

static const char *find_template(const char *site, struct arena *a)
{
	static const char *const folders[] = { "/etc/spamassassin", "/etc/mail/spamassassin",
					       "/usr/local/share/spamassassin",
					       "/usr/share/spamassassin" };
	const char *path;

	for (size_t i = 0; i <= ELEMENTS(folders); i++) {
		const char *folder = i ? folders[i - 1] : site;

		path = folder ? arena_printf(a, "%s/user_prefs.template", folder).p : NULL;
		if (path && access(path, R_OK) == 0)
			return path;
	}
	return NULL;
}

static int copy_template(const char *from, const char *to, struct arena *a, struct err *e)
{
	struct str text;
	int fd, r;

	if (file_read(a, from, TEMPLATE_MAX, &text, e) < 0)
		return -1;
	fd = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	if (fd < 0)
		return err_sys(e, "%s", to);
	r = file_write_fd(fd, text, e);
	fd_close(fd);
	return r;
}

/* As SpamAssassin does unless told not to; where that fails the filter goes on without. */
static void create_prefs(const struct double_options *o, const struct double_log *log,
			 const char *path, struct arena *a)
{
	const char *from = find_template(o->site, a);
	struct str folder = str_of(path);
	struct err e = ERR_INIT;
	struct stat st;

	if (stat(path, &st) == 0) {
		if (!S_ISREG(st.st_mode))
			double_warn("config: default user preference file %s is not a regular file",
				    path);
		return;
	}
	if (errno != ENOENT) {
		double_warn("config: default user preference file %s not accessible: %s", path,
			    strerror(errno));
		return;
	}
	if (!from) {
		double_dbg(log, "config", "can not determine default prefs path");
		return;
	}
	folder = str_sub(folder, 0, str_rchr(folder, '/'));
	if (!o->user_prefs)
		mkdir(str_cstr(a, folder), 0700);
	if (copy_template(from, path, a, &e) < 0)
		double_warn("config: cannot create user preferences file %s", e.text);
	else
		double_warn("config: created user preferences file: %s", path);
}

static const char *user_prefs(const struct double_options *o, struct arena *a)
{
	const char *home = getenv("HOME");

	if (o->user_prefs)
		return o->user_prefs;
	return home && *home ? arena_printf(a, "%s/.spamassassin/user_prefs", home).p : NULL;
}

/* Those of a folder, or the one file. */
static void tell_group(const struct double_log *log, const struct rules_source *source,
		       const char *path, bool pre, const char *what)
{
	struct str folder = str_of(path);

	if (!path)
		return;
	double_dbg(log, "config", "using \"%s\" for %s", path, what);
	for (size_t i = 0; i < source->count; i++) {
		struct str name = source->texts[i].name;

		if (str_ends_nocase(name, STR(".pre")) == pre && str_starts(name, folder) &&
		    (name.n == folder.n || name.p[folder.n] == '/'))
			double_dbg(log, "config", "read file %.*s", STR_FMT(name));
	}
}

/* Preferences that nobody named and that are not there are not spoken of. */
static void tell_files(const struct double_log *log, const struct rules_paths *paths,
		       const struct rules_source *source, bool prefs_named)
{
	const char *site = rules_files_site(paths), *rules = rules_files_folder(paths);

	tell_group(log, source, site, true, "site rules pre files");
	tell_group(log, source, rules, true, "sys rules pre files");
	tell_group(log, source, rules, false, "default rules dir");
	tell_group(log, source, site, false, "site rules dir");
	if (prefs_named || (paths->user_prefs && access(paths->user_prefs, F_OK) == 0))
		tell_group(log, source, paths->user_prefs, false, "user prefs file");
}

/* In lint mode what is wrong is a warning; else only -D shows it, but for what SpamAssassin warns of always. */
static void tell_diags(const struct ruleset *rs, bool lint, const struct double_log *log)
{
	const struct rules_diag *d;
	size_t n;

	d = ruleset_diags(rs, &n);
	for (size_t i = 0; i < n; i++) {
		if (d[i].severity == RULES_WARNING || (lint && d[i].severity == RULES_ERROR))
			double_warn("%.*s", STR_FMT(d[i].text));
		else if (d[i].severity == RULES_ERROR)
			double_info(log, d[i].text);
		else
			double_dbg(log, "config", "%.*s", STR_FMT(d[i].text));
	}
}

int double_rules_load(const struct double_options *o, const struct double_log *log, struct arena *a,
		      struct ruleset **ret)
{
	const char *home = getenv("HOME");
	struct rules_paths paths = { .rules = o->config,
				     .site = o->site,
				     .user_prefs = user_prefs(o, a),
				     .pre = o->pre[0] ? o->pre : NULL,
				     .cf = o->cf[0] ? o->cf : NULL };
	struct ruleset_options opts = { .plugins = checks_plugins,
					.plugin_count = checks_plugin_count,
					.net = !o->local && (!o->lint || o->net),
					.lint = o->lint,
					.locale = double_rules_locale(),
					.home = str_of(home ? home : "") };
	struct rules_source source;
	struct err e = ERR_INIT;

	if (!o->no_prefs && !o->lint && paths.user_prefs)
		create_prefs(o, log, paths.user_prefs, a);
	if (rules_files_read(&paths, a, &source, &e) < 0) {
		double_warn("config: %s", e.text);
		return EX_NO_RULES;
	}
	tell_files(log, &paths, &source, o->user_prefs);
	if (ruleset_load(&source, &opts, ret, &e) < 0) {
		double_warn("config: no rules were found!  Do you need to run 'sa-update'?");
		return EX_NO_RULES;
	}
	tell_diags(*ret, o->lint, log);
	return 0;
}
