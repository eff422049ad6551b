/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Allocation that does not fail: on exhaustion the process aborts (its supervisor restarts it).
 * Sizes that input names go through a budget (core/budget.h) or a `max` first; those do fail.
 */
#pragma once

#include <stddef.h>

void *xmalloc(size_t n);
void *xzalloc(size_t n);
/* n * size, checked; an overflow aborts. */
void *xcalloc(size_t n, size_t size);
void *xrealloc(void *p, size_t n);
char *xstrdup(const char *s);
/* Frees p (NULL is fine) and returns NULL: p = x_free(p). */
void *x_free(void *p);

#define _cleanup_(f) __attribute__((cleanup(f)))
#define _printf_(a, b) __attribute__((format(printf, a, b)))
#define ELEMENTS(a) (sizeof(a) / sizeof((a)[0]))
