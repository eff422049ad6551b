/* SPDX-License-Identifier: BSD-2-Clause */
#include "rules/gate_classes.h"

#include "core/arena.h"

enum { MAX_BYTE_KINDS = GATE_LAST_NEWLINE };

/* has_last: a newline that is the last byte is something of its own. */
struct finding {
	struct arena *a;
	const struct gate_program *in;
	struct gate *gate;
	struct gate_classes *ret;
	struct gate_groups tell_apart; /* bytes: by lookaround, then by what nodes take too */
	bool has_last;
};

void gate_groups_split(struct gate_groups *g, const struct byteset *set)
{
	for (size_t i = 0, n = g->n; i < n && g->n < ELEMENTS(g->at); i++) {
		struct byteset inside = g->at[i], outside = g->at[i];

		byteset_intersect(&inside, set);
		if (byteset_is_empty(&inside) || byteset_same(&inside, &outside))
			continue;
		for (size_t w = 0; w < 4; w++)
			outside.w[w] &= ~set->w[w];
		g->at[i] = inside;
		g->at[g->n++] = outside;
	}
}

void gate_groups_sort(struct gate_groups *g)
{
	for (size_t i = 1; i < g->n; i++) {
		struct byteset it = g->at[i];
		unsigned first = byteset_next(&it, 0);
		size_t k = i;

		for (; k && byteset_next(&g->at[k - 1], 0) > first; k--)
			g->at[k] = g->at[k - 1];
		g->at[k] = it;
	}
}

/* Each byte's group. */
static void name_groups(struct gate_groups *g, uint8_t name[256])
{
	gate_groups_sort(g);
	for (size_t i = 0; i < g->n; i++) {
		for (unsigned c = byteset_next(&g->at[i], 0); c < 256;
		     c = byteset_next(&g->at[i], c + 1))
			name[c] = (uint8_t)i;
	}
}

/* Kinds of bytes: what some lookaround tells apart. */
static bool find_kinds(struct finding *b)
{
	struct gate *g = b->gate;
	size_t i = 0;

	b->tell_apart.n = 1;
	byteset_add_range(&b->tell_apart.at[0], 0, 255);
	VEC_EACH (&b->in->looks, struct gate_look, it) {
		gate_groups_split(&b->tell_apart, &it->front);
		gate_groups_split(&b->tell_apart, &it->next);
		b->has_last = b->has_last || it->next_last != byteset_has(&it->next, '\n');
	}
	if (b->tell_apart.n > MAX_BYTE_KINDS)
		return false;
	name_groups(&b->tell_apart, g->kind);
	b->ret->all_kinds = ((1u << b->tell_apart.n) - 1) | 1u << GATE_EDGE;
	b->ret->all_kinds |= b->has_last ? 1u << GATE_LAST_NEWLINE : 0;
	b->ret->looks = arena_calloc(b->a, b->in->looks.n + 1, sizeof(*b->ret->looks));
	VEC_EACH (&b->in->looks, struct gate_look, it) {
		struct gate_look_kinds *k = &b->ret->looks[i++];

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

/* The classes of each kind. */
static void sort_classes(struct finding *b)
{
	struct gate *g = b->gate;

	b->ret->front_of = arena_calloc(b->a, b->ret->class_count, 1);
	for (unsigned c = 0; c < 256; c++) {
		b->ret->front_of[g->class[c]] = g->kind[c];
		byteset_add(&b->ret->next_of_kind[g->kind[c]], g->class[c]);
	}
	if (b->has_last) {
		b->ret->front_of[g->last_newline] = g->kind['\n'];
		byteset_add(&b->ret->next_of_kind[GATE_LAST_NEWLINE], g->last_newline);
	}
	byteset_add(&b->ret->next_of_kind[GATE_EDGE], g->end_class);
	for (unsigned c = 0; c < g->end_class; c++)
		byteset_add(&b->ret->front_of_kind[b->ret->front_of[c]], (uint8_t)c);
}

/* Classes tell apart what kinds do, and what nodes take. */
static bool find_classes(struct finding *b)
{
	struct gate *g = b->gate;
	size_t groups, i = 0;

	VEC_EACH (&b->in->sets, struct byteset, it)
		gate_groups_split(&b->tell_apart, it);
	groups = b->tell_apart.n;
	if (groups >= GATE_CLASSES)
		return false;
	name_groups(&b->tell_apart, g->class);
	g->last_newline = b->has_last ? (uint8_t)groups : g->class['\n'];
	g->end_class = (uint8_t)(groups + b->has_last);
	b->ret->class_count = g->end_class + 1u;
	g->width = (uint16_t)(b->ret->class_count + b->ret->class_count % 2);
	b->ret->classes = arena_calloc(b->a, b->in->sets.n + 1, sizeof(*b->ret->classes));
	VEC_EACH (&b->in->sets, struct byteset, it) {
		for (unsigned c = 0; c < groups; c++) {
			unsigned first = byteset_next(&b->tell_apart.at[c], 0);

			if (first < 256 && byteset_has(it, (uint8_t)first))
				byteset_add(&b->ret->classes[i], (uint8_t)c);
		}
		if (byteset_has(it, '\n'))
			byteset_add(&b->ret->classes[i], g->last_newline);
		i++;
	}
	sort_classes(b);
	return true;
}

bool gate_classes_find(struct arena *a, const struct gate_program *in, struct gate *g,
		       struct gate_classes *ret)
{
	struct finding f = { .a = a, .in = in, .gate = g, .ret = ret };

	*ret = (struct gate_classes){ 0 };
	return find_kinds(&f) && find_classes(&f);
}
