/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Positions into a table of states: a state is the set of positions that the last byte may have been taken
 * at, by a match that began at one place. Bytes that no position tells apart are one class. Row 0 is "a match
 * may be there", row 1 "none will come"; both are final. States over the limit become row 0: those that are
 * far from the beginning, as rows are made in the order of their distance from it.
 */
#include "rules/gate.h"

#include "core/arena.h"
#include "core/vec.h"
#include "rules/gate_private.h"
#include "rules/rx_text.h"

enum { MAX_CLASSES = 255 };

/* Positions that the last byte may have been taken at, ascending; none: nothing has been taken yet. */
struct state {
	uint32_t front; /* enum gate_front: what is in front of the first byte */
	uint32_t n;
	const uint16_t *at;
};

struct building {
	struct arena *a; /* scratch */
	struct gate_positions in;
	size_t words, max_entries;
	struct gate *out;
	struct vec sets;   /* struct set: what positions take */
	uint16_t *set_of;  /* by position */
	uint16_t *same_as; /* by position: the first one that the same may follow */
	struct state *to;  /* by class: where a row leads to */
	struct vec states; /* struct state: of rows 2 ... */
	uint32_t *index;   /* of states + 1, by hash; 0: free */
	size_t index_size;
	struct vec next; /* uint32_t */
};

/* What a position takes, as bytes and as classes. */
struct set {
	struct byteset bytes, classes;
	bool end;
};

static bool is_empty(const struct gate_set *s, size_t words)
{
	uint64_t any = 0;

	for (size_t i = 0; i < words; i++)
		any |= s->w[i];
	return !any;
}

/* Bytes inside the set and outside of it are no longer of one class. */
static size_t split_classes(uint8_t *class, const struct byteset *set, size_t count)
{
	int16_t inside[MAX_CLASSES + 1], outside[MAX_CLASSES + 1];

	memset(inside, -1, sizeof(inside));
	memset(outside, -1, sizeof(outside));
	for (unsigned c = 0; c < 256; c++) {
		int16_t *to = byteset_has(set, (uint8_t)c) ? inside : outside;
		int16_t *other = to == inside ? outside : inside;
		uint8_t old = class[c];

		if (to[old] < 0 && other[old] < 0)
			to[old] = old;
		else if (to[old] < 0)
			to[old] = (int16_t)(count < MAX_CLASSES ? count++ : old);
		class[c] = (uint8_t)to[old];
	}
	return count;
}

/* The place of what a position takes among what others take. */
static uint16_t find_set(struct building *b, const struct gate_position *p)
{
	struct set *own;

	for (size_t i = 0; i < b->sets.n; i++) {
		const struct set *it = VEC_AT(&b->sets, struct set, i);

		if (it->end == p->takes_end && !memcmp(&it->bytes, &p->takes, sizeof(p->takes)))
			return (uint16_t)i;
	}
	own = vec_must_push(&b->sets);
	*own = (struct set){ .bytes = p->takes, .end = p->takes_end };
	return (uint16_t)(b->sets.n - 1);
}

static bool find_classes(struct building *b)
{
	struct gate *g = b->out;
	size_t count = 1;

	b->set_of = arena_calloc(b->a, b->in.n, sizeof(*b->set_of));
	for (size_t i = 0; i < b->in.n; i++)
		b->set_of[i] = find_set(b, &b->in.at[i]);
	VEC_EACH (&b->sets, struct set, it)
		count = split_classes(g->class, &it->bytes, count);
	if (count >= MAX_CLASSES)
		return false;
	g->end_class = (uint8_t)count;
	g->classes = (uint32_t)(count + 1);
	VEC_EACH (&b->sets, struct set, it) {
		for (unsigned c = 0; c < 256; c++) {
			if (byteset_has(&it->bytes, (uint8_t)c))
				byteset_add(&it->classes, g->class[c]);
		}
		if (it->end)
			byteset_add(&it->classes, g->end_class);
	}
	return true;
}

static bool same_follow(const struct building *b, size_t x, size_t y)
{
	const struct gate_position *p = &b->in.at[x], *q = &b->in.at[y];

	return p->is_final == q->is_final &&
	       !memcmp(&p->follow, &q->follow, b->words * sizeof(uint64_t));
}

/* Positions behind which the same may follow need not be told apart. */
static void find_same(struct building *b)
{
	size_t size = 64;
	uint16_t *index;

	while (size < 2 * b->in.n)
		size *= 2;
	index = arena_calloc(b->a, size, sizeof(*index));
	b->same_as = arena_calloc(b->a, b->in.n, sizeof(*b->same_as));
	for (size_t i = 0; i < b->in.n; i++) {
		uint64_t h = b->in.at[i].is_final;

		for (size_t w = 0; w < b->words; w++)
			h = (h ^ b->in.at[i].follow.w[w]) * UINT64_C(0x9e3779b97f4a7c15) ^ h >> 29;
		for (h >>= 17; index[h & (size - 1)]; h++) {
			if (same_follow(b, index[h & (size - 1)] - 1u, i))
				break;
		}
		if (!index[h & (size - 1)])
			index[h & (size - 1)] = (uint16_t)(i + 1);
		b->same_as[i] = (uint16_t)(index[h & (size - 1)] - 1);
	}
}

static size_t hash_of(const struct state *s)
{
	uint64_t h = s->front;

	for (size_t i = 0; i < s->n; i++)
		h = (h ^ s->at[i]) * UINT64_C(0x9e3779b97f4a7c15) ^ h >> 29;
	return h >> 17;
}

static bool same(const struct state *x, const struct state *y)
{
	return x->front == y->front && x->n == y->n && !memcmp(x->at, y->at, x->n * sizeof(*x->at));
}

/* Where a state stands in the index, or is to stand. */
static uint32_t *find(const struct building *b, const struct state *s)
{
	for (size_t i = hash_of(s);; i++) {
		uint32_t *at = &b->index[i & (b->index_size - 1)];

		if (!*at || same(VEC_AT(&b->states, struct state, *at - 1), s))
			return at;
	}
}

/* The row of a state, a new one where there is room. */
static uint32_t row_of(struct building *b, const struct state *s)
{
	uint32_t classes = b->out->classes, *known = find(b, s);
	size_t row = b->states.n + 2, size = s->n * sizeof(*s->at);
	struct state *own;

	if (*known)
		return (*known + 1) * classes;
	if ((row + 1) * classes > b->max_entries)
		return GATE_FOUND;
	own = vec_must_push(&b->states);
	*own = *s;
	own->at = memcpy(arena_alloc(b->a, size), s->at, size);
	*known = (uint32_t)b->states.n;
	return (uint32_t)row * classes;
}

/* The positions that may take the next byte. */
static void expect(const struct building *b, const struct state *s, struct gate_set *ret)
{
	memset(ret, 0, sizeof(*ret));
	for (size_t k = 0; k < s->n; k++) {
		for (size_t i = 0; i < b->words; i++)
			ret->w[i] |= b->in.at[s->at[k]].follow.w[i];
	}
	for (size_t front = 0; !s->n && front <= s->front; front++)
		gate_set_union(ret, &b->in.first[front]);
}

static void add_position(struct state *to, uint16_t position)
{
	uint16_t *at = (uint16_t *)to->at;
	size_t i = to->n;

	while (i && at[i - 1] > position)
		i--;
	if (i && at[i - 1] == position)
		return;
	memmove(at + i + 1, at + i, (to->n - i) * sizeof(*at));
	at[i] = position;
	to->n++;
}

/* A position goes to where the bytes lead that it takes. */
static void lead(struct building *b, size_t position)
{
	const struct set *set = VEC_AT(&b->sets, struct set, b->set_of[position]);

	for (size_t w = 0; w < 4; w++) {
		for (uint64_t left = set->classes.w[w]; left; left &= left - 1)
			add_position(&b->to[w * 64 + (unsigned)__builtin_ctzll(left)],
				     b->same_as[position]);
	}
}

static bool is_found(const struct building *b, const struct state *s)
{
	for (size_t i = 0; i < s->n; i++) {
		if (b->in.at[s->at[i]].is_final)
			return true;
	}
	return false;
}

static uint32_t next_row(struct building *b, size_t class)
{
	const struct state *to = &b->to[class];

	if (!to->n)
		return b->out->dead;
	if (is_found(b, to))
		return GATE_FOUND;
	return class == b->out->end_class ? b->out->dead : row_of(b, to);
}

static void build_row(struct building *b, const struct state *s)
{
	struct gate_set expected;

	expect(b, s, &expected);
	for (size_t class = 0; class < b->out->classes; class ++)
		b->to[class].n = 0;
	for (size_t w = 0; w < b->words; w++) {
		for (uint64_t left = expected.w[w]; left; left &= left - 1)
			lead(b, w * 64 + (unsigned)__builtin_ctzll(left));
	}
	for (size_t class = 0; class < b->out->classes; class ++)
		*(uint32_t *)vec_must_push(&b->next) = next_row(b, class);
}

/* A place for the states that a row leads to. */
static void init_to(struct building *b)
{
	const struct gate *g = b->out;

	b->to = arena_calloc(b->a, g->classes, sizeof(*b->to));
	for (size_t class = 0; class < g->classes; class ++)
		b->to[class].at = arena_alloc(b->a, (b->in.n + 1) * sizeof(uint16_t));
}

static bool build(struct building *b)
{
	struct gate *g = b->out;
	struct state none = { .at = arena_alloc(b->a, sizeof(uint16_t)) };

	b->words = (b->in.n + 63) / 64;
	g->has_lines = !is_empty(&b->in.first[GATE_LINE_START], b->words);
	g->at_line_start = is_empty(&b->in.first[GATE_ANYTHING], b->words);
	g->starts_only = g->at_line_start && !g->has_lines;
	if (!find_classes(b))
		return false;
	find_same(b);
	g->dead = g->classes;
	while (b->index_size < 2 * b->max_entries / g->classes)
		b->index_size = b->index_size ? 2 * b->index_size : 64;
	b->index = arena_calloc(b->a, b->index_size, sizeof(uint32_t));
	init_to(b);
	for (; none.front < GATE_FRONT_COUNT; none.front++)
		g->start[none.front] = row_of(b, &none);
	for (size_t i = 0; i < 2 * (size_t)g->classes; i++)
		*(uint32_t *)vec_must_push(&b->next) = i < g->classes ? GATE_FOUND : g->dead;
	for (size_t i = 0; i < b->states.n; i++) {
		struct state s = *VEC_AT(&b->states, struct state, i);

		build_row(b, &s);
	}
	g->entries = b->next.n;
	return true;
}

/* All that a match may begin with are word characters. */
static bool begins_with_words(const struct building *b)
{
	struct byteset word = rx_text_letter('w');

	for (size_t i = 0; i < b->in.n; i++) {
		bool first = false;

		for (size_t front = 0; front < GATE_FRONT_COUNT; front++)
			first = first || gate_set_has(&b->in.first[front], i);
		for (size_t w = 0; first && w < 4; w++) {
			if (b->in.at[i].takes_end || (b->in.at[i].takes.w[w] & ~word.w[w]))
				return false;
		}
	}
	return true;
}

const struct gate *gate_new(struct arena *a, struct str pcre, size_t max_entries)
{
	struct arena *scratch = arena_new();
	struct building *b = arena_zalloc(scratch, sizeof(*b));
	struct gate *g = NULL;

	b->a = scratch;
	b->max_entries = max_entries;
	b->out = arena_zalloc(scratch, sizeof(*b->out));
	vec_init(&b->sets, scratch, sizeof(struct set), 0);
	vec_init(&b->states, scratch, sizeof(struct state), 0);
	vec_init(&b->next, scratch, sizeof(uint32_t), 0);
	if (gate_read(scratch, pcre, &b->in) && build(b)) {
		size_t size = b->next.n * sizeof(uint32_t);

		g = arena_alloc(a, sizeof(*g));
		*g = *b->out;
		g->at_word_start = b->in.word_bound && begins_with_words(b);
		g->next = memcpy(arena_alloc(a, size), b->next.data, size);
		gate_filter_init(g, scratch);
	}
	arena_free(scratch);
	return g;
}
