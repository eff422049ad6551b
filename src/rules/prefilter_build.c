/* SPDX-License-Identifier: BSD-2-Clause */
/* What each rule is looked for by, when rules are loaded: its items. */
#include "rules/prefilter_build.h"

#include "core/arena.h"
#include "rules/rule.h"

#include <assert.h>
#include <math.h>

/*
 * MAX_BACK_RANGE: literals at distances that differ more do not tell where a match begins. In bits: NEAR and
 * COUNTED: what a known distance, a number of times are worth of a trigger.
 */
enum { MAX_BACK_RANGE = 64, MAX_TIMES = 250, NEAR = 2, COUNTED = 8 };
/* MAX_ASKED: clauses of more literals are not asked for. MAX_WINDOWS: of a group. NARROW: so many grams. */
enum { MAX_ASKED = 16, MAX_WINDOWS = 1024, NARROW = 256 };
/*
 * In bits: OFTEN: what is seen that often has what else it needs found out beforehand. RARER: literals, than a window,
 * that are looked for in its place.
 */
enum { OFTEN = 10, RARER = 4 };

static void add_ref(struct item *it, uint32_t rule)
{
	if (!it->rules.n || *VEC_LAST(&it->rules, uint32_t) != rule)
		*(uint32_t *)vec_must_push(&it->rules) = rule;
}

/* The item of a text, or of a window: its bytes. */
static struct item *item_of(struct builder *b, struct str key)
{
	size_t i = (size_t)(uintptr_t)map_get(&b->by_bytes, key);

	if (!i) {
		vec_init(&((struct item *)vec_must_push(&b->items))->rules, b->scratch,
			 sizeof(uint32_t), 0);
		i = b->items.n;
		map_put(&b->by_bytes, key, (void *)(uintptr_t)i);
	}
	return VEC_AT(&b->items, struct item, i - 1);
}

static void add_text(struct builder *b, struct str text, uint32_t rule)
{
	struct item *it = item_of(b, text);

	it->text = text;
	add_ref(it, rule);
}

/* No text is as long as a window's first set. */
static_assert((size_t)NEEDS_MAX_LITERAL < sizeof(struct byteset), "windows are no texts");

static void add_window(struct builder *b, const struct needs_look *w, uint32_t rule)
{
	struct item *it =
	    item_of(b, str_make((const char *)w->at, w->length * sizeof(struct byteset)));

	it->look = w;
	add_ref(it, rule);
}

/* Four bytes in a row are one of a few. */
static bool is_narrow(const struct needs_look *w)
{
	size_t count[NEEDS_WINDOW];

	for (size_t i = 0; i < w->length; i++)
		count[i] = byteset_count(&w->at[i]);
	for (size_t i = 0; i + 4 <= w->length; i++) {
		if (count[i] * count[i + 1] * count[i + 2] * count[i + 3] <= NARROW)
			return true;
	}
	return false;
}

/* False: there is no room for them, or literals are better. */
static bool add_windows(struct builder *b, uint32_t rule)
{
	const struct needs *n = b->rules[rule]->needs;

	for (size_t i = 0; n->clause_count && i < n->window_count; i++) {
		if (!is_narrow(&n->windows[i]))
			return false;
	}
	if (b->window_count + n->window_count > MAX_WINDOWS)
		return false;
	b->window_count += n->window_count;
	for (size_t i = 0; i < n->window_count; i++)
		add_window(b, &n->windows[i], rule);
	return true;
}

static bool is_near(size_t back_min, size_t back_max)
{
	return back_max <= UINT32_MAX && back_max - back_min <= MAX_BACK_RANGE;
}

/* The clause that is seen most seldom: its number. */
static size_t rarest_clause(const struct needs *n)
{
	size_t best = 0;
	double most = -1;

	for (size_t i = 0; i < n->clause_count; i++) {
		const struct needs_clause *c = &n->clauses[i];
		double bits = c->rarity + (c->times > 1 ? COUNTED : 0) +
			      (is_near(c->back_min, c->back_max) ? NEAR : 0);

		if (bits <= most)
			continue;
		most = bits;
		best = i;
	}
	return best;
}

static void set_place(struct prefilter_sought *s, const struct rule *r, size_t back_min,
		      size_t back_max)
{
	s->tells_place = r->by_place && is_near(back_min, back_max);
	s->back_min = s->tells_place ? (uint32_t)back_min : 0;
	s->back_max = s->tells_place ? (uint32_t)back_max : 0;
}

static void add_trigger(struct builder *b, uint32_t rule, const struct needs_clause *c)
{
	struct prefilter_sought *s = &b->sought[rule];

	s->times = (uint8_t)(c->times < MAX_TIMES ? c->times : (size_t)MAX_TIMES);
	set_place(s, b->rules[rule], c->back_min, c->back_max);
	if (b->rules[rule]->by_place && !s->tells_place && c->line <= NEEDS_MAX_BACK) {
		s->tells_place = s->in_line = true;
		s->back_min = c->back_min < UINT32_MAX ? (uint32_t)c->back_min : UINT32_MAX;
		s->back_max = (uint32_t)c->line;
	}
	for (size_t i = 0; i < c->count; i++)
		add_text(b, c->literals[i], rule);
}

/* Its literals, of which there is room for MAX_ASKED; 0: it cannot be asked for. */
static size_t make_clause(const struct needs_clause *c, struct ask *to)
{
	if (c->count > MAX_ASKED)
		return 0;
	for (size_t i = 0; i < c->count; i++) {
		if (!ask_init(&to[i], c->literals[i]))
			return 0;
	}
	to[c->count - 1].is_last = true;
	return c->count;
}

/* All but the trigger. */
static void add_others(struct builder *b, uint32_t rule, size_t trigger)
{
	const struct needs *n = b->rules[rule]->needs;
	struct ask all[NEEDS_CLAUSES * MAX_ASKED], *asks;
	size_t count = 0, clauses = 0, more;

	for (size_t i = 0; i < n->clause_count; i++) {
		more = i != trigger ? make_clause(&n->clauses[i], all + count) : 0;
		count += more;
		clauses += more != 0;
	}
	if (!clauses)
		return;
	asks = prefilter_build_rows(b->a, count, sizeof(*asks));
	memcpy(asks, all, count * sizeof(*asks));
	b->sought[rule].asks = asks;
	b->sought[rule].others = (uint8_t)clauses;
}

/* What it needs besides is found out beforehand; rarity: of what it is looked for by, in bits. */
static void note_often(struct builder *b, uint32_t rule, double rarity)
{
	if (b->is_sole && rarity <= OFTEN)
		b->often[rule] = (uint8_t)(1 + (rarity > 0 ? rarity : 0));
}

/*
 * How much rarer a window is than a literal that it begins in, in bits: by what stands behind the literal. INFINITY:
 * nowhere in it.
 */
static double bits_behind(const struct needs_look *w, struct str literal)
{
	double bits = 0;

	for (size_t at = 0; at + NEEDS_MIN_LITERAL <= literal.n; at++) {
		size_t i = 0;

		while (i < w->length && at + i < literal.n &&
		       byteset_has(&w->at[i], (uint8_t)literal.p[at + i]))
			i++;
		if (i < w->length && at + i < literal.n)
			continue;
		for (; i < w->length; i++)
			bits += log2(1000.0 / fmax(needs_frequency(&w->at[i]), 1));
		return bits;
	}
	return INFINITY;
}

/* A window is not as rare as its bytes alone tell where a literal it begins in is not: "http://" in URIs. */
static double window_rarity(const struct needs *n)
{
	double rarity = n->window_rarity;

	for (size_t i = 0; i < n->clause_count; i++) {
		const struct needs_clause *c = &n->clauses[i];

		for (size_t k = 0; c->rarity < rarity && k < c->count * n->window_count; k++)
			rarity = fmin(rarity, c->rarity + bits_behind(&n->windows[k / c->count],
								      c->literals[k % c->count]));
	}
	return rarity;
}

static bool has_rarer_clause(const struct needs *n)
{
	return n->clause_count && n->clauses[rarest_clause(n)].rarity > window_rarity(n) + RARER;
}

/* Where a rule has nothing to be asked for: it is fetched as others' asks are. */
static const struct ask nothing;

static void add_rule(struct builder *b, uint32_t rule)
{
	const struct rule *r = b->rules[rule];
	const struct needs *n = r->needs;
	struct prefilter_sought *s = &b->sought[rule];
	size_t trigger = NEEDS_CLAUSES;

	*s = (struct prefilter_sought){ .times = 1, .asks = &nothing };
	s->is_anchored = n && n->is_anchored;
	if (n && n->is_impossible)
		return;
	if (n && r->by_window && !has_rarer_clause(n) && add_windows(b, rule)) {
		set_place(s, r, n->back_min, n->back_max);
		note_often(b, rule, window_rarity(n));
	} else if (n && n->clause_count) {
		trigger = rarest_clause(n);
		add_trigger(b, rule, &n->clauses[trigger]);
		note_often(b, rule, n->clauses[trigger].rarity);
	} else if (!(r->flags & RULE_EXISTS)) {
		*(uint32_t *)vec_must_push(&b->always) = rule;
		note_often(b, rule, 0);
	}
	if (n && n->clause_count)
		add_others(b, rule, trigger);
}

static void add_group(struct builder *b, const struct prefilter_group *g,
		      struct prefilter_part *part)
{
	size_t always = b->always.n;

	map_init(&b->by_bytes, b->scratch, false);
	vec_init(&b->items, b->scratch, sizeof(struct item), 0);
	b->window_count = 0;
	vec_init(&b->sequences, b->scratch, sizeof(struct sequence), 0);
	for (uint32_t i = 0; i < g->n; i++)
		add_rule(b, g->first + i);
	part->always_count = b->always.n - always;
	prefilter_build_tables(b, part);
	prefilter_build_sequences(b, part);
}

/* How often bytes are in mail. */
static void count_bytes(unsigned often[256])
{
	for (unsigned c = 0; c < 256; c++) {
		struct byteset one = { { 0 } };

		byteset_add(&one, (uint8_t)c);
		often[c] = byte_fold((uint8_t)c) == c ? needs_frequency(&one) : 0;
	}
}

void *prefilter_build_rows(struct arena *a, size_t n, size_t size)
{
	const size_t line = sizeof(struct prefilter_sought);
	char *p = arena_zalloc(a, n * size + line);

	return p + (line - (uintptr_t)p % line) % line;
}

struct prefilter *prefilter_new(struct arena *a, const struct rule *const *rules, size_t n,
				const struct prefilter_group *groups, size_t group_count)
{
	struct prefilter *p = arena_zalloc(a, sizeof(*p));
	struct prefilter_part *parts = arena_calloc(a, group_count + 1, sizeof(*parts));
	struct builder b = { .a = a, .p = p, .rules = rules, .scratch = arena_new() };
	const uint32_t *always;
	struct traits_wanted *wanted;

	b.sought = prefilter_build_rows(a, n + 1, sizeof(*b.sought));
	vec_init(&b.always, a, sizeof(uint32_t), 0);
	vec_init(&b.refs, a, sizeof(uint32_t), 0);
	count_bytes(b.frequency);
	b.often = arena_calloc(b.scratch, n + 1, sizeof(*b.often));
	b.is_sole = group_count == 1;
	for (size_t g = 0; g < group_count; g++)
		add_group(&b, &groups[g], &parts[g]);
	always = b.always.data;
	for (size_t g = 0; g < group_count && always; always += parts[g++].always_count)
		parts[g].always = always;
	wanted = arena_calloc(b.scratch, n + 1, sizeof(*wanted));
	p->traits = traits_table_new(a, rules, n, b.often, wanted);
	parts[0].has_facts = group_count == 1 && traits_has_facts(p->traits);
	for (size_t i = 0; i < n; i++)
		b.sought[i].wanted = wanted[i];
	p->sought = b.sought;
	p->rule_count = n;
	p->parts = parts;
	for (size_t g = 0; g < group_count; g++)
		p->max_sequences = parts[g].sequence_count > p->max_sequences
				       ? parts[g].sequence_count
				       : p->max_sequences;
	p->refs = b.refs.data;
	arena_free(b.scratch);
	return p;
}
