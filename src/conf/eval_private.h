/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The evaluator's insides, for conf/eval_*.c only.
 *
 * Expressions are read with explicit stacks: `frames` are the open brackets and calls, `ops` the operators
 * that wait for their right side, `operands` the values. A frame owns the parts of both stacks above its
 * bases, and collects what its commas separate in `list`.
 */
#pragma once

#include "conf/eval.h"
#include "conf/lex.h"
#include "conf/vars.h"
#include "core/budget.h"
#include "core/vec.h"

#include <stdbool.h>

/* A way from a variable to an element: $x{key}[3]. */
enum { PATH_MAX_STEPS = 12 };
struct path_step {
	enum { STEP_KEY = 0, STEP_INDEX, STEP_TOPIC, STEP_TOPIC_LC } how; /* TOPIC: $_ of a for */
	struct str key;
	int64_t index;
};

struct lvalue {
	char sigil;      /* what is meant at the end of the path: $ scalar, @ list, % hash */
	struct var *var; /* NULL: %ENV, whose values go nowhere */
	struct path_step steps[PATH_MAX_STEPS];
	size_t count;
	struct conf_place place;
};

enum operand_form {
	OPERAND_VALUE = 0, /* one scalar */
	OPERAND_LIST,      /* a list: (1, 2), qw(..), read from @x */
	OPERAND_LVALUE,    /* a variable or element, not read yet */
	OPERAND_TOPIC,     /* $_ : only in a for's key */
};

struct operand {
	enum operand_form form;
	struct conf_value *value; /* VALUE; LIST: a CONF_LIST */
	struct lvalue *lvalue;
	bool topic_lc;
	bool in_parens;
	struct conf_place place;
};

enum eval_op {
	OPERATOR_ASSIGN = 0,
	OPERATOR_ADD_ASSIGN,
	OPERATOR_SUB_ASSIGN,
	OPERATOR_MUL_ASSIGN,
	OPERATOR_CONCAT_ASSIGN,
	OPERATOR_RANGE,
	OPERATOR_ADD,
	OPERATOR_SUB,
	OPERATOR_CONCAT,
	OPERATOR_MUL,
	OPERATOR_DIV,
	OPERATOR_NEGATE,
	OPERATOR_PLUS,
	OPERATOR_REF,
	OPERATOR_LC,
	OPERATOR_UC,
	OPERATOR_LC_CALL, /* lc(...): binds as a call */
	OPERATOR_UC_CALL,
	OPERATOR_COUNT
};

struct pending_op {
	enum eval_op op;
	struct conf_place place;
};

enum frame_kind {
	FRAME_STATEMENT = 0, /* ends before ; } ) or the end of the file */
	FRAME_PAREN,
	FRAME_LIST,      /* [ */
	FRAME_HASH,      /* { */
	FRAME_CALL,      /* name( */
	FRAME_BARE_CALL, /* push @x, ... : ends where the statement does, or the bracket around it */
	FRAME_KEY,       /* $x{ */
	FRAME_INDEX,     /* $x[ */
	FRAME_DEREF,     /* @{ */
};

struct frame {
	enum frame_kind kind;
	size_t ops_base, operands_base;
	struct conf_value *list;
	struct operand first; /* CALL: the first argument unread, for push */
	bool has_first;
	struct str name;     /* CALL */
	struct operand each; /* map { $_ => VALUE } LIST: VALUE */
	bool each_lc;
	int cast; /* DEREF: the sigil; KEY, INDEX: 1 if the operand before is to be followed (->) */
	struct conf_place place;
};

struct parser {
	struct vars *vars;
	const struct conf_io *io;
	struct budget *budget;
	struct arena *arena;
	struct lex lex;
	struct token tok;  /* the current one */
	struct token prev; /* the one before it */
	bool want_term;    /* how `tok` was read */
	struct vec frames, ops, operands;
	bool failed;       /* this statement has an error: it has no effect */
	bool syntax_error; /* reading cannot go on inside it */
	struct conf_place statement;
	size_t statement_start; /* offset */
	/* An assignment to a name nobody knows: told at the statement's end, with the rest of what is wrong. */
	struct operand unknown;
	bool has_unknown;
	/* $h{$_} = value, waiting for its `for LIST`. */
	struct lvalue *topic_lvalue;
	struct conf_value *topic_value;
};

/* eval.c */
void parser_next(struct parser *p, bool want_term);
void parser_skip(struct parser *p);
bool parser_at_op(const struct parser *p, int op);
bool parser_at_word(const struct parser *p, const char *word);
/* The statement fails, reading goes on in it. */
void parser_refuse(struct parser *p, struct conf_place place, const char *fmt, ...) _printf_(3, 4);
/* The statement fails and reading resumes behind it. */
void parser_syntax(struct parser *p, struct conf_place place, const char *fmt, ...) _printf_(3, 4);
/* Charge elements and bytes; over budget is a syntax error of the statement. */
bool parser_charge(struct parser *p, size_t elements, size_t bytes);

/* eval_expr.c: reads one expression; false on a syntax error. The token behind it is current. */
bool eval_expression(struct parser *p, struct operand *ret);

/* eval_ops.c */
void eval_reduce(struct parser *p, int min_precedence);
int eval_precedence(enum eval_op op);
/* The operand as one scalar; complains and gives undef where it is none. */
struct conf_value *eval_scalar(struct parser *p, const struct operand *o);
/* Appends the operand's values to a list, as Perl flattens them. */
void eval_flatten(struct parser *p, const struct operand *o, struct conf_value *list);
struct conf_value *eval_make_hash(struct parser *p, struct conf_value *list,
				  struct conf_place place);

/* eval_lvalue.c */
const struct conf_value *lvalue_read(struct parser *p, const struct lvalue *lv);
/* Takes `v` over (CONF_LIST for @, CONF_HASH for %). topic: what $_ stands for, or none. */
void lvalue_write(struct parser *p, const struct lvalue *lv, struct conf_value *v,
		  struct str topic);
/* Does v fit at this path without nesting too deep? Complains if not. */
bool eval_depth_fits(struct parser *p, const struct lvalue *lv, const struct conf_value *v);
/* The list or hash there, made if it is missing, to be added to. NULL and an error where it cannot be. */
struct conf_value *lvalue_container(struct parser *p, const struct lvalue *lv, struct str topic);

/* eval_term.c: the current token as an operand, or an opening bracket as a frame. */
void eval_term(struct parser *p);
void eval_push_frame(struct parser *p, enum frame_kind kind, struct conf_place place);
void eval_push_value(struct parser *p, struct conf_value *v, struct conf_place place);
void eval_push_list(struct parser *p, struct conf_value *list, struct conf_place place);

/* eval_call.c */
bool eval_is_function(struct str name);
/* Does the function take its arguments without parentheses, up to the statement's end? */
bool eval_is_list_operator(struct str name);
bool eval_wants_target(struct str name);
void eval_call(struct parser *p, struct frame *f, struct operand *ret);
void eval_refuse_word(struct parser *p, struct str word, struct conf_place place);

/* eval_idiom.c */
/* At `sub`: reads the whole block. */
void eval_sub(struct parser *p, struct operand *ret);
/*
 * At `map`, if { $_ => VALUE } follows: reads the block, fills the frame's `each`; false: not that idiom.
 * VALUE is a constant.
 */
bool eval_map(struct parser *p, struct frame *f);
/* At chomp( */
void eval_chomp(struct parser *p);

/* eval_quote.c */
struct str eval_string(struct parser *p, const struct token *t);
struct conf_value *eval_regexp(struct parser *p, const struct token *t);
struct conf_value *eval_number(struct parser *p, const struct token *t);

/* eval_file.c */
struct conf_value *eval_read_hash(struct parser *p, struct str path, struct conf_place place);
struct conf_value *eval_read_array(struct parser *p, struct str path, struct conf_place place);
bool eval_read_text(struct parser *p, struct str path, struct conf_place place, struct str *ret);
void eval_read_templates(struct parser *p, struct str dir, struct conf_place place);

/* eval_advice.c: what to write instead, for a statement that could not be read. */
/* "write: $TEMPBASE = "$MYHOME/tmp";" if the statement is an assignment of an unquoted text; else none. */
struct str advise_unquoted(struct parser *p);
/* The nearest known name with its sigil, or none. */
struct str advise_name(struct parser *p, char sigil, struct str name);
