/* SPDX-License-Identifier: BSD-2-Clause */
/* The queue of parts, leaves, nested messages and what is made of the finished tree: see message.h. */
#include "mime/message.h"

#include "core/arena.h"
#include "core/budget.h"
#include "mime/content_type.h"
#include "mime/decode.h"
#include "mime/mime_private.h"

struct mime_part *mime_part_new(struct mime_parse *p)
{
	struct mime_part *part = arena_zalloc(p->arena, sizeof(*part));

	mime_headers_init(&part->headers, p->arena);
	part->arena = p->arena;
	part->budget = p->budget;
	return part;
}

void mime_part_add(struct mime_part *parent, struct mime_part *child)
{
	child->parent = parent;
	if (parent->last_child)
		parent->last_child->next = child;
	else
		parent->first_child = child;
	parent->last_child = child;
	parent->child_count++;
}

/*
 * The file name of a Content-Disposition: name= anywhere, blanks, a quote, then all up to a quote or
 * semicolon. Where nothing is left but blanks before, the last of them is the name.
 */
static struct str disposition_name(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		size_t at = str_find_nocase(str_from(s, i), STR("name=")), from, text, end, quote;
		if (at == STR_NPOS)
			break;
		i += at;
		from = text = i + 5;
		while (text < s.n && ascii_is_space(s.p[text]))
			text++;
		quote = text < s.n && s.p[text] == '"';
		end = str_find_any(str_from(s, text + quote), "\";");
		end = end == STR_NPOS ? s.n : text + quote + end;
		if (end > text + quote)
			return str_sub(s, text + quote, end);
		if (text > from)
			return str_sub(s, text - 1, text);
	}
	return STR_NONE;
}

static struct str with_lead_lf(struct mime_parse *p, const struct mime_job *job)
{
	if (!job->lead_lf || !budget_bytes(p->budget, job->body.n + 1))
		return job->body;
	return str_concat(p->arena, STR("\n"), job->body);
}

static void read_leaf(struct mime_parse *p, const struct mime_job *job)
{
	struct mime_part *part = job->part;
	struct content_type ct;

	content_type_parse(p->arena, mime_headers_value(&part->headers, STR("content-type")), &ct);
	if (!ct.missing) {
		bool lost = str_starts(ct.type, STR("multipart/")) && str_is_none(job->boundary);
		part->type = lost ? STR("text/plain") : ct.type;
	}
	part->charset = ct.charset;
	part->name =
	    disposition_name(mime_headers_value(&part->headers, STR("content-disposition")));
	if (str_is_none(part->name) && mime_is_true(ct.name))
		part->name = ct.name;
	part->boundary = job->boundary;
	part->is_leaf = true;
	part->raw = with_lead_lf(p, job);
}

static bool is_message_type(struct str type)
{
	return str_eq(type, STR("message/rfc822")) || str_eq(type, STR("message/global"));
}

/* A leaf that is a message becomes its parent. */
static void read_nested_message(struct mime_parse *p, struct mime_part *part, int depth_left)
{
	struct str content = mime_part_decoded(part);
	struct mime_message *m;

	if (!content.n || !budget_part(p->budget))
		return;
	m = mime_read_head(p, content, depth_left - 1);
	part->is_leaf = false;
	part->raw = part->decoded_memo = STR_NONE;
	mime_part_add(part, m->root);
}

static void read_queue(struct mime_parse *p)
{
	for (size_t i = 0; i < p->queue.n; i++) {
		struct mime_job job = *VEC_AT(&p->queue, struct mime_job, i);
		if (str_starts(job.part->type, STR("multipart/")) && !str_is_none(job.boundary) &&
		    job.depth_left > 0) {
			job.part->boundary = job.boundary;
			mime_read_multipart(p, &job);
			continue;
		}
		read_leaf(p, &job);
		if (is_message_type(job.part->type) && job.depth_left > 0)
			read_nested_message(p, job.part, job.depth_left);
	}
}

struct mime_part *mime_part_next(const struct mime_part *top, const struct mime_part *p)
{
	if (p->first_child)
		return p->first_child;
	while (p != top && !p->next)
		p = p->parent;
	return p == top ? NULL : p->next;
}

static void list_parts(struct mime_parse *p)
{
	struct mime_message *m = p->top;

	for (struct mime_part *it = m->root; it; it = mime_part_next(m->root, it))
		m->part_count++;
	m->parts = arena_calloc(p->arena, m->part_count, sizeof(*m->parts));
	m->part_count = 0;
	for (struct mime_part *it = m->root; it; it = mime_part_next(m->root, it)) {
		it->index = m->part_count;
		m->parts[m->part_count++] = it;
	}
}

/*
 * Which fields fit: they are counted name by name, in order of first appearance, and from the first that
 * does not fit on all are left out. Returns how many fit.
 */
static size_t mark_listed(struct mime_message *m, bool *listed)
{
	const struct mime_headers *h = &m->root->headers;
	size_t total = 0, n = 0;

	for (const struct mime_header_group *g = h->groups; g; g = g->next) {
		for (const struct mime_header *f = g->first; f; f = f->next_same) {
			total += f->lname.n + f->value.n + 1 + 2;
			if (total > MIME_MAX_HEADERS) {
				m->flags |= MIME_TRUNCATED_HEADER;
				return n;
			}
			listed[f->order] = true;
			n++;
		}
	}
	return n;
}

/* "name: value" and LF is what the message has. */
static bool is_plain_line(const struct mime_header *f)
{
	const char *end = f->name.p + f->name.n;

	return f->lf_follows && f->value.p == end + 2 && end[0] == ':' && end[1] == ' ';
}

static void list_headers(struct mime_message *m, struct arena *a, struct budget *b)
{
	const struct mime_headers *h = &m->root->headers;
	size_t n = mime_headers_count(h), fit;
	bool *listed = arena_calloc(a, n, sizeof(*listed));

	fit = mark_listed(m, listed);
	m->all_headers = arena_calloc(a, fit, sizeof(*m->all_headers));
	m->all_header_count = 0;
	for (size_t i = 0; i < n; i++) {
		const struct mime_header *f = mime_headers_at(h, i);
		size_t len = f->name.n + f->value.n + 3;
		char *s;
		if (!listed[i] || !budget_bytes(b, len))
			continue;
		if (is_plain_line(f)) {
			m->all_headers[m->all_header_count++] = str_make(f->name.p, len);
			continue;
		}
		s = arena_alloc(a, len);
		memcpy(s, f->name.p, f->name.n);
		memcpy(s + f->name.n, ": ", 2);
		memcpy(s + f->name.n + 2, f->value.p, f->value.n);
		s[len - 1] = '\n';
		m->all_headers[m->all_header_count++] = str_make(s, len);
	}
}

struct mime_message *mime_message_parse(struct arena *a, struct str raw, struct budget *b)
{
	struct mime_parse p = { .arena = a, .budget = b };
	struct mime_message top = { 0 };

	vec_init(&p.queue, a, sizeof(struct mime_job), 0);
	map_init(&p.boundaries, a, false);
	p.top = &top;
	p.top = mime_read_head(&p, raw, MIME_MAX_DEPTH);
	read_queue(&p);
	MAP_EACH (&p.boundaries, it)
		if (*(int *)it->value)
			p.top->flags |= MIME_OPEN_BOUNDARY;
	list_parts(&p);
	list_headers(p.top, a, b);
	return p.top;
}

void mime_message_drop_fields(struct mime_message *m, struct str prefix)
{
	if (mime_headers_drop(&m->root->headers, prefix))
		list_headers(m, m->root->arena, m->root->budget);
}

struct str mime_part_encoding(const struct mime_part *p)
{
	struct str s = mime_headers_value(&p->headers, STR("content-transfer-encoding"));
	return str_is_none(s) ? STR("") : s;
}

struct str mime_part_decoded(struct mime_part *p)
{
	struct str encoding = mime_part_encoding(p), out = p->raw;

	if (!p->is_leaf)
		return STR_NONE;
	if (!str_is_none(p->decoded_memo))
		return p->decoded_memo;
	if (str_eq_nocase(encoding, STR("quoted-printable"))) {
		out = decode_crlf(p->arena, decode_qp(p->arena, out, p->budget), p->budget);
	} else if (str_eq_nocase(encoding, STR("base64"))) {
		out = decode_mime_base64(p->arena, out, p->budget);
		if (str_starts(p->type, STR("text/")) || str_starts(p->type, STR("message/")))
			out = decode_crlf(p->arena, out, p->budget);
	}
	p->decoded_memo = out;
	return out;
}

struct str mime_part_effective_type(const struct mime_part *p)
{
	struct str name = p->name;

	if (str_ends(name, STR("\n")))
		name.n--;
	if (str_ends_nocase(name, STR(".html")) || str_ends_nocase(name, STR(".htm")) ||
	    str_ends_nocase(name, STR(".shtml")) || str_ends_nocase(name, STR(".shtm")))
		return STR("text/html");
	return p->type;
}
