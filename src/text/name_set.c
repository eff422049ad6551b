/* SPDX-License-Identifier: BSD-2-Clause */
/* Sets of names: see name_set.h. */
#include "text/name_set.h"

#include "core/arena.h"
#include "core/block.h"
#include "core/must.h"

enum { FIRST_SIZE = 64 };

struct name_slot {
	uint32_t hash, n; /* n 0: free; no name is empty */
	const char *p;
};

void name_set_init(struct name_set *s, struct arena *a)
{
	*s = (struct name_set){ .arena = a };
}

static uint32_t hash_of(struct str name)
{
	uint64_t h = name.n;
	size_t i = 0;

	for (; i + 8 <= name.n; i += 8) {
		h = (h ^ block_word(name.p + i)) * UINT64_C(0x9e3779b97f4a7c15);
		h ^= h >> 32;
	}
	h = (h ^ block_short_word(name.p + i, name.n - i)) * UINT64_C(0x9e3779b97f4a7c15);
	return (uint32_t)(h >> 32);
}

/* Where the name stands, or the free slot for it. */
static struct name_slot *slot_of(const struct name_set *s, struct str name, uint32_t hash)
{
	size_t i = hash & (s->size - 1);

	while (s->slots[i].n &&
	       (s->slots[i].hash != hash || !str_eq(str_make(s->slots[i].p, s->slots[i].n), name)))
		i = (i + 1) & (s->size - 1);
	return &s->slots[i];
}

static void grow(struct name_set *s)
{
	struct name_slot *old = s->slots;
	size_t n = s->size;

	s->size = n ? n * 2 : FIRST_SIZE;
	s->slots = arena_calloc(s->arena, s->size, sizeof(*s->slots));
	for (size_t i = 0; i < n; i++)
		if (old[i].n)
			*slot_of(s, str_make(old[i].p, old[i].n), old[i].hash) = old[i];
}

void name_set_add(struct name_set *s, struct str name)
{
	uint32_t hash = hash_of(name);
	struct name_slot *slot;

	must(name.n && name.n <= UINT32_MAX);
	if ((s->count + 1) * 2 > s->size)
		grow(s);
	slot = slot_of(s, name, hash);
	if (slot->n)
		return;
	*slot = (struct name_slot){ hash, (uint32_t)name.n, str_dup(s->arena, name).p };
	s->count++;
}

bool name_set_has(const struct name_set *s, struct str name)
{
	return s->size && name.n && slot_of(s, name, hash_of(name))->n;
}
