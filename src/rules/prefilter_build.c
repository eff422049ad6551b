/* SPDX-License-Identifier: BSD-2-Clause */
/* The tables, made when rules are loaded. */
#include "rules/prefilter_private.h"

#include "core/arena.h"
#include "core/map.h"
#include "core/must.h"
#include "core/strbuf.h"
#include "core/vec.h"
#include "rules/rule.h"

#include <math.h>

/* MAX_GRAMS: of a window. MAX_BACK_RANGE: literals at distances that differ more do not tell where a match begins. */
enum { MAX_GRAMS = 256, MAX_RULE_GRAMS = 1024, MAX_BACK_RANGE = 64, MAX_TIMES = 250 };

/* A literal or a window on its way into the tables, and whose it is. */
struct item {
	struct str text;
	const struct needs_look *look; /* or this */
	uint16_t group;
	struct vec refs; /* uint32_t: prefilter_ref() without is_last */
};

struct builder {
	struct arena *a;
	struct prefilter *p;
	const struct rule *const *rules;
	struct prefilter_sought *sought;
	struct map by_text;     /* group and text -> number in items + 1 */
	struct vec items;       /* struct item */
	struct vec four, three; /* struct prefilter_entry */
	struct vec always;      /* uint32_t */
};

static uint32_t load(const char *p, size_t n)
{
	uint32_t x = 0;

	memcpy(&x, p, n);
	return x;
}

/* Where in a literal the gram begins that is likely the rarest. */
static size_t rarest_gram(struct str text, size_t len)
{
	double best = -1;
	size_t at = 0;

	for (size_t i = 0; i + len <= text.n; i++) {
		double bits = needs_text_rarity_over(str_make(text.p + i, len), best);

		if (bits > best)
			at = i;
		best = fmax(bits, best);
	}
	return at;
}

static struct item *new_item(struct builder *b, size_t group)
{
	struct item *it = vec_must_push(&b->items);

	it->group = (uint16_t)group;
	vec_init(&it->refs, b->a, sizeof(uint32_t), 0);
	return it;
}

static void add_ref(struct item *it, uint32_t rule, unsigned clause)
{
	uint32_t ref = prefilter_ref(rule, clause, false);

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

static void add_text(struct builder *b, size_t group, struct str text, uint32_t rule,
		     unsigned clause)
{
	struct str key = item_key(b->a, (uint16_t)group, text);
	size_t i = (size_t)(uintptr_t)map_get(&b->by_text, key);
	struct item *it;

	if (!i) {
		it = new_item(b, group);
		it->text = text;
		map_put(&b->by_text, key, (void *)(uintptr_t)b->items.n);
	} else {
		it = VEC_AT(&b->items, struct item, i - 1);
	}
	add_ref(it, rule, clause);
}

/* Members below 0x80. */
static struct byteset ascii_of(const struct byteset *set)
{
	return (struct byteset){ { set->w[0], set->w[1] } };
}

/*
 * The four bytes of a window with the rarest grams of ASCII. False: it is too short, or they are too many.
 * ret_n 0: no window of ASCII can stand at all.
 */
static bool window_grams(const struct needs_look *w, size_t *ret_at, size_t *ret_n)
{
	size_t counts[NEEDS_WINDOW];
	double often[NEEDS_WINDOW], best = 2;

	*ret_n = 0;
	for (size_t i = 0; i < w->length; i++) {
		struct byteset set = ascii_of(&w->at[i]);

		counts[i] = byteset_count(&set);
		often[i] = needs_frequency(&set) / 1000.0;
		if (!counts[i])
			return true;
	}
	for (size_t i = 0; i + 4 <= w->length; i++) {
		double product = often[i] * often[i + 1] * often[i + 2] * often[i + 3];
		size_t n = counts[i] * counts[i + 1] * counts[i + 2] * counts[i + 3];

		if (n > MAX_GRAMS || product >= best)
			continue;
		best = product;
		*ret_at = i;
		*ret_n = n;
	}
	return *ret_n;
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
		if (!window_grams(&n->windows[i], &at, &count))
			return false;
		all += count;
		*ret_high = *ret_high || has_high(&n->windows[i]);
	}
	return all <= MAX_RULE_GRAMS;
}

/* A rule's windows stand in one word: its places then come in ascending order. */
static bool fits_masks(struct prefilter *p, size_t n)
{
	size_t used = p->window_count % 64, skipped = used + n > 64 ? 64 - used : 0;

	if (n > 64 || p->window_count + skipped + n > ELEMENTS(p->windows))
		return false;
	while (skipped--)
		p->windows[p->window_count++] = PREFILTER_NO_RULE;
	return true;
}

static void add_mask(struct builder *b, const struct needs_look *w, uint32_t rule)
{
	struct prefilter *p = b->p;
	size_t bit = p->window_count++, word = bit / 64;

	if (!p->masks[word])
		p->masks[word] = arena_zalloc(b->a, sizeof(struct masks));
	p->windows[bit] = rule;
	p->window_words = word + 1;
	for (size_t i = 0; i < NEEDS_WINDOW; i++) {
		for (unsigned c = 0; c < 256; c++) {
			if (i >= w->length || byteset_has(&w->at[i], byte_fold((uint8_t)c)))
				p->masks[word]->at[i][c] |= UINT64_C(1) << (bit % 64);
		}
	}
}

/* False: there is no room for them. */
static bool add_windows(struct builder *b, size_t group, uint32_t rule)
{
	const struct needs *n = b->rules[rule]->needs;
	struct prefilter_sought *s = &b->sought[rule];
	bool high = true, grams = fits_grams(n, &high);

	if ((!grams || high) && !fits_masks(b->p, n->window_count))
		return false;
	s->from = s->to = (uint32_t)b->p->window_count;
	for (size_t i = 0; i < n->window_count; i++) {
		if (grams) {
			struct item *it = new_item(b, group);

			it->look = &n->windows[i];
			add_ref(it, rule, PREFILTER_WINDOW_CLAUSE);
		}
		if (!grams || high) {
			uint64_t bit = UINT64_C(1) << (s->to % 64);

			add_mask(b, &n->windows[i], rule);
			b->p->high[s->to / 64] |= grams ? bit : 0;
			b->p->plain[s->to / 64] |= s->wanted ? 0 : bit;
			s->to++;
		}
	}
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

static void add_clauses(struct builder *b, size_t group, uint32_t rule)
{
	const struct needs *n = b->rules[rule]->needs;
	struct prefilter_sought *s = &b->sought[rule];

	for (unsigned i = 0; i < n->clause_count; i++) {
		const struct needs_clause *c = &n->clauses[i];

		s->wanted |= (uint8_t)(1u << i);
		if (c->times > s->times) {
			s->counted = (uint8_t)i;
			s->times = (uint8_t)(c->times < MAX_TIMES ? c->times : (size_t)MAX_TIMES);
		}
		for (size_t k = 0; k < c->count; k++)
			add_text(b, group, c->literals[k], rule, i);
	}
}

static void add_rule(struct builder *b, size_t group, uint32_t rule)
{
	const struct rule *r = b->rules[rule];
	struct prefilter_sought *s = &b->sought[rule];
	uint8_t place;

	*s = (struct prefilter_sought){ .place = PREFILTER_NO_PLACE, .needs = r->needs };
	if (r->needs) {
		s->is_anchored = r->needs->is_anchored;
		s->asks_bytes = !r->needs->clause_count;
		add_clauses(b, group, rule);
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
	if (!s->wanted)
		*(uint32_t *)vec_must_push(&b->always) = rule;
}

/* Counts through all grams of four sets. */
static bool next_gram(const struct byteset set[4], unsigned c[4])
{
	for (size_t i = 0; i < 4; i++) {
		c[i] = byteset_next(&set[i], c[i] + 1);
		if (c[i] < 256)
			return true;
		c[i] = byteset_next(&set[i], 0);
	}
	return false;
}

static void add_entry(struct vec *v, struct prefilter_entry e, uint32_t gram)
{
	e.gram = gram;
	*(struct prefilter_entry *)vec_must_push(v) = e;
}

static void add_window_entries(struct builder *b, struct prefilter_entry e,
			       const struct needs_look *w)
{
	struct byteset set[4];
	unsigned c[4];
	size_t at = 0, n;

	window_grams(w, &at, &n);
	if (!n)
		return;
	e.offset = (uint8_t)at;
	for (size_t i = 0; i < 4; i++) {
		set[i] = ascii_of(&w->at[at + i]);
		c[i] = byteset_next(&set[i], 0);
	}
	do
		add_entry(&b->four, e, c[0] | c[1] << 8 | c[2] << 16 | c[3] << 24);
	while (next_gram(set, c));
}

static void add_text_entry(struct builder *b, struct prefilter_entry e, struct str text)
{
	size_t n = text.n >= 4 ? 4 : 3;

	e.offset = (uint8_t)rarest_gram(text, n);
	add_entry(n == 4 ? &b->four : &b->three, e, load(text.p + e.offset, n));
}

/* The items' texts and windows, and whose they are, each in one array; grams of all of them. */
static void add_entries(struct builder *b)
{
	const struct needs_look **looks = arena_calloc(b->a, b->items.n + 1, sizeof(*looks));
	struct strbuf texts;
	struct vec refs;
	size_t look_count = 0;

	strbuf_init(&texts, 0);
	vec_init(&refs, b->a, sizeof(uint32_t), 0);
	VEC_EACH (&b->items, struct item, it)
		strbuf_add(&texts, it->text);
	VEC_EACH (&b->items, struct item, it) {
		struct prefilter_entry e = { .group = it->group, .refs = (uint32_t)refs.n };

		for (size_t i = 0; i < it->refs.n; i++)
			*(uint32_t *)vec_must_push(&refs) =
			    *VEC_AT(&it->refs, uint32_t, i) | (i + 1 == it->refs.n);
		if (it->look) {
			e.what = (uint32_t)(texts.n + look_count);
			e.length = (uint8_t)it->look->length;
			looks[look_count++] = it->look;
			add_window_entries(b, e, it->look);
		} else {
			e.what = b->p->text_count;
			e.length = (uint8_t)it->text.n;
			b->p->text_count += (uint32_t)it->text.n;
			add_text_entry(b, e, it->text);
		}
	}
	must(b->p->text_count == texts.n);
	b->p->texts = str_dup(b->a, strbuf_str(&texts)).p;
	b->p->looks = looks;
	b->p->refs = refs.data;
	strbuf_done(&texts);
}

/* Entries by bucket, and their bits in the map. */
static void build_table(struct builder *b, struct prefilter_table *t, const struct vec *v,
			struct prefilter_part *parts)
{
	struct prefilter_entry *sorted = arena_calloc(b->a, v->n + 1, sizeof(*sorted));
	unsigned bits = 6;
	uint32_t *at;

	while (bits < 20 && (1u << bits) < v->n * 2)
		bits++;
	t->shift = 32 - bits;
	t->n = v->n;
	t->entry = sorted;
	t->start = arena_calloc(b->a, (1u << bits) + 2, sizeof(uint32_t));
	at = t->start +
	     1; /* moves on while entries are placed: then it is where the next one begins */
	VEC_EACH (v, struct prefilter_entry, e) {
		uint32_t hash = grams_hash(e->gram, parts[e->group].seed);

		grams_map_add(&t->map, hash);
		at[(hash >> t->shift) + 1]++;
	}
	for (size_t i = 1; i <= 1u << bits; i++)
		at[i] += at[i - 1];
	VEC_EACH (v, struct prefilter_entry, e)
		sorted[at[grams_hash(e->gram, parts[e->group].seed) >> t->shift]++] = *e;
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
	VEC_EACH (&b->four, struct prefilter_entry, e)
		parts[e->group].has_four = true;
	VEC_EACH (&b->three, struct prefilter_entry, e)
		parts[e->group].has_three = true;
}

struct prefilter *prefilter_new(struct arena *a, const struct rule *const *rules, size_t n,
				const struct prefilter_group *groups, size_t group_count)
{
	struct prefilter *p = arena_zalloc(a, sizeof(*p));
	struct prefilter_part *parts = arena_calloc(a, group_count + 1, sizeof(*parts));
	struct builder b = { .a = a, .p = p, .rules = rules };

	must(group_count <= UINT16_MAX);
	b.sought = arena_calloc(a, n + 1, sizeof(*b.sought));
	map_init(&b.by_text, NULL, false);
	vec_init(&b.items, NULL, sizeof(struct item), 0);
	vec_init(&b.four, NULL, sizeof(struct prefilter_entry), 0);
	vec_init(&b.three, NULL, sizeof(struct prefilter_entry), 0);
	vec_init(&b.always, a, sizeof(uint32_t), 0);
	for (size_t g = 0; g < group_count; g++) {
		parts[g].from = (uint32_t)p->window_count;
		for (uint32_t i = 0; i < groups[g].n; i++)
			add_rule(&b, g, groups[g].first + i);
		parts[g].to = (uint32_t)p->window_count;
	}
	add_entries(&b);
	set_parts(&b, groups, parts, group_count);
	build_table(&b, &p->four, &b.four, parts);
	build_table(&b, &p->three, &b.three, parts);
	p->sought = b.sought;
	p->rule_count = n;
	p->parts = parts;
	map_done(&b.by_text);
	vec_done(&b.items);
	vec_done(&b.four);
	vec_done(&b.three);
	return p;
}
