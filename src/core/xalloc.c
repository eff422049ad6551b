/* SPDX-License-Identifier: BSD-2-Clause */
/* The x* allocators and must(): see xalloc.h and must.h. */
#include "core/must.h"
#include "core/xalloc.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

_Noreturn void must_failed(const char *what, const char *file, int line)
{
	fprintf(stderr, "panic: %s:%d: must(%s)\n", file, line, what);
	abort();
}

#ifdef POSTERN_PLANTED_FAULTS
void planted_fault_reached(const char *file, int line)
{
	const char *wanted = getenv("POSTERN_PLANTED_FAULT");

	if (wanted && !strstr(file, wanted))
		return;
	fprintf(stderr, "planted fault: %s:%d\n", file, line);
	abort();
}
#endif

static void *checked(void *p, size_t n)
{
	if (!p && n) {
		fprintf(stderr, "fatal: out of memory (%zu bytes)\n", n);
		abort();
	}
	return p;
}

void *xmalloc(size_t n)
{
	return checked(malloc(n ? n : 1), n);
}

void *xzalloc(size_t n)
{
	return checked(calloc(1, n ? n : 1), n);
}

void *xcalloc(size_t n, size_t size)
{
	must(!size || n <= SIZE_MAX / size);
	return xzalloc(n * size);
}

void *xrealloc(void *p, size_t n)
{
	return checked(realloc(p, n ? n : 1), n);
}

char *xstrdup(const char *s)
{
	size_t n = strlen(s) + 1;

	return memcpy(xmalloc(n), s, n);
}

void *x_free(void *p)
{
	free(p);
	return NULL;
}
