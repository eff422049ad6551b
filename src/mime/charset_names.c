/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The table of charsets and the rules that lead other spellings to it, see charset_names.h. Rules are
 * tried in order, each at most once on the way; a rule that leads nowhere is passed over.
 */
#include "mime/charset_names.h"

#include "core/arena.h"
#include "core/xalloc.h"

static const struct charset_row rows[] = {
	{ "ascii", CHARSET_ASCII, NULL, NULL },
	{ "us-ascii", CHARSET_ASCII, NULL, NULL },
	{ "iso-8859-1", CHARSET_LATIN1, NULL, NULL },
	{ "cp1252", CHARSET_W1252, NULL, NULL },
	{ "utf-8-strict", CHARSET_UTF8, NULL, NULL },
	{ "utf8", CHARSET_UTF8, NULL, NULL },
	{ "utf-7", CHARSET_SEVEN_BIT, NULL, NULL },
	{ "utf-32", CHARSET_ICU, "UTF-32", NULL },
	{ "utf-32be", CHARSET_ICU, "UTF-32BE", NULL },
	{ "utf-32le", CHARSET_ICU, "UTF-32LE", NULL },
	{ "ucs-2be", CHARSET_ICU, "UTF-16BE", NULL },
	{ "ucs-2le", CHARSET_ICU, "UTF-16LE", NULL },
	{ "euc-cn", CHARSET_MULTIBYTE, NULL, NULL },
	{ "cp936", CHARSET_MULTIBYTE, NULL, NULL },
	{ "hz", CHARSET_SEVEN_BIT, NULL, NULL },
	{ "big5-eten", CHARSET_MULTIBYTE, NULL, NULL },
	{ "big5-hkscs", CHARSET_MULTIBYTE, NULL, NULL },
	{ "cp950", CHARSET_MULTIBYTE, NULL, NULL },
	{ "shiftjis", CHARSET_MULTIBYTE, NULL, NULL },
	{ "cp932", CHARSET_MULTIBYTE, NULL, NULL },
	{ "7bit-jis", CHARSET_SEVEN_BIT, NULL, NULL },
	{ "euc-jp", CHARSET_MULTIBYTE, NULL, NULL },
	{ "iso-2022-jp", CHARSET_SEVEN_BIT, NULL, NULL },
	{ "iso-2022-jp-1", CHARSET_SEVEN_BIT, NULL, NULL },
	{ "iso-2022-kr", CHARSET_SEVEN_BIT, NULL, NULL },
	{ "euc-kr", CHARSET_MULTIBYTE, NULL, NULL },
	{ "cp949", CHARSET_MULTIBYTE, NULL, NULL },
};

/*
 * Spellings: `from` is matched with the name's end; "<" stands for a word's start (without it the name's
 * start), "*" for anything, "-" in `from` also for nothing and for "_". "#" takes digits, which go where
 * "#" stands in `to`.
 */
static const struct {
	const char *from, *to;
} rules[] = {
	{ "<utf-8", "utf-8-strict" },
	{ "<big-5", "big5-eten" },
	{ "<big5-et", "big5-eten" },
	{ "<big5-eten", "big5-eten" },
	{ "<tca-big5", "big5-eten" },
	{ "<big5-hk", "big5-hkscs" },
	{ "<big5-hkscs", "big5-hkscs" },
	{ "<hk-big5", "big5-hkscs" },
	{ "<hkscs-big5", "big5-hkscs" },
	{ "<*uhc", "cp949" },
	{ "<*windows-949", "cp949" },
	{ "<ks_c_5601-1987", "cp949" },
	{ "<euc*kr", "euc-kr" },
	{ "<kr*euc", "euc-kr" },
	{ "<windows-31j", "cp932" },
	{ "<sjis", "shiftjis" },
	{ "<shift*jis", "shiftjis" },
	{ "<ujis", "euc-jp" },
	{ "<jp*euc", "euc-jp" },
	{ "<euc*jp", "euc-jp" },
	{ "<jis", "7bit-jis" },
	{ "<gb-2312*", "euc-cn" },
	{ "gbk", "cp936" },
	{ "<cn*euc", "euc-cn" },
	{ "<euc*cn", "euc-cn" },
	{ "<koi8-r", "koi8-r" },
	{ "<koi8-u", "koi8-u" },
	{ "<koi8--r", "koi8-r" },
	{ "<koi8--u", "koi8-u" },
	{ "macce", "maccentraleurroman" },
	{ "macintosh", "macroman" },
	{ "mac-roman", "macroman" },
	{ "x-mac-roman", "macroman" },
	{ "x-mac-cyrillic", "maccyrillic" },
	{ "x-mac-greek", "macgreek" },
	{ "x-mac-turkish", "macturkish" },
	{ "<cp-#", "cp#" },
	{ "<ibm-#", "cp#" },
	{ "<ms-#", "cp#" },
	{ "<windows-#", "cp#" },
	{ "<*tis-620*", "iso-8859-11" },
	{ "thai", "iso-8859-11" },
	{ "hebrew", "iso-8859-8" },
	{ "greek", "iso-8859-7" },
	{ "arabic", "iso-8859-6" },
	{ "cyrillic", "iso-8859-5" },
	{ "<latin-1", "iso-8859-1" },
	{ "<latin-2", "iso-8859-2" },
	{ "<latin-3", "iso-8859-3" },
	{ "<latin-4", "iso-8859-4" },
	{ "<latin-5", "iso-8859-9" },
	{ "<latin-6", "iso-8859-10" },
	{ "<latin-7", "iso-8859-13" },
	{ "<latin-8", "iso-8859-14" },
	{ "<latin-9", "iso-8859-15" },
	{ "<latin-10", "iso-8859-16" },
	{ "<ansi-x3.4-1968", "ascii" },
	{ "<iso8859#", "iso-8859-#" },
	{ "<iso-8859-#", "iso-8859-#" },
	{ "<iso-646-us", "ascii" },
	{ "<646-us", "ascii" },
	{ "<iso-646", "ascii" },
	{ "c", "ascii" },
	{ "us-ascii", "ascii" },
	{ "utf-32", "utf-32" },
	{ "utf-32-be", "utf-32be" },
	{ "utf-32-le", "utf-32le" },
	{ "ucs-4", "utf-32" },
	{ "ucs-2", "ucs-2be" },
	{ "ucs-2-be", "ucs-2be" },
	{ "ucs-2-le", "ucs-2le" },
	{ "iso-10646-1", "ucs-2be" },
	{ "utf-7", "utf-7" },
	{ "unicode-1-1-utf-7", "utf-7" },
};

static bool is_word(char c)
{
	return ascii_is_alnum(c) || c == '_';
}

/*
 * Matches from pattern[p] at s[i] to the end of both. One "*" a pattern at most, so one way back is
 * enough. Digits that "#" took go to *digits.
 */
static bool match_at(const char *pattern, struct str s, size_t i, struct str *digits)
{
	const char *star = NULL;
	size_t star_at = 0;

	for (;;) {
		if (*pattern == '*') {
			star = ++pattern;
			star_at = i;
		} else if (!*pattern && i == s.n) {
			return true;
		} else if (*pattern == '#' && i < s.n && ascii_is_digit(s.p[i])) {
			size_t from = i;
			while (i < s.n && ascii_is_digit(s.p[i]))
				i++;
			*digits = str_sub(s, from, i);
			pattern++;
		} else if (*pattern == '-') {
			if (i < s.n && (s.p[i] == '-' || s.p[i] == '_'))
				i++;
			pattern++;
		} else if (*pattern && i < s.n && *pattern == s.p[i]) {
			pattern++;
			i++;
		} else if (star && star_at < s.n) {
			pattern = star;
			i = ++star_at;
		} else {
			return false;
		}
	}
}

static bool match_rule(const char *pattern, struct str s, struct str *digits)
{
	if (*pattern != '<')
		return match_at(pattern, s, 0, digits);
	for (size_t i = 0; i < s.n; i++)
		if (is_word(s.p[i]) && (!i || !is_word(s.p[i - 1])) &&
		    match_at(pattern + 1, s, i, digits))
			return true;
	return false;
}

static const struct charset_table *find_in(const struct charset_table *t, struct str name)
{
	for (; t->name; t++)
		if (str_eq(name, str_of(t->name)))
			return t;
	return NULL;
}

static const struct charset_row *find_single_byte(struct arena *a, struct str name)
{
	const struct charset_table *t = find_in(charset_tables_iso, name);
	struct charset_row *row;

	t = t ? t : find_in(charset_tables_cp, name);
	if (!t)
		return NULL;
	row = arena_alloc(a, sizeof(*row));
	*row = (struct charset_row){ t->name, CHARSET_TABLE, NULL, t };
	return row;
}

static const struct charset_row *find_row(struct arena *a, struct str name)
{
	for (size_t i = 0; i < ELEMENTS(rows); i++)
		if (str_eq(name, str_of(rows[i].name)))
			return &rows[i];
	return find_single_byte(a, name);
}

/* `to` with "#" replaced. */
static const struct charset_row *find_target(struct arena *a, const char *to, struct str digits)
{
	struct str t = str_of(to);
	size_t hash = str_chr(t, '#');

	if (hash == STR_NPOS)
		return find_row(a, t);
	return find_row(a, str_concat(a, str_sub(t, 0, hash), digits));
}

enum { MAX_NAME = 64 };

const struct charset_row *charset_lookup(struct arena *a, struct str declared)
{
	const struct charset_row *row;
	struct str name, digits = STR("");
	char buf[MAX_NAME];
	size_t n = 0;

	for (size_t i = 0; i < declared.n; i++) {
		if (ascii_is_space(declared.p[i]))
			continue;
		if (n == MAX_NAME)
			return NULL;
		buf[n++] = ascii_lower(declared.p[i]);
	}
	name = str_make(buf, n);
	row = find_row(a, name);
	for (size_t i = 0; !row && i < ELEMENTS(rules); i++)
		if (match_rule(rules[i].from, name, &digits))
			row = find_target(a, rules[i].to, digits);
	return row;
}
