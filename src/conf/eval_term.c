/* SPDX-License-Identifier: BSD-2-Clause */
/* Terms: the token where a value is expected becomes an operand, opens a frame, or is refused. */
#include "conf/eval_private.h"

#include "core/arena.h"
#include "core/xalloc.h"

static void unknown_name(struct parser *p, struct lvalue *lv, struct str name, char sigil)
{
	lv->var = vars_declare(p->vars, sigil, name, lv->place);
	lv->var->unknown = true;
}

/* The first unknown name of a statement is told at its end, together with what else is wrong there. */
static void note_unknown(struct parser *p, struct lvalue *lv, bool is_new)
{
	bool target = lv->place.line == p->statement.line && lv->place.col == p->statement.col;
	struct str nearest;

	/* Told already where it first stood; this statement has no effect either. */
	p->failed = true;
	if (!is_new && !target)
		return;
	if (!p->has_unknown) {
		p->has_unknown = true;
		p->unknown = (struct operand){ .form = OPERAND_LVALUE, .lvalue = lv };
		return;
	}
	nearest = advise_name(p, lv->var->name[0], str_of(lv->var->name + 1));
	parser_refuse(p, lv->place, "%s: unknown variable%s%.*s%s", lv->var->name,
		      nearest.n ? "; did you mean " : "", STR_FMT(nearest), nearest.n ? "?" : "");
}

static void push_lvalue(struct parser *p, char root, char sigil, const struct token *t)
{
	struct lvalue *lv = arena_zalloc(p->arena, sizeof(*lv));
	struct operand *o = vec_must_push(&p->operands);
	bool is_new = false;

	lv->sigil = sigil;
	lv->place = t->place;
	if (root != '%' || !str_eq(t->text, STR("ENV")))
		lv->var = vars_find(p->vars, root, t->text);
	if (!lv->var && !(root == '%' && str_eq(t->text, STR("ENV")))) {
		unknown_name(p, lv, t->text, root);
		is_new = true;
	}
	*o = (struct operand){ .form = OPERAND_LVALUE, .lvalue = lv, .place = t->place };
	if (lv->var && lv->var->unknown)
		note_unknown(p, lv, is_new);
}

static void term_scalar(struct parser *p)
{
	struct token t = p->tok;

	parser_next(p, false);
	if (parser_at_op(p, '{') || parser_at_op(p, '[')) {
		/* $x{..} is an element of %x, $x[..] one of @x. operator_token() reads the subscript. */
		push_lvalue(p, parser_at_op(p, '{') ? '%' : '@', '$', &t);
		return;
	}
	if (str_eq(t.text, STR("_"))) {
		struct operand *o = vec_must_push(&p->operands);

		*o = (struct operand){ .form = OPERAND_TOPIC, .place = t.place };
		return;
	}
	push_lvalue(p, '$', '$', &t);
}

static void term_plural(struct parser *p)
{
	struct token t = p->tok;
	char sigil = t.kind == TOK_ARRAY ? '@' : '%';

	parser_next(p, false);
	if (parser_at_op(p, '{') || (parser_at_op(p, '[') && sigil == '@')) {
		parser_syntax(p, t.place,
			      "a slice (several elements at once): not part of the language here; "
			      "write each element out");
		return;
	}
	push_lvalue(p, sigil, sigil, &t);
}

/* @{ ... }, @$x, %$x, ${ ... } */
static void term_cast(struct parser *p)
{
	struct token t = p->tok, name;

	parser_next(p, true);
	if (p->tok.kind == TOK_SCALAR && t.op != '$') {
		name = p->tok;
		name.place = t.place;
		parser_next(p, false);
		push_lvalue(p, '$', (char)t.op, &name);
		return;
	}
	if (t.op == '$' || !parser_at_op(p, '{')) {
		parser_syntax(p, t.place,
			      "%c: following a reference by its value is not part of the language "
			      "here; name the setting itself",
			      t.op);
		return;
	}
	eval_push_frame(p, FRAME_DEREF, t.place);
	if (!p->syntax_error)
		VEC_LAST(&p->frames, struct frame)->cast = t.op;
	parser_next(p, true);
}

static void term_words(struct parser *p)
{
	struct conf_value *list = conf_new(p->arena, CONF_LIST, p->tok.place);
	struct conf_place place = p->tok.place;
	struct str rest = p->tok.text;

	while (!p->syntax_error) {
		size_t n;

		rest = str_trim_left(rest, " \t\n\r\f\v");
		if (!rest.n)
			break;
		n = str_find_any(rest, " \t\n\r\f\v");
		if (n == STR_NPOS)
			n = rest.n;
		if (!parser_charge(p, 1, 0))
			return;
		conf_list_add(p->arena, list,
			      conf_new_string(p->arena, str_sub(rest, 0, n), place));
		rest = str_from(rest, n);
	}
	parser_next(p, false);
	eval_push_list(p, list, place);
}

static void push_unary(struct parser *p, enum eval_op op)
{
	struct pending_op *pending;

	if (p->ops.n > 4096) {
		parser_syntax(p, p->tok.place, "too many operators in a row");
		return;
	}
	pending = vec_must_push(&p->ops);
	*pending = (struct pending_op){ op, p->tok.place };
	parser_next(p, true);
}

/* \&name: code, which stays a name. */
static void term_code(struct parser *p, struct conf_place place)
{
	struct conf_value *v = conf_new(p->arena, CONF_CODE, place);
	size_t colon = str_rchr(p->tok.text, ':');
	struct str name = colon == STR_NPOS ? p->tok.text : str_from(p->tok.text, colon + 1);
	bool known = str_starts(name, STR("ask_")) || str_starts(name, STR("do_")) ||
		     str_eq(name, STR("sophos_savi")) || str_starts(name, STR("iso8601_"));

	if (!known)
		parser_refuse(p, place,
			      "\\&%.*s: a reference to code nobody knows here; \\&ask_daemon and "
			      "the decoders \\&do_... are known as names",
			      STR_FMT(name));
	v->text = name;
	parser_next(p, false);
	eval_push_value(p, v, place);
}

static void term_backslash(struct parser *p)
{
	struct conf_place place = p->tok.place;
	struct lex copy = p->lex;
	struct token t;

	lex_next(&copy, true, &t);
	if (t.kind == TOK_FUNC) {
		parser_next(p, true);
		term_code(p, place);
		return;
	}
	push_unary(p, OPERATOR_REF);
}

static void term_operator(struct parser *p)
{
	struct conf_place place = p->tok.place;

	switch (p->tok.op) {
	case '(':
	case '[':
	case '{':
		eval_push_frame(p,
				p->tok.op == '('   ? FRAME_PAREN
				: p->tok.op == '[' ? FRAME_LIST
						   : FRAME_HASH,
				place);
		parser_next(p, true);
		return;
	case '-': push_unary(p, OPERATOR_NEGATE); return;
	case '+': push_unary(p, OPERATOR_PLUS); return;
	case '\\': term_backslash(p); return;
	case ',':
	case LEX_OP_ARROW_COMMA:
		/* Perl lets a comma stand more than once between two values. */
		if (p->ops.n == VEC_LAST(&p->frames, struct frame)->ops_base &&
		    VEC_LAST(&p->frames, struct frame)->kind != FRAME_STATEMENT) {
			parser_next(p, true);
			return;
		}
		break;
	default: break;
	}
	if (p->tok.op == LEX_OP_OTHER && str_starts(p->tok.text, STR("$")))
		parser_syntax(p, place,
			      "%.*s: one of Perl's own variables; it has no value here, write the "
			      "value itself",
			      STR_FMT(lex_describe(p->arena, &p->tok)));
	else
		parser_syntax(p, place, "a value is missing before %.*s",
			      STR_FMT(lex_describe(p->arena, &p->tok)));
}

static void push_constant(struct parser *p, struct conf_value *v)
{
	struct conf_place place = p->tok.place;

	parser_next(p, false);
	eval_push_value(p, v, place);
}

static bool constant_word(struct parser *p, struct str word, struct conf_value **ret)
{
	static const struct {
		const char *name;
		int value;
	} constants[] = {
		{ "D_TEMPFAIL", -4 },  { "D_REJECT", -3 },   { "D_BOUNCE", -2 }, { "D_DISCARD", 0 },
		{ "D_PASS", 1 },       { "CC_CATCHALL", 0 }, { "CC_CLEAN", 1 },  { "CC_MTA", 2 },
		{ "CC_OVERSIZED", 3 }, { "CC_BADH", 4 },     { "CC_SPAMMY", 5 }, { "CC_SPAM", 6 },
		{ "CC_UNCHECKED", 7 }, { "CC_BANNED", 8 },   { "CC_VIRUS", 9 },
	};

	for (size_t i = 0; i < ELEMENTS(constants); i++) {
		if (str_eq(word, str_of(constants[i].name))) {
			*ret = conf_new_int(p->arena, constants[i].value, p->tok.place);
			return true;
		}
	}
	return false;
}

static void term_word(struct parser *p)
{
	struct conf_place place = p->tok.place;
	struct str word = p->tok.text;
	struct conf_value *v;
	struct operand o;
	struct lex copy = p->lex;
	struct token after;
	bool parens;

	lex_next(&copy, false, &after);
	parens = after.kind == TOK_OP && after.op == '(';
	if (after.kind == TOK_OP && after.op == LEX_OP_ARROW_COMMA) {
		if (constant_word(p, word, &v))
			conf_diag_add(p->vars->diags, CONF_WARNING, place,
				      "%.*s before => is the text '%.*s', not the constant (so in "
				      "Perl too); write a comma instead of =>",
				      STR_FMT(word), STR_FMT(word));
		push_constant(p, conf_new_string(p->arena, word, place));
	} else if (constant_word(p, word, &v)) {
		push_constant(p, v);
		if (parser_at_op(p, '(')) { /* D_PASS() */
			parser_next(p, true);
			parser_next(p, false);
		}
	} else if (str_eq(word, STR("undef"))) {
		push_constant(p, conf_new(p->arena, CONF_UNDEF, place));
	} else if (str_eq(word, STR("lc"))) {
		push_unary(p, parens ? OPERATOR_LC_CALL : OPERATOR_LC);
	} else if (str_eq(word, STR("uc"))) {
		push_unary(p, parens ? OPERATOR_UC_CALL : OPERATOR_UC);
	} else if (str_eq(word, STR("sub"))) {
		eval_sub(p, &o);
		if (!p->syntax_error)
			*(struct operand *)vec_must_push(&p->operands) = o;
	} else {
		eval_refuse_word(p, word, place);
	}
}

void eval_term(struct parser *p)
{
	switch (p->tok.kind) {
	case TOK_SCALAR: term_scalar(p); return;
	case TOK_ARRAY:
	case TOK_HASH: term_plural(p); return;
	case TOK_CAST: term_cast(p); return;
	case TOK_NUMBER: push_constant(p, eval_number(p, &p->tok)); return;
	case TOK_STRING:
		push_constant(p, conf_new_string(p->arena, eval_string(p, &p->tok), p->tok.place));
		return;
	case TOK_REGEXP: push_constant(p, eval_regexp(p, &p->tok)); return;
	case TOK_WORDS: term_words(p); return;
	case TOK_WORD: term_word(p); return;
	case TOK_OP: term_operator(p); return;
	case TOK_BAD: parser_syntax(p, p->tok.place, "%.*s", STR_FMT(p->tok.text)); return;
	case TOK_BACKTICK:
		parser_syntax(p, p->tok.place,
			      "a command in backticks: commands are never run; understood are "
			      "chomp($x = `head -n 1 FILE`) and chomp($x = `hostname --fqdn`); "
			      "else write the value itself");
		return;
	case TOK_MATCH:
		parser_syntax(p, p->tok.place,
			      "a match or substitution: it works on a text while the file is read; "
			      "for a regular expression as a value write qr/.../, for a path write "
			      "quotes around it");
		return;
	case TOK_FUNC:
		parser_syntax(
		    p, p->tok.place,
		    "&%.*s: a call of code, and code is never run; write the value itself",
		    STR_FMT(p->tok.text));
		return;
	default:
		parser_syntax(p, p->tok.place, "a value is missing before %.*s",
			      STR_FMT(lex_describe(p->arena, &p->tok)));
	}
}
