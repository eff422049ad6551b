/* SPDX-License-Identifier: BSD-2-Clause */
/* Content-Type values: see content_type.h. Each parameter is looked for anywhere in the text by itself. */
#include "mime/content_type.h"

#include "core/arena.h"
#include "core/num.h"
#include "core/vec.h"

#include <stdint.h>

static bool is_word(char c)
{
	return ascii_is_alnum(c) || c == '_';
}

/*
 * From `from` on: the next place where `key` stands at a word's start; returns the offset behind it,
 * STR_NPOS if there is none.
 */
static size_t find_key(struct str s, size_t from, struct str key)
{
	for (size_t i = from; i < s.n; i++) {
		size_t at = str_find_nocase(str_from(s, i), key);
		if (at == STR_NPOS)
			return STR_NPOS;
		i += at;
		if (i == 0 || !is_word(s.p[i - 1]))
			return i + key.n;
	}
	return STR_NPOS;
}

static size_t skip_space(struct str s, size_t at)
{
	while (at < s.n && ascii_is_space(s.p[at]))
		at++;
	return at;
}

/* White space, "=", white space at `at`: the offset behind, STR_NPOS if it is not there. */
static size_t skip_equals(struct str s, size_t at)
{
	at = skip_space(s, at);
	if (at == s.n || s.p[at] != '=')
		return STR_NPOS;
	return skip_space(s, at + 1);
}

/* The text is over at i, but for a last LF. */
static bool is_end(struct str s, size_t i)
{
	return i == s.n || (i + 1 == s.n && s.p[i] == '\n');
}

/*
 * [quote] text [quote] up to ";" or the end, the text as short as can be. False when a LF is in the way.
 */
static bool take_value(struct str s, size_t at, struct str *ret, size_t *ret_end)
{
	size_t i;

	if (at < s.n && (s.p[at] == '"' || s.p[at] == '\''))
		at++;
	for (i = at; !is_end(s, i) && s.p[i] != ';'; i++) {
		bool quote = s.p[i] == '"' || s.p[i] == '\'';
		if (quote && (is_end(s, i + 1) || s.p[i + 1] == ';'))
			break;
		if (s.p[i] == '\n')
			return false;
	}
	*ret = str_sub(s, at, i);
	*ret_end = i;
	return true;
}

static struct str find_param(struct str s, struct str key)
{
	for (size_t at = 0; (at = find_key(s, at, key)) != STR_NPOS;) {
		size_t from = skip_equals(s, at), end;
		struct str v;
		if (from != STR_NPOS && take_value(s, from, &v, &end))
			return v;
	}
	return STR_NONE;
}

/* Of name= and filename= the one that stands first. */
static struct str find_name(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		size_t at = str_find_nocase(str_from(s, i), STR("name")), word, from, end;
		struct str v;
		if (at == STR_NPOS)
			break;
		i += at;
		word = i >= 4 && str_eq_nocase(str_sub(s, i - 4, i), STR("file")) ? i - 4 : i;
		if (word && is_word(s.p[word - 1]))
			continue;
		from = skip_equals(s, i + 4);
		if (from != STR_NPOS && take_value(s, from, &v, &end))
			return v;
	}
	return STR_NONE;
}

struct piece {
	uint64_t number;
	struct str text;
};

/*
 * The next "name*DIGITS=" (also filename) from *at on: its digits, and *at where the value begins. False:
 * there is none.
 */
static bool next_piece(struct str s, size_t *at, struct str *digits)
{
	for (size_t i = *at; i < s.n; i++) {
		size_t key = str_find_nocase(str_from(s, i), STR("name*")), word, end, from;
		if (key == STR_NPOS)
			break;
		i += key;
		word = i >= 4 && str_eq_nocase(str_sub(s, i - 4, i), STR("file")) ? i - 4 : i;
		if (word && is_word(s.p[word - 1]))
			continue;
		for (end = i + 5; end < s.n && ascii_is_digit(s.p[end]);)
			end++;
		from = skip_equals(s, end);
		if (end == i + 5 || from == STR_NPOS)
			continue;
		*digits = str_sub(s, i + 5, end);
		*at = from;
		return true;
	}
	return false;
}

static bool has_piece_zero(struct str s)
{
	struct str digits;

	for (size_t at = 0; next_piece(s, &at, &digits);)
		if (str_eq(digits, STR("0")))
			return true;
	return false;
}

enum { MAX_NAME_PIECES = 64, MAX_PIECE_NUMBER = 999999 };

static void find_pieces(struct str s, struct vec *pieces)
{
	struct str digits, value;
	uint64_t number;
	size_t end;

	for (size_t at = 0; next_piece(s, &at, &digits);) {
		struct piece *p;
		if (!num_parse_u64(digits, 10, MAX_PIECE_NUMBER, &number) ||
		    !take_value(s, at, &value, &end))
			continue;
		at = end;
		p = vec_push(pieces);
		if (!p)
			break;
		*p = (struct piece){ number, value };
	}
}

/* Joined in order of number; of one number the last counts. */
static struct str join_pieces(struct arena *a, struct vec *pieces)
{
	size_t total = 0, n = 0;
	char *p;

	/* At most 64 pieces: a stable insertion sort. */
	for (size_t i = 1; i < pieces->n; i++) {
		struct piece x = *VEC_AT(pieces, struct piece, i);
		size_t j = i;
		for (; j && VEC_AT(pieces, struct piece, j - 1)->number > x.number; j--)
			*VEC_AT(pieces, struct piece, j) = *VEC_AT(pieces, struct piece, j - 1);
		*VEC_AT(pieces, struct piece, j) = x;
	}
	VEC_EACH (pieces, struct piece, it)
		total += it->text.n;
	p = arena_alloc(a, total);
	for (size_t i = 0; i < pieces->n; i++) {
		struct piece *it = VEC_AT(pieces, struct piece, i);
		if (i + 1 < pieces->n && VEC_AT(pieces, struct piece, i + 1)->number == it->number)
			continue;
		memcpy(p + n, it->text.p, it->text.n);
		n += it->text.n;
	}
	return str_make(p, n);
}

static bool is_true(struct str s)
{
	return s.n && !str_eq(s, STR("0"));
}

static struct str without_quotes(struct arena *a, struct str s)
{
	char *p;
	size_t n = 0;

	if (str_chr(s, '"') == STR_NPOS)
		return s;
	p = arena_alloc(a, s.n);
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] != '"')
			p[n++] = s.p[i];
	return str_make(p, n);
}

static struct str find_boundary(struct arena *a, struct str s)
{
	for (size_t at = 0; (at = find_key(s, at, STR("boundary"))) != STR_NPOS;) {
		size_t from = skip_equals(s, at), end;
		if (from == STR_NPOS)
			continue;
		if (from < s.n && s.p[from] == '"') {
			for (end = from + 1; end < s.n && s.p[end] != '"'; end++)
				;
			if (end > from + 1)
				return str_sub(s, from + 1, end);
			continue;
		}
		for (end = from; end < s.n && !ascii_is_space(s.p[end]); end++)
			if (s.p[end] == '"' || s.p[end] == ';')
				break;
		if (end > from && (end == s.n || s.p[end] != '"'))
			return without_quotes(a, str_sub(s, from, end));
	}
	return STR_NONE;
}

/* "text", "text/anything" and what only begins so are plain text; three kinds are left as they are. */
static bool is_plain_text(struct str type)
{
	if (!str_starts(type, STR("text")) || (type.n > 4 && is_word(type.p[4])))
		return false;
	return !str_eq(type, STR("text/x-vcard")) && !str_eq(type, STR("text/calendar")) &&
	       !str_eq(type, STR("text/html"));
}

static struct str clean_type(struct arena *a, struct str type)
{
	char *p = arena_alloc(a, type.n);
	size_t n = 0;

	for (size_t i = 0; i < type.n; i++) {
		char c = type.p[i];
		if (c > 0x20 && c < 0x7f && !strchr("\"(),:;<=>?@[\\]", c))
			p[n++] = c;
	}
	return str_make(p, n);
}

static struct str find_type(struct arena *a, struct str s, bool *missing)
{
	size_t slash, end;

	s = str_from(s, skip_space(s, 0));
	s = str_sub(s, 0, str_chr(s, ';'));
	slash = str_chr(s, '/');
	if (slash != STR_NPOS && slash > 0) {
		for (end = slash + 1; end < s.n && s.p[end] != '/'; end++)
			if (ascii_is_space(s.p[end]))
				break;
		s = str_sub(s, 0, end);
	}
	s = str_lower(a, s);
	if (!is_true(s))
		*missing = true;
	if (!is_true(s) || is_plain_text(s))
		return STR("text/plain");
	return clean_type(a, s);
}

void content_type_parse(struct arena *a, struct str value, struct content_type *ret)
{
	struct vec pieces;

	*ret = (struct content_type){ .missing = !is_true(value) };
	if (ret->missing)
		value = STR("text/plain; charset=us-ascii");
	ret->boundary = find_boundary(a, value);
	ret->charset = find_param(value, STR("charset"));
	ret->name = find_name(value);
	if (!is_true(ret->name) && has_piece_zero(value)) {
		vec_init(&pieces, a, sizeof(struct piece), MAX_NAME_PIECES);
		find_pieces(value, &pieces);
		ret->name = join_pieces(a, &pieces);
	}
	ret->type = find_type(a, value, &ret->missing);
}
