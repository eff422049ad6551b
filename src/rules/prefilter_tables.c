/* SPDX-License-Identifier: BSD-2-Clause */
/* The tables that items are found by: a gram or more of each. */
#include "core/arena.h"
#include "rules/prefilter_build.h"

#include <math.h>

/*
 * LENGTH: of a gram. FEW_ITEMS: of a group that are all looked for by nibbles: three looks take less than one for
 * grams.
 */
enum { LENGTH = 4, FEW_ITEMS = 192 };

static uint32_t load(const char *p)
{
	uint32_t x;

	memcpy(&x, p, sizeof(x));
	return x;
}

/* Where in a literal the gram begins that is likely the rarest. */
static size_t rarest_gram(struct str text)
{
	double best = -1;
	size_t at = 0;

	for (size_t i = 0; i + LENGTH <= text.n; i++) {
		double bits = needs_text_rarity_over(str_make(text.p + i, LENGTH), best);

		if (bits > best)
			at = i;
		best = fmax(bits, best);
	}
	return at;
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

/* True: it is longer than what is compared. */
static bool add_text_entry(struct entries *to, uint32_t number, struct str text)
{
	struct prefilter_entry e = { .item = number, .offset = (uint8_t)rarest_gram(text) };
	size_t left = text.n - e.offset;

	left = left < sizeof(e.bytes) ? left : sizeof(e.bytes);
	e.shift = (uint8_t)(64 - 8 * left);
	memcpy(&e.bytes, text.p + e.offset, left);
	e.bytes <<= e.shift;
	add_entry(to, e, load(text.p + e.offset));
	return left < text.n;
}

/* An item's rules: the first, and all others in an array, where *ret_more says. */
static uint32_t add_rules(struct vec *refs, const struct item *it, uint32_t *ret_more)
{
	*ret_more = (uint32_t)refs->n;
	for (size_t i = 1; i < it->rules.n; i++)
		*(uint32_t *)vec_must_push(refs) =
		    *VEC_AT(&it->rules, uint32_t, i) << 1 | (i + 1 == it->rules.n);
	return *VEC_AT(&it->rules, uint32_t, 0) | (it->rules.n == 1 ? PREFILTER_SOLE : 0);
}

static struct needs_look *add_sequence(struct builder *b, uint32_t number)
{
	struct sequence *s = vec_must_push(&b->sequences);

	*s = (struct sequence){ .item = number };
	return &s->look;
}

/* True: it is longer than what is looked for. */
static bool add_text_sequence(struct builder *b, uint32_t number, struct str text)
{
	struct needs_look *w = add_sequence(b, number);

	w->length = text.n < NEEDS_WINDOW ? text.n : (size_t)NEEDS_WINDOW;
	for (size_t i = 0; i < w->length; i++)
		byteset_add(&w->at[i], (uint8_t)text.p[i]);
	return text.n > NEEDS_WINDOW;
}

static struct prefilter_item item_of(struct builder *b, const struct item *it, uint32_t number,
				     struct entries *to)
{
	struct prefilter_item item = { .rule = add_rules(&b->refs, it, &b->more[number]) };
	bool is_longer;

	if (it->look) {
		item.length = (uint8_t)it->look->length;
		*add_sequence(b, number) = *it->look;
		return item;
	}
	memcpy(item.text, it->text.p, it->text.n);
	item.length = (uint8_t)it->text.n;
	if (b->items.n <= FEW_ITEMS || it->text.n < LENGTH)
		is_longer = add_text_sequence(b, number, it->text);
	else
		is_longer = add_text_entry(to, number, it->text);
	item.compared = is_longer ? item.length : 0;
	return item;
}

/* Entries by bucket, and their bits in the map. */
static struct prefilter_table *build_table(struct builder *b, const struct entries *from)
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
	struct prefilter_item *items = prefilter_build_rows(b->a, b->items.n + 1, sizeof(*items));
	struct entries of;
	uint32_t n = 0;

	b->more = arena_calloc(b->a, b->items.n + 1, sizeof(*b->more));
	vec_init(&of.all, b->scratch, sizeof(struct prefilter_entry), 0);
	vec_init(&of.grams, b->scratch, sizeof(uint32_t), 0);
	VEC_EACH (&b->items, struct item, it) {
		items[n] = item_of(b, it, n, &of);
		n++;
	}
	part->items = b->made = items;
	part->more = b->more;
	if (of.all.n)
		part->table = build_table(b, &of);
}
