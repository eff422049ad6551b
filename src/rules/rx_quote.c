/* SPDX-License-Identifier: BSD-2-Clause */
/* What stands around an expression in a .cf line: /re/mods, m{re}mods, qr!re!mods. */
#include "core/arena.h"
#include "core/strbuf.h"
#include "rules/rx.h"

#define MOD_BYTES "abcdfghijklmnopqrstuvwxyz"

static char closing_of(char open)
{
	switch (open) {
	case '{': return '}';
	case '(': return ')';
	case '<': return '>';
	case '[': return ']';
	}
	return open;
}

/* The leftmost closing delimiter with nothing but modifiers behind it. */
static size_t find_close(struct str s, char close)
{
	size_t at = s.n;

	while (at > 0 && s.p[at - 1] != close && memchr(MOD_BYTES, s.p[at - 1], 25))
		at--;
	return at > 0 && s.p[at - 1] == close ? at - 1 : STR_NPOS;
}

static bool has_unescaped(struct str s, char c)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '\\')
			i++;
		else if (s.p[i] == c)
			return true;
	}
	return false;
}

static int open_delimiter(struct str text, char *ret_close, size_t *ret_len, struct err *e)
{
	size_t n = str_starts(text, STR("qr")) ? 2 : str_starts(text, STR("m")) ? 1 : 0;

	if (n == 0 && !str_starts(text, STR("/")))
		return err_set(e, ERR_CONFIG, false, "missing regexp delimiters");
	if (n >= text.n || ascii_is_alnum(text.p[n]) || text.p[n] == '_')
		return err_set(e, ERR_CONFIG, false, "missing regexp delimiters");
	if (text.p[n] == '\\')
		return err_set(e, ERR_CONFIG, false, "backslash delimiter not allowed");
	*ret_close = closing_of(text.p[n]);
	*ret_len = n + 1;
	return 0;
}

int rx_unquote(struct arena *a, struct str text, struct str *ret, struct err *e)
{
	struct str rest, re, mods;
	char close = 0;
	size_t n = 0, end;

	if (open_delimiter(text, &close, &n, e) < 0)
		return -1;
	rest = str_from(text, n);
	end = find_close(rest, close);
	if (end == STR_NPOS)
		return err_set(e, ERR_CONFIG, false, "invalid end delimiter/mods");
	re = str_sub(rest, 0, end);
	mods = str_from(rest, end + 1);
	if (!strchr("})]", close) && has_unescaped(re, close))
		return err_set(e, ERR_CONFIG, false, "unquoted delimiter '%c' found", close);
	if (str_find(re, STR("(?{")) != STR_NPOS || str_find(re, STR("(??{")) != STR_NPOS)
		return err_set(e, ERR_CONFIG, false, "eval (?{}) found");
	*ret = mods.n ? arena_printf(a, "(?%.*s)", STR_FMT(mods)) : STR("");
	*ret = str_concat(a, *ret, re);
	return 0;
}

int rx_check_always(struct str quoted, struct err *e)
{
	struct str re = quoted;
	size_t close = str_starts(re, STR("(?")) ? str_chr(re, ')') : STR_NPOS;
	bool bar = false;

	if (close != STR_NPOS && str_find_not(str_sub(re, 2, close), MOD_BYTES) == STR_NPOS)
		re = str_from(re, close + 1);
	if (!re.n)
		return err_set(e, ERR_CONFIG, false, "always matching regexp: empty");
	for (size_t i = 0; i < re.n; i++) {
		bool now = re.p[i] == '|';

		if (now && bar)
			return err_set(e, ERR_CONFIG, false,
				       "always matching regexp: contains '||'");
		bar = now;
		if (re.p[i] == '\\')
			i++;
	}
	if (bar || re.p[0] == '|')
		return err_set(e, ERR_CONFIG, false,
			       "always matching regexp: starts or ends with '|'");
	return 0;
}

void rx_quotemeta(struct strbuf *out, struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		bool word = ascii_is_alnum(s.p[i]) || s.p[i] == '_' || (uint8_t)s.p[i] >= 0x80;

		if (!word)
			strbuf_add_byte(out, '\\');
		strbuf_add_byte(out, s.p[i]);
	}
}
