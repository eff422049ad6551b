/* SPDX-License-Identifier: BSD-2-Clause */
/* What each rule is looked for by, when rules are loaded: its items, and its windows in the masks. */
#include "rules/prefilter_build.h"

#include "core/arena.h"
#include "core/map.h"
#include "core/must.h"
#include "core/vec.h"
#include "rules/rule.h"

#include <math.h>

/* MAX_BACK_RANGE: literals at distances that differ more do not tell where a match begins. */
enum { MAX_RULE_GRAMS = 1024, MAX_BACK_RANGE = 64, MAX_TIMES = 250 };

static struct item *new_item(struct builder *b, size_t group)
{
	struct item *it = vec_must_push(&b->items);

	it->group = (uint16_t)group;
	vec_init(&it->refs, b->a, sizeof(uint32_t), 0);
	return it;
}

static void add_ref(struct item *it, const struct prefilter_sought *s, uint32_t rule,
		    unsigned clause)
{
	uint32_t ref = prefilter_ref(rule, clause, false);

	if (clause == s->place || (clause == s->counted && s->times > 1))
		it->repeats = true;
	if (!it->refs.n || *VEC_LAST(&it->refs, uint32_t) != ref)
		*(uint32_t *)vec_must_push(&it->refs) = ref;
}

/* Both as bytes: a text may hold NULs. */
static struct str item_key(struct arena *a, uint16_t group, struct str text)
{
	char *p = arena_alloc(a, sizeof(group) + text.n);

	memcpy(p, &group, sizeof(group));
	memcpy(p + sizeof(group), text.p, text.n);
	return str_make(p, sizeof(group) + text.n);
}

/* The item of a text: its number. */
static uint32_t text_item(struct builder *b, size_t group, struct str text)
{
	struct str key = item_key(b->a, (uint16_t)group, text);
	size_t i = (size_t)(uintptr_t)map_get(&b->by_text, key);

	if (!i) {
		new_item(b, group)->text = text;
		i = b->items.n;
		map_put(&b->by_text, key, (void *)(uintptr_t)i);
	}
	return (uint32_t)(i - 1);
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
	struct prefilter_sought *s = &b->sought[rule];
	struct filling *f = &b->filling[kind];
	struct prefilter_word *of_group = &b->word[f->word];

	s->word = (uint32_t)f->word;
	for (size_t i = 0; i < n->window_count; i++) {
		uint32_t bit = UINT32_C(1) << f->used;

		add_mask(b->p->masks[f->word], &n->windows[i], bit);
		b->p->windows[f->word][f->used++] = rule;
		s->windows |= bit;
	}
	b->is_used[f->word] = true;
	of_group->word = s->word;
	of_group->plain |= n->clause_count ? 0 : s->windows;
	of_group->high |= is_high ? s->windows : 0;
}

/* False: there is no room for them. */
static bool add_windows(struct builder *b, size_t group, uint32_t rule)
{
	const struct needs *n = b->rules[rule]->needs;
	bool high = true, grams = fits_grams(n, &high);
	enum kind kind = grams ? KIND_HIGH : n->clause_count ? KIND_OTHER : KIND_PLAIN;

	if (b->is_small)
		kind = KIND_PLAIN;

	if ((!grams || high) && !fits_masks(b, kind, n->window_count))
		return false;
	for (size_t i = 0; grams && i < n->window_count; i++) {
		struct item *it = new_item(b, group);

		it->look = &n->windows[i];
		add_ref(it, &b->sought[rule], rule, PREFILTER_WINDOW_CLAUSE);
		it->repeats = true;
	}
	if (!grams || high)
		add_masks(b, rule, kind, grams);
	return true;
}

/* The clause whose places are the fewest; with places near a match's beginning only. */
static uint8_t best_place(const struct needs *n)
{
	uint8_t best = PREFILTER_NO_PLACE;
	double most = 0;

	for (uint8_t i = 0; i < n->clause_count; i++) {
		const struct needs_clause *c = &n->clauses[i];
		double bits;

		if (c->back_max > UINT32_MAX || c->back_max - c->back_min > MAX_BACK_RANGE)
			continue;
		bits = c->rarity - log2((double)(c->back_max - c->back_min + 1));
		if (best != PREFILTER_NO_PLACE && bits <= most)
			continue;
		most = bits;
		best = i;
	}
	return best;
}

static void set_place(struct prefilter_sought *s, uint8_t clause, size_t back_min, size_t back_max)
{
	s->place = clause;
	s->back_min = (uint32_t)back_min;
	s->back_max = (uint32_t)back_max;
}

/* What of a rule is noted, a bit each: what must be told where it stands or how often, or the rarest. */
static uint8_t noted(const struct prefilter_sought *s)
{
	uint8_t window = 1u << PREFILTER_WINDOW_CLAUSE;
	uint8_t noted = s->wanted & window;

	if (s->place != PREFILTER_NO_PLACE)
		noted |= (uint8_t)(1u << s->place);
	if (s->times > 1)
		noted |= (uint8_t)(1u << s->counted);
	/* windows in the masks are only looked for behind a clause */
	if (s->wanted & ~window && !(noted & ~window) && (s->windows || !(noted & window)))
		noted |= 1;
	return noted;
}

static void add_clauses(struct builder *b, size_t group, uint32_t rule)
{
	const struct needs *n = b->rules[rule]->needs;
	struct prefilter_sought *s = &b->sought[rule];

	s->asked = s->wanted & (uint8_t)~noted(s);
	s->asks = (uint32_t)b->asks.n;
	for (unsigned i = 0; i < n->clause_count; i++) {
		const struct needs_clause *c = &n->clauses[i];
		bool is_asked = s->asked >> i & 1;

		if (is_asked)
			*(uint32_t *)vec_must_push(&b->asks) = (uint32_t)c->count;
		for (size_t k = 0; k < c->count; k++) {
			uint32_t item = text_item(b, group, c->literals[k]);

			if (is_asked)
				*(uint32_t *)vec_must_push(&b->asks) = item;
			else
				add_ref(VEC_AT(&b->items, struct item, item), s, rule, i);
		}
	}
}

static void set_wanted(struct prefilter_sought *s, const struct needs *n)
{
	for (unsigned i = 0; i < n->clause_count; i++) {
		const struct needs_clause *c = &n->clauses[i];

		s->wanted |= (uint8_t)(1u << i);
		if (c->times > s->times) {
			s->counted = (uint8_t)i;
			s->times = (uint8_t)(c->times < MAX_TIMES ? c->times : (size_t)MAX_TIMES);
		}
	}
}

static void add_rule(struct builder *b, size_t group, uint32_t rule)
{
	const struct rule *r = b->rules[rule];
	struct prefilter_sought *s = &b->sought[rule];
	uint8_t place;

	*s = (struct prefilter_sought){ .place = PREFILTER_NO_PLACE };
	if (r->needs) {
		s->is_anchored = r->needs->is_anchored;
		set_wanted(s, r->needs);
		place = best_place(r->needs);
		if (r->by_place && place != PREFILTER_NO_PLACE)
			set_place(s, place, r->needs->clauses[place].back_min,
				  r->needs->clauses[place].back_max);
	}
	if (r->needs && r->by_window && add_windows(b, group, rule)) {
		s->wanted |= 1u << PREFILTER_WINDOW_CLAUSE;
		if (r->by_place && r->needs->back_max <= UINT32_MAX)
			set_place(s, PREFILTER_WINDOW_CLAUSE, r->needs->back_min,
				  r->needs->back_max);
	}
	if (r->needs)
		add_clauses(b, group, rule);
	if (!s->wanted)
		*(uint32_t *)vec_must_push(&b->always) = rule;
}

static void set_parts(struct builder *b, const struct prefilter_group *groups,
		      struct prefilter_part *parts, size_t n)
{
	const uint32_t *always = b->always.data;
	size_t at = 0;

	for (size_t g = 0; g < n; g++) {
		struct prefilter_part *part = &parts[g];

		part->seed = (uint32_t)g * 0x85ebca6bu;
		part->first = groups[g].first;
		part->n = groups[g].n;
		part->always = b->always.n ? &always[at] : NULL;
		for (; at < b->always.n && always[at] < part->first + part->n; at++)
			part->always_count++;
	}
	VEC_EACH (&b->entries[PREFILTER_FOUR], struct prefilter_entry, e)
		parts[e->group].has_four = true;
	VEC_EACH (&b->entries[PREFILTER_THREE], struct prefilter_entry, e)
		parts[e->group].has_three = true;
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

static void init_builder(struct builder *b, size_t rules)
{
	b->sought = arena_calloc(b->a, rules + 1, sizeof(*b->sought));
	map_init(&b->by_text, NULL, false);
	vec_init(&b->items, NULL, sizeof(struct item), 0);
	vec_init(&b->always, b->a, sizeof(uint32_t), 0);
	vec_init(&b->asks, b->a, sizeof(uint32_t), 0);
	for (size_t i = 0; i < PREFILTER_LENGTHS; i++) {
		vec_init(&b->entries[i], NULL, sizeof(struct prefilter_entry), 0);
		vec_init(&b->grams[i], NULL, sizeof(uint32_t), 0);
	}
	for (size_t i = 0; i < KIND_COUNT; i++)
		b->filling[i].used = MASKS_BITS;
}

static void done_builder(struct builder *b)
{
	map_done(&b->by_text);
	vec_done(&b->items);
	for (size_t i = 0; i < PREFILTER_LENGTHS; i++) {
		vec_done(&b->entries[i]);
		vec_done(&b->grams[i]);
	}
}

static const struct traits_table *traits_of(struct builder *b, size_t n)
{
	const struct needs **needs = arena_calloc(b->a, n + 1, sizeof(const struct needs *));

	for (size_t i = 0; i < n; i++)
		needs[i] = b->rules[i]->needs;
	return traits_table_new(b->a, needs, n);
}

struct prefilter *prefilter_new(struct arena *a, const struct rule *const *rules, size_t n,
				const struct prefilter_group *groups, size_t group_count)
{
	struct prefilter *p = arena_zalloc(a, sizeof(*p));
	struct prefilter_part *parts = arena_calloc(a, group_count + 1, sizeof(*parts));
	struct builder b = { .a = a, .p = p, .rules = rules };

	must(group_count <= UINT16_MAX);
	init_builder(&b, n);
	for (size_t g = 0; g < group_count; g++) {
		size_t windows = count_windows(rules, &groups[g]);

		b.is_small = windows <= MASKS_BITS;
		if (b.is_small && b.filling[KIND_PLAIN].used + windows > MASKS_BITS)
			b.filling[KIND_PLAIN].used = MASKS_BITS;
		for (uint32_t i = 0; i < groups[g].n; i++)
			add_rule(&b, g, groups[g].first + i);
		set_words(&b, &parts[g]);
	}
	prefilter_add_entries(&b);
	set_parts(&b, groups, parts, group_count);
	prefilter_build_tables(&b, parts);
	p->traits = traits_of(&b, n);
	p->sought = b.sought;
	p->rule_count = n;
	p->parts = parts;
	p->asks = b.asks.data;
	done_builder(&b);
	return p;
}
