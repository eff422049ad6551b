/* SPDX-License-Identifier: BSD-2-Clause */
/* amavisd's lookup tables: see lookup.h. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "policy/lookup.h"

#include "conf/conf.h"
#include "conf/regexp.h"
#include "core/arena.h"

#include <pcre2.h>

enum { TABLES_MAX = 256, DOMAIN_KEYS_MAX = 20 };

enum table_kind { TABLE_HASH = 0, TABLE_ACL, TABLE_RE, TABLE_CONST };

struct regexp {
	pcre2_code *code;
	const struct conf_value *result; /* NULL: true */
};

struct table {
	enum table_kind kind;
	const struct conf_value *v;
	struct regexp *regexps;
	size_t regexp_count;
};

struct lookup {
	struct lookup_opts opts;
	struct table *tables;
	size_t count;
	const struct conf_value *yes, *no;
};

static void add_regexps(struct arena *a, struct table *t, const struct conf_value *v,
			struct conf_diags *diags)
{
	size_t n = v->kind == CONF_REGEXP ? 1 : v->count;

	t->kind = TABLE_RE;
	t->regexps = arena_calloc(a, n, sizeof(*t->regexps));
	for (size_t i = 0; i < n; i++) {
		const struct conf_value *item = v->kind == CONF_REGEXP ? v : v->items[i];
		struct regexp *re = &t->regexps[t->regexp_count];

		re->result = NULL;
		if (item->kind == CONF_LIST && item->count) {
			re->result = item->count > 1 ? item->items[1] : NULL;
			item = item->items[0];
		}
		if (item->kind != CONF_REGEXP)
			conf_diag_add(diags, CONF_ERROR, item->place, "expected qr/.../, got %s",
				      conf_kind_name(item->kind));
		else if ((re->code = conf_regexp_compile(a, item, diags)))
			t->regexp_count++;
	}
}

static void add_table(struct arena *a, struct lookup *l, const struct conf_value *v,
		      struct conf_diags *diags)
{
	struct table *t = &l->tables[l->count];

	v = conf_resolve(l->opts.conf, v);
	t->v = v;
	switch (v->kind) {
	case CONF_HASH: t->kind = TABLE_HASH; break;
	case CONF_LIST: t->kind = TABLE_ACL; break;
	case CONF_RE:
	case CONF_REGEXP: add_regexps(a, t, v, diags); break;
	case CONF_UNDEF: return; /* knows nothing */
	case CONF_STRING:
	case CONF_NUMBER: t->kind = TABLE_CONST; break;
	default:
		conf_diag_add(
		    diags, CONF_ERROR, v->place,
		    "a lookup table cannot be %s; there are { }, [ ], new_RE( ), \\%%hash, "
		    "\\@list, \\$regexps and constants",
		    conf_kind_name(v->kind));
		return;
	}
	l->count++;
}

struct lookup *lookup_new(struct arena *a, const struct lookup_opts *opts,
			  const struct conf_value *tables, struct conf_diags *diags)
{
	struct conf_place nowhere = { "", 0, 0 };
	struct lookup *l = arena_zalloc(a, sizeof(*l));

	l->opts = *opts;
	l->tables = arena_calloc(a, tables->count, sizeof(*l->tables));
	l->yes = conf_new_int(a, 1, nowhere);
	l->no = conf_new_int(a, 0, nowhere);
	for (size_t i = 0; i < tables->count; i++) {
		if (i == TABLES_MAX) {
			conf_diag_add(diags, CONF_ERROR, tables->items[i]->place,
				      "more than %d lookup tables", TABLES_MAX);
			break;
		}
		add_table(a, l, tables->items[i], diags);
	}
	return l;
}

/* Splits at the last @; the domain without trailing dots, lower case. */
static void split(struct arena *a, struct str addr, struct str *ret_local, struct str *ret_domain)
{
	size_t at = str_rchr(addr, '@');

	*ret_local = at == STR_NPOS ? addr : str_sub(addr, 0, at);
	*ret_domain =
	    at == STR_NPOS ? STR("") : str_lower(a, str_trim_right(str_from(addr, at + 1), "."));
}

static void add_key(struct str *keys, size_t *n, struct str key)
{
	for (size_t i = 0; i < *n; i++)
		if (str_eq(keys[i], key))
			return;
	if (*n < LOOKUP_KEYS_MAX)
		keys[(*n)++] = key;
}

static void add_domain_keys(struct arena *a, struct str domain, struct str *keys, size_t *n)
{
	struct str d = domain;
	size_t dots = 1;

	for (size_t i = 0; i < domain.n; i++)
		dots += domain.p[i] == '.';
	/* Of a name with very many labels only the last ones count, as in amavisd. */
	for (; dots > DOMAIN_KEYS_MAX; dots--)
		d = str_from(d, str_chr(d, '.') + 1);
	for (;;) {
		size_t dot = str_chr(d, '.');

		add_key(keys, n, str_concat(a, STR("."), d));
		if (!d.n)
			return;
		d = dot == STR_NPOS ? STR("") : str_from(d, dot + 1);
	}
}

size_t lookup_keys(struct arena *a, const struct lookup_opts *opts, struct str addr,
		   struct str ret[LOOKUP_KEYS_MAX])
{
	struct str local, domain, bare, at_domain;
	size_t n = 0, plus;

	split(a, addr, &local, &domain);
	if (!opts->localpart_is_case_sensitive)
		local = str_lower(a, local);
	plus = opts->recipient_delimiter.n ? str_find(local, opts->recipient_delimiter) : STR_NPOS;
	bare = plus == STR_NPOS || !plus ? local : str_sub(local, 0, plus);
	at_domain = str_concat(a, STR("@"), domain);
	add_key(ret, &n, addr);
	if (bare.n != local.n)
		add_key(ret, &n, str_concat(a, local, at_domain));
	add_key(ret, &n, str_concat(a, bare, at_domain));
	if (bare.n != local.n)
		add_key(ret, &n, str_concat(a, local, STR("@")));
	add_key(ret, &n, str_concat(a, bare, STR("@")));
	add_key(ret, &n, domain);
	if (str_chr(domain, '[') != STR_NPOS)
		add_key(ret, &n, STR("."));
	else
		add_domain_keys(a, domain, ret, &n);
	return n;
}

/* *ret_found: this table has an entry, whatever it says. */
static const struct conf_value *ask_hash(const struct lookup *l, const struct table *t,
					 struct arena *a, struct str addr)
{
	struct str keys[LOOKUP_KEYS_MAX];
	size_t n = lookup_keys(a, &l->opts, addr, keys);

	for (size_t i = 0; i < n; i++) {
		const struct conf_value *v = conf_hash_get(t->v, keys[i]);

		if (v)
			return v;
	}
	return NULL;
}

static bool acl_matches(struct str entry, struct str addr, struct str domain)
{
	if (str_chr(entry, '@') != STR_NPOS)
		return str_eq_nocase(entry, addr);
	if (!entry.n || entry.p[0] != '.')
		return str_eq_nocase(entry, domain);
	if (entry.n == 1)
		return true;
	return str_eq_nocase(str_from(entry, 1), domain) || str_ends_nocase(domain, entry);
}

static const struct conf_value *ask_acl(const struct lookup *l, const struct table *t,
					struct arena *a, struct str addr)
{
	struct str local, domain;

	split(a, addr, &local, &domain);
	for (size_t i = 0; i < t->v->count; i++) {
		struct str entry = conf_text(a, conf_resolve(l->opts.conf, t->v->items[i]));
		bool yes = true;

		if (str_is_none(entry))
			continue;
		while (entry.n && entry.p[0] == '!') {
			yes = !yes;
			entry = str_from(entry, 1);
		}
		if (acl_matches(entry, addr, domain))
			return yes ? l->yes : l->no;
	}
	return NULL;
}

static const struct conf_value *ask_re(const struct lookup *l, const struct table *t,
				       struct str addr)
{
	pcre2_match_data *md = pcre2_match_data_create(1, NULL);
	const struct conf_value *found = NULL;

	for (size_t i = 0; i < t->regexp_count && !found; i++)
		if (pcre2_match(t->regexps[i].code, (PCRE2_SPTR)addr.p, addr.n, 0, 0, md, NULL) >=
		    0)
			found = t->regexps[i].result ? t->regexps[i].result : l->yes;
	pcre2_match_data_free(md);
	return found;
}

static const struct conf_value *ask(const struct lookup *l, const struct table *t, struct arena *a,
				    struct str addr)
{
	switch (t->kind) {
	case TABLE_HASH: return ask_hash(l, t, a, addr);
	case TABLE_ACL: return ask_acl(l, t, a, addr);
	case TABLE_RE: return ask_re(l, t, addr);
	case TABLE_CONST: return t->v;
	}
	return NULL;
}

const struct conf_value *lookup_find(const struct lookup *l, struct str addr)
{
	struct arena *a = arena_new();
	const struct conf_value *v = NULL;

	if (!addr.n)
		addr = STR("");
	for (size_t i = 0; i < l->count && !v; i++) {
		v = ask(l, &l->tables[i], a, addr);
		if (v)
			v = conf_resolve(l->opts.conf, v);
		if (v && v->kind == CONF_UNDEF)
			v = NULL; /* "this table does not know": the next one is asked */
	}
	arena_free(a);
	return v;
}

bool lookup_is_true(const struct lookup *l, struct str addr)
{
	const struct conf_value *v = lookup_find(l, addr);

	return v && conf_is_true(v);
}

bool lookup_number(const struct lookup *l, struct str addr, double *ret)
{
	const struct conf_value *v = lookup_find(l, addr);

	return v && conf_number(v, ret);
}
