/* SPDX-License-Identifier: BSD-2-Clause */
/* mimeheader and uri_detail: the rule types of the MIMEHeader and URIDetail plugins. */
#include "core/arena.h"
#include "core/strbuf.h"
#include "rules/define.h"

/* NAME, NAME:raw, ALL */
static bool mime_header_name(struct str *rest, struct str *ret_name, bool *ret_raw)
{
	size_t n = str_find_any(*rest, ": \t=!");
	struct str s;

	if (n == STR_NPOS || !n)
		return false;
	*ret_name = str_sub(*rest, 0, n);
	s = str_from(*rest, n);
	*ret_raw = str_starts(s, STR(":raw"));
	*rest = lex_trim(str_from(s, *ret_raw ? 4 : s.p[0] == ':'));
	return true;
}

enum load_result set_mimeheader(struct load *l, struct str key, struct str value)
{
	struct str name, rest, hdr, op, if_unset = STR_NONE, definition;
	enum load_result result = define_split(l, value, &name, &rest);
	struct rx_source source;
	struct err e = ERR_INIT;
	unsigned flags = 0;
	struct rule *r;
	bool raw;

	(void)key;
	if (result != LOAD_OK)
		return result;
	definition = rest;
	if (!mime_header_name(&rest, &hdr, &raw))
		return LOAD_INVALID;
	op = str_sub(rest, 0, 2);
	if (!str_eq(op, STR("=~")) && !str_eq(op, STR("!~")))
		return LOAD_INVALID;
	rest = lex_trim(str_from(rest, 2));
	if (define_if_unset(&rest, &if_unset))
		flags |= RULE_IF_UNSET;
	if (op.p[0] == '!')
		flags |= RULE_NEGATED;
	if (define_try_regex(l, name, rest, &source, &flags, &e) < 0) {
		load_diag(l, RULES_INFO, "mimeheader: invalid regexp for %.*s '%.*s': %s",
			  STR_FMT(name), STR_FMT(rest), e.text);
		return LOAD_INVALID;
	}
	r = define_rule(l, name, RULE_MIMEHEADER, definition);
	r->flags = flags;
	r->source = source;
	r->mime = arena_zalloc(l->a, sizeof(*r->mime));
	r->mime->header = str_dup(l->a, hdr);
	r->mime->raw = raw;
	r->mime->if_unset = str_is_none(if_unset) ? STR("") : str_dup(l->a, if_unset);
	return LOAD_OK;
}

static const char *const uri_keys[URI_KEY_COUNT] = { "raw",  "type",   "cleaned",
						     "text", "domain", "host" };

/* The closing delimiter of /re/ or m<c>re<c>, with backslashes in between; STR_NPOS: none. */
static size_t criterion_end(struct str s, char delim)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '\\')
			i++;
		else if (s.p[i] == delim)
			return i;
	}
	return STR_NPOS;
}

/* KEY OP /re/flags at the front of *rest: 1 taken, 0 none there, -1 refused. */
static int take_criterion(struct load *l, struct str *rest, struct uri_test *t)
{
	struct str s = *rest, key, op, re, flags;
	size_t n = str_find_not(s, "abcdefghijklmnopqrstuvwxyz"), k, end;
	struct err e = ERR_INIT;
	char delim;

	if (n == STR_NPOS || !n)
		return 0;
	key = str_sub(s, 0, n);
	s = lex_trim(str_from(s, n));
	op = str_sub(s, 0, 2);
	if (!str_eq(op, STR("=~")) && !str_eq(op, STR("!~")))
		return 0;
	s = lex_trim(str_from(s, 2));
	if (str_starts(s, STR("m")))
		s = str_from(s, 1);
	if (!s.n || ascii_is_alnum(s.p[0]) || ascii_is_space(s.p[0]))
		return 0;
	delim = s.p[0];
	end = criterion_end(str_from(s, 1), delim);
	if (end == STR_NPOS)
		return 0;
	re = str_sub(s, 1, end + 1);
	s = str_from(s, end + 2);
	n = str_find_not(s, "imsx");
	flags = str_sub(s, 0, n);
	*rest = str_from(s, flags.n);
	for (k = 0; k < URI_KEY_COUNT && !str_eq(key, str_of(uri_keys[k])); k++)
		;
	if (k == URI_KEY_COUNT)
		return -1;
	if (flags.n)
		re = arena_printf(l->scratch, "(?%.*s)%.*s", STR_FMT(flags), STR_FMT(re));
	if (rx_translate(l->a, re, false, &t->source[k], &e) < 0)
		return -1;
	t->has[k] = true;
	t->negated[k] = op.p[0] == '!';
	return 1;
}

enum load_result set_uri_detail(struct load *l, struct str key, struct str value)
{
	struct str name, rest, definition;
	enum load_result result = define_split(l, value, &name, &rest);
	struct uri_test *t;
	size_t found = 0;
	struct rule *r;

	(void)key;
	if (result != LOAD_OK)
		return result;
	definition = rest;
	t = arena_zalloc(l->a, sizeof(*t));
	while (rest.n) {
		int taken = take_criterion(l, &rest, t);

		if (taken < 0)
			return LOAD_INVALID;
		found += (size_t)taken;
		if (!taken) /* whatever else stands there does not matter */
			rest = str_from(rest, 1);
	}
	if (!found)
		return LOAD_INVALID;
	r = define_rule(l, name, RULE_URI_DETAIL, definition);
	r->uri = t;
	return LOAD_OK;
}
