/* SPDX-License-Identifier: BSD-2-Clause */
/* Operators: strength, reading operands as scalars and lists, and applying them. */
#include "conf/eval_private.h"

#include "core/arena.h"
#include "core/strbuf.h"
#include "core/xalloc.h"

#include <math.h>

/* The largest x..y. */
enum { RANGE_MAX = 100000 };

int eval_precedence(enum eval_op op)
{
	switch (op) {
	case OPERATOR_ASSIGN:
	case OPERATOR_ADD_ASSIGN:
	case OPERATOR_SUB_ASSIGN:
	case OPERATOR_MUL_ASSIGN:
	case OPERATOR_CONCAT_ASSIGN: return 1;
	case OPERATOR_RANGE: return 2;
	case OPERATOR_LC:
	case OPERATOR_UC: return 3; /* named unary operators bind weaker than arithmetic */
	case OPERATOR_ADD:
	case OPERATOR_SUB:
	case OPERATOR_CONCAT: return 4;
	case OPERATOR_MUL:
	case OPERATOR_DIV: return 5;
	default: return 6;
	}
}

static bool is_unary(enum eval_op op)
{
	return op >= OPERATOR_NEGATE;
}

struct conf_value *eval_scalar(struct parser *p, const struct operand *o)
{
	const struct conf_value *v;
	size_t n = 0;
	struct conf_value *c;

	switch (o->form) {
	case OPERAND_VALUE: return o->value;
	case OPERAND_LIST:
		if (o->value->count == 1)
			return o->value->items[0];
		if (o->value->count)
			parser_refuse(p, o->place,
				      "a list where one value belongs; for a list as one value "
				      "write [ ... ]");
		return conf_new(p->arena, CONF_UNDEF, o->place);
	case OPERAND_TOPIC:
		parser_refuse(p, o->place,
			      "$_: only as the key in $hash{$_} = VALUE for qw( ... )");
		return conf_new(p->arena, CONF_UNDEF, o->place);
	case OPERAND_LVALUE: break;
	}
	if (o->lvalue->sigil != '$') {
		parser_refuse(p, o->place,
			      "a list or hash where one value belongs (Perl would take its number "
			      "of elements); write \\%c... for a reference to it",
			      o->lvalue->sigil);
		return conf_new(p->arena, CONF_UNDEF, o->place);
	}
	v = lvalue_read(p, o->lvalue);
	c = conf_copy(p->arena, v, &n);
	c->place = o->place;
	parser_charge(p, n, 0);
	return c;
}

/* The elements of a container by copy: keys too where it is a hash. */
static void flatten_container(struct parser *p, const struct conf_value *v, struct conf_value *list)
{
	for (size_t i = 0; i < v->count; i++) {
		size_t n = v->kind == CONF_HASH;
		struct conf_value *item = conf_copy(p->arena, v->items[i], &n);

		if (!parser_charge(p, n, 0))
			return;
		if (v->kind == CONF_HASH)
			conf_list_add(p->arena, list,
				      conf_new_string(p->arena, v->keys[i], item->place));
		conf_list_add(p->arena, list, item);
	}
}

void eval_flatten(struct parser *p, const struct operand *o, struct conf_value *list)
{
	if (o->form == OPERAND_LIST) {
		for (size_t i = 0; i < o->value->count; i++)
			conf_list_add(p->arena, list, o->value->items[i]);
		parser_charge(p, o->value->count, 0);
	} else if (o->form == OPERAND_LVALUE && o->lvalue->sigil != '$') {
		flatten_container(p, lvalue_read(p, o->lvalue), list);
	} else if (parser_charge(p, 1, 0)) {
		conf_list_add(p->arena, list, eval_scalar(p, o));
	}
}

struct conf_value *eval_make_hash(struct parser *p, struct conf_value *list,
				  struct conf_place place)
{
	struct conf_value *hash = conf_new(p->arena, CONF_HASH, place);

	if (list->count % 2)
		parser_refuse(p, place,
			      "a hash needs pairs of key => value, got an odd number of values "
			      "(%zu): is a comma or a value missing?",
			      list->count);
	for (size_t i = 0; i + 1 < list->count; i += 2) {
		struct str key = conf_text(p->arena, list->items[i]);

		if (str_is_none(key)) {
			parser_refuse(p, list->items[i]->place, "a key must be a text, got %s",
				      conf_kind_name(list->items[i]->kind));
			continue;
		}
		conf_hash_put(p->arena, hash, key, list->items[i + 1]);
	}
	return hash;
}

static double to_number(struct parser *p, const struct conf_value *v, struct conf_place place)
{
	double d = 0;

	if (v->kind == CONF_UNDEF)
		conf_diag_add(p->vars->diags, CONF_WARNING, place,
			      "a value that is not set yet stands for 0 in this calculation");
	else if (!conf_number(v, &d))
		parser_refuse(p, place, "a calculation needs numbers, got %s%s%.*s%s",
			      conf_kind_name(v->kind), v->kind == CONF_STRING ? " '" : "",
			      STR_FMT(v->kind == CONF_STRING ? str_sub(v->text, 0, 40) : STR("")),
			      v->kind == CONF_STRING ? "'" : "");
	return d;
}

static struct conf_value *arithmetic(struct parser *p, enum eval_op op, const struct conf_value *a,
				     const struct conf_value *b, struct conf_place place)
{
	double x = to_number(p, a, place), y = to_number(p, b, place), d = 0;
	bool ints = a->kind == CONF_NUMBER && b->kind == CONF_NUMBER && a->is_int && b->is_int;
	int64_t i = 0;

	switch (op) {
	case OPERATOR_ADD:
		ints = ints && !__builtin_add_overflow(a->integer, b->integer, &i);
		d = x + y;
		break;
	case OPERATOR_SUB:
		ints = ints && !__builtin_sub_overflow(a->integer, b->integer, &i);
		d = x - y;
		break;
	case OPERATOR_MUL:
		ints = ints && !__builtin_mul_overflow(a->integer, b->integer, &i);
		d = x * y;
		break;
	default:
		ints = false;
		if (y == 0)
			parser_refuse(p, place, "division by zero");
		else
			d = x / y;
	}
	if (ints)
		return conf_new_int(p->arena, i, place);
	if (!isfinite(d)) {
		parser_refuse(p, place, "the result is too large for a number");
		d = 0;
	}
	return conf_new_real(p->arena, d, place);
}

static struct str scalar_text(struct parser *p, const struct conf_value *v, struct conf_place place)
{
	struct str s = conf_text(p->arena, v);

	if (str_is_none(s)) {
		parser_refuse(p, place, "%s cannot be joined to a text", conf_kind_name(v->kind));
		return STR("");
	}
	return s;
}

static struct conf_value *concat(struct parser *p, const struct conf_value *a,
				 const struct conf_value *b, struct conf_place place)
{
	struct str x = scalar_text(p, a, place), y = scalar_text(p, b, place);

	if (!parser_charge(p, 1, x.n + y.n))
		return conf_new(p->arena, CONF_UNDEF, place);
	return conf_new_string(p->arena, str_concat(p->arena, x, y), place);
}

static void apply_range(struct parser *p, const struct operand *a, const struct operand *b,
			struct conf_place place)
{
	struct conf_value *list = conf_new(p->arena, CONF_LIST, place);
	double from = 0, to = 0;

	if (!conf_number(eval_scalar(p, a), &from) || !conf_number(eval_scalar(p, b), &to))
		parser_refuse(p, place, ".. needs two numbers; write the elements out");
	else if (fabs(from) > 1e15 || fabs(to) > 1e15 || to - from >= RANGE_MAX)
		parser_refuse(p, place, ".. makes more than %d elements here", RANGE_MAX);
	else if (to >= from && parser_charge(p, (size_t)(to - from) + 1, 0))
		for (int64_t i = (int64_t)from; i <= (int64_t)to; i++)
			conf_list_add(p->arena, list, conf_new_int(p->arena, i, place));
	eval_push_list(p, list, place);
}

static void assign(struct parser *p, struct operand *left, const struct operand *right)
{
	struct lvalue *lv = left->lvalue;
	struct conf_value *v;

	if (lv->sigil == '$') {
		v = eval_scalar(p, right);
	} else {
		v = conf_new(p->arena, CONF_LIST, right->place);
		eval_flatten(p, right, v);
		if (lv->sigil == '%')
			v = eval_make_hash(p, v, right->place);
	}
	if (p->failed)
		return;
	for (size_t i = 0; i < lv->count; i++) {
		if (lv->steps[i].how == STEP_KEY || lv->steps[i].how == STEP_INDEX)
			continue;
		p->topic_lvalue = lv;
		p->topic_value = v;
		return;
	}
	lvalue_write(p, lv, v, STR_NONE);
}

static void apply_assign(struct parser *p, enum eval_op op, struct operand *left,
			 struct operand *right, struct conf_place place)
{
	struct operand result = *right;

	if (left->form != OPERAND_LVALUE || left->in_parens) {
		parser_syntax(p, left->place, "only a variable or an element can be assigned to%s",
			      left->in_parens ? "; write one assignment for each variable" : "");
		return;
	}
	if (op != OPERATOR_ASSIGN) {
		struct conf_value *old = eval_scalar(p, left), *v = eval_scalar(p, right);
		static const enum eval_op plain[] = {
			[OPERATOR_ADD_ASSIGN] = OPERATOR_ADD,
			[OPERATOR_SUB_ASSIGN] = OPERATOR_SUB,
			[OPERATOR_MUL_ASSIGN] = OPERATOR_MUL,
		};

		v = op == OPERATOR_CONCAT_ASSIGN ? concat(p, old, v, place)
						 : arithmetic(p, plain[op], old, v, place);
		result = (struct operand){ .form = OPERAND_VALUE, .value = v, .place = place };
	}
	assign(p, left, &result);
	/* The value of an assignment is the variable; what %ENV gets is gone, so the value itself. */
	if (left->lvalue->var)
		result = (struct operand){ .form = OPERAND_LVALUE,
					   .lvalue = left->lvalue,
					   .value = vars_empty(p->arena, '$', place),
					   .place = left->place };
	*(struct operand *)vec_must_push(&p->operands) = result;
}

static void apply_binary(struct parser *p, enum eval_op op, struct operand *left,
			 struct operand *right, struct conf_place place)
{
	struct conf_value *a, *b;

	if (op <= OPERATOR_CONCAT_ASSIGN) {
		apply_assign(p, op, left, right, place);
		return;
	}
	if (op == OPERATOR_RANGE) {
		apply_range(p, left, right, place);
		return;
	}
	a = eval_scalar(p, left);
	b = eval_scalar(p, right);
	eval_push_value(p,
			op == OPERATOR_CONCAT ? concat(p, a, b, left->place)
					      : arithmetic(p, op, a, b, left->place),
			left->place);
}

/* -word and -'text' put a minus before the text, as in Perl. */
static struct conf_value *negate(struct parser *p, const struct conf_value *v,
				 struct conf_place place)
{
	double d;

	if (v->kind == CONF_STRING && !conf_number(v, &d) && v->text.n &&
	    (ascii_is_alpha(v->text.p[0]) || v->text.p[0] == '_'))
		return conf_new_string(p->arena, str_concat(p->arena, STR("-"), v->text), place);
	return arithmetic(p, OPERATOR_SUB, conf_new_int(p->arena, 0, place), v, place);
}

static void apply_ref(struct parser *p, const struct operand *o, struct conf_place place)
{
	const struct lvalue *lv = o->lvalue;
	struct conf_value *v = conf_new(p->arena, CONF_REF, place);

	if (o->form != OPERAND_LVALUE || lv->count || !lv->var || lv->sigil != lv->var->name[0]) {
		parser_refuse(p, place,
			      "\\: only \\$name, \\@name, \\%%name and \\&name are part of the "
			      "language here; write the value itself, or [ ... ] or { ... }");
		v->kind = CONF_UNDEF;
	} else {
		v->text = str_of(lv->var->name);
	}
	eval_push_value(p, v, place);
}

static void apply_unary(struct parser *p, enum eval_op op, struct operand *o,
			struct conf_place place)
{
	struct conf_value *v;
	struct str s;

	if (op == OPERATOR_PLUS) {
		*(struct operand *)vec_must_push(&p->operands) = *o;
		return;
	}
	if (op == OPERATOR_REF) {
		apply_ref(p, o, place);
		return;
	}
	if (o->form == OPERAND_TOPIC && (op == OPERATOR_LC || op == OPERATOR_LC_CALL)) {
		o->topic_lc = true;
		*(struct operand *)vec_must_push(&p->operands) = *o;
		return;
	}
	v = eval_scalar(p, o);
	if (op == OPERATOR_NEGATE) {
		v = negate(p, v, place);
	} else {
		s = scalar_text(p, v, place);
		if (!parser_charge(p, 1, s.n))
			return;
		v = conf_new_string(p->arena,
				    op == OPERATOR_LC || op == OPERATOR_LC_CALL
					? str_lower(p->arena, s)
					: str_upper(p->arena, s),
				    place);
	}
	eval_push_value(p, v, place);
}

void eval_reduce(struct parser *p, int min_precedence)
{
	struct frame *f = VEC_LAST(&p->frames, struct frame);
	size_t ops_base = f->ops_base, operands_base = f->operands_base;

	while (!p->syntax_error && p->ops.n > ops_base) {
		struct pending_op top = *VEC_LAST(&p->ops, struct pending_op);
		struct operand left = { 0 }, right;

		if (eval_precedence(top.op) < min_precedence)
			return;
		if (p->operands.n < operands_base + (is_unary(top.op) ? 1 : 2)) {
			parser_syntax(p, top.place, "a value is missing beside this operator");
			return;
		}
		vec_pop(&p->ops);
		right = *VEC_LAST(&p->operands, struct operand);
		vec_pop(&p->operands);
		if (is_unary(top.op)) {
			apply_unary(p, top.op, &right, top.place);
			continue;
		}
		left = *VEC_LAST(&p->operands, struct operand);
		vec_pop(&p->operands);
		apply_binary(p, top.op, &left, &right, top.place);
	}
}
