/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The scan role: a caged process that examines messages (scan/scan.h). It has one channel, to a front,
 * over which requests come in and asks and reports go out; no event loop: it waits in one read. Several
 * messages may wait for answers at a time. The role owns the clock: an alarm sets the flag that makes the
 * scan stop; a scan that does not stop within the grace time ends the process.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct scan_config;

struct scan_role {
	const struct scan_config *conf;
	bool debug_verbs;
};

/*
 * In a freshly forked process: drops every descriptor but channel_fd (which becomes 0) and words_fd (1 and
 * 2: a memfd that takes what a dying process says), enters the cage, serves until the channel closes.
 * *worked is set to 1 when a message has come in. parent: of the forking process.
 */
_Noreturn void scan_role_run(const struct scan_role *role, int channel_fd, int words_fd,
			     volatile uint8_t *worked, pid_t parent);
