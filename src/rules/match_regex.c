/* SPDX-License-Identifier: BSD-2-Clause */
/* Regexp rules one by one: how hits are counted, and those that must keep the running order. */
#include "rules/match_private.h"

#include "core/arena.h"
#include "core/budget.h"
#include "mime/message.h"
#include "msg/msg.h"
#include "text/text.h"
#include "text/uri.h"

/* Matches in the lines that hold a literal. */
static size_t count_lines(struct match *m, const struct rule *r, const struct rx *rx,
			  struct str subject, size_t max)
{
	unsigned flags = max == 1 ? RX_WHETHER : 0;
	size_t n = 0, from = 0, last, begin;

	rx_run_subject(m->run, subject);
	while ((!max || n < max) && line_span_next(&r->lines, subject, &from, &last)) {
		struct rx_bounds at = { from, last };
		enum rx_result result = rx_match_within(rx, m->run, m->budget, subject, at, flags);

		m->result.regex_runs++;
		m->result.regex_bytes += last - from + 1;
		m->result.limit_errors += result == RX_LIMIT;
		if (result == RX_LIMIT)
			break;
		n += result == RX_MATCH;
		if (result != RX_MATCH || !rx_group(m->run, 0, &begin, &from))
			from = last + 1;
	}
	return n;
}

size_t match_count(struct match *m, const struct rule *r, const struct rx *rx, struct str subject,
		   size_t have)
{
	struct rx_counting c = { .max = 1 };
	size_t n;

	if ((r->flags & RULE_MULTIPLE) && !rule_matches_once(r))
		c.max = r->maxhits ? r->maxhits - have : 0;
	if (r->lines.literal.n)
		return count_lines(m, r, rx, subject, c.max);
	m->result.regex_runs++;
	m->result.regex_bytes += subject.n;
	n = rx_count(rx, m->run, m->budget, subject, &c);
	m->result.limit_errors += c.limit;
	return n;
}

bool match_whether(struct match *m, const struct rx *rx, struct str subject, size_t from)
{
	enum rx_result r;

	m->result.regex_runs++;
	m->result.regex_bytes += subject.n;
	r = rx_match(rx, m->run, m->budget, subject, from, RX_WHETHER);
	m->result.limit_errors += r == RX_LIMIT;
	return r == RX_MATCH;
}

/* More hits would not count. */
bool match_is_full(const struct rule *r, size_t hits)
{
	return hits && (!(r->flags & RULE_MULTIPLE) || (r->maxhits && hits >= r->maxhits));
}

/* A negated rule of `multiple` would hit for ever in SpamAssassin; here as often as maxhits, or once. */
size_t match_negated(const struct rule *r, size_t n)
{
	return n ? 0 : (r->flags & RULE_MULTIPLE) && r->maxhits ? r->maxhits : 1;
}

size_t match_count_header(struct match *m, const struct rule *r, const struct rx *rx,
			  struct str value, bool found)
{
	size_t n;

	if (r->flags & RULE_EXISTS)
		return found;
	if (!found)
		value = r->flags & RULE_IF_UNSET ? r->header->if_unset : STR("");
	if (!(r->flags & RULE_NEGATED))
		return match_count(m, r, rx, value, 0);
	m->result.regex_runs++;
	m->result.regex_bytes += value.n;
	n = rx_match(rx, m->run, m->budget, value, 0, RX_WHETHER) != RX_NO_MATCH;
	return match_negated(r, n);
}

struct str match_pristine(const struct match *m)
{
	return m->msg->mime ? m->msg->mime->pristine : m->msg->raw;
}

/* What uri rules see: every cleaned form once, by the character where it is of characters. */
size_t match_uri_lines(const struct match *m, struct str **ret)
{
	const struct vec *v = m->msg->uris ? &m->msg->uris->cleaned : NULL;
	size_t n = v ? v->n : 0;

	*ret = arena_calloc(m->arena, n + 1, sizeof(struct str));
	for (size_t i = 0; i < n; i++)
		(*ret)[i] = text_bytes(m->arena, *VEC_AT(v, struct text, i));
	return n;
}

struct capturing {
	struct match *m;
	const struct rule *rule;
	struct map *captures;
};

static void on_match(void *ctx, const struct rx *rx, struct str subject)
{
	struct capturing *c = ctx;

	match_capture(c->m, c->rule, rx, subject, c->captures);
}

/* nosubject leaves the first line of the body out. */
static size_t first_line(const struct rule *r)
{
	return r->flags & RULE_NOSUBJECT && r->type == RULE_BODY ? 1 : 0;
}

/* A rule over a list of subjects, with what its groups held. */
static size_t capture_lines(struct match *m, const struct rule *r, const struct rx *rx,
			    const struct str *line, size_t count)
{
	struct map captures;
	struct capturing c = { m, r, &captures };
	size_t n = 0, i = first_line(r);

	map_init(&captures, m->arena, false);
	for (; i < count && !match_is_full(r, n); i++) {
		struct rx_counting counting = { .max = 1, .each = on_match, .ctx = &c };

		if (r->gate && !gate_may_match(r->gate, line[i], 0))
			continue;
		if (r->flags & RULE_MULTIPLE)
			counting.max = r->maxhits ? r->maxhits - n : 0;
		m->result.regex_runs++;
		n += rx_count(rx, m->run, m->budget, line[i], &counting);
		m->result.limit_errors += counting.limit;
	}
	match_captures_done(m, &captures);
	return n;
}

/* What a rule looks at. */
static struct str_list subjects_of(struct match *m, const struct rule *r, bool *ret_found)
{
	struct str *one = arena_alloc(m->arena, sizeof(*one)), *uris;
	size_t n;

	*ret_found = true;
	switch (r->type) {
	case RULE_BODY: return (struct str_list){ m->msg->body.line, m->msg->body.n };
	case RULE_RAWBODY: return (struct str_list){ m->msg->rawbody.line, m->msg->rawbody.n };
	case RULE_URI: n = match_uri_lines(m, &uris); return (struct str_list){ uris, n };
	case RULE_HEADER:
		*one = r->header->number ? msg_get_spec(m->msg, r->header->number, ret_found)
					 : msg_get(m->msg, r->header->spec, ret_found);
		if (!*ret_found)
			*one = r->flags & RULE_IF_UNSET ? r->header->if_unset : STR("");
		break;
	default: *one = match_pristine(m);
	}
	return (struct str_list){ one, 1 };
}

/* Whatever the tags are, no subject holds a match: the expression need not be made. */
static bool is_hopeless(const struct rule *r, struct str_list subjects)
{
	if (r->flags & RULE_NEGATED)
		return false;
	for (size_t i = 0; i < subjects.n; i++) {
		if (gate_may_match(r->gate, subjects.s[i], 0))
			return false;
	}
	return true;
}

/* The same before subjects are listed; a body that was edited since is another one. */
static bool is_known_hopeless(const struct match *m, const struct rule *r)
{
	return rule_is_foreseen(r) && !bits_has(m->foreseen, r->index) &&
	       !(m->has_edited && r->type == RULE_BODY);
}

static bool has_subject(const struct match *m, const struct rule *r)
{
	switch (r->type) {
	case RULE_BODY: return m->msg->body.n > first_line(r);
	case RULE_RAWBODY: return m->msg->rawbody.n;
	case RULE_URI: return m->msg->uris && m->msg->uris->cleaned.n;
	default: return true;
	}
}

static size_t count_ordered(struct match *m, const struct rule *r, const struct rx *rx,
			    struct str_list subjects, bool found)
{
	if (r->type == RULE_HEADER && (r->flags & RULE_NEGATED))
		return match_count_header(m, r, rx, subjects.s[0], found);
	return capture_lines(m, r, rx, subjects.s, subjects.n);
}

static void match_template(struct match *m, const struct rule *r)
{
	struct str_list subjects;
	const struct rx *rx;
	size_t n = 0;
	bool found;

	if (!match_has_tags(m, r))
		return;
	if (has_subject(m, r))
		match_keep_template(m, r);
	if (!is_known_hopeless(m, r)) {
		subjects = subjects_of(m, r, &found);
		if (!is_hopeless(r, subjects)) {
			rx = match_compile_template(m, r);
			if (!rx)
				return;
			n = count_ordered(m, r, rx, subjects, found);
		}
	}
	match_ran(m, r->index, n, (double)n);
}

void match_ordered_regex(struct match *m, const struct rule *r)
{
	struct str_list subjects;
	size_t n;
	bool found;

	if (r->flags & RULE_TEMPLATE) {
		match_template(m, r);
		return;
	}
	if (r->type == RULE_MIMEHEADER) {
		match_mimeheader(m, r, r->rx);
		return;
	}
	subjects = subjects_of(m, r, &found);
	n = count_ordered(m, r, r->rx, subjects, found);
	match_ran(m, r->index, n, (double)n);
}
