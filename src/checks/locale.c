/* SPDX-License-Identifier: BSD-2-Clause */
/* The tables are SpamAssassin's; names are compared as capitals and digits only. */
#include "checks/locale.h"

#include "checks/args.h"

enum { MAX_CHARSET = 64 };

static const char *const ok_prefixes[] = { "ISO8859", "ISO10646", "UTF",          "UCS",
					   "CP125",   "WINDOWS",  "UNICODE11UTF7" };
static const char *const ok_names[] = { "USASCII", "ASCII", "IBM852", "XUNKNOWN", "ISO" };

static const struct {
	const char *locale;
	const char *charsets; /* each between blanks */
} by_locale[] = {
	{ "ja", " EUCJP JISX020119760 JISX020819830 JISX020819900 JISX020819970 JISX021219900"
		" JISX021320001 JISX021320002 SHIFTJIS ISO2022JP SJIS JIS7 JISX0201 JISX0208"
		" JISX0212 " },
	{ "ko", " EUCKR KSC56011987 " },
	{ "ru", " KOI8R KOI8U KOI8T ISOIR111 CP1251 GEORGIANPS PT154 CP866 " },
	{ "ka", " KOI8R KOI8U KOI8T ISOIR111 CP1251 GEORGIANPS PT154 CP866 " },
	{ "tg", " KOI8R KOI8U KOI8T ISOIR111 CP1251 GEORGIANPS PT154 CP866 " },
	{ "be", " KOI8R KOI8U KOI8T ISOIR111 CP1251 GEORGIANPS PT154 CP866 " },
	{ "uk", " KOI8R KOI8U KOI8T ISOIR111 CP1251 GEORGIANPS PT154 CP866 " },
	{ "bg", " KOI8R KOI8U KOI8T ISOIR111 CP1251 GEORGIANPS PT154 CP866 " },
	{ "th", " TIS620 " },
	{ "zh", " GB1988 GB2312 GB231219800 GB18030 GBK BIG5HKSCS BIG5 EUCTW ISO2022CN " },
};

static const char *const caps_parts[] = { "koi",          "jp",         "jis",   "euc",
					  "gb",           "big5",       "isoir", "cp1251",
					  "windows-1251", "georgianps", "pt154", "tis" };

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

void locale_conf_init(struct locale_conf *l)
{
	locale_conf_set(l, STR("all"));
}

void locale_conf_set(struct locale_conf *l, struct str value)
{
	struct str rest = value;

	*l = (struct locale_conf){ .ok = value };
	for (struct str word = next_word(&rest); word.n; word = next_word(&rest)) {
		if (str_eq(word, STR("all")))
			l->all = true;
	}
}

/*
 * The capitals and digits of the name between two blanks, as the lists have them. A name longer than
 * any known one is cut: its prefix may still be one that is always ok.
 */
static struct str squeeze_name(struct str charset, char buf[MAX_CHARSET + 2])
{
	size_t n = 1, from = 0;

	for (size_t i = 0; i < charset.n && n <= MAX_CHARSET; i++) {
		char c = ascii_upper(charset.p[i]);

		if (ascii_is_alnum(c))
			buf[n++] = c;
	}
	/* What is left of a broken quoted-printable "=3D". */
	if (n >= 3 && buf[1] == '3' && buf[2] == 'D')
		from = 2;
	buf[from] = ' ';
	buf[n++] = ' ';
	return str_make(buf + from, n - from);
}

static bool locale_has(struct str locale, struct str padded_name)
{
	/* zh_TW and zh.big5 are zh; C is en, which has nothing of its own. */
	if (locale.n > 2 && locale.p[0] >= 'a' && locale.p[0] <= 'z' && locale.p[1] >= 'a' &&
	    locale.p[1] <= 'z')
		locale = str_sub(locale, 0, 2);
	for (size_t i = 0; i < COUNT(by_locale); i++) {
		if (str_eq(locale, str_of(by_locale[i].locale)))
			return str_find(str_of(by_locale[i].charsets), padded_name) != STR_NPOS;
	}
	return false;
}

bool locale_charset_ok(const struct locale_conf *l, struct str charset)
{
	char buf[MAX_CHARSET + 2];
	struct str padded = squeeze_name(charset, buf), rest = l->ok;
	struct str name = str_sub(padded, 1, padded.n - 1);

	if (!name.n)
		return false;
	for (size_t i = 0; i < COUNT(ok_names); i++) {
		if (str_eq(name, str_of(ok_names[i])))
			return true;
	}
	for (size_t i = 0; i < COUNT(ok_prefixes); i++) {
		if (str_starts(name, str_of(ok_prefixes[i])))
			return true;
	}
	for (struct str word = next_word(&rest); word.n; word = next_word(&rest)) {
		if (locale_has(word, padded))
			return true;
	}
	return false;
}

/* Nearly every message's. */
static bool is_common(struct str charset)
{
	if (str_starts_nocase(charset, STR("iso-8859-")))
		return charset.n <= 11;
	return str_eq_nocase(charset, STR("us-ascii")) || str_eq_nocase(charset, STR("utf-8"));
}

bool locale_is_caps_charset(struct str charset)
{
	if (is_common(charset))
		return false;
	for (size_t i = 0; i < charset.n; i++) {
		if (!ascii_is_alnum(charset.p[i]) && charset.p[i] != '-' && charset.p[i] != '_')
			return false;
	}
	for (size_t i = 0; i < COUNT(caps_parts); i++) {
		if (str_find_nocase(charset, str_of(caps_parts[i])) != STR_NPOS)
			return true;
	}
	return false;
}
