/* SPDX-License-Identifier: BSD-2-Clause */
#include "rules/hits.h"

#include "core/arena.h"

enum { FIRST_ROOM = 96, FIRST_SHIFT = 24, MOST_BITS = 32 };

/* 70 rules hit a message on average, 120 at most of a thousand. */
static void make_places(struct hits *h)
{
	size_t n = (size_t)1 << (MOST_BITS - h->shift);

	h->places = arena_alloc(h->arena, n * sizeof(*h->places));
	for (size_t i = 0; i < n; i++)
		h->places[i] = HITS_NONE;
	for (uint32_t i = 0; i < h->used; i++)
		*hits_place(h, h->numbers[i].rule) = i;
}

void hits_init(struct hits *h, struct arena *a, size_t rules)
{
	size_t words = bits_words(rules);
	uint64_t *sets = arena_calloc(a, 4 * words, sizeof(*sets));

	h->n = rules;
	h->hit = sets;
	h->ran = sets + words;
	h->waits = sets + 2 * words;
	h->scored = sets + 3 * words;
	h->arena = a;
	h->room = FIRST_ROOM;
	h->numbers = arena_alloc(a, h->room * sizeof(*h->numbers));
	h->used = 0;
	h->shift = FIRST_SHIFT;
	make_places(h);
}

static void make_room(struct hits *h)
{
	size_t size = sizeof(*h->numbers);

	h->numbers = arena_grow(h->arena, h->numbers, h->room * size, 2 * h->room * size);
	h->room *= 2;
	h->shift--;
	make_places(h);
}

/* A rule keeps its place where its hits have been forgotten. */
struct hit_numbers *hits_make_numbers(struct hits *h, size_t rule)
{
	uint32_t *place = hits_place(h, rule);

	if (bits_has(h->hit, rule) || bits_has(h->scored, rule))
		return &h->numbers[*place];
	if (*place == HITS_NONE && h->used == h->room) {
		make_room(h);
		place = hits_place(h, rule);
	}
	if (*place == HITS_NONE)
		*place = h->used++;
	h->numbers[*place] = (struct hit_numbers){ .rule = (uint32_t)rule };
	return &h->numbers[*place];
}

struct rule_hits hits_get(const struct hits *h, size_t rule)
{
	struct rule_hits r = { .state = bits_has(h->ran, rule) ? RULE_MISS : RULE_NOT_RUN };

	if (bits_has(h->waits, rule))
		r.state = RULE_PENDING;
	if (bits_has(h->scored, rule)) {
		r.has_score = true;
		r.score = hits_numbers(h, rule)->score;
	}
	if (bits_has(h->hit, rule)) {
		r.state = RULE_HIT;
		r.count = hits_numbers(h, rule)->count;
		r.value = hits_numbers(h, rule)->value;
	}
	return r;
}
