/* SPDX-License-Identifier: BSD-2-Clause */
/* Operator-precedence parsing without recursion: a stack of operators, jumps patched as they close. */
#include "rules/expr_private.h"

#include "core/arena.h"
#include "core/must.h"
#include "core/num.h"
#include "core/vec.h"

enum {
	PREC_TERNARY = 1,
	PREC_OR,
	PREC_AND,
	PREC_XOR,
	PREC_EQ,
	PREC_REL,
	PREC_ADD,
	PREC_MUL,
	PREC_UNARY
};

enum { NO_JUMP = UINT32_MAX };

struct pending {
	enum expr_op op;
	int prec;
	uint32_t jump; /* the last of a list of jumps to patch when this closes */
};

struct parser {
	struct vec steps;   /* struct expr_step */
	struct vec pending; /* struct pending */
	size_t depth;
	bool want_operand;
	const struct expr_names *names;
};

static const struct binary {
	struct str token;
	enum expr_op op;
	int prec;
} binaries[] = {
	{ { "*", 1 }, OP_MUL, PREC_MUL },       { { "/", 1 }, OP_DIV, PREC_MUL },
	{ { "+", 1 }, OP_ADD, PREC_ADD },       { { "-", 1 }, OP_SUB, PREC_ADD },
	{ { "<", 1 }, OP_LT, PREC_REL },        { { ">", 1 }, OP_GT, PREC_REL },
	{ { "<=", 2 }, OP_LE, PREC_REL },       { { ">=", 2 }, OP_GE, PREC_REL },
	{ { "==", 2 }, OP_EQ, PREC_EQ },        { { "!=", 2 }, OP_NE, PREC_EQ },
	{ { "^", 1 }, OP_XOR, PREC_XOR },       { { "&&", 2 }, OP_AND, PREC_AND },
	{ { "||", 2 }, OP_OR, PREC_OR },        { { "?", 1 }, OP_QUESTION, PREC_TERNARY },
	{ { ":", 1 }, OP_COLON, PREC_TERNARY },
};

static size_t token_length(struct str s)
{
	static const struct str pairs[] = { { "||", 2 }, { "&&", 2 }, { ">=", 2 },
					    { "<=", 2 }, { "==", 2 }, { "!=", 2 } };
	size_t n = 0;

	while (n < s.n && memchr("-+.0123456789", s.p[n], 13))
		n++;
	if (n)
		return n;
	if (ascii_is_alnum(s.p[0]) || s.p[0] == '_') {
		while (n < s.n && (ascii_is_alnum(s.p[n]) || s.p[n] == '_' || s.p[n] == ':'))
			n++;
		return n;
	}
	for (size_t i = 0; i < ELEMENTS(pairs); i++) {
		if (str_starts(s, pairs[i]))
			return 2;
	}
	return memchr("()^!><+-*/?:", s.p[0], 12) ? 1 : 0;
}

size_t expr_tokenize(struct arena *a, struct str s, struct str **ret)
{
	struct vec v;

	vec_init(&v, a, sizeof(struct str), 0);
	while (s.n) {
		size_t n = token_length(s);

		if (n)
			*(struct str *)vec_must_push(&v) = str_sub(s, 0, n);
		s = str_from(s, n ? n : 1);
	}
	*ret = v.data;
	return v.n;
}

static struct expr_step *emit(struct parser *p, enum expr_op op, int stack)
{
	struct expr_step *s = vec_must_push(&p->steps);

	s->op = (uint8_t)op;
	p->depth = (size_t)((long)p->depth + stack);
	return s;
}

/* Every jump of a list goes to the next step. */
static void patch(struct parser *p, uint32_t jump)
{
	while (jump != NO_JUMP) {
		struct expr_step *s = VEC_AT(&p->steps, struct expr_step, jump);

		jump = s->arg;
		s->arg = (uint32_t)p->steps.n;
	}
}

/* The operator on top has both its sides now. False: a "?" without its ":". */
static bool close_top(struct parser *p)
{
	struct pending top = *VEC_LAST(&p->pending, struct pending);

	vec_pop(&p->pending);
	switch (top.op) {
	case OP_QUESTION:
	case OP_PAREN: return false;
	case OP_AND:
	case OP_OR:
	case OP_COLON: patch(p, top.jump); return true;
	case OP_NOT:
	case OP_NEGATE:
	case OP_PLUS: emit(p, top.op, 0); return true;
	default: emit(p, top.op, -1); break;
	}
	patch(p, top.jump);
	return true;
}

static bool close_above(struct parser *p, int prec)
{
	while (p->pending.n && VEC_LAST(&p->pending, struct pending)->op != OP_PAREN &&
	       VEC_LAST(&p->pending, struct pending)->prec > prec) {
		if (!close_top(p))
			return false;
	}
	return true;
}

static void push_pending(struct parser *p, enum expr_op op, int prec, uint32_t jump)
{
	struct pending *t = vec_must_push(&p->pending);

	t->op = op;
	t->prec = prec;
	t->jump = jump;
}

/* A jump step; it is the newest of its operator's list. */
static uint32_t emit_jump(struct parser *p, enum expr_op op, int stack, uint32_t older)
{
	emit(p, op, stack)->arg = older;
	return (uint32_t)(p->steps.n - 1);
}

/* The comparison on top goes on: a > b ... > c. */
static uint32_t chain(struct parser *p)
{
	struct pending top = *VEC_LAST(&p->pending, struct pending);
	uint32_t jump;

	vec_pop(&p->pending);
	jump = emit_jump(p, OP_CHAIN, -1, top.jump);
	VEC_AT(&p->steps, struct expr_step, jump)->compare = (uint8_t)top.op;
	return jump;
}

static bool top_has_prec(const struct parser *p, int prec)
{
	return p->pending.n && VEC_LAST(&p->pending, struct pending)->op != OP_PAREN &&
	       VEC_LAST(&p->pending, struct pending)->prec == prec;
}

static bool colon(struct parser *p)
{
	uint32_t question, jump;

	while (p->pending.n && VEC_LAST(&p->pending, struct pending)->op != OP_QUESTION) {
		if (!close_top(p))
			return false;
	}
	if (!p->pending.n)
		return false;
	question = VEC_LAST(&p->pending, struct pending)->jump;
	vec_pop(&p->pending);
	jump = emit_jump(p, OP_COLON, -1, NO_JUMP);
	patch(p, question);
	push_pending(p, OP_COLON, PREC_TERNARY, jump);
	p->want_operand = true;
	return true;
}

static bool binary(struct parser *p, const struct binary *b)
{
	uint32_t jump = NO_JUMP;

	if (b->op == OP_COLON)
		return colon(p);
	if (!close_above(p, b->prec))
		return false;
	if (b->prec == PREC_REL || b->prec == PREC_EQ) {
		if (top_has_prec(p, b->prec))
			jump = chain(p);
	} else if (b->op != OP_QUESTION && top_has_prec(p, b->prec)) {
		close_top(p);
	}
	if (b->op == OP_AND || b->op == OP_OR || b->op == OP_QUESTION)
		jump = emit_jump(p, b->op, -1, NO_JUMP);
	push_pending(p, b->op, b->prec, jump);
	p->want_operand = true;
	return true;
}

static bool close_paren(struct parser *p)
{
	while (p->pending.n && VEC_LAST(&p->pending, struct pending)->op != OP_PAREN) {
		if (!close_top(p))
			return false;
	}
	if (!p->pending.n)
		return false;
	vec_pop(&p->pending);
	return true;
}

static bool number_of(struct str token, double *ret)
{
	struct str digits = token.p[0] == '-' || token.p[0] == '+' ? str_from(token, 1) : token;

	return digits.n && ascii_is_digit(digits.p[0]) && ascii_is_digit(digits.p[digits.n - 1]) &&
	       num_parse_double(token, ret);
}

static bool operand(struct parser *p, struct str token)
{
	struct expr_operand o = { 0 };
	struct expr_step *s;

	if (number_of(token, &o.number))
		o.is_number = true;
	else if (!(ascii_is_alpha(token.p[0]) || token.p[0] == '_') || !p->names->resolve ||
		 !p->names->resolve(p->names->ctx, token, &o))
		return false;
	s = emit(p, o.is_number ? OP_NUMBER : OP_VALUE, 1);
	s->number = o.number;
	s->arg = o.id;
	p->want_operand = false;
	return true;
}

/* "()" is Perl's empty list: false. */
static bool empty_list(struct parser *p)
{
	if (!p->pending.n || VEC_LAST(&p->pending, struct pending)->op != OP_PAREN)
		return false;
	vec_pop(&p->pending);
	emit(p, OP_NUMBER, 1);
	p->want_operand = false;
	return true;
}

static bool take_operand(struct parser *p, struct str t, bool after_paren)
{
	if (str_eq(t, STR("(")))
		push_pending(p, OP_PAREN, 0, NO_JUMP);
	else if (str_eq(t, STR("!")))
		push_pending(p, OP_NOT, PREC_UNARY, NO_JUMP);
	else if (str_eq(t, STR("-")))
		push_pending(p, OP_NEGATE, PREC_UNARY, NO_JUMP);
	else if (str_eq(t, STR("+")))
		push_pending(p, OP_PLUS, PREC_UNARY, NO_JUMP);
	else if (str_eq(t, STR(")")))
		return after_paren && empty_list(p);
	else
		return operand(p, t);
	return true;
}

static bool take_operator(struct parser *p, struct str t)
{
	if (str_eq(t, STR(")")))
		return close_paren(p);
	for (size_t i = 0; i < ELEMENTS(binaries); i++) {
		if (str_eq(t, binaries[i].token))
			return binary(p, &binaries[i]);
	}
	return false;
}

static bool parse(struct parser *p, const struct str *tokens, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		bool ok = p->want_operand
			      ? take_operand(p, tokens[i], i && str_eq(tokens[i - 1], STR("(")))
			      : take_operator(p, tokens[i]);

		if (!ok)
			return false;
	}
	if (p->want_operand)
		return false;
	while (p->pending.n) {
		if (!close_top(p))
			return false;
	}
	return true;
}

int expr_compile(struct arena *a, const struct str *tokens, size_t n,
		 const struct expr_names *names, struct expr **ret, struct err *e)
{
	struct parser p = { .want_operand = true, .names = names };
	size_t depth = 0, deepest = 0;
	bool ok;

	vec_init(&p.steps, a, sizeof(struct expr_step), 0);
	vec_init(&p.pending, NULL, sizeof(struct pending), 0);
	ok = parse(&p, tokens, n);
	vec_done(&p.pending);
	if (!ok)
		return err_set(e, ERR_CONFIG, false, "syntax error");
	VEC_EACH (&p.steps, struct expr_step, s) {
		depth += s->op == OP_NUMBER || s->op == OP_VALUE;
		deepest = depth > deepest ? depth : deepest;
		depth -= s->op >= OP_MUL && depth;
	}
	if (deepest >= EXPR_MAX_STACK)
		return err_set(e, ERR_LIMIT, false, "expression nests too deep");
	*ret = expr_finish(a, p.steps.data, p.steps.n);
	return 0;
}
