/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Idioms that are code in Perl and are recognised whole here: late references in sub { }, and the two
 * commands that Debian's files read a host's names with. Nothing of them is run.
 */
#include "conf/eval_private.h"

#include "conf/source.h"
#include "core/arena.h"

/* The longest sub { } that can be an idiom, in tokens. */
enum { SUB_TOKENS_MAX = 16 };

/*
 * From the word that is current to its block's closing brace, which is current then; the tokens between, as
 * many as fit. STR_NPOS: it never closes.
 */
static size_t read_block(struct parser *p, struct token *ret)
{
	size_t depth = 0, n = 0;

	parser_next(p, true);
	if (!parser_at_op(p, '{'))
		return 0;
	for (;;) {
		if (parser_at_op(p, '{') && depth++ == 0) {
			parser_next(p, true);
			continue;
		}
		if (p->tok.kind == TOK_EOF || p->tok.kind == TOK_BAD || !budget_steps(p->budget, 1))
			return STR_NPOS;
		if (parser_at_op(p, '}') && --depth == 0)
			break;
		if (n < SUB_TOKENS_MAX)
			ret[n] = p->tok;
		n++;
		parser_skip(p);
	}
	return n;
}

static bool is_op(const struct token *t, int op)
{
	return t->kind == TOK_OP && t->op == op;
}

/* c('x'), ca('x') or cr('x') from t on, n tokens in all; x is a setting's name, not any text. */
static bool late_call(const struct token *t, size_t n, struct conf_value *v)
{
	static const char *const names[] = { "c", "ca", "cr" };
	static const char name_bytes[] =
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";

	if (n != 4 || t[0].kind != TOK_WORD || !is_op(&t[1], '(') || t[2].kind != TOK_STRING ||
	    !is_op(&t[3], ')') || !t[2].text.n || str_find_not(t[2].text, name_bytes) != STR_NPOS)
		return false;
	for (size_t i = 0; i < ELEMENTS(names); i++) {
		if (str_eq(t[0].text, str_of(names[i]))) {
			v->late_how = (enum conf_late_how)i;
			v->text = t[2].text;
			return true;
		}
	}
	return false;
}

static bool late_wrapped(const struct token *t, size_t n, struct conf_value *v)
{
	if (n == 6 && is_op(&t[0], '[') && is_op(&t[5], ']') && late_call(t + 1, 4, v)) {
		v->late_wrap = CONF_WRAP_LIST;
		return true;
	}
	if (n == 7 && t[0].kind == TOK_WORD && str_eq(t[0].text, STR("Opaque")) &&
	    is_op(&t[1], '(') && is_op(&t[6], ')') && late_call(t + 2, 4, v)) {
		v->late_wrap = CONF_WRAP_OPAQUE;
		return true;
	}
	if (n == 1 && t[0].kind == TOK_NUMBER) {
		v->late_how = CONF_LATE_CONST;
		v->text = t[0].text;
		return true;
	}
	return false;
}

void eval_sub(struct parser *p, struct operand *ret)
{
	struct conf_place place = p->tok.place;
	struct token t[SUB_TOKENS_MAX] = { 0 };
	struct conf_value *v = conf_new(p->arena, CONF_LATE, place);
	size_t n = read_block(p, t);

	if (n == STR_NPOS) {
		parser_syntax(p, place, "sub { is never closed");
		return;
	}
	if (!parser_at_op(p, '}')) {
		parser_syntax(p, place, "sub without { } behind it");
		return;
	}
	parser_next(p, false);
	if (n && n <= SUB_TOKENS_MAX && is_op(&t[n - 1], ';'))
		n--;
	*ret = (struct operand){ .form = OPERAND_VALUE, .value = v, .place = place };
	if (n <= SUB_TOKENS_MAX && (late_call(t, n, v) || late_wrapped(t, n, v)))
		return;
	v->kind = CONF_UNDEF;
	if (n && t[0].kind == TOK_WORD && str_eq(t[0].text, STR("chdir"))) {
		conf_diag_add(p->vars->diags, CONF_WARNING, place,
			      "sub { chdir ... } is ignored: scanners are started in a folder of "
			      "their own");
		return;
	}
	parser_refuse(
	    p, place,
	    "sub { ... }: code is never run; understood are sub { c('x') }, sub { ca('x') } "
	    "and sub { cr('x') }; write the value itself");
}

/* $_, lc $_ or lc($_) from t on; how many tokens, 0 if it is none of them. */
static size_t topic_tokens(const struct token *t, size_t n, bool *ret_lc)
{
	size_t lc = n && t[0].kind == TOK_WORD && str_eq(t[0].text, STR("lc"));
	size_t parens = lc && n > 1 && is_op(&t[1], '(');

	*ret_lc = lc;
	if (n < 1 + lc + 2 * parens || t[lc + parens].kind != TOK_SCALAR ||
	    !str_eq(t[lc + parens].text, STR("_")) || (parens && !is_op(&t[3], ')')))
		return 0;
	return 1 + lc + 2 * parens;
}

bool eval_map(struct parser *p, struct frame *f)
{
	struct lex saved = p->lex;
	struct token saved_tok = p->tok, t[SUB_TOKENS_MAX] = { 0 };
	size_t n = read_block(p, t), at;
	const struct token *v;

	f->each = (struct operand){ .form = OPERAND_VALUE };
	at = n == STR_NPOS || n > SUB_TOKENS_MAX ? 0 : topic_tokens(t, n, &f->each_lc);
	v = &t[at + 1];
	if (at && n == at + 2 && (is_op(&t[at], LEX_OP_ARROW_COMMA) || is_op(&t[at], ','))) {
		f->each.place = v->place;
		if (v->kind == TOK_STRING)
			f->each.value = conf_new_string(p->arena, eval_string(p, v), v->place);
		else if (v->kind == TOK_NUMBER)
			f->each.value = eval_number(p, v);
		else if (v->kind == TOK_WORD && str_eq(v->text, STR("undef")))
			f->each.value = conf_new(p->arena, CONF_UNDEF, v->place);
	}
	if (f->each.value) {
		parser_next(p, true);
		return true;
	}
	p->lex = saved;
	p->tok = saved_tok;
	return false;
}

/* head -n 1 FILE, head -n1 FILE, head -1 FILE, cat FILE */
static bool command_first_line(struct str command, struct str *ret_file)
{
	static const char *const heads[] = { "head -n 1 ", "head -n1 ", "head -1 ", "cat " };

	for (size_t i = 0; i < ELEMENTS(heads); i++) {
		struct str head = str_of(heads[i]);

		if (!str_starts(command, head))
			continue;
		*ret_file = str_trim(str_from(command, head.n), " \t");
		return ret_file->n && str_find_any(*ret_file, " \t|;&<>$`*?'\"\\()") == STR_NPOS;
	}
	return false;
}

static struct conf_value *first_line(struct parser *p, struct str file, struct conf_place place)
{
	const char *path = str_cstr(p->arena, file);
	struct err e = ERR_INIT;
	struct str text = STR("");

	if (!path || p->io->read_file(p->io->ctx, p->arena, path, &text, &e) < 0)
		conf_diag_add(p->vars->diags, CONF_WARNING, place,
			      "%s; the setting becomes empty, write its value here", e.text);
	return conf_new_string(p->arena,
			       str_trim_right(str_sub(text, 0, str_chr(text, '\n')), "\r"), place);
}

/* The value of a command in backticks that we know; NULL and an error for others. */
static struct conf_value *command_value(struct parser *p, const struct token *t)
{
	struct str command = str_trim(t->text, " \t\n"), file;
	const char *name;

	if (command_first_line(command, &file))
		return first_line(p, file, t->place);
	if (str_eq(command, STR("hostname --fqdn")) || str_eq(command, STR("hostname -f")) ||
	    str_eq(command, STR("hostname"))) {
		name = p->io->fqdn(p->io->ctx, p->arena);
		if (!name || !str_of(name).n)
			conf_diag_add(p->vars->diags, CONF_WARNING, t->place,
				      "the full name of this host cannot be found out; write it: "
				      "$myhostname = 'mail.example.com';");
		return conf_new_string(p->arena, str_of(name), t->place);
	}
	parser_refuse(p, t->place,
		      "`%.*s`: commands are never run; understood are `head -n 1 FILE` and "
		      "`hostname --fqdn`; write the value itself",
		      STR_FMT(str_sub(command, 0, 60)));
	return NULL;
}

/* chomp($x = `...`): a scalar, then = and a command. Also chomp(my $x = ...), chomp($h{key} = ...). */
void eval_chomp(struct parser *p)
{
	struct conf_place place = p->tok.place;
	struct conf_value *v;
	struct lvalue lv = { .sigil = '$' };

	parser_next(p, true);
	if (parser_at_op(p, '('))
		parser_next(p, true);
	if (parser_at_word(p, "my"))
		parser_next(p, true);
	lv.place = p->tok.place;
	if (p->tok.kind == TOK_SCALAR) {
		lv.var = vars_find(p->vars, '$', p->tok.text);
		if (!lv.var && str_eq(p->prev.text, STR("my")))
			lv.var = vars_declare(p->vars, '$', p->tok.text, p->tok.place);
		if (!lv.var)
			parser_refuse(p, lv.place, "$%.*s: unknown setting", STR_FMT(p->tok.text));
	}
	parser_next(p, false);
	if (!lv.var && !p->failed) {
		parser_syntax(p, place,
			      "chomp: understood is only chomp($x = `head -n 1 FILE`) and "
			      "chomp($x = `hostname --fqdn`)");
		return;
	}
	if (parser_at_op(p, '='))
		parser_next(p, true);
	if (p->tok.kind != TOK_BACKTICK) {
		parser_syntax(p, place,
			      "chomp: understood is only chomp($x = `head -n 1 FILE`) and "
			      "chomp($x = `hostname --fqdn`)");
		return;
	}
	v = command_value(p, &p->tok);
	parser_next(p, false);
	if (parser_at_op(p, ')'))
		parser_next(p, false);
	if (v && !p->failed)
		lvalue_write(p, &lv, v, STR_NONE);
}
