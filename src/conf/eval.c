/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Statements of the amavisd.conf language, and getting back on the way behind one that is refused.
 *
 *	file      = *( statement (";" / EOF) )
 *	statement = expression / "my" variable ["=" expression] / "use" ... / "chomp(" ... ")"
 *	          / lvalue "=" expression "for" list / "for" "(" list ")" "{" statement "}"
 */
#include "conf/eval.h"
#include "conf/eval_private.h"
#include "conf/source.h"

#include "core/arena.h"

#include <stdarg.h>
#include <stdio.h>

/* Files that may include each other, and how many in one load. */
enum { INCLUDE_DEPTH_MAX = 16, FILES_MAX = 1000 };

void parser_next(struct parser *p, bool want_term)
{
	p->prev = p->tok;
	p->want_term = want_term;
	lex_next(&p->lex, want_term, &p->tok);
}

bool parser_at_op(const struct parser *p, int op)
{
	return p->tok.kind == TOK_OP && p->tok.op == op;
}

bool parser_at_word(const struct parser *p, const char *word)
{
	return p->tok.kind == TOK_WORD && str_eq(p->tok.text, str_of(word));
}

void parser_refuse(struct parser *p, struct conf_place place, const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	p->failed = true;
	conf_diag_add(p->vars->diags, CONF_ERROR, place, "%s", text);
}

void parser_syntax(struct parser *p, struct conf_place place, const char *fmt, ...)
{
	struct str advice;
	char text[1024];
	va_list ap;

	if (p->syntax_error)
		return;
	p->failed = p->syntax_error = true;
	advice = advise_unquoted(p);
	if (advice.n) {
		conf_diag_add(p->vars->diags, CONF_ERROR, p->statement, "%.*s", STR_FMT(advice));
		p->has_unknown = false;
		return;
	}
	/* A quote that ran on over line ends, and nonsense behind it: the quote is the culprit. */
	if (p->prev.spans_lines && p->prev.kind == TOK_STRING) {
		conf_diag_add(p->vars->diags, CONF_ERROR, p->prev.place,
			      "this quote ends only on a later line, and what follows makes no "
			      "sense: is its closing %c missing on this line?",
			      p->prev.delim);
		lex_skip_line(&p->lex, &p->prev);
		parser_next(p, true);
		return;
	}
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	conf_diag_add(p->vars->diags, CONF_ERROR, place, "%s", text);
}

bool parser_charge(struct parser *p, size_t elements, size_t bytes)
{
	if (budget_take(p->budget, BUDGET_PARTS, elements) && budget_bytes(p->budget, bytes))
		return true;
	parser_syntax(
	    p, p->statement, "the configuration grows too large here (over %s): write less",
	    budget_is_over(p->budget, BUDGET_PARTS) ? "1 million elements" : "64 MB of text");
	return false;
}

/*
 * The next token where nothing is evaluated: behind operators and words a value is likely, so that / and
 * quotes are read right.
 */
void parser_skip(struct parser *p)
{
	bool closes =
	    p->tok.kind == TOK_OP && (p->tok.op == ')' || p->tok.op == ']' || p->tok.op == '}');

	parser_next(p, (p->tok.kind == TOK_OP && !closes) || p->tok.kind == TOK_WORD);
}

/* Is the current token a variable that begins an assignment on a line of its own? */
static bool begins_assignment(const struct parser *p)
{
	struct lex copy = p->lex;
	struct token t;

	if (!p->tok.first_on_line || p->tok.kind < TOK_SCALAR || p->tok.kind > TOK_HASH)
		return false;
	lex_next(&copy, false, &t);
	return t.kind == TOK_OP && t.op == '=';
}

/*
 * Behind a syntax error: to the end of the statement. That is a semicolon outside brackets, or a new
 * line that begins with an assignment (then a semicolon or bracket is what was missing).
 */
static void resync(struct parser *p)
{
	size_t depth = 0;

	while (p->tok.kind != TOK_EOF && budget_steps(p->budget, 1)) {
		if (p->tok.start != p->statement_start && begins_assignment(p)) {
			planted_fault(depth >= 2);
			return;
		}
		if (p->tok.kind == TOK_OP) {
			if (p->tok.op == ';' && !depth)
				return;
			if (p->tok.op == '{' || p->tok.op == '(' || p->tok.op == '[')
				depth++;
			if (p->tok.op == '}' || p->tok.op == ')' || p->tok.op == ']')
				depth -= depth > 0;
		}
		parser_skip(p);
	}
}

/* Behind a block that is refused whole: if (...) { ... }, sub name { ... }. Its closing } is current. */
static void skip_block(struct parser *p)
{
	size_t depth = 0;

	while (p->tok.kind != TOK_EOF && budget_steps(p->budget, 1)) {
		if (parser_at_op(p, '{'))
			depth++;
		if (parser_at_op(p, '}') && depth && --depth == 0)
			return;
		if (parser_at_op(p, ';') && !depth)
			return;
		parser_skip(p);
	}
}

static void skip_statement(struct parser *p)
{
	while (p->tok.kind != TOK_EOF && !parser_at_op(p, ';') && budget_steps(p->budget, 1))
		parser_skip(p);
}

static void statement_use(struct parser *p)
{
	static const char *const harmless[] = { "strict", "warnings", "utf8", "vars",
						"bytes",  "integer",  "re" };
	bool declares;

	parser_next(p, true);
	if (p->tok.kind == TOK_NUMBER || (p->tok.kind == TOK_WORD && p->tok.text.p[0] == 'v')) {
		skip_statement(p);
		return;
	}
	for (size_t i = 0; i < ELEMENTS(harmless); i++) {
		if (!parser_at_word(p, harmless[i]))
			continue;
		declares = str_eq(p->tok.text, STR("vars"));
		parser_next(p, true);
		if (declares && (p->tok.kind == TOK_WORDS || p->tok.kind == TOK_STRING)) {
			struct str rest = str_trim(p->tok.text, " \t\n"), word;

			while (rest.n && str_cut(&rest, ' ', &word))
				if (word.n > 1 && str_chr(STR("$@%"), word.p[0]) != STR_NPOS &&
				    !vars_find(p->vars, word.p[0], str_from(word, 1)))
					vars_declare(p->vars, word.p[0], str_from(word, 1),
						     p->tok.place);
		}
		skip_statement(p);
		return;
	}
	parser_refuse(p, p->statement,
		      "use of a Perl module: it is code, and the configuration is read as data; "
		      "remove the line");
	skip_statement(p);
}

/* my $x, our @y: a variable for this configuration only. The variable is current afterwards. */
static bool statement_my(struct parser *p)
{
	char sigil;

	parser_next(p, true);
	if (p->tok.kind < TOK_SCALAR || p->tok.kind > TOK_HASH) {
		parser_syntax(p, p->statement,
			      "a declaration of several variables at once: it is not part of the "
			      "language here; declare each in its own statement: my $x = ...;");
		return false;
	}
	sigil = p->tok.kind == TOK_SCALAR ? '$' : p->tok.kind == TOK_ARRAY ? '@' : '%';
	if (!vars_find(p->vars, sigil, p->tok.text))
		vars_declare(p->vars, sigil, p->tok.text, p->tok.place);
	return true;
}

/* Words at the start of a statement that make the whole of it something we do not do. */
static bool refuse_statement(struct parser *p)
{
	static const struct {
		const char *word;
		bool block;
		const char *why;
	} refused[] = {
		{ "if", true,
		  "a condition: the configuration is read as data, so nothing can be "
		  "decided while it is read; write the settings that are wanted" },
		{ "unless", true,
		  "a condition: the configuration is read as data, so nothing can "
		  "be decided while it is read; write the settings that are wanted" },
		{ "while", true,
		  "a loop: the configuration is read as data; write each element out" },
		{ "until", true,
		  "a loop: the configuration is read as data; write each element out" },
		{ "sub", true,
		  "a subroutine: code is never run; only sub { c('x') }, sub { ca('x') } "
		  "and sub { cr('x') } are understood, as values" },
		{ "BEGIN", true,
		  "a BEGIN block: code is never run; write its settings as plain "
		  "assignments" },
		{ "package", false, "package: settings have no packages here; remove the line" },
		{ "require", false,
		  "require: it loads code, and code is never run; use "
		  "include_config_files('FILE') for another configuration file" },
		{ "do", true,
		  "do: it runs code, and code is never run; use "
		  "include_config_files('FILE') for another configuration file" },
		{ "eval", true, "eval: code is never run; write plain assignments" },
		{ "return", false, "return: files are read to their end; remove the line" },
		{ "local", false, "local: settings have no scope here; write a plain assignment" },
		{ "print", false, "print: nothing is run; remove the line" },
		{ "warn", false, "warn: nothing is run; remove the line" },
		{ "die", false, "die: nothing is run; remove the line" },
		{ "system", false, "system: commands are never run; remove the line" },
		{ "delete", false,
		  "delete: elements cannot be removed; assign the whole hash anew" },
	};

	for (size_t i = 0; i < ELEMENTS(refused); i++) {
		if (!parser_at_word(p, refused[i].word))
			continue;
		parser_refuse(p, p->statement, "%s", refused[i].why);
		if (refused[i].block)
			skip_block(p);
		else
			resync(p);
		return true;
	}
	return false;
}

/* Carries out $h{$_} = value for each of a list. */
static void apply_topic(struct parser *p, const struct conf_value *list)
{
	for (size_t i = 0; i < list->count && !p->failed; i++) {
		size_t n = 0;
		struct conf_value *v = conf_copy(p->arena, p->topic_value, &n);
		struct str key = conf_text(p->arena, list->items[i]);

		if (!parser_charge(p, n, key.n))
			return;
		if (str_is_none(key)) {
			parser_refuse(p, list->items[i]->place,
				      "for needs texts here, got %s; write them as qw( a b c )",
				      conf_kind_name(list->items[i]->kind));
			return;
		}
		lvalue_write(p, p->topic_lvalue, v, key);
	}
}

/* ... for LIST; the `for` is current. */
static void statement_modifier(struct parser *p)
{
	struct conf_value *list = conf_new(p->arena, CONF_LIST, p->tok.place);
	struct operand o;

	if (!p->topic_lvalue && !p->failed) {
		parser_syntax(p, p->tok.place,
			      "for: only $hash{$_} = VALUE for qw( ... ) is understood here; write "
			      "each statement out");
		return;
	}
	parser_next(p, true);
	if (!eval_expression(p, &o))
		return;
	eval_flatten(p, &o, list);
	if (p->topic_lvalue && !p->failed)
		apply_topic(p, list);
	p->topic_lvalue = NULL;
}

/* for (LIST) { $hash{lc $_} = VALUE } */
static void statement_for(struct parser *p)
{
	struct conf_value *list = conf_new(p->arena, CONF_LIST, p->tok.place);
	struct operand o;

	parser_next(p, true);
	if (!parser_at_op(p, '(')) {
		parser_refuse(p, p->statement,
			      "for with a variable: only for (LIST) { $hash{$_} = VALUE } is "
			      "understood; write each element out");
		skip_block(p);
		return;
	}
	if (!eval_expression(p, &o))
		return;
	eval_flatten(p, &o, list);
	if (!parser_at_op(p, '{')) {
		parser_syntax(p, p->tok.place, "for (LIST) needs a { block } behind it");
		return;
	}
	parser_next(p, true);
	if (!eval_expression(p, &o))
		return;
	if (!p->topic_lvalue) {
		parser_refuse(p, p->statement,
			      "this loop: only for (LIST) { $hash{$_} = VALUE } is understood; "
			      "write each element out");
		while (p->tok.kind != TOK_EOF && !parser_at_op(p, '}'))
			parser_skip(p);
		return;
	}
	if (parser_at_op(p, ';'))
		parser_next(p, true);
	if (!parser_at_op(p, '}')) {
		parser_syntax(p, p->tok.place,
			      "only one statement is understood in this loop: write the others "
			      "out");
		return;
	}
	apply_topic(p, list);
	p->topic_lvalue = NULL;
}

static void statement_expression(struct parser *p)
{
	bool constant = p->tok.kind == TOK_NUMBER || p->tok.kind == TOK_STRING;
	struct operand o;

	if (!eval_expression(p, &o))
		return;
	if (parser_at_word(p, "for") || parser_at_word(p, "foreach")) {
		statement_modifier(p);
		return;
	}
	if (p->topic_lvalue && !p->failed)
		parser_refuse(p, p->statement, "$_ stands for nothing here: it needs a for LIST");
	if (parser_at_word(p, "if") || parser_at_word(p, "unless")) {
		parser_syntax(p, p->tok.place,
			      "a condition: the configuration is read as data, so nothing can be "
			      "decided while it is read; write the settings that are wanted");
		return;
	}
	if (o.form == OPERAND_LVALUE && o.lvalue->place.line == p->statement.line &&
	    o.lvalue->place.col == p->statement.col && o.value == NULL && !constant)
		parser_refuse(
		    p, p->statement,
		    "this names a variable and does nothing with it; write NAME = VALUE;");
}

static bool is_declaration(const struct parser *p)
{
	return parser_at_word(p, "my") || parser_at_word(p, "our");
}

static void report_unknown(struct parser *p)
{
	const struct lvalue *lv = p->unknown.lvalue;
	struct str nearest = advise_name(p, lv->var->name[0], str_of(lv->var->name + 1));

	p->failed = true;
	if (nearest.n)
		conf_diag_add(p->vars->diags, CONF_ERROR, lv->place,
			      "%s: unknown setting; did you mean %.*s?", lv->var->name,
			      STR_FMT(nearest));
	else
		conf_diag_add(p->vars->diags, CONF_ERROR, lv->place,
			      "%s: unknown setting; a variable of your own is declared first: my "
			      "%s = ...;",
			      lv->var->name, lv->var->name);
}

static bool statement_by_word(struct parser *p)
{
	if (refuse_statement(p))
		return true;
	if (parser_at_word(p, "use") || parser_at_word(p, "no"))
		statement_use(p);
	else if (parser_at_word(p, "chomp"))
		eval_chomp(p);
	else if (parser_at_word(p, "for") || parser_at_word(p, "foreach"))
		statement_for(p);
	else
		return false;
	return true;
}

/* The end of a statement: a semicolon, a closing brace of a block, or the end of the file. */
static void statement_end(struct parser *p)
{
	struct conf_place place = p->prev.place;

	if (!p->syntax_error && !parser_at_op(p, ';') && !parser_at_op(p, '}') &&
	    p->tok.kind != TOK_EOF) {
		if (!p->prev.spans_lines)
			place.col += (unsigned)(p->prev.end - p->prev.start);
		if (p->tok.kind == TOK_BAD)
			parser_syntax(p, p->tok.place, "%.*s", STR_FMT(p->tok.text));
		else if (p->tok.first_on_line)
			parser_syntax(p, place,
				      "the semicolon at the end of this statement is "
				      "missing; write ; here");
		else
			parser_syntax(p, p->tok.place,
				      "%.*s is not expected here; is an operator, a comma or a "
				      "quote missing before it?",
				      STR_FMT(lex_describe(p->arena, &p->tok)));
	}
	if (p->has_unknown)
		report_unknown(p);
	if (p->syntax_error)
		resync(p);
}

static void statement(struct parser *p)
{
	p->failed = p->syntax_error = p->has_unknown = false;
	p->topic_lvalue = NULL;
	p->statement = p->tok.place;
	p->statement_start = p->tok.start;
	if (parser_at_op(p, ';') || parser_at_op(p, '}'))
		return;
	if (p->tok.kind != TOK_WORD || !statement_by_word(p)) {
		if (!is_declaration(p) || statement_my(p))
			statement_expression(p);
	}
	statement_end(p);
	vec_clear(&p->frames);
	vec_clear(&p->ops);
	vec_clear(&p->operands);
}

void conf_eval_text(struct vars *vars, const struct conf_io *io, struct budget *budget,
		    struct str text, const char *file)
{
	struct parser p = { .vars = vars, .io = io, .budget = budget, .arena = vars->arena };
	bool resumed = false;

	vec_init(&p.frames, p.arena, sizeof(struct frame), 0);
	vec_init(&p.ops, p.arena, sizeof(struct pending_op), 0);
	vec_init(&p.operands, p.arena, sizeof(struct operand), 0);
	lex_init(&p.lex, p.arena, text, file);
	for (;;) {
		/* Behind a missing semicolon the next statement's first token is current already. */
		if (!resumed)
			parser_next(&p, true);
		if (p.tok.kind == TOK_EOF)
			return;
		if (vars->diags->errors >= CONF_ERRORS_MAX || !budget_steps(budget, 1)) {
			conf_diag_add(vars->diags, CONF_ERROR, p.tok.place,
				      "too many errors: reading stops here");
			return;
		}
		statement(&p);
		resumed = p.syntax_error && !parser_at_op(&p, ';') && p.tok.kind != TOK_EOF &&
			  p.tok.start != p.statement_start;
	}
}

void conf_eval_include(struct vars *vars, const struct conf_io *io, struct budget *budget,
		       const char *path, struct conf_place from, bool optional)
{
	struct err e = ERR_INIT;
	struct str text;

	if (++vars->files_read > FILES_MAX || vars->include_depth >= INCLUDE_DEPTH_MAX) {
		conf_diag_add(vars->diags, CONF_ERROR, from,
			      "%s: files include each other too deep (%d) or are too many (%d)",
			      path, INCLUDE_DEPTH_MAX, FILES_MAX);
		return;
	}
	if (io->read_file(io->ctx, vars->arena, path, &text, &e) < 0) {
		if (!optional)
			conf_diag_add(vars->diags, CONF_ERROR, from, "%s", e.text);
		return;
	}
	if (!budget_bytes(budget, text.n)) {
		conf_diag_add(vars->diags, CONF_ERROR, from,
			      "%s: the configuration is too large (64 MB of text)", path);
		return;
	}
	vars->include_depth++;
	conf_eval_text(vars, io, budget, text, path);
	vars->include_depth--;
}

void conf_eval_path(struct vars *vars, const struct conf_io *io, struct budget *budget,
		    const char *path, struct conf_place from)
{
	struct err e = ERR_INIT;
	const char **files;
	long count;

	if (io->list_dir(io->ctx, vars->arena, path, &files, &count, &e) < 0) {
		conf_diag_add(vars->diags, CONF_ERROR, from, "%s", e.text);
		return;
	}
	if (count < 0)
		conf_eval_include(vars, io, budget, path, from, false);
	for (long i = 0; i < count; i++)
		conf_eval_include(vars, io, budget, files[i], from, false);
}
