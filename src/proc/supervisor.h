/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * supervisor: binds, starts the roles, passes descriptors, starts again what ends, and waits. It reads no
 * configuration and no mail; it believes its roles' frames only as far as their decoders and its own
 * limits go. HUP: a new generation; TERM, INT: the end, in order (a second one: at once).
 */
#pragma once

#include "core/err.h"
#include "proc/plan.h"

struct supervisor_options {
	enum run_mode mode;
	struct str *files; /* -c, in order; none: the default places */
	size_t file_count;
	int ready_fd; /* a byte is written there when it serves; -1: nobody waits for it */
};

/* Runs until it is told to stop. The exit status: 0, 78 (configuration), 71 (the system), 70 (our fault). */
int supervisor_run(const struct supervisor_options *options);
