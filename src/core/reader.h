/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * struct rd: a cursor over bytes that somebody else owns; every format is read with it, never by
 * moving pointers. A read past the end fails, marks the reader `bad` and leaves the cursor; once bad,
 * all later reads fail, so a parser may read many fields and check rd_is_bad() once.
 */
#pragma once

#include "core/str.h"

#include <stdbool.h>
#include <stdint.h>

struct rd {
	struct str s;
	size_t at;
	bool bad;
};

static inline struct rd rd_of(struct str s)
{
	return (struct rd){ .s = s };
}

static inline size_t rd_left(const struct rd *r)
{
	return r->s.n - r->at;
}

static inline bool rd_is_end(const struct rd *r)
{
	return r->at == r->s.n;
}

static inline bool rd_is_bad(const struct rd *r)
{
	return r->bad;
}

/* The byte `ahead` places on (0 = rd_peek), -1 past the end. */
static inline int rd_peek_at(const struct rd *r, size_t ahead)
{
	return ahead < rd_left(r) ? (unsigned char)r->s.p[r->at + ahead] : -1;
}

/* The next byte as 0..255 without moving, -1 at the end. */
static inline int rd_peek(const struct rd *r)
{
	return rd_peek_at(r, 0);
}

/* The rest as a slice, without moving. */
static inline struct str rd_rest(const struct rd *r)
{
	return str_from(r->s, r->at);
}

bool rd_u8(struct rd *r, uint8_t *ret);
bool rd_u16be(struct rd *r, uint16_t *ret);
bool rd_u32be(struct rd *r, uint32_t *ret);
bool rd_u64be(struct rd *r, uint64_t *ret);
bool rd_u16le(struct rd *r, uint16_t *ret);
bool rd_u32le(struct rd *r, uint32_t *ret);
bool rd_take(struct rd *r, size_t n, struct str *ret);
bool rd_skip(struct rd *r, size_t n);

/* The three below never mark the reader bad: they answer whether the text was there. */
/* Steps over `c` / `s` if it is next. */
static inline bool rd_accept(struct rd *r, char c)
{
	bool is_next = rd_peek(r) == (unsigned char)c;

	r->at += is_next;
	return is_next;
}

bool rd_accept_str(struct rd *r, struct str s);
bool rd_accept_str_nocase(struct rd *r, struct str s);
/* Takes bytes while they are in / not in the C string `set`; may take none. */
struct str rd_while(struct rd *r, const char *set);
struct str rd_until(struct rd *r, const char *set);
/*
 * Takes a line: *ret without its line end (LF, or CR LF when `crlf`), the cursor behind it. A last
 * line without an end counts. False at the end of the bytes.
 */
bool rd_line(struct rd *r, bool crlf, struct str *ret);
