/* SPDX-License-Identifier: BSD-2-Clause */
/* From a match to a place that a person can look up: value, part, line of the file; and an excerpt. */
#include "core/arena.h"
#include "core/must.h"
#include "core/strbuf.h"
#include "explain/explain_private.h"
#include "mime/message.h"
#include "msg/msg.h"
#include "text/uri.h"

/* --- lines of the file --- */

static size_t count_lines(struct str s)
{
	size_t n = 0;

	for (const char *p = s.p; s.n && (p = memchr(p, '\n', (size_t)(s.p + s.n - p))); p++)
		n++;
	return n;
}

void explain_count_lines(struct explain *x)
{
	size_t blocks = x->in.raw.n / EXPLAIN_BLOCK + 1, n = 0;
	size_t *before = arena_calloc(x->a, blocks + 1, sizeof(*before));

	for (size_t i = 0; i < blocks; i++) {
		before[i] = n;
		n += count_lines(str_sub(x->in.raw, i * EXPLAIN_BLOCK, (i + 1) * EXPLAIN_BLOCK));
	}
	x->lines_before = before;
}

static bool file_offset(const struct explain *x, const char *p, size_t *ret)
{
	uintptr_t at = (uintptr_t)p, from = (uintptr_t)x->in.raw.p;

	if (!p || at < from || at >= from + x->in.raw.n)
		return false;
	*ret = at - from;
	return true;
}

size_t explain_line_at(const struct explain *x, const char *p)
{
	size_t at, block;

	if (!file_offset(x, p, &at))
		return 0;
	block = at / EXPLAIN_BLOCK;
	return x->lines_before[block] + count_lines(str_sub(x->in.raw, block * EXPLAIN_BLOCK, at)) +
	       1;
}

/* --- fields of the header --- */

/* A field's number among those of its name, from 0. */
static size_t instance_of(const struct mime_headers *h, const struct mime_header *field)
{
	size_t n = 0;

	for (const struct mime_header *it = mime_headers_first(h, field->name); it && it != field;
	     it = it->next_same)
		n++;
	return n;
}

static size_t count_of(const struct mime_headers *h, struct str name)
{
	const struct mime_header_group *g = mime_headers_group(h, name);

	return g ? g->count : 0;
}

/*
 * Where field number `instance` of that name begins among the header lines as they stand in the file; NULL:
 * there are not as many of them as were read.
 */
static const char *find_field(struct str lines, struct str name, size_t instance, size_t count)
{
	const char *found = NULL;
	size_t n = 0;

	while (lines.n) {
		size_t lf = str_chr(lines, '\n');
		struct str line = str_sub(lines, 0, lf == STR_NPOS ? lines.n : lf + 1);
		size_t colon = str_chr(line, ':');

		if (colon != STR_NPOS && str_eq_nocase(str_sub(line, 0, colon), name)) {
			if (n == instance)
				found = line.p;
			n++;
		}
		lines = str_from(lines, line.n);
	}
	planted_fault(found && n == 4);
	return n == count ? found : NULL;
}

static size_t line_of_field(const struct explain *x, const struct mime_header *field, bool is_root)
{
	const struct mime_message *m = x->hits->msg->mime;
	const struct mime_headers *h = &m->root->headers;
	size_t line = explain_line_at(x, field->raw.p);

	if (line || !is_root)
		return line;
	return explain_line_at(x, find_field(m->pristine_headers, field->name,
					     instance_of(h, field), count_of(h, field->name)));
}

/* Field number n of that name, from 0. */
static const struct mime_header *field_at(const struct mime_headers *h, struct str name, size_t n)
{
	const struct mime_header *it = mime_headers_first(h, name);

	for (; it && n; n--)
		it = it->next_same;
	return it;
}

/* Which value of the joined ones the byte stands in. */
static void find_instance(struct explain_place *p, const struct str *value, size_t n)
{
	bool lines = n && str_ends(value[0], STR("\n"));
	size_t at = 0;

	for (size_t i = 0; i < n; i++) {
		size_t next = at + value[i].n + !lines;

		if (p->from < next || i + 1 == n) {
			p->instance = i + 1;
			p->instances = n;
			p->instance_from = p->from - at;
			return;
		}
		at = next;
	}
}

/* The field that value number n of a request came from, where that can be told. */
static const struct mime_header *field_of_value(const struct msg *m, struct str spec,
						const struct explain_place *p)
{
	const struct mime_headers *h = &m->mime->root->headers;
	struct str name, mods = spec;
	size_t n = p->instance - 1, count;

	str_cut(&mods, ':', &name);
	if (str_eq(name, STR("ALL"))) {
		const struct mime_header *f =
		    n < mime_headers_count(h) ? mime_headers_at(h, n) : NULL;

		/* the list is cut off where it is long, and fields may have been taken off */
		return f && n < m->mime->all_header_count &&
			       str_starts(m->mime->all_headers[n], f->name)
			   ? f
			   : NULL;
	}
	count = count_of(h, name);
	if (str_eq_nocase(name, STR("ToCc")) || str_eq(name, STR("MESSAGEID")) ||
	    str_eq_nocase(name, STR("EnvelopeFrom")))
		return NULL;
	if (p->instances == 1 && count > 1 && str_find(spec, STR(":last")) != STR_NPOS)
		n = count - 1;
	else if (p->instances != count && str_find(spec, STR(":first")) == STR_NPOS)
		return NULL; /* several addresses of one field, or none */
	return field_at(h, name, n);
}

static void place_header(struct explain *x, struct str spec, const struct match_place *m,
			 struct explain_place *ret)
{
	const struct msg *msg = x->hits->msg;
	const struct mime_header *field;
	const struct str *values;
	size_t n;

	if (m->absent)
		return;
	n = msg_get_all(msg, spec, &values);
	find_instance(ret, values, n);
	field = ret->instance ? field_of_value(msg, spec, ret) : NULL;
	if (field)
		ret->line = line_of_field(x, field, true);
}

/* --- parts --- */

static void place_rawbody(struct explain *x, const struct match_place *m, struct explain_place *ret)
{
	const struct mime_message *mime = x->hits->msg->mime;
	uintptr_t at = (uintptr_t)m->subject.p;

	for (size_t i = 0; i < mime->part_count && budget_steps(&x->budget, 1); i++) {
		struct mime_part *p = mime->parts[i];
		struct str all = p->is_leaf ? mime_part_decoded(p) : STR_NONE;

		if (!all.n || at < (uintptr_t)all.p || at >= (uintptr_t)all.p + all.n)
			continue;
		ret->part = i + 1;
		ret->part_type = p->type;
		ret->part_from = at - (uintptr_t)all.p + m->from;
		return;
	}
}

static void place_mimeheader(struct explain *x, const struct match_place *m,
			     struct explain_place *ret)
{
	const struct mime_message *mime = x->hits->msg->mime;

	if (m->joined)
		return;
	ret->part = m->number + 1;
	ret->part_type = mime->parts[m->number]->type;
	if (m->field)
		ret->line = line_of_field(x, m->field, mime->parts[m->number] == mime->root);
}

static struct str types_of(struct arena *a, const struct uri *u)
{
	struct strbuf b;
	struct str ret;

	strbuf_init(&b, 0);
	for (unsigned bit = 0; bit < URI_TYPE_COUNT; bit++) {
		if (u->types & 1u << bit)
			strbuf_printf(&b, "%s%s", b.n ? " " : "", uri_type_name(bit));
	}
	ret = str_dup(a, strbuf_str(&b));
	strbuf_done(&b);
	return ret;
}

/* --- excerpts --- */

static bool is_middle(struct str s, size_t at)
{
	return at < s.n && ((uint8_t)s.p[at] & 0xc0) == 0x80;
}

/* Not into the middle of a UTF-8 character, where it is one. */
static size_t whole_back(struct str s, size_t at, size_t least)
{
	for (unsigned i = 0; i < 3 && at > least && is_middle(s, at); i++)
		at--;
	return at;
}

struct explain_excerpt explain_excerpt(struct str s, size_t from, size_t to)
{
	size_t first = from > EXPLAIN_CONTEXT ? whole_back(s, from - EXPLAIN_CONTEXT, 0) : 0;
	size_t end = to - from > EXPLAIN_MATCH ? whole_back(s, from + EXPLAIN_MATCH, from) : to;
	size_t last = s.n - to > EXPLAIN_CONTEXT ? whole_back(s, to + EXPLAIN_CONTEXT, to) : s.n;

	return (struct explain_excerpt){
		.before = str_sub(s, first, from),
		.match = str_sub(s, from, end),
		.after = str_sub(s, to, last),
		.cut_before = first > 0,
		.cut_match = end < to,
		.cut_after = last < s.n,
	};
}

static void place_uri(struct explain *x, const struct uri *u, struct explain_place *ret)
{
	if (!u)
		return;
	ret->uri = str_sub(u->raw.s, 0, whole_back(u->raw.s, EXPLAIN_MATCH, 0));
	ret->uri_types = types_of(x->a, u);
}

void explain_place(struct explain *x, const struct rule_detail *detail,
		   const struct match_finds *finds, const struct match_place *m,
		   struct explain_place *ret)
{
	*ret = (struct explain_place){
		.view = finds->view,
		.excerpt = explain_excerpt(m->subject, m->from, m->to),
		.from = m->from,
		.to = m->to,
		.uri = STR_NONE,
		.key = m->key,
		.differs = m->differs,
		.absent = m->absent,
	};
	if (finds->view == FIND_BODY || finds->view == FIND_RAWBODY || finds->view == FIND_URI ||
	    finds->view == FIND_URI_DETAIL) {
		ret->number = m->number + 1;
		ret->of = finds->subject_count;
	}
	if (finds->view == FIND_HEADER)
		place_header(x, detail->header, m, ret);
	if (finds->view == FIND_RAWBODY)
		place_rawbody(x, m, ret);
	if (finds->view == FIND_MIMEHEADER)
		place_mimeheader(x, m, ret);
	place_uri(x, m->uri, ret);
	if (m->from < m->subject.n && !m->absent)
		ret->has_offset = file_offset(x, m->subject.p + m->from, &ret->offset);
	if (ret->has_offset && !ret->line)
		ret->line = explain_line_at(x, m->subject.p + m->from);
}
