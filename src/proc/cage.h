/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The cage of a role: the system calls it may make (seccomp), the files it may touch (Landlock) and its
 * limits. Rows of the role table (roles.h) name the sets; cage_syscalls.h lists the calls. A call that is
 * not on a role's list does not exist in there: it fails with ENOSYS, the way a kernel without it would
 * answer, so that what a library merely tries (and can do without) is no crash. Calls of a foreign ABI
 * (32-bit, x32) kill the process.
 */
#pragma once

#include "core/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * One allowed call. mask 0: whatever its arguments are. Else argument `arg` must be `value` under `mask`;
 * several rows of one call are alternatives.
 */
struct cage_call {
	int nr;
	const char *name;
	unsigned arg;
	uint64_t mask, value;
};

struct cage_calls {
	const struct cage_call *calls;
	size_t count;
	bool deny; /* the list names what is refused, everything else is allowed */
};

extern const struct cage_calls cage_scan_calls;
extern const struct cage_calls cage_loader_calls;
extern const struct cage_calls cage_front_calls;

/* For good, for this process and its children. After privilege_lock(). */
int cage_enter(const struct cage_calls *calls, struct err *e);
/* Sanitizers need system calls no role has: in such builds cage_enter() does nothing, and this says so. */
bool cage_is_left_out(void);
