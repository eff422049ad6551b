/* SPDX-License-Identifier: BSD-2-Clause */
/* Tokens of the amavisd.conf language. Quotes and here-documents are in lex_quote.c. */
#include "conf/lex.h"

#include "core/arena.h"
#include "core/num.h"
#include "core/reader.h"
#include "core/xalloc.h"

#include <stdio.h>

bool lex_is_word_byte(char c)
{
	return ascii_is_alnum(c) || c == '_';
}

static int peek(const struct lex *lx, size_t ahead)
{
	return lx->at + ahead < lx->text.n ? (unsigned char)lx->text.p[lx->at + ahead] : -1;
}

static bool is_word_start(int c)
{
	return c >= 0 && (ascii_is_alpha((char)c) || c == '_');
}

void lex_init(struct lex *lx, struct arena *a, struct str text, const char *file)
{
	*lx = (struct lex){ .text = text, .arena = a, .file = file, .line = 1 };
	lx->fresh_line = true;
	lx->here_nl = STR_NPOS;
	if (str_starts(text, STR("\xef\xbb\xbf"))) /* a byte order mark, as some editors leave it */
		lx->at = lx->line_start = 3;
}

/* Steps over the newline at the cursor, and over a here-document's body behind it. */
void lex_newline(struct lex *lx)
{
	if (lx->at == lx->here_nl) {
		lx->at = lx->here_end;
		lx->line += lx->here_lines;
		lx->here_nl = STR_NPOS;
	} else {
		lx->at++;
	}
	lx->line++;
	lx->line_start = lx->at;
	lx->fresh_line = true;
}

/* From the cursor to before the line's end. Looked up once a line, however many tokens it has. */
static struct str line_here(struct lex *lx)
{
	if (lx->at > lx->eol || lx->eol < lx->line_start || !lx->eol) {
		size_t n = str_chr(str_from(lx->text, lx->at), '\n');

		lx->eol = n == STR_NPOS ? lx->text.n : lx->at + n;
	}
	return str_sub(lx->text, lx->at, lx->eol);
}

/* `# line 12 "file"` at the start of a line: Perl's own way to say where the next line came from. */
static void line_directive(struct lex *lx, struct str line)
{
	struct rd r = rd_of(line);
	struct str digits, name;
	uint64_t n;

	rd_accept(&r, '#');
	rd_while(&r, " \t");
	if (!rd_accept_str(&r, STR("line")) || !rd_while(&r, " \t").n)
		return;
	digits = rd_while(&r, "0123456789");
	if (!num_parse_u64(digits, 10, 0x7ffffffe, &n) || !n)
		return;
	rd_while(&r, " \t");
	name = str_trim(rd_rest(&r), " \t\r");
	if (name.n >= 2 && name.p[0] == '"' && name.p[name.n - 1] == '"')
		name = str_sub(name, 1, name.n - 1);
	else if (name.n)
		return;
	if (name.n) {
		const char *file = str_cstr(lx->arena, name);

		if (!file || str_chr(name, '"') != STR_NPOS)
			return;
		lx->file = file;
	}
	lx->line = (unsigned)n - 1;
}

/* A line that begins with = and a letter starts POD; it ends behind the line =cut. */
static void skip_pod(struct lex *lx)
{
	bool cut = false;

	while (lx->at < lx->text.n && !cut) {
		struct str line = line_here(lx);

		cut =
		    str_starts(line, STR("=cut")) && (line.n == 4 || !lex_is_word_byte(line.p[4]));
		lx->at += line.n;
		if (lx->at < lx->text.n)
			lex_newline(lx);
	}
}

static void skip_space(struct lex *lx)
{
	for (;;) {
		int c = peek(lx, 0);

		if (c == '\n') {
			lex_newline(lx);
		} else if (c >= 0 && ascii_is_space((char)c)) {
			lx->at++;
		} else if (c == '#') {
			struct str line = line_here(lx);

			if (lx->at == lx->line_start)
				line_directive(lx, line);
			lx->at += line.n;
		} else if (c == '=' && lx->at == lx->line_start && is_word_start(peek(lx, 1))) {
			skip_pod(lx);
		} else {
			return;
		}
	}
}

static struct str take_word(struct lex *lx)
{
	size_t from = lx->at;

	for (;;) {
		while (peek(lx, 0) >= 0 && lex_is_word_byte((char)peek(lx, 0)))
			lx->at++;
		if (peek(lx, 0) != ':' || peek(lx, 1) != ':' || !is_word_start(peek(lx, 2)))
			break;
		lx->at += 2;
	}
	return str_sub(lx->text, from, lx->at);
}

/* $Amavis::Conf::name is how other files call $name. */
static struct str without_package(struct str name)
{
	struct str prefix = STR("Amavis::Conf::");

	return str_starts(name, prefix) ? str_from(name, prefix.n) : name;
}

static void lex_variable(struct lex *lx, struct token *t)
{
	char sigil = (char)peek(lx, 0);
	size_t close;
	struct str inner;

	lx->at++;
	if (sigil == '$' && peek(lx, 0) == '#' &&
	    (peek(lx, 1) == '{' || peek(lx, 1) == '$' || is_word_start(peek(lx, 1)))) {
		lx->at++;
		take_word(lx);
		t->kind = TOK_OP;
		t->op = LEX_OP_OTHER;
		return;
	}
	if (is_word_start(peek(lx, 0)) ||
	    (peek(lx, 0) == ':' && peek(lx, 1) == ':' && is_word_start(peek(lx, 2)))) {
		if (peek(lx, 0) == ':')
			lx->at += 2;
		t->text = without_package(take_word(lx));
	} else if (peek(lx, 0) == '{' && sigil != '&') {
		/* ${name} is $name; anything else in the braces is a reference to follow. */
		inner = str_sub(lx->text, lx->at + 1, lx->at + 200);
		close = str_find_any(inner, "}\n");
		inner = close == STR_NPOS ? STR_NONE : str_trim(str_sub(inner, 0, close), " \t");
		if (!inner.n || !is_word_start(inner.p[0]) ||
		    str_find_not(inner, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
					"0123456789_:") != STR_NPOS) {
			t->kind = TOK_CAST;
			t->op = sigil;
			return;
		}
		t->text = without_package(inner);
		lx->at += close + 2;
	} else if (peek(lx, 0) == '$' && (is_word_start(peek(lx, 1)) || peek(lx, 1) == '{')) {
		t->kind = TOK_CAST;
		t->op = sigil;
		return;
	} else {
		/* $0 $1 $$ $! and their like */
		if (peek(lx, 0) > ' ')
			lx->at++;
		t->kind = TOK_OP;
		t->op = LEX_OP_OTHER;
		return;
	}
	t->kind = sigil == '$'   ? TOK_SCALAR
		  : sigil == '@' ? TOK_ARRAY
		  : sigil == '%' ? TOK_HASH
				 : TOK_FUNC;
}

static void lex_number(struct lex *lx, struct token *t)
{
	static const char digits[] = "0123456789_";
	size_t from = lx->at;
	struct rd r = rd_of(lx->text);

	r.at = lx->at;
	t->kind = TOK_NUMBER;
	if (rd_peek(&r) == '0' && rd_peek_at(&r, 1) >= 0 &&
	    str_chr(STR("xXbB"), (char)rd_peek_at(&r, 1)) != STR_NPOS) {
		rd_skip(&r, 2);
		rd_while(&r, "0123456789abcdefABCDEF_");
	} else {
		rd_while(&r, digits);
		if (rd_peek(&r) == '.' && rd_peek_at(&r, 1) != '.') {
			rd_skip(&r, 1);
			rd_while(&r, digits);
		}
		if (rd_peek(&r) == 'e' || rd_peek(&r) == 'E') {
			struct rd e = r;

			rd_skip(&e, 1);
			if (rd_peek(&e) == '+' || rd_peek(&e) == '-')
				rd_skip(&e, 1);
			if (rd_while(&e, digits).n)
				r = e;
		}
	}
	lx->at = r.at;
	t->text = str_sub(lx->text, from, lx->at);
}

/* Is this word followed by => (it is a text then, whatever it is)? Leaves the cursor. */
static bool before_arrow_comma(const struct lex *lx)
{
	struct lex copy = *lx;

	skip_space(&copy);
	return peek(&copy, 0) == '=' && peek(&copy, 1) == '>';
}

static bool quote_word(struct lex *lx, struct str word, struct token *t)
{
	static const struct {
		const char *word;
		enum tok kind;
		bool interpolates;
	} quotes[] = {
		{ "q", TOK_STRING, false },   { "qq", TOK_STRING, true },
		{ "qw", TOK_WORDS, false },   { "qr", TOK_REGEXP, true },
		{ "qx", TOK_BACKTICK, true }, { "m", TOK_MATCH, true },
		{ "s", TOK_MATCH, true },     { "tr", TOK_MATCH, false },
		{ "y", TOK_MATCH, false },
	};

	for (size_t i = 0; i < ELEMENTS(quotes); i++) {
		struct lex copy = *lx;
		int c;

		if (!str_eq(word, str_of(quotes[i].word)))
			continue;
		/* Behind a space # begins a comment; at once it is the delimiter. */
		if (peek(&copy, 0) != '#')
			skip_space(&copy);
		c = peek(&copy, 0);
		if (c < 0 || lex_is_word_byte((char)c) || c == ',' || c == ';' || c == ')' ||
		    c == '}')
			return false;
		if (c == '=' && (quotes[i].kind == TOK_MATCH || peek(&copy, 1) == '>'))
			return false;
		*lx = copy;
		lex_quoted(lx, quotes[i].kind, quotes[i].interpolates, t);
		return true;
	}
	return false;
}

static void lex_word(struct lex *lx, bool want_term, struct token *t)
{
	struct str word = take_word(lx);

	t->kind = TOK_WORD;
	t->text = word;
	if (before_arrow_comma(lx))
		return;
	if (str_eq(word, STR("__END__")) || str_eq(word, STR("__DATA__"))) {
		lx->at = lx->text.n;
		t->kind = TOK_EOF;
		return;
	}
	if (want_term && quote_word(lx, word, t))
		return;
	/* Operators that are words. */
	if (!want_term &&
	    (str_eq(word, STR("x")) || str_eq(word, STR("eq")) || str_eq(word, STR("ne")) ||
	     str_eq(word, STR("or")) || str_eq(word, STR("and")) || str_eq(word, STR("cmp")))) {
		t->kind = TOK_OP;
		t->op = LEX_OP_OTHER;
	}
}

static void lex_operator(struct lex *lx, struct token *t)
{
	static const struct {
		const char *text;
		int op;
	} ops[] = {
		{ "=>", LEX_OP_ARROW_COMMA },   { "->", LEX_OP_ARROW },
		{ "...", LEX_OP_OTHER },        { "..", LEX_OP_RANGE },
		{ ".=", LEX_OP_CONCAT_ASSIGN }, { "+=", LEX_OP_ADD_ASSIGN },
		{ "-=", LEX_OP_SUB_ASSIGN },    { "**", LEX_OP_OTHER },
		{ "*=", LEX_OP_MUL_ASSIGN },    { "||=", LEX_OP_OTHER },
		{ "//=", LEX_OP_OTHER },        { "&&=", LEX_OP_OTHER },
		{ "||", LEX_OP_OTHER },         { "//", LEX_OP_OTHER },
		{ "&&", LEX_OP_OTHER },         { "==", LEX_OP_OTHER },
		{ "!=", LEX_OP_OTHER },         { "=~", LEX_OP_OTHER },
		{ "!~", LEX_OP_OTHER },         { "<=", LEX_OP_OTHER },
		{ ">=", LEX_OP_OTHER },         { "<<", LEX_OP_OTHER },
		{ ">>", LEX_OP_OTHER },         { "++", LEX_OP_OTHER },
		{ "--", LEX_OP_OTHER },         { "/=", LEX_OP_OTHER },
	};
	struct str rest = str_from(lx->text, lx->at);

	t->kind = TOK_OP;
	for (size_t i = 0; i < ELEMENTS(ops); i++) {
		if (str_starts(rest, str_of(ops[i].text))) {
			t->op = ops[i].op;
			lx->at += str_of(ops[i].text).n;
			return;
		}
	}
	t->op = (unsigned char)rest.p[0];
	lx->at++;
	if (!rest.p[0] || !strchr("=,;()[]{}+-*./\\:?<>!", rest.p[0]))
		t->op = LEX_OP_OTHER;
}

static bool lex_term_punctuation(struct lex *lx, int c, struct token *t)
{
	switch (c) {
	case '$':
	case '@':
	case '%':
	case '&': lex_variable(lx, t); return true;
	case '\'': lex_quoted(lx, TOK_STRING, false, t); return true;
	case '"': lex_quoted(lx, TOK_STRING, true, t); return true;
	case '`': lex_quoted(lx, TOK_BACKTICK, true, t); return true;
	case '/': lex_quoted(lx, TOK_MATCH, true, t); return true;
	case '<': return peek(lx, 1) == '<' && lex_here_document(lx, t);
	case '.':
		if (peek(lx, 1) < '0' || peek(lx, 1) > '9')
			return false;
		lex_number(lx, t);
		return true;
	default: return false;
	}
}

/*
 * What can only be a value, also where an operator should stand: so that a missing semicolon or comma is
 * told as that.
 */
static bool begins_value(const struct lex *lx, int c, bool first_on_line)
{
	if (c == '\'' || c == '"' || c == '`')
		return true;
	if (c == '$' || c == '@')
		return is_word_start(peek(lx, 1));
	return c == '%' && first_on_line && is_word_start(peek(lx, 1));
}

void lex_next(struct lex *lx, bool want_term, struct token *ret)
{
	struct str line;
	int c;

	skip_space(lx);
	c = peek(lx, 0);
	*ret = (struct token){ .start = lx->at, .first_on_line = lx->fresh_line };
	ret->place =
	    (struct conf_place){ lx->file, lx->line, (unsigned)(lx->at - lx->line_start) + 1 };
	line = line_here(lx);
	ret->line_end = lx->at + line.n;
	lx->fresh_line = false;
	if (c < 0 || c == 4 || c == 26) { /* ^D and ^Z end a file, as in Perl */
		lx->at = lx->text.n;
		ret->kind = TOK_EOF;
	} else if (is_word_start(c)) {
		lex_word(lx, want_term, ret);
	} else if (c >= '0' && c <= '9') {
		lex_number(lx, ret);
	} else if (!(want_term || begins_value(lx, c, ret->first_on_line)) ||
		   !lex_term_punctuation(lx, c, ret)) {
		lex_operator(lx, ret);
	}
	ret->end = lx->at;
	if (!ret->text.p)
		ret->text = str_sub(lx->text, ret->start, ret->end);
}

void lex_skip_line(struct lex *lx, const struct token *t)
{
	lx->at = t->line_end;
	lx->line = t->place.line;
	lx->file = t->place.file;
	lx->here_nl = STR_NPOS;
	if (lx->at < lx->text.n)
		lex_newline(lx);
}

struct str lex_describe(struct arena *a, const struct token *t)
{
	static const char *const sigil[] = {
		[TOK_SCALAR] = "$", [TOK_ARRAY] = "@", [TOK_HASH] = "%", [TOK_FUNC] = "&"
	};
	struct str text = str_sub(t->text, 0, 40);

	switch (t->kind) {
	case TOK_EOF: return STR("the end of the file");
	case TOK_SCALAR:
	case TOK_ARRAY:
	case TOK_HASH:
	case TOK_FUNC: return arena_printf(a, "%s%.*s", sigil[t->kind], STR_FMT(text));
	case TOK_STRING: return arena_printf(a, "the text '%.*s'", STR_FMT(text));
	case TOK_WORDS: return STR("qw()");
	case TOK_REGEXP: return STR("qr//");
	case TOK_BACKTICK: return STR("a command in backticks");
	case TOK_CAST: return arena_printf(a, "'%c'", t->op);
	default: return arena_printf(a, "'%.*s'", STR_FMT(text));
	}
}
