/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Header lines as they are in the message, not as they were read: a field begins wherever a line begins
 * with its name and a colon, and ends with the first line end that no blank follows. One without a line
 * end (the message breaks off) is none.
 */
#include "core/arena.h"
#include "core/strbuf.h"
#include "markup/markup_private.h"
#include "mime/header.h"

static size_t next_line(struct str s, size_t at)
{
	const char *lf = memchr(s.p + at, '\n', s.n - at);

	return lf ? (size_t)(lf - s.p) + 1 : s.n;
}

static size_t skip_blanks(struct str s, size_t at)
{
	while (at < s.n && (s.p[at] == ' ' || s.p[at] == '\t'))
		at++;
	return at;
}

/* Behind the last line end of what begins at `at`; STR_NPOS: there is none. */
static size_t field_end(struct str s, size_t at)
{
	while (at < s.n) {
		at = next_line(s, at);
		if (s.p[at - 1] != '\n')
			return STR_NPOS;
		if (at == s.n || (s.p[at] != ' ' && s.p[at] != '\t'))
			return at;
	}
	return STR_NPOS;
}

bool pristine_next(struct pristine *p, struct str name, struct str *ret)
{
	struct str s = p->headers;

	while (p->at < s.n) {
		size_t value, end;

		if (!str_starts_nocase(str_from(s, p->at), name)) {
			p->at = next_line(s, p->at);
			continue;
		}
		value = skip_blanks(s, p->at + name.n);
		if (value >= s.n || s.p[value] != ':') {
			p->at = next_line(s, p->at);
			continue;
		}
		value = skip_blanks(s, value + 1);
		end = field_end(s, value);
		p->at = end == STR_NPOS ? s.n : end;
		if (end == STR_NPOS)
			return false;
		*ret = str_sub(s, value, end);
		return true;
	}
	return false;
}

struct str pristine_one_line(struct str s, struct arena *a)
{
	char *p = arena_alloc(a, s.n);

	for (size_t i = 0; i < s.n; i++)
		p[i] = s.p[i] == '\n' || s.p[i] == '\r' ? ' ' : s.p[i];
	return str_make(p, s.n);
}

struct str pristine_last(const struct mime_message *m, struct str name, struct arena *a)
{
	struct pristine p = { .headers = m->pristine_headers };
	struct str s, last = STR_NONE;

	while (pristine_next(&p, name, &s))
		last = s;
	if (str_is_none(last)) {
		last = mime_headers_value(&m->root->headers, name);
		if (!str_is_none(last))
			last = str_concat(a, pristine_one_line(last, a), STR("\n"));
	}
	return last;
}

void markup_add_line_ends(struct strbuf *out, struct str text, bool crlf)
{
	size_t from = 0, to;

	if (!crlf) {
		strbuf_add(out, text);
		return;
	}
	while (from < text.n) {
		to = next_line(text, from);
		strbuf_add(out, str_sub(text, from, to));
		if (text.p[to - 1] == '\n' && (to - from < 2 || text.p[to - 2] != '\r')) {
			strbuf_truncate(out, out->n - 1);
			strbuf_add_c(out, "\r\n");
		}
		from = to;
	}
}
