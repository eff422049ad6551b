/* SPDX-License-Identifier: BSD-2-Clause */
#include "rules/hits.h"

#include "core/arena.h"

enum { FIRST_ROOM = 64 };

void hits_init(struct hits *h, struct arena *a, size_t rules)
{
	size_t words = bits_words(rules);
	uint64_t *sets = arena_calloc(a, 4 * words, sizeof(*sets));

	h->n = rules;
	h->hit = sets;
	h->ran = sets + words;
	h->waits = sets + 2 * words;
	h->scored = sets + 3 * words;
	h->at = arena_alloc(a, rules * sizeof(*h->at));
	h->room = FIRST_ROOM;
	h->numbers = arena_alloc(a, h->room * sizeof(*h->numbers));
	h->used = 0;
	h->arena = a;
}

/* A rule has one place, a second one where its hits have been forgotten. */
struct hit_numbers *hits_make_numbers(struct hits *h, size_t rule)
{
	size_t size = sizeof(*h->numbers);

	if (bits_has(h->hit, rule) || bits_has(h->scored, rule))
		return hits_numbers(h, rule);
	if (h->used == h->room) {
		h->numbers = arena_grow(h->arena, h->numbers, h->room * size, 2 * h->room * size);
		h->room *= 2;
	}
	h->at[rule] = h->used++;
	h->numbers[h->at[rule]] = (struct hit_numbers){ 0 };
	return hits_numbers(h, rule);
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
