/* SPDX-License-Identifier: BSD-2-Clause */
#include "core/arena.h"
#include "rules/needs_private.h"

#include <math.h>

enum { MAX_USEFUL_LENGTH = 8, COMMON_RARITY = 9 };

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
			if (x.s[i].n + y.s[k].n > NEEDS_MAX_LITERAL ||
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

struct needs_set needs_shortened(struct arena *a, struct needs_set x)
{
	struct str *s = arena_calloc(a, x.n + 1, sizeof(*s));
	size_t n = 0;

	for (size_t i = 0; i < x.n; i++) {
		bool begins_as = false;

		for (size_t k = 0; k < x.n && !begins_as; k++)
			begins_as = x.s[k].n < x.s[i].n && str_starts(x.s[i], x.s[k]);
		if (!begins_as)
			s[n++] = x.s[i];
	}
	return (struct needs_set){ s, n, x.times };
}

/* What most mail has, whatever it is about: header fields, what relays are described by, links, HTML. */
static bool is_common(struct str text)
{
	static const char common[] =
	    " received: from \n message-id: <\n subject: re: \n from: \n to: \n date: \n cc: \n "
	    "reply-to: \n"
	    " content-type: text/plain; charset=\n mime-version: 1.0 \n content-transfer-encoding: "
	    "\n"
	    " ip=\n rdns=\n helo=\n by=\n ident=\n envfrom=\n intl=\n id=\n auth= msa=\n[ ip=\n by "
	    "\n"
	    " with \n for <\n esmtp id "
	    "\n.com>\nhttps://www.\nhttp://www.\n.com/\n.net/\n.org/\nmailto:\n"
	    "<a href=\"http\n<img src=\"http\n<font\nfont \ncolor=\n the \n and \n you \nyour "
	    "\nour \n"
	    "that \nthis \ntion \ning \nhere\nhave\nwith \nfrom \nmail\nemail\nlist\ninformation\n"
	    "click\nplease\nwill \nfor \nare \nnot \nall \n";

	return str_find(str_make(common, sizeof(common) - 1), text) != STR_NPOS;
}

double needs_set_rarity(struct needs_set x)
{
	double sum = 0;

	for (size_t i = 0; i < x.n; i++)
		sum += exp2(-needs_text_rarity(x.s[i]));
	return sum > 0 && sum < 1 ? -log2(sum) : 0;
}

double needs_text_rarity_over(struct str text, double least)
{
	size_t n = text.n < MAX_USEFUL_LENGTH ? text.n : (size_t)MAX_USEFUL_LENGTH;
	double bits = 0;

	for (size_t i = 0; i < n; i++)
		bits -= log2(needs_byte_frequency((uint8_t)text.p[i]) / 1000.0);
	if (bits <= least && COMMON_RARITY <= least) /* what is common need not be looked for */
		return least;
	return is_common(text) ? COMMON_RARITY : bits;
}

double needs_text_rarity(struct str text)
{
	return needs_text_rarity_over(text, -1);
}
