/* SPDX-License-Identifier: BSD-2-Clause */
/* Byte slices: see str.h. */
#define _GNU_SOURCE /* memmem, memrchr */
#include "core/str.h"

#include "core/arena.h"

#include <stdint.h>

bool str_same_bytes_nocase(const char *a, const char *b, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (ascii_lower(a[i]) != ascii_lower(b[i]))
			return false;
	}
	return true;
}

int str_cmp(struct str a, struct str b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int d = n ? memcmp(a.p, b.p, n) : 0;

	return d ? d : (a.n > b.n) - (a.n < b.n);
}

int str_cmp_nocase(struct str a, struct str b)
{
	size_t n = a.n < b.n ? a.n : b.n;

	for (size_t i = 0; i < n; i++) {
		int d = (unsigned char)ascii_lower(a.p[i]) - (unsigned char)ascii_lower(b.p[i]);
		if (d)
			return d;
	}
	return (a.n > b.n) - (a.n < b.n);
}

size_t str_rchr(struct str s, char c)
{
	const char *q = s.n ? memrchr(s.p, c, s.n) : NULL;

	return q ? (size_t)(q - s.p) : STR_NPOS;
}

/* Sixteen places at once. */
typedef uint8_t block __attribute__((vector_size(16)));

/* A byte to be found; with its mask set, letters count whatever their case. */
struct end {
	uint8_t byte, mask;
	size_t at; /* in the needle */
};

static struct end end_of(struct str needle, size_t at, bool nocase)
{
	uint8_t mask = nocase && ascii_is_alpha(needle.p[at]) ? 0x20 : 0;

	return (struct end){ (uint8_t)needle.p[at] | mask, mask, at };
}

static block has_end(const char *p, struct end e)
{
	block b;

	memcpy(&b, p + e.at, sizeof(b));
	return (block)((b | e.mask) == e.byte);
}

/* The first of sixteen places from p on where both ends stand, or 16. */
static size_t place_of(const char *p, struct end first, struct end last)
{
	block both = has_end(p, first) & has_end(p, last);
	uint64_t words[2];

	memcpy(words, &both, sizeof(words));
	if (!(words[0] | words[1]))
		return sizeof(block);
	for (size_t i = 0; i < sizeof(block); i++)
		if (both[i])
			return i;
	return sizeof(block);
}

static bool is_there(const char *p, struct str needle, bool nocase)
{
	return nocase ? str_same_bytes_nocase(p, needle.p, needle.n)
		      : memcmp(p, needle.p, needle.n) == 0;
}

/* Places where the needle's first and last byte stand are looked at. */
static inline __attribute__((always_inline)) size_t find(struct str s, struct str needle,
							 bool nocase)
{
	struct end first, last;
	size_t i = 0;

	if (!needle.n)
		return 0;
	if (needle.n > s.n)
		return STR_NPOS;
	first = end_of(needle, 0, nocase);
	last = end_of(needle, needle.n - 1, nocase);
	while (i + needle.n - 1 + sizeof(block) <= s.n) {
		size_t k = place_of(s.p + i, first, last);

		if (k < sizeof(block) && is_there(s.p + i + k, needle, nocase))
			return i + k;
		i += k < sizeof(block) ? k + 1 : k;
	}
	for (; i + needle.n <= s.n; i++) {
		if (((uint8_t)s.p[i] | first.mask) == first.byte &&
		    is_there(s.p + i, needle, nocase))
			return i;
	}
	return STR_NPOS;
}

/* Long needles may come from a message: no step worse than linear. */
size_t str_find(struct str s, struct str needle)
{
	enum { SHORT = 32 };
	const char *q;

	if (needle.n <= SHORT)
		return find(s, needle, false);
	q = s.n ? memmem(s.p, s.n, needle.p, needle.n) : NULL;
	return q ? (size_t)(q - s.p) : STR_NPOS;
}

size_t str_find_nocase(struct str s, struct str needle)
{
	return find(s, needle, true);
}

/* Sets are short, and a text mostly ends such a search at its first bytes: no table is made of them. */
static bool in_set(char c, const char *set)
{
	while (*set && *set != c)
		set++;
	return *set;
}

size_t str_find_any(struct str s, const char *set)
{
	for (size_t i = 0; i < s.n; i++)
		if (in_set(s.p[i], set))
			return i;
	return STR_NPOS;
}

size_t str_find_not(struct str s, const char *set)
{
	for (size_t i = 0; i < s.n; i++)
		if (!in_set(s.p[i], set))
			return i;
	return STR_NPOS;
}

struct str str_trim_left(struct str s, const char *set)
{
	while (s.n && in_set(s.p[0], set)) {
		s.p++;
		s.n--;
	}
	return s;
}

struct str str_trim_right(struct str s, const char *set)
{
	while (s.n && in_set(s.p[s.n - 1], set))
		s.n--;
	return s;
}

struct str str_trim(struct str s, const char *set)
{
	return str_trim_right(str_trim_left(s, set), set);
}

bool str_cut(struct str *rest, char sep, struct str *ret_head)
{
	size_t at;

	if (str_is_none(*rest))
		return false;
	at = str_chr(*rest, sep);
	if (at == STR_NPOS) {
		*ret_head = *rest;
		*rest = STR_NONE;
	} else {
		*ret_head = str_sub(*rest, 0, at);
		*rest = str_from(*rest, at + 1);
	}
	return true;
}

struct str str_dup(struct arena *a, struct str s)
{
	char *p = arena_alloc(a, s.n + 1);

	if (s.n)
		memcpy(p, s.p, s.n);
	p[s.n] = '\0';
	return (struct str){ p, s.n };
}

struct str str_lower(struct arena *a, struct str s)
{
	char *p = arena_alloc(a, s.n + 1);

	for (size_t i = 0; i < s.n; i++)
		p[i] = ascii_lower(s.p[i]);
	p[s.n] = '\0';
	return (struct str){ p, s.n };
}

struct str str_upper(struct arena *a, struct str s)
{
	char *p = arena_alloc(a, s.n + 1);

	for (size_t i = 0; i < s.n; i++)
		p[i] = ascii_upper(s.p[i]);
	p[s.n] = '\0';
	return (struct str){ p, s.n };
}

struct str str_concat(struct arena *a, struct str x, struct str y)
{
	char *p = arena_alloc(a, x.n + y.n + 1);

	if (x.n)
		memcpy(p, x.p, x.n);
	if (y.n)
		memcpy(p + x.n, y.p, y.n);
	p[x.n + y.n] = '\0';
	return (struct str){ p, x.n + y.n };
}

const char *str_cstr(struct arena *a, struct str s)
{
	if (s.n && memchr(s.p, '\0', s.n))
		return NULL;
	return str_dup(a, s).p;
}
