/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * maildir: writes a message into a Maildir (tmp/, new/, cur/; made when they are not there), durably: the
 * file and its folder are on disk when it returns. It blocks for that long: meant for the embedded
 * default and for small sites, not for a busy server.
 */
#pragma once

#include "core/err.h"
#include "core/str.h"

#include <stddef.h>

struct arena;

/* Slices with LF line ends. ret_name: the file's name in new/, in the arena. */
int maildir_write(struct arena *a, struct str path, const struct str *slices, size_t n,
		  struct str *ret_name, struct err *e);
