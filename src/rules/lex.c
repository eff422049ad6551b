/* SPDX-License-Identifier: BSD-2-Clause */
#include "rules/lex.h"

#include "core/arena.h"
#include "core/strbuf.h"

#define SPACE " \t\r\n\v\f"

struct str lex_trim(struct str s)
{
	return str_trim(s, SPACE);
}

bool lex_word(struct str *rest, struct str *ret)
{
	struct str s = str_trim_left(*rest, SPACE);
	size_t n = str_find_any(s, SPACE);

	n = n == STR_NPOS ? s.n : n;
	*ret = str_sub(s, 0, n);
	*rest = str_trim_left(str_from(s, n), SPACE);
	return n > 0;
}

struct str lex_locale(struct str env)
{
	size_t n = str_find_any(env, "@.+,");

	if (!env.n || str_eq(env, STR("C")) || str_eq(env, STR("POSIX")))
		return STR("en_US");
	return str_sub(env, 0, n == STR_NPOS ? env.n : n);
}

/* Up to the first # without a backslash before it; then \# is #. */
static struct str drop_comment(struct arena *a, struct str s)
{
	size_t end = s.n, escapes = 0;
	struct strbuf b;
	struct str ret;

	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] != '#')
			continue;
		if (i && s.p[i - 1] == '\\') {
			escapes++;
			continue;
		}
		end = i;
		break;
	}
	s = str_sub(s, 0, end);
	if (!escapes)
		return s;
	strbuf_init(&b, 0);
	for (size_t i = 0; i < s.n; i++) {
		if (!(s.p[i] == '\\' && i + 1 < s.n && s.p[i + 1] == '#'))
			strbuf_add_byte(&b, s.p[i]);
	}
	ret = str_dup(a, strbuf_str(&b));
	strbuf_done(&b);
	return ret;
}

/*
 * `lang XX rest`: rest when the locale begins with XX. SpamAssassin takes XX as the beginning of a
 * regular expression; a dot and a group of alternatives are what could be meant, so . is any byte.
 */
static bool lang_matches(struct str lang, struct str locale)
{
	if (lang.n > locale.n)
		return false;
	for (size_t i = 0; i < lang.n; i++) {
		if (lang.p[i] != '.' && ascii_lower(lang.p[i]) != ascii_lower(locale.p[i]))
			return false;
	}
	return true;
}

static struct str key_of(struct arena *a, struct str word)
{
	struct str key = str_lower(a, word);
	char *p = (char *)key.p;

	for (size_t i = 0; i < key.n; i++) {
		if (p[i] == '-')
			p[i] = '_';
	}
	return key;
}

bool lex_line(struct arena *a, struct str raw, struct str locale, struct lex_line *ret)
{
	struct str s = lex_trim(drop_comment(a, raw)), rest = s, word, lang, other;

	if (!s.n || str_eq(s, STR("0")))
		return false;
	lex_word(&rest, &word);
	other = rest;
	if (str_eq(word, STR("lang")) && lex_word(&other, &lang) && other.n) {
		if (!lang_matches(lang, locale))
			return false;
		s = rest = other;
		lex_word(&rest, &word);
	}
	ret->text = s;
	ret->key = key_of(a, word);
	ret->value = rest;
	return true;
}
