/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Rights of a process: who it is, which capabilities it keeps, what it may use, and that it does not
 * outlive its parent. Everything here is for good: nothing is given back but by privilege_fs_leave().
 */
#pragma once

#include "core/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/types.h>

enum { PRIVILEGE_MAX_GROUPS = 64 };

/* is_set false: stay who we are (not started as root). */
struct privilege_user {
	bool is_set;
	uid_t uid;
	gid_t gid;
	gid_t groups[PRIVILEGE_MAX_GROUPS]; /* supplementary, gid among them */
	size_t group_count;
};

/*
 * Becomes u for good, without any capability, in user, group and supplementary groups; then checks that
 * there is no way back. u->is_set false: only gives the capabilities up.
 */
int privilege_become(const struct privilege_user *u, struct err *e);
/* Never again more rights by exec, and no debugger of the same user: both for good. */
int privilege_lock(struct err *e);

/*
 * The supervisor's own: keeps what binding, changing users, reading configuration and ending children
 * need, also in the bounding set. Does nothing when not root.
 */
int privilege_keep_supervisor(struct err *e);

/*
 * Killed when the parent dies. To be called after the last change of user, which clears it; -1 when the
 * parent, which was `parent`, is gone already.
 */
int privilege_die_with_parent(pid_t parent, struct err *e);

/* Touches files with u's rights until privilege_fs_leave(): a UNIX socket in a folder of u's. */
void privilege_fs_enter(const struct privilege_user *u);
void privilege_fs_leave(void);

/* One line of a role's limits: soft and hard are both set, to the lower of value and the hard limit. */
struct privilege_limit {
	int resource; /* RLIMIT_... */
	rlim_t value;
};

int privilege_limits(const struct privilege_limit *limits, size_t n, struct err *e);
