/* SPDX-License-Identifier: BSD-2-Clause */
/* A meta's tree, depth first without recursion, and which operands would turn it. */
#include "core/arena.h"
#include "core/map.h"
#include "explain/explain_private.h"
#include "ipc/report.h"

/* A meta whose operands are being listed. */
struct level {
	struct meta_detail meta;
	size_t next;
};

struct tree {
	struct explain *x;
	struct vec nodes; /* struct explain_node */
	struct level stack[EXPLAIN_DEPTH];
	unsigned depth;
	size_t left_out;
	struct map shown; /* metas whose operands stand in the tree */
};

static void add_first_place(struct explain *x, size_t rule, const struct rule_detail *d,
			    struct explain_node *n)
{
	struct explain_place *place;
	struct match_finds f;

	explain_find(x, rule, 1, &f);
	n->total = f.total;
	if (!f.place_count)
		return;
	place = arena_alloc(x->a, sizeof(*place));
	explain_place(x, d, &f, &f.places[0], place);
	n->place = place;
}

/* The operand's own operands come next, unless they stand there already or it gets too deep. */
static void descend(struct tree *t, size_t rule, struct explain_node *n)
{
	struct level *next;

	if (map_has(&t->shown, n->name)) {
		n->is_repeated = true;
		return;
	}
	if (t->depth == EXPLAIN_DEPTH) {
		n->is_cut = true;
		return;
	}
	map_put(&t->shown, n->name, t);
	next = &t->stack[t->depth++];
	next->next = 0;
	rule_meta_detail(t->x->in.rules, t->x->in.verdict, rule, t->x->a, &next->meta);
	n->expression = next->meta.expression;
}

static void add_node(struct tree *t, const struct meta_operand *o)
{
	struct explain_node *n = vec_push(&t->nodes);
	struct rule_detail d;

	if (!n) {
		t->left_out++;
		return;
	}
	n->depth = t->depth;
	n->name = o->name;
	n->value = o->value;
	n->is_rule = o->is_rule;
	if (!o->is_rule)
		return;
	rule_detail(t->x->in.rules, o->rule, t->x->hits->score_set, &d);
	n->is_meta = d.info.type == RULE_META;
	n->header = d.header;
	if (!n->is_meta)
		n->definition = d.info.definition;
	if (n->is_meta) {
		descend(t, o->rule, n);
	} else if (o->value != 0) {
		add_first_place(t->x, o->rule, &d, n);
		if (!d.nolog)
			n->says = explain_logs(t->x, o->rule, &n->say_count);
	}
}

static void grow(struct tree *t)
{
	while (t->depth) {
		struct level *top = &t->stack[t->depth - 1];

		if (top->next == top->meta.operand_count) {
			t->left_out += top->meta.operands_left_out;
			t->depth--;
			continue;
		}
		add_node(t, &top->meta.operands[top->next++]);
	}
}

static bool would_be_true(struct explain *x, size_t rule, const struct meta_operand *o,
			  double value)
{
	return rule_meta_value_with(x->in.rules, x->in.verdict, rule, o->rule, value) != 0;
}

static void find_changes(struct explain *x, size_t rule, struct explanation *ret)
{
	struct vec changes;

	vec_init(&changes, x->a, sizeof(struct explain_change), EXPLAIN_CHANGES);
	for (size_t i = 0; i < ret->meta.operand_count && i < EXPLAIN_CHANGES; i++) {
		const struct meta_operand *o = &ret->meta.operands[i];
		double other = o->value == 0 ? 1 : 0;
		struct explain_change *c;

		if (!o->is_rule || !budget_steps(&x->budget, 1 + ret->meta.operand_count) ||
		    !would_be_true(x, rule, o, other))
			continue;
		c = vec_must_push(&changes);
		c->name = o->name;
		c->value = other;
	}
	ret->changes = changes.data;
	ret->change_count = changes.n;
}

void explain_meta(struct explain *x, size_t rule, struct explanation *ret)
{
	struct tree t = { .x = x };

	rule_meta_detail(x->in.rules, x->in.verdict, rule, x->a, &ret->meta);
	vec_init(&t.nodes, x->a, sizeof(struct explain_node), EXPLAIN_NODES);
	map_init(&t.shown, x->a, false);
	map_put(&t.shown, ret->name, x);
	t.stack[t.depth++].meta = ret->meta;
	grow(&t);
	ret->nodes = t.nodes.data;
	ret->node_count = t.nodes.n;
	ret->nodes_left_out = t.left_out;
	if (ret->meta.outcome == META_FALSE || ret->meta.outcome == META_CIRCLE)
		find_changes(x, rule, ret);
}
