/* SPDX-License-Identifier: BSD-2-Clause */
/* Growing byte buffer: see strbuf.h. */
#include "core/strbuf.h"

#include "core/must.h"

#include <stdarg.h>
#include <stdio.h>

void strbuf_init(struct strbuf *b, size_t max)
{
	*b = (struct strbuf){ .max = max ? max : SIZE_MAX / 4 };
}

void strbuf_done(struct strbuf *b)
{
	b->p = x_free(b->p);
	b->n = b->cap = 0;
	b->full = false;
}

void strbuf_clear(struct strbuf *b)
{
	b->n = 0;
	b->full = false;
	if (b->p)
		b->p[0] = '\0';
}

char *strbuf_reserve(struct strbuf *b, size_t n)
{
	size_t need;

	if (b->full || n > b->max - b->n) {
		b->full = true;
		return NULL;
	}
	need = b->n + n + 1;
	if (need > b->cap) {
		size_t cap = b->cap ? b->cap : 64;

		while (cap < need)
			cap *= 2;
		b->p = xrealloc(b->p, cap);
		b->cap = cap;
	}
	return b->p + b->n;
}

void strbuf_added(struct strbuf *b, size_t n)
{
	must(b->n + n < b->cap);
	b->n += n;
	b->p[b->n] = '\0';
}

bool strbuf_add_slowly(struct strbuf *b, struct str s)
{
	char *q = strbuf_reserve(b, s.n);

	if (!q)
		return false;
	if (s.n)
		memcpy(q, s.p, s.n);
	strbuf_added(b, s.n);
	return true;
}

bool strbuf_add_c(struct strbuf *b, const char *s)
{
	return strbuf_add(b, str_of(s));
}

bool strbuf_add_list(struct strbuf *b, const struct str *s, size_t n)
{
	size_t total = 0;
	char *q;

	for (size_t i = 0; i < n; i++)
		total += s[i].n;
	q = strbuf_reserve(b, total);
	if (!q)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (s[i].n)
			memcpy(q, s[i].p, s[i].n);
		q += s[i].n;
	}
	strbuf_added(b, total);
	return true;
}

bool strbuf_add_u64(struct strbuf *b, uint64_t v)
{
	char digits[20], *p = digits + sizeof(digits);

	do
		*--p = (char)('0' + v % 10);
	while (v /= 10);
	return strbuf_add(b, str_make(p, (size_t)(digits + sizeof(digits) - p)));
}

bool strbuf_add_u32be(struct strbuf *b, uint32_t v)
{
	char x[4] = { (char)(v >> 24), (char)(v >> 16), (char)(v >> 8), (char)v };

	return strbuf_add(b, str_make(x, 4));
}

bool strbuf_printf(struct strbuf *b, const char *fmt, ...)
{
	va_list ap;
	size_t room = b->cap - b->n; /* what is there already is enough, mostly */
	char *q;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(room ? b->p + b->n : NULL, room, fmt, ap);
	va_end(ap);
	must(n >= 0);
	q = strbuf_reserve(b, (size_t)n);
	if (!q) {
		strbuf_truncate(b, b->n);
		return false;
	}
	if ((size_t)n >= room) {
		va_start(ap, fmt);
		vsnprintf(q, (size_t)n + 1, fmt, ap);
		va_end(ap);
	}
	strbuf_added(b, (size_t)n);
	return true;
}

void strbuf_consume(struct strbuf *b, size_t n)
{
	must(n <= b->n);
	if (!n)
		return;
	memmove(b->p, b->p + n, b->n - n);
	b->n -= n;
	b->p[b->n] = '\0';
}

void strbuf_truncate(struct strbuf *b, size_t n)
{
	must(n <= b->n);
	b->n = n;
	if (b->p)
		b->p[n] = '\0';
}

bool strbuf_is_full(const struct strbuf *b)
{
	return b->full;
}
