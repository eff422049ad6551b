/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Regexp rules that need no order: a subject is folded and scanned once (rules/prefilter.h), and only
 * rules that may match it are run. A header that is not there costs nothing: what its rules give then is
 * known since loading.
 */
#include "core/arena.h"
#include "core/budget.h"
#include "msg/msg.h"
#include "rules/match_private.h"
#include "rules/prefilter.h"

enum { BYTES_PER_STEP = 256 };

/* One list under way. Rules with a lower rank than `from` are left alone. */
struct bulk {
	struct match *m;
	const struct gated_list *list;
	struct prefilter_scan scan;
	uint32_t from;
	struct str subject; /* being tried */
	bool first;         /* it is the first one of its view */
};

static void bulk_init(struct bulk *b, struct match *m, const struct gated_list *list)
{
	*b = (struct bulk){ .m = m, .list = list };
	prefilter_scan_init(&b->scan, list->filter, m->arena);
}

/* More of this subject would change nothing. */
static bool is_settled(const struct bulk *b, const struct rule *r)
{
	if (r->rank < b->from || match_is_full(r, hits_count(&b->m->hits, r->index)))
		return true;
	return b->first && (r->flags & RULE_NOSUBJECT) && r->type == RULE_BODY;
}

/* Matches that begin in a part of the subject. The gate is asked once, for all that is behind its beginning. */
static bool try_stretch(void *ctx, uint32_t position, size_t first, size_t last, bool again)
{
	struct bulk *b = ctx;
	const struct rule *r = b->list->rules.at[position];
	enum rx_result result;

	if (is_settled(b, r) || (!again && !rx_may_match(r->rx, b->subject, first)))
		return true;
	b->m->result.regex_runs++;
	b->m->result.regex_bytes += last - first + 1;
	result = rx_match_within(r->rx, b->m->run, b->m->budget, b->subject, first, last);
	b->m->result.limit_errors += result == RX_LIMIT;
	if (result == RX_MATCH)
		hits_set(&b->m->hits, r->index, 1, 1);
	return result == RX_MATCH;
}

static void try_rule(struct bulk *b, uint32_t position)
{
	const struct rule *r = b->list->rules.at[position];
	struct hits *h = &b->m->hits;

	if (is_settled(b, r))
		return;
	hits_add(h, r->index, match_count(b->m, r, r->rx, b->subject, hits_count(h, r->index)));
}

static void run_line(struct bulk *b, struct str subject, bool first)
{
	size_t n;
	const uint32_t *always = prefilter_always(b->list->filter, &n);

	b->subject = subject;
	b->first = first;
	prefilter_scan(&b->scan, subject);
	for (size_t i = 0; i < b->scan.found_count; i++)
		try_rule(b, b->scan.found[i]);
	for (size_t i = 0; i < n; i++) {
		if (prefilter_may_match(&b->scan, always[i]))
			try_rule(b, always[i]);
	}
	prefilter_windows(&b->scan, 0, UINT32_MAX, try_stretch, b);
}

/* Rules behind an edited body run once more: what they found before does not count. */
static void forget(struct match *m, const struct gated_list *list, uint32_t from)
{
	for (size_t i = 0; i < list->rules.n; i++) {
		const struct rule *r = list->rules.at[i];

		if (r->rank >= from) {
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
		if (list->rules.at[i]->rank >= b->from)
			bits_add(b->m->hits.ran, list->rules.at[i]->index);
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
	for (size_t i = 0; i < count && !match_is_over(m); i++) {
		if (budget_steps(m->budget, line[i].n / BYTES_PER_STEP))
			run_line(&b, line[i], i == 0);
	}
	match_is_over(m);
	settle(&b);
}

static void header_rule(struct bulk *b, uint32_t position, struct str value)
{
	const struct rule *r = b->list->rules.at[position];

	size_t n = match_count_header(b->m, r, r->rx, value, true);

	if (n)
		hits_set(&b->m->hits, r->index, n, (double)n);
}

static void present_header(struct bulk *b, const struct header_group *g, struct str value)
{
	b->subject = value;
	prefilter_scan(&b->scan, value);
	for (size_t i = 0; i < b->scan.found_count; i++) {
		uint32_t at = b->scan.found[i];

		if (at - g->first < g->n)
			header_rule(b, at, value);
	}
	for (size_t i = 0; i < g->always_count; i++) {
		if (prefilter_may_match(&b->scan, g->always[i]))
			header_rule(b, g->always[i], value);
	}
	prefilter_windows(&b->scan, g->first, g->n, try_stretch, b);
}

/* Of groups that have been gone through: who has not hit will not. */
static void settle_groups(struct match *m, size_t count)
{
	const struct gated_list *list = &m->plan->header;
	const struct header_group *last = count ? &m->plan->groups[count - 1] : NULL;

	for (size_t i = 0; last && i < last->first + last->n; i++)
		bits_add(m->hits.ran, list->rules.at[i]->index);
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
		struct str value = msg_get_spec(m->msg, g->spec, &found);

		if (found)
			present_header(&b, g, value);
		for (size_t k = 0; !found && k < g->absent_count; k++)
			hits_set(&m->hits, g->absent[k].rule->index, g->absent[k].count,
				 g->absent[k].count);
		if (!match_has_run_out(m))
			done = i + 1;
	}
	if (done < plan->group_count)
		settle_groups(m, done);
	else
		settle(&b);
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
	for (size_t i = 0; i < plan->mime.n && !match_is_over(m); i++)
		match_mimeheader(m, plan->mime.at[i], plan->mime.at[i]->rx);
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
