/* SPDX-License-Identifier: BSD-2-Clause */
/* The order of a matching: plain regexps first, as they please; then captures, templates and evals by rank. */
#include "rules/match_private.h"

#include "core/arena.h"
#include "core/budget.h"
#include "core/must.h"
#include "core/strbuf.h"
#include "msg/holds.h"
#include "rules/cost.h"

enum { DEFAULT_MAX_ASKS = 500, SCRATCH_BYTES = 128 << 10 };

struct match_scratch *match_scratch_new(void)
{
	struct match_scratch *s = xzalloc(sizeof(*s));

	s->run = rx_run_new();
	s->arena = arena_new_of(SCRATCH_BYTES);
	return s;
}

struct match_scratch *match_scratch_free(struct match_scratch *s)
{
	if (!s)
		return NULL;
	rx_run_free(s->run);
	arena_free(s->arena);
	return x_free(s);
}

static void free_run(void *p)
{
	rx_run_free(p);
}

struct match *match_new(const struct ruleset *rs, const struct msg *msg, struct arena *a,
			struct budget *budget, const struct match_options *options)
{
	struct match *m = arena_zalloc(a, sizeof(*m));
	bool net = options->net && rs->net;

	m->rs = rs;
	m->msg = msg;
	m->arena = a;
	m->budget = budget;
	m->net = net;
	m->result.score_set = score_set_of(net, rs->bayes);
	m->plan = &rs->plans[m->result.score_set];
	hits_init(&m->hits, a, rs->rule_count);
	m->result.hits = &m->hits;
	m->plugin_state = arena_calloc(a, map_count(&rs->plugins) + 1, sizeof(void *));
	m->first_ask_id = options->first_ask_id ? options->first_ask_id : 1;
	m->max_asks = options->max_asks ? options->max_asks : DEFAULT_MAX_ASKS;
	vec_init(&m->asks, a, sizeof(struct match_ask *), m->max_asks);
	map_init(&m->ask_index, a, false);
	map_init(&m->tags, a, false);
	m->foreseen = arena_calloc(a, bits_words(rs->rule_count) + 1, sizeof(uint64_t));
	m->first_tags = options->first_tags;
	vec_init(&m->logs, a, sizeof(struct match_log), 10000);
	vec_init(&m->notes, a, sizeof(struct match_note), 10000);
	if (options->scratch) {
		m->run = options->scratch->run;
		m->scratch = options->scratch->arena;
	} else {
		m->run = rx_run_new();
		m->scratch = a;
		arena_defer(a, free_run, m->run);
	}
	m->costs = options->costs;
	rule_costs_attach(m->costs, m->run);
	match_host_init(m, options->notes);
	return m;
}

void match_ran(struct match *m, uint32_t rule, size_t count, double value)
{
	struct hits *h = &m->hits;

	if (bits_has(h->hit, rule)) /* another rule's plugin was there first */
		return;
	if (!count && match_has_run_out(m))
		return;
	bits_remove(h->waits, rule);
	if (count)
		hits_set(h, rule, count, value);
	else
		bits_add(h->ran, rule);
}

static void take_turn(struct match *m, const struct ordered_rule *o)
{
	m->rank = o->rank;
	if (m->costs)
		rule_costs_begin(m->costs, o->index);
	if (o->fn)
		match_eval(m, o);
	else
		match_ordered_regex(m, o->rule);
	if (m->costs)
		rule_costs_end(m->costs, o->fn ? "eval functions" : "tags, captures", o->fn);
}

/* Rules that need what the message does not hold have run: before all others. */
static void leave_out(struct match *m)
{
	const struct match_turn *turn = m->plan->turns;

	if (match_has_run_out(m)) /* what is not there may be what was not read */
		return;
	m->missing = ~msg_holds(m->msg);
	for (size_t i = 0; i < m->plan->ordered.n; i++) {
		if (turn[i].needs & m->missing)
			bits_add(m->hits.ran, turn[i].index);
	}
}

static void run_ordered(struct match *const *m, size_t n)
{
	const struct match_plan *plan = m[0]->plan;

	for (size_t k = 0; k < n; k++)
		leave_out(m[k]);
	for (size_t i = 0; i < plan->ordered.n; i++) {
		for (size_t k = 0; k < n; k++)
			if (!match_is_over(m[k]) && !(plan->turns[i].needs & m[k]->missing))
				take_turn(m[k], &plan->in_order[i]);
	}
}

static bool waits(const struct match *m)
{
	for (size_t i = 0; i < m->asks.n; i++) {
		if (!(*VEC_AT(&m->asks, struct match_ask *, i))->answered)
			return true;
	}
	return false;
}

/* No answer will come any more: who still waits has not hit. */
static void end_pending(struct match *m)
{
	struct hits *h = &m->hits;

	for (size_t i = 0; i < bits_words(h->n); i++) {
		h->ran[i] |= h->waits[i];
		h->waits[i] = 0;
	}
}

void match_begin(struct match *const *m, size_t n)
{
	must(n && n <= MATCH_TOGETHER);
	for (size_t k = 0; k < n; k++) {
		must(m[k]->plan == m[0]->plan && !m[k]->ran);
		m[k]->ran = true;
		match_extract(m[k]);
	}
	budget_lap(m[0]->budget, "preparing rules");
	match_headers(m, n);
	match_views(m, n);
	run_ordered(m, n);
	for (size_t k = 0; k < n; k++)
		match_edited_body(m[k]);
	budget_lap(m[0]->budget, "body rules");
}

enum match_progress match_run(struct match *m)
{
	if (!m->ran)
		match_begin(&m, 1);
	match_deliver(m);
	budget_lap(m->budget, "answers");
	if (!m->stopped && waits(m))
		return MATCH_WAITS;
	end_pending(m);
	return MATCH_DONE;
}

const struct ask *match_next_ask(struct match *m)
{
	struct match_ask *it;

	if (m->handed_out >= m->asks.n)
		return NULL;
	it = *VEC_AT(&m->asks, struct match_ask *, m->handed_out++);
	return &it->ask;
}

static void copy_answer(struct match *m, struct answer *to, const struct answer *from)
{
	*to = *from;
	to->records = arena_calloc(m->arena, from->record_count, sizeof(*to->records));
	for (size_t i = 0; i < from->record_count; i++) {
		to->records[i] = from->records[i];
		to->records[i].rdata = str_dup(m->arena, from->records[i].rdata);
	}
}

bool match_answer(struct match *m, const struct answer *answer)
{
	struct match_ask *it;
	size_t i = answer->ask_id - m->first_ask_id;

	if (answer->ask_id < m->first_ask_id || i >= m->asks.n)
		return false;
	it = *VEC_AT(&m->asks, struct match_ask *, i);
	if (it->answered)
		return false;
	copy_answer(m, &it->answer, answer);
	it->answered = true;
	return true;
}

void match_expire(struct match *m)
{
	for (size_t i = 0; i < m->asks.n; i++) {
		struct match_ask *it = *VEC_AT(&m->asks, struct match_ask *, i);

		if (it->answered)
			continue;
		it->answered = true;
		it->answer = (struct answer){ .ask_id = it->ask.id, .status = ANSWER_TIMEOUT };
	}
}

struct rule_hits match_rule(const struct match_hits *h, size_t rule)
{
	return hits_get(h->hits, rule);
}

const struct match_hits *match_hits(const struct match *m)
{
	struct match *w = (struct match *)m; /* the result's lists follow what was found */

	vec_init(&w->tag_list, m->arena, sizeof(struct match_tag), 0);
	MAP_EACH (&m->tags, it) {
		struct match_tag *t = vec_must_push(&w->tag_list);

		t->name = it->key;
		t->value = match_get_tag(m, it->key);
	}
	w->result.tags = w->tag_list.data;
	w->result.tag_count = w->tag_list.n;
	w->result.logs = m->logs.data;
	w->result.log_count = m->logs.n;
	w->result.notes = m->notes.data;
	w->result.note_count = m->notes.n;
	w->result.stopped = m->stopped;
	w->result.msg = m->msg;
	return &m->result;
}
