/* SPDX-License-Identifier: BSD-2-Clause */
/* Byte slices: see str.h. */
#define _GNU_SOURCE /* memmem, memrchr */
#include "core/str.h"

#include "core/arena.h"
#include "core/block.h"

bool str_same_words_nocase(const char *a, const char *b, size_t n)
{
	for (; n >= 8; a += 8, b += 8, n -= 8)
		if (block_lower_word(block_word(a)) != block_lower_word(block_word(b)))
			return false;
	return block_lower_word(block_short_word(a, n)) == block_lower_word(block_short_word(b, n));
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

/* ASCII letters of both are taken as lower case where fold is 0x20, as they are where it is 0. */
static bool stands_at(const char *p, struct str needle, unsigned char fold)
{
	return fold ? str_same_words_nocase(p, needle.p, needle.n) : !memcmp(p, needle.p, needle.n);
}

/*
 * needle: 1 byte or more, and not more than s. Places where its first and last byte stand are looked at: who
 * folds gets places more where these are no letters.
 */
static size_t find_by_ends(struct str s, struct str needle, unsigned char fold)
{
	size_t gap = needle.n - 1;
	struct str front = str_make(s.p, s.n - gap), back = str_make(s.p + gap, s.n - gap);
	char first = (char)((unsigned char)needle.p[0] | fold);
	char last = (char)((unsigned char)needle.p[gap] | fold);

	for (size_t i = 0; i < front.n; i += BLOCK_BYTES) {
		unsigned bits =
		    block_valid(front, i) & block_bits(block_is(block_of(front, i) | fold, first) &
						       block_is(block_of(back, i) | fold, last));

		for (; bits; bits &= bits - 1)
			if (stands_at(s.p + i + block_first(bits), needle, fold))
				return i + block_first(bits);
	}
	return STR_NPOS;
}

/* What is longer is for memmem(), which is linear for any needle. */
enum { SHORT_NEEDLE = 64 };

size_t str_find(struct str s, struct str needle)
{
	const char *q;

	if (needle.n <= 1)
		return needle.n ? str_chr(s, *needle.p) : 0;
	if (needle.n > s.n)
		return STR_NPOS;
	if (needle.n <= SHORT_NEEDLE)
		return find_by_ends(s, needle, 0);
	q = memmem(s.p, s.n, needle.p, needle.n);
	return q ? (size_t)(q - s.p) : STR_NPOS;
}

size_t str_find_nocase(struct str s, struct str needle)
{
	if (!needle.n || needle.n > s.n)
		return needle.n ? STR_NPOS : 0;
	return find_by_ends(s, needle, 0x20);
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
	for (size_t i = 0; i < s.n; i += BLOCK_BYTES) {
		block b = block_of(s, i), found = { 0 };
		unsigned bits;

		for (const char *c = set; *c; c++)
			found |= block_is(b, *c);
		bits = block_bits(found) & block_valid(s, i);
		if (bits)
			return i + block_first(bits);
	}
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
	size_t i = 0;

	for (; i + 8 <= s.n; i += 8) {
		uint64_t w = block_lower_word(block_word(s.p + i));

		memcpy(p + i, &w, sizeof(w));
	}
	for (; i < s.n; i++)
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
