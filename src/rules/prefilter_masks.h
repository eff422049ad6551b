/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Masks: which of 64 windows may have a byte at a distance, for the windows with too many grams. For
 * prefilter*.c only.
 */
#pragma once

#include "rules/needs.h"

struct masks {
	uint64_t at[NEEDS_WINDOW][256];
};

enum { MASKS_DEPTH = 4 }; /* bytes of a window that are looked at here */

/*
 * The first place of from..n - 1 where the next MASKS_DEPTH bytes may begin one of the windows in `open`;
 * n: there is none. c has MASKS_DEPTH - 1 bytes more than n.
 */
size_t masks_next(const struct masks *m, uint64_t open, const uint8_t *c, size_t n, size_t from);
/* The same without instructions that not every machine has, for tests. */
size_t masks_next_plain(const struct masks *m, uint64_t open, const uint8_t *c, size_t n,
			size_t from);
