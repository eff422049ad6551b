/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Nodes into a table of states: a state is the set of nodes where a match that began at one place may go on. Bytes
 * that nothing tells apart are one class. Rows 0 to 2 are "there is a match", "there may be one" and "there is
 * none"; all are final. States over the limit become row 1: those that are far from the beginning, as rows are
 * made in the order of their distance from it.
 */
#include "rules/gate.h"

#include "core/arena.h"
#include "core/vec.h"
#include "rules/gate_private.h"

enum { MAX_CLASSES = 250, MAX_BYTE_KINDS = GATE_LAST_NEWLINE };

static const uint64_t HASH_FACTOR = UINT64_C(0x9e3779b97f4a7c15);

/* Nodes that take a byte, or ask for the next one, ascending. */
struct state {
	uint32_t front; /* the kind of what is in front, where a node asks for the next byte */
	uint32_t n;
	const uint16_t *at;
};

/* A list of nodes without doubles. */
struct nodes {
	uint16_t *at;
	size_t n;
	uint32_t *stamps; /* by node: the list that has it last */
	uint32_t now;
	bool has_match, has_look;
};

/* What must stand in front and behind, by kinds. */
struct kinds {
	uint32_t front, next;
};

struct building {
	struct arena *a; /* scratch */
	struct gate_program in;
	size_t max_entries;
	struct gate *out;
	bool has_last;          /* a newline that is the last byte is something of its own */
	bool is_all_or_nothing; /* what overflows is not built to its end */
	bool has_overflowed;
	uint32_t all_kinds;
	struct kinds *looks;     /* by look */
	struct byteset *classes; /* by set of bytes */
	size_t class_count;      /* the end is one too */
	uint8_t *kind_of;        /* by class: as what comes next */
	uint8_t *front_of;       /* by class: as what is in front */
	struct vec *to;          /* by class: uint16_t: nodes where a row leads to */
	uint64_t *to_hash;       /* by class: of these */
	uint16_t *path;          /* nodes to look at */
	uint64_t *bits;          /* by node; none is set between two uses */
	struct nodes from, reached;
	struct vec states; /* struct state: of rows 3 ... */
	uint32_t *index;   /* of states + 1, by hash; 0: free */
	size_t index_size;
	struct vec next; /* uint16_t */
};

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

/* Kinds of bytes: what some lookaround tells apart. */
static bool find_kinds(struct building *b)
{
	struct gate *g = b->out;
	size_t count = 1, i = 0;

	VEC_EACH (&b->in.looks, struct gate_look, it) {
		count = split_classes(g->kind, &it->front, count);
		count = split_classes(g->kind, &it->next, count);
		b->has_last = b->has_last || it->next_last != byteset_has(&it->next, '\n');
	}
	if (count > MAX_BYTE_KINDS)
		return false;
	b->all_kinds = ((1u << count) - 1) | 1u << GATE_EDGE;
	b->all_kinds |= b->has_last ? 1u << GATE_LAST_NEWLINE : 0;
	b->looks = arena_calloc(b->a, b->in.looks.n + 1, sizeof(*b->looks));
	VEC_EACH (&b->in.looks, struct gate_look, it) {
		struct kinds *k = &b->looks[i++];

		k->front = it->front_start ? 1u << GATE_EDGE : 0;
		k->next = it->next_end ? 1u << GATE_EDGE : 0;
		k->next |= b->has_last && it->next_last ? 1u << GATE_LAST_NEWLINE : 0;
		for (unsigned c = 0; c < 256; c++) {
			k->front |= (uint32_t)byteset_has(&it->front, (uint8_t)c) << g->kind[c];
			k->next |= (uint32_t)byteset_has(&it->next, (uint8_t)c) << g->kind[c];
		}
	}
	return true;
}

/* Classes tell apart what kinds do, and what nodes take. */
static bool find_classes(struct building *b)
{
	struct gate *g = b->out;
	size_t count = 0, i = 0;

	for (unsigned c = 0; c < 256; c++) {
		g->class[c] = g->kind[c];
		count = g->kind[c] >= count ? g->kind[c] + 1u : count;
	}
	VEC_EACH (&b->in.sets, struct byteset, it)
		count = split_classes(g->class, it, count);
	if (count >= MAX_CLASSES)
		return false;
	g->last_newline = b->has_last ? (uint8_t)count++ : g->class['\n'];
	g->end_class = (uint8_t)count;
	b->class_count = count + 1;
	g->width = (uint16_t)(b->class_count + b->class_count % 2);
	b->classes = arena_calloc(b->a, b->in.sets.n + 1, sizeof(*b->classes));
	VEC_EACH (&b->in.sets, struct byteset, it) {
		for (unsigned c = 0; c < 256; c++) {
			if (byteset_has(it, (uint8_t)c))
				byteset_add(&b->classes[i], g->class[c]);
		}
		if (byteset_has(it, '\n'))
			byteset_add(&b->classes[i], g->last_newline);
		i++;
	}
	b->kind_of = arena_calloc(b->a, b->class_count, 1);
	b->front_of = arena_calloc(b->a, b->class_count, 1);
	for (unsigned c = 0; c < 256; c++)
		b->kind_of[g->class[c]] = b->front_of[g->class[c]] = g->kind[c];
	if (b->has_last) {
		b->kind_of[g->last_newline] = GATE_LAST_NEWLINE;
		b->front_of[g->last_newline] = g->kind['\n'];
	}
	b->kind_of[g->end_class] = GATE_EDGE;
	return true;
}

static void nodes_init(struct building *b, struct nodes *l)
{
	l->at = arena_alloc(b->a, (b->in.nodes.n + 1) * sizeof(*l->at));
	l->stamps = arena_calloc(b->a, b->in.nodes.n + 1, sizeof(*l->stamps));
}

static void nodes_clear(struct nodes *l)
{
	l->n = 0;
	l->now++;
	l->has_match = l->has_look = false;
}

static void add(struct vec *v, size_t node)
{
	*(uint16_t *)vec_must_push(v) = (uint16_t)node;
}

/* What this lookaround gives: it may go on, or that depends on what comes (one of `next`). */
enum answer { NO = 0, YES, DEPENDS };

static enum answer ask(const struct building *b, size_t i, unsigned front, uint32_t next)
{
	const struct kinds *k = &b->looks[i];

	if (!(k->front >> front & 1) || !(k->next & next))
		return NO;
	return (k->next & next) == next ? YES : DEPENDS;
}

/* Nodes that a node leads to without taking a byte; next: the kinds that may come. */
static void reach(struct building *b, struct nodes *l, size_t node, unsigned front, uint32_t next)
{
	const struct gate_node *nodes = b->in.nodes.data;
	size_t n = 0;

	b->path[n++] = (uint16_t)node;
	while (n) {
		size_t i = b->path[--n];
		const struct gate_node *it = &nodes[i];
		enum answer a = NO;

		if (l->stamps[i] == l->now)
			continue;
		l->stamps[i] = l->now;
		if (it->op == GATE_LOOK)
			a = ask(b, it->arg, front, next);
		if (it->op == GATE_SPLIT || a == YES)
			b->path[n++] = (uint16_t)(i + 1);
		if (it->op == GATE_SPLIT || it->op == GATE_JUMP)
			b->path[n++] = (uint16_t)((ptrdiff_t)i + it->to);
		if (it->op == GATE_BYTE || a == DEPENDS)
			l->at[l->n++] = (uint16_t)i;
		l->has_match = l->has_match || it->op == GATE_MATCH;
		l->has_look = l->has_look || a == DEPENDS;
	}
}

static size_t hash_of(const struct state *s)
{
	uint64_t h = s->front;

	for (size_t i = 0; i < s->n; i++)
		h = (h ^ s->at[i]) * HASH_FACTOR ^ h >> 29;
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

/* Most lists are short, or nearly in order; long ones are written as bits and read again. */
static void sort(uint64_t *bits, uint16_t *at, size_t n)
{
	enum { SHORT = 16 };
	size_t first = SIZE_MAX, last = 0, done = 0;

	if (n > SHORT) {
		for (size_t i = 0; i < n; i++) {
			size_t w = at[i] / 64;

			bits[w] |= UINT64_C(1) << at[i] % 64;
			first = w < first ? w : first;
			last = w > last ? w : last;
		}
		for (size_t w = first; w <= last; w++) {
			for (; bits[w]; bits[w] &= bits[w] - 1)
				at[done++] =
				    (uint16_t)(w * 64 + (unsigned)__builtin_ctzll(bits[w]));
		}
		return;
	}
	for (size_t i = 1; i < n; i++) {
		uint16_t it = at[i];
		size_t k = i;

		for (; k && at[k - 1] > it; k--)
			at[k] = at[k - 1];
		at[k] = it;
	}
}

static uint16_t found(const struct building *b)
{
	return b->in.is_exact ? GATE_FOUND : GATE_MAYBE;
}

/* The row of the nodes that were reached, a new one where there is room. */
static uint16_t row_of(struct building *b, unsigned front)
{
	struct nodes *l = &b->reached;
	struct state s = { l->has_look ? front : 0, (uint32_t)l->n, l->at }, *own;
	uint32_t *known;
	size_t row = b->states.n + GATE_FINAL_ROWS, size = s.n * sizeof(*s.at);

	if (l->has_match)
		return found(b);
	if (!s.n)
		return GATE_DEAD;
	sort(b->bits, l->at, l->n);
	known = find(b, &s);
	if (*known)
		return (uint16_t)(*known - 1 + GATE_FINAL_ROWS);
	if ((row + 1) * b->out->width > b->max_entries) {
		b->has_overflowed = true;
		return GATE_MAYBE;
	}
	own = vec_must_push(&b->states);
	*own = s;
	own->at = memcpy(arena_alloc(b->a, size), s.at, size);
	*known = (uint32_t)b->states.n;
	return (uint16_t)row;
}

static uint16_t start_row(struct building *b, unsigned front)
{
	nodes_clear(&b->reached);
	reach(b, &b->reached, 0, front, b->all_kinds);
	return row_of(b, front);
}

/* Nodes go to where the classes of some kinds lead that they take. */
static void lead(struct building *b, const struct nodes *l, const struct byteset *classes)
{
	for (size_t i = 0; i < l->n; i++) {
		size_t node = l->at[i];
		const struct gate_node *it = VEC_AT(&b->in.nodes, struct gate_node, node);

		for (size_t w = 0; it->op == GATE_BYTE && w < 4; w++) {
			for (uint64_t left = b->classes[it->arg].w[w] & classes->w[w]; left;
			     left &= left - 1) {
				unsigned c = (unsigned)w * 64 + (unsigned)__builtin_ctzll(left);

				add(&b->to[c], node + 1);
				b->to_hash[c] = (b->to_hash[c] ^ node) * HASH_FACTOR;
			}
		}
	}
}

/* Nodes of a state that may go on where one of these kinds comes. */
static void go_on(struct building *b, const struct state *s, uint32_t next)
{
	nodes_clear(&b->from);
	for (size_t i = 0; i < s->n; i++) {
		size_t node = s->at[i];

		if (VEC_AT(&b->in.nodes, struct gate_node, node)->op != GATE_LOOK)
			b->from.at[b->from.n++] = (uint16_t)node;
		else if (ask(b, VEC_AT(&b->in.nodes, struct gate_node, node)->arg, s->front, next))
			reach(b, &b->from, node + 1, s->front, next);
	}
}

static bool asks(const struct building *b, const struct state *s)
{
	for (size_t i = 0; i < s->n; i++) {
		if (VEC_AT(&b->in.nodes, struct gate_node, s->at[i])->op == GATE_LOOK)
			return true;
	}
	return false;
}

static bool lead_alike(const struct building *b, unsigned c, unsigned d)
{
	const struct vec *x = &b->to[c], *y = &b->to[d];

	return b->to_hash[c] == b->to_hash[d] && x->n == y->n && b->front_of[c] == b->front_of[d] &&
	       !memcmp(x->data, y->data, x->n * sizeof(uint16_t));
}

static uint16_t row_behind(struct building *b, unsigned c)
{
	nodes_clear(&b->reached);
	for (size_t i = 0; i < b->to[c].n; i++)
		reach(b, &b->reached, *VEC_AT(&b->to[c], uint16_t, i), b->front_of[c],
		      b->all_kinds);
	return row_of(b, b->front_of[c]);
}

/* Most of a state's classes lead to the same nodes: these are followed once. */
static void fill_row(struct building *b, const struct byteset *classes, uint16_t *row)
{
	const unsigned end = b->out->end_class;
	unsigned other[MAX_CLASSES + 1], n = 0, i;

	for (unsigned c = byteset_next(classes, 0); c < end; c = byteset_next(classes, c + 1)) {
		if (!b->to[c].n)
			continue;
		for (i = 0; i < n && !lead_alike(b, c, other[i]); i++)
			;
		row[c] = i < n ? row[other[i]] : row_behind(b, c);
		if (i == n)
			other[n++] = c;
	}
	for (unsigned c = byteset_next(classes, 0); c < end; c = byteset_next(classes, c + 1)) {
		vec_clear(&b->to[c]);
		b->to_hash[c] = 0;
	}
}

/* Where the classes of these kinds lead. */
static void build_kinds(struct building *b, const struct state *s, uint32_t kinds, uint16_t *row)
{
	struct byteset classes = { { 0 } };

	go_on(b, s, kinds);
	for (unsigned c = 0; c < b->class_count; c++) {
		if (kinds >> b->kind_of[c] & 1)
			byteset_add(&classes, (uint8_t)c);
		if (b->from.has_match && kinds >> b->kind_of[c] & 1)
			row[c] = found(b);
	}
	if (b->from.has_match)
		return;
	lead(b, &b->from, &classes);
	fill_row(b, &classes, row);
}

static void build_row(struct building *b, const struct state *s)
{
	const size_t classes = b->class_count;
	uint16_t row[MAX_CLASSES + 1];

	for (unsigned c = 0; c < classes; c++)
		row[c] = GATE_DEAD;
	if (!asks(b, s)) {
		build_kinds(b, s, b->all_kinds, row);
	} else {
		for (unsigned k = 0; k < GATE_KINDS; k++) {
			if (b->all_kinds >> k & 1)
				build_kinds(b, s, 1u << k, row);
		}
	}
	for (unsigned c = 0; c < classes; c++)
		*(uint16_t *)vec_must_push(&b->next) = row[c];
}

static uint16_t next_of(const struct building *b, uint16_t row, unsigned class)
{
	return *VEC_AT(&b->next, uint16_t, row * b->class_count + class);
}

static bool leads_on(const struct building *b, uint16_t row)
{

	for (unsigned c = 0; c < b->class_count; c++) {
		if (next_of(b, row, c) != GATE_DEAD)
			return true;
	}
	return false;
}

/* Rows from which nothing comes; whether it is worth something. */
static bool end_starts(struct building *b)
{
	struct gate *g = b->out;

	g->starts_only = true;
	for (unsigned k = 0; k < GATE_KINDS; k++) {
		if (!(b->all_kinds >> k & 1) || !leads_on(b, g->start[k]))
			g->start[k] = GATE_DEAD;
		g->starts_only = g->starts_only && (k == GATE_EDGE || g->start[k] == GATE_DEAD);
	}
	if (g->start[GATE_EDGE] == GATE_MAYBE)
		return false;
	for (unsigned k = 0; !g->starts_only && k < GATE_KINDS; k++) {
		if (g->start[k] <= GATE_MAYBE ||
		    next_of(b, g->start[k], g->end_class) <= GATE_MAYBE)
			return false;
	}
	return true;
}

static void init_rows(struct building *b)
{
	for (size_t i = 0; i < GATE_FINAL_ROWS * b->class_count; i++)
		*(uint16_t *)vec_must_push(&b->next) = (uint16_t)(i / b->class_count);
	while (b->index_size < 2 * b->max_entries / b->class_count)
		b->index_size = b->index_size ? 2 * b->index_size : 64;
	b->index = arena_calloc(b->a, b->index_size, sizeof(uint32_t));
	b->path = arena_alloc(b->a, (2 * b->in.nodes.n + 2) * sizeof(*b->path));
	b->bits = arena_calloc(b->a, b->in.nodes.n / 64 + 1, sizeof(*b->bits));
	nodes_init(b, &b->from);
	nodes_init(b, &b->reached);
	b->to = arena_calloc(b->a, b->class_count, sizeof(*b->to));
	b->to_hash = arena_calloc(b->a, b->class_count, sizeof(*b->to_hash));
	for (size_t c = 0; c < b->class_count; c++)
		vec_init(&b->to[c], b->a, sizeof(uint16_t), 0);
}

static bool build(struct building *b)
{
	struct gate *g = b->out;

	if (!find_kinds(b) || !find_classes(b))
		return false;
	init_rows(b);
	for (unsigned k = 0; k < GATE_KINDS; k++)
		g->start[k] =
		    b->all_kinds >> k & 1 && k != GATE_LAST_NEWLINE ? start_row(b, k) : GATE_DEAD;
	for (size_t i = 0; i < b->states.n && !(b->is_all_or_nothing && b->has_overflowed); i++) {
		struct state s = *VEC_AT(&b->states, struct state, i);

		build_row(b, &s);
	}
	if (b->is_all_or_nothing && b->has_overflowed)
		return false;
	g->entries = b->next.n / b->class_count * g->width;
	return end_starts(b);
}

/* False: nothing can be said, or where repetitions are spelled out, not all of it. */
static bool make(struct building *b, struct str pcre, bool spell_out, size_t max_entries)
{
	*b = (struct building){ .a = b->a,
				.max_entries = max_entries,
				.is_all_or_nothing = spell_out };
	b->out = arena_zalloc(b->a, sizeof(*b->out));
	vec_init(&b->states, b->a, sizeof(struct state), 0);
	vec_init(&b->next, b->a, sizeof(uint16_t), 0);
	if (!gate_read(b->a, pcre, spell_out, &b->in) || (spell_out && !b->in.is_exact) ||
	    !build(b))
		return false;
	b->out->is_exact = b->in.is_exact && !b->has_overflowed;
	return !spell_out || b->out->is_exact;
}

/* The numbers of rows become their names. */
static void name_rows(const struct building *b, struct arena *a, struct gate *g)
{
	uint16_t *next = arena_calloc(a, g->entries, sizeof(*next)), *to = next;
	const uint16_t half = g->width / 2;

	for (size_t row = 0; row < b->next.n / b->class_count; row++, to += g->width) {
		for (unsigned c = 0; c < b->class_count; c++)
			to[c] = (uint16_t)(next_of(b, (uint16_t)row, c) * half);
	}
	for (unsigned k = 0; k < GATE_KINDS; k++)
		g->start[k] = (uint16_t)(g->start[k] * half);
	g->next = next;
}

const struct gate *gate_new(struct arena *a, struct str pcre, size_t max_entries)
{
	struct building b = { .a = arena_new() };
	struct gate *g = NULL;

	if (make(&b, pcre, true, max_entries) || make(&b, pcre, false, max_entries)) {
		g = memcpy(arena_alloc(a, sizeof(*g)), b.out, sizeof(*g));
		name_rows(&b, a, g);
		gate_filter_init(g, a, b.a);
	}
	arena_free(b.a);
	return g;
}

bool gate_is_exact(const struct gate *g)
{
	return g && g->is_exact;
}
