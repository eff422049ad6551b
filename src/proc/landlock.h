/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Landlock: which files a process may touch, for good, for itself and its children. Everything the
 * kernel's version can refuse is refused but what a rule allows; the rights of newer versions (TCP ports,
 * abstract sockets, signals to anybody but itself and its children) where the kernel has them.
 */
#pragma once

#include "core/err.h"

#include <stdbool.h>
#include <stddef.h>

enum landlock_access { LANDLOCK_READ = 1u << 0, LANDLOCK_WRITE = 1u << 1 };

struct landlock_rule {
	const char
	    *path; /* a file, or a folder and all below it; one that is not there is skipped */
	unsigned access; /* enum landlock_access; running programs is never allowed */
};

struct landlock_set {
	const struct landlock_rule *rules;
	size_t count;
	bool net; /* may bind and connect TCP ports */
};

/* 0 also when the kernel has no Landlock: *ret_version (may be NULL) is 0 then. No new privileges first. */
int landlock_enter(const struct landlock_set *set, int *ret_version, struct err *e);
