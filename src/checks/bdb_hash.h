/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * bdb_hash: all pairs of a Berkeley DB hash file (versions 3 to 18, either byte order), as makemap and
 * postmap write them. Read from memory: for maps of an administrator that are loaded with the rules.
 */
#pragma once

#include "core/err.h"
#include "core/str.h"

struct map;

/*
 * Puts key -> struct str * into *ret (slices of file, entries from the map's arena); a pair too long for
 * its page is left out. -1: not such a file, or a broken one.
 */
int bdb_hash_read(struct str file, struct map *ret, struct err *e);
