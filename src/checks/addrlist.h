/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * addrlist: a list of addresses with wildcards, as welcomelist_from and its many siblings have it
 * (? one byte, * any run, dots and @ too; ASCII case does not count). Each entry may carry a value.
 * Removing an entry removes the same text only: it does not exempt what a wider entry matches.
 */
#pragma once

#include "core/map.h"
#include "core/str.h"

#include <stdbool.h>
#include <stdint.h>

struct arena;
struct budget;

enum { ADDRLIST_ENDS = 512 };

struct addrlist {
	struct arena *arena;
	struct map exact; /* entries without wildcards */
	struct map globs; /* the others, in the order they came */
	/*
	 * How these end, as bits of a hash of more or fewer last bytes: hardly an address ends like one of them.
	 * Removed ones stay in it.
	 */
	uint64_t long_ends[ADDRLIST_ENDS / 64], short_ends[ADDRLIST_ENDS / 64];
	bool has_open_end; /* one ends in a wildcard, or in too few bytes to tell */
};

void addrlist_init(struct addrlist *l, struct arena *a);
/* The entry's value (NULL at first), or a place for it: the entry is made if it is new. */
void **addrlist_add(struct addrlist *l, struct str pattern);
void addrlist_remove(struct addrlist *l, struct str pattern);
/* Each word of `words`; 0 words: returns false. */
bool addrlist_add_words(struct addrlist *l, struct str words);
bool addrlist_remove_words(struct addrlist *l, struct str words);
static inline bool addrlist_is_empty(const struct addrlist *l)
{
	return !map_count(&l->exact) && !map_count(&l->globs);
}
/* addr in lower case. */
bool addrlist_has(const struct addrlist *l, struct str addr, struct budget *b);
/*
 * All entries that match: *at is the cursor, 0 at first; returns NULL at the end, else the entry's
 * value's place.
 */
void **addrlist_next(const struct addrlist *l, struct str addr, size_t *at, struct budget *b);

/* One wildcard pattern against the whole of s. */
bool glob_matches(struct str pattern, struct str s, struct budget *b);
