/* SPDX-License-Identifier: BSD-2-Clause */
/* The search of one rule over its subjects, places kept; match_find_uri.c has uri_detail's. */
#include "rules/match_find.h"

#include "core/arena.h"
#include "core/budget.h"
#include "mime/message.h"
#include "rules/match_find_private.h"
#include "text/text.h"
#include "text/uri.h"

enum { BYTES_PER_STEP = 64 };

static enum match_find_view view_of(const struct rule *r)
{
	switch (r->type) {
	case RULE_HEADER: return FIND_HEADER;
	case RULE_BODY: return FIND_BODY;
	case RULE_URI: return FIND_URI;
	case RULE_RAWBODY: return FIND_RAWBODY;
	case RULE_FULL: return FIND_FULL;
	case RULE_MIMEHEADER: return FIND_MIMEHEADER;
	case RULE_URI_DETAIL: return FIND_URI_DETAIL;
	default: return FIND_NOTHING;
	}
}

struct match_place *match_find_add(struct match_finder *f, struct str subject)
{
	struct match_place *p = vec_push(&f->places);

	if (p)
		*p = (struct match_place){ .subject = subject,
					   .to = subject.n,
					   .number = f->number };
	return p;
}

void match_find_note(struct match_finder *f, enum rx_result result)
{
	if (result == RX_LIMIT)
		f->ret->flags |=
		    budget_is_over(f->m->budget, BUDGET_STEPS) ? FIND_BUDGET : FIND_LIMIT;
}

static void keep(void *ctx, const struct rx *rx, struct str subject)
{
	struct match_finder *f = ctx;
	struct match_place *p;
	size_t from, to;

	(void)rx;
	if (!rx_group(f->m->run, 0, &from, &to))
		return;
	p = match_find_add(f, subject);
	if (!p)
		return;
	p->absent = f->ret->flags & FIND_ABSENT;
	p->field = f->field;
	p->joined = f->joined;
	/* \K and lookbehinds can leave a match that ends before it begins */
	p->from = from < subject.n ? from : subject.n;
	p->to = to < subject.n ? to : subject.n;
	if (p->from > p->to)
		p->from = p->to;
}

static size_t search(struct match_finder *f, struct str subject, size_t max)
{
	struct rx_counting c = { .max = max, .each = keep, .ctx = f };
	size_t n;

	if (!f->rx)
		return 0;
	n = rx_count(f->rx, f->m->run, f->m->budget, subject, &c);
	match_find_note(f, c.limit ? RX_LIMIT : RX_NO_MATCH);
	f->ret->total += n;
	return n;
}

static void find_header(struct match_finder *f)
{
	const struct rule *r = f->rule;
	struct str *value = arena_alloc(f->a, sizeof(*value));
	bool found = false;

	*value = msg_get(f->m->msg, r->header->spec, &found);
	f->ret->subjects = value;
	f->ret->subject_count = found;
	f->ret->flags |= found ? 0 : FIND_ABSENT;
	if (r->flags & RULE_EXISTS) {
		if (found && match_find_add(f, *value))
			f->ret->total = 1;
		return;
	}
	if (!found) {
		*value = r->flags & RULE_IF_UNSET ? r->header->if_unset : STR("");
		f->ret->subject_count = r->flags & RULE_IF_UNSET ? 1 : 0;
	}
	if (!(r->flags & RULE_NEGATED)) {
		search(f, *value, r->flags & RULE_MULTIPLE ? r->maxhits : 1);
		return;
	}
	search(f, *value, 1);
	f->ret->total = f->ret->total ? 0 : match_negated(r, 0);
}

static void find_lines(struct match_finder *f, const struct str *line, size_t count)
{
	const struct rule *r = f->rule;
	size_t i = r->flags & RULE_NOSUBJECT && r->type == RULE_BODY ? 1 : 0;

	f->ret->subjects = line;
	f->ret->subject_count = count;
	for (; i < count && !match_is_full(r, f->ret->total); i++) {
		f->number = i;
		search(f, line[i],
		       !(r->flags & RULE_MULTIPLE) ? 1
		       : r->maxhits                ? r->maxhits - f->ret->total
						   : 0);
	}
}

static void find_body(struct match_finder *f)
{
	const struct match *m = f->m;
	const struct msg_view *v = &m->msg->body;

	if (m->has_edited && f->rule->rank <= m->edited_rank)
		v = &m->unedited;
	find_lines(f, v->line, v->n);
}

static void find_mimeheader(struct match_finder *f)
{
	const struct mime_test *t = f->rule->mime;
	size_t from, to = match_part_range(f->m, t, &from), max = 1, n = 0;
	struct str *values = arena_calloc(f->a, to + 1, sizeof(*values));
	struct str joined = STR("");

	if (f->rule->flags & RULE_MULTIPLE)
		max = f->rule->maxhits;
	f->ret->subjects = values;
	if (f->rule->flags & RULE_NEGATED) {
		f->ret->total = 1;
		return;
	}
	for (size_t i = from; i <= to && !n; i++) {
		struct mime_part *p = f->m->msg->mime->parts[i - 1];
		struct str value = match_part_value(f->m, t, i - 1);

		f->number = i - 1;
		f->field = mime_headers_last(&p->headers, t->header);
		if (!(f->rule->flags & RULE_CONCAT)) {
			values[f->ret->subject_count++] = value;
			n = search(f, value, max);
			continue;
		}
		joined = str_concat(f->a, joined, value);
		if (!str_ends(value, STR("\n")))
			joined = str_concat(f->a, joined, STR("\n"));
	}
	if (!(f->rule->flags & RULE_CONCAT))
		return;
	f->number = 0;
	f->field = NULL;
	f->joined = true;
	values[f->ret->subject_count++] = joined;
	search(f, joined, max);
}

/* The expression that would be run, had the rule a score. */
static const struct rx *expression(struct match_finder *f)
{
	const struct rule *r = f->rule;
	const struct rx *rx = r->rx;
	struct err e = ERR_INIT;

	if (r->flags & RULE_EXISTS)
		return NULL;
	if (r->flags & RULE_TEMPLATE) {
		f->m->rank = r->rank;
		rx = match_compile_template(f->m, r);
		f->ret->flags |= rx ? 0 : FIND_NO_TAG;
		return rx;
	}
	if (!rx)
		rx = rx_compile(f->m->rs->tables, f->a, &r->source, 0, &e);
	f->ret->flags |= rx ? 0 : FIND_IMPOSSIBLE;
	return rx;
}

static struct str folded(struct match_finder *f, struct str s)
{
	char *p = arena_alloc(f->a, s.n + 1);

	for (size_t i = 0; i < s.n; i++)
		p[i] = (char)byte_fold((uint8_t)s.p[i]);
	return str_make(p, s.n);
}

/* Whether one of the literals stands in the subject. True also when the budget ends. */
static bool holds_literal(struct match_finder *f, const struct needs_clause *n, struct str subject)
{
	struct arena_mark mark = arena_get_mark(f->a);
	struct str s;
	bool found = false;

	if (!budget_steps(f->m->budget, 1 + n->count * subject.n / BYTES_PER_STEP))
		return true;
	s = folded(f, subject);
	for (size_t i = 0; i < n->count && !found; i++)
		found = str_find(s, n->literals[i]) != STR_NPOS;
	arena_reset(f->a, mark);
	return found;
}

static void find_lacks(struct match_finder *f)
{
	const unsigned not_known = RULE_NEGATED | RULE_EXISTS | RULE_TEMPLATE;
	struct needs n;

	if (f->ret->total || !f->rx || (f->rule->flags & not_known))
		return;
	needs_of(f->a, NULL, f->rule->source.pcre, &n);
	for (size_t i = 0; i < f->ret->subject_count; i++) {
		if (!n.clause_count || holds_literal(f, &n.clauses[0], f->ret->subjects[i]))
			return;
	}
	f->ret->lacks = n.clauses[0].literals;
	f->ret->lack_count = n.clauses[0].count;
}

static bool has_form(const struct uri *u, struct text form)
{
	VEC_EACH (&u->cleaned, struct text, it) {
		if (text_eq(*it, form))
			return u->has_cleaned;
	}
	return false;
}

/* The entry a cleaned form belongs to; NULL: the budget ended. */
static const struct uri *owner_of(struct match_finder *f, struct text form)
{
	URI_LIST_EACH(f->m->msg->uris, u)
	{
		if (!budget_steps(f->m->budget, 1 + u->cleaned.n))
			break;
		if (has_form(u, form))
			return u;
	}
	return NULL;
}

static void find_owners(struct match_finder *f)
{
	const struct uri_list *l = f->m->msg->uris;

	VEC_EACH (&f->places, struct match_place, p)
		p->uri = owner_of(f, *VEC_AT(&l->cleaned, struct text, p->number));
}

static void find(struct match_finder *f)
{
	const struct msg *msg = f->m->msg;
	struct str *uris, *full;
	size_t n;

	switch (f->ret->view) {
	case FIND_HEADER: find_header(f); break;
	case FIND_BODY: find_body(f); break;
	case FIND_URI:
		n = match_uri_lines(f->m, &uris);
		find_lines(f, uris, n);
		if (n)
			find_owners(f);
		break;
	case FIND_RAWBODY: find_lines(f, msg->rawbody.line, msg->rawbody.n); break;
	case FIND_FULL:
		full = arena_alloc(f->a, sizeof(*full));
		*full = match_pristine(f->m);
		find_lines(f, full, 1);
		break;
	case FIND_MIMEHEADER: find_mimeheader(f); break;
	case FIND_NOTHING:
	case FIND_URI_DETAIL:
	case FIND_VIEW_COUNT: break;
	}
}

void match_find(struct match *m, size_t rule, size_t max, struct budget *budget, struct arena *a,
		struct match_finds *ret)
{
	struct match_finder f = { .m = m, .rule = m->rs->rules[rule], .a = a, .ret = ret };
	struct budget *mine = m->budget;
	uint32_t rank = m->rank;

	*ret = (struct match_finds){ .view = view_of(f.rule) };
	vec_init(&f.places, a, sizeof(struct match_place), max ? max : 1);
	m->budget = budget;
	if (ret->view == FIND_URI_DETAIL) {
		match_find_uri_detail(&f);
	} else if (ret->view != FIND_NOTHING) {
		f.rx = expression(&f);
		find(&f);
		find_lacks(&f);
	}
	m->budget = mine;
	m->rank = rank;
	ret->places = f.places.data;
	ret->place_count = f.places.n;
}
