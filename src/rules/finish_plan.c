/* SPDX-License-Identifier: BSD-2-Clause */
/* Regexps into code, rules into running order. */
#include "core/arena.h"
#include "rules/load.h"

#include <math.h>
#include <stdlib.h>

/* In bits: of a window that is worth looking for, or RARER than literals. */
enum { MIN_RARITY = 4, RARER = 3, LARGE_EXPRESSION = 400 };
/* Expressions that PCRE2 is as quick with as a gate: short ones. */
enum { MIN_GATED = 60, MIN_GATED_LENGTH = 3, MANY_LITERALS = 8 };

bool rule_is_active(const struct rule *r, unsigned set)
{
	if (r->score[set] == 0)
		return false;
	if (!rule_is_eval(r) && r->type != RULE_MIMEHEADER && r->type != RULE_URI_DETAIL)
		return true;
	if (r->type == RULE_RBL_EVAL && !(set & SCORE_SET_NET))
		return false;
	if ((r->flags & RULE_NET) && !(set & SCORE_SET_NET))
		return false;
	return !(r->flags & RULE_LEARN) || (set & SCORE_SET_BAYES);
}

bool ruleset_has_set(const struct ruleset *rs, unsigned set)
{
	if ((set & SCORE_SET_NET) && !rs->net)
		return false;
	return !(set & SCORE_SET_BAYES) == !rs->bayes;
}

static bool active_somewhere(const struct ruleset *rs, const struct rule *r)
{
	for (unsigned set = 0; set < SCORE_SETS; set++) {
		if (ruleset_has_set(rs, set) && rule_is_active(r, set))
			return true;
	}
	return false;
}

/* Begins with ^[^...]+ or its like: PCRE2 goes to the end of that and back before it looks at what follows. */
static bool begins_with_any(struct str pcre)
{
	struct str rest = pcre;

	if (str_starts(rest, STR("(?i)")))
		rest = str_from(rest, 4);
	return str_starts(rest, STR("^[^"));
}

/*
 * A gate is worth its place where PCRE2 is slow, and where there is little that tells whether a rule need be
 * tried at all. In headers and long texts PCRE2's own search for literals is quick for all but large
 * expressions, and those that have many literals or none that it could use.
 */
static bool is_slow(const struct rule *r, struct str pcre)
{
	bool lines = r->type == RULE_BODY || r->type == RULE_URI || r->type == RULE_MIMEHEADER ||
		     r->type == RULE_URI_DETAIL;
	size_t literals = r->needs && r->needs->clause_count ? r->needs->clauses[0].count : 0;

	if (r->needs && r->needs->min_length < MIN_GATED_LENGTH)
		return false;
	return pcre.n > LARGE_EXPRESSION || begins_with_any(pcre) || literals > MANY_LITERALS ||
	       (r->by_place && r->type != RULE_HEADER && r->type != RULE_FULL) ||
	       (lines && (pcre.n >= MIN_GATED || !(literals || r->by_window)));
}

/*
 * An exact gate is worth it too where a hit is all that counts, as it needs no PCRE2: over lines, which are short.
 */
static const struct gate *gate_of(struct load *l, const struct rule *r, struct str pcre)
{
	bool long_text = r->type == RULE_RAWBODY || r->type == RULE_FULL;
	enum gate_size size = pcre.n > LARGE_EXPRESSION ? GATE_LARGE : GATE_SMALL;
	const struct gate *g;

	if (l->options->ungated || finish_is_decided(l, r))
		return NULL;
	if (is_slow(r, pcre))
		return load_gate(l, pcre, size);
	if (long_text || (r->flags & RULE_CAPTURES) ||
	    ((r->flags & RULE_MULTIPLE) && !rule_matches_once(r)))
		return NULL;
	g = load_gate(l, pcre, size);
	return gate_is_exact(g) ? g : NULL;
}

static const struct rx *compile(struct load *l, const struct rule *r,
				const struct rx_source *source)
{
	struct err e = ERR_INIT;
	bool counted = (r->flags & RULE_MULTIPLE) && !l->options->ungated;
	unsigned flags = (l->options->no_jit ? 0 : RX_JIT) |
			 (r->by_place || r->lines.literal.n || r->chain ? RX_WITHIN : 0) |
			 (counted ? RX_COUNTED : 0) | (r->type == RULE_HEADER ? RX_HEADER : 0);
	const struct rx *rx =
	    rx_compile_gated(l->rs->tables, l->a, source, gate_of(l, r, source->pcre), flags, &e);

	l->file = r->file;
	l->line = r->line;
	if (rx)
		l->rs->regex_bytes += rx_memory(rx);
	else
		load_diag(l, RULES_ERROR, "config: invalid regexp for %.*s '%.*s': %s",
			  STR_FMT(r->name), STR_FMT(r->definition), e.text);
	return rx;
}

/* In bits; those at an unknown distance are worth less, as with windows. */
static double literals_rarity(const struct needs_clause *c)
{
	return c->rarity - (c->back_max == SIZE_MAX ? NEEDS_FAR_BITS : 0);
}

/* A literal tells in which line matches begin; other texts than these are lines mostly. */
static bool tells_line(const struct rule *r, size_t clause)
{
	return r->type == RULE_RAWBODY && r->needs->clauses[clause].line <= NEEDS_MAX_BACK;
}

/* A literal, or the window, tells where matches begin. */
static bool has_places(const struct rule *r)
{
	for (size_t i = 0; i < r->needs->clause_count; i++) {
		if (r->needs->clauses[i].back_max != SIZE_MAX || tells_line(r, i))
			return true;
	}
	return r->by_window && r->needs->back_max != SIZE_MAX;
}

/* As line_span.h wants it. */
static bool is_plain(struct str s)
{
	if (s.n < 2 || s.p[0] == ' ' || s.p[1] == ' ')
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if ((uint8_t)s.p[i] > 0x7f)
			return false;
	}
	return true;
}

/* Long texts are searched by the line where a literal at no known distance tells which. */
static void find_lines(struct rule *r)
{
	size_t newlines;

	if (r->by_place || r->type == RULE_BODY || r->type == RULE_URI ||
	    r->type == RULE_MIMEHEADER || !line_span_read(r->source.pcre, &newlines))
		return;
	for (size_t i = 0; i < r->needs->clause_count && !r->lines.literal.n; i++) {
		const struct needs_clause *c = &r->needs->clauses[i];

		if (c->count == 1 && is_plain(c->literals[0]))
			r->lines = (struct line_span){ c->literals[0], newlines };
	}
}

/* Those of a group that is the same but for what may be left out: one gate then tells of both. */
static struct chain_links *find_links(struct load *l, struct str pair)
{
	struct load_links *own;

	VEC_EACH (&l->links, struct load_links, it) {
		if (chain_covers(it->pair, pair))
			return it->links;
	}
	own = vec_must_push(&l->links);
	*own = (struct load_links){ pair, arena_zalloc(l->a, sizeof(*own->links)) };
	own->links->pair = load_gate(l, pair, GATE_LARGE);
	own->links->min_length = SIZE_MAX;
	return own->links;
}

/* Only for groups so large that a gate of them all would let much through that is no match. */
static void find_chain(struct load *l, struct rule *r)
{
	struct chain_links *links;
	struct chain *c;
	struct str pair;
	size_t times, length;

	if (r->source.pcre.n <= LARGE_EXPRESSION ||
	    !chain_read(l->scratch, r->source.pcre, &pair, &times) || r->needs->min_length < times)
		return;
	links = find_links(l, pair);
	length = r->needs->min_length / times;
	links->min_length = length < links->min_length ? length : links->min_length;
	links->most = times - 1 > links->most ? times - 1 : links->most;
	if (!links->pair)
		return;
	c = arena_zalloc(l->a, sizeof(*c));
	*c = (struct chain){ links, times - 1 };
	r->chain = c;
}

/* A window where it is rarer than the literals. */
static bool is_by_window(const struct needs *n)
{
	double rarity = MIN_RARITY;

	for (size_t i = 0; i < n->clause_count; i++)
		rarity = fmax(rarity, literals_rarity(&n->clauses[i]) + RARER);
	return n->min_length > 1 && n->window_rarity >= rarity;
}

/* Body lines mostly are. */
static void find_plain_needs(struct load *l, struct rule *r, bool whole)
{
	struct needs plain;

	if (r->type != RULE_BODY || !load_plain_needs(l, r->source.pcre, &plain))
		return;
	r->plain = memcpy(arena_alloc(l->a, sizeof(plain)), &plain, sizeof(plain));
	r->plain_by_window = !whole && is_by_window(&plain);
}

static bool is_over_all(const struct rule *r)
{
	return r->type == RULE_HEADER && str_eq(r->header->spec, STR("ALL"));
}

/*
 * What its prefilter shall look for. Where matches may begin at known places only the rule is tried there: not what
 * may be empty.
 */
static void find_needs(struct load *l, struct rule *r)
{
	bool whole = r->flags & (RULE_CAPTURES | RULE_NEGATED);

	if (r->type == RULE_URI_DETAIL)
		return;
	r->needs = arena_zalloc(l->a, sizeof(*r->needs));
	r->needs->max_length = SIZE_MAX;
	if (!(r->flags & RULE_NEGATED) && !l->options->ungated) {
		load_needs(l, r->source.pcre, r->needs);
		find_plain_needs(l, r, whole);
	}
	r->by_window = !whole && is_by_window(r->needs);
	if (r->flags & RULE_TEMPLATE)
		return;
	r->by_place = !whole && r->needs->min_length > 1 && has_places(r);
	if (whole || l->options->ungated)
		return;
	find_lines(r);
	find_chain(l, r);
	if (r->type == RULE_HEADER || r->type == RULE_FULL)
		r->echo = echo_new(l->a, r->source.pcre, is_over_all(r));
}

void finish_regexes(struct load *l)
{
	vec_init(&l->links, l->scratch, sizeof(struct load_links), 0);
	for (size_t i = 0; i < l->rs->rule_count; i++) {
		struct rule *r = l->rs->rules[i];

		if (active_somewhere(l->rs, r) && rule_is_regex(r) && !(r->flags & RULE_EXISTS))
			find_needs(l, r);
	}
	finish_joints(l);
	for (size_t i = 0; i < l->rs->rule_count; i++) {
		struct rule *r = l->rs->rules[i];

		if (!active_somewhere(l->rs, r))
			continue;
		if (rule_is_regex(r) && !(r->flags & (RULE_EXISTS | RULE_TEMPLATE)))
			r->rx = compile(l, r, &r->source);
		if ((r->flags & RULE_TEMPLATE) && !l->options->ungated)
			r->gate = load_gate(l, r->source.pcre, GATE_SMALL);
		for (size_t k = 0; r->type == RULE_URI_DETAIL && k < URI_KEY_COUNT; k++) {
			if (r->uri->has[k])
				r->uri->rx[k] = compile(l, r, &r->uri->source[k]);
		}
	}
}

/* The order of classes within a priority. RBL rules start before all others. */
static unsigned class_of(const struct rule *r)
{
	switch (r->type) {
	case RULE_RBL_EVAL: return 0;
	case RULE_MIMEHEADER:
	case RULE_URI_DETAIL: return 1 + RULE_BODY_EVAL;
	case RULE_EMPTY: return 1 + RULE_META;
	default: return 1 + (unsigned)r->type;
	}
}

static int by_running_order(const void *a, const void *b)
{
	const struct rule *x = *(struct rule *const *)a, *y = *(struct rule *const *)b;

	if (x->step != y->step)
		return x->step < y->step ? -1 : 1;
	if (x->run_class != y->run_class)
		return x->run_class < y->run_class ? -1 : 1;
	return x->index < y->index ? -1 : x->index > y->index;
}

static int by_int(const void *a, const void *b)
{
	int x = *(const int *)a, y = *(const int *)b;

	return x < y ? -1 : x > y;
}

/* Distinct priorities are the steps of a scan; RBL rules all belong to the first one >= -100. */
static void number_steps(struct load *l)
{
	struct ruleset *rs = l->rs;
	int *all = arena_calloc(l->scratch, rs->rule_count + 1, sizeof(*all));
	size_t n = 0, steps = 0;

	for (size_t i = 0; i < rs->rule_count; i++)
		all[n++] = rs->rules[i]->priority;
	qsort(all, n, sizeof(*all), by_int);
	for (size_t i = 0; i < n; i++) {
		if (!steps || all[steps - 1] != all[i])
			all[steps++] = all[i];
	}
	rs->step_count = (uint32_t)steps;
	rs->rbl_step = 0;
	while (rs->rbl_step < steps && all[rs->rbl_step] < PRIORITY_NET)
		rs->rbl_step++;
	for (size_t i = 0; i < rs->rule_count; i++) {
		struct rule *r = rs->rules[i];
		const int *at = bsearch(&r->priority, all, steps, sizeof(*all), by_int);

		r->run_class = class_of(r);
		r->step = r->type == RULE_RBL_EVAL ? rs->rbl_step : (uint32_t)(at - all);
	}
}

void finish_order(struct load *l)
{
	struct ruleset *rs = l->rs;
	struct rule **order = arena_calloc(l->scratch, rs->rule_count + 1, sizeof(*order));

	number_steps(l);
	memcpy(order, rs->rules, rs->rule_count * sizeof(*order));
	qsort(order, rs->rule_count, sizeof(*order), by_running_order);
	rs->judging = arena_calloc(l->a, rs->rule_count + 1, sizeof(uint32_t));
	for (size_t i = 0; i < rs->rule_count; i++) {
		order[i]->rank = (uint32_t)i;
		if (order[i]->type != RULE_META)
			rs->judging[rs->judging_count++] = order[i]->index;
	}
}
