/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The states that a program has. Rows 0 to 2 are "there is a match", "there may be one" and "there is
 * none"; all are final. Where there are more states than rows, those that mail hardly gets to (gate_order.h) become
 * row 1.
 */
#include "rules/gate_states.h"

#include "core/arena.h"

/* MAX_CLOSED: nodes in all closures; MAX_STATES: that are known, MORE_STATES: for each row there may be. */
enum { MAX_CLOSED = 1 << 18, MAX_STATES = 60000, MORE_STATES = 8 };

static const uint64_t HASH_FACTOR = UINT64_C(0x9e3779b97f4a7c15);

/*
 * Nodes that one leads to without taking a byte, whatever comes. Where that depends on what is in front, there is one
 * for each kind of it. Not kept: there are too many.
 */
struct gate_closure {
	const uint16_t *at;
	uint32_t n;
	bool is_known, is_kept, has_look;
	uint64_t matched;
	struct gate_closure *by_front; /* NULL: it is the same for each */
};

/* Of nodes in a list: the first one + 1; 0: none. */
struct gate_chain {
	uint32_t used, first;
};

static void nodes_init(struct gate_states *b, struct gate_list *l)
{
	l->at = arena_alloc(b->a, (b->in.nodes.n + 1) * sizeof(*l->at));
	l->stamps = arena_calloc(b->a, b->in.nodes.n + 1, sizeof(*l->stamps));
}

static void nodes_clear(struct gate_list *l)
{
	l->n = 0;
	l->now++;
	l->matched = 0;
	l->has_look = l->met_look = false;
}

/* What this lookaround gives: it may go on, or that depends on what comes (one of `next`). */
enum answer { NO = 0, YES, DEPENDS };

static enum answer ask(const struct gate_states *b, size_t i, unsigned front, uint32_t next)
{
	const struct gate_look_kinds *k = &b->by.looks[i];

	if (!(k->front >> front & 1) || !(k->next & next))
		return NO;
	return (k->next & next) == next ? YES : DEPENDS;
}

/* Nodes that a node leads to without taking a byte, by going there; next: the kinds that may come. */
static void walk(struct gate_states *b, struct gate_list *l, size_t node, unsigned front,
		 uint32_t next)
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
		if (it->op == GATE_MATCH)
			l->matched |= UINT64_C(1) << it->arg;
		l->has_look = l->has_look || a == DEPENDS;
		l->met_look = l->met_look || it->op == GATE_LOOK;
	}
}

static struct gate_closure *make_closure(struct gate_states *b, struct gate_closure *c, size_t node,
					 unsigned front)
{
	struct gate_list *l = &b->closing;

	nodes_clear(l);
	walk(b, l, node, front, b->by.all_kinds);
	c->is_known = true;
	c->is_kept = b->closed + l->n <= MAX_CLOSED;
	if (c->is_kept) {
		b->closed += l->n;
		c->n = (uint32_t)l->n;
		c->matched = l->matched;
		c->has_look = l->has_look;
		c->at = memcpy(arena_alloc(b->a, (l->n + 1) * sizeof(*l->at)), l->at,
			       l->n * sizeof(*l->at));
	}
	return c;
}

static const struct gate_closure *closure_of(struct gate_states *b, size_t node, unsigned front)
{
	struct gate_closure *c = &b->closures[node];

	if (!c->is_known) {
		make_closure(b, c, node, front);
		if (b->closing.met_look && c->is_kept) {
			c->by_front = arena_calloc(b->a, GATE_KINDS, sizeof(*c->by_front));
			c->by_front[front] = *c;
			c->by_front[front].by_front = NULL;
		}
	}
	if (!c->by_front)
		return c;
	c = &c->by_front[front];
	return c->is_known ? c : make_closure(b, c, node, front);
}

/* Nodes that a node leads to without taking a byte; next: the kinds that may come. */
static void reach(struct gate_states *b, struct gate_list *l, size_t node, unsigned front,
		  uint32_t next)
{
	const struct gate_closure *c = closure_of(b, node, front);
	uint32_t *stamps = l->stamps, now = l->now;
	uint16_t *at = l->at;
	size_t n = l->n;

	if (!c->is_kept || (c->has_look && next != b->by.all_kinds)) {
		walk(b, l, node, front, next);
		return;
	}
	for (size_t i = 0, count = c->n; i < count; i++) {
		uint16_t to = c->at[i];

		at[n] = to;
		n += stamps[to] != now;
		stamps[to] = now;
	}
	l->n = n;
	l->matched |= c->matched;
	l->has_look = l->has_look || c->has_look;
}

/* Whatever the order of its nodes: that is made for new states only. */
static uint32_t hash_of(const struct gate_state *s)
{
	uint64_t h = (s->front ^ s->matched * HASH_FACTOR) + s->n;

	for (size_t i = 0; i < s->n; i++) {
		uint64_t one = (s->at[i] + UINT64_C(1)) * HASH_FACTOR;

		h += one ^ one >> 29;
	}
	return (uint32_t)(h * HASH_FACTOR >> 32);
}

/*
 * s: of the nodes in `reached`, of which each has its stamp; so has a look that is none of them, but not where what is
 * in front is the same.
 */
static bool same(const struct gate_states *b, const struct gate_state *known,
		 const struct gate_state *s)
{
	const uint32_t *stamps = b->reached.stamps, now = b->reached.now;
	size_t i = 0;

	if (known->hash != s->hash || known->has_look != s->has_look || known->front != s->front ||
	    known->n != s->n || known->matched != s->matched)
		return false;
	while (i < s->n && stamps[known->at[i]] == now)
		i++;
	return i == s->n;
}

/* Where a state stands in the index, or is to stand. */
static uint32_t *find(const struct gate_states *b, const struct gate_state *s)
{
	for (size_t i = s->hash;; i++) {
		uint32_t *at = &b->index[i & (b->index_size - 1)];

		if (!*at || same(b, VEC_AT(&b->states, struct gate_state, *at - 1), s))
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

static uint16_t found(const struct gate_states *b)
{
	return b->in.is_exact ? GATE_FOUND : GATE_MAYBE;
}

/* A cheaper way to it may bring its turn. */
static uint16_t known_state(struct gate_states *b, uint32_t i)
{
	struct gate_state *s = VEC_AT(&b->states, struct gate_state, i);

	if (!s->row && b->cost < s->cost) {
		s->cost = b->cost;
		gate_order_put(&b->order, s->cost, i);
	}
	return (uint16_t)(i + GATE_FINAL_ROWS);
}

/* The state of the nodes that were reached, a new one where there is room. */
static uint16_t state_of(struct gate_states *b, unsigned front)
{
	struct gate_list *l = &b->reached;
	struct gate_state s = { .front = l->has_look ? front : 0,
				.has_look = l->has_look,
				.n = (uint32_t)l->n,
				.at = l->at,
				.matched = l->matched,
				.cost = b->cost };
	struct gate_state *own;
	uint32_t *known, i = (uint32_t)b->states.n;
	size_t size = s.n * sizeof(*s.at);

	if (s.matched && !b->is_joint)
		return found(b);
	if (!s.n && !s.matched)
		return GATE_DEAD;
	s.hash = hash_of(&s);
	known = find(b, &s);
	if (*known)
		return known_state(b, *known - 1);
	if (i == b->max_states) {
		b->has_overflowed = true;
		return GATE_MAYBE;
	}
	sort(b->bits, l->at, l->n);
	own = vec_must_push(&b->states);
	*own = s;
	own->at = memcpy(arena_alloc(b->a, size), s.at, size);
	*known = i + 1;
	gate_order_put(&b->order, s.cost, i);
	return (uint16_t)(i + GATE_FINAL_ROWS);
}

static uint16_t start_state(struct gate_states *b, unsigned front)
{
	nodes_clear(&b->reached);
	reach(b, &b->reached, 0, front, b->by.all_kinds);
	return state_of(b, front);
}

/* Nodes of a state that may go on where one of these kinds comes. */
static void go_on(struct gate_states *b, const struct gate_state *s, uint32_t next)
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

static bool asks(const struct gate_states *b, const struct gate_state *s)
{
	for (size_t i = 0; i < s->n; i++) {
		if (VEC_AT(&b->in.nodes, struct gate_node, s->at[i])->op == GATE_LOOK)
			return true;
	}
	return false;
}

/* Nodes of `from` that take the same bytes become a chain each. */
static void chain_nodes(struct gate_states *b)
{
	const struct gate_node *nodes = b->in.nodes.data;

	b->chain_count = 0;
	b->now++;
	for (size_t i = 0; i < b->from.n; i++) {
		const struct gate_node *it = &nodes[b->from.at[i]];
		struct gate_chain *chain;

		if (it->op != GATE_BYTE)
			continue;
		chain = &b->chains[it->arg];
		if (chain->used != b->now) {
			*chain = (struct gate_chain){ .used = b->now };
			b->chained[b->chain_count++] = it->arg;
		}
		b->behind[i] = chain->first;
		chain->first = (uint32_t)i + 1;
	}
}

/* Of these classes, those that chains tell apart, or that are of different kinds for what comes behind. */
static void find_groups(const struct gate_states *b, const struct byteset *classes,
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

/* Where a class leads, and all of its group; what has matched already is known there. */
static uint16_t state_behind(struct gate_states *b, unsigned c)
{
	nodes_clear(&b->reached);
	b->reached.matched = b->from.matched;
	for (size_t i = 0; c != b->out->end_class && i < b->chain_count; i++) {
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

static void fill_row(struct gate_states *b, const struct byteset *classes, uint16_t *row)
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

/* Where the classes of these kinds lead, from the nodes in `from`. */
static void build_kinds(struct gate_states *b, uint32_t kinds, uint16_t *row)
{
	struct byteset classes = { { 0 } };

	for (unsigned k = 0; k < GATE_KINDS; k++) {
		if (kinds >> k & 1)
			byteset_union(&classes, &b->by.next_of_kind[k]);
	}
	if (b->from.matched && !b->is_joint) {
		set_row(row, &classes, found(b));
		return;
	}
	fill_row(b, &classes, row);
	if (b->from.matched && byteset_has(&classes, b->out->end_class))
		row[b->out->end_class] = state_behind(b, b->out->end_class);
}

/* What may go on where one of some kinds comes. */
struct kinds {
	uint32_t kinds;
	struct gate_list from;
};

static bool same_nodes(const struct gate_list *x, const struct gate_list *y)
{
	return x->n == y->n && x->matched == y->matched &&
	       !memcmp(x->at, y->at, x->n * sizeof(*x->at));
}

/* Kinds that are alike go together. */
static void build_by_kind(struct gate_states *b, const struct gate_state *s, uint16_t *row)
{
	struct kinds all[GATE_KINDS];
	size_t n = 0, i;

	for (unsigned k = 0; k < GATE_KINDS; k++) {
		if (!(b->by.all_kinds >> k & 1))
			continue;
		go_on(b, s, 1u << k);
		for (i = 0; i < n && !same_nodes(&all[i].from, &b->from);)
			i++;
		if (i == n) {
			all[n] = (struct kinds){ .from = b->from };
			all[n++].from.at =
			    memcpy(b->kept[i], b->from.at, b->from.n * sizeof(uint16_t));
		}
		all[i].kinds |= 1u << k;
	}
	for (i = 0; i < n; i++) {
		b->from.n = all[i].from.n;
		b->from.matched = all[i].from.matched;
		memcpy(b->from.at, all[i].from.at, b->from.n * sizeof(uint16_t));
		build_kinds(b, all[i].kinds, row);
	}
}

static void build_row(struct gate_states *b, const struct gate_state *s)
{
	const size_t classes = b->by.class_count;
	uint16_t row[GATE_CLASSES + 1];

	for (unsigned c = 0; c < classes; c++)
		row[c] = GATE_DEAD;
	if (asks(b, s)) {
		build_by_kind(b, s, row);
	} else {
		go_on(b, s, b->by.all_kinds);
		build_kinds(b, b->by.all_kinds, row);
	}
	for (unsigned c = 0; c < classes; c++)
		VEC_ADD(&b->next, uint16_t, row[c]);
}

static void init_rows(struct gate_states *b)
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
	for (size_t i = 0; i < GATE_KINDS; i++)
		b->kept[i] = arena_alloc(b->a, (b->in.nodes.n + 1) * sizeof(*b->kept[i]));
	b->closures = arena_calloc(b->a, b->in.nodes.n + 1, sizeof(*b->closures));
	b->chains = arena_calloc(b->a, b->in.sets.n + 1, sizeof(*b->chains));
	b->chained = arena_alloc(b->a, (b->in.sets.n + 1) * sizeof(*b->chained));
	b->behind = arena_alloc(b->a, (b->in.nodes.n + 1) * sizeof(*b->behind));
}

/* States become rows, as many as there may be. */
static void build_rows(struct gate_states *b)
{
	uint32_t i;

	while (!(b->is_all_or_nothing && b->has_overflowed) && gate_order_take(&b->order, &i)) {
		struct gate_state *own = VEC_AT(&b->states, struct gate_state, i), s = *own;

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
static uint16_t number_of(const struct gate_states *b, struct numbering *to, uint16_t state)
{
	size_t row;

	if (state < GATE_FINAL_ROWS)
		return state;
	row = VEC_AT(&b->states, struct gate_state, state - (size_t)GATE_FINAL_ROWS)->row;
	if (!row)
		return GATE_MAYBE;
	if (!to->number[row]) {
		to->order[to->n] = (uint16_t)row;
		to->number[row] = (uint16_t)to->n++;
	}
	return to->number[row];
}

size_t gate_states_number(struct gate_states *b, unsigned unit, uint16_t **ret,
			  uint16_t **ret_order)
{
	struct numbering to = { .n = GATE_FINAL_ROWS };
	const size_t width = b->out->width;
	uint16_t *next = arena_calloc(b->a, b->rows * width, sizeof(*next));

	to.number = arena_calloc(b->a, b->rows, sizeof(*to.number));
	to.order = arena_calloc(b->a, b->rows, sizeof(*to.order));
	for (size_t i = 0; i < GATE_FINAL_ROWS; i++)
		to.order[i] = (uint16_t)i;
	for (unsigned k = 0; k < GATE_KINDS; k++)
		b->out->start[k] = (uint16_t)(number_of(b, &to, b->out->start[k]) * unit);
	for (size_t row = 0; row < to.n; row++) {
		const uint16_t *from =
		    VEC_AT(&b->next, uint16_t, to.order[row] * b->by.class_count);

		for (unsigned c = 0; c < b->by.class_count; c++)
			next[row * width + c] = (uint16_t)(number_of(b, &to, from[c]) * unit);
	}
	*ret = next;
	*ret_order = to.order;
	return to.n;
}

/* A joint automaton reads from the subject's beginning on. */
static bool is_asked_for(const struct gate_states *b, unsigned kind)
{
	return b->by.all_kinds >> kind & 1 && kind != GATE_LAST_NEWLINE &&
	       (kind == GATE_EDGE || !b->is_joint);
}

bool gate_states_build(struct gate_states *b)
{
	struct gate *g = b->out;

	vec_init(&b->states, b->a, sizeof(struct gate_state), 0);
	vec_init(&b->next, b->a, sizeof(uint16_t), 0);
	if (!gate_classes_find(b->a, &b->in, g, &b->by))
		return false;
	if (!b->max_rows || b->max_rows > b->max_entries / g->width)
		b->max_rows = b->max_entries / g->width;
	if (b->max_rows <= GATE_FINAL_ROWS)
		return false;
	b->max_states = b->is_all_or_nothing ? b->max_rows : b->max_rows * MORE_STATES;
	b->max_states = b->max_states < MAX_STATES ? b->max_states : MAX_STATES;
	init_rows(b);
	for (unsigned k = 0; k < GATE_KINDS; k++)
		g->start[k] = is_asked_for(b, k) ? start_state(b, k) : GATE_DEAD;
	build_rows(b);
	return !(b->is_all_or_nothing && b->has_overflowed);
}
