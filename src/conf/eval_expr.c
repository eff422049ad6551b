/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Expressions, by operator precedence with explicit stacks (eval_private.h). There is no recursion here
 * but include_config_files, whose depth is limited.
 *
 *	expression = term *( operator term )
 *	term       = literal / variable *( "{" key "}" / "[" index "]" / "->" ... ) / "(" list ")"
 *	           / "[" list "]" / "{" list "}" / word "(" list ")" / unary term
 */
#include "conf/eval_private.h"

#include "core/arena.h"

void eval_push_frame(struct parser *p, enum frame_kind kind, struct conf_place place)
{
	struct frame *f;

	if (p->frames.n >= CONF_DEPTH_MAX) {
		parser_syntax(p, place, "brackets nest deeper than %d here", CONF_DEPTH_MAX);
		return;
	}
	f = vec_must_push(&p->frames);
	f->kind = kind;
	f->place = place;
	f->ops_base = p->ops.n;
	f->operands_base = p->operands.n;
	f->list = conf_new(p->arena, CONF_LIST, place);
}

static struct operand *push_operand(struct parser *p, enum operand_form form,
				    struct conf_place place)
{
	struct operand *o = vec_must_push(&p->operands);

	o->form = form;
	o->place = place;
	return o;
}

void eval_push_value(struct parser *p, struct conf_value *v, struct conf_place place)
{
	push_operand(p, OPERAND_VALUE, place)->value = v;
}

void eval_push_list(struct parser *p, struct conf_value *list, struct conf_place place)
{
	push_operand(p, OPERAND_LIST, place)->value = list;
}

/* What a frame's last part is: nothing, or one operand after reducing. */
static bool take_operand(struct parser *p, struct operand *ret)
{
	struct frame *f = VEC_LAST(&p->frames, struct frame);

	if (p->operands.n == f->operands_base)
		return false;
	eval_reduce(p, 0);
	if (p->syntax_error)
		return false;
	must(p->operands.n == f->operands_base + 1);
	*ret = *VEC_LAST(&p->operands, struct operand);
	vec_pop(&p->operands);
	return true;
}

static void add_part(struct parser *p, struct frame *f, const struct operand *o)
{
	bool call = f->kind == FRAME_CALL || f->kind == FRAME_BARE_CALL;

	if (call && !f->has_first && eval_wants_target(f->name)) {
		f->first = *o;
		f->has_first = true;
		return;
	}
	eval_flatten(p, o, f->list);
}

static void comma(struct parser *p)
{
	struct operand o;
	struct frame *f = VEC_LAST(&p->frames, struct frame);

	if (f->kind == FRAME_STATEMENT) {
		parser_syntax(p, p->tok.place,
			      "a comma joins two values here; write a semicolon between "
			      "statements, and ( ) around a list");
		return;
	}
	if (f->kind == FRAME_KEY || f->kind == FRAME_INDEX || f->kind == FRAME_DEREF) {
		parser_syntax(p, p->tok.place,
			      "one element has one key; slices are not part of "
			      "the language here, write each element out");
		return;
	}
	if (take_operand(p, &o))
		add_part(p, VEC_LAST(&p->frames, struct frame), &o);
	parser_next(p, true);
}

static void push_call(struct parser *p, enum frame_kind kind)
{
	struct str name = p->tok.text;
	struct conf_place place = p->tok.place;

	eval_push_frame(p, kind, place);
	if (!p->syntax_error)
		VEC_LAST(&p->frames, struct frame)->name = name;
}

/* Steps onto an element: the key or index `o` of the lvalue on top of the operands. */
static void subscript(struct parser *p, const struct frame *f, const struct operand *o)
{
	struct operand *base = VEC_LAST(&p->operands, struct operand);
	struct path_step *step;
	double index;
	struct conf_value *v;

	if (base->lvalue->count >= PATH_MAX_STEPS) {
		parser_syntax(p, f->place, "elements nest deeper than %d here", PATH_MAX_STEPS);
		return;
	}
	step = &base->lvalue->steps[base->lvalue->count];
	*step = (struct path_step){ .how = f->kind == FRAME_KEY ? STEP_KEY : STEP_INDEX };
	if (o->form == OPERAND_TOPIC && f->kind == FRAME_KEY) {
		step->how = o->topic_lc ? STEP_TOPIC_LC : STEP_TOPIC;
		base->lvalue->count++;
		return;
	}
	v = eval_scalar(p, o);
	if (f->kind == FRAME_KEY) {
		step->key = conf_text(p->arena, v);
		if (str_is_none(step->key)) {
			parser_refuse(p, f->place, "a key must be a text, got %s",
				      conf_kind_name(v->kind));
			step->key = STR("");
		}
	} else if (!conf_number(v, &index) || index < 0 || index > 1e6) {
		parser_refuse(p, f->place, "an index must be a number from 0 to 1000000");
	} else {
		step->index = (int64_t)index;
	}
	base->lvalue->count++;
}

/* @{ ... }, %{ ... }, ${ ... }: the lvalue inside, meant as another kind. */
static void dereference(struct parser *p, const struct frame *f, struct operand *o)
{
	if (o->form == OPERAND_LVALUE && o->lvalue->sigil == '$' && f->cast != '$') {
		o->lvalue->sigil = (char)f->cast;
		o->in_parens = false;
		*(struct operand *)vec_must_push(&p->operands) = *o;
		return;
	}
	parser_refuse(p, f->place,
		      "%c{...}: only an element that holds a list or hash can be followed, as in "
		      "%c{$x{'key'}}",
		      f->cast, f->cast == '%' ? '%' : '@');
	eval_push_list(p, conf_new(p->arena, CONF_LIST, f->place), f->place);
}

static void close_container(struct parser *p, const struct frame *f, const struct operand *last)
{
	struct operand result = { 0 };

	if (last)
		add_part(p, VEC_LAST(&p->frames, struct frame), last);
	switch (f->kind) {
	case FRAME_LIST: eval_push_value(p, f->list, f->place); break;
	case FRAME_HASH: eval_push_value(p, eval_make_hash(p, f->list, f->place), f->place); break;
	default: {
		/* The call's own frame must be gone before it may read another file. */
		struct frame copy = *VEC_LAST(&p->frames, struct frame);

		eval_call(p, &copy, &result);
		*(struct operand *)vec_must_push(&p->operands) = result;
	}
	}
}

static void close_paren(struct parser *p, const struct frame *f, const struct operand *last)
{
	struct operand *o;

	if (last && !f->list->count) {
		o = vec_must_push(&p->operands);
		*o = *last;
		o->in_parens = true;
		return;
	}
	if (last)
		eval_flatten(p, last, f->list);
	eval_push_list(p, f->list, f->place);
	VEC_LAST(&p->operands, struct operand)->in_parens = true;
}

/* The frame on top is complete. Its closing token is current, but for those that have none. */
static void close_frame(struct parser *p, struct operand *ret_statement)
{
	struct frame f;
	struct operand last;
	bool has;

	has = take_operand(p, &last);
	if (p->syntax_error)
		return;
	f = *VEC_LAST(&p->frames, struct frame);
	switch (f.kind) {
	case FRAME_STATEMENT:
		if (!has)
			parser_syntax(p, p->tok.place, "a value is missing before %.*s",
				      STR_FMT(lex_describe(p->arena, &p->tok)));
		else
			*ret_statement = last;
		break;
	case FRAME_PAREN: close_paren(p, &f, has ? &last : NULL); break;
	case FRAME_KEY:
	case FRAME_INDEX:
	case FRAME_DEREF:
		if (!has)
			parser_syntax(p, p->tok.place, "a key is missing here");
		else if (f.kind == FRAME_DEREF)
			dereference(p, &f, &last);
		else
			subscript(p, &f, &last);
		break;
	default: close_container(p, &f, has ? &last : NULL);
	}
	if (p->syntax_error)
		return;
	vec_pop(&p->frames);
	p->want_term = false;
	if (f.kind != FRAME_STATEMENT && f.kind != FRAME_BARE_CALL)
		parser_next(p, false);
}

static char closing_of(enum frame_kind kind)
{
	switch (kind) {
	case FRAME_PAREN:
	case FRAME_CALL: return ')';
	case FRAME_LIST:
	case FRAME_INDEX: return ']';
	case FRAME_HASH:
	case FRAME_KEY:
	case FRAME_DEREF: return '}';
	default: return 0;
	}
}

static void open_subscript(struct parser *p)
{
	enum frame_kind kind = parser_at_op(p, '{') ? FRAME_KEY : FRAME_INDEX;
	struct lex copy;
	struct token after;

	eval_push_frame(p, kind, p->tok.place);
	if (p->syntax_error)
		return;
	parser_next(p, true);
	/* $x{word}: a text, even if a function is called so. */
	if (kind == FRAME_KEY && p->tok.kind == TOK_WORD) {
		copy = p->lex;
		lex_next(&copy, false, &after);
		if (after.kind == TOK_OP && after.op == '}') {
			eval_push_value(p, conf_new_string(p->arena, p->tok.text, p->tok.place),
					p->tok.place);
			parser_next(p, false);
		}
	}
}

/* Can { or [ behind the operand on top step into it? */
static bool can_subscript(struct parser *p, bool arrow)
{
	struct frame *f = VEC_LAST(&p->frames, struct frame);
	struct operand *o;

	if (p->operands.n == f->operands_base)
		return false;
	o = VEC_LAST(&p->operands, struct operand);
	return o->form == OPERAND_LVALUE && o->lvalue->sigil == '$' && !o->in_parens &&
	       (arrow || o->lvalue->count || o->lvalue->var == NULL ||
		o->lvalue->var->name[0] != '$');
}

static void arrow(struct parser *p)
{
	struct conf_place place = p->tok.place;

	parser_next(p, false);
	if ((parser_at_op(p, '{') || parser_at_op(p, '[')) && can_subscript(p, true))
		open_subscript(p);
	else
		parser_syntax(p, place,
			      "->: a call of a method or of code; code is never run, "
			      "write the value itself");
}

static bool binary_operator(int op, enum eval_op *ret)
{
	static const struct {
		int op;
		enum eval_op eval_op;
	} ops[] = {
		{ '=', OPERATOR_ASSIGN },
		{ LEX_OP_ADD_ASSIGN, OPERATOR_ADD_ASSIGN },
		{ LEX_OP_SUB_ASSIGN, OPERATOR_SUB_ASSIGN },
		{ LEX_OP_MUL_ASSIGN, OPERATOR_MUL_ASSIGN },
		{ LEX_OP_CONCAT_ASSIGN, OPERATOR_CONCAT_ASSIGN },
		{ LEX_OP_RANGE, OPERATOR_RANGE },
		{ '+', OPERATOR_ADD },
		{ '-', OPERATOR_SUB },
		{ '.', OPERATOR_CONCAT },
		{ '*', OPERATOR_MUL },
		{ '/', OPERATOR_DIV },
	};

	for (size_t i = 0; i < ELEMENTS(ops); i++) {
		if (ops[i].op == op) {
			*ret = ops[i].eval_op;
			return true;
		}
	}
	return false;
}

static void push_binary(struct parser *p, enum eval_op op)
{
	struct pending_op *pending;
	int precedence = eval_precedence(op);

	/* Assignment binds to the right: what waits with the same strength stays. */
	eval_reduce(p, precedence + (op <= OPERATOR_CONCAT_ASSIGN ? 1 : 0));
	if (p->syntax_error)
		return;
	pending = vec_must_push(&p->ops);
	*pending = (struct pending_op){ op, p->tok.place };
	parser_next(p, true);
}

static void refuse_operator(struct parser *p)
{
	if (parser_at_op(p, '?') || parser_at_op(p, ':')) {
		parser_syntax(p, p->tok.place,
			      "?: decides while the file is read; the configuration is read as "
			      "data, write the value that is wanted");
		return;
	}
	parser_syntax(p, p->tok.place,
		      "operator %.*s: only = + - * / . .. are part of the language here; write "
		      "the value itself",
		      STR_FMT(lex_describe(p->arena, &p->tok)));
}

/* A token where an operator may stand. True: the whole expression is done. */
static bool operator_token(struct parser *p, struct operand *ret)
{
	struct frame *f = VEC_LAST(&p->frames, struct frame);
	enum eval_op op;

	if (p->tok.kind == TOK_OP && p->tok.op == closing_of(f->kind) && p->tok.op) {
		close_frame(p, ret);
	} else if (p->tok.kind == TOK_OP && (p->tok.op == ',' || p->tok.op == LEX_OP_ARROW_COMMA)) {
		comma(p);
	} else if (parser_at_op(p, LEX_OP_ARROW)) {
		arrow(p);
	} else if ((parser_at_op(p, '{') || parser_at_op(p, '[')) && can_subscript(p, false)) {
		open_subscript(p);
	} else if (p->tok.kind == TOK_OP && binary_operator(p->tok.op, &op)) {
		push_binary(p, op);
	} else if (f->kind == FRAME_BARE_CALL) {
		close_frame(p, ret);
	} else if (f->kind == FRAME_STATEMENT &&
		   (p->tok.kind != TOK_OP || (p->tok.op != LEX_OP_OTHER && p->tok.op != '?'))) {
		close_frame(p, ret);
		return true;
	} else if (p->tok.kind == TOK_OP && (p->tok.op == LEX_OP_OTHER || p->tok.op == '?')) {
		refuse_operator(p);
	} else if (p->tok.kind == TOK_EOF || parser_at_op(p, ';')) {
		parser_syntax(p, f->place, "this %s is never closed: %c is missing before %.*s",
			      f->kind == FRAME_LIST   ? "["
			      : f->kind == FRAME_HASH ? "{"
						      : "bracket",
			      closing_of(f->kind), STR_FMT(lex_describe(p->arena, &p->tok)));
	} else if (p->tok.kind == TOK_BAD) {
		parser_syntax(p, p->tok.place, "%.*s", STR_FMT(p->tok.text));
	} else {
		parser_syntax(p, p->tok.place,
			      "%.*s is not expected here; is a comma, an operator or a quote "
			      "missing before it?",
			      STR_FMT(lex_describe(p->arena, &p->tok)));
	}
	return false;
}

/* Where a term is wanted, but the bracket closes: (1, 2, ) and (). */
static bool closes_empty(struct parser *p)
{
	struct frame *f = VEC_LAST(&p->frames, struct frame);

	if (p->ops.n != f->ops_base || p->operands.n != f->operands_base)
		return false;
	if (f->kind == FRAME_BARE_CALL)
		return p->tok.kind == TOK_EOF || parser_at_op(p, ';') || parser_at_op(p, ')') ||
		       parser_at_op(p, ']') || parser_at_op(p, '}');
	return p->tok.kind == TOK_OP && p->tok.op && p->tok.op == closing_of(f->kind);
}

/* map { $_ => VALUE } LIST, as far as VALUE is a constant. The list is what stands up to the end. */
static bool term_map(struct parser *p)
{
	struct frame *f, map = { .name = p->tok.text, .place = p->tok.place };

	if (!parser_at_word(p, "map") || !eval_map(p, &map))
		return false;
	eval_push_frame(p, FRAME_BARE_CALL, map.place);
	if (p->syntax_error)
		return true;
	f = VEC_LAST(&p->frames, struct frame);
	f->name = map.name;
	f->each = map.each;
	f->each_lc = map.each_lc;
	return true;
}

/* A function's name: with parentheses behind it, or up to the statement's end. */
static bool term_call(struct parser *p)
{
	struct lex copy = p->lex;
	struct token after;

	if (p->tok.kind != TOK_WORD || !eval_is_function(p->tok.text))
		return false;
	lex_next(&copy, false, &after);
	if (after.kind == TOK_OP && after.op == LEX_OP_ARROW_COMMA)
		return false;
	if (after.kind == TOK_OP && after.op == '(') {
		push_call(p, FRAME_CALL);
		parser_next(p, false);
		parser_next(p, true);
		return true;
	}
	if (!eval_is_list_operator(p->tok.text))
		return false;
	push_call(p, FRAME_BARE_CALL);
	parser_next(p, true);
	return true;
}

bool eval_expression(struct parser *p, struct operand *ret)
{
	size_t base = p->frames.n;

	*ret = (struct operand){ 0 };
	p->want_term = true;
	eval_push_frame(p, FRAME_STATEMENT, p->tok.place);
	while (!p->syntax_error && p->frames.n > base) {
		if (!budget_steps(p->budget, 1))
			parser_syntax(p, p->tok.place, "the configuration is too long");
		else if (!p->want_term)
			operator_token(p, ret);
		else if (closes_empty(p))
			close_frame(p, ret);
		else if (!term_map(p) && !term_call(p))
			eval_term(p);
	}
	return !p->syntax_error;
}
