/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * map: byte-string key -> pointer. Entries keep the order in which they came, so walking one is the
 * same in every run. Keys are copied (arena or heap). Keyed hash: a message cannot choose collisions.
 */
#pragma once

#include "core/str.h"

#include <stdbool.h>
#include <stdint.h>

struct arena;

struct map_entry {
	struct str key;
	void *value;
	uint64_t hash;
	bool gone; /* removed: skipped by MAP_EACH */
};

struct map {
	struct map_entry *entries;
	uint32_t *index; /* entry number + 1, 0 = free */
	size_t n;        /* entries used, the removed ones too */
	size_t live, cap, index_size;
	bool nocase;
	struct arena *arena;
};

/* arena NULL: heap, to be given back with map_done(). nocase: ASCII case of keys does not count. */
void map_init(struct map *m, struct arena *arena, bool nocase);
void map_done(struct map *m);
/* NULL if there is no such key (or its value is NULL: ask map_has). */
void *map_get(const struct map *m, struct str key);
bool map_has(const struct map *m, struct str key);
/* Sets or replaces; returns the old value or NULL. */
void *map_put(struct map *m, struct str key, void *value);
/* Returns the old value or NULL. */
void *map_remove(struct map *m, struct str key);
static inline size_t map_count(const struct map *m)
{
	return m->live;
}

/* The same for who asks for one key more than once, it is hashed once: by all maps that take case alike. */
uint64_t map_hash(const struct map *m, struct str key);
void *map_get_hashed(const struct map *m, struct str key, uint64_t hash);
void *map_put_hashed(struct map *m, struct str key, uint64_t hash, void *value);
/* A key that is not there, in an arena's map; its bytes are not copied and live as long as the arena. */
void map_add_kept(struct map *m, struct str key, uint64_t hash, void *value);

#define MAP_EACH(m, it)                                                                            \
	for (struct map_entry *it = (m)->entries; it && it < (m)->entries + (m)->n; it++)          \
		if (!it->gone)
