/* SPDX-License-Identifier: BSD-2-Clause */
/* What redirectors hide: see redirect.h. */
#include "rules/redirect.h"

#include "core/arena.h"
#include "rules/load.h"

static void add_folded(struct byteset *set, struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		byteset_add(set, byte_fold((unsigned char)s.p[i]));
}

/* The bytes that all literals of a clause share. */
static struct byteset bytes_of_clause(const struct needs_clause *c)
{
	struct byteset all = { { UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX } };

	for (size_t i = 0; i < c->count; i++) {
		struct byteset one = { 0 };

		add_folded(&one, c->literals[i]);
		for (size_t k = 0; k < ELEMENTS(all.w); k++)
			all.w[k] &= one.w[k];
	}
	return all;
}

void redirect_add(struct load *l, const struct rx *rx, struct str pcre)
{
	struct redirector r = { .rx = rx };
	struct needs needs;

	load_needs(l, pcre, &needs);
	for (size_t i = 0; i < needs.clause_count; i++) {
		struct byteset bytes = bytes_of_clause(&needs.clauses[i]);

		byteset_union(&r.holds, &bytes);
	}
	for (size_t i = 0; i < needs.byte_sets; i++)
		if (byteset_count(&needs.bytes[i]) == 1)
			byteset_union(&r.holds, &needs.bytes[i]);
	*(struct redirector *)vec_must_push(&l->rs->redirectors) = r;
}

static bool find_group(const struct rx *rx, struct str uri, struct arena *a, struct str *ret)
{
	struct rx_run *run;
	size_t from, to;
	bool found;

	if (!rx_may_match(rx, uri, 0))
		return false;
	run = rx_run_new_small();
	found = rx_match(rx, run, NULL, uri, 0, 0) == RX_MATCH && rx_group(run, 1, &from, &to);
	if (found)
		*ret = str_dup(a, str_sub(uri, from, to));
	rx_run_free(run);
	return found;
}

/* Most lack a mark: these are in the first word. */
static bool lacks(const struct byteset *has, const struct byteset *wants)
{
	return wants->w[0] & ~has->w[0] || !byteset_holds(has, wants);
}

/* add_folded() of a whole URI: what is ASCII of it is gathered in two words, and all is folded together. */
static struct byteset bytes_of_uri(struct str uri)
{
	struct byteset all = { 0 };
	uint64_t low = 0, high = 0;

	for (size_t i = 0; i < uri.n; i++) {
		uint8_t c = (uint8_t)uri.p[i];
		uint64_t bit = UINT64_C(1) << (c & 63);

		low |= c < 0x40 ? bit : 0;
		high |= (c & 0xc0) == 0x40 ? bit : 0;
		if (c >= 0x80)
			byteset_add(&all, c);
	}
	all.w[0] = low;
	all.w[1] = high;
	byteset_fold_down(&all);
	return all;
}

bool redirect_find(const void *ctx, struct str uri, struct arena *a, struct str *ret)
{
	const struct ruleset *rs = ctx;
	struct byteset has = bytes_of_uri(uri);

	VEC_EACH (&rs->redirectors, struct redirector, it)
		if (!lacks(&has, &it->holds) && find_group(it->rx, uri, a, ret) &&
		    str_chr(*ret, '.') != STR_NPOS)
			return true;
	return false;
}
