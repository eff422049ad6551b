/* SPDX-License-Identifier: BSD-2-Clause */
/* Ordered hash map: an array of entries in order of arrival and an open-addressed index into it. */
#include "core/map.h"

#include "core/arena.h"
#include "core/hash.h"
#include "core/must.h"

#include <stdlib.h>

void map_init(struct map *m, struct arena *arena, bool nocase)
{
	*m = (struct map){ .arena = arena, .nocase = nocase };
}

void map_done(struct map *m)
{
	if (!m->arena) {
		for (size_t i = 0; i < m->n; i++)
			free((void *)(uintptr_t)m->entries[i].key.p);
		free(m->entries);
		free(m->index);
	}
	*m = (struct map){ .arena = m->arena, .nocase = m->nocase };
}

uint64_t map_hash(const struct map *m, struct str key)
{
	struct hash_key k = hash_process_key();

	return m->nocase ? hash_siphash_nocase(k, key) : hash_siphash(k, key);
}

static bool same_key(const struct map *m, const struct map_entry *e, uint64_t h, struct str key)
{
	if (e->hash != h)
		return false;
	return m->nocase ? str_eq_nocase(e->key, key) : str_eq(e->key, key);
}

/* The index slot that holds key, or the free one where it belongs. */
static size_t find_slot(const struct map *m, uint64_t h, struct str key)
{
	size_t mask = m->index_size - 1;
	size_t i = (size_t)h & mask;

	while (m->index[i] && !same_key(m, &m->entries[m->index[i] - 1], h, key))
		i = (i + 1) & mask;
	return i;
}

static struct map_entry *find_hashed(const struct map *m, struct str key, uint64_t h)
{
	size_t i;

	if (!m->live)
		return NULL;
	i = find_slot(m, h, key);
	if (!m->index[i] || m->entries[m->index[i] - 1].gone)
		return NULL;
	return &m->entries[m->index[i] - 1];
}

static struct map_entry *find(const struct map *m, struct str key)
{
	return m->live ? find_hashed(m, key, map_hash(m, key)) : NULL;
}

static void *get_memory(struct map *m, size_t n)
{
	return m->arena ? arena_zalloc(m->arena, n) : xzalloc(n);
}

/*
 * Copies the entries that are there, in order, and forgets the removed ones: a table through which keys
 * pass for years (a session table) stays as large as what lives in it needs.
 */
static size_t copy_live(const struct map *m, struct map_entry *to)
{
	size_t n = 0;

	for (size_t i = 0; i < m->n; i++) {
		if (!m->entries[i].gone)
			to[n++] = m->entries[i];
		else if (!m->arena)
			free((void *)(uintptr_t)m->entries[i].key.p);
	}
	return n;
}

/* Called when all places are used; doubles them only if more than half hold something. */
static void grow(struct map *m)
{
	size_t cap = m->live < m->cap / 2 ? m->cap : m->cap ? m->cap * 2 : 4;
	struct map_entry *entries = get_memory(m, cap * sizeof(*entries));

	must(cap < UINT32_MAX / 2);
	m->n = copy_live(m, entries);
	if (!m->arena) {
		free(m->entries);
		free(m->index);
	}
	m->entries = entries;
	m->cap = cap;
	m->index_size = cap * 2;
	m->index = get_memory(m, m->index_size * sizeof(*m->index));
	for (size_t i = 0; i < m->n; i++)
		m->index[find_slot(m, entries[i].hash, entries[i].key)] = (uint32_t)i + 1;
}

void *map_get(const struct map *m, struct str key)
{
	struct map_entry *e = find(m, key);

	return e ? e->value : NULL;
}

void *map_get_hashed(const struct map *m, struct str key, uint64_t hash)
{
	struct map_entry *e = find_hashed(m, key, hash);

	return e ? e->value : NULL;
}

bool map_has(const struct map *m, struct str key)
{
	return find(m, key) != NULL;
}

static struct str copy_key(struct map *m, struct str key)
{
	char *p;

	if (m->arena)
		return str_dup(m->arena, key);
	p = xmalloc(key.n + 1);
	if (key.n)
		memcpy(p, key.p, key.n);
	p[key.n] = '\0';
	return str_make(p, key.n);
}

/* At its free slot of the index, where there is room. */
static void add_entry(struct map *m, size_t slot, struct map_entry e)
{
	m->entries[m->n] = e;
	m->n++;
	m->live++;
	m->index[slot] = (uint32_t)m->n;
}

void *map_put(struct map *m, struct str key, void *value)
{
	return map_put_hashed(m, key, map_hash(m, key), value);
}

void *map_put_hashed(struct map *m, struct str key, uint64_t h, void *value)
{
	struct map_entry *e;
	void *old = NULL;
	size_t i;

	if (m->n == m->cap)
		grow(m);
	i = find_slot(m, h, key);
	if (m->index[i]) {
		e = &m->entries[m->index[i] - 1];
		if (e->gone)
			m->live++;
		else
			old = e->value;
		e->gone = false;
		e->value = value;
		return old;
	}
	add_entry(m, i, (struct map_entry){ copy_key(m, key), value, h, false });
	return NULL;
}

void map_add_kept(struct map *m, struct str key, uint64_t h, void *value)
{
	must(m->arena);
	if (m->n == m->cap)
		grow(m);
	add_entry(m, find_slot(m, h, key), (struct map_entry){ key, value, h, false });
}

void *map_remove(struct map *m, struct str key)
{
	struct map_entry *e = find(m, key);
	void *old;

	if (!e)
		return NULL;
	old = e->value;
	e->gone = true;
	e->value = NULL;
	m->live--;
	return old;
}
