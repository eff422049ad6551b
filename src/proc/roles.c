/* SPDX-License-Identifier: BSD-2-Clause */
#include "proc/roles.h"

#include "core/must.h"

#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>

/*
 * Memory: a scan that grows past its limit aborts in core/xalloc.c and counts as a crash. Descriptors: a
 * scan's are bodies on their way in and parts on their way out, each for a moment; a front needs several a
 * session, so it takes all it may (privilege_limits() raises the soft limit to the hard one).
 */
#define MEGABYTES(n) ((rlim_t)(n) << 20)

/* clang-format off */
static const struct role_row rows[ROLE_COUNT] = {
	[ROLE_LOADER] = {
		.name = "loader", .process = "postern-loader", .calls = &cage_loader_calls,
		.limits = { { RLIMIT_CORE, 0 }, { RLIMIT_NOFILE, 8192 } },
		.limit_count = 2,
	},
	[ROLE_FRONT] = {
		.name = "front", .process = "postern-front", .calls = &cage_front_calls, .net = true,
		.limits = { { RLIMIT_CORE, 0 }, { RLIMIT_NOFILE, 65536 } },
		.limit_count = 2,
	},
	[ROLE_SCAN] = {
		.name = "scan", .process = "postern-scan", .calls = &cage_scan_calls,
		.limits = { { RLIMIT_CORE, 0 }, { RLIMIT_NOFILE, 256 }, { RLIMIT_NPROC, 0 },
			    { RLIMIT_FSIZE, MEGABYTES(1024) }, { RLIMIT_DATA, MEGABYTES(4096) },
			    { RLIMIT_MEMLOCK, 0 }, { RLIMIT_MSGQUEUE, 0 } },
		.limit_count = 7,
	},
};
/* clang-format on */

const struct role_row *role_get(enum role role)
{
	must(role < ROLE_COUNT);
	return &rows[role];
}

enum role role_by_name(const char *name)
{
	for (int i = 0; i < ROLE_COUNT; i++)
		if (!strcmp(rows[i].name, name))
			return (enum role)i;
	return ROLE_COUNT;
}

int role_lock_in(enum role role, const struct landlock_rule *folders, size_t n, struct err *e)
{
	const struct role_row *row = role_get(role);
	struct landlock_set files = { folders, n, row->net };
	(void)prctl(PR_SET_NAME, row->process, 0, 0, 0);
	for (size_t i = 0; i < row->limit_count; i++) {
		/* A sanitizer's shadow is terabytes of data. */
		if (row->limits[i].resource == RLIMIT_DATA && cage_is_left_out())
			continue;
		if (privilege_limits(&row->limits[i], 1, e) < 0)
			return -1;
	}
	if (privilege_lock(e) < 0 || landlock_enter(&files, NULL, e) < 0)
		return -1;
	return cage_enter(row->calls, e);
}
