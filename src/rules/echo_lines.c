/* SPDX-License-Identifier: BSD-2-Clause */
/* Newlines of 64 bytes are a word of bits; how many stand before a word says which line a place is in. */
#include "rules/echo_lines.h"

#include "core/block.h"
#include "rules/echo_private.h"

#include <string.h>

enum { WORD = 64, AT_ONCE = 16 };

void echo_lines_init(struct echo_lines *l, struct str text)
{
	l->text = text;
	l->words = l->count = l->looked = l->sought_next = 0;
	memset(l->sought, 0, sizeof(l->sought));
}

static uint64_t ends_in(block b, unsigned place)
{
	return (uint64_t)block_bits(block_is(b, '\n')) << place;
}

static uint64_t ends_of(struct str text, size_t at)
{
	const char *p = text.p + at;
	uint64_t ends = 0;

	if (text.n - at >= WORD)
		return ends_in(block_at(p), 0) | ends_in(block_at(p + 16), 16) |
		       ends_in(block_at(p + 32), 32) | ends_in(block_at(p + 48), 48);
	for (unsigned i = 0; i < WORD && at + i < text.n; i += BLOCK_BYTES)
		ends |= ends_in(block_of(text, at + i), i);
	return ends;
}

static uint8_t first_of(const struct echo_lines *l, size_t at)
{
	return at < l->text.n ? echo_lower((uint8_t)l->text.p[at]) : 0;
}

static inline void add_lines(struct echo_lines *l, size_t at, uint64_t ends)
{
	size_t n = l->count;

	for (; ends; ends &= ends - 1, n++) {
		size_t begin = at + (size_t)__builtin_ctzll(ends) + 1;

		l->begin[n] = (uint16_t)begin;
		l->first[n] = first_of(l, begin);
	}
	l->count = n;
}

/* The next words; false: there are none, or no room. */
static bool look_on(struct echo_lines *l)
{
	size_t all = (l->text.n + WORD - 1) / WORD, to = l->words + AT_ONCE;

	to = to < all ? to : all;
	to = to < ECHO_LINES_WORDS ? to : ECHO_LINES_WORDS;
	if (l->words >= to || l->count > ECHO_LINES_MAX)
		return false;
	for (; l->words < to && l->count <= ECHO_LINES_MAX; l->words++) {
		l->before[l->words] = (uint16_t)l->count;
		l->ends[l->words] = ends_of(l->text, l->words * WORD);
		add_lines(l, l->words * WORD, l->ends[l->words]);
	}
	return true;
}

/* Which of the known lines is the first one behind a newline at `from` or later. */
static size_t line_behind(const struct echo_lines *l, size_t from)
{
	size_t word = from / WORD;

	if (word >= l->words)
		return l->count;
	return l->before[word] +
	       (size_t)__builtin_popcountll(l->ends[word] & ((UINT64_C(1) << from % WORD) - 1));
}

/* It was sought before. */
static bool is_known(const struct echo_lines_sought *s, size_t from, size_t to, int c)
{
	return s->c == c && s->from <= from &&
	       (s->found == STR_NPOS ? to <= s->to : from < s->found);
}

/* In place of one that lies in front by now, so that steps from line to line take no more than one. */
static struct echo_lines_sought *room_for(struct echo_lines *l, size_t from, int c)
{
	for (size_t i = 0; i < ECHO_LINES_SOUGHT; i++) {
		if (l->sought[i].c == c && l->sought[i].found <= from)
			return &l->sought[i];
	}
	return &l->sought[l->sought_next++ % ECHO_LINES_SOUGHT];
}

static size_t seek_anew(const struct echo_lines *l, size_t from, size_t to, int c)
{
	const char *p = l->text.p, *end;

	while (from < to && (end = memchr(p + from, '\n', to - from))) {
		from = (size_t)(end - p) + 1;
		if (c < 0 || (from < l->text.n && first_of(l, from) == c))
			return from;
	}
	return STR_NPOS;
}

/* Where no line is known: those who ask from one line after the other mostly come to the same. */
static size_t seek(struct echo_lines *l, size_t from, size_t to, int c)
{
	struct echo_lines_sought *s = l->sought;
	size_t found;

	for (size_t i = 0; i < ECHO_LINES_SOUGHT; i++) {
		if (is_known(&s[i], from, to, c))
			return s[i].found <= to ? s[i].found : STR_NPOS;
	}
	found = seek_anew(l, from, to, c);
	l->looked += (found < to ? found : to) - from;
	*room_for(l, from, c) = (struct echo_lines_sought){ from, to, found, c };
	return found;
}

size_t echo_lines_next(struct echo_lines *l, size_t from, size_t to, int c)
{
	size_t i;

	to = to < l->text.n ? to : l->text.n;
	while (from / WORD >= l->words && look_on(l))
		;
	i = line_behind(l, from);
	do {
		const uint8_t *found;

		if (i == l->count)
			continue;
		found = c < 0 ? l->first + i : memchr(l->first + i, c, l->count - i);
		l->looked += found ? (size_t)(found - l->first) - i : l->count - i;
		i = found ? (size_t)(found - l->first) : l->count;
		if (found && (c || l->begin[i] < l->text.n))
			return l->begin[i] <= to ? l->begin[i] : STR_NPOS;
	} while (l->words * WORD < to && look_on(l));
	from = l->words * WORD > from ? l->words * WORD : from;
	return from < to ? seek(l, from, to, c) : STR_NPOS;
}
