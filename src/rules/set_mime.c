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
	if (flags & RULE_TEMPLATE) { /* of this type it is none, but these very characters */
		flags &= ~(unsigned)RULE_TEMPLATE;
		if (rx_translate(l->a, source.perl, false, &source, &e) < 0)
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

static size_t word_length(struct str s)
{
	size_t n = 0;

	while (n < s.n && (ascii_is_alnum(s.p[n]) || s.p[n] == '_'))
		n++;
	return n;
}

/*
 * The length of /re/flags or m,re,flags at the front of s, 0: there is none. It ends at the first delimiter
 * (with flags) that white space or the end follows, whatever stands before.
 */
static size_t criterion_length(struct str s)
{
	size_t at = str_starts(s, STR("m")), n;

	if (at >= s.n || word_length(str_from(s, at)) || (!at && s.p[0] != '/'))
		return 0;
	for (size_t end = at + 1; end < s.n; end++) {
		if (s.p[end] != s.p[at])
			continue;
		n = str_find_not(str_from(s, end + 1), "imsx");
		n = n == STR_NPOS ? s.n : end + 1 + n;
		if (n == s.n || ascii_is_space(s.p[n]))
			return n;
	}
	return 0;
}

/* KEY OP /re/flags at the front of *rest: 1 taken, 0 none there, -1 refused. */
static int take_criterion(struct load *l, struct str *rest, struct uri_test *t)
{
	size_t n = word_length(*rest), k;
	struct str key = str_sub(*rest, 0, n), s = lex_trim(str_from(*rest, n)), op, re;
	struct err e = ERR_INIT;

	op = str_sub(s, 0, 2);
	if (!n || (!str_eq(op, STR("=~")) && !str_eq(op, STR("!~"))))
		return 0;
	s = lex_trim(str_from(s, 2));
	n = criterion_length(s);
	if (!n)
		return 0;
	*rest = str_from(s, n);
	for (k = 0; k < URI_KEY_COUNT && !str_eq(key, str_of(uri_keys[k])); k++)
		;
	if (k == URI_KEY_COUNT || rx_unquote(l->scratch, str_sub(s, 0, n), &re, &e) < 0 ||
	    rx_translate(l->a, re, false, &t->source[k], &e) < 0)
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
			rest = str_from(rest, word_length(rest) ? word_length(rest) : 1);
	}
	if (!found) {
		load_diag(l, RULES_WARNING, "config: failed to add invalid rule %.*s",
			  STR_FMT(name));
		return LOAD_INVALID;
	}
	r = define_rule(l, name, RULE_URI_DETAIL, definition);
	r->uri = t;
	return LOAD_OK;
}
