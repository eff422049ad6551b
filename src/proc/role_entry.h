/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where a role's process begins, when the supervisor has started our program afresh as that role: channel
 * on descriptor 3, nothing else known. They return the exit status.
 */
#pragma once

#include <sys/types.h>

int loader_role_run(pid_t parent);
int front_role_run(pid_t parent);
