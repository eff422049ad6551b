/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Programs of several expressions into one: each may begin anywhere, and none ends where it has matched. Those
 * with few rows come first, as many together as will do; where rows multiply, half as many are tried.
 */
#include "core/arena.h"
#include "rules/gate_states.h"
#include "rules/joint_private.h"

#include <stdlib.h>

/*
 * MAX_ALONE: rows of an expression by itself; MAX_ROWS: of those that are to go together, each by itself (MORE_ROWS
 * where all do), which may have GROWTH times as many, and FEW_ROWS; MAX_ALL: expressions of which all are tried.
 */
enum { MAX_ALONE = 300, MAX_ROWS = 200, MORE_ROWS = 300, MAX_ALL = 32, GROWTH = 3, FEW_ROWS = 64 };

/* An expression that may be put together with others. */
struct part {
	struct gate_program program;
	uint32_t expression;
	bool starts_only;
	struct copies copies; /* the program takes none of these */
	size_t rows;          /* that it has alone */
};

struct building {
	struct arena *a;
	struct arena *scratch;
	struct part *parts;
	size_t count;
	struct vec automata; /* struct joint_automaton */
	struct vec members;  /* struct joint_member */
};

static bool asks_for_start(const struct gate_program *p, const struct gate_node *it)
{
	const struct gate_look *look = VEC_AT(&p->looks, struct gate_look, it->arg);

	return byteset_is_empty(&look->front);
}

/* Nothing of it is reached but at the subject's beginning. */
static bool starts_only(struct arena *scratch, const struct gate_program *p)
{
	const struct gate_node *nodes = p->nodes.data;
	bool *seen = arena_calloc(scratch, p->nodes.n, sizeof(*seen));
	size_t *path = arena_alloc(scratch, (2 * p->nodes.n + 2) * sizeof(*path)), n = 0;

	path[n++] = 0;
	while (n) {
		size_t i = path[--n];
		const struct gate_node *it = &nodes[i];

		if (seen[i])
			continue;
		seen[i] = true;
		if (it->op == GATE_BYTE || it->op == GATE_MATCH)
			return false;
		if (it->op == GATE_SPLIT || (it->op == GATE_LOOK && !asks_for_start(p, it)))
			path[n++] = i + 1;
		if (it->op == GATE_SPLIT || it->op == GATE_JUMP)
			path[n++] = (size_t)((ptrdiff_t)i + it->to);
	}
	return true;
}

static size_t set_number(struct vec *sets, const struct byteset *set)
{
	size_t i = 0;

	while (i < sets->n && !byteset_same(VEC_AT(sets, struct byteset, i), set))
		i++;
	if (i == sets->n)
		*(struct byteset *)vec_must_push(sets) = *set;
	return i;
}

static void emit(struct gate_program *to, enum gate_op op, size_t arg, size_t target)
{
	*(struct gate_node *)vec_must_push(&to->nodes) = (struct gate_node){
		.op = (uint8_t)op,
		.arg = (uint16_t)arg,
		.to = (int32_t)target,
	};
}

/* Its nodes, with sets and looks under their numbers there. */
static void append(struct gate_program *to, const struct gate_program *from, size_t bit)
{
	size_t looks = to->looks.n;

	VEC_EACH (&from->looks, struct gate_look, look)
		*(struct gate_look *)vec_must_push(&to->looks) = *look;
	VEC_EACH (&from->nodes, struct gate_node, it) {
		size_t arg = it->arg;

		if (it->op == GATE_BYTE)
			arg = set_number(&to->sets, VEC_AT(&from->sets, struct byteset, arg));
		else if (it->op == GATE_LOOK)
			arg += looks;
		else if (it->op == GATE_MATCH)
			arg = bit;
		emit(to, it->op, arg, (size_t)it->to);
	}
}

/* A way to each of the parts of this kind: the last split leads to nothing else. */
static void append_all(struct gate_program *to, const struct part *const *parts, size_t n,
		       bool starts)
{
	for (size_t i = 0; i < n; i++) {
		if (parts[i]->starts_only != starts)
			continue;
		emit(to, GATE_SPLIT, 0, parts[i]->program.nodes.n + 1);
		append(to, &parts[i]->program, i);
	}
}

/* A byte that is none: no way on. */
static void dead_end(struct gate_program *to)
{
	struct byteset none = { { 0 } };

	emit(to, GATE_BYTE, set_number(&to->sets, &none), 0);
}

/* Those that begin anywhere stand behind a loop over all bytes. */
static void join(struct arena *scratch, const struct part *const *parts, size_t n,
		 struct gate_program *ret)
{
	struct byteset all = { { 0 } };

	byteset_invert(&all);
	*ret = (struct gate_program){ .is_exact = true };
	vec_init(&ret->nodes, scratch, sizeof(struct gate_node), 0);
	vec_init(&ret->sets, scratch, sizeof(struct byteset), 0);
	vec_init(&ret->looks, scratch, sizeof(struct gate_look), 0);
	append_all(ret, parts, n, true);
	emit(ret, GATE_SPLIT, 0, 3);
	emit(ret, GATE_BYTE, set_number(&ret->sets, &all), 0);
	emit(ret, GATE_JUMP, 0, (size_t)-2);
	append_all(ret, parts, n, false);
	dead_end(ret);
}

static size_t nodes_of(const struct part *const *parts, size_t n)
{
	size_t sum = 4;

	for (size_t i = 0; i < n; i++)
		sum += parts[i]->program.nodes.n + 1;
	return sum;
}

/* Where rows begin, those where somebody matches behind the others. Returns where the last one ends. */
static size_t place_rows(const uint64_t *matched, size_t n, size_t width, size_t *ret,
			 size_t *ret_matching)
{
	size_t at = 0;

	for (size_t i = 0; i < n; i++) {
		ret[i] = at;
		at += matched[i] ? 0 : width;
	}
	*ret_matching = at;
	for (size_t i = 0; i < n; i++) {
		if (!matched[i])
			continue;
		ret[i] = at;
		at += width + JOINT_BITS;
	}
	return at;
}

/* By number; nobody in those that are final. */
static uint64_t *matched_of(struct gate_states *s, const uint16_t *order, size_t n)
{
	uint64_t *by_made = arena_calloc(s->a, s->rows, sizeof(*by_made));
	uint64_t *ret = arena_calloc(s->a, n, sizeof(*ret));

	VEC_EACH (&s->states, struct gate_state, it)
		by_made[it->row] = it->matched;
	for (size_t i = GATE_FINAL_ROWS; i < n; i++)
		ret[i] = by_made[order[i]];
	return ret;
}

/* Names, and who matches where. */
static void set_tables(struct gate_states *s, struct arena *a, struct joint_automaton *ret)
{
	const struct gate *g = s->out;
	uint16_t *rows, *order, *next;
	size_t n = gate_states_number(s, 1, &rows, &order), matching;
	size_t *at = arena_calloc(s->a, n, sizeof(*at));
	const uint64_t *matched = matched_of(s, order, n);

	ret->width = g->width;
	ret->entries = (uint32_t)place_rows(matched, n, g->width, at, &matching);
	next = arena_calloc(a, ret->entries, sizeof(*next));
	for (size_t i = 0; i < n; i++) {
		for (unsigned c = 0; c < g->width; c++)
			next[at[i] + c] = (uint16_t)(at[rows[i * g->width + c]] / 2);
		if (matched[i])
			memcpy(&next[at[i] + g->width], &matched[i], sizeof(*matched));
	}
	ret->next = next;
	ret->matching = (uint16_t)(matching / 2);
	ret->start = (uint16_t)(at[g->start[GATE_EDGE]] / 2);
	ret->last_newline = g->last_newline;
	ret->end_class = g->end_class;
	memcpy(ret->class, g->class, sizeof(ret->class));
}

/* The rows they have together; 0: too many. */
static size_t make(struct building *b, const struct part *const *parts, size_t n, size_t max_rows,
		   struct joint_automaton *ret)
{
	struct arena *scratch = b->scratch;
	struct arena_mark mark = arena_get_mark(scratch);
	struct gate_states s;
	size_t rows = 0;

	if (nodes_of(parts, n) > GATE_NODES)
		return 0;
	s = (struct gate_states){ .a = scratch,
				  .max_entries = JOINT_ENTRIES,
				  .max_rows = max_rows,
				  .is_joint = true,
				  .is_all_or_nothing = true };
	s.out = arena_zalloc(scratch, sizeof(*s.out));
	join(scratch, parts, n, &s.in);
	if (gate_states_build(&s))
		rows = s.rows;
	if (rows && ret) {
		*ret = (struct joint_automaton){ .count = (uint8_t)n };
		set_tables(&s, b->a, ret);
	}
	arena_reset(scratch, mark);
	return rows;
}

static void add_automaton(struct building *b, const struct part *const *parts,
			  struct joint_automaton *it)
{
	it->first = (uint32_t)b->members.n;
	for (size_t i = 0; i < it->count; i++)
		*(struct joint_member *)vec_must_push(&b->members) = (struct joint_member){
			parts[i]->expression,
			parts[i]->program.is_exact && !parts[i]->copies.max,
			parts[i]->copies,
		};
	*(struct joint_automaton *)vec_must_push(&b->automata) = *it;
}

static size_t rows_of(const struct part *const *parts, size_t n)
{
	size_t rows = 0;

	for (size_t i = 0; i < n; i++)
		rows += parts[i]->rows;
	return rows;
}

/* So many of the first ones as go together, for all that is known of each alone. */
static size_t some_of(const struct part *const *parts, size_t n, size_t max_rows)
{
	size_t rows = 0, i = 0;

	while (i < n && i < JOINT_EXPRESSIONS && (!i || rows + parts[i]->rows <= max_rows))
		rows += parts[i++]->rows;
	return i;
}

/*
 * Half of the list until it goes into one automaton; returns how many that are. Where rows multiply several are
 * smaller than one, and that is to be seen soon.
 */
static size_t pack_some(struct building *b, const struct part *const *parts, size_t n)
{
	struct joint_automaton it;

	while (n && !make(b, parts, n, GROWTH * rows_of(parts, n) + FEW_ROWS, &it))
		n /= 2;
	if (n)
		add_automaton(b, parts, &it);
	return n;
}

/* False: there is no room for all. */
static bool pack(struct building *b, const struct part *const *parts, size_t n, bool all)
{
	size_t done = 0, some;

	do {
		size_t room = JOINT_ABREAST - b->automata.n;
		size_t rows = all ? rows_of(parts + done, n - done) : 0;
		size_t max = rows > room * MAX_ROWS ? MORE_ROWS : MAX_ROWS;

		if (!room || rows > room * MORE_ROWS)
			return false;
		some = pack_some(b, parts + done, some_of(parts + done, n - done, max));
		done += some;
	} while (some && done < n);
	return done == n;
}

static int by_rows(const void *a, const void *b)
{
	const struct part *x = *(const struct part *const *)a, *y = *(const struct part *const *)b;

	if (x->rows != y->rows)
		return x->rows < y->rows ? -1 : 1;
	return x->expression < y->expression ? -1 : x->expression > y->expression;
}

static bool measure(struct building *b, struct part *p)
{
	const struct part *one = p;

	p->starts_only = starts_only(b->scratch, &p->program);
	p->rows = make(b, &one, 1, MAX_ALONE, NULL);
	return p->rows;
}

/* Exact where it is regular, else with as little more as there is room for. */
static bool read_part(struct building *b, struct str pcre, struct part *p)
{
	static const unsigned ways[] = { GATE_SPELL_OUT, GATE_BY_GROUP, 0 };

	copies_read(b->scratch, pcre, &pcre, &p->copies);
	for (size_t i = 0; i < ELEMENTS(ways); i++) {
		if (!gate_read(b->scratch, pcre, ways[i], &p->program))
			continue;
		if ((p->program.is_exact || ways[i] != GATE_SPELL_OUT) && measure(b, p))
			return true;
		if (p->program.is_exact)
			return false;
	}
	return false;
}

/* Those that can be read, by the rows they have; returns how many. all: none where one cannot. */
static size_t read_parts(struct building *b, const struct str *pcre, size_t n, bool all,
			 const struct part **ret)
{
	size_t count = 0;

	for (size_t i = 0; i < n; i++) {
		b->parts[i].expression = (uint32_t)i;
		if (b->parts[i].rows || read_part(b, pcre[i], &b->parts[i]))
			ret[count++] = &b->parts[i];
		else if (all)
			return 0;
	}
	if (count)
		qsort(ret, count, sizeof(*ret), by_rows);
	return count;
}

/* All, or of the first `wanted` what goes together. */
static void choose(struct building *b, const struct str *pcre, size_t n, size_t wanted)
{
	const struct part **order = arena_calloc(b->scratch, n + 1, sizeof(*order));

	b->parts = arena_calloc(b->scratch, n + 1, sizeof(*b->parts));
	if (n <= MAX_ALL && read_parts(b, pcre, n, true, order) && pack(b, order, n, true))
		return;
	vec_truncate(&b->automata, 0);
	vec_truncate(&b->members, 0);
	pack(b, order, read_parts(b, pcre, wanted, false, order), false);
}

const struct joint *joint_new(struct arena *a, struct arena *work, const struct str *pcre, size_t n,
			      size_t wanted)
{
	_cleanup_(arena_freep) struct arena *own = work ? NULL : arena_new();
	struct building b = { .a = a, .scratch = work ? work : own };
	struct arena_mark mark = arena_get_mark(b.scratch);
	struct joint *j = NULL;

	vec_init(&b.automata, a, sizeof(struct joint_automaton), 0);
	vec_init(&b.members, a, sizeof(struct joint_member), 0);
	choose(&b, pcre, n, wanted);
	if (b.automata.n) {
		j = arena_zalloc(a, sizeof(*j));
		*j = (struct joint){ .automata = b.automata.data,
				     .count = b.automata.n,
				     .members = b.members.data,
				     .member_count = b.members.n };
		joint_note_copies(j);
	}
	arena_reset(b.scratch, mark);
	return j;
}
