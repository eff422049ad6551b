/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Regexp rules that need no order: a subject is scanned once (rules/prefilter.h), and only rules that may
 * match it are run, where they may. A header that is not there costs nothing: what its rules give then is
 * known since loading.
 */
#include "core/arena.h"
#include "core/budget.h"
#include "msg/msg.h"
#include "rules/echo_lines.h"
#include "rules/gate.h"
#include "rules/joint.h"
#include "rules/match_private.h"
#include "rules/prefilter.h"

/* FOUND: rules that are looked at together; FEW_PLACES: of one of them, at which its gate is asked. */
enum { BYTES_PER_STEP = 256, COUNTED = 2, FOUND = 16, FEW_PLACES = 2 };

/* Pairs of chains (rules/chain.h). */
struct counted {
	const struct chain_links *links; /* NULL: none */
	size_t pairs;
};

/* One list under way. Rules with a lower rank than `from` are left alone. */
struct bulk {
	struct match *m;
	const struct gated_list *list;
	struct prefilter_scan scan, plain; /* of plain subjects; each is begun with its first one */
	struct prefilter_scan *now;
	struct arena_mark mark; /* of the match's scratch */
	uint32_t from;
	struct str subject;              /* being tried */
	bool first;                      /* it is the first one of its view */
	struct echo_lines *lines;        /* NULL: no echo has asked yet */
	bool has_lines;                  /* of this subject */
	struct counted counted[COUNTED]; /* the same; the last ones */
	uint64_t matched[JOINT_ABREAST]; /* what joint automata say */
};

static void bulk_init(struct bulk *b, struct match *m, const struct gated_list *list)
{
	*b = (struct bulk){ .m = m, .list = list };
	b->mark = arena_get_mark(m->scratch);
}

/* What the scan wrote on is not kept while the message waits. */
static void bulk_done(struct bulk *b)
{
	if (b->m->scratch != b->m->arena)
		arena_reset(b->m->scratch, b->mark);
}

/* More hits would not count. */
static bool is_full(const struct bulk *b, const struct gated_rule *g)
{
	return hits_count(&b->m->hits, g->index) >= g->enough;
}

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
		budget_steps(b->m->budget, (echo_work(b->subject) - left) / BYTES_PER_STEP);
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
		while (!is_full(b, g) && find_within(b, g, &from, it[i].last, &echo_left))
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
	struct counted *known = b->counted;

	for (size_t i = 0; i < COUNTED; i++) {
		if (known[i].links == c->links)
			return known[i].pairs >= c->pairs;
	}
	if (!budget_steps(b->m->budget, 1 + b->subject.n / BYTES_PER_STEP))
		return true;
	memmove(known + 1, known, (COUNTED - 1) * sizeof(*known));
	known[0] = (struct counted){ c->links, chain_count(c->links, b->subject) };
	return known[0].pairs >= c->pairs;
}

static void try_rule(struct bulk *b, const struct gated_rule *g, uint32_t position)
{
	const struct prefilter_stretch *places;
	struct prefilter_stretch all = { 0, b->subject.n };
	size_t n;

	b->m->result.tries++;
	if (g->chain && !may_be_chain(b, g->chain))
		return;
	places = prefilter_stretches(b->now, position, &n);
	if (!n && g->chain) {
		if (budget_steps(b->m->budget, 1 + b->subject.n / BYTES_PER_STEP))
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
	bool is_done = g->rank < b->from || is_full(b, g);

	if (!is_done && b->first && g->skips_first)
		return;
	if (!is_done && g->is_template) {
		bits_add(b->m->foreseen, g->index);
		is_done = true;
	}
	if (!is_done)
		try_rule(b, g, position);
	if (is_done || is_full(b, g))
		prefilter_settle(b->now, position);
}

static bool is_plain(const struct bulk *b, struct str subject)
{
	return b->list->plain && needs_is_plain(subject);
}

/* By what the subjects are like that come next. */
static void choose_scan(struct bulk *b, bool plain)
{
	b->now = plain ? &b->plain : &b->scan;
	if (!b->now->filter)
		prefilter_scan_init(b->now, plain ? b->list->plain : b->list->filter,
				    b->m->scratch);
}

/* Rules that joint automata know: most of these miss, and nothing more is asked of them. */
static void run_joined(struct bulk *b, const struct joined *j, uint32_t first)
{
	const struct gated_rule *rules = b->list->tried + first;

	joint_read(j->joint, b->subject, b->matched);
	for (size_t w = 0; w < bits_words(joint_count(j->joint)); w++) {
		const struct joined_rules *it = &j->answers[w];
		const uint32_t *at = j->at + w * 64;
		uint64_t hit = (b->matched[w] & it->sure) | (~b->matched[w] & it->negated);
		uint64_t open = b->matched[w] & it->open;

		for (; hit; hit &= hit - 1) {
			const struct gated_rule *g = &rules[at[__builtin_ctzll(hit)]];

			if (!is_full(b, g))
				hits_add(&b->m->hits, g->index, 1);
		}
		for (; open; open &= open - 1) {
			uint32_t i = at[__builtin_ctzll(open)];

			if (!is_full(b, &rules[i]))
				try_rule(b, &rules[i], first + i);
		}
	}
}

static void begin_subject(struct bulk *b, struct str subject, bool first)
{
	b->subject = subject;
	b->first = first;
	b->has_lines = false;
	memset(b->counted, 0, sizeof(b->counted));
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
	       !g->is_template && g->rank >= b->from && !is_full(b, g) &&
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
	bool paid = budget_steps(m->budget, 1 + (only ? 0 : b->subject.n / BYTES_PER_STEP));

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
static void run_found(struct bulk *b)
{
	const uint32_t *found = b->now->found;
	size_t n = b->now->found_count;

	for (size_t i = 0; i < n; i += FOUND)
		take_some(b, found + i, n - i < FOUND ? n - i : FOUND);
}

/* first: where the rules of the group begin. */
static void run_value(struct bulk *b, struct str value, const struct joined *j, uint32_t first,
		      size_t group)
{
	begin_subject(b, value, false);
	choose_scan(b, false);
	if (j->n)
		run_joined(b, j, first);
	if (!j->leaves_some)
		return;
	prefilter_scan(b->now, value, group);
	run_found(b);
}

/* Rules behind an edited body run once more: what they found before does not count. */
static void forget(struct match *m, const struct gated_list *list, uint32_t from)
{
	for (size_t i = 0; i < list->rules.n; i++) {
		const struct rule *r = list->rules.at[i];

		if (r->rank >= from && !(r->flags & RULE_TEMPLATE)) {
			bits_remove(m->hits.hit, r->index);
			bits_remove(m->hits.ran, r->index);
		}
	}
}

/* The list is through: who has not hit will not. */
static void settle(struct bulk *b)
{
	const struct gated_list *list = b->list;

	if (match_has_run_out(b->m))
		return;
	for (size_t i = 0; !b->from && i < bits_words(b->m->hits.n); i++)
		b->m->hits.ran[i] |= list->members[i];
	for (size_t i = 0; b->from && i < list->rules.n; i++) {
		const struct rule *r = list->rules.at[i];

		if (r->rank >= b->from && !(r->flags & RULE_TEMPLATE))
			bits_add(b->m->hits.ran, r->index);
	}
}

/* Lines that the same prefilter looks at; first: they begin a view. */
static void run_alike(struct bulk *b, const struct str *line, size_t count, bool first)
{
	const struct joined *j = &b->list->joined;

	prefilter_begin(b->now, line, count, 0);
	for (size_t i = 0; i < count && !match_is_over(b->m); i++) {
		if (!budget_steps(b->m->budget, line[i].n / BYTES_PER_STEP))
			break;
		prefilter_next(b->now);
		begin_subject(b, line[i], first && !i);
		if (j->n)
			run_joined(b, j, 0);
		run_found(b);
	}
}

static void run_lines(struct match *m, const struct gated_list *list, const struct str *line,
		      size_t count, uint32_t from)
{
	struct bulk b;

	if (!list->rules.n || m->stopped)
		return;
	bulk_init(&b, m, list);
	b.from = from;
	if (from)
		forget(m, list, from);
	for (size_t i = 0, end; i < count && !match_is_over(m); i = end) {
		bool plain = is_plain(&b, line[i]);

		for (end = i + 1; end < count && is_plain(&b, line[end]) == plain;)
			end++;
		choose_scan(&b, plain);
		run_alike(&b, line + i, end - i, !i);
	}
	match_is_over(m);
	settle(&b);
	bulk_done(&b);
}

/* Of groups that have been gone through: who has not hit will not. */
static void settle_groups(struct match *m, size_t count)
{
	const struct gated_list *list = &m->plan->header;
	const struct header_group *last = count ? &m->plan->groups[count - 1] : NULL;

	for (size_t i = 0; last && i < last->first + last->n; i++)
		bits_add(m->hits.ran, list->rules.at[i]->index);
}

static void set_known(struct match *m, const struct known_hit *at, size_t n)
{
	for (size_t i = 0; i < n; i++)
		hits_set(&m->hits, at[i].rule->index, at[i].count, at[i].count);
}

/* What groups that come next are read with. */
static void fetch_groups(const struct match_plan *plan, size_t i)
{
	if (i < plan->group_count && plan->groups[i].joined.n)
		joint_fetch_rows(plan->groups[i].joined.joint);
	if (i + 1 < plan->group_count && plan->groups[i + 1].joined.n)
		joint_fetch(plan->groups[i + 1].joined.joint);
}

void match_headers(struct match *m)
{
	const struct match_plan *plan = m->plan;
	size_t done = 0;
	struct bulk b;

	bulk_init(&b, m, &plan->header);
	for (size_t i = 0; i < plan->group_count && !match_is_over(m); i++) {
		const struct header_group *g = &plan->groups[i];
		bool found = false;
		struct str value;

		fetch_groups(plan, i + 1);
		value = msg_get_spec(m->msg, g->spec, &found);
		if (found && budget_steps(m->budget, 1 + value.n / BYTES_PER_STEP))
			run_value(&b, value, &g->joined, g->first, i);
		if (found)
			set_known(m, g->present, g->present_count);
		else
			set_known(m, g->absent, g->absent_count);
		if (!match_has_run_out(m))
			done = i + 1;
	}
	if (done < plan->group_count)
		settle_groups(m, done);
	else
		settle(&b);
	bulk_done(&b);
}

/* MIME parts' fields: each is scanned once for all rules that look at it. */
static void match_parts(struct match *m)
{
	const struct match_plan *plan = m->plan;
	struct bulk b;

	bulk_init(&b, m, &plan->mime);
	for (size_t i = 0; i < plan->mime_group_count; i++) {
		const struct mime_test *t = plan->mime_groups[i].test;
		size_t from, to = match_part_range(m, t, &from);

		for (size_t part = from; part <= to && !match_is_over(m); part++) {
			struct str value = match_part_value(m, t, part - 1);

			if (value.n && budget_steps(m->budget, value.n / BYTES_PER_STEP))
				run_value(&b, value, &plan->mime.joined, 0, i);
		}
	}
	settle(&b);
	bulk_done(&b);
}

void match_views(struct match *m)
{
	const struct match_plan *plan = m->plan;
	struct str *uris, full = match_pristine(m);
	size_t n = match_uri_lines(m, &uris);

	run_lines(m, &plan->body, m->msg->body.line, m->msg->body.n, 0);
	budget_lap(m->budget, "body rules");
	run_lines(m, &plan->uri, uris, n, 0);
	budget_lap(m->budget, "uri rules");
	match_parts(m);
	for (size_t i = 0; i < plan->mime_apart.n && !match_is_over(m); i++)
		match_mimeheader(m, plan->mime_apart.at[i], plan->mime_apart.at[i]->rx);
	for (size_t i = 0; i < plan->uri_detail.n && !match_is_over(m); i++)
		match_uri_detail(m, plan->uri_detail.at[i]);
	budget_lap(m->budget, "mimeheader, uri_detail");
	run_lines(m, &plan->rawbody, m->msg->rawbody.line, m->msg->rawbody.n, 0);
	budget_lap(m->budget, "rawbody rules");
	run_lines(m, &plan->full, &full, 1, 0);
	budget_lap(m->budget, "full rules");
}

void match_edited_body(struct match *m)
{
	if (m->has_edited)
		run_lines(m, &m->plan->body, m->edited.body.line, m->edited.body.n,
			  m->edited_rank + 1);
}
