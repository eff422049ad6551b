/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One multipart's body to its parts, line by line, as SpamAssassin cuts it: also where it loses a header
 * or takes a header for text. Parts are slices of the body; only over-long lines make a copy.
 */
#include "core/arena.h"
#include "core/budget.h"
#include "core/must.h"
#include "mime/content_type.h"
#include "mime/mime_private.h"

struct cutter {
	struct mime_parse *p;
	const struct mime_job *job;
	struct str body;
	size_t at; /* next line */
	struct mime_part *part;
	bool in_body, nested_same, has_long_line;
	size_t field; /* where the pending header field begins, STR_NPOS: none */
	size_t field_end;
	size_t text; /* where the part's text begins, STR_NPOS: no line yet */
	size_t made;
};

enum line_kind { LINE_TEXT = 0, LINE_NEXT, LINE_LAST };

/* "--" boundary ["--"] *space */
static enum line_kind kind_of(struct str line, struct str boundary)
{
	enum line_kind kind = LINE_NEXT;

	if (line.n < 2 + boundary.n || line.p[0] != '-' || line.p[1] != '-' ||
	    memcmp(line.p + 2, boundary.p, boundary.n) != 0)
		return LINE_TEXT;
	line = str_from(line, 2 + boundary.n);
	if (str_starts(line, STR("--"))) {
		line = str_from(line, 2);
		kind = LINE_LAST;
	}
	for (size_t i = 0; i < line.n; i++)
		if (!ascii_is_space(line.p[i]))
			return LINE_TEXT;
	return kind;
}

static int *boundary_state(struct mime_parse *p, struct str boundary)
{
	int *state = map_get(&p->boundaries, boundary);

	if (!state) {
		state = arena_zalloc(p->arena, sizeof(*state));
		map_put(&p->boundaries, boundary, state);
	}
	return state;
}

/* What follows a boundary line should be a header. */
static void check_next_line(struct cutter *c)
{
	size_t at = c->at;

	if (at < c->body.n && !mime_is_field_line(mime_take_line(c->body, &at), false))
		c->p->top->flags |= MIME_MISSING_PART_HEADERS;
}

/* Steps behind the opening boundary; without one everything stays, with the empty line in front. */
static void skip_preamble(struct cutter *c)
{
	struct mime_parse *p = c->p;
	char *copy;

	while (c->at < c->body.n && budget_steps(p->budget, 1)) {
		struct str line = mime_take_line(c->body, &c->at);
		if (kind_of(line, c->job->boundary) != LINE_NEXT)
			continue;
		*boundary_state(p, c->job->boundary) = 1;
		check_next_line(c);
		return;
	}
	c->at = 0;
	if (!c->job->lead_lf || !budget_bytes(p->budget, c->body.n + 1))
		return;
	copy = arena_alloc(p->arena, c->body.n + 1);
	copy[0] = '\n';
	memcpy(copy + 1, c->body.p, c->body.n);
	c->body = str_make(copy, c->body.n + 1);
}

static void begin_part(struct cutter *c)
{
	c->part = mime_part_new(c->p);
	c->in_body = c->has_long_line = false;
	c->field = c->text = STR_NPOS;
}

static struct str flush_field(struct cutter *c)
{
	struct str text = str_sub(c->body, c->field, c->field_end), name, value;
	size_t colon = str_chr(text, ':');

	name = str_sub(text, 0, colon);
	value = str_from(text, colon + 1);
	while (value.n && ascii_is_space(value.p[0]))
		value = str_from(value, 1);
	c->field = STR_NPOS;
	mime_headers_add(&c->part->headers, name, value, c->p->arena, c->p->budget);
	return name;
}

/*
 * The header is over. A multipart inside that uses its parent's boundary, declared in the last field,
 * makes one level of boundary lines text.
 */
static void end_header(struct cutter *c)
{
	struct content_type ct;
	struct str name;

	c->in_body = true;
	if (c->field == STR_NPOS)
		return;
	name = flush_field(c);
	if (!str_eq_nocase(name, STR("content-type")))
		return;
	content_type_parse(c->p->arena, mime_headers_value(&c->part->headers, name), &ct);
	if (!str_is_none(ct.boundary) && str_eq(ct.boundary, c->job->boundary))
		c->nested_same = true;
}

static bool is_empty_line(struct str line)
{
	return str_eq(line, STR("\n")) || str_eq(line, STR("\r\n")) || str_eq(line, STR("\r"));
}

static void add_text(struct cutter *c, struct str line)
{
	if (c->text == STR_NPOS)
		c->text = (size_t)(line.p - c->body.p);
	c->has_long_line |= line.n > MIME_MAX_LINE;
}

/* A line that neither ends the part nor is the last one. */
static void take_line(struct cutter *c, struct str line)
{
	if (!c->in_body) {
		if (mime_is_field_line(line, true)) {
			if (c->field != STR_NPOS)
				flush_field(c);
			c->field = (size_t)(line.p - c->body.p);
			c->field_end = c->at;
			return;
		}
		if ((line.p[0] == ' ' || line.p[0] == '\t') && c->field != STR_NPOS) {
			c->field_end = c->at;
			return;
		}
		end_header(c);
		if (is_empty_line(line))
			return;
		c->p->top->flags |= MIME_MISSING_PART_SEPARATOR;
	}
	add_text(c, line);
}

/* Lines longer than 2,048 bytes get a LF put in after every 2,048. */
static struct str break_lines(struct mime_parse *p, struct str s)
{
	size_t max = s.n + s.n / MIME_MAX_LINE + 1, n = 0, at = 0;
	char *out;

	if (!budget_bytes(p->budget, max))
		return STR("");
	out = arena_alloc(p->arena, max);
	while (at < s.n) {
		struct str line = mime_take_line(s, &at);
		while (line.n > MIME_MAX_LINE) {
			memcpy(out + n, line.p, MIME_MAX_LINE);
			n += MIME_MAX_LINE;
			out[n++] = '\n';
			line = str_from(line, MIME_MAX_LINE);
		}
		memcpy(out + n, line.p, line.n);
		n += line.n;
	}
	return str_make(out, n);
}

static struct str text_of(struct cutter *c, size_t end, bool drop_last_lf)
{
	struct str s;

	if (c->text == STR_NPOS)
		return STR("");
	s = str_sub(c->body, c->text, end);
	if (c->has_long_line)
		s = break_lines(c->p, s);
	if (drop_last_lf && s.n && s.p[s.n - 1] == '\n')
		s.n--;
	return s;
}

/* The part is complete: into the tree and the queue. */
static void finish_part(struct cutter *c, struct str text)
{
	struct content_type ct;
	struct mime_job *job;

	content_type_parse(c->p->arena, mime_headers_value(&c->part->headers, STR("content-type")),
			   &ct);
	c->part->type = ct.type;
	if (ct.missing && str_eq(c->job->part->type, STR("multipart/digest")))
		c->part->type = STR("message/rfc822");
	mime_part_add(c->job->part, c->part);
	job = vec_must_push(&c->p->queue);
	*job =
	    (struct mime_job){ c->part, mime_is_true(ct.boundary) ? ct.boundary : c->job->boundary,
			       text, false, c->job->depth_left - 1 };
}

/* After the closing boundary only white space and full stops are nothing. */
static void check_epilogue(struct cutter *c)
{
	for (size_t i = c->at; i < c->body.n; i++) {
		if (!ascii_is_space(c->body.p[i]) && c->body.p[i] != '.') {
			c->p->top->flags |= MIME_EPILOGUE;
			return;
		}
	}
}

void mime_read_multipart(struct mime_parse *p, const struct mime_job *job)
{
	/* The queue may move while parts are pushed. */
	struct mime_job own = *job;
	struct cutter c = { .p = p, .job = &own, .body = own.body };

	skip_preamble(&c);
	begin_part(&c);
	while (c.at < c.body.n && budget_steps(p->budget, 1)) {
		size_t from = c.at;
		struct str line = mime_take_line(c.body, &c.at);
		enum line_kind kind = kind_of(line, own.boundary);
		if (kind != LINE_TEXT && c.nested_same) {
			if (kind == LINE_LAST)
				c.nested_same = false;
			planted_fault(kind == LINE_LAST && c.made == 1);
			kind = LINE_TEXT;
		}
		if (kind == LINE_TEXT && c.at < c.body.n) {
			take_line(&c, line);
			continue;
		}
		if (!budget_part(p->budget))
			return;
		if (kind == LINE_TEXT)
			add_text(&c, line);
		finish_part(&c, text_of(&c, kind == LINE_TEXT ? c.at : from, kind != LINE_TEXT));
		if (kind == LINE_LAST) {
			--*boundary_state(p, own.boundary);
			break;
		}
		if (c.at < c.body.n)
			check_next_line(&c);
		if (++c.made == MIME_MAX_PARTS) {
			p->top->flags |= MIME_PART_LIMIT;
			return;
		}
		begin_part(&c);
	}
	check_epilogue(&c);
}
