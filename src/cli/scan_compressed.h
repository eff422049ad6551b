/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Files that are one compressed message: gzip, bzip2, xz, lz4 and lzip, told by their first bytes, as
 * SpamAssassin's programs read them. No program is started. lzop is known and not unpacked.
 */
#pragma once

#include "core/err.h"
#include "core/str.h"

struct arena;

/* "gzip" ...; NULL: it is not compressed. */
const char *compressed_kind(struct str file);
/* What is in it, at most max bytes: else, and where it is broken, -1. */
int compressed_read(struct str file, size_t max, struct arena *a, struct str *ret, struct err *e);
