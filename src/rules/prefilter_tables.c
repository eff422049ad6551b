/* SPDX-License-Identifier: BSD-2-Clause */
/* The tables that items are found by: a gram or more of each. */
#include "core/arena.h"
#include "rules/prefilter_build.h"

#include <math.h>

/* MAX_GRAMS: of a window. FEW_ITEMS: of a group that are all looked for by nibbles. */
enum { MAX_GRAMS = 256, FEW_ITEMS = 96 };

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

/* Members below 0x80. */
static struct byteset ascii_of(const struct byteset *set)
{
	return (struct byteset){ { set->w[0], set->w[1] } };
}

bool prefilter_window_grams(const struct needs_look *w, size_t *ret_at, size_t *ret_n)
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

/* A table's entries, and the gram of each. */
struct entries {
	struct vec all;   /* struct prefilter_entry */
	struct vec grams; /* uint32_t */
};

static void add_entry(struct entries *to, struct prefilter_entry e, uint32_t gram)
{
	*(struct prefilter_entry *)vec_must_push(&to->all) = e;
	*(uint32_t *)vec_must_push(&to->grams) = gram;
}

static void add_window_entries(struct entries to[PREFILTER_LENGTHS], struct prefilter_entry e,
			       const struct needs_look *w)
{
	struct byteset set[4];
	unsigned c[4];
	size_t at = 0, n;

	prefilter_window_grams(w, &at, &n);
	if (!n)
		return;
	e.offset = (uint8_t)at;
	e.shift = 32;
	for (size_t i = 0; i < 4; i++) {
		set[i] = ascii_of(&w->at[at + i]);
		c[i] = byteset_next(&set[i], 0);
	}
	do {
		uint32_t gram = c[0] | c[1] << 8 | c[2] << 16 | c[3] << 24;

		e.bytes = (uint64_t)gram << e.shift;
		add_entry(&to[PREFILTER_FOUR], e, gram);
	} while (next_gram(set, c));
}

/* True: it is longer than what is compared. */
static bool add_text_entry(struct entries to[PREFILTER_LENGTHS], struct prefilter_entry e,
			   struct str text)
{
	enum prefilter_length length = text.n >= 4 ? PREFILTER_FOUR : PREFILTER_THREE;
	size_t n = length == PREFILTER_FOUR ? 4 : 3, left;

	e.offset = (uint8_t)rarest_gram(text, n);
	left = text.n - e.offset;
	left = left < sizeof(e.bytes) ? left : sizeof(e.bytes);
	e.shift = (uint8_t)(64 - 8 * left);
	memcpy(&e.bytes, text.p + e.offset, left);
	e.bytes <<= e.shift;
	add_entry(&to[length], e, load(text.p + e.offset, n));
	return left < text.n;
}

/* An item's rules, in the array of all. */
static uint32_t add_refs(struct vec *refs, const struct item *it)
{
	uint32_t begin = (uint32_t)refs->n;

	for (size_t i = 0; i < it->rules.n; i++)
		*(uint32_t *)vec_must_push(refs) =
		    *VEC_AT(&it->rules, uint32_t, i) << 1 | (i + 1 == it->rules.n);
	return begin;
}

static bool has_high(const struct needs_look *w)
{
	for (size_t i = 0; i < w->length; i++) {
		if (w->at[i].w[2] | w->at[i].w[3])
			return true;
	}
	return false;
}

static struct sequence *add_sequence(struct builder *b, enum kind kind, uint32_t number)
{
	struct sequence *s = vec_must_push(&b->sequences[kind]);

	*s = (struct sequence){ .item = number };
	return s;
}

static void place_window(struct builder *b, const struct item *it, bool is_small, uint32_t number,
			 struct entries to[PREFILTER_LENGTHS])
{
	bool grams = it->has_grams && !is_small;

	if (grams)
		add_window_entries(to, (struct prefilter_entry){ .item = number }, it->look);
	if (!grams || has_high(it->look))
		add_sequence(b, grams ? KIND_HIGH : KIND_ALWAYS, number)->look = *it->look;
}

/* True: it is longer than what is compared. */
static bool place_text(struct builder *b, struct str text, bool is_small, uint32_t number,
		       struct entries to[PREFILTER_LENGTHS])
{
	struct needs_look *w;

	if (!is_small)
		return add_text_entry(to, (struct prefilter_entry){ .item = number }, text);
	w = &add_sequence(b, KIND_ALWAYS, number)->look;
	w->length = text.n < NEEDS_WINDOW ? text.n : (size_t)NEEDS_WINDOW;
	for (size_t i = 0; i < w->length; i++)
		byteset_add(&w->at[i], (uint8_t)text.p[i]);
	return text.n > NEEDS_WINDOW;
}

static struct prefilter_item item_of(struct builder *b, const struct item *it, bool is_small,
				     uint32_t number, struct entries to[PREFILTER_LENGTHS])
{
	struct prefilter_item item = { .refs = add_refs(&b->refs, it), .is_window = it->look };

	if (it->look) {
		item.what = it->look;
		item.length = (uint8_t)it->look->length;
		place_window(b, it, is_small, number, to);
	} else {
		item.what = it->text.p;
		item.length = (uint8_t)it->text.n;
		item.is_longer = place_text(b, it->text, is_small, number, to);
	}
	return item;
}

/* Entries by bucket, and their bits in the map. */
static struct prefilter_table *build_table(struct builder *b, const struct entries *from,
					   uint32_t mask)
{
	struct prefilter_table *t = arena_zalloc(b->a, sizeof(*t));
	const struct prefilter_entry *e = from->all.data;
	const uint32_t *gram = from->grams.data;
	size_t n = from->all.n;
	struct prefilter_entry *sorted = arena_calloc(b->a, n, sizeof(*sorted));
	unsigned bits = 3;
	struct prefilter_bucket *at, *of;

	while (bits < 20 && (1u << bits) < n)
		bits++;
	t->map.mask = mask;
	t->map.word = arena_calloc(b->a, grams_map_words(n, &t->map.shift), sizeof(uint32_t));
	t->shift = 32 - bits;
	t->entry = sorted;
	t->bucket = arena_calloc(b->a, (1u << bits) + 2, sizeof(*t->bucket));
	at =
	    t->bucket +
	    1; /* its start moves on while entries are placed: then it is where the next one begins */
	for (size_t i = 0; i < n; i++) {
		uint32_t hash = grams_hash(gram[i]);

		grams_map_add(&t->map, hash);
		at[(hash >> t->shift) + 1].start++;
		of = &t->bucket[hash >> t->shift];
		of->shift = e[i].shift > of->shift ? e[i].shift : of->shift;
	}
	for (size_t i = 1; i <= 1u << bits; i++)
		at[i].start += at[i - 1].start;
	for (size_t i = 0; i < n; i++) {
		uint32_t hash = grams_hash(gram[i]);

		of = &t->bucket[hash >> t->shift];
		of->tags |= prefilter_tag(e[i].bytes >> e[i].shift << of->shift);
		sorted[at[hash >> t->shift].start++] = e[i];
	}
	return t;
}

void prefilter_build_tables(struct builder *b, struct prefilter_part *part)
{
	static const uint32_t masks[PREFILTER_LENGTHS] = { UINT32_MAX, 0xffffff };
	struct prefilter_item *items = arena_calloc(b->a, b->items.n + 1, sizeof(*items));
	struct entries of[PREFILTER_LENGTHS];
	uint32_t n = 0;

	for (size_t i = 0; i < PREFILTER_LENGTHS; i++) {
		vec_init(&of[i].all, b->scratch, sizeof(struct prefilter_entry), 0);
		vec_init(&of[i].grams, b->scratch, sizeof(uint32_t), 0);
	}
	VEC_EACH (&b->items, struct item, it) {
		items[n] = item_of(b, it, b->items.n <= FEW_ITEMS, n, of);
		n++;
	}
	part->items = items;
	for (size_t i = 0; i < PREFILTER_LENGTHS; i++) {
		if (of[i].all.n)
			part->tables[i] = build_table(b, &of[i], masks[i]);
	}
}
