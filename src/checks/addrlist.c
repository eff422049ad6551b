/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Entries are kept in lower case with NUL, backslash and ( turned into _, as SpamAssassin keeps them.
 * Matching a pattern backtracks to its last * only, and each step back costs a step of the budget.
 */
#include "checks/addrlist.h"

#include "checks/args.h"
#include "core/arena.h"
#include "core/bits.h"
#include "core/block.h"
#include "core/budget.h"

void addrlist_init(struct addrlist *l, struct arena *a)
{
	l->arena = a;
	map_init(&l->exact, a, false);
	map_init(&l->globs, a, false);
	memset(l->long_ends, 0, sizeof(l->long_ends));
	memset(l->short_ends, 0, sizeof(l->short_ends));
	l->has_open_end = false;
}

enum { LONG_END = 6, SHORT_END = 3 };

/* Which bit stands for the last n bytes of s, of which there are enough. */
static size_t end_of(struct str s, size_t n)
{
	uint64_t end = block_short_word(s.p + s.n - n, n);

	return (size_t)(end * UINT64_C(0x9e3779b97f4a7c15) >> 32) % ADDRLIST_ENDS;
}

static void note_end(struct addrlist *l, struct str tail)
{
	if (tail.n >= LONG_END)
		bits_add(l->long_ends, end_of(tail, LONG_END));
	else if (tail.n >= SHORT_END)
		bits_add(l->short_ends, end_of(tail, SHORT_END));
	else
		l->has_open_end = true;
}

static bool may_end_so(const struct addrlist *l, struct str addr)
{
	return l->has_open_end ||
	       (addr.n >= LONG_END && bits_has(l->long_ends, end_of(addr, LONG_END))) ||
	       (addr.n >= SHORT_END && bits_has(l->short_ends, end_of(addr, SHORT_END)));
}

struct slot {
	void *value;
	size_t tail; /* length of the literal behind the last wildcard */
};

static struct str entry_text(struct arena *a, struct str pattern)
{
	struct str text = str_lower(a, pattern);
	char *p = (char *)(uintptr_t)text.p;

	for (size_t i = 0; i < text.n; i++) {
		if (!p[i] || p[i] == '\\' || p[i] == '(')
			p[i] = '_';
	}
	return text;
}

static struct map *map_for(struct addrlist *l, struct str text)
{
	return str_find_any(text, "*?") == STR_NPOS ? &l->exact : &l->globs;
}

void **addrlist_add(struct addrlist *l, struct str pattern)
{
	struct str text = entry_text(l->arena, pattern);
	struct map *m = map_for(l, text);
	struct slot *slot = map_get(m, text);

	if (!slot) {
		size_t n = text.n;

		while (n && text.p[n - 1] != '*' && text.p[n - 1] != '?')
			n--;
		slot = arena_zalloc(l->arena, sizeof(*slot));
		slot->tail = text.n - n;
		if (n)
			note_end(l, str_from(text, n));
		map_put(m, text, slot);
	}
	return &slot->value;
}

void addrlist_remove(struct addrlist *l, struct str pattern)
{
	struct str text = entry_text(l->arena, pattern);

	map_remove(map_for(l, text), text);
}

bool addrlist_add_words(struct addrlist *l, struct str words)
{
	bool any = false;

	for (struct str w = next_word(&words); w.n; w = next_word(&words)) {
		addrlist_add(l, w);
		any = true;
	}
	return any;
}

bool addrlist_remove_words(struct addrlist *l, struct str words)
{
	bool any = false;

	for (struct str w = next_word(&words); w.n; w = next_word(&words)) {
		addrlist_remove(l, w);
		any = true;
	}
	return any;
}

bool glob_matches(struct str pattern, struct str s, struct budget *b)
{
	size_t p = 0, i = 0, star = STR_NPOS, star_i = 0;

	while (i < s.n) {
		if (p < pattern.n && pattern.p[p] == '*') {
			star = p++;
			star_i = i;
		} else if (p < pattern.n && (pattern.p[p] == '?' || pattern.p[p] == s.p[i])) {
			p++;
			i++;
		} else if (star != STR_NPOS) {
			if (!budget_steps(b, 1))
				return false;
			p = star + 1;
			i = ++star_i;
		} else {
			return false;
		}
	}
	while (p < pattern.n && pattern.p[p] == '*')
		p++;
	return p == pattern.n;
}

static bool slot_matches(const struct map_entry *it, struct str addr, struct budget *b)
{
	const struct slot *slot = it->value;
	struct str tail = str_from(it->key, it->key.n - slot->tail);

	return str_ends(addr, tail) && glob_matches(it->key, addr, b);
}

void **addrlist_next(const struct addrlist *l, struct str addr, size_t *at, struct budget *b)
{
	struct slot *slot;

	if (*at == 0) {
		*at = 1;
		slot = map_get(&l->exact, addr);
		if (slot)
			return &slot->value;
		if (!may_end_so(l, addr))
			*at = l->globs.n + 1;
	}
	while (*at - 1 < l->globs.n) {
		const struct map_entry *it = &l->globs.entries[*at - 1];

		(*at)++;
		if (it->gone)
			continue;
		if (slot_matches(it, addr, b)) {
			slot = it->value;
			return &slot->value;
		}
	}
	return NULL;
}

bool addrlist_has(const struct addrlist *l, struct str addr, struct budget *b)
{
	size_t at = 0;

	if (!budget_steps(b, 1 + l->globs.n / 8))
		return false;
	return addrlist_next(l, addr, &at, b) != NULL;
}
