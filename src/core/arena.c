/* SPDX-License-Identifier: BSD-2-Clause */
/* Arena: a list of chunks, filled from the front. Under ASan the unused tail is poisoned. */
#include "core/arena.h"

#include "core/must.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_ASAN 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__)
#define ARENA_ASAN 1
#endif

#ifdef ARENA_ASAN
#include <sanitizer/asan_interface.h>
#define poison(p, n) ASAN_POISON_MEMORY_REGION(p, n)
#define unpoison(p, n) ASAN_UNPOISON_MEMORY_REGION(p, n)
enum { REDZONE = 16, IS_INLINE = 0 };
#else
#define poison(p, n) ((void)0)
#define unpoison(p, n) ((void)0)
enum { REDZONE = 0, IS_INLINE = 1 };
#endif

enum { CHUNK_FIRST = 1024, CHUNK_DOUBLES = 8 << 10, CHUNK_MAX = 1 << 20 };

struct arena_chunk {
	struct arena_chunk *prev;
	size_t size, used; /* used: of the top one arena.next says it */
	_Alignas(ARENA_ALIGN) char data[];
};

struct arena_defer {
	struct arena_defer *prev;
	void (*fn)(void *);
	void *p;
};

struct arena *arena_new(void)
{
	struct arena *a = xzalloc(sizeof(*a));

	a->next_size = CHUNK_FIRST;
	return a;
}

static size_t top_used(const struct arena *a)
{
	return a->top ? (size_t)(a->next - a->top->data) : 0;
}

static size_t top_left(const struct arena *a)
{
	return a->top ? a->top->size - top_used(a) : 0;
}

static void set_next(struct arena *a, char *next)
{
	a->next = next;
	a->room = IS_INLINE ? top_left(a) : 0;
}

static void run_defers(struct arena *a, struct arena_defer *until)
{
	while (a->defers != until) {
		struct arena_defer *d = a->defers;

		a->defers = d->prev;
		d->fn(d->p);
	}
}

static void drop_top(struct arena *a)
{
	struct arena_chunk *c = a->top;

	a->top = c->prev;
	if (a->top)
		a->total -= a->top->used;
	set_next(a, a->top ? a->top->data + a->top->used : NULL);
	unpoison(c->data, c->size);
	free(c);
}

struct arena *arena_free(struct arena *a)
{
	if (!a)
		return NULL;
	run_defers(a, NULL);
	while (a->top)
		drop_top(a);
	free(a);
	return NULL;
}

void arena_freep(struct arena **a)
{
	*a = arena_free(*a);
}

/*
 * At first each chunk is as large as all before it, then a quarter of that: what is left free at the end is a fifth at
 * most, of which many thousands that wait would be made.
 */
static void grow_next(struct arena *a, size_t size)
{
	size_t all = a->total + size, next = all < CHUNK_DOUBLES ? all : all / 4;

	if (next > a->next_size)
		a->next_size = next < CHUNK_MAX ? next & ~(size_t)(ARENA_ALIGN - 1) : CHUNK_MAX;
}

static void add_chunk(struct arena *a, size_t need)
{
	size_t size = a->next_size > need ? a->next_size : need;
	struct arena_chunk *c = xmalloc(sizeof(*c) + size);

	if (a->top)
		a->top->used = top_used(a);
	a->total += top_used(a);
	grow_next(a, size);
	c->prev = a->top;
	c->size = size;
	c->used = 0;
	poison(c->data, c->size);
	a->top = c;
	set_next(a, c->data);
}

static size_t rounded(size_t n)
{
	must(n <= SIZE_MAX / 2);
	return ((n ? n : 1) + REDZONE + ARENA_ALIGN - 1) & ~(size_t)(ARENA_ALIGN - 1);
}

struct arena *arena_new_of(size_t bytes)
{
	struct arena *a = arena_new();

	add_chunk(a, rounded(bytes));
	return a;
}

void *arena_alloc_slowly(struct arena *a, size_t n)
{
	size_t need = rounded(n);
	char *p;

	if (top_left(a) < need)
		add_chunk(a, need);
	p = a->next;
	set_next(a, p + need);
	unpoison(p, n ? n : 1);
	return p;
}

void *arena_zalloc(struct arena *a, size_t n)
{
	return memset(arena_alloc(a, n), 0, n);
}

void *arena_calloc(struct arena *a, size_t n, size_t size)
{
	must(!size || n <= SIZE_MAX / size);
	return arena_zalloc(a, n * size);
}

void *arena_grow(struct arena *a, void *p, size_t old_n, size_t n)
{
	size_t old_need = rounded(old_n), need = rounded(n);
	void *q;

	must(n >= old_n);
	if (!p)
		return arena_alloc(a, n);
	if (top_used(a) >= old_need && (char *)p == a->next - old_need &&
	    top_left(a) >= need - old_need) {
		set_next(a, a->next + (need - old_need));
		unpoison(p, n);
		return p;
	}
	q = arena_alloc(a, n);
	return old_n ? memcpy(q, p, old_n) : q;
}

struct str arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list ap;
	char first[256], *p; /* enough for most: formatting costs more than a copy */
	int n;

	va_start(ap, fmt);
	n = vsnprintf(first, sizeof(first), fmt, ap);
	va_end(ap);
	must(n >= 0);
	p = arena_alloc(a, (size_t)n + 1);
	if ((size_t)n < sizeof(first)) {
		memcpy(p, first, (size_t)n + 1);
		return (struct str){ p, (size_t)n };
	}
	va_start(ap, fmt);
	vsnprintf(p, (size_t)n + 1, fmt, ap);
	va_end(ap);
	return (struct str){ p, (size_t)n };
}

void arena_defer(struct arena *a, void (*fn)(void *), void *p)
{
	struct arena_defer *d = arena_alloc(a, sizeof(*d));

	d->prev = a->defers;
	d->fn = fn;
	d->p = p;
	a->defers = d;
}

struct arena_mark arena_get_mark(struct arena *a)
{
	return (struct arena_mark){
		.chunk = a->top,
		.next = a->next,
		.defers = a->defers,
		.next_size = a->next_size,
	};
}

void arena_reset(struct arena *a, struct arena_mark mark)
{
	run_defers(a, mark.defers);
	while (a->top != mark.chunk)
		drop_top(a);
	set_next(a, mark.next);
	poison(a->next, top_left(a));
	a->next_size = mark.next_size;
}

bool arena_owns(const struct arena *a, const void *p)
{
	for (const struct arena_chunk *c = a->top; c; c = c->prev) {
		if ((uintptr_t)p - (uintptr_t)c->data < (c == a->top ? top_used(a) : c->used))
			return true;
	}
	return false;
}

size_t arena_bytes(const struct arena *a)
{
	return a->total + top_used(a);
}
