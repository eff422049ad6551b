/* SPDX-License-Identifier: BSD-2-Clause */
#include "core/arena.h"
#include "rules/needs_private.h"

enum { MAX_LITERAL = 24, MAX_USEFUL_LENGTH = 8 };

struct growing {
	struct str *s;
	size_t n, max;
};

static bool add_string(struct growing *g, struct str s)
{
	for (size_t i = 0; i < g->n; i++) {
		if (str_eq(g->s[i], s))
			return true;
	}
	if (g->n >= g->max)
		return false;
	g->s[g->n++] = s;
	return true;
}

bool needs_cross(struct arena *a, struct needs_set x, struct needs_set y, size_t max,
		 struct needs_set *ret)
{
	struct growing g = { .max = max };

	if (!x.n || !y.n || x.n * y.n > max * 4)
		return false;
	g.s = arena_alloc(a, (x.n * y.n < max ? x.n * y.n : max) * sizeof(struct str));
	for (size_t i = 0; i < x.n; i++) {
		for (size_t k = 0; k < y.n; k++) {
			if (x.s[i].n + y.s[k].n > MAX_LITERAL ||
			    !add_string(&g, !x.s[i].n   ? y.s[k]
					    : !y.s[k].n ? x.s[i]
							: str_concat(a, x.s[i], y.s[k])))
				return false;
		}
	}
	*ret = (struct needs_set){ g.s, g.n, 1 };
	return true;
}

struct needs_set needs_union(struct arena *a, struct needs_set x, struct needs_set y, size_t max)
{
	struct growing g = { .max = max };
	bool fits = x.n && y.n;

	if (!fits)
		return (struct needs_set){ NULL, 0, 1 };
	g.s = arena_alloc(a, (x.n + y.n < max ? x.n + y.n : max) * sizeof(struct str));
	for (size_t i = 0; i < x.n && fits; i++)
		fits = add_string(&g, x.s[i]);
	for (size_t i = 0; i < y.n && fits; i++)
		fits = add_string(&g, y.s[i]);
	if (!fits)
		return (struct needs_set){ NULL, 0, 1 };
	return (struct needs_set){ g.s, g.n, x.times < y.times ? x.times : y.times };
}

static size_t shortest(struct needs_set set)
{
	size_t n = SIZE_MAX;

	for (size_t i = 0; i < set.n; i++)
		n = set.s[i].n < n ? set.s[i].n : n;
	return set.n ? n : 0;
}

bool needs_is_useful(struct needs_set x)
{
	return x.n && x.n <= NEEDS_MAX_LITERALS && shortest(x) >= NEEDS_MIN_LITERAL;
}

/* Longer is rarer, fewer are rarer; beyond some bytes length says no more. */
static long worth(struct needs_set set)
{
	size_t len = shortest(set), fewer = 0;

	if (!needs_is_useful(set))
		return -1;
	for (size_t n = set.n; n > 1; n /= 2)
		fewer++;
	len = len > MAX_USEFUL_LENGTH ? MAX_USEFUL_LENGTH : len;
	return (long)(len * 4) - (long)fewer + (set.times > 1 ? 12 : 0) + 100;
}

struct needs_set needs_better(struct needs_set x, struct needs_set y)
{
	return worth(y) > worth(x) ? y : x;
}
