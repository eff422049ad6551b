/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Arena: memory that lives and dies together. One per message, one per session. Allocation never
 * fails (xalloc.h); what hostile input can multiply is bounded by a budget before it gets here.
 * A mark and reset give temporaries back. Not thread-safe; no thread shares one.
 */
#pragma once

#include "core/str.h"
#include "core/xalloc.h"

#include <stdbool.h>
#include <stddef.h>

/* arena.c's own, and here only so that an allocation needs no call. */
struct arena {
	char *next;  /* the block allocated next; NULL: there is no memory yet */
	size_t room; /* behind it, a multiple of ARENA_ALIGN; 0 under ASan, which wants calls */
	struct arena_chunk *top;
	struct arena_defer *defers;
	size_t total; /* handed out in chunks below the top */
	size_t next_size;
};

struct arena_mark {
	struct arena_chunk *chunk;
	char *next;
	struct arena_defer *defers;
	size_t next_size;
};

struct arena *arena_new(void);
/* The same with room for so many bytes, which a reset to the mark it begins with keeps. */
struct arena *arena_new_of(size_t bytes);
/* Runs the deferred functions, last first, then frees everything. NULL is fine; returns NULL. */
struct arena *arena_free(struct arena *a);
void arena_freep(struct arena **a);

enum { ARENA_ALIGN = 16 };

/* Of arena_alloc(): where there is no room for n bytes, or they need more than that. */
void *arena_alloc_slowly(struct arena *a, size_t n);
/* 16-byte aligned, never NULL (also for n == 0), not cleared. */
static inline void *arena_alloc(struct arena *a, size_t n)
{
	void *p = a->next;
	size_t need = n ? (n + ARENA_ALIGN - 1) & ~(size_t)(ARENA_ALIGN - 1) : ARENA_ALIGN;

	if (n >= a->room)
		return arena_alloc_slowly(a, n);
	a->next += need;
	a->room -= need;
	return p;
}

void *arena_zalloc(struct arena *a, size_t n);
/* n * size, checked, cleared. */
void *arena_calloc(struct arena *a, size_t n, size_t size);
/*
 * Makes a block of old_n bytes n bytes long: in place when it was the last one allocated and there is
 * room, else a copy (the old block stays until the arena goes).
 */
void *arena_grow(struct arena *a, void *p, size_t old_n, size_t n);
struct str arena_printf(struct arena *a, const char *fmt, ...) _printf_(2, 3);
/* fn(p) runs when the arena is freed or reset to before this call: for foreign objects. */
void arena_defer(struct arena *a, void (*fn)(void *), void *p);

struct arena_mark arena_get_mark(struct arena *a);
void arena_reset(struct arena *a, struct arena_mark mark);
/* Whether p points into memory of this arena: of use where a scratch arena is about to be reset. */
bool arena_owns(const struct arena *a, const void *p);
/* Bytes handed out so far (for limits and tests). */
size_t arena_bytes(const struct arena *a);
