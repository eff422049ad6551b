/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The ReplaceTags plugin: <TAG> in the expressions of listed rules becomes the tag's text; <pre X>,
 * <post X> and <inter X> put text before, behind and between tags. Tags may stand in tags' texts: up to
 * six passes. What then is no expression leaves the rule as it was.
 */
#include "core/arena.h"
#include "core/strbuf.h"
#include "rules/directive.h"

enum { MAX_PASSES = 6, MAX_RESULT = 1u << 20 };

enum load_result set_replace_text(struct load *l, struct str key, struct str value)
{
	static const char *const keys[REPLACE_KINDS] = { "replace_tag", "replace_pre",
							 "replace_inter", "replace_post" };
	struct str name, rest = value;

	if (!lex_word(&rest, &name) || !rest.n)
		return LOAD_MISSING;
	for (size_t k = 0; k < REPLACE_KINDS; k++) {
		if (str_eq(key, str_of(keys[k])))
			map_put(&l->replace[k], name, load_str(l, rest));
	}
	return LOAD_OK;
}

enum load_result set_replace_rules(struct load *l, struct str key, struct str value)
{
	struct str name;

	(void)key;
	if (!value.n)
		return LOAD_MISSING;
	while (lex_word(&value, &name))
		map_put(&l->replace_rules, name, l);
	return LOAD_OK;
}

enum load_result set_replace_mark(struct load *l, struct str key, struct str value)
{
	if (!value.n)
		return LOAD_MISSING;
	*(str_eq(key, STR("replace_start")) ? &l->replace_start : &l->replace_end) =
	    str_dup(l->a, value);
	return LOAD_OK;
}

/* Cuts the first "<word NAME>" out of *re; the NAME, none when there is none. */
static struct str take_modifier(struct load *l, struct str *re, const char *word)
{
	struct str open = arena_printf(l->scratch, "%.*s%s ", STR_FMT(l->replace_start), word);
	size_t at = str_find(*re, open), end;
	struct str name;

	if (at == STR_NPOS)
		return STR_NONE;
	end = str_find(str_from(*re, at + open.n), l->replace_end);
	if (end == STR_NPOS || !end)
		return STR_NONE;
	name = str_sub(*re, at + open.n, at + open.n + end);
	*re = str_concat(l->scratch, str_sub(*re, 0, at),
			 str_from(*re, at + open.n + end + l->replace_end.n));
	return name;
}

static struct str text_of(struct load *l, enum replace_kind kind, struct str name)
{
	const struct str *s = str_is_none(name) ? NULL : map_get(&l->replace[kind], name);

	return s ? *s : STR("");
}

/* The length of "<...>" at the front of s, without < or > inside; 0: none. */
static size_t tag_length(struct str s)
{
	size_t n;

	if (!str_starts(s, STR("<")))
		return 0;
	n = str_find_any(str_from(s, 1), "<>");
	return n != STR_NPOS && n && s.p[n + 1] == '>' ? n + 2 : 0;
}

/* The next mark, start and end included, at or behind `from`; false: none. */
static bool find_mark(const struct load *l, struct str s, size_t from, size_t *ret_at,
		      size_t *ret_n)
{
	size_t at = str_find(str_from(s, from), l->replace_start), inner, end;

	if (at == STR_NPOS)
		return false;
	at += from;
	inner = at + l->replace_start.n;
	if (inner >= s.n)
		return false;
	end = str_find(str_from(s, inner + 1), l->replace_end); /* a name has a character */
	if (end == STR_NPOS)
		return false;
	*ret_at = at;
	*ret_n = inner + 1 + end + l->replace_end.n - at;
	return true;
}

static bool holds_tag(struct str text)
{
	for (size_t i = 0; i < text.n; i++) {
		size_t close = text.p[i] == '<' ? str_chr(str_from(text, i), '>') : STR_NPOS;

		if (close != STR_NPOS && close > 1)
			return true;
	}
	return false;
}

/* All marks of the piece's first name with the text of the tag, if there is such a tag. */
static struct str replaced(struct load *l, struct str piece, bool *ret_again)
{
	size_t at, n, from = 0;
	struct str mark, text;
	struct strbuf b;

	if (!find_mark(l, piece, 0, &at, &n))
		return piece;
	mark = str_sub(piece, at, at + n);
	text = text_of(l, REPLACE_TAG, str_sub(mark, l->replace_start.n, n - l->replace_end.n));
	if (!text.n)
		return piece;
	*ret_again = *ret_again || holds_tag(text);
	strbuf_init(&b, MAX_RESULT);
	while ((at = str_find(str_from(piece, from), mark)) != STR_NPOS) {
		strbuf_add(&b, str_sub(piece, from, from + at));
		strbuf_add(&b, text);
		from += at + n;
	}
	strbuf_add(&b, str_from(piece, from));
	piece = str_dup(l->scratch, strbuf_str(&b));
	strbuf_done(&b);
	return piece;
}

/* `pre` in front of the first mark of a piece, `post` behind each. */
static struct str surrounded(struct load *l, struct str piece, struct str pre, struct str post)
{
	size_t at, n, from = 0;
	struct strbuf b;

	if ((!pre.n && !post.n) || !find_mark(l, piece, 0, &at, &n))
		return piece;
	piece = arena_printf(l->scratch, "%.*s%.*s%.*s", STR_FMT(str_sub(piece, 0, at)),
			     STR_FMT(pre), STR_FMT(str_from(piece, at)));
	strbuf_init(&b, MAX_RESULT);
	while (find_mark(l, piece, from, &at, &n)) {
		strbuf_add(&b, str_sub(piece, from, at + n));
		strbuf_add(&b, post);
		from = at + n;
	}
	strbuf_add(&b, str_from(piece, from));
	piece = str_dup(l->scratch, strbuf_str(&b));
	strbuf_done(&b);
	return piece;
}

/* The expression in pieces: "<...>" and what stands between, whatever the marks are. */
static struct str one_pass(struct load *l, struct str re, bool *ret_again)
{
	struct str pre = text_of(l, REPLACE_PRE, take_modifier(l, &re, "pre"));
	struct str post = text_of(l, REPLACE_POST, take_modifier(l, &re, "post"));
	struct str inter = text_of(l, REPLACE_INTER, take_modifier(l, &re, "inter"));
	bool after_tag = false;
	struct strbuf b;
	struct str ret;

	*ret_again = false;
	strbuf_init(&b, MAX_RESULT);
	for (size_t i = 0; i < re.n;) {
		size_t n = tag_length(str_from(re, i));

		if (n && after_tag) /* nothing stands between two tags */
			strbuf_add(&b, inter);
		after_tag = n;
		while (!n || (!after_tag && i + n < re.n && !tag_length(str_from(re, i + n))))
			n++;
		strbuf_add(&b,
			   replaced(l, surrounded(l, str_sub(re, i, i + n), pre, post), ret_again));
		i += n;
	}
	ret = str_dup(l->scratch, strbuf_str(&b));
	strbuf_done(&b);
	return ret;
}

static void replace_in(struct load *l, struct rule *r)
{
	struct rx_source source;
	struct err e = ERR_INIT;
	struct str re = r->source.perl;
	bool again = true;

	for (size_t pass = 0; again && pass < MAX_PASSES; pass++)
		re = one_pass(l, re, &again);
	if (str_eq(re, r->source.perl))
		return;
	if (load_translate(l, re, &source, &e) == 0)
		r->source = source;
	else
		load_diag(l, RULES_INFO,
			  "replacetags: regexp compilation failed for %.*s: '%.*s': %s",
			  STR_FMT(r->name), STR_FMT(re), e.text);
}

void finish_replace_tags(struct load *l)
{
	MAP_EACH (&l->replace_rules, it) {
		struct rule *r = map_get(&l->rs->by_name, it->key);
		struct arena_mark mark = arena_get_mark(l->scratch);

		if (!r || !rule_is_regex(r) || r->type == RULE_MIMEHEADER ||
		    (r->flags & (RULE_EXISTS | RULE_TEMPLATE)))
			continue;
		l->file = r->file;
		l->line = r->line;
		replace_in(l, r);
		arena_reset(l->scratch, mark);
	}
}
