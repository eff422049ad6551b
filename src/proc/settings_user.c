/* SPDX-License-Identifier: BSD-2-Clause */
/* $daemon_user, $daemon_group and @daemon_groups, as amavisd reads them: see settings_load.h. */
#define _GNU_SOURCE
#include "conf/conf.h"
#include "core/arena.h"
#include "proc/privilege.h"
#include "proc/settings_load.h"

#include <grp.h>
#include <pwd.h>
#include <unistd.h>

static const struct passwd *find_user(const struct conf *c, struct conf_diags *diags)
{
	const char *user = conf_get_cstr(c, "daemon_user");
	struct conf_place place = conf_place_of(c, "daemon_user");
	const struct passwd *pw = user && *user ? getpwnam(user) : NULL;
	if (!user || !*user) {
		if (geteuid() == 0)
			conf_diag_add(diags, CONF_ERROR, place,
				      "started as root without $daemon_user: mail is never handled "
				      "as root; write $daemon_user = 'amavis';");
	} else if (!pw) {
		conf_diag_add(diags, CONF_ERROR, place,
			      "$daemon_user: there is no user '%s'; make it: adduser --system "
			      "--group %s, or name another",
			      user, user);
	} else if (pw->pw_uid == 0) {
		conf_diag_add(diags, CONF_ERROR, place,
			      "$daemon_user: '%s' is root; mail is never handled as root, name "
			      "another user",
			      user);
	}
	return pw;
}

/* By name or number. */
static bool find_group(const char *name, struct conf_place place, const char *setting, gid_t *ret,
		       struct conf_diags *diags)
{
	const struct group *gr = name ? getgrnam(name) : NULL;
	if (!gr)
		conf_diag_add(diags, CONF_ERROR, place,
			      "%s: there is no group '%s'; make it: addgroup --system %s, or name "
			      "another",
			      setting, name ? name : "", name ? name : "GROUP");
	else if (gr->gr_gid == 0)
		conf_diag_add(diags, CONF_ERROR, place,
			      "%s: '%s' is root's group; a mail filter needs one of its own",
			      setting, name);
	else
		*ret = gr->gr_gid;
	return gr && gr->gr_gid;
}

static void add_group(struct privilege_user *u, gid_t gid)
{
	for (size_t i = 0; i < u->group_count; i++)
		if (u->groups[i] == gid)
			return;
	u->groups[u->group_count++] = gid;
}

/* Those that are named; how many they are. */
static void read_groups(const struct conf *c, struct privilege_user *u, struct conf_diags *diags)
{
	const char *group = conf_get_cstr(c, "daemon_group");
	const struct conf_value *list = conf_get_list(c, "daemon_groups");
	struct arena *a = arena_new();
	gid_t gid = 0;
	if (group && *group &&
	    find_group(group, conf_place_of(c, "daemon_group"), "$daemon_group", &gid, diags))
		add_group(u, gid);
	for (size_t i = 0; i < list->count; i++) {
		const struct conf_value *v = list->items[i];
		if (u->group_count == PRIVILEGE_MAX_GROUPS) {
			conf_diag_add(diags, CONF_ERROR, v->place,
				      "@daemon_groups: more than %d groups", PRIVILEGE_MAX_GROUPS);
			break;
		}
		if (find_group(str_cstr(a, conf_text(a, v)), v->place, "@daemon_groups", &gid,
			       diags))
			add_group(u, gid);
	}
	arena_free(a);
}

static void take_groups_of_user(const struct conf *c, const struct passwd *pw,
				struct privilege_user *u, struct conf_diags *diags)
{
	int n = PRIVILEGE_MAX_GROUPS;
	gid_t gid = u->group_count ? u->groups[0] : pw->pw_gid;
	if (getgrouplist(pw->pw_name, gid, u->groups, &n) < 0)
		conf_diag_add(diags, CONF_ERROR, conf_place_of(c, "daemon_user"),
			      "$daemon_user: '%s' is in more than %d groups; name those that are "
			      "needed in @daemon_groups",
			      pw->pw_name, PRIVILEGE_MAX_GROUPS);
	else
		u->group_count = (size_t)n;
	u->gid = gid;
}

void settings_user(const struct conf *c, struct privilege_user *ret, struct conf_diags *diags)
{
	struct privilege_user u = { .is_set = geteuid() == 0 };
	const struct passwd *pw = find_user(c, diags);
	read_groups(c, &u, diags);
	if (pw) {
		u.uid = pw->pw_uid;
		if (conf_get_list(c, "daemon_groups")->count && u.group_count)
			u.gid = u.groups[0];
		else
			take_groups_of_user(c, pw, &u, diags);
		if (u.gid == 0 && pw->pw_uid != 0)
			conf_diag_add(diags, CONF_ERROR, conf_place_of(c, "daemon_user"),
				      "$daemon_user: the group of '%s' is root's; name another in "
				      "$daemon_group",
				      pw->pw_name);
	}
	*ret = u;
}
