/* SPDX-License-Identifier: BSD-2-Clause */
/* The lists that a matching walks: rules by class, header rules by header, each list with its prefilter. */
#include "core/arena.h"
#include "core/bits.h"
#include "msg/get_spec.h"
#include "rules/load.h"
#include "rules/prefilter.h"

/* Captures set tags, templates read them: they keep the running order, like evals. */
static bool is_ordered(const struct rule *r)
{
	return rule_is_eval(r) || (r->flags & (RULE_TEMPLATE | RULE_CAPTURES));
}

static bool can_run(const struct rule *r)
{
	if (rule_is_eval(r))
		return r->eval->def && !r->eval->broken;
	return !rule_is_regex(r) || r->rx || (r->flags & (RULE_EXISTS | RULE_TEMPLATE));
}

/* The lists a rule may go to. */
enum list {
	LIST_BODY = 0,
	LIST_URI,
	LIST_RAWBODY,
	LIST_FULL,
	LIST_MIME_APART,
	LIST_URI_DETAIL,
	LIST_ORDERED,
	LIST_COUNT,
	LIST_HEADER,
	LIST_MIME
};

/* It hits where one of all parts has a match, and there is none in what a part does not have. */
static bool is_of_any_part(const struct rule *r)
{
	const unsigned odd = RULE_NEGATED | RULE_MULTIPLE | RULE_CONCAT;
	const struct mime_test *t = r->mime;

	return !(r->flags & odd) && !t->if_unset.n && !t->from_part && !t->to_part &&
	       r->needs->min_length;
}

static enum list list_of_type(const struct rule *r)
{
	static const enum rule_type types[] = { RULE_BODY, RULE_URI,        RULE_RAWBODY,
						RULE_FULL, RULE_MIMEHEADER, RULE_URI_DETAIL };

	for (unsigned i = 0; i < ELEMENTS(types); i++) {
		if (r->type == types[i])
			return (enum list)i;
	}
	return LIST_HEADER;
}

static enum list list_of(const struct rule *r)
{
	if (is_ordered(r))
		return LIST_ORDERED;
	if (r->type == RULE_MIMEHEADER && is_of_any_part(r))
		return LIST_MIME;
	return list_of_type(r);
}

static void push_rule(struct vec *v, const struct rule *r)
{
	*(const struct rule **)vec_must_push(v) = r;
}

static struct rule_list rules_of(const struct vec *v)
{
	return (struct rule_list){ v->data, v->n };
}

static const struct gate *first_gate(const struct rule *r)
{
	return r->chain ? r->chain->links->pair : r->rx ? rx_gate(r->rx) : NULL;
}

static struct gated_rule gated_rule_of(const struct rule *r)
{
	bool is_multiple = r->flags & RULE_MULTIPLE;

	return (struct gated_rule){
		.rule = r,
		.rx = r->rx,
		.gate = first_gate(r),
		.echo = r->echo,
		.chain = r->chain,
		.index = r->index,
		.rank = r->rank,
		.enough = !is_multiple ? 1
			  : r->maxhits ? r->maxhits
				       : UINT32_MAX,
		.is_template = r->flags & RULE_TEMPLATE,
		.is_multiple = is_multiple,
		.skips_first = (r->flags & RULE_NOSUBJECT) && r->type == RULE_BODY,
		.is_at_start = gate_is_at_start(first_gate(r)),
		.is_one_search = !(r->flags & (RULE_MULTIPLE | RULE_NEGATED | RULE_EXISTS)) &&
				 !r->lines.literal.n,
	};
}

static struct gated_list gated_by(struct load *l, const struct vec *v,
				  const struct prefilter_group *groups, size_t group_count)
{
	struct gated_rule *tried = arena_calloc(l->a, v->n + 1, sizeof(*tried));

	for (size_t i = 0; i < v->n; i++)
		tried[i] = gated_rule_of(*VEC_AT(v, const struct rule *, i));
	return (struct gated_list){ .rules = rules_of(v),
				    .tried = tried,
				    .filter =
					prefilter_new(l->a, v->data, v->n, groups, group_count) };
}

/* Lines: each of them is asked of the same rules. */
static struct gated_list gated(struct load *l, struct vec *v, struct str joint)
{
	struct joined joined = finish_joined(l, joint, v);
	struct prefilter_group rest = { joined.n, (uint32_t)v->n - joined.n };
	struct gated_list list = gated_by(l, v, &rest, 1);

	list.joined = joined;
	return list;
}

/* The same over plain subjects. */
static const struct prefilter *plain_filter(struct load *l, const struct vec *v, uint32_t joined)
{
	const struct rule **rules = arena_calloc(l->scratch, v->n + 1, sizeof(const struct rule *));
	struct prefilter_group rest = { joined, (uint32_t)v->n - joined };

	for (size_t i = 0; i < v->n; i++) {
		const struct rule *r = *VEC_AT(v, const struct rule *, i);
		struct rule *as_plain;

		rules[i] = r;
		if (!r->plain)
			continue;
		as_plain = memcpy(arena_alloc(l->scratch, sizeof(*r)), r, sizeof(*r));
		as_plain->needs = r->plain;
		as_plain->by_window = r->plain_by_window;
		rules[i] = as_plain;
	}
	return prefilter_new(l->a, rules, v->n, &rest, 1);
}

/* Rules of one header stand together, so that it is fetched once. */
static void add_to_group(struct load *l, struct map *groups, struct str key, const struct rule *r)
{
	struct vec *v = map_get(groups, key);

	if (!v) {
		v = arena_zalloc(l->scratch, sizeof(*v));
		vec_init(v, l->scratch, sizeof(struct rule *), 0);
		map_put(groups, key, v);
	}
	push_rule(v, r);
}

/* What a rule gives when its header is not there: known beforehand. */
static uint32_t absent_count(const struct rule *r, struct rx_run *run)
{
	struct str value = r->flags & RULE_IF_UNSET ? r->header->if_unset : STR("");
	struct rx_counting c = { .max = 1 };
	size_t n;

	if (r->flags & RULE_EXISTS)
		return 0;
	if (r->by_place && !(r->flags & RULE_IF_UNSET)) /* nothing stands in nothing */
		return 0;
	if (r->flags & RULE_MULTIPLE)
		c.max = r->maxhits;
	n = rx_count(r->rx, run, NULL, value, &c);
	if (r->flags & RULE_NEGATED)
		n = n ? 0 : (r->flags & RULE_MULTIPLE) && r->maxhits ? r->maxhits : 1;
	return n > UINT32_MAX ? UINT32_MAX : (uint32_t)n;
}

static void find_absent(struct load *l, struct header_group *g, const struct rule *const *rules,
			struct rx_run *run)
{
	struct vec v;

	vec_init(&v, l->a, sizeof(struct known_hit), 0);
	for (uint32_t i = 0; i < g->n; i++) {
		uint32_t n = absent_count(rules[g->first + i], run);

		if (n)
			*(struct known_hit *)vec_must_push(&v) =
			    (struct known_hit){ rules[g->first + i], n };
	}
	g->absent = v.data;
	g->absent_count = v.n;
}

/* exists:NAME; the prefilter leaves them out. */
static void find_present(struct load *l, struct header_group *g, const struct rule *const *rules)
{
	struct vec v;

	vec_init(&v, l->a, sizeof(struct known_hit), 0);
	for (uint32_t i = 0; i < g->n; i++) {
		const struct rule *r = rules[g->first + i];

		if (r->flags & RULE_EXISTS)
			*(struct known_hit *)vec_must_push(&v) = (struct known_hit){ r, 1 };
	}
	g->present = v.data;
	g->present_count = v.n;
}

static void build_headers(struct load *l, struct match_plan *plan, struct get_specs *specs,
			  const struct map *groups)
{
	struct rx_run *run = rx_run_new();
	struct prefilter_group *parts;
	struct vec rules;
	size_t n = 0;

	parts = arena_calloc(l->scratch, map_count(groups) + 1, sizeof(*parts));
	vec_init(&rules, l->a, sizeof(struct rule *), 0);
	plan->groups = arena_calloc(l->a, map_count(groups) + 1, sizeof(*plan->groups));
	MAP_EACH (groups, it) {
		struct vec *v = it->value;
		struct header_group *g = &plan->groups[n++];

		g->spec = get_specs_add(specs, it->key);
		g->first = (uint32_t)rules.n;
		g->n = (uint32_t)v->n;
		g->joined = finish_joined(l, it->key, v);
		for (size_t i = 0; i < v->n; i++)
			push_rule(&rules, *VEC_AT(v, const struct rule *, i));
		parts[n - 1] =
		    (struct prefilter_group){ g->first + g->joined.n, g->n - g->joined.n };
	}
	plan->group_count = n;
	plan->header = gated_by(l, &rules, parts, n);
	for (size_t i = 0; i < n; i++) {
		find_absent(l, &plan->groups[i], plan->header.rules.at, run);
		find_present(l, &plan->groups[i], plan->header.rules.at);
	}
	rx_run_free(run);
}

/* The rules with a turn; and what a message must hold for this to be worth a call. */
static void list_in_order(struct load *l, struct match_plan *plan)
{
	struct ordered_rule *all = arena_calloc(l->a, plan->ordered.n + 1, sizeof(*all));
	struct match_turn *turns = arena_calloc(l->a, plan->ordered.n + 1, sizeof(*turns));

	for (size_t i = 0; i < plan->ordered.n; i++) {
		const struct rule *r = plan->ordered.at[i];

		all[i] = ordered_rule_of(r);
		turns[i] = (struct match_turn){ rule_is_eval(r) ? r->eval->needs : 0, r->index };
	}
	plan->in_order = all;
	plan->turns = turns;
}

static void add_mime_rule(struct load *l, struct map *groups, const struct rule *r)
{
	struct str key = r->mime->header;

	if (r->mime->raw)
		key = str_concat(l->scratch, key, STR(":raw"));
	add_to_group(l, groups, key, r);
}

static void build_mime(struct load *l, struct match_plan *plan, const struct map *groups)
{
	struct prefilter_group *parts;
	struct vec rules;
	size_t n = 0;

	parts = arena_calloc(l->scratch, map_count(groups) + 1, sizeof(*parts));
	vec_init(&rules, l->a, sizeof(struct rule *), 0);
	plan->mime_groups = arena_calloc(l->a, map_count(groups) + 1, sizeof(*plan->mime_groups));
	MAP_EACH (groups, it) {
		const struct vec *v = it->value;
		uint32_t first = (uint32_t)rules.n, count = (uint32_t)v->n;

		for (size_t i = 0; i < v->n; i++)
			push_rule(&rules, *VEC_AT(v, const struct rule *, i));
		plan->mime_groups[n] =
		    (struct mime_group){ (*VEC_AT(v, const struct rule *, 0))->mime, first, count };
		parts[n++] = (struct prefilter_group){ first, count };
	}
	plan->mime_group_count = n;
	plan->mime = gated_by(l, &rules, parts, n);
	plan->mime.joined.leaves_some = true;
}

static void build_plan(struct load *l, struct get_specs *specs, unsigned set)
{
	struct match_plan *plan = &l->rs->plans[set];
	struct vec lists[LIST_COUNT];
	struct map groups, mime;

	map_init(&groups, l->scratch, false);
	map_init(&mime, l->scratch, true);
	for (size_t i = 0; i < LIST_COUNT; i++)
		vec_init(&lists[i], l->a, sizeof(struct rule *), 0);
	for (size_t i = 0; i < l->rs->judging_count; i++) {
		const struct rule *r = l->rs->rules[l->rs->judging[i]];
		enum list list;

		if (!rule_is_active(r, set) || !can_run(r) || r->type == RULE_EMPTY)
			continue;
		list = list_of(r);
		if (list == LIST_HEADER)
			add_to_group(l, &groups, r->header->spec, r);
		else if (list == LIST_MIME)
			add_mime_rule(l, &mime, r);
		else
			push_rule(&lists[list], r);
		if (rule_is_foreseen(r))
			push_rule(&lists[list_of_type(r)], r);
		if (list == LIST_ORDERED && r->type == RULE_HEADER)
			r->header->number = get_specs_add(specs, r->header->spec);
	}
	build_headers(l, plan, specs, &groups);
	plan->body = gated(l, &lists[LIST_BODY], STR(""));
	plan->body.plain = plain_filter(l, &lists[LIST_BODY], plan->body.joined.n);
	plan->uri = gated(l, &lists[LIST_URI], JOINT_OF_URIS);
	plan->rawbody = gated(l, &lists[LIST_RAWBODY], STR(""));
	plan->full = gated(l, &lists[LIST_FULL], STR(""));
	build_mime(l, plan, &mime);
	plan->mime_apart = rules_of(&lists[LIST_MIME_APART]);
	plan->uri_detail = rules_of(&lists[LIST_URI_DETAIL]);
	plan->ordered = rules_of(&lists[LIST_ORDERED]);
	list_in_order(l, plan);
}

/* What the functions of loaded plugins ask for. */
static void add_requests(const struct ruleset *rs, struct get_specs *specs)
{
	MAP_EACH (&rs->plugins, it) {
		const struct plugin_slot *slot = it->value;
		const char *const *h = slot->plugin ? slot->plugin->headers : NULL;

		for (; h && *h; h++)
			get_specs_add(specs, str_of(*h));
	}
}

void finish_plans(struct load *l)
{
	struct get_specs *specs = get_specs_new(l->a);

	add_requests(l->rs, specs);
	for (unsigned set = 0; set < SCORE_SETS; set++) {
		if (ruleset_has_set(l->rs, set))
			build_plan(l, specs, set);
	}
	l->rs->msg_config.specs = specs;
}
