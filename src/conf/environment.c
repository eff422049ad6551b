/* SPDX-License-Identifier: BSD-2-Clause */
/* Checks of a configuration against the machine, and where configuration files are looked for. */
#include "conf/conf.h"
#include "core/arena.h"
#include "core/xalloc.h"

#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void check_folder(const struct conf *c, const char *name, const struct passwd *pw,
			 struct conf_diags *diags)
{
	const char *path = conf_get_cstr(c, name);
	struct conf_place place = conf_place_of(c, name);
	const char *user = pw ? pw->pw_name : "USER";
	struct stat st;

	if (!path) {
		conf_diag_add(diags, CONF_ERROR, place, "$%s is undef; write $%s = '/folder';",
			      name, name);
		return;
	}
	if (stat(path, &st) < 0) {
		conf_diag_add(diags, CONF_ERROR, place,
			      "$%s: %s does not exist or cannot be reached; make it: install -d -o "
			      "%s -m 0750 %s",
			      name, path, user, path);
		return;
	}
	if (!S_ISDIR(st.st_mode))
		conf_diag_add(diags, CONF_ERROR, place, "$%s: %s is not a folder", name, path);
	else if (pw && st.st_uid != pw->pw_uid)
		conf_diag_add(diags, CONF_ERROR, place,
			      "$%s: %s does not belong to the user %s; mend it: chown %s %s", name,
			      path, user, user, path);
}

void conf_check_environment(const struct conf *c, struct conf_diags *diags)
{
	const char *user = conf_get_cstr(c, "daemon_user");
	const struct passwd *pw = user && *user ? getpwnam(user) : NULL;

	/* Not as root: the folders must be ours. */
	if (!pw && geteuid() != 0)
		pw = getpwuid(geteuid());
	check_folder(c, "MYHOME", pw, diags);
	if (!conf_get_cstr(c, "TEMPBASE") || !conf_get_cstr(c, "MYHOME") ||
	    strcmp(conf_get_cstr(c, "TEMPBASE"), conf_get_cstr(c, "MYHOME")) != 0)
		check_folder(c, "TEMPBASE", pw, diags);
}

size_t conf_find_default_files(struct arena *a, const char *prefix, const char *ret[2])
{
	static const char *const files[] = { "/etc/postern/amavisd.conf", "/etc/amavisd.conf",
					     "/etc/amavis/amavisd.conf" };
	static const char *const folders[] = { "/usr/share/amavis/conf.d", "/etc/amavis/conf.d" };
	struct stat st;
	size_t n = 0;

	for (size_t i = 0; i < ELEMENTS(files); i++) {
		ret[0] = arena_printf(a, "%s%s", prefix, files[i]).p;
		if (stat(ret[0], &st) == 0)
			return 1;
	}
	for (size_t i = 0; i < ELEMENTS(folders); i++) {
		ret[n] = arena_printf(a, "%s%s", prefix, folders[i]).p;
		if (stat(ret[n], &st) == 0 && S_ISDIR(st.st_mode))
			n++;
	}
	return n;
}
