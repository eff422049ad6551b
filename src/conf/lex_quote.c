/* SPDX-License-Identifier: BSD-2-Clause */
/* Quotes of all forms and here-documents. */
#include "conf/lex.h"

#include "core/arena.h"
#include "core/strbuf.h"

static char closing(char open)
{
	switch (open) {
	case '(': return ')';
	case '[': return ']';
	case '{': return '}';
	case '<': return '>';
	default: return open;
	}
}

static void bad(struct lex *lx, struct token *t, struct str why)
{
	t->kind = TOK_BAD;
	t->text = why;
	lex_skip_line(lx, t);
}

/*
 * Reads from behind the opening delimiter to behind the closing one; *ret is what stands between.
 * Brackets nest, a backslash takes the next byte along. False at the end of the file.
 */
static bool delimited(struct lex *lx, char open, struct token *t, struct str *ret)
{
	char close = closing(open);
	size_t from = lx->at, depth = 1;

	while (lx->at < lx->text.n) {
		char c = lx->text.p[lx->at];

		if (c == '\n') {
			if (lx->at == lx->here_nl)
				return false; /* the text would not be in one piece */
			lex_newline(lx);
			lx->fresh_line = false;
			t->spans_lines = true;
			continue;
		}
		if (c == '\\' && lx->at + 1 < lx->text.n && lx->text.p[lx->at + 1] != '\n') {
			lx->at += 2;
			continue;
		}
		if (c == close && --depth == 0) {
			*ret = str_sub(lx->text, from, lx->at);
			lx->at++;
			return true;
		}
		if (c == open && open != close)
			depth++;
		lx->at++;
	}
	return false;
}

/* The second part of s/// and tr///; only to know where it ends. */
static bool second_part(struct lex *lx, struct token *t, char open)
{
	struct str rest;

	if (closing(open) != open) {
		while (lx->at < lx->text.n && ascii_is_space(lx->text.p[lx->at])) {
			if (lx->text.p[lx->at] == '\n')
				return false;
			lx->at++;
		}
		if (lx->at == lx->text.n)
			return false;
		open = lx->text.p[lx->at++];
	}
	return delimited(lx, open, t, &rest);
}

void lex_quoted(struct lex *lx, enum tok kind, bool interpolates, struct token *t)
{
	bool two_parts =
	    kind == TOK_MATCH && lx->text.p[t->start] != '/' && lx->text.p[t->start] != 'm';
	size_t from;

	t->kind = kind;
	t->delim = lx->text.p[lx->at];
	t->interpolates = interpolates && t->delim != '\'';
	lx->at++;
	if (!delimited(lx, t->delim, t, &t->text) || (two_parts && !second_part(lx, t, t->delim))) {
		bad(lx, t, STR("this quote is never closed"));
		return;
	}
	from = lx->at;
	if (kind == TOK_REGEXP || kind == TOK_MATCH)
		while (lx->at < lx->text.n && ascii_is_alpha(lx->text.p[lx->at]))
			lx->at++;
	t->flags = str_sub(lx->text, from, lx->at);
}

/* Takes the common indent off a body: <<~EOT. */
static struct str unindent(struct arena *a, struct str body)
{
	size_t indent = STR_NPOS;
	struct str rest = body, line;
	struct strbuf out;
	struct str ret;

	while (str_cut(&rest, '\n', &line)) {
		size_t n = str_find_not(line, " \t");

		if (n != STR_NPOS && n < indent)
			indent = n;
	}
	strbuf_init(&out, body.n + 1);
	rest = body;
	while (rest.n && str_cut(&rest, '\n', &line)) {
		size_t n = str_find_not(line, " \t");

		if (n == STR_NPOS)
			n = line.n;
		strbuf_add(&out, str_from(line, indent < n ? indent : n));
		strbuf_add_byte(&out, '\n');
	}
	ret = str_dup(a, strbuf_str(&out));
	strbuf_done(&out);
	return ret;
}

/* The mark behind <<: "MARK", 'MARK', MARK, with ~ before it for an indented one. */
static bool here_mark(struct lex *lx, bool *indented, bool *interpolates, struct str *ret)
{
	struct str rest = str_from(lx->text, lx->at + 2);
	size_t skip = 2, n;

	*indented = rest.n && rest.p[0] == '~';
	if (*indented) {
		rest = str_from(rest, 1);
		skip++;
	}
	*interpolates = true;
	if (rest.n && (rest.p[0] == '"' || rest.p[0] == '\'')) {
		*interpolates = rest.p[0] == '"';
		n = str_chr(str_from(rest, 1), rest.p[0]);
		if (n == STR_NPOS)
			return false;
		*ret = str_sub(rest, 1, n + 1);
		if (str_chr(*ret, '\n') != STR_NPOS)
			return false;
		lx->at += skip + n + 2;
		return true;
	}
	for (n = 0; n < rest.n && lex_is_word_byte(rest.p[n]); n++)
		;
	if (!n || ascii_is_digit(rest.p[0]))
		return false;
	*ret = str_sub(rest, 0, n);
	lx->at += skip + n;
	return true;
}

bool lex_here_document(struct lex *lx, struct token *t)
{
	bool indented, interpolates;
	struct str mark, line, body;
	size_t nl, at, from;
	unsigned lines = 0;

	if (!here_mark(lx, &indented, &interpolates, &mark))
		return false;
	t->kind = TOK_STRING;
	t->delim = interpolates ? '"' : '<'; /* '<': not even \\ is special */
	t->interpolates = interpolates;
	nl = lx->here_nl != STR_NPOS ? lx->here_nl : t->line_end;
	from = at = lx->here_nl != STR_NPOS ? lx->here_end : nl + 1;
	while (at < lx->text.n) {
		struct str rest = str_from(lx->text, at);
		size_t n = str_chr(rest, '\n');

		line = n == STR_NPOS ? rest : str_sub(rest, 0, n);
		lines++;
		if (str_eq(indented ? str_trim_left(line, " \t") : line, mark)) {
			body = str_sub(lx->text, from, at);
			t->text = indented ? unindent(lx->arena, body) : body;
			lx->here_lines = (lx->here_nl != STR_NPOS ? lx->here_lines : 0) + lines;
			lx->here_nl = nl;
			lx->here_end = n == STR_NPOS ? lx->text.n : at + n + 1;
			return true;
		}
		at += line.n + 1;
	}
	bad(lx, t, STR("this here-document is never closed"));
	return true;
}
