/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The message in the attachment of a report. Looked for in the bytes as they are, not in the parsed tree:
 * what comes out is what went in, byte for byte.
 */
#include "core/reader.h"
#include "markup/strip.h"
#include "mime/header.h"

#define DESCRIPTION STR("original message before SpamAssassin")

static struct str take_line(struct rd *r)
{
	struct str rest = rd_rest(r), line;
	size_t lf = str_chr(rest, '\n');

	rd_take(r, lf == STR_NPOS ? rest.n : lf + 1, &line);
	return line;
}

static bool is_quote(struct str s)
{
	return s.n && (s.p[0] == '"' || s.p[0] == '\'');
}

/* multipart/mixed; boundary=B, in this order and nothing before it. None: it is not that. */
static struct str boundary_of(const struct mime_message *m)
{
	struct str v = mime_headers_value(&m->root->headers, STR("Content-Type"));
	const char blanks[] = " \t\r\n\v\f";
	struct rd r = rd_of(v);
	struct str rest;

	if (str_is_none(v))
		return STR_NONE;
	rd_while(&r, blanks);
	if (!rd_accept_str_nocase(&r, STR("multipart/mixed;")) || !rd_while(&r, blanks).n ||
	    !rd_accept_str_nocase(&r, STR("boundary")))
		return STR_NONE;
	rd_while(&r, blanks);
	if (!rd_accept(&r, '='))
		return STR_NONE;
	rd_while(&r, blanks);
	if (is_quote(rd_rest(&r)))
		rd_skip(&r, 1);
	rest = rd_rest(&r);
	for (size_t i = 1; i <= rest.n; i++) {
		struct str end = str_from(rest, i);

		if (is_quote(end))
			end = str_from(end, 1);
		if (!end.n || end.p[0] == ';')
			return str_sub(rest, 0, i);
	}
	return STR_NONE;
}

static bool is_blank(struct str line)
{
	return str_find_not(line, " \t\r\n\v\f") == STR_NPOS;
}

static bool begins_with_boundary(struct str line, struct str boundary)
{
	return str_starts(line, STR("--")) && str_starts(str_from(line, 2), boundary);
}

/* And nothing behind it. */
static bool is_boundary(struct str line, struct str boundary)
{
	return begins_with_boundary(line, boundary) && is_blank(str_from(line, boundary.n + 2)) &&
	       line.n <= boundary.n + 4;
}

/* "Name: value": true and the value, trimmed, when it is that field and has one. */
static bool field_value(struct str line, struct str name, struct str *ret)
{
	struct str v;

	if (!str_starts_nocase(line, name) || line.n <= name.n || line.p[name.n] != ':')
		return false;
	v = str_from(line, name.n + 1);
	if (!v.n || !ascii_is_space(v.p[0]) || is_blank(v))
		return false;
	*ret = str_trim(v, " \t\r\n\v\f");
	return true;
}

/* x-spam-type=original behind one of the two types, or what older releases wrote. */
static bool is_original(struct str type, struct str description)
{
	static const char *const types[] = { "message/rfc822;", "text/plain;" };

	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++) {
		struct str rest;

		if (!str_starts(type, str_of(types[i])))
			continue;
		rest = str_from(type, str_of(types[i]).n);
		if (rest.n && ascii_is_space(rest.p[0]) &&
		    str_starts(str_trim_left(rest, " \t\r\n\v\f"), STR("x-spam-type=original")))
			return true;
	}
	return str_eq(type, STR("message/rfc822")) && str_eq(description, DESCRIPTION);
}

/* From here to the next boundary, without an empty line in front of that. */
static struct str content_of(struct rd *r, struct str boundary)
{
	size_t from = r->at, before = r->at;

	while (!rd_is_end(r)) {
		size_t at = r->at;
		struct str line = take_line(r);

		if (begins_with_boundary(line, boundary)) {
			struct str last = str_sub(r->s, before, at);

			return str_sub(r->s, from, last.n && is_blank(last) ? before : at);
		}
		before = at;
	}
	return str_from(r->s, from);
}

struct str strip_enclosed(const struct mime_message *m)
{
	struct str boundary = boundary_of(m), type = STR(""), description = STR("");
	struct rd r = rd_of(m->pristine_body);
	bool in_header = false;

	while (!str_is_none(boundary) && !rd_is_end(&r)) {
		struct str line = take_line(&r);

		if (!in_header && !is_boundary(line, boundary))
			continue;
		if (!is_blank(line)) {
			in_header = true;
			if (!field_value(line, STR("Content-Type"), &type))
				field_value(line, STR("Content-Description"), &description);
			continue;
		}
		if (is_original(type, description))
			return content_of(&r, boundary);
		in_header = false;
		type = description = STR("");
	}
	return STR_NONE;
}
