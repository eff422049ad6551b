/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Positions into a table of states: a state is the set of positions that the bytes so far may have ended
 * at; matches may begin at every byte. Bytes that no position tells apart are one class. Row 0 is "a match
 * may be there", row 1 "none will come"; both are final. States over the limit become row 0.
 */
#include "rules/gate.h"

#include "core/arena.h"
#include "core/vec.h"
#include "rules/gate_private.h"

enum { MAX_CLASSES = 255, FOUND = 0 };

struct gate {
	uint32_t start[GATE_FRONT_COUNT]; /* by what stands in front of the first byte */
	uint32_t dead, classes;           /* row 1; entries of a row */
	uint8_t class[256], end_class;
	const uint32_t *next; /* rows: class -> the next row's place in here */
	size_t entries;
	size_t times; /* struct gate_positions */
};

/* Positions that the last byte may have been taken at, ascending. */
struct state {
	uint32_t front; /* enum gate_front: of the next byte */
	uint32_t n;
	const uint16_t *at;
};

struct building {
	struct arena *a; /* scratch */
	struct gate_positions in;
	size_t words, max_entries;
	bool has_lines; /* it matters whether a line begins */
	struct gate *out;
	struct byteset *classes; /* by position: which it takes */
	struct state *to;        /* by class: where a row leads to */
	struct vec states;       /* struct state: of rows 2 ... */
	uint32_t *index;         /* of states + 1, by hash; 0: free */
	size_t index_size;
	struct vec next; /* uint32_t */
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

static bool find_classes(struct building *b)
{
	struct gate *g = b->out;
	struct byteset newline = { { 0 } };
	size_t count = 1;

	byteset_add(&newline, '\n');
	if (b->has_lines)
		count = split_classes(g->class, &newline, count);
	for (size_t i = 0; i < b->in.n; i++)
		count = split_classes(g->class, &b->in.at[i].takes, count);
	if (count >= MAX_CLASSES)
		return false;
	g->end_class = (uint8_t)count;
	g->classes = (uint32_t)(count + 1);
	b->classes = arena_calloc(b->a, b->in.n, sizeof(*b->classes));
	for (size_t i = 0; i < b->in.n; i++) {
		const struct gate_position *p = &b->in.at[i];

		for (unsigned c = 0; c < 256; c++) {
			if (byteset_has(&p->takes, (uint8_t)c))
				byteset_add(&b->classes[i], g->class[c]);
		}
		if (p->takes_end)
			byteset_add(&b->classes[i], g->end_class);
	}
	return true;
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
		return FOUND;
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
	for (size_t front = 0; front <= s->front; front++)
		gate_set_union(ret, &b->in.first[front]);
}

/* A position goes to where the bytes lead that it takes. */
static void lead(struct building *b, size_t position)
{
	for (size_t w = 0; w < 4; w++) {
		for (uint64_t left = b->classes[position].w[w]; left; left &= left - 1) {
			struct state *to = &b->to[w * 64 + (unsigned)__builtin_ctzll(left)];

			((uint16_t *)to->at)[to->n++] = (uint16_t)position;
		}
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

	if (is_found(b, to))
		return FOUND;
	if (class == b->out->end_class)
		return b->out->dead;
	if (!to->n && !b->has_lines && is_empty(&b->in.first[GATE_ANYTHING], b->words))
		return b->out->dead;
	return row_of(b, to);
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
		b->to[class].at = arena_alloc(b->a, b->in.n * sizeof(uint16_t));
	if (b->has_lines)
		b->to[g->class['\n']].front = GATE_LINE_START;
}

static bool build(struct building *b)
{
	struct gate *g = b->out;

	b->words = (b->in.n + 63) / 64;
	b->has_lines = !is_empty(&b->in.first[GATE_LINE_START], b->words);
	if (!find_classes(b))
		return false;
	g->dead = g->classes;
	while (b->index_size < 2 * b->max_entries / g->classes)
		b->index_size = b->index_size ? 2 * b->index_size : 64;
	b->index = arena_calloc(b->a, b->index_size, sizeof(uint32_t));
	init_to(b);
	for (size_t front = 0; front < GATE_FRONT_COUNT; front++)
		g->start[front] =
		    row_of(b, &(struct state){ .front = (uint32_t)front, .at = b->to[0].at });
	for (size_t i = 0; i < 2 * (size_t)g->classes; i++)
		*(uint32_t *)vec_must_push(&b->next) = i < g->classes ? FOUND : g->dead;
	for (size_t i = 0; i < b->states.n; i++) {
		struct state s = *VEC_AT(&b->states, struct state, i);

		build_row(b, &s);
	}
	g->entries = b->next.n;
	g->times = b->in.times;
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
	vec_init(&b->states, scratch, sizeof(struct state), 0);
	vec_init(&b->next, scratch, sizeof(uint32_t), 0);
	if (gate_read(scratch, pcre, &b->in) && build(b)) {
		g = arena_alloc(a, sizeof(*g));
		*g = *b->out;
		g->next = memcpy(arena_alloc(a, b->next.n * sizeof(uint32_t)), b->next.data,
				 b->next.n * sizeof(uint32_t));
	}
	arena_free(scratch);
	return g;
}

static enum gate_front front_at(struct str subject, size_t at)
{
	if (!at)
		return GATE_SUBJECT_START;
	return subject.p[at - 1] == '\n' ? GATE_LINE_START : GATE_ANYTHING;
}

bool gate_may_match(const struct gate *g, struct str subject, size_t from)
{
	size_t left = g ? g->times : 0;
	uint32_t at;

	if (!g)
		return true;
	at = g->start[front_at(subject, from)];
	for (size_t i = from; i < subject.n; i++) {
		at = g->next[at + g->class[(uint8_t)subject.p[i]]];
		if (at > g->dead)
			continue;
		if (at != FOUND || --left == 0)
			return at == FOUND;
		at = g->start[front_at(subject, i + 1)];
	}
	return g->next[at + g->end_class] == FOUND;
}

size_t gate_memory(const struct gate *g)
{
	return g ? sizeof(*g) + g->entries * sizeof(uint32_t) : 0;
}
