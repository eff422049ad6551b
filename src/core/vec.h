/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vec: a growing array of elements of one size, from an arena or the heap, with a maximum count. The
 * element's type is named at each access: VEC_AT(&v, struct hit, i). Pointers into it are valid until
 * the next push.
 */
#pragma once

#include "core/must.h"

#include <stddef.h>

struct arena;

struct vec {
	void *data;
	size_t n, cap, elem, max;
	struct arena *arena;
};

/* arena NULL: heap, to be given back with vec_done(). max 0: no bound (our own data only). */
void vec_init(struct vec *v, struct arena *arena, size_t elem, size_t max);
void vec_done(struct vec *v);
/* A new zeroed element at the end; NULL when there are max already. */
void *vec_push(struct vec *v);
/* For our own data: aborts where vec_push would return NULL. */
void *vec_must_push(struct vec *v);
/* Makes room for one more; aborts where there are max already. */
void vec_grow(struct vec *v);
void vec_pop(struct vec *v);
void vec_clear(struct vec *v);
void vec_truncate(struct vec *v, size_t n);

/* Of VEC_ADD(): the place, not cleared. */
static inline void *vec_must_place(struct vec *v, size_t elem)
{
	must(elem == v->elem);
	if (v->n == v->cap)
		vec_grow(v);
	return (char *)v->data + v->n++ * elem;
}

/*
 * vec_must_push() of a whole value, which takes no call where there is room: VEC_ADD(&v, struct hit, h). The value
 * must not be one of the vec.
 */
#define VEC_ADD(v, type, ...) (*(type *)vec_must_place((v), sizeof(type)) = (__VA_ARGS__))

static inline void *vec_must_get(const struct vec *v, size_t i)
{
	must(i < v->n);
	return (char *)v->data + i * v->elem;
}

#define VEC_AT(v, type, i) ((type *)vec_must_get((v), (i)))
#define VEC_LAST(v, type) VEC_AT((v), type, (v)->n - 1)
/* for each element: type *it. The vec must not grow inside. */
#define VEC_EACH(v, type, it)                                                                      \
	for (type *it = (v)->data, *it##_end_ = it ? it + (v)->n : it; it < it##_end_; it++)
