/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * strbuf: a growing byte buffer with a hard maximum. An append that would pass the maximum appends
 * nothing, marks the buffer `full` and returns false; later appends fail too, so a caller may append
 * many times and check once with strbuf_is_full(). The bytes may be any; a NUL always follows them.
 */
#pragma once

#include "core/str.h"
#include "core/xalloc.h"

#include <stdbool.h>
#include <stdint.h>

struct strbuf {
	char *p;
	size_t n, cap, max;
	bool full;
};

/* No allocation yet. max counts the bytes without the NUL; 0 means no bound but memory (our own data only). */
void strbuf_init(struct strbuf *b, size_t max);
void strbuf_done(struct strbuf *b);
/* Empty and not full again; keeps the memory. */
void strbuf_clear(struct strbuf *b);

/* Whether n more bytes fit without more memory. Nothing fits into one that is full. */
static inline bool strbuf_has_room(const struct strbuf *b, size_t n)
{
	return n < b->cap - b->n && n <= b->max - b->n && !b->full;
}

bool strbuf_add_slowly(struct strbuf *b, struct str s);
static inline bool strbuf_add(struct strbuf *b, struct str s)
{
	if (!s.n || !strbuf_has_room(b, s.n))
		return strbuf_add_slowly(b, s);
	memcpy(b->p + b->n, s.p, s.n);
	b->n += s.n;
	b->p[b->n] = '\0';
	return true;
}

static inline bool strbuf_add_byte(struct strbuf *b, char c)
{
	if (!strbuf_has_room(b, 1))
		return strbuf_add_slowly(b, str_make(&c, 1));
	b->p[b->n++] = c;
	b->p[b->n] = '\0';
	return true;
}

bool strbuf_add_c(struct strbuf *b, const char *s);
/* Slices, one behind the other: strbuf_add_all(b, STR("by "), name, STR("\n")). All of them or none. */
bool strbuf_add_list(struct strbuf *b, const struct str *s, size_t n);
#define strbuf_add_all(b, ...)                                                                     \
	strbuf_add_list((b), (const struct str[]){ __VA_ARGS__ },                                  \
			sizeof((const struct str[]){ __VA_ARGS__ }) / sizeof(struct str))
/* In decimal. */
bool strbuf_add_u64(struct strbuf *b, uint64_t v);
bool strbuf_add_u32be(struct strbuf *b, uint32_t v);
bool strbuf_printf(struct strbuf *b, const char *fmt, ...) _printf_(2, 3);
/* Room for n more bytes, to be written by the caller and counted with strbuf_added(); NULL when over max. */
char *strbuf_reserve(struct strbuf *b, size_t n);
void strbuf_added(struct strbuf *b, size_t n);
/* Removes n bytes at the front / keeps only the first n. */
void strbuf_consume(struct strbuf *b, size_t n);
void strbuf_truncate(struct strbuf *b, size_t n);
bool strbuf_is_full(const struct strbuf *b);

/* The bytes now: valid until the buffer changes. Never none. */
static inline struct str strbuf_str(const struct strbuf *b)
{
	return (struct str){ b->p ? b->p : "", b->n };
}
