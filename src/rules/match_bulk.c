/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Regexp rules that need no order: a subject is scanned once (rules/prefilter.h), and only rules that may
 * match it are run, where they may. A header that is not there costs nothing: what its rules give then is
 * known since loading.
 */
#include "core/budget.h"
#include "core/xalloc.h"
#include "msg/msg.h"
#include "rules/match_bulk.h"

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

			if (!bulk_is_full(b, g))
				hits_add(&b->m->hits, g->index, 1);
		}
		for (; open; open &= open - 1) {
			uint32_t i = at[__builtin_ctzll(open)];

			if (!bulk_is_full(b, &rules[i]))
				bulk_try(b, &rules[i], first + i);
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
	bulk_try_found(b);
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
		if (!budget_steps(b->m->budget, line[i].n / BULK_BYTES_PER_STEP))
			break;
		prefilter_next(b->now);
		begin_subject(b, line[i], first && !i);
		if (j->n)
			run_joined(b, j, 0);
		bulk_try_found(b);
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

/* What one header is in several messages, where it is there and paid for. */
struct values {
	struct str value[MATCH_TOGETHER];
	struct match *of[MATCH_TOGETHER];
	size_t n;
};

static void list_values(struct match *const *m, size_t n, const struct header_group *g,
			struct values *ret)
{
	ret->n = 0;
	for (size_t k = 0; k < n; k++) {
		bool found = false;
		struct str value = msg_get_spec(m[k]->msg, g->spec, &found);

		if (!found) {
			set_known(m[k], g->absent, g->absent_count);
			continue;
		}
		set_known(m[k], g->present, g->present_count);
		if (!budget_steps(m[k]->budget, 1 + value.n / BULK_BYTES_PER_STEP))
			continue;
		ret->of[ret->n] = m[k];
		ret->value[ret->n++] = value;
	}
}

/* The rules over one header of several messages, whose values the prefilter looks at as if they were lines. */
static void match_group(struct bulk *b, const struct values *v, size_t group)
{
	const struct header_group *g = &b->m->plan->groups[group];

	choose_scan(b, false);
	prefilter_begin(b->now, v->value, v->n, group);
	for (size_t k = 0; k < v->n; k++) {
		b->m = v->of[k];
		begin_subject(b, v->value[k], false);
		if (g->joined.n)
			run_joined(b, &g->joined, g->first);
		if (!g->joined.leaves_some)
			continue;
		prefilter_unsettle(b->now);
		prefilter_next(b->now);
		bulk_try_found(b);
	}
}

/* Those whose budget is not over. */
static size_t list_open(struct match *const *m, size_t n, struct match **ret)
{
	size_t count = 0;

	for (size_t k = 0; k < n; k++)
		if (!match_is_over(m[k]))
			ret[count++] = m[k];
	return count;
}

void match_headers(struct match *const *m, size_t n)
{
	const struct match_plan *plan = m[0]->plan;
	struct match *open[MATCH_TOGETHER];
	struct values values;
	struct bulk b;

	bulk_init(&b, m[0], &plan->header);
	for (size_t i = 0; i < plan->group_count; i++) {
		size_t count = list_open(m, n, open);

		fetch_groups(plan, i + 1);
		list_values(open, count, &plan->groups[i], &values);
		match_group(&b, &values, i);
		for (size_t k = 0; k < count; k++)
			if (!match_has_run_out(open[k]))
				open[k]->groups_done = i + 1;
	}
	for (size_t k = 0; k < n; k++) {
		b.m = m[k];
		if (b.m->groups_done < plan->group_count)
			settle_groups(b.m, b.m->groups_done);
		else
			settle(&b);
	}
	b.m = m[0];
	bulk_done(&b);
	budget_lap(m[0]->budget, "header rules");
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

			if (value.n && budget_steps(m->budget, value.n / BULK_BYTES_PER_STEP))
				run_value(&b, value, &plan->mime.joined, 0, i);
		}
	}
	settle(&b);
	bulk_done(&b);
}

static void match_body(struct match *m)
{
	run_lines(m, &m->plan->body, m->msg->body.line, m->msg->body.n, 0);
}

static void match_uris(struct match *m)
{
	struct str *uris;
	size_t n = match_uri_lines(m, &uris);

	run_lines(m, &m->plan->uri, uris, n, 0);
}

static void match_mime(struct match *m)
{
	const struct match_plan *plan = m->plan;

	match_parts(m);
	for (size_t i = 0; i < plan->mime_apart.n && !match_is_over(m); i++)
		match_mimeheader(m, plan->mime_apart.at[i], plan->mime_apart.at[i]->rx);
	for (size_t i = 0; i < plan->uri_detail.n && !match_is_over(m); i++)
		match_uri_detail(m, plan->uri_detail.at[i]);
}

static void match_rawbody(struct match *m)
{
	run_lines(m, &m->plan->rawbody, m->msg->rawbody.line, m->msg->rawbody.n, 0);
}

static void match_full(struct match *m)
{
	struct str full = match_pristine(m);

	run_lines(m, &m->plan->full, &full, 1, 0);
}

void match_views(struct match *const *m, size_t n)
{
	static const struct {
		void (*match)(struct match *m);
		const char *name;
	} views[] = {
		{ match_body, "body rules" },
		{ match_uris, "uri rules" },
		{ match_mime, "mimeheader, uri_detail" },
		{ match_rawbody, "rawbody rules" },
		{ match_full, "full rules" },
	};

	for (size_t i = 0; i < ELEMENTS(views); i++) {
		for (size_t k = 0; k < n; k++)
			views[i].match(m[k]);
		budget_lap(m[0]->budget, views[i].name);
	}
}

void match_edited_body(struct match *m)
{
	if (m->has_edited)
		run_lines(m, &m->plan->body, m->edited.body.line, m->edited.body.n,
			  m->edited_rank + 1);
}
