/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Nodes into a table of states: a state is the set of nodes where a match that began at one place may go on. Bytes
 * that nothing tells apart are one class. Rows 0 to 2 are "there is a match", "there may be one" and "there is
 * none"; all are final. Where there are more states than rows, those that mail hardly gets to (gate_order.h) become row
 * 1. Rows are numbered by their distance from the beginning.
 */
#include "rules/gate.h"

#include "core/arena.h"
#include "core/vec.h"
#include "rules/gate_classes.h"
#include "rules/gate_order.h"

/* MAX_CLOSED: nodes in all closures; MAX_STATES: that are known, MORE_STATES: for each row there may be. */
enum { MAX_CLOSED = 1 << 18, MAX_STATES = 60000, MORE_STATES = 8 };

static const uint64_t HASH_FACTOR = UINT64_C(0x9e3779b97f4a7c15);

/* Nodes that take a byte, or ask for the next one, ascending. */
struct state {
	uint32_t front; /* the kind of what is in front, where a node asks for the next byte */
	uint32_t n;
	const uint16_t *at;
	uint32_t cost; /* of the way there */
	uint16_t row;  /* 0: none */
};

/* A list of nodes without doubles. */
struct nodes {
	uint16_t *at;
	size_t n;
	uint32_t *stamps; /* by node: the list that has it last */
	uint32_t now;
	bool has_match, has_look;
	bool met_look; /* or one that said no */
};

/*
 * Nodes that one leads to without taking a byte, whatever stands around. Not plain: that depends, or there are
 * too many to be kept.
 */
struct closure {
	const uint16_t *at;
	uint32_t n;
	bool is_known, is_plain, has_match;
};

/* Of nodes in a list: the first one + 1; 0: none. */
struct chain {
	uint32_t used, first;
};

struct building {
	struct arena *a; /* scratch */
	struct gate_program in;
	size_t max_rows, max_states;
	struct gate *out;
	bool is_all_or_nothing; /* what overflows is not built to its end */
	bool has_overflowed;
	struct gate_classes by;
	uint16_t *path;           /* nodes to look at */
	uint64_t *bits;           /* by node; none is set between two uses */
	struct closure *closures; /* by node */
	size_t closed;            /* nodes in these */
	struct chain
	    *chains; /* by set: those of `from` that take it; of another list where not used now */
	uint32_t *behind;  /* by place in `from`: the next one of its chain + 1 */
	uint16_t *chained; /* sets that have a chain */
	size_t chain_count;
	uint32_t now;
	struct nodes from, reached, closing;
	struct gate_order order;
	uint32_t cost;     /* of the way to what is reached now */
	struct vec states; /* struct state: of rows 3 ... */
	uint32_t *index;   /* of states + 1, by hash; 0: free */
	size_t index_size;
	struct vec next; /* uint16_t: by row as it was made, and class: a state + GATE_FINAL_ROWS */
	size_t rows;
};

static void nodes_init(struct building *b, struct nodes *l)
{
	l->at = arena_alloc(b->a, (b->in.nodes.n + 1) * sizeof(*l->at));
	l->stamps = arena_calloc(b->a, b->in.nodes.n + 1, sizeof(*l->stamps));
}

static void nodes_clear(struct nodes *l)
{
	l->n = 0;
	l->now++;
	l->has_match = l->has_look = l->met_look = false;
}

/* What this lookaround gives: it may go on, or that depends on what comes (one of `next`). */
enum answer { NO = 0, YES, DEPENDS };

static enum answer ask(const struct building *b, size_t i, unsigned front, uint32_t next)
{
	const struct gate_look_kinds *k = &b->by.looks[i];

	if (!(k->front >> front & 1) || !(k->next & next))
		return NO;
	return (k->next & next) == next ? YES : DEPENDS;
}

/* Nodes that a node leads to without taking a byte, by going there; next: the kinds that may come. */
static void walk(struct building *b, struct nodes *l, size_t node, unsigned front, uint32_t next)
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
		l->met_look = l->met_look || it->op == GATE_LOOK;
	}
}

static const struct closure *closure_of(struct building *b, size_t node)
{
	struct closure *c = &b->closures[node];
	struct nodes *l = &b->closing;

	if (c->is_known)
		return c;
	nodes_clear(l);
	walk(b, l, node, 0, 0);
	c->is_known = true;
	c->is_plain = !l->met_look && b->closed + l->n <= MAX_CLOSED;
	if (c->is_plain) {
		b->closed += l->n;
		c->n = (uint32_t)l->n;
		c->has_match = l->has_match;
		c->at = memcpy(arena_alloc(b->a, (l->n + 1) * sizeof(*l->at)), l->at,
			       l->n * sizeof(*l->at));
	}
	return c;
}

/* Nodes that a node leads to without taking a byte; next: the kinds that may come. */
static void reach(struct building *b, struct nodes *l, size_t node, unsigned front, uint32_t next)
{
	const struct closure *c = closure_of(b, node);

	if (!c->is_plain) {
		walk(b, l, node, front, next);
		return;
	}
	for (size_t i = 0; i < c->n; i++) {
		uint16_t to = c->at[i];

		l->at[l->n] = to;
		l->n += l->stamps[to] != l->now;
		l->stamps[to] = l->now;
	}
	l->has_match = l->has_match || c->has_match;
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

/* A cheaper way to it may bring its turn. */
static uint16_t known_state(struct building *b, uint32_t i)
{
	struct state *s = VEC_AT(&b->states, struct state, i);

	if (!s->row && b->cost < s->cost) {
		s->cost = b->cost;
		gate_order_put(&b->order, s->cost, i);
	}
	return (uint16_t)(i + GATE_FINAL_ROWS);
}

/* The state of the nodes that were reached, a new one where there is room. */
static uint16_t state_of(struct building *b, unsigned front)
{
	struct nodes *l = &b->reached;
	struct state s = { l->has_look ? front : 0, (uint32_t)l->n, l->at, b->cost, 0 }, *own;
	uint32_t *known, i = (uint32_t)b->states.n;
	size_t size = s.n * sizeof(*s.at);

	if (l->has_match)
		return found(b);
	if (!s.n)
		return GATE_DEAD;
	sort(b->bits, l->at, l->n);
	known = find(b, &s);
	if (*known)
		return known_state(b, *known - 1);
	if (i == b->max_states) {
		b->has_overflowed = true;
		return GATE_MAYBE;
	}
	own = vec_must_push(&b->states);
	*own = s;
	own->at = memcpy(arena_alloc(b->a, size), s.at, size);
	*known = i + 1;
	gate_order_put(&b->order, s.cost, i);
	return (uint16_t)(i + GATE_FINAL_ROWS);
}

static uint16_t start_state(struct building *b, unsigned front)
{
	nodes_clear(&b->reached);
	reach(b, &b->reached, 0, front, b->by.all_kinds);
	return state_of(b, front);
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

/* Nodes of `from` that take the same bytes become a chain each. */
static void chain_nodes(struct building *b)
{
	const struct gate_node *nodes = b->in.nodes.data;

	b->chain_count = 0;
	b->now++;
	for (size_t i = 0; i < b->from.n; i++) {
		const struct gate_node *it = &nodes[b->from.at[i]];
		struct chain *chain;

		if (it->op != GATE_BYTE)
			continue;
		chain = &b->chains[it->arg];
		if (chain->used != b->now) {
			*chain = (struct chain){ .used = b->now };
			b->chained[b->chain_count++] = it->arg;
		}
		b->behind[i] = chain->first;
		chain->first = (uint32_t)i + 1;
	}
}

/* Of these classes, those that chains tell apart, or that are of different kinds for what comes behind. */
static void find_groups(const struct building *b, const struct byteset *classes,
			struct gate_groups *ret)
{
	ret->n = 0;
	for (unsigned k = 0; k < GATE_KINDS; k++) {
		ret->at[ret->n] = *classes;
		byteset_intersect(&ret->at[ret->n], &b->by.front_of_kind[k]);
		ret->n += !byteset_is_empty(&ret->at[ret->n]);
	}
	for (size_t i = 0; i < b->chain_count; i++)
		gate_groups_split(ret, &b->by.classes[b->chained[i]]);
	gate_groups_sort(ret);
}

/* Where a class leads, and all of its group. */
static uint16_t state_behind(struct building *b, unsigned c)
{
	nodes_clear(&b->reached);
	for (size_t i = 0; i < b->chain_count; i++) {
		size_t set = b->chained[i];

		if (!byteset_has(&b->by.classes[set], (uint8_t)c))
			continue;
		for (size_t k = b->chains[set].first; k; k = b->behind[k - 1])
			reach(b, &b->reached, b->from.at[k - 1] + 1u, b->by.front_of[c],
			      b->by.all_kinds);
	}
	return state_of(b, b->by.front_of[c]);
}

static void set_row(uint16_t *row, const struct byteset *classes, uint16_t to)
{
	for (size_t w = 0; w < 4; w++) {
		for (uint64_t left = classes->w[w]; left; left &= left - 1)
			row[w * 64 + (unsigned)__builtin_ctzll(left)] = to;
	}
}

static void fill_row(struct building *b, const struct byteset *classes, uint16_t *row)
{
	struct gate_groups groups;
	uint32_t cost = b->cost;

	chain_nodes(b);
	find_groups(b, classes, &groups);
	for (size_t i = 0; i < groups.n; i++) {
		uint16_t to;

		b->cost = cost + gate_order_cost(&b->order, &groups.at[i]);
		to = state_behind(b, byteset_next(&groups.at[i], 0));
		if (to != GATE_DEAD)
			set_row(row, &groups.at[i], to);
	}
	b->cost = cost;
}

/* Where the classes of these kinds lead. */
static void build_kinds(struct building *b, const struct state *s, uint32_t kinds, uint16_t *row)
{
	struct byteset classes = { { 0 } };

	go_on(b, s, kinds);
	for (unsigned k = 0; k < GATE_KINDS; k++) {
		if (kinds >> k & 1)
			byteset_union(&classes, &b->by.next_of_kind[k]);
	}
	if (!b->from.has_match) {
		fill_row(b, &classes, row);
		return;
	}
	set_row(row, &classes, found(b));
}

static void build_row(struct building *b, const struct state *s)
{
	const size_t classes = b->by.class_count;
	uint16_t row[GATE_CLASSES + 1];

	for (unsigned c = 0; c < classes; c++)
		row[c] = GATE_DEAD;
	if (!asks(b, s)) {
		build_kinds(b, s, b->by.all_kinds, row);
	} else {
		for (unsigned k = 0; k < GATE_KINDS; k++) {
			if (b->by.all_kinds >> k & 1)
				build_kinds(b, s, 1u << k, row);
		}
	}
	for (unsigned c = 0; c < classes; c++)
		VEC_ADD(&b->next, uint16_t, row[c]);
}

static bool leads_on(const struct gate *g, uint16_t row)
{
	for (unsigned c = 0; c <= g->end_class; c++) {
		if (gate_next(g, row, c) != gate_dead(g))
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
		if (!(b->by.all_kinds >> k & 1) || !leads_on(g, g->start[k]))
			g->start[k] = gate_dead(g);
		g->starts_only = g->starts_only && (k == GATE_EDGE || g->start[k] == gate_dead(g));
	}
	if (g->start[GATE_EDGE] == GATE_MAYBE * (g->width / 2u))
		return false;
	for (unsigned k = 0; !g->starts_only && k < GATE_KINDS; k++) {
		if (g->start[k] < gate_dead(g) ||
		    gate_next(g, g->start[k], g->end_class) < gate_dead(g))
			return false;
	}
	return true;
}

static void init_rows(struct building *b)
{
	gate_order_init(&b->order, b->a, b->out);
	for (size_t i = 0; i < GATE_FINAL_ROWS * b->by.class_count; i++)
		VEC_ADD(&b->next, uint16_t, (uint16_t)(i / b->by.class_count));
	b->rows = GATE_FINAL_ROWS;
	while (b->index_size < 2 * b->max_states)
		b->index_size = b->index_size ? 2 * b->index_size : 64;
	b->index = arena_calloc(b->a, b->index_size, sizeof(uint32_t));
	b->path = arena_alloc(b->a, (2 * b->in.nodes.n + 2) * sizeof(*b->path));
	b->bits = arena_calloc(b->a, b->in.nodes.n / 64 + 1, sizeof(*b->bits));
	nodes_init(b, &b->from);
	nodes_init(b, &b->reached);
	nodes_init(b, &b->closing);
	b->closures = arena_calloc(b->a, b->in.nodes.n + 1, sizeof(*b->closures));
	b->chains = arena_calloc(b->a, b->in.sets.n + 1, sizeof(*b->chains));
	b->chained = arena_alloc(b->a, (b->in.sets.n + 1) * sizeof(*b->chained));
	b->behind = arena_alloc(b->a, (b->in.nodes.n + 1) * sizeof(*b->behind));
}

/* States become rows, as many as there may be. */
static void build_rows(struct building *b)
{
	uint32_t i;

	while (!(b->is_all_or_nothing && b->has_overflowed) && gate_order_take(&b->order, &i)) {
		struct state *own = VEC_AT(&b->states, struct state, i), s = *own;

		if (s.row)
			continue;
		if (b->rows == b->max_rows) {
			b->has_overflowed = true;
			return;
		}
		own->row = (uint16_t)b->rows++;
		b->cost = s.cost;
		build_row(b, &s);
	}
}

/* Rows in the order of their distance from the beginning. */
struct numbering {
	uint16_t *number; /* by row as they were made: 0: none yet */
	uint16_t *order;  /* by number: the row as it was made */
	size_t n;
};

/* The number of where a state's number leads to. */
static uint16_t number_of(const struct building *b, struct numbering *to, uint16_t state)
{
	size_t row;

	if (state < GATE_FINAL_ROWS)
		return state;
	row = VEC_AT(&b->states, struct state, state - (size_t)GATE_FINAL_ROWS)->row;
	if (!row)
		return GATE_MAYBE;
	if (!to->number[row]) {
		to->order[to->n] = (uint16_t)row;
		to->number[row] = (uint16_t)to->n++;
	}
	return to->number[row];
}

/* Rows get their numbers, and these become names. */
static void name_rows(const struct building *b)
{
	struct gate *g = b->out;
	struct numbering to = { .n = GATE_FINAL_ROWS };
	uint16_t *next = arena_calloc(b->a, g->entries, sizeof(*next));
	const unsigned half = g->width / 2u;

	to.number = arena_calloc(b->a, b->rows, sizeof(*to.number));
	to.order = arena_calloc(b->a, b->rows, sizeof(*to.order));
	for (size_t i = 0; i < GATE_FINAL_ROWS; i++)
		to.order[i] = (uint16_t)i;
	for (unsigned k = 0; k < GATE_KINDS; k++)
		g->start[k] = (uint16_t)(number_of(b, &to, g->start[k]) * half);
	for (size_t row = 0; row < to.n; row++) {
		const uint16_t *from =
		    VEC_AT(&b->next, uint16_t, to.order[row] * b->by.class_count);

		for (unsigned c = 0; c < b->by.class_count; c++)
			next[row * g->width + c] = (uint16_t)(number_of(b, &to, from[c]) * half);
	}
	g->next = next;
}

static bool build(struct building *b, size_t max_entries)
{
	struct gate *g = b->out;

	if (!gate_classes_find(b->a, &b->in, g, &b->by))
		return false;
	b->max_rows = max_entries / g->width;
	if (b->max_rows <= GATE_FINAL_ROWS)
		return false;
	b->max_states = b->is_all_or_nothing ? b->max_rows : b->max_rows * MORE_STATES;
	b->max_states = b->max_states < MAX_STATES ? b->max_states : MAX_STATES;
	init_rows(b);
	for (unsigned k = 0; k < GATE_KINDS; k++)
		g->start[k] = b->by.all_kinds >> k & 1 && k != GATE_LAST_NEWLINE ? start_state(b, k)
										 : GATE_DEAD;
	build_rows(b);
	if (b->is_all_or_nothing && b->has_overflowed)
		return false;
	g->entries = b->rows * g->width;
	name_rows(b);
	return end_starts(b);
}

/* False: nothing can be said, or where repetitions are spelled out, not all of it. */
static bool make(struct building *b, struct str pcre, bool spell_out, size_t max_entries)
{
	*b = (struct building){ .a = b->a, .is_all_or_nothing = spell_out };
	b->out = arena_zalloc(b->a, sizeof(*b->out));
	vec_init(&b->states, b->a, sizeof(struct state), 0);
	vec_init(&b->next, b->a, sizeof(uint16_t), 0);
	if (!gate_read(b->a, pcre, spell_out, &b->in) || (spell_out && !b->in.is_exact) ||
	    !build(b, max_entries))
		return false;
	b->out->is_exact = b->in.is_exact && !b->has_overflowed;
	return !spell_out || b->out->is_exact;
}

const struct gate *gate_new(struct arena *a, struct str pcre, size_t max_entries)
{
	struct building b = { .a = arena_new() };
	struct gate *g = NULL;

	if (make(&b, pcre, true, max_entries) || make(&b, pcre, false, max_entries)) {
		g = memcpy(arena_alloc(a, sizeof(*g)), b.out, sizeof(*g));
		g->next = memcpy(arena_alloc(a, g->entries * sizeof(*g->next)), g->next,
				 g->entries * sizeof(*g->next));
		gate_filter_init(g, a, b.a);
	}
	arena_free(b.a);
	return g;
}

bool gate_is_exact(const struct gate *g)
{
	return g && g->is_exact;
}
