/* SPDX-License-Identifier: BSD-2-Clause */
#include "rules/hits.h"

#include "core/arena.h"

void hits_init(struct hits *h, struct arena *a, size_t rules)
{
	size_t words = bits_words(rules);
	uint64_t *sets = arena_calloc(a, 4 * words, sizeof(*sets));

	h->n = rules;
	h->hit = sets;
	h->ran = sets + words;
	h->waits = sets + 2 * words;
	h->scored = sets + 3 * words;
	h->counts = arena_alloc(a, rules * sizeof(*h->counts));
	h->values = arena_alloc(a, rules * sizeof(*h->values));
	h->scores = arena_alloc(a, rules * sizeof(*h->scores));
}

struct rule_hits hits_get(const struct hits *h, size_t rule)
{
	struct rule_hits r = { .state = bits_has(h->ran, rule) ? RULE_MISS : RULE_NOT_RUN };

	if (bits_has(h->waits, rule))
		r.state = RULE_PENDING;
	if (bits_has(h->scored, rule)) {
		r.has_score = true;
		r.score = h->scores[rule];
	}
	if (bits_has(h->hit, rule)) {
		r.state = RULE_HIT;
		r.count = h->counts[rule];
		r.value = h->values[rule];
	}
	return r;
}
