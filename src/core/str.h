/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * struct str: a slice of bytes that somebody else owns, passed by value. All foreign bytes are slices;
 * they may hold any byte, NUL too. A C string is made from one only at a system call, by str_cstr().
 * Nothing here allocates except where an arena is passed. ASCII only where case is folded. What takes fewer
 * instructions than its call stands here, inline.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct arena;

struct str {
	const char *p;
	size_t n;
};

#define STR(lit) ((struct str){ "" lit "", sizeof(lit) - 1 })
#define STR_NONE ((struct str){ NULL, 0 })
/* For printf("%.*s"): the slice's length and start. */
#define STR_FMT(s) (int)(s).n, (s).n ? (s).p : ""
/* What a search returns when it finds nothing. */
#define STR_NPOS ((size_t)-1)

static inline struct str str_of(const char *c)
{
	return (struct str){ c, c ? strlen(c) : 0 };
}

static inline struct str str_make(const char *p, size_t n)
{
	return (struct str){ p, n };
}

/* NULL pointer: "not there", which is not the same as empty. */
static inline bool str_is_none(struct str s)
{
	return !s.p;
}

static inline char ascii_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static inline char ascii_upper(char c)
{
	return c >= 'a' && c <= 'z' ? (char)(c - 32) : c;
}

static inline bool ascii_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static inline bool ascii_is_alpha(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static inline bool ascii_is_alnum(char c)
{
	return ascii_is_alpha(c) || ascii_is_digit(c);
}

/* Perl's \s on bytes: SP HT LF VT FF CR. */
static inline bool ascii_is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* From byte `from` to before `to`; both are cut to the slice's length. */
static inline struct str str_sub(struct str s, size_t from, size_t to)
{
	to = to < s.n ? to : s.n;
	from = from < to ? from : to;
	return s.p ? (struct str){ s.p + from, to - from } : STR_NONE;
}

static inline struct str str_from(struct str s, size_t from)
{
	from = from < s.n ? from : s.n;
	return s.p ? (struct str){ s.p + from, s.n - from } : STR_NONE;
}

/* n bytes are there at both. Most texts differ in their first byte: only others are worth a call. */
static inline bool str_same_bytes(const char *a, const char *b, size_t n)
{
	/* NOLINTNEXTLINE(clang-analyzer-core.*): n bytes are there when n is not 0 */
	return !n || (*a == *b && !memcmp(a, b, n));
}

bool str_same_words_nocase(const char *a, const char *b, size_t n);
static inline bool str_same_bytes_nocase(const char *a, const char *b, size_t n)
{
	return !n || (ascii_lower(*a) == ascii_lower(*b) && str_same_words_nocase(a, b, n));
}

static inline bool str_eq(struct str a, struct str b)
{
	return a.n == b.n && str_same_bytes(a.p, b.p, b.n);
}

static inline bool str_eq_nocase(struct str a, struct str b)
{
	return a.n == b.n && str_same_bytes_nocase(a.p, b.p, b.n);
}

/* <0, 0, >0 by bytes, a prefix first. */
int str_cmp(struct str a, struct str b);
int str_cmp_nocase(struct str a, struct str b);

static inline bool str_starts(struct str s, struct str prefix)
{
	return s.n >= prefix.n && str_same_bytes(s.p, prefix.p, prefix.n);
}

static inline bool str_starts_nocase(struct str s, struct str prefix)
{
	return s.n >= prefix.n && str_same_bytes_nocase(s.p, prefix.p, prefix.n);
}

static inline bool str_ends(struct str s, struct str suffix)
{
	return s.n >= suffix.n && str_eq(str_from(s, s.n - suffix.n), suffix);
}

static inline bool str_ends_nocase(struct str s, struct str suffix)
{
	return s.n >= suffix.n && str_eq_nocase(str_from(s, s.n - suffix.n), suffix);
}

/* Index of the first / last byte or slice, STR_NPOS if there is none. */
static inline size_t str_chr(struct str s, char c)
{
	/* NOLINTNEXTLINE(clang-analyzer-core.NonNullParamChecker): n bytes are there when n is not 0 */
	const char *q = s.n ? memchr(s.p, c, s.n) : NULL;

	return q ? (size_t)(q - s.p) : STR_NPOS;
}

size_t str_rchr(struct str s, char c);
size_t str_find(struct str s, struct str needle);
size_t str_find_nocase(struct str s, struct str needle);
/* First byte that is in / not in the C string `set`. */
size_t str_find_any(struct str s, const char *set);
size_t str_find_not(struct str s, const char *set);

/* Without bytes of `set` at either end / at the start / at the end. */
struct str str_trim(struct str s, const char *set);
struct str str_trim_left(struct str s, const char *set);
struct str str_trim_right(struct str s, const char *set);
/*
 * Takes the bytes up to the first `sep` off *rest into *ret_head and steps past it. Without a sep the
 * whole of *rest is taken and *rest becomes none. Returns false when *rest is none already.
 */
bool str_cut(struct str *rest, char sep, struct str *ret_head);

struct str str_dup(struct arena *a, struct str s);
struct str str_lower(struct arena *a, struct str s);
struct str str_upper(struct arena *a, struct str s);
struct str str_concat(struct arena *a, struct str x, struct str y);
/* A C string with the same bytes, in the arena; NULL if s holds a NUL. */
const char *str_cstr(struct arena *a, struct str s);
