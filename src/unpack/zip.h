/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * zip: the members of a ZIP archive in memory, by its central directory (PKWARE APPNOTE), with minizip. No
 * files, no clock, no locale: it works in the cage. Members are charged to the budget's parts when the
 * archive is opened, their bytes when one is read; names are the archive's bytes.
 */
#pragma once

#include "core/err.h"
#include "core/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct budget;
struct zip;

struct zip_member {
	struct str name; /* any bytes; folders end in / */
	bool is_encrypted;
	uint64_t size; /* as the directory says: not to be believed */
};

/*
 * data must outlive the arena, which closes the archive. -1: no archive, a broken directory, or more
 * members than the budget has parts (ERR_LIMIT).
 */
int zip_open(struct arena *a, struct str data, struct budget *b, struct zip **ret, struct err *e);
size_t zip_count(const struct zip *z);
const struct zip_member *zip_member(const struct zip *z, size_t i);
/*
 * The member's content, in the arena; at most max bytes of it. False: it is encrypted or broken, its method
 * is unknown, or the budget has no bytes for it.
 */
bool zip_read(struct zip *z, size_t i, size_t max, struct str *ret);
