/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The matcher of Received templates: see received_pattern.h. It calls itself once per token of the
 * template, which is ours and short; loops over the line are counted as steps.
 */
#include "mime/received_pattern.h"

#include "core/budget.h"
#include "core/xalloc.h"
#include "mime/ip.h"

enum byte_class {
	NOT_SPACE = 0,
	ANYTHING,
	NOT_PAREN,
	NOT_PARENS,
	NOT_AT,
	NOT_DOT,
	NOT_GT,
	NOT_SEMI,
	IN_ZONE,
	DIGITS,
	ALPHAS,
	DOT_COLON
};

enum slot { NO_SLOT = 0, HELO, RDNS, HOST, BY, IDENT, ID, SUB };

#define MANY ((size_t)-1)

/* Runs, from 0x80 on. */
static const struct run {
	enum byte_class class;
	size_t min, max;
	bool lazy;
	enum slot slot;
} runs[] = {
	{ NOT_SPACE, 1, MANY, false, NO_SLOT }, /* T_W */
	{ NOT_SPACE, 0, MANY, false, NO_SLOT }, /* T_W0 */
	{ NOT_SPACE, 1, MANY, false, HELO },    /* T_HELO */
	{ NOT_SPACE, 0, MANY, false, HELO },    /* T_HELO0 */
	{ NOT_SPACE, 1, MANY, false, RDNS },    /* T_RDNS */
	{ NOT_SPACE, 1, MANY, false, HOST },    /* T_HOST */
	{ NOT_SPACE, 1, MANY, false, BY },      /* T_BY */
	{ NOT_SPACE, 1, MANY, false, IDENT },   /* T_IDENT */
	{ NOT_SPACE, 0, MANY, false, IDENT },   /* T_IDENT0 */
	{ NOT_SPACE, 1, MANY, true, ID },       /* T_ID_MIN */
	{ ANYTHING, 0, MANY, false, NO_SLOT },  /* T_ANY */
	{ ANYTHING, 0, MANY, true, NO_SLOT },   /* T_ANY_MIN */
	{ ANYTHING, 1, MANY, false, NO_SLOT },  /* T_ANY1 */
	{ ANYTHING, 0, 100, false, NO_SLOT },   /* T_ANY100 */
	{ ANYTHING, 10, 80, false, NO_SLOT },   /* T_ANY10_80 */
	{ ANYTHING, 0, MANY, true, SUB },       /* T_SUB_MIN */
	{ NOT_PAREN, 1, MANY, false, NO_SLOT }, /* T_NO_PAREN */
	{ NOT_PAREN, 0, MANY, false, NO_SLOT }, /* T_NO_PAREN0 */
	{ NOT_PAREN, 0, 40, false, NO_SLOT },   /* T_NO_PAREN40 */
	{ NOT_PAREN, 1, MANY, false, SUB },     /* T_SUB_NO_PAREN */
	{ NOT_PAREN, 0, MANY, false, HELO },    /* T_HELO_NO_PAREN0 */
	{ NOT_PARENS, 0, MANY, false, HELO },   /* T_HELO_NO_PARENS0 */
	{ NOT_AT, 1, MANY, false, NO_SLOT },    /* T_NO_AT */
	{ NOT_DOT, 1, MANY, false, NO_SLOT },   /* T_NO_DOT */
	{ NOT_GT, 1, MANY, false, NO_SLOT },    /* T_NO_GT */
	{ NOT_SEMI, 1, MANY, false, NO_SLOT },  /* T_NO_SEMI */
	{ IN_ZONE, 0, MANY, false, NO_SLOT },   /* T_ZONE */
	{ DIGITS, 1, MANY, false, NO_SLOT },    /* T_NUM */
	{ DIGITS, 0, MANY, false, NO_SLOT },    /* T_NUM0 */
	{ DIGITS, 1, 1, false, NO_SLOT },       /* T_DIGIT */
	{ ALPHAS, 1, 1, false, NO_SLOT },       /* T_ALPHA */
	{ DOT_COLON, 1, 1, false, NO_SLOT },    /* T_DOT_COLON */
};

/* Words, from 0xa3 on. */
static const char *const choices[][5] = {
	{ "HELO", "EHLO", NULL },       { "ESMTP", "SMTP", NULL },
	{ "])", ")]", NULL },           { "LOGIN", "PLAIN", "DIGEST-MD5", "CRAM-MD5", NULL },
	{ "SMTP", "QMQP", NULL },       { "HTTP", "SMTP", "XIMSS", "IMAP", NULL },
	{ "with", "via", "for", NULL },
};

struct matcher {
	struct str s;
	struct budget *budget;
	struct received_captures *cap;
	/* From word_from to word_end no blank stands; word_rest has been tried at its end in vain. */
	size_t word_from, word_end;
	const char *word_rest;
	/* From any_from on any_rest has been tried in vain. */
	size_t any_from;
	const char *any_rest;
};

static size_t length_before(struct str s, char c)
{
	size_t n = str_chr(s, c);

	return n == STR_NPOS ? s.n : n;
}

static bool in_class(enum byte_class class, char c)
{
	switch (class) {
	case NOT_PARENS: return c != ' ' && c != '(' && c != ')';
	case IN_ZONE:
		return (c >= 'A' && c <= 'Z') || ascii_is_digit(c) || c == '.' || c == '_' ||
		       c == '~' || c == '-';
	case DIGITS: return ascii_is_digit(c);
	case ALPHAS: return ascii_is_alpha(c);
	case DOT_COLON: return c == '.' || c == ':';
	default: return false;
	}
}

/* How many bytes at the start of s are of the class. */
static size_t run_length(struct str s, enum byte_class class)
{
	size_t n = 0;

	switch (class) {
	case ANYTHING: return s.n;
	case NOT_SPACE: return length_before(s, ' ');
	case NOT_PAREN: return length_before(s, ')');
	case NOT_DOT: return length_before(s, '.');
	case NOT_GT: return length_before(s, '>');
	case NOT_AT: return length_before(str_sub(s, 0, length_before(s, ' ')), '@');
	case NOT_SEMI: return length_before(str_sub(s, 0, length_before(s, ' ')), ';');
	default: break;
	}
	while (n < s.n && in_class(class, s.p[n]))
		n++;
	return n;
}

static bool is_word(struct str s, size_t i)
{
	return i < s.n && (ascii_is_alnum(s.p[i]) || s.p[i] == '_');
}

static bool is_edge(struct str s, size_t i)
{
	return is_word(s, i) != (i > 0 && is_word(s, i - 1));
}

static bool match_from(struct matcher *m, const char *p, size_t i);

/* One by one: as a whole it would be cleared by an instruction for large memory, which takes longer. */
static void clear(struct received_captures *c)
{
	c->helo = c->rdns = c->by = c->ip = STR_NONE;
	c->ident = c->id = c->sub = c->alt = STR_NONE;
}

static void set_slot(struct received_captures *cap, enum slot slot, struct str v)
{
	switch (slot) {
	case HELO: cap->helo = v; break;
	case RDNS: cap->rdns = v; break;
	case HOST: cap->rdns = cap->helo = v; break;
	case BY: cap->by = v; break;
	case IDENT: cap->ident = v; break;
	case ID: cap->id = v; break;
	case SUB: cap->sub = v; break;
	case NO_SLOT: break;
	}
}

/*
 * The last (lazy: the first) place from `from` to `to` where a run may end: where the byte stands that the
 * template wants next, if it wants one. STR_NPOS: there is none.
 */
static size_t run_end(struct str s, size_t from, size_t to, unsigned char next, bool lazy)
{
	struct str places = str_sub(s, from, to + 1);
	size_t at;

	if (next == '\0' || next >= 0x80)
		return lazy ? from : to;
	at = lazy ? str_chr(places, (char)next) : str_rchr(places, (char)next);
	return at == STR_NPOS ? at : from + at;
}

/* The end of the non-blanks from i on, of which only those are read that are not known from before. */
static bool find_word_end(struct matcher *m, size_t i)
{
	bool known = m->word_rest && i <= m->word_end;
	size_t to = !known ? m->s.n : i < m->word_from ? m->word_from : i;
	size_t end = i + length_before(str_sub(m->s, i, to), ' ');

	if (!known || end < to) {
		m->word_end = end;
		m->word_rest = NULL;
	}
	m->word_from = i < to ? i : m->word_from;
	return budget_steps(m->budget, end - i + 1);
}

/*
 * A run of non-blanks is followed by a blank only at its very end. T_W "@" T_W " by " asks what follows there from
 * each @ of a word: once will do.
 */
static bool match_word(struct matcher *m, const struct run *r, const char *p, size_t i)
{
	size_t end;

	if (!find_word_end(m, i))
		return false;
	end = m->word_end;
	if (end - i < r->min || p == m->word_rest)
		return false;
	if (end < m->s.n && match_from(m, p, end)) {
		set_slot(m->cap, r->slot, str_sub(m->s, i, end));
		return true;
	}
	m->word_from = i;
	m->word_end = end;
	m->word_rest = p;
	return false;
}

/* What is behind the run, at places where it may end: from, which is the least, to end. */
static bool match_behind(struct matcher *m, const struct run *r, const char *p, size_t from,
			 size_t end, size_t *ret)
{
	while (from <= end) {
		size_t at = run_end(m->s, from, end, (unsigned char)*p, r->lazy);

		if (at == STR_NPOS)
			return false;
		if (match_from(m, p, at)) {
			*ret = at;
			return true;
		}
		if (!r->lazy && at == from)
			return false;
		if (r->lazy)
			from = at + 1;
		else
			end = at - 1;
	}
	return false;
}

static bool match_run(struct matcher *m, const struct run *r, const char *p, size_t i)
{
	size_t max = r->max == MANY || r->max > m->s.n - i ? m->s.n - i : r->max;
	size_t from = i + r->min, end;
	bool is_any = r->class == ANYTHING && r->max == MANY;

	if (r->class == NOT_SPACE && *p == ' ')
		return match_word(m, r, p, i);
	end = i + run_length(str_sub(m->s, i, i + max), r->class);
	if (is_any && p == m->any_rest) {
		if (from >= m->any_from)
			return false;
		end = m->any_from - 1;
	}
	if (end < from || !budget_steps(m->budget, end - i + 1))
		return false;
	if (match_behind(m, r, p, from, end, &end)) {
		set_slot(m->cap, r->slot, str_sub(m->s, i, end));
		return true;
	}
	if (is_any) {
		m->any_from = from;
		m->any_rest = p;
	}
	return false;
}

static bool match_choice(struct matcher *m, const char *const *words, const char *p, size_t i)
{
	for (; *words; words++) {
		struct str w = str_of(*words);
		if (str_starts(str_from(m->s, i), w) && match_from(m, p, i + w.n)) {
			m->cap->alt = w;
			return true;
		}
	}
	return false;
}

static bool match_ip(struct matcher *m, const char *p, size_t i, bool capture)
{
	size_t n = ip_match(m->s, i);

	if (!n || !match_from(m, p, i + n))
		return false;
	if (capture)
		m->cap->ip = str_sub(m->s, i, i + n);
	return true;
}

static bool match_localhost(struct matcher *m, const char *p, size_t i)
{
	size_t n = ip_match_localhost(m->s, i);
	static const size_t bare = sizeof("localhost") - 1;

	if (!n)
		return false;
	return match_from(m, p, i + n) ||
	       (n > bare && m->s.p[i] != '1' && m->s.p[i] != ':' && ascii_lower(m->s.p[i]) == 'l' &&
		match_from(m, p, i + bare));
}

/* With the group, else without it. Captures are set on the way back from a match, so a try leaves none. */
static bool match_optional(struct matcher *m, const char *p, size_t i)
{
	return match_from(m, p, i) || match_from(m, strchr(p, T_OPT_END[0]) + 1, i);
}

static bool match_token(struct matcher *m, unsigned char token, const char *p, size_t i)
{
	struct str rest = str_from(m->s, i);

	if (token < 0x80 + ELEMENTS(runs))
		return match_run(m, &runs[token - 0x80], p, i);
	if (token >= 0xa3 && token < 0xa3 + ELEMENTS(choices))
		return match_choice(m, choices[token - 0xa3], p, i);
	switch (token) {
	case 0xa0: return match_ip(m, p, i, true);
	case 0xa1: return match_ip(m, p, i, false);
	case 0xa2: return match_localhost(m, p, i);
	case 0xb0: return !rest.n && match_from(m, p, i);
	case 0xb1: return is_edge(m->s, i) && match_from(m, p, i);
	case 0xb2:
		return (!rest.n || (rest.p[0] != '.' && rest.p[0] != '-')) && match_from(m, p, i);
	case 0xb3: return !str_starts(rest, STR(" id ")) && match_from(m, p, i);
	case 0xb4: return (!rest.n || rest.p[0] == ' ') && match_from(m, p, i);
	case 0xb5: return match_optional(m, p, i);
	case 0xb6: return match_from(m, p, i);
	default: return false;
	}
}

static bool match_from(struct matcher *m, const char *p, size_t i)
{
	for (; *p && (unsigned char)*p < 0x80; p++, i++)
		if (i == m->s.n || m->s.p[i] != *p)
			return false;
	if (*p)
		return match_token(m, (unsigned char)*p, p + 1, i);
	/* It matches; what it captured is noted on the way back. */
	clear(m->cap);
	return true;
}

static void keep(struct str *to, struct str from)
{
	if (!str_is_none(from))
		*to = from;
}

static void keep_captures(struct received_captures *to, const struct received_captures *from)
{
	keep(&to->helo, from->helo);
	keep(&to->rdns, from->rdns);
	keep(&to->by, from->by);
	keep(&to->ip, from->ip);
	keep(&to->ident, from->ident);
	keep(&to->id, from->id);
	keep(&to->sub, from->sub);
	keep(&to->alt, from->alt);
}

/* The literal bytes at the template's place. */
static struct str literal_at(const char *p)
{
	size_t n = 0;

	while (p[n] && (unsigned char)p[n] < 0x80)
		n++;
	return str_make(p, n);
}

/* Whether the token may match at s, by the byte there. Most that are asked may not. */
static bool may_stand(unsigned char token, const char *s, const char *end)
{
	const char *const *words;

	if (token == (unsigned char)T_IP[0] || token == (unsigned char)T_SOME_IP[0])
		return s != end && ip_may_begin(*s);
	if (token < 0xa3 || token >= 0xa3 + ELEMENTS(choices))
		return true;
	for (words = choices[token - 0xa3]; *words; words++)
		if (s != end && **words == *s)
			return true;
	return false;
}

/*
 * Most templates begin with words: what must stand behind each of them, which is at the next blank, is looked
 * at before all else, and what must begin there.
 */
static bool first_words_fit(const struct received_line *line, const char *p)
{
	const char *s = line->s.p, *end = s + line->s.n, *blank = s + line->first_word;

	for (;;) {
		unsigned char token = (unsigned char)*p;
		const struct run *r = &runs[token & 0x1f];

		if (token < 0x80 || token >= 0x80 + ELEMENTS(runs) || r->class != NOT_SPACE ||
		    r->lazy || p[1] != ' ')
			return may_stand(token, s, end);
		for (s = blank, p++; *p && (unsigned char)*p < 0x80; p++, s++)
			if (s == end || *s != *p)
				return false;
		blank = s == end ? NULL : memchr(s, ' ', (size_t)(end - s));
		blank = blank ? blank : end;
	}
}

/* The first place from i on where the template's first bytes stand, or an address may begin. */
static size_t next_place(struct str s, size_t i, const char *pattern)
{
	struct str literal = literal_at(pattern + (*pattern == T_EDGE[0]));
	size_t at;

	if (*pattern == T_IP[0])
		while (i < s.n && !ip_may_begin(s.p[i]))
			i++;
	if (!literal.n)
		return i;
	at = str_find(str_from(s, i), literal);
	return at == STR_NPOS ? s.n : i + at;
}

static bool match(const struct received_line *line, const char *pattern, struct matcher *m)
{
	bool tied = *pattern == '^';

	pattern += tied;
	if (tied && !first_words_fit(line, pattern))
		return false;
	m->s = line->s;
	m->budget = line->budget;
	for (size_t i = 0; i < line->s.n; i++) {
		if (!tied)
			i = next_place(line->s, i, pattern);
		if (match_from(m, pattern, i))
			return true;
		if (tied)
			break;
	}
	return false;
}

bool received_match(const struct received_line *line, const char *pattern,
		    struct received_captures *cap)
{
	struct received_captures own;
	struct matcher m = { .cap = &own };

	if (!match(line, pattern, &m))
		return false;
	if (cap)
		keep_captures(cap, &own);
	return true;
}

bool received_match_anew(const struct received_line *line, const char *pattern,
			 struct received_captures *cap)
{
	struct matcher m = { .cap = cap };

	return match(line, pattern, &m);
}
