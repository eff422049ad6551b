/* SPDX-License-Identifier: BSD-2-Clause */
/* Whole files, bounded. Only for configuration, rules and the command line: message bodies travel as memfds. */
#pragma once

#include "core/err.h"
#include "core/str.h"

struct arena;

/* Reads a regular file (or a pipe, or standard input for "-") of at most max bytes into the arena. */
int file_read(struct arena *a, const char *path, size_t max, struct str *ret, struct err *e);
/* The same of a descriptor, which stays open. */
int file_read_fd(struct arena *a, int fd, size_t max, struct str *ret, struct err *e);
/*
 * The same for who has just seen how long it is, which is not asked for again; 0: he has not. One that is longer or
 * shorter by now is read to its end.
 */
int file_read_known_fd(struct arena *a, int fd, size_t size, size_t max, struct str *ret,
		       struct err *e);
/* Writes all of s, over interruptions. */
int file_write_fd(int fd, struct str s, struct err *e);
/* Writes beside and renames: readers see the old content or the new, never a part. */
int file_replace(const char *path, struct str s, unsigned mode, struct err *e);
/* Closes a descriptor that may be -1; returns -1: fd = fd_close(fd). */
int fd_close(int fd);
