/* SPDX-License-Identifier: BSD-2-Clause */
/* What each rule is looked for by, when rules are loaded: its items, and its windows in the masks. */
#include "rules/prefilter_build.h"

#include "core/arena.h"
#include "rules/rule.h"

#include <assert.h>

/*
 * MAX_BACK_RANGE: literals at distances that differ more do not tell where a match begins. In bits: NEAR and
 * COUNTED: what a known distance, a number of times are worth of a trigger.
 */
enum { MAX_RULE_GRAMS = 1024, MAX_BACK_RANGE = 64, MAX_TIMES = 250, NEAR = 2, COUNTED = 8 };
/* What is asked for: clauses of not too many literals. */
enum { MAX_ASKED = 16 };

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

static bool has_high(const struct needs_look *w)
{
	for (size_t i = 0; i < w->length; i++) {
		if (w->at[i].w[2] | w->at[i].w[3])
			return true;
	}
	return false;
}

/* Whether grams tell where a rule's windows of ASCII stand; and whether there are others. */
static bool fits_grams(const struct needs *n, bool *ret_high)
{
	size_t all = 0, at, count;

	*ret_high = false;
	for (size_t i = 0; i < n->window_count; i++) {
		if (!prefilter_window_grams(&n->windows[i], &at, &count))
			return false;
		all += count;
		*ret_high = *ret_high || has_high(&n->windows[i]);
	}
	return all <= MAX_RULE_GRAMS;
}

/* A rule's windows stand in one word: its places then come in ascending order. */
static bool fits_masks(struct builder *b, enum kind kind, size_t n)
{
	struct filling *f = &b->filling[kind];

	if (n > MASKS_BITS)
		return false;
	if (f->used + n <= MASKS_BITS)
		return true;
	if (b->word_count == PREFILTER_MASK_WORDS)
		return false;
	f->word = b->word_count++;
	f->used = 0;
	b->p->masks[f->word] = arena_zalloc(b->a, sizeof(struct masks));
	return true;
}

static void add_mask(struct masks *m, const struct needs_look *w, uint32_t bit)
{
	for (size_t i = 0; i < NEEDS_WINDOW; i++) {
		for (unsigned c = 0; c < 256; c++) {
			if (i >= w->length || byteset_has(&w->at[i], byte_fold((uint8_t)c)))
				m->at[i][c] |= bit;
		}
	}
}

static void add_masks(struct builder *b, uint32_t rule, enum kind kind, bool is_high)
{
	const struct needs *n = b->rules[rule]->needs;
	struct filling *f = &b->filling[kind];
	struct prefilter_word *of_group = &b->word[f->word];

	of_group->word = (uint32_t)f->word;
	for (size_t i = 0; i < n->window_count; i++) {
		uint32_t bit = UINT32_C(1) << f->used;

		add_mask(b->p->masks[f->word], &n->windows[i], bit);
		b->p->windows[f->word][f->used++] = rule;
		*(is_high ? &of_group->high : &of_group->always) |= bit;
	}
	b->is_used[f->word] = true;
}

/* False: there is no room for them, or they take masks where literals do. */
static bool add_windows(struct builder *b, uint32_t rule)
{
	const struct needs *n = b->rules[rule]->needs;
	bool high = true, grams = fits_grams(n, &high);
	enum kind kind = grams && !b->is_small ? KIND_HIGH : KIND_ALWAYS;

	if (!grams && n->clause_count)
		return false;
	if ((!grams || high) && !fits_masks(b, kind, n->window_count))
		return false;
	for (size_t i = 0; grams && i < n->window_count; i++)
		add_window(b, &n->windows[i], rule);
	if (!grams || high)
		add_masks(b, rule, kind, grams);
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

/* False: it cannot be asked for. */
static bool make_clause(struct builder *b, const struct needs_clause *c,
			struct prefilter_clause *ret)
{
	struct ask *all;

	if (c->count > MAX_ASKED)
		return false;
	all = arena_calloc(b->a, c->count, sizeof(*all));
	for (size_t i = 0; i < c->count; i++) {
		if (!ask_init(&all[i], c->literals[i]))
			return false;
	}
	*ret = (struct prefilter_clause){ all, c->count };
	return true;
}

/* All but the trigger. */
static void add_others(struct builder *b, uint32_t rule, size_t trigger)
{
	const struct needs *n = b->rules[rule]->needs;
	struct prefilter_clause *all = arena_calloc(b->a, NEEDS_CLAUSES, sizeof(*all));
	struct prefilter_others *o = &b->others[rule];

	o->clauses = all;
	for (size_t i = 0; i < n->clause_count; i++) {
		if (i != trigger && make_clause(b, &n->clauses[i], &all[o->n]))
			o->n++;
	}
}

static void add_rule(struct builder *b, uint32_t rule)
{
	const struct rule *r = b->rules[rule];
	const struct needs *n = r->needs;
	struct prefilter_sought *s = &b->sought[rule];
	size_t trigger = NEEDS_CLAUSES;

	*s = (struct prefilter_sought){ .times = 1 };
	s->is_anchored = n && n->is_anchored;
	if (n && r->by_window && add_windows(b, rule)) {
		set_place(s, r, n->back_min, n->back_max);
	} else if (n && n->clause_count) {
		trigger = rarest_clause(n);
		add_trigger(b, rule, &n->clauses[trigger]);
	} else if (!(r->flags & RULE_EXISTS)) {
		*(uint32_t *)vec_must_push(&b->always) = rule;
	}
	if (n && n->clause_count)
		add_others(b, rule, trigger);
}

static size_t count_windows(const struct rule *const *rules, const struct prefilter_group *g)
{
	size_t n = 0;

	for (uint32_t i = g->first; i < g->first + g->n; i++)
		n += rules[i]->by_window ? rules[i]->needs->window_count : 0;
	return n;
}

/* Which words of the masks have windows of the group just added. */
static void set_words(struct builder *b, struct prefilter_part *part)
{
	struct prefilter_word *words = arena_calloc(b->a, b->word_count + 1, sizeof(*words));

	part->words = words;
	for (size_t i = 0; i < b->word_count; i++) {
		if (b->is_used[i])
			words[part->word_count++] = b->word[i];
	}
	memset(b->word, 0, sizeof(b->word));
	memset(b->is_used, 0, sizeof(b->is_used));
}

static void add_group(struct builder *b, const struct prefilter_group *g,
		      struct prefilter_part *part)
{
	size_t windows = count_windows(b->rules, g), always = b->always.n;

	b->is_small = windows <= MASKS_BITS;
	if (b->is_small && b->filling[KIND_ALWAYS].used + windows > MASKS_BITS)
		b->filling[KIND_ALWAYS].used = MASKS_BITS;
	map_init(&b->by_bytes, b->scratch, false);
	vec_init(&b->items, b->scratch, sizeof(struct item), 0);
	for (uint32_t i = 0; i < g->n; i++)
		add_rule(b, g->first + i);
	part->always_count = b->always.n - always;
	set_words(b, part);
	prefilter_build_tables(b, part);
}

static const struct traits_table *traits_of(struct builder *b, size_t n)
{
	const struct needs **needs = arena_calloc(b->scratch, n + 1, sizeof(const struct needs *));

	for (size_t i = 0; i < n; i++)
		needs[i] = b->rules[i]->needs;
	return traits_table_new(b->a, needs, n);
}

struct prefilter *prefilter_new(struct arena *a, const struct rule *const *rules, size_t n,
				const struct prefilter_group *groups, size_t group_count)
{
	struct prefilter *p = arena_zalloc(a, sizeof(*p));
	struct prefilter_part *parts = arena_calloc(a, group_count + 1, sizeof(*parts));
	struct builder b = { .a = a, .p = p, .rules = rules, .scratch = arena_new() };
	const uint32_t *always;

	b.sought = arena_calloc(a, n + 1, sizeof(*b.sought));
	b.others = arena_calloc(a, n + 1, sizeof(*b.others));
	vec_init(&b.always, a, sizeof(uint32_t), 0);
	vec_init(&b.refs, a, sizeof(uint32_t), 0);
	for (size_t i = 0; i < KIND_COUNT; i++)
		b.filling[i].used = MASKS_BITS;
	for (size_t g = 0; g < group_count; g++)
		add_group(&b, &groups[g], &parts[g]);
	always = b.always.data;
	for (size_t g = 0; g < group_count && always; always += parts[g++].always_count)
		parts[g].always = always;
	p->traits = traits_of(&b, n);
	p->sought = b.sought;
	p->others = b.others;
	p->rule_count = n;
	p->parts = parts;
	p->refs = b.refs.data;
	arena_free(b.scratch);
	return p;
}
