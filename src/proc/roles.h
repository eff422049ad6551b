/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The table of roles: what each may do. A role gets what its row and its start message say, nothing is
 * inherited but descriptors 0-2 (3 is its channel). Deny by default.
 */
#pragma once

#include "core/err.h"
#include "proc/cage.h"
#include "proc/landlock.h"
#include "proc/privilege.h"

#include <stddef.h>

enum role { ROLE_LOADER = 0, ROLE_FRONT, ROLE_SCAN, ROLE_COUNT };

enum { ROLE_CHANNEL_FD = 3, ROLE_MAX_LIMITS = 8 };

struct role_row {
	const char *name;    /* on the command line of a role's process, in the log */
	const char *process; /* in ps */
	const struct cage_calls *calls;
	bool net; /* TCP */
	struct privilege_limit limits[ROLE_MAX_LIMITS];
	size_t limit_count;
};

const struct role_row *role_get(enum role role);
/* ROLE_COUNT: there is none of that name. */
enum role role_by_name(const char *name);

/*
 * Locks the calling process in: limits, no new privileges, Landlock with these folders, system calls.
 * Its user and descriptors are the caller's matter, before. For good.
 */
int role_lock_in(enum role role, const struct landlock_rule *folders, size_t n, struct err *e);
