/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How matches may begin, as whole texts of some bytes: what the sieve lets through, as each of its bytes is in some
 * bucket, is mostly the beginning of no word that the expression has. A table of hashes says so within a few lines
 * of the processor's cache, where the automaton's rows would have to be fetched from afar.
 */
#include "rules/gate_private.h"

#include "core/arena.h"

/* Texts that a table may be made of; bits of it for each. */
enum { MAX_TEXTS = 4096, BITS_EACH = 8, MIN_LENGTH = 3, CLASS_BITS = 8 };

/* A beginning: its classes as gate_prefix_has() packs them, and the row that it leads to. */
struct text {
	uint64_t classes;
	uint16_t row;
};

/* With one byte more. What is clear by then may go on as it likes. False: these are too many. */
static bool lengthen(const struct gate *g, const struct vec *from, unsigned at, struct vec *to)
{
	vec_clear(to);
	for (size_t i = 0; i < from->n; i++) {
		const struct text *t = VEC_AT(from, struct text, i);
		bool is_final = gate_is_final(g, t->row);

		for (unsigned c = 0; c < g->end_class; c++) {
			uint16_t row = is_final ? t->row : gate_next(g, t->row, c);

			if (row == gate_dead(g))
				continue;
			if (to->n == MAX_TEXTS)
				return false;
			*(struct text *)vec_must_push(to) =
			    (struct text){ t->classes | (uint64_t)c << at * CLASS_BITS, row };
		}
	}
	return true;
}

static void add_starts(const struct gate *g, struct vec *to)
{
	for (unsigned k = 0; k < GATE_KINDS; k++) {
		bool is_new = g->start[k] != gate_dead(g);

		for (unsigned i = 0; i < k; i++)
			is_new = is_new && g->start[i] != g->start[k];
		if (is_new)
			*(struct text *)vec_must_push(to) = (struct text){ 0, g->start[k] };
	}
}

static void fill(struct gate *g, struct arena *a, const struct vec *texts)
{
	uint64_t *bits;
	unsigned log = GATE_PREFIX_MIN_BITS;

	while (UINT64_C(1) << log < texts->n * BITS_EACH)
		log++;
	bits = arena_calloc(a, ((size_t)1 << log) / 64, sizeof(*bits));
	g->prefix_bits = (uint8_t)log;
	for (size_t i = 0; i < texts->n; i++) {
		uint64_t at = gate_prefix_at(g, VEC_AT(texts, struct text, i)->classes);

		bits[at / 64] |= UINT64_C(1) << at % 64;
	}
	g->prefix = bits;
}

void gate_prefix_init(struct gate *g, struct arena *a, struct arena *scratch)
{
	struct vec texts, longer;
	unsigned n = 0;

	vec_init(&texts, scratch, sizeof(struct text), 0);
	vec_init(&longer, scratch, sizeof(struct text), 0);
	add_starts(g, &texts);
	while (n < GATE_PREFIX_BYTES && lengthen(g, &texts, n, &longer)) {
		struct vec shorter = texts;

		texts = longer;
		longer = shorter;
		n++;
	}
	if (n < MIN_LENGTH)
		return;
	g->prefix_mask = UINT64_MAX >> (64 - n * CLASS_BITS);
	fill(g, a, &texts);
}
