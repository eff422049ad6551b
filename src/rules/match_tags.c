/* SPDX-License-Identifier: BSD-2-Clause */
/* Tags: what named groups captured and plugins set; and the expressions that are made of them. */
#include "core/arena.h"
#include "core/budget.h"
#include "core/strbuf.h"
#include "msg/msg.h"
#include "rules/match_private.h"

enum { MAX_VALUES = 1000, MAX_TEMPLATE = 64 << 10, TEMPLATE_STEPS = 10000 };

static void add_value(struct vec *values, struct str value)
{
	struct str *s;

	VEC_EACH (values, struct str, it) {
		if (str_eq(*it, value))
			return;
	}
	s = vec_push(values);
	if (s)
		*s = value;
}

static struct match_values *new_values(struct match *m)
{
	struct match_values *v = arena_zalloc(m->arena, sizeof(*v));

	vec_init(&v->values, m->arena, sizeof(struct str), MAX_VALUES);
	v->rank = m->rank;
	return v;
}

void match_set_tag(struct match *m, struct str name, struct str value)
{
	struct match_values *v = new_values(m);

	add_value(&v->values, str_dup(m->arena, value));
	map_put(&m->tags, name, v);
}

struct str match_get_tag(const struct match *m, struct str name)
{
	const struct match_values *v = map_get(&m->tags, name);
	struct str ret;

	if (!v)
		return STR_NONE;
	ret = STR("");
	VEC_EACH (&v->values, struct str, it) {
		ret = ret.n ? arena_printf(m->arena, "%.*s %.*s", STR_FMT(ret), STR_FMT(*it)) : *it;
	}
	return ret;
}

/* [A-Z][A-Z0-9]*(_[A-Z0-9]+)* */
static bool is_tag_name(struct str s)
{
	if (!s.n || s.p[0] < 'A' || s.p[0] > 'Z' || s.p[s.n - 1] == '_')
		return false;
	for (size_t i = 1; i < s.n; i++) {
		bool under = s.p[i] == '_';

		if (!under && !ascii_is_digit(s.p[i]) && !(s.p[i] >= 'A' && s.p[i] <= 'Z'))
			return false;
		if (under && s.p[i - 1] == '_')
			return false;
	}
	return true;
}

void match_capture(struct match *m, const struct rule *r, const struct rx *rx, struct str subject,
		   struct map *captures)
{
	const struct rx_source *source = rx_source(rx);

	(void)r;
	for (size_t i = 0; i < source->name_count; i++) {
		const struct rx_name *n = &source->names[i];
		struct match_values *v;
		size_t from, to;

		if (!is_tag_name(n->name) || !rx_group(m->run, n->group, &from, &to) || from >= to)
			continue;
		v = map_get(captures, n->name);
		if (!v) {
			v = new_values(m);
			map_put(captures, n->name, v);
		}
		add_value(&v->values, str_sub(subject, from, to));
	}
}

void match_captures_done(struct match *m, const struct map *captures)
{
	MAP_EACH (captures, it)
		map_put(&m->tags, it->key, it->value);
}

/* "(?:v1|v2)" with everything odd escaped. */
static bool add_values(struct strbuf *b, const struct str *values, size_t n)
{
	bool any = false;

	for (size_t i = 0; i < n; i++) {
		if (!values[i].n)
			continue;
		strbuf_add_c(b, any ? "|" : "(?:");
		rx_quotemeta(b, values[i]);
		any = true;
	}
	strbuf_add_c(b, any ? ")" : "");
	return any;
}

/* Values of the tag between the braces: NAME or NAME(arg). */
static size_t values_of(const struct match *m, struct str tag, const struct str **ret)
{
	size_t open = str_chr(tag, '(');
	struct str name = str_sub(tag, 0, open);
	const struct match_values *v;

	if (open != STR_NPOS && str_eq(name, STR("HEADER")))
		return msg_get_all(m->msg, str_sub(tag, open + 1, tag.n - 1), ret);
	v = map_get(&m->tags, name);
	if (!v || v->rank > m->rank)
		return 0;
	*ret = v->values.data;
	return v->values.n;
}

static bool any_value(const struct str *values, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (values[i].n)
			return true;
	}
	return false;
}

/* The length of "%{TAG}" or "%{TAG(arg)}" at the front, 0 when it is none. */
static size_t template_length(struct str s)
{
	size_t close, open;

	if (!str_starts(s, STR("%{")))
		return 0;
	open = str_chr(s, '(');
	close = str_chr(s, '}');
	if (open != STR_NPOS && open < close) {
		size_t end = str_chr(str_from(s, open), ')');

		close = end == STR_NPOS ? STR_NPOS : open + end + 1;
		if (close != STR_NPOS && (close >= s.n || s.p[close] != '}'))
			return 0;
	}
	if (close == STR_NPOS ||
	    !is_tag_name(str_sub(s, 2, open != STR_NPOS && open < close ? open : close)))
		return 0;
	return close + 1;
}

/* Where the next tag stands, from `from` on; STR_NPOS: nowhere. */
static size_t next_template(struct str re, size_t from, size_t *ret_n)
{
	for (;;) {
		size_t at = str_find(str_from(re, from), STR("%{"));

		if (at == STR_NPOS)
			return STR_NPOS;
		from += at;
		*ret_n = template_length(str_from(re, from));
		if (*ret_n)
			return from;
		from++;
	}
}

static bool expand(struct match *m, struct strbuf *b, struct str re)
{
	size_t from = 0, n, at;

	while ((at = next_template(re, from, &n)) != STR_NPOS) {
		const struct str *values = NULL;
		size_t count = values_of(m, str_sub(re, at + 2, at + n - 1), &values);

		strbuf_add(b, str_sub(re, from, at));
		if (!add_values(b, values, count))
			return false;
		from = at + n;
	}
	strbuf_add(b, str_from(re, from));
	return !strbuf_is_full(b);
}

bool match_has_tags(struct match *m, const struct rule *r)
{
	struct str re = r->source.perl;
	size_t from = 0, n, at;

	if (!budget_steps(m->budget, TEMPLATE_STEPS))
		return false;
	while ((at = next_template(re, from, &n)) != STR_NPOS) {
		const struct str *values = NULL;
		size_t count = values_of(m, str_sub(re, at + 2, at + n - 1), &values);

		if (!any_value(values, count))
			return false;
		from = at + n;
	}
	return true;
}

static bool fill_template(struct match *m, const struct rule *r, struct str *ret)
{
	struct strbuf b;
	bool ok;

	if (!budget_steps(m->budget, TEMPLATE_STEPS))
		return false;
	strbuf_init(&b, MAX_TEMPLATE);
	ok = expand(m, &b, r->source.perl);
	if (ok)
		*ret = str_dup(m->arena, strbuf_str(&b));
	strbuf_done(&b);
	return ok;
}

struct match_first_tags {
	struct arena *arena;
	struct map rules; /* name -> struct first_tags * */
};

/* An expression as it was made of them, and its code once that was needed. */
struct first_tags {
	struct str perl;
	const struct rx *rx; /* NULL: it does not compile, or nobody has needed it */
	bool has_tried;
};

struct match_first_tags *match_first_tags_new(void)
{
	struct match_first_tags *t = xzalloc(sizeof(*t));

	t->arena = arena_new();
	map_init(&t->rules, t->arena, false);
	return t;
}

struct match_first_tags *match_first_tags_free(struct match_first_tags *t)
{
	if (!t)
		return NULL;
	arena_free(t->arena);
	return x_free(t);
}

/* SpamAssassin compiles these once (Perl's /o), full rules for each message. */
static bool is_kept(const struct match *m, const struct rule *r)
{
	return m->first_tags && (r->type == RULE_HEADER || r->type == RULE_BODY ||
				 r->type == RULE_URI || r->type == RULE_RAWBODY);
}

static struct first_tags *kept_template(const struct match *m, const struct rule *r)
{
	return is_kept(m, r) ? map_get(&m->first_tags->rules, r->name) : NULL;
}

void match_keep_template(struct match *m, const struct rule *r)
{
	struct arena *a = m->first_tags ? m->first_tags->arena : NULL;
	struct first_tags *first;
	struct str perl;

	if (!is_kept(m, r) || kept_template(m, r) || !fill_template(m, r, &perl))
		return;
	first = arena_zalloc(a, sizeof(*first));
	first->perl = str_dup(a, perl);
	map_put(&m->first_tags->rules, r->name, first);
}

static const struct rx *compile(const struct match *m, struct arena *a, struct str perl)
{
	struct rx_source source;

	if (rx_translate(a, perl, false, &source, NULL) < 0)
		return NULL;
	return rx_compile(m->rs->tables, a, &source, 0, NULL);
}

const struct rx *match_compile_template(struct match *m, const struct rule *r)
{
	struct first_tags *first = kept_template(m, r);
	struct str perl;

	if (!first)
		return fill_template(m, r, &perl) ? compile(m, m->arena, perl) : NULL;
	if (!first->has_tried)
		first->rx = compile(m, m->first_tags->arena, first->perl);
	first->has_tried = true;
	return first->rx;
}
