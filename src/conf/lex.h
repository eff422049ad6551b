/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The lexer of the amavisd.conf language: Perl's tokens, as far as a declarative file needs them. Perl
 * cannot be cut into tokens without knowing whether a term or an operator comes next (/ divides or quotes,
 * % is modulus or a hash), so the parser says which it wants. Comments, POD, __END__ and here-documents
 * are dealt with here; quotes come out raw, with a flag that says whether they interpolate.
 *
 * A struct lex is a plain value: copy it to look ahead, copy it back to return.
 */
#pragma once

#include "conf/value.h"

struct arena;

enum tok {
	TOK_EOF = 0,
	TOK_SCALAR,   /* $name: text is the name without sigil; ${name} too */
	TOK_ARRAY,    /* @name */
	TOK_HASH,     /* %name */
	TOK_FUNC,     /* &name */
	TOK_CAST,     /* a $ @ or % that is followed by { or another $: op is the sigil */
	TOK_WORD,     /* bareword, may hold :: */
	TOK_NUMBER,   /* text as written */
	TOK_STRING,   /* raw; interpolates or not */
	TOK_WORDS,    /* qw(...), raw */
	TOK_REGEXP,   /* qr: raw and flags */
	TOK_BACKTICK, /* `...` or qx */
	TOK_MATCH,    /* m// s/// tr/// y/// and a bare /.../: refused */
	TOK_OP,       /* op: '=', ',' ... or one of enum lex_op */
	TOK_BAD,      /* text says what is wrong; the cursor stands behind the line's end */
	TOK_COUNT
};

/* Operators of more than one byte; the others are their byte. */
enum lex_op {
	LEX_OP_ARROW_COMMA = 256, /* => */
	LEX_OP_ARROW,             /* -> */
	LEX_OP_RANGE,             /* .. */
	LEX_OP_CONCAT_ASSIGN,     /* .= */
	LEX_OP_ADD_ASSIGN,
	LEX_OP_SUB_ASSIGN,
	LEX_OP_MUL_ASSIGN,
	LEX_OP_OTHER, /* any other of Perl's: refused, text is it */
};

struct token {
	enum tok kind;
	int op;
	struct str text;
	struct str flags;
	char delim; /* quotes: the opening delimiter */
	bool interpolates;
	bool first_on_line;
	bool spans_lines; /* a quote that ends on a later line */
	struct conf_place place;
	size_t start, end; /* offsets in the text */
	size_t line_end;   /* offset of the end of the line it starts on */
};

struct lex {
	struct str text;
	struct arena
	    *arena; /* for bodies of indented here-documents, file names of line directives */
	const char *file;
	size_t at, line_start;
	size_t eol; /* offset of a line's end, right while at <= eol */
	unsigned line;
	bool fresh_line; /* no token on this line yet */
	/* A here-document's body: at newline `here_nl` the lexer jumps to here_end, here_lines further. */
	size_t here_nl, here_end;
	unsigned here_lines;
};

void lex_init(struct lex *lx, struct arena *a, struct str text, const char *file);
/* The next token. want_term: a term (value) is expected here, not an operator. */
void lex_next(struct lex *lx, bool want_term, struct token *ret);
/* Moves behind the end of the line that holds offset `at`: resynchronising after an unclosed quote. */
void lex_skip_line(struct lex *lx, const struct token *t);
/* How a token is named in messages: "'foo'", "end of file". In the arena. */
struct str lex_describe(struct arena *a, const struct token *t);

/* lex_quote.c, for lex.c only: the cursor stands at the opening delimiter / behind <<. */
void lex_quoted(struct lex *lx, enum tok kind, bool interpolates, struct token *t);
bool lex_here_document(struct lex *lx, struct token *t);
void lex_newline(struct lex *lx);
bool lex_is_word_byte(char c);
