/* SPDX-License-Identifier: BSD-2-Clause */
/* Growing array: see vec.h. */
#include "core/vec.h"

#include "core/arena.h"

#include <stdint.h>
#include <stdlib.h>

void vec_init(struct vec *v, struct arena *arena, size_t elem, size_t max)
{
	must(elem);
	*v = (struct vec){ .elem = elem, .max = max ? max : SIZE_MAX / 4 / elem, .arena = arena };
}

void vec_done(struct vec *v)
{
	if (!v->arena)
		free(v->data);
	v->data = NULL;
	v->n = v->cap = 0;
}

void vec_grow(struct vec *v)
{
	size_t cap = v->cap ? v->cap * 2 : 4;

	must(v->n < v->max);
	if (cap > v->max)
		cap = v->max;
	if (v->arena)
		v->data = arena_grow(v->arena, v->data, v->cap * v->elem, cap * v->elem);
	else
		v->data = xrealloc(v->data, cap * v->elem);
	v->cap = cap;
}

void *vec_push(struct vec *v)
{
	if (v->n >= v->max)
		return NULL;
	if (v->n == v->cap)
		vec_grow(v);
	return memset((char *)v->data + v->n++ * v->elem, 0, v->elem);
}

void *vec_must_push(struct vec *v)
{
	void *p = vec_push(v);

	must(p);
	return p;
}

void vec_pop(struct vec *v)
{
	must(v->n);
	v->n--;
}

void vec_clear(struct vec *v)
{
	v->n = 0;
}

void vec_truncate(struct vec *v, size_t n)
{
	must(n <= v->n);
	v->n = n;
}
