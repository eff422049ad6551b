/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The pid file. The loader opens it, with $daemon_user's rights (so that a name in that user's folder
 * cannot lead root elsewhere); the supervisor locks it and writes its number. Whoever wants to signal the
 * daemon asks the kernel who holds the lock: what the file says is for people.
 */
#pragma once

#include "core/err.h"

#include <sys/types.h>

/* Opens or makes it; -1 and e. */
int pid_file_open(const char *path, struct err *e);
/* Locks fd (which stays open as long as the daemon runs) and writes our number. -1: another holds it. */
int pid_file_take(int fd, struct err *e);
/* Empties it: at the end. fd -1 is fine. */
void pid_file_clear(int fd);
/* A pidfd of the process that holds the lock; -1: nobody does, and e says so. */
int pid_file_find(const char *path, pid_t *ret_pid, struct err *e);
