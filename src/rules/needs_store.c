/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Needs as bytes, for rules/analyses.h: the struct itself, then what it points to, in order. What comes back
 * is checked as far as the tables made of it go: a literal that is too long would be compared with more bytes
 * than are folded around a place.
 */
#include "core/arena.h"
#include "core/reader.h"
#include "core/strbuf.h"
#include "rules/needs.h"

#include <string.h>

static void put(struct strbuf *out, const void *p, size_t n)
{
	strbuf_add(out, str_make(p, n));
}

void needs_put(struct strbuf *out, const struct needs *n)
{
	struct needs head = *n; /* without addresses: the same each time */

	for (size_t i = 0; i < NEEDS_CLAUSES; i++)
		head.clauses[i].literals = NULL;
	head.windows = NULL;
	put(out, &head, sizeof(head));
	for (size_t i = 0; i < n->clause_count; i++) {
		const struct needs_clause *c = &n->clauses[i];

		for (size_t k = 0; k < c->count; k++) {
			put(out, &c->literals[k].n, sizeof(size_t));
			strbuf_add(out, c->literals[k]);
		}
	}
	put(out, n->windows, n->window_count * sizeof(*n->windows));
}

static bool get(struct rd *r, void *to, size_t n)
{
	struct str bytes;

	if (!rd_take(r, n, &bytes))
		return false;
	if (n)
		memcpy(to, bytes.p, n);
	return true;
}

static bool get_clause(struct arena *a, struct rd *r, struct needs_clause *c)
{
	struct str *s;

	if (!c->count || c->count > NEEDS_MAX_LITERALS || c->back_min > c->back_max)
		return false;
	s = arena_calloc(a, c->count, sizeof(*s));
	for (size_t k = 0; k < c->count; k++) {
		size_t n;

		if (!get(r, &n, sizeof(n)) || n < NEEDS_MIN_LITERAL || n > NEEDS_MAX_LITERAL ||
		    !rd_take(r, n, &s[k]))
			return false;
		s[k] = str_dup(a, s[k]);
	}
	c->literals = s;
	return true;
}

static bool get_windows(struct arena *a, struct rd *r, struct needs *n)
{
	struct needs_look *w;

	if (n->window_count > rd_left(r) / sizeof(*w) || n->back_min > n->back_max)
		return false;
	w = arena_calloc(a, n->window_count, sizeof(*w));
	if (!get(r, w, n->window_count * sizeof(*w)))
		return false;
	for (size_t i = 0; i < n->window_count; i++) {
		if (w[i].length > NEEDS_WINDOW)
			return false;
	}
	n->windows = w;
	return true;
}

bool needs_get(struct arena *a, struct str bytes, struct needs *ret)
{
	struct rd r = rd_of(bytes);
	struct needs n;

	if (bytes.n < sizeof(n) || (uint8_t)bytes.p[offsetof(struct needs, is_anchored)] > true ||
	    (uint8_t)bytes.p[offsetof(struct needs, is_impossible)] > true ||
	    !get(&r, &n, sizeof(n)) || n.clause_count > NEEDS_CLAUSES ||
	    n.byte_sets > NEEDS_BYTE_SETS)
		return false;
	for (size_t i = n.clause_count; i < NEEDS_CLAUSES; i++)
		n.clauses[i] = (struct needs_clause){ 0 };
	for (size_t i = 0; i < n.clause_count; i++) {
		if (!get_clause(a, &r, &n.clauses[i]))
			return false;
	}
	if (!get_windows(a, &r, &n) || !rd_is_end(&r))
		return false;
	*ret = n;
	return true;
}
