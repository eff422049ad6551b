/* SPDX-License-Identifier: BSD-2-Clause */
/* After the last line: what was said of names goes to the rules, priorities, settings. */
#include "core/arena.h"
#include "core/num.h"
#include "msg/relays.h"
#include "rules/load.h"
#include "rules/redirect.h"

#include <stdlib.h>

static const struct {
	const char *word;
	enum rule_flag flag;
} tflag_words[] = {
	{ "multiple", RULE_MULTIPLE }, { "nosubject", RULE_NOSUBJECT },
	{ "net", RULE_NET },           { "learn", RULE_LEARN },
	{ "nice", RULE_NICE },         { "concat", RULE_CONCAT },
	{ "nolog", RULE_NOLOG },       { "noautolearn", RULE_NOAUTOLEARN },
	{ "userconf", RULE_USERCONF }, { "autolearn_force", RULE_AUTOLEARN_FORCE },
};

static bool is_word_byte(char c)
{
	return ascii_is_alnum(c) || c == '_';
}

/* Where `word` stands as a word of its own (\bword\b), STR_NPOS if nowhere. */
static size_t find_word(struct str s, struct str word)
{
	for (size_t from = 0;;) {
		size_t at = str_find(str_from(s, from), word);

		if (at == STR_NPOS)
			return at;
		at += from;
		if ((!at || !is_word_byte(s.p[at - 1])) &&
		    (at + word.n == s.n || !is_word_byte(s.p[at + word.n])))
			return at;
		from = at + 1;
	}
}

/* The number behind "word=", at most max; false: there is none. */
static bool flag_number(struct str tflags, struct str word, uint64_t max, uint64_t *ret,
			struct str *ret_rest)
{
	size_t at = str_find(tflags, word), n;
	struct str s;

	if (at == STR_NPOS || (at && is_word_byte(tflags.p[at - 1])))
		return false;
	s = str_from(tflags, at + word.n);
	n = str_find_not(s, "0123456789");
	*ret_rest = n == STR_NPOS ? STR("") : str_from(s, n);
	return num_parse_u64(str_sub(s, 0, n), 10, max, ret);
}

/* range=a, a-, -b, a-b of mimeheader. */
static void read_range(struct mime_test *t, struct str tflags)
{
	size_t at = str_find(tflags, STR("range=")), n;
	struct str s, from, to;
	uint64_t v;

	if (at == STR_NPOS)
		return;
	s = str_from(tflags, at + 6);
	n = str_find_not(s, "0123456789-");
	s = str_sub(s, 0, n);
	n = str_chr(s, '-');
	from = str_sub(s, 0, n);
	to = n == STR_NPOS ? from : str_from(s, n + 1);
	if (num_parse_u64(from, 10, UINT32_MAX, &v))
		t->from_part = (unsigned)v;
	if (num_parse_u64(to, 10, UINT32_MAX, &v))
		t->to_part = (unsigned)v;
}

static void apply_tflags(struct rule *r)
{
	struct str rest;
	uint64_t v;

	for (size_t i = 0; i < ELEMENTS(tflag_words); i++) {
		if (find_word(r->tflags, str_of(tflag_words[i].word)) != STR_NPOS)
			r->flags |= tflag_words[i].flag;
	}
	if (flag_number(r->tflags, STR("maxhits="), UINT32_MAX, &v, &rest))
		r->maxhits = (unsigned)v;
	else if (r->type == RULE_MIMEHEADER)
		r->maxhits = 1000;
	/* maxhits=0 is no bound for body, uri and rawbody, but one hit for header and full */
	else
		return;
	if (!r->maxhits && (r->type == RULE_HEADER || r->type == RULE_FULL))
		r->flags &= ~(unsigned)RULE_MULTIPLE;
}

static void apply_score(struct rule *r, const struct rule_attr *attr)
{
	double standard = str_starts(r->name, STR("T_")) ? 0.01 : 1.0;

	if (r->flags & RULE_NICE)
		standard = -standard;
	for (size_t i = 0; i < SCORE_SETS; i++)
		r->score[i] = attr && attr->has_score ? attr->score[i] : standard;
}

static void apply_attr(struct load *l, struct rule *r)
{
	const struct rule_attr *attr = map_get(&l->attrs, r->name);

	if (attr) {
		r->tflags = attr->tflags;
		r->description = attr->description;
		r->priority = attr->priority;
		r->shortcircuit = attr->shortcircuit;
	}
	if (str_starts(r->name, STR("__")))
		r->flags |= RULE_SUBRULE;
	apply_tflags(r);
	apply_score(r, attr);
	if (r->type == RULE_MIMEHEADER)
		read_range(r->mime, r->tflags);
}

void finish_attrs(struct load *l)
{
	struct ruleset *rs = l->rs;
	uint32_t n = 0;

	rs->rules = arena_calloc(l->a, map_count(&rs->by_name) + 1, sizeof(struct rule *));
	MAP_EACH (&rs->by_name, it) {
		struct rule *r = it->value;

		r->index = n;
		rs->rules[n++] = r;
		apply_attr(l, r);
	}
	rs->rule_count = n;
}

static int by_priority(const void *a, const void *b)
{
	const struct rule *x = *(struct rule *const *)a, *y = *(struct rule *const *)b;

	if (x->priority != y->priority)
		return x->priority < y->priority ? -1 : 1;
	return x->index < y->index ? -1 : x->index > y->index;
}

/* What a meta reads runs no later than the meta's own priority. */
static void lower_deps(struct ruleset *rs, const struct rule *meta)
{
	for (size_t i = 0; i < meta->meta->dep_count; i++) {
		struct rule *dep;

		if (meta->meta->deps[i] == RULE_NONE)
			continue;
		dep = rs->rules[meta->meta->deps[i]];
		if (dep->priority <= meta->priority)
			continue;
		dep->priority = meta->priority < PRIORITY_NET && (dep->flags & RULE_NET)
				    ? PRIORITY_NET
				    : meta->priority;
	}
}

static void inherit_net(struct ruleset *rs, struct rule *meta)
{
	for (size_t i = 0; i < meta->meta->dep_count; i++) {
		uint32_t dep = meta->meta->deps[i];

		if (dep != RULE_NONE && (rs->rules[dep]->flags & RULE_NET))
			meta->flags |= RULE_NET;
	}
}

void finish_priorities(struct load *l)
{
	struct ruleset *rs = l->rs;
	struct rule **order = arena_calloc(l->scratch, rs->rule_count + 1, sizeof(*order));

	memcpy(order, rs->rules, rs->rule_count * sizeof(*order));
	qsort(order, rs->rule_count, sizeof(*order), by_priority);
	for (size_t i = 0; i < rs->rule_count; i++) {
		if (order[i]->type == RULE_META && !(order[i]->flags & RULE_CYCLIC))
			lower_deps(rs, order[i]);
	}
	for (size_t i = 0; i < rs->rule_count; i++) {
		if (rs->rules[i]->type == RULE_META)
			inherit_net(rs, rs->rules[i]);
	}
	for (size_t i = 0; i < rs->rule_count; i++) {
		struct rule *r = rs->rules[i];

		if (!r->priority && (r->flags & RULE_NET))
			r->priority = PRIORITY_NET;
	}
}

static struct str_list list_of(const struct vec *v)
{
	return (struct str_list){ v->data, v->n };
}

/* Internal and submission networks that are not trusted (or internal) are told of and left out. */
static void check_networks(struct load *l)
{
	static const char *const names[] = { "trusted_networks", "internal_networks",
					     "msa_networks" };
	enum net_set to =
	    net_rules_is_configured(l->networks, NET_TRUSTED) ? NET_TRUSTED : NET_INTERNAL;

	if (!net_rules_is_configured(l->networks, to))
		return;
	for (enum net_set set = to + 1; set < NET_SET_COUNT; set++) {
		struct str *dropped;
		size_t n = 0;

		if (net_rules_is_configured(l->networks, set))
			n = net_rules_restrict(l->networks, set, to, l->scratch, &dropped);
		for (size_t i = 0; i < n; i++)
			load_diag(l, RULES_ERROR, "%s doesn't contain %s entry '%.*s'", names[to],
				  names[set], STR_FMT(dropped[i]));
	}
}

void finish_settings(struct load *l)
{
	struct ruleset *rs = l->rs;
	struct rules_settings *s = &rs->settings;
	struct vec kept;

	check_networks(l);
	vec_init(&kept, l->a, sizeof(struct rules_added_header), 0);
	VEC_EACH (&l->headers, struct rules_added_header, h) {
		if (h->ham || h->spam)
			*(struct rules_added_header *)vec_must_push(&kept) = *h;
	}
	s->report.headers = kept.data;
	s->report.header_count = kept.n;
	s->report.report_safe_copy_headers = list_of(&rs->copy_headers);
	s->report.subject_prefixes = l->prefixes.data;
	s->report.subject_prefix_count = l->prefixes.n;
	s->dns.servers = list_of(&rs->dns_servers);
	s->dns.blocks = l->dns_blocks.data;
	s->dns.block_count = l->dns_blocks.n;
	s->dns.restrictions = l->restrictions.data;
	s->dns.restriction_count = l->restrictions.n;
	rs->msg_config.originating_ip_headers = rs->originating_ip_headers.data;
	rs->msg_config.originating_ip_header_count = rs->originating_ip_headers.n;
	rs->msg_config.networks = l->networks;
	rs->msg_config.tlds = l->tlds;
	rs->msg_config.redirect = rs->redirectors.n ? redirect_find : NULL;
	rs->msg_config.redirect_ctx = rs;
	s->geo.search_path = list_of(&rs->geo_search_path);
}

void load_finish(struct load *l)
{
	finish_settings(l);
	finish_plugins(l);
	finish_attrs(l);
	finish_replace_tags(l);
	finish_metas(l);
	finish_priorities(l);
	finish_evals(l);
	finish_regexes(l);
	finish_order(l);
	finish_plans(l);
	finish_judging(l);
	finish_lint(l);
}
