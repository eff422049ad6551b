/* SPDX-License-Identifier: BSD-2-Clause */
#include "rules/define.h"

#include "core/arena.h"
#include "core/strbuf.h"

#define NAME_BYTES "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"

enum { NAME_MAX_LINT = 40, NAME_MAX_RULE = 100 };

bool define_good_name(struct load *l, struct str name)
{
	if (ascii_is_digit(name.p[0]) || str_find_not(name, NAME_BYTES) != STR_NPOS ||
	    name.n > 128) {
		load_diag(l, RULES_ERROR,
			  "config: error: rule '%.*s' has invalid characters (not Alphanumeric + "
			  "Underscore + starting with a non-digit)",
			  STR_FMT(name));
		return false;
	}
	if (name.n > NAME_MAX_RULE) {
		load_diag(l, RULES_ERROR,
			  "config: error: rule '%.*s' is too long (recommended maximum length is "
			  "22 characters)",
			  STR_FMT(name));
		return false;
	}
	if (l->options->lint && name.n > NAME_MAX_LINT && !str_starts(name, STR("__")) &&
	    !str_starts(name, STR("T_"))) {
		load_diag(l, RULES_ERROR,
			  "config: warning: rule name '%.*s' is over 40 chars (recommended "
			  "maximum length is 22 characters)",
			  STR_FMT(name));
	}
	return true;
}

enum load_result define_split(struct load *l, struct str value, struct str *ret_name,
			      struct str *ret_rest)
{
	*ret_rest = value;
	if (!lex_word(ret_rest, ret_name) || !ret_rest->n)
		return LOAD_INVALID;
	return define_good_name(l, *ret_name) ? LOAD_OK : LOAD_SAID;
}

struct rule *define_rule(struct load *l, struct str name, enum rule_type type,
			 struct str definition)
{
	struct rule *r = map_get(&l->rs->by_name, name);

	if (r) {
		*r = (struct rule){ .name = r->name };
	} else {
		r = arena_zalloc(l->a, sizeof(*r));
		r->name = str_dup(l->a, name);
		map_put(&l->rs->by_name, r->name, r);
	}
	r->type = type;
	r->definition = str_dup(l->a, definition);
	r->file = l->file;
	r->line = l->line;
	return r;
}

/* (?<X, (?P<X or (?'X with X a capital letter: the rule sets tags. */
static bool has_capture(struct str re)
{
	for (size_t i = 0; i + 3 < re.n; i++) {
		size_t at = i + 2;

		if (re.p[i] != '(' || re.p[i + 1] != '?')
			continue;
		if (re.p[at] == 'P' && re.p[at + 1] == '<')
			at++;
		if ((re.p[at] == '<' || re.p[at] == '\'') && at + 1 < re.n && re.p[at + 1] >= 'A' &&
		    re.p[at + 1] <= 'Z')
			return true;
	}
	return false;
}

/* The length of %{TAG} or %{TAG(arg)} at the front of s, else 0. */
static size_t template_length(struct str s)
{
	size_t n = 2;

	if (!str_starts(s, STR("%{")))
		return 0;
	if (n >= s.n || s.p[n] < 'A' || s.p[n] > 'Z')
		return 0;
	while (n < s.n && ((s.p[n] >= 'A' && s.p[n] <= 'Z') || ascii_is_digit(s.p[n]) ||
			   (s.p[n] == '_' && s.p[n - 1] != '_')))
		n++;
	if (s.p[n - 1] == '_')
		return 0;
	if (n < s.n && s.p[n] == '(') {
		size_t close = str_chr(str_from(s, n), ')');

		if (close == STR_NPOS)
			return 0;
		n += close + 1;
	}
	return n < s.n && s.p[n] == '}' ? n + 1 : 0;
}

/* The expression with anything for each %{TAG}: to see whether the rest of it is good, and for its gate. */
static struct str without_templates(struct arena *a, struct str re, bool *ret_found)
{
	struct strbuf b;
	struct str ret;

	*ret_found = false;
	if (str_find(re, STR("%{")) == STR_NPOS)
		return re;
	strbuf_init(&b, 0);
	for (size_t i = 0; i < re.n;) {
		size_t n = template_length(str_from(re, i));

		strbuf_add(&b, n ? STR("(?s:.*)") : str_sub(re, i, i + 1));
		*ret_found = *ret_found || n;
		i += n ? n : 1;
	}
	ret = str_dup(a, strbuf_str(&b));
	strbuf_done(&b);
	return ret;
}

int define_try_regex(struct load *l, struct str name, struct str text, struct rx_source *ret,
		     unsigned *ret_flags, struct err *e)
{
	bool strict = l->options->lint || l->rs->settings.ignore_always_matching_regexps;
	bool is_template = false;
	struct str re, plain;

	if (rx_unquote(l->scratch, text, &re, e) < 0)
		return -1;
	if (has_capture(re)) {
		struct rule_attr *attr = load_attr(l, name);

		attr->priority = PRIORITY_CAPTURE;
		attr->has_priority = true;
		*ret_flags |= RULE_CAPTURES;
	}
	plain = without_templates(l->scratch, re, &is_template);
	if (load_translate(l, plain, ret, e) < 0)
		return -1;
	if (strict && rx_check_always(re, e) < 0)
		return -1;
	if (is_template) {
		*ret = (struct rx_source){ .perl = str_dup(l->a, re), .pcre = ret->pcre };
		*ret_flags |= RULE_TEMPLATE;
	}
	return 0;
}

bool define_regex(struct load *l, struct str name, struct str text, struct rx_source *ret,
		  unsigned *ret_flags)
{
	struct err e = ERR_INIT;

	if (define_try_regex(l, name, text, ret, ret_flags, &e) == 0)
		return true;
	load_diag(l, RULES_ERROR, "config: invalid regexp for %.*s '%.*s': %s", STR_FMT(name),
		  STR_FMT(text), e.text);
	return false;
}

bool define_if_unset(struct str *text, struct str *ret)
{
	struct str s = *text;

	if (!str_ends(s, STR("]")))
		return false;
	for (size_t i = 1; i < s.n; i++) {
		struct str rest = str_from(s, i);

		if (!ascii_is_space(s.p[i - 1]) || !str_starts(rest, STR("[if-unset:")))
			continue;
		rest = str_sub(rest, 10, rest.n - 1);
		if (!rest.n || !ascii_is_space(rest.p[0]) || !lex_trim(rest).n)
			return false;
		*ret = str_trim_left(rest, " \t\r\n\v\f");
		*text = str_trim_right(str_sub(s, 0, i), " \t\r\n\v\f");
		return true;
	}
	return false;
}

/* One argument off *rest; false: what is there is none. */
static bool eval_arg(struct str *rest, struct str *ret)
{
	struct str s = lex_trim(*rest);
	size_t n;

	if (s.n && (s.p[0] == '\'' || s.p[0] == '"')) {
		n = str_chr(str_from(s, 1), s.p[0]);
		if (n == STR_NPOS)
			return false;
		*ret = str_sub(s, 1, n + 1);
		*rest = lex_trim(str_from(s, n + 2));
	} else {
		for (n = 0; n < s.n && (ascii_is_alnum(s.p[n]) || memchr(".:-", s.p[n], 3)); n++)
			;
		if (!n)
			return false;
		*ret = str_sub(s, 0, n);
		*rest = lex_trim(str_from(s, n));
	}
	if (!rest->n)
		return true;
	if (rest->p[0] != ',')
		return false;
	*rest = lex_trim(str_from(*rest, 1));
	return true;
}

static bool eval_args(struct load *l, struct str text, struct eval_test *t)
{
	struct vec args;

	vec_init(&args, l->a, sizeof(struct str), 0);
	text = lex_trim(text);
	while (text.n) {
		struct str arg;

		if (!eval_arg(&text, &arg))
			return false;
		*(struct str *)vec_must_push(&args) = str_dup(l->a, arg);
	}
	t->args = args.data;
	t->arg_count = args.n;
	return true;
}

enum load_result define_eval(struct load *l, struct str name, enum rule_type type, struct str call)
{
	struct eval_test t = { 0 };
	size_t n = str_find_not(call, NAME_BYTES);
	struct rule *r;

	if (n == STR_NPOS || !n || call.p[n] != '(' || !str_ends(call, STR(")")))
		return LOAD_INVALID;
	t.function = str_dup(l->a, str_sub(call, 0, n));
	if (!eval_args(l, str_sub(call, n + 1, call.n - 1), &t)) {
		load_diag(l, RULES_ERROR, "syntax error for eval function %.*s: %.*s",
			  STR_FMT(name), STR_FMT(call));
		t.broken = true; /* the definition counts, yet it is never run */
	}
	if (type == RULE_HEADER_EVAL &&
	    (str_starts(t.function, STR("check_rbl")) || str_starts(t.function, STR("check_dns"))))
		type = RULE_RBL_EVAL;
	r = define_rule(l, name, type, call);
	r->eval = arena_alloc(l->a, sizeof(t));
	*r->eval = t;
	return LOAD_OK;
}
