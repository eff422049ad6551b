/* SPDX-License-Identifier: BSD-2-Clause */
/* Strict header fields by byte range: see field.h. */
#include "mime/field.h"

#include "core/arena.h"

static size_t line_end(struct str s, size_t at)
{
	const char *lf = memchr(s.p + at, '\n', s.n - at);
	return lf ? (size_t)(lf - s.p) + 1 : s.n;
}

void field_init(struct field_reader *r, struct str raw)
{
	*r = (struct field_reader){ .raw = raw };
	if (str_starts(raw, STR("From ")))
		r->at = line_end(raw, 0);
	if (r->at < raw.n)
		r->crlf = str_ends(str_sub(raw, r->at, line_end(raw, r->at)), STR("\r\n"));
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* name *WSP ":" ; false if the line is no field. */
static bool read_name(struct str line, size_t *ret_len, size_t *ret_value)
{
	size_t n = 0, colon;

	while (n < line.n && line.p[n] > 0x20 && line.p[n] < 0x7f && line.p[n] != ':')
		n++;
	for (colon = n; colon < line.n && is_blank(line.p[colon]);)
		colon++;
	if (!n || colon == line.n || line.p[colon] != ':')
		return false;
	*ret_len = n;
	*ret_value = colon + 1;
	return true;
}

bool field_next(struct field_reader *r, struct field *ret)
{
	size_t end = r->at < r->raw.n ? line_end(r->raw, r->at) : r->at;
	struct str line = str_sub(r->raw, r->at, end);
	size_t name, value;

	r->header_end = r->at;
	if (str_eq(line, STR("\n")) || str_eq(line, STR("\r\n"))) {
		r->header_end = end;
		r->has_end = true;
		return false;
	}
	if (!read_name(line, &name, &value))
		return false;
	while (end < r->raw.n && is_blank(r->raw.p[end]))
		end = line_end(r->raw, end);
	*ret = (struct field){ r->at, name, r->at + value, end };
	r->at = end;
	return true;
}
