/* SPDX-License-Identifier: BSD-2-Clause */
/* Metas: names to indexes, rules_matching(), and an order in which each comes behind what it reads. */
#include "core/arena.h"
#include "core/strbuf.h"
#include "rules/load.h"

#include <stdlib.h>

struct resolver {
	struct load *l;
	struct vec deps; /* uint32_t */
	struct str self;
	bool seen_none;
};

static bool resolve(void *ctx, struct str name, struct expr_operand *ret)
{
	struct resolver *r = ctx;
	const struct rule *rule;

	if (str_eq(name, STR("local_tests_only"))) {
		ret->is_number = true;
		ret->number = r->l->options->net ? 0 : 1;
		return true;
	}
	rule = map_get(&r->l->rs->by_name, name);
	ret->id = rule ? rule->index : RULE_NONE;
	if (!rule && r->l->options->advice)
		load_diag(r->l, RULES_INFO, "config: meta %.*s names %.*s, which is no rule",
			  STR_FMT(r->self), STR_FMT(name));
	VEC_EACH (&r->deps, uint32_t, it) {
		if (*it == ret->id)
			return true;
	}
	*(uint32_t *)vec_must_push(&r->deps) = ret->id;
	return true;
}

/* Shell-like: * any bytes, ? one byte. */
static bool glob_matches(struct str glob, struct str s)
{
	size_t g = 0, i = 0, star = STR_NPOS, back = 0;

	while (i < s.n) {
		if (g < glob.n && glob.p[g] == '*') {
			star = g++;
			back = i;
		} else if (g < glob.n && (glob.p[g] == '?' || glob.p[g] == s.p[i])) {
			g++;
			i++;
		} else if (star != STR_NPOS) {
			g = star + 1;
			i = ++back;
		} else {
			return false;
		}
	}
	while (g < glob.n && glob.p[g] == '*')
		g++;
	return g == glob.n;
}

static int by_str(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

/* "(A + B + C)" of all names with a score, but not the meta itself. */
static struct str expand_glob(struct load *l, struct str glob, struct str self)
{
	struct vec names;
	struct strbuf b;
	struct str ret;

	vec_init(&names, l->scratch, sizeof(struct str), 0);
	MAP_EACH (&l->rs->by_name, it) {
		if (!str_eq(it->key, self) && glob_matches(glob, it->key))
			*(struct str *)vec_must_push(&names) = it->key;
	}
	MAP_EACH (&l->attrs, it) {
		const struct rule_attr *attr = it->value;

		if (attr->has_score && !map_has(&l->rs->by_name, it->key) &&
		    glob_matches(glob, it->key))
			*(struct str *)vec_must_push(&names) = it->key;
	}
	if (!names.n)
		return STR("0");
	qsort(names.data, names.n, sizeof(struct str), by_str);
	strbuf_init(&b, 0);
	for (size_t i = 0; i < names.n; i++)
		strbuf_printf(&b, "%s%.*s", i ? " + " : "(",
			      STR_FMT(*VEC_AT(&names, struct str, i)));
	strbuf_add_byte(&b, ')');
	ret = str_dup(l->a, strbuf_str(&b));
	strbuf_done(&b);
	return ret;
}

/* Each glob is expanded once: a second meta that uses it gets what the first one got. */
static struct str expand_globs(struct load *l, struct map *cache, const struct rule *r)
{
	struct str text = r->meta->text, glob, *hit;
	size_t at;

	while ((at = str_find(text, STR("rules_matching("))) != STR_NPOS) {
		size_t end = str_chr(str_from(text, at), ')');

		if (end == STR_NPOS)
			break;
		glob = lex_trim(str_sub(text, at + 15, at + end));
		hit = map_get(cache, glob);
		if (!hit) {
			hit = load_str(l, expand_glob(l, glob, r->name));
			map_put(cache, glob, hit);
		}
		text = arena_printf(l->a, "%.*s%.*s%.*s", STR_FMT(str_sub(text, 0, at)),
				    STR_FMT(*hit), STR_FMT(str_from(text, at + end + 1)));
	}
	return text;
}

static void compile_meta(struct load *l, struct map *cache, struct rule *r)
{
	struct resolver res = { .l = l, .self = r->name };
	struct expr_names names = { resolve, &res };
	struct str text = expand_globs(l, cache, r), *tokens;
	size_t n = expr_tokenize(l->scratch, text, &tokens);
	struct err e = ERR_INIT;

	l->file = r->file;
	l->line = r->line;
	vec_init(&res.deps, l->a, sizeof(uint32_t), 0);
	if (expr_compile(l->a, tokens, n, &names, &r->meta->expr, &e) < 0) {
		load_diag(l, RULES_ERROR, "config: invalid expression for rule %.*s: \"%.*s\": %s",
			  STR_FMT(r->name), STR_FMT(r->meta->text), e.text);
		r->meta->expr = NULL;
		return;
	}
	r->meta->text = text;
	r->meta->deps = res.deps.data;
	r->meta->dep_count = res.deps.n;
	if (n == 2 && str_eq(tokens[0], STR("(")))
		r->flags |= RULE_FINISH_ONLY;
}

static bool is_meta(const struct ruleset *rs, uint32_t index)
{
	return index != RULE_NONE && rs->rules[index]->type == RULE_META;
}

static void say_unsolved(struct load *l, const struct rule *r, const bool *done)
{
	struct str names = STR("");

	for (size_t i = 0; i < r->meta->dep_count; i++) {
		uint32_t dep = r->meta->deps[i];

		if (is_meta(l->rs, dep) && !done[dep])
			names = arena_printf(l->scratch, "%.*s%s%.*s", STR_FMT(names),
					     names.n ? ", " : "", STR_FMT(l->rs->rules[dep]->name));
	}
	l->file = r->file;
	l->line = r->line;
	load_diag(l, RULES_ERROR,
		  "rules: excluding meta test %.*s, unsolved meta dependencies: %.*s",
		  STR_FMT(r->name), STR_FMT(names));
}

struct waiting {
	uint32_t *users_at; /* where a rule's users begin in `users` */
	uint32_t *users;    /* metas, grouped by what they read */
	uint32_t *count;    /* metas a meta still waits for */
};

static void count_users(const struct ruleset *rs, struct waiting *w)
{
	for (size_t m = 0; m < rs->rule_count; m++) {
		const struct rule *r = rs->rules[m];

		for (size_t i = 0; r->type == RULE_META && i < r->meta->dep_count; i++) {
			if (is_meta(rs, r->meta->deps[i])) {
				w->users_at[r->meta->deps[i] + 1]++;
				w->count[m]++;
			}
		}
	}
}

static void list_users(const struct ruleset *rs, struct waiting *w, uint32_t *fill)
{
	for (size_t i = 0; i < rs->rule_count; i++)
		w->users_at[i + 1] += w->users_at[i];
	memcpy(fill, w->users_at, rs->rule_count * sizeof(*fill));
	for (size_t m = 0; m < rs->rule_count; m++) {
		const struct rule *r = rs->rules[m];

		for (size_t i = 0; r->type == RULE_META && i < r->meta->dep_count; i++) {
			if (is_meta(rs, r->meta->deps[i]))
				w->users[fill[r->meta->deps[i]]++] = (uint32_t)m;
		}
	}
}

/* Metas that wait for none come first, by definition; then whoever waited for them. */
static void sort_metas(struct load *l, struct waiting *w, bool *done)
{
	struct ruleset *rs = l->rs;
	size_t head = 0, n = 0;

	for (size_t m = 0; m < rs->rule_count; m++) {
		if (rs->rules[m]->type == RULE_META && !w->count[m])
			rs->metas[n++] = (uint32_t)m;
	}
	for (; head < n; head++) {
		uint32_t m = rs->metas[head];

		done[m] = true;
		for (uint32_t u = w->users_at[m]; u < w->users_at[m + 1]; u++) {
			if (!--w->count[w->users[u]])
				rs->metas[n++] = w->users[u];
		}
	}
	for (size_t m = 0; m < rs->rule_count; m++) {
		if (rs->rules[m]->type != RULE_META || done[m])
			continue;
		rs->rules[m]->flags |= RULE_CYCLIC;
		say_unsolved(l, rs->rules[m], done);
		rs->metas[n++] = (uint32_t)m;
	}
	rs->meta_count = n;
}

void finish_metas(struct load *l)
{
	struct ruleset *rs = l->rs;
	size_t n = rs->rule_count, edges = 0;
	struct waiting w;
	struct map cache;

	map_init(&cache, l->scratch, false);
	for (size_t i = 0; i < n; i++) {
		if (rs->rules[i]->type != RULE_META)
			continue;
		compile_meta(l, &cache, rs->rules[i]);
		edges += rs->rules[i]->meta->dep_count;
	}
	w.users_at = arena_calloc(l->scratch, n + 2, sizeof(uint32_t));
	w.users = arena_calloc(l->scratch, edges + 1, sizeof(uint32_t));
	w.count = arena_calloc(l->scratch, n + 1, sizeof(uint32_t));
	rs->metas = arena_calloc(l->a, n + 1, sizeof(uint32_t));
	count_users(rs, &w);
	list_users(rs, &w, arena_calloc(l->scratch, n + 1, sizeof(uint32_t)));
	sort_metas(l, &w, arena_calloc(l->scratch, n + 1, sizeof(bool)));
}
