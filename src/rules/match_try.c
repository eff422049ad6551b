/* SPDX-License-Identifier: BSD-2-Clause */
/* Rules that may match a subject are tried: where they may, and their gates first, those of several rules at once. */
#include "core/budget.h"
#include "rules/echo_lines.h"
#include "rules/gate.h"
#include "rules/match_bulk.h"

/* FOUND: rules that are looked at together; FEW_PLACES: of one of them, at which its gate is asked. */
enum { FOUND = 16, FEW_PLACES = 2 };

static struct echo_lines *lines_of(struct bulk *b)
{
	if (!b->lines)
		b->lines = arena_alloc(b->m->scratch, sizeof(*b->lines));
	if (!b->has_lines)
		echo_lines_init(b->lines, b->subject);
	b->has_lines = true;
	return b->lines;
}

/* What an echo may do over this subject goes down from echo_work(); what it did is paid for. */
static void pay_echo(struct bulk *b, const struct gated_rule *g, size_t left)
{
	if (g->echo)
		budget_steps(b->m->budget, (echo_work(b->subject) - left) / BULK_BYTES_PER_STEP);
}

/* The next match that begins in *from..last; *from is its end then, where the next one counts. */
static bool find_within(struct bulk *b, const struct gated_rule *g, size_t *from, size_t last,
			size_t *echo_left)
{
	unsigned flags = g->is_multiple ? 0 : RX_WHETHER;
	enum rx_result result;
	size_t begin;

	if (*from > last || (g->echo && !echo_next(g->echo, lines_of(b), from, last, echo_left)))
		return false;
	b->m->result.regex_runs++;
	b->m->result.regex_bytes += last - *from + 1;
	result = rx_match_within(g->rx, b->m->run, b->m->budget, b->subject,
				 (struct rx_bounds){ *from, last }, flags);
	b->m->result.limit_errors += result == RX_LIMIT;
	return result == RX_MATCH && (flags || rx_group(b->m->run, 0, &begin, from));
}

/* Matches that begin where they can. */
static void try_places(struct bulk *b, const struct gated_rule *g,
		       const struct prefilter_stretch *it, size_t n)
{
	size_t from = 0, echo_left = echo_work(b->subject);

	rx_run_subject(b->m->run, b->subject);
	for (size_t i = 0; i < n; i++) {
		from = from > it[i].first ? from : it[i].first;
		while (!bulk_is_full(b, g) && find_within(b, g, &from, it[i].last, &echo_left))
			hits_add(&b->m->hits, g->index, 1);
	}
	pay_echo(b, g, echo_left);
}

/* Over the whole subject. */
static void try_subject(struct bulk *b, const struct gated_rule *g)
{
	struct hits *h = &b->m->hits;
	size_t from = 0, echo_left = echo_work(b->subject);
	bool found = !g->echo || echo_next(g->echo, lines_of(b), &from, b->subject.n, &echo_left);

	pay_echo(b, g, echo_left);
	if (!found)
		return;
	if (g->is_one_search)
		hits_add(h, g->index, match_whether(b->m, g->rx, b->subject, 0));
	else if (g->rule->type == RULE_HEADER)
		hits_add(h, g->index, match_count_header(b->m, g->rule, g->rx, b->subject, true));
	else
		hits_add(h, g->index,
			 match_count(b->m, g->rule, g->rx, b->subject, hits_count(h, g->index)));
}

/* Chains that share links ask for the same count, one behind the other mostly. */
static bool may_be_chain(struct bulk *b, const struct chain *c)
{
	struct bulk_counted *known = b->counted;

	for (size_t i = 0; i < BULK_COUNTED; i++) {
		if (known[i].links == c->links)
			return known[i].pairs >= c->pairs;
	}
	if (!budget_steps(b->m->budget, 1 + b->subject.n / BULK_BYTES_PER_STEP))
		return true;
	memmove(known + 1, known, (BULK_COUNTED - 1) * sizeof(*known));
	known[0] = (struct bulk_counted){ c->links, chain_count(c->links, b->subject) };
	return known[0].pairs >= c->pairs;
}

void bulk_try(struct bulk *b, const struct gated_rule *g, uint32_t position)
{
	const struct prefilter_stretch *places;
	struct prefilter_stretch all = { 0, b->subject.n };
	size_t n;

	b->m->result.tries++;
	if (g->chain && !may_be_chain(b, g->chain))
		return;
	places = prefilter_stretches(b->now, position, &n);
	if (!n && g->chain) {
		if (budget_steps(b->m->budget, 1 + b->subject.n / BULK_BYTES_PER_STEP))
			all.last = chain_last(g->chain, b->subject);
		places = &all;
		n = 1;
	}
	if (n)
		try_places(b, g, places, n);
	else
		try_subject(b, g);
}

/* A rule that has all hits it may have is not looked at again. */
static void take(struct bulk *b, uint32_t position)
{
	const struct gated_rule *g = &b->list->tried[position];
	bool is_done = g->rank < b->from || bulk_is_full(b, g);

	if (!is_done && b->first && g->skips_first)
		return;
	if (!is_done && g->is_template) {
		bits_add(b->m->foreseen, g->index);
		is_done = true;
	}
	if (!is_done)
		bulk_try(b, g, position);
	if (is_done || bulk_is_full(b, g))
		prefilter_settle(b->now, position);
}

/* What trying them reads comes from afar: it is asked for at once, not when each has its turn. */
static void fetch_found(const struct bulk *b, const uint32_t *found, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct gated_rule *g = &b->list->tried[found[i]];

		if (g->rx)
			__builtin_prefetch(g->rx);
		if (g->gate)
			gate_fetch(g->gate);
	}
	for (size_t i = 0; i < n; i++) {
		const struct gated_rule *g = &b->list->tried[found[i]];

		if (g->gate)
			gate_fetch_tables(g->gate);
	}
}

/* Nothing but its gate is asked at first. Profiles are told of searches, one by one. */
static bool is_told_by_gate(const struct bulk *b, const struct gated_rule *g)
{
	return !b->m->costs && g->is_one_search && g->gate && !g->chain && !g->echo &&
	       !g->is_template && g->rank >= b->from && !bulk_is_full(b, g) &&
	       !(b->first && g->skips_first);
}

/* Where a match of it may begin; 0: at more places than are asked at once. */
static size_t list_places(const struct prefilter_stretch *it, size_t n, const struct gate *g,
			  struct gate_place *ret)
{
	size_t count = 0;

	for (size_t i = 0; i < n; i++) {
		if (it[i].last - it[i].first >= FEW_PLACES - count)
			return 0;
		for (size_t at = it[i].first; at <= it[i].last; at++)
			ret[count++] = (struct gate_place){ .gate = g, .at = at };
	}
	return count;
}

/* A rule whose gate is asked at some places. */
struct told {
	size_t first, n; /* of the places; n 0: it is not asked so */
	bool is_all;     /* a match begins nowhere else */
};

/* A rule that is tried over the whole subject is asked at its beginning, where some begin only. */
static struct told tell(const struct bulk *b, uint32_t position, struct gate_place *places,
			size_t count)
{
	const struct gated_rule *g = &b->list->tried[position];
	struct told t = { .first = count };
	const struct prefilter_stretch *it;
	size_t n;

	if (count + FEW_PLACES > GATE_ABREAST || !is_told_by_gate(b, g))
		return t;
	it = prefilter_stretches(b->now, position, &n);
	t.is_all = n || g->is_at_start;
	t.n = 1;
	if (n)
		t.n = list_places(it, n, g->gate, places + count);
	else
		places[count] = (struct gate_place){ .gate = g->gate };
	return t;
}

static enum gate_answer answer_of(const struct told *t, const struct gate_place *places)
{
	enum gate_answer a = t->n ? GATE_NO : GATE_PERHAPS;

	for (size_t i = t->first; i < t->first + t->n; i++)
		a = places[i].answer > a ? places[i].answer : a;
	return a;
}

/* What a search for it costs the budget that needed nothing but a gate. */
static bool is_paid(struct bulk *b, bool only)
{
	struct match *m = b->m;
	bool paid = budget_steps(m->budget, 1 + (only ? 0 : b->subject.n / BULK_BYTES_PER_STEP));

	m->result.regex_runs++;
	m->result.limit_errors += !paid;
	return paid;
}

/* The gate has said whether there is a match; only: where it says no, there is none elsewhere either. */
static void take_told(struct bulk *b, uint32_t position, bool hit, bool only)
{
	const struct gated_rule *g = &b->list->tried[position];

	b->m->result.tries++;
	if (!hit && !only)
		hit = match_whether(b->m, g->rx, b->subject, 1);
	else
		hit = is_paid(b, only) && hit;
	if (!hit)
		return;
	hits_add(&b->m->hits, g->index, 1);
	prefilter_settle(b->now, position);
}

/* What gates tell at few places is asked together, of all these rules. */
static void take_some(struct bulk *b, const uint32_t *found, size_t n)
{
	struct gate_place places[GATE_ABREAST];
	struct told told[FOUND];
	size_t count = 0;

	fetch_found(b, found, n);
	for (size_t i = 0; i < n; i++) {
		told[i] = tell(b, found[i], places, count);
		count += told[i].n;
	}
	gate_ask_places(places, count, b->subject);
	for (size_t i = 0; i < n; i++) {
		enum gate_answer a = answer_of(&told[i], places);

		if (a == GATE_PERHAPS)
			take(b, found[i]);
		else
			take_told(b, found[i], a == GATE_SURELY, told[i].is_all);
	}
}

/* The scan has found what may match its subject. */
void bulk_try_found(struct bulk *b)
{
	const uint32_t *found = b->now->found;
	size_t n = b->now->found_count;

	for (size_t i = 0; i < n; i += FOUND)
		take_some(b, found + i, n - i < FOUND ? n - i : FOUND);
}
