/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Positions into a table of states: a state is the set of positions that the bytes so far may have ended
 * at; matches may begin at every byte. Bytes that no position tells apart are one class. Row 0 is "a match
 * may be there", row 1 "none will come"; both are final. States over the limit become row 0.
 */
#include "rules/gate.h"

#include "core/arena.h"
#include "core/map.h"
#include "core/vec.h"
#include "rules/gate_private.h"

enum { MAX_CLASSES = 255, FOUND = 0 };

struct gate {
	uint16_t start[GATE_FRONT_COUNT]; /* by what stands in front of the first byte */
	uint16_t dead, classes;           /* row 1; entries of a row */
	uint8_t class[256], end_class;
	const uint16_t *next; /* rows: class -> the next row's place in here */
	size_t entries;
	size_t times; /* struct gate_positions */
};

/* Where a state is, besides its positions. */
struct state {
	uint64_t front; /* enum gate_front: of the next byte */
	uint64_t w[GATE_WORDS];
};

struct building {
	struct arena *a; /* scratch */
	struct gate_positions in;
	size_t words, max_entries;
	bool has_lines; /* it matters whether a line begins */
	struct gate *out;
	struct gate_set takes[MAX_CLASSES + 1], final; /* by class */
	struct map rows;                               /* state -> row + 1 */
	struct vec states;                             /* const struct state * of rows 2 ... */
	struct vec next;                               /* uint16_t */
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
	g->classes = (uint16_t)(count + 1);
	for (size_t i = 0; i < b->in.n; i++) {
		const struct gate_position *p = &b->in.at[i];

		for (unsigned c = 0; c < 256; c++) {
			if (byteset_has(&p->takes, (uint8_t)c))
				gate_set_add(&b->takes[g->class[c]], i);
		}
		if (p->takes_end)
			gate_set_add(&b->takes[g->end_class], i);
		if (p->is_final)
			gate_set_add(&b->final, i);
	}
	return true;
}

/* The row of a state, a new one where there is room. */
static uint16_t row_of(struct building *b, const struct state *s)
{
	struct gate *g = b->out;
	struct str key = str_make((const char *)s, sizeof(s->front) + b->words * sizeof(uint64_t));
	uintptr_t known = (uintptr_t)map_get(&b->rows, key);
	size_t row = b->states.n + 2;

	if (known)
		return (uint16_t)(known - 1);
	if ((row + 1) * g->classes > b->max_entries)
		return FOUND;
	*(const struct state **)vec_must_push(&b->states) =
	    memcpy(arena_alloc(b->a, sizeof(*s)), s, sizeof(*s));
	map_put(&b->rows, key, (void *)(row * g->classes + 1)); // NOLINT(performance-no-int-to-ptr)
	return (uint16_t)(row * g->classes);
}

/* The positions that may take the next byte. */
static void expect(const struct building *b, const struct state *s, struct gate_set *ret)
{
	memset(ret, 0, sizeof(*ret));
	for (size_t w = 0; w < b->words; w++) {
		for (uint64_t left = s->w[w]; left; left &= left - 1) {
			size_t at = w * 64 + (unsigned)__builtin_ctzll(left);

			for (size_t i = 0; i < b->words; i++)
				ret->w[i] |= b->in.at[at].follow.w[i];
		}
	}
	for (size_t front = 0; front <= s->front; front++)
		gate_set_union(ret, &b->in.first[front]);
}

static uint16_t step(struct building *b, const struct gate_set *expected, size_t class)
{
	bool newline = b->has_lines && class == b->out->class['\n'];
	struct state to = { .front = newline ? GATE_LINE_START : GATE_ANYTHING };
	uint64_t any = 0, final = 0;

	for (size_t i = 0; i < b->words; i++) {
		to.w[i] = expected->w[i] & b->takes[class].w[i];
		any |= to.w[i];
		final |= to.w[i] & b->final.w[i];
	}
	if (final)
		return FOUND;
	if (class == b->out->end_class)
		return b->out->dead;
	if (!any && !b->has_lines && is_empty(&b->in.first[GATE_ANYTHING], b->words))
		return b->out->dead;
	return row_of(b, &to);
}

static void build_rows(struct building *b)
{
	for (size_t i = 0; i < b->states.n; i++) {
		struct gate_set expected;

		expect(b, *VEC_AT(&b->states, const struct state *, i), &expected);
		for (size_t class = 0; class < b->out->classes; class ++)
			*(uint16_t *)vec_must_push(&b->next) = step(b, &expected, class);
	}
}

static bool build(struct building *b)
{
	struct gate *g = b->out;

	b->words = (b->in.n + 63) / 64;
	b->has_lines = !is_empty(&b->in.first[GATE_LINE_START], b->words);
	if (!find_classes(b))
		return false;
	g->dead = g->classes;
	for (size_t front = 0; front < GATE_FRONT_COUNT; front++)
		g->start[front] = row_of(b, &(struct state){ .front = front });
	for (size_t i = 0; i < 2 * (size_t)g->classes; i++)
		*(uint16_t *)vec_must_push(&b->next) = i < g->classes ? FOUND : g->dead;
	build_rows(b);
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
	b->max_entries = max_entries < UINT16_MAX ? max_entries : UINT16_MAX;
	b->out = arena_zalloc(scratch, sizeof(*b->out));
	map_init(&b->rows, scratch, false);
	vec_init(&b->states, scratch, sizeof(const struct state *), 0);
	vec_init(&b->next, scratch, sizeof(uint16_t), 0);
	if (gate_read(scratch, pcre, &b->in) && build(b)) {
		g = arena_alloc(a, sizeof(*g));
		*g = *b->out;
		g->next = memcpy(arena_alloc(a, b->next.n * sizeof(uint16_t)), b->next.data,
				 b->next.n * sizeof(uint16_t));
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
	uint16_t at;

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
	return g ? sizeof(*g) + g->entries * sizeof(uint16_t) : 0;
}
