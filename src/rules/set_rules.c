/* SPDX-License-Identifier: BSD-2-Clause */
/* header, body, rawbody, full, uri, meta, askdns. */
#include "core/arena.h"
#include "rules/define.h"

#define HEADER_BYTES "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-"
#define LOWER_BYTES "abcdefghijklmnopqrstuvwxyz"

static const struct {
	const char *key;
	enum rule_type regex, eval;
} kinds[] = {
	{ "body", RULE_BODY, RULE_BODY_EVAL },
	{ "rawbody", RULE_RAWBODY, RULE_RAWBODY_EVAL },
	{ "full", RULE_FULL, RULE_FULL_EVAL },
	{ "uri", RULE_URI, RULE_TYPE_COUNT },
};

enum load_result set_rule(struct load *l, struct str key, struct str value)
{
	struct rx_source source;
	enum load_result result;
	struct str name, rest;
	unsigned flags = 0;
	struct rule *r;
	size_t k = 0;

	while (!str_eq(key, str_of(kinds[k].key)))
		k++;
	result = define_split(l, value, &name, &rest);
	if (result != LOAD_OK)
		return result;
	if (kinds[k].eval != RULE_TYPE_COUNT && str_starts(rest, STR("eval:")))
		return define_eval(l, name, kinds[k].eval, str_from(rest, 5));
	if (!define_regex(l, name, rest, &source, &flags))
		return LOAD_SAID;
	r = define_rule(l, name, kinds[k].regex, rest);
	r->source = source;
	r->flags = flags;
	return LOAD_OK;
}

/* An invalid new definition of a header rule leaves its expression, but not its options. */
static void lose_options(struct load *l, struct str name)
{
	struct rule *r = map_get(&l->rs->by_name, name);
	struct err e = ERR_INIT;

	if (!r || r->type != RULE_HEADER)
		return;
	if (r->flags & RULE_EXISTS)
		rx_translate(l->a, STR(""), false, &r->source, &e);
	r->flags &= ~(unsigned)(RULE_NEGATED | RULE_IF_UNSET | RULE_EXISTS);
}

static bool modifiers_are_known(struct load *l, struct str name, struct str spec)
{
	static const char *const known[] = { "raw", "addr",  "name",  "host", "domain",
					     "ip",  "revip", "first", "last" };
	struct str rest = spec, mod;

	str_cut(&rest, ':', &mod);
	while (str_cut(&rest, ':', &mod)) {
		bool ok = false;

		for (size_t i = 0; i < ELEMENTS(known); i++)
			ok = ok || str_eq(mod, str_of(known[i]));
		if (!ok) {
			load_diag(l, RULES_ERROR, "config: invalid header modifier for %.*s: %.*s",
				  STR_FMT(name), STR_FMT(spec));
			return false;
		}
	}
	return true;
}

/* NAME, NAME: or NAME:mod[:mod] off the front; the length, 0 when there is none. */
static size_t spec_length(struct str s, struct str *ret_spec)
{
	size_t n = str_find_not(s, HEADER_BYTES), mods = 0;

	if (n == STR_NPOS)
		n = s.n;
	*ret_spec = str_sub(s, 0, n);
	if (!n)
		return 0;
	while (n < s.n && s.p[n] == ':' && mods < 2) {
		size_t len = str_find_not(str_from(s, n + 1), LOWER_BYTES);

		len = len == STR_NPOS ? s.n - n - 1 : len;
		if (!len) /* a bare colon ends it */
			return mods ? n : n + 1;
		n += len + 1;
		mods++;
		*ret_spec = str_sub(s, 0, n);
	}
	return n;
}

static enum load_result bad_head(struct load *l, struct str name, const char *what, struct str rest)
{
	load_diag(l, RULES_ERROR, "config: invalid head test %.*s%s: %.*s", STR_FMT(name), what,
		  STR_FMT(rest));
	return LOAD_SAID;
}

static struct header_test *header_test_new(struct load *l, struct str spec)
{
	struct header_test *t = arena_zalloc(l->a, sizeof(*t));

	t->spec = str_dup(l->a, spec);
	return t;
}

static enum load_result set_exists(struct load *l, struct str name, struct str rest)
{
	struct str hdr = lex_trim(str_from(rest, 7)), spec;
	struct rule *r;

	spec = str_ends(hdr, STR(":")) ? str_sub(hdr, 0, hdr.n - 1) : hdr;
	if (!spec.n || str_find_not(spec, HEADER_BYTES) != STR_NPOS) {
		lose_options(l, name);
		return bad_head(l, name, " header", hdr);
	}
	r = define_rule(l, name, RULE_HEADER, rest);
	r->flags = RULE_EXISTS;
	r->header = header_test_new(l, spec);
	return LOAD_OK;
}

static enum load_result set_header_regex(struct load *l, struct str name, struct str rest)
{
	struct str spec, op, re, if_unset = STR_NONE;
	size_t n = spec_length(rest, &spec);
	struct rx_source source;
	unsigned flags = 0;
	struct rule *r;

	lose_options(l, name);
	re = lex_trim(str_from(rest, n));
	op = str_sub(re, 0, 2);
	if (!n || !(str_eq(op, STR("=~")) || str_eq(op, STR("!~"))))
		return bad_head(l, name, "", rest);
	re = lex_trim(str_from(re, 2));
	if (!re.n)
		return bad_head(l, name, "", rest);
	if (!modifiers_are_known(l, name, spec))
		return LOAD_SAID;
	if (define_if_unset(&re, &if_unset))
		flags |= RULE_IF_UNSET;
	if (op.p[0] == '!')
		flags |= RULE_NEGATED;
	if (!define_regex(l, name, re, &source, &flags))
		return LOAD_SAID;
	r = define_rule(l, name, RULE_HEADER, rest);
	r->flags = flags;
	r->source = source;
	r->header = header_test_new(l, spec);
	r->header->if_unset = str_is_none(if_unset) ? if_unset : str_dup(l->a, if_unset);
	return LOAD_OK;
}

enum load_result set_header_rule(struct load *l, struct str key, struct str value)
{
	struct str name, rest;
	enum load_result result = define_split(l, value, &name, &rest);

	(void)key;
	if (result != LOAD_OK)
		return result;
	if (str_starts(rest, STR("eval:")))
		return define_eval(l, name, RULE_HEADER_EVAL, str_from(rest, 5));
	if (str_starts(rest, STR("rbleval:")))
		return define_eval(l, name, RULE_RBL_EVAL, str_from(rest, 8));
	if (str_starts(rest, STR("exists:")))
		return set_exists(l, name, rest);
	return set_header_regex(l, name, rest);
}

/* A rule that hits only when its plugin says so; the plugin reads the line too. */
enum load_result set_empty_rule(struct load *l, struct str key, struct str value)
{
	struct str name, rest;
	enum load_result result = define_split(l, value, &name, &rest);

	(void)key;
	if (result == LOAD_OK)
		define_rule(l, name, RULE_EMPTY, rest);
	return result;
}

/* mass-check's line; a name that no rule has yet becomes one that never hits. */
enum load_result set_reuse(struct load *l, struct str key, struct str value)
{
	struct str name;

	(void)key;
	if (!lex_word(&value, &name))
		return LOAD_INVALID;
	if (map_has(&l->rs->by_name, name))
		return LOAD_OK;
	if (!define_good_name(l, name))
		return LOAD_SAID;
	define_rule(l, name, RULE_EMPTY, STR(""));
	return LOAD_OK;
}

/* What may not stand in an expression at all. */
static bool has_foreign(struct str s)
{
	return str_find_any(s, "$@%;{}") != STR_NPOS || str_find(s, STR("::")) != STR_NPOS ||
	       str_find(s, STR("->")) != STR_NPOS;
}

/* ** with or without blanks between. */
static bool has_power(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		struct str rest = lex_trim(str_from(s, i + 1));

		if (s.p[i] == '*' && str_starts(rest, STR("*")))
			return true;
	}
	return false;
}

static bool token_is_good(struct str t)
{
	bool punct = t.n <= 2;

	if (ascii_is_alpha(t.p[0]) || t.p[0] == '_')
		return str_find_not(t, HEADER_BYTES) == STR_NPOS;
	for (size_t i = 0; i < t.n; i++)
		punct = punct && !ascii_is_alnum(t.p[i]) && t.p[i] != '_';
	if (punct)
		return true;
	return ascii_is_digit(t.p[0]) && t.p[t.n - 1] != '.' &&
	       (t.n == 1 || str_find_any(t, "+-:") == STR_NPOS);
}

/* All names are 0: enough to see whether the expression can be read. */
static bool name_is_zero(void *ctx, struct str name, struct expr_operand *ret)
{
	(void)ctx;
	(void)name;
	ret->is_number = true;
	ret->number = 0;
	return true;
}

/* rules_matching(GLOB) as a 0: its value is not known before the last line. */
static struct str without_globs(struct arena *a, struct str text)
{
	size_t at = str_find(text, STR("rules_matching(")), end;

	while (at != STR_NPOS) {
		end = str_chr(str_from(text, at), ')');
		if (end == STR_NPOS)
			break;
		text = arena_printf(a, "%.*s0%.*s", STR_FMT(str_sub(text, 0, at)),
				    STR_FMT(str_from(text, at + end + 1)));
		at = str_find(text, STR("rules_matching("));
	}
	return text;
}

static bool meta_is_good(struct load *l, struct str name, struct str text)
{
	static const struct expr_names names = { name_is_zero, NULL };
	struct err e = ERR_INIT;
	struct str *tokens;
	struct expr *x;
	double v;
	size_t n = expr_tokenize(l->scratch, without_globs(l->scratch, text), &tokens);

	for (size_t i = 0; i < n; i++) {
		if (token_is_good(tokens[i]))
			continue;
		load_diag(l, RULES_ERROR, "config: invalid meta %.*s token: %.*s", STR_FMT(name),
			  STR_FMT(tokens[i]));
		return false;
	}
	if (expr_compile(l->scratch, tokens, n, &names, &x, &e) < 0) {
		load_diag(l, RULES_ERROR, "config: invalid expression for rule %.*s: \"%.*s\": %s",
			  STR_FMT(name), STR_FMT(text), e.text);
		return false;
	}
	if (!expr_eval(x, NULL, NULL, &v)) {
		load_diag(l, RULES_ERROR,
			  "config: invalid expression for rule %.*s: \"%.*s\": division by zero "
			  "possible",
			  STR_FMT(name), STR_FMT(text));
		return false;
	}
	return true;
}

enum load_result set_meta_rule(struct load *l, struct str key, struct str value)
{
	struct str name, rest;
	enum load_result result = define_split(l, value, &name, &rest);
	struct rule *r;

	(void)key;
	if (result != LOAD_OK)
		return result;
	if (has_foreign(rest)) {
		load_diag(l, RULES_WARNING, "config: invalid meta %.*s rule: %.*s", STR_FMT(name),
			  STR_FMT(rest));
		return LOAD_SAID;
	}
	if (has_power(rest))
		return LOAD_INVALID;
	if (!meta_is_good(l, name, rest))
		return LOAD_SAID;
	r = define_rule(l, name, RULE_META, rest);
	r->meta = arena_zalloc(l->a, sizeof(*r->meta));
	r->meta->text = r->definition;
	return LOAD_OK;
}
