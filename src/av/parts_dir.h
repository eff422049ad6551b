/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The folder that engines which take paths are shown: $TEMPBASE/postern-PID-N/parts/, 0750, its files 0640,
 * of a group by setting. Names in it are ours (p001 ...), never the message's. Removed when the verdict is
 * in; what a killed process left is swept at the next start.
 */
#pragma once

#include "core/err.h"
#include "core/str.h"

#include <stddef.h>
#include <sys/types.h>

struct arena;

struct parts_dir {
	const char *top;   /* .../postern-PID-N */
	const char *parts; /* .../postern-PID-N/parts */
	struct str *names;
	size_t count;
};

struct parts_dir_spec {
	const char *tempbase;
	unsigned long number; /* of the examination, unique in this process */
	gid_t gid;            /* (gid_t)-1: the process's own */
	const struct str *names, *bytes;
	size_t count;
};

/* On failure nothing is left behind. */
int parts_dir_make(struct arena *a, const struct parts_dir_spec *spec, struct parts_dir *ret,
		   struct err *e);
void parts_dir_remove(const struct parts_dir *d);
/*
 * Removes the folders of processes that are no more, and those with our own number: to be called before the
 * first one is made. Returns how many.
 */
size_t parts_dir_sweep(const char *tempbase);
