/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Masks: which of 32 windows may have a byte at a distance, for the windows with too many grams. For
 * prefilter*.c only.
 */
#pragma once

#include "rules/needs.h"

enum {
	MASKS_BITS = 32, /* windows */
	MASKS_DEPTH = 4, /* bytes of a window that are looked at here */
	MASKS_PLACES = 512,
	MASKS_WORDS = MASKS_PLACES / 64,
	MASKS_MARGIN = 16
};

struct masks {
	uint32_t at[NEEDS_WINDOW][256];
};

/*
 * At which of n places, at most MASKS_PLACES, the next MASKS_DEPTH bytes may begin one of the windows in
 * `open`: a bit each, the lowest of a word first. There are MASKS_MARGIN bytes more behind the places.
 */
void masks_look(const struct masks *m, uint32_t open, const uint8_t *c, size_t n,
		uint64_t ret[MASKS_WORDS]);
/* The same without instructions that not every machine has, for tests. */
void masks_look_plain(const struct masks *m, uint32_t open, const uint8_t *c, size_t n,
		      uint64_t ret[MASKS_WORDS]);
