/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The top of a message: mbox line, line-end mode, header fields, and the body made ready for the MIME
 * reader. Lenient as SpamAssassin is: the first three lines that are no field are taken for one, the
 * fourth begins the body.
 */
#include "core/arena.h"
#include "core/block.h"
#include "core/budget.h"
#include "core/num.h"
#include "mime/content_type.h"
#include "mime/decode.h"
#include "mime/mime_private.h"

/* Printable ASCII but the colon. */
static size_t name_length(struct str line)
{
	for (size_t i = 0; i < line.n; i += BLOCK_BYTES) {
		block b = block_of(line, i);
		unsigned at = block_bits(~block_in(b, 0x21, 0x7f - 0x21) | block_is(b, ':'));

		at &= block_valid(line, i);
		if (at)
			return i + block_first(at);
	}
	return line.n;
}

bool mime_is_field_line(struct str line, bool blanks)
{
	size_t i = name_length(line);

	if (!i)
		return false;
	while (blanks && i < line.n && (line.p[i] == ' ' || line.p[i] == '\t'))
		i++;
	return i < line.n && line.p[i] == ':';
}

struct str mime_take_line(struct str s, size_t *at)
{
	const char *lf = memchr(s.p + *at, '\n', s.n - *at);
	size_t end = lf ? (size_t)(lf - s.p) + 1 : s.n;
	struct str line = str_sub(s, *at, end);

	*at = end;
	return line;
}

/* "From" and white space, not the obsolete "From :" of a field. */
static bool is_mbox_line(struct str line)
{
	size_t n = 4;

	if (!str_starts(line, STR("From")))
		return false;
	while (n < line.n && ascii_is_space(line.p[n]))
		n++;
	return n > 5 || (n == 5 && (n == line.n || line.p[n] != ':'));
}

static bool follows(struct str s, const char *shape)
{
	size_t i = 0;

	for (; shape[i]; i++) {
		char c = i < s.n ? s.p[i] : '\0';
		bool ok = shape[i] == '9'   ? ascii_is_digit(c)
			  : shape[i] == 'a' ? ascii_is_alpha(c)
			  : shape[i] == '_' ? ascii_is_space(c)
			  : shape[i] == 'd' ? ascii_is_digit(c) || ascii_is_space(c)
					    : c == shape[i];
		if (!ok)
			return false;
	}
	return true;
}

/* DD-Mon-YYYY HH:MM:SS ... ,SIZE;<12 hex>-<8 word bytes> */
static bool is_mbx_line(struct str line)
{
	size_t n = line.n, comma, semicolon;

	if (!follows(line, "d9-aaa-9999_99:99:99"))
		return false;
	if (n && line.p[n - 1] == '\n')
		n--;
	if (n && line.p[n - 1] == '\r')
		n--;
	line = str_sub(line, 0, n);
	semicolon = str_rchr(line, ';');
	if (semicolon == STR_NPOS || n - semicolon != 22 || line.p[semicolon + 13] != '-')
		return false;
	for (size_t i = semicolon + 1; i < n; i++) {
		char c = line.p[i];
		bool hex = ascii_is_digit(c) || (c >= 'a' && c <= 'f');
		if (i < semicolon + 13 ? !hex
				       : i > semicolon + 13 && !ascii_is_alnum(c) && c != '_')
			return false;
	}
	comma = str_rchr(str_sub(line, 0, semicolon), ',');
	return comma != STR_NPOS && comma >= 20 && comma + 1 < semicolon &&
	       str_find_not(str_sub(line, comma + 1, semicolon), "0123456789") == STR_NPOS;
}

/* The address of the first From field anywhere, for the mbox line an MBX line stands for. */
static struct str find_from(struct str raw, size_t at)
{
	while (at < raw.n) {
		struct str line = mime_take_line(raw, &at), v;
		size_t open, close;
		if (!str_starts(line, STR("From:")))
			continue;
		v = str_from(line, 5);
		open = str_chr(v, '<');
		close = open == STR_NPOS ? STR_NPOS : str_chr(str_from(v, open), '>');
		if (close != STR_NPOS && close > 1)
			return str_sub(v, open + 1, open + close);
		v = str_trim_left(v, " \t\r\n\v\f");
		v = str_sub(v, 0, str_find_any(v, "<> "));
		if (v.n)
			return str_trim_right(v, "\r\n");
	}
	return STR("");
}

/* Day of the week of a Gregorian date, 0 Sunday (Sakamoto). */
static unsigned day_of_week(unsigned y, unsigned m, unsigned d)
{
	static const unsigned char t[12] = { 0, 3, 2, 5, 0, 3, 5, 1, 4, 6, 2, 4 };
	y -= m < 3;
	return (y + y / 4 - y / 100 + y / 400 + t[m - 1] + d) % 7;
}

static struct str mbx_to_mbox(struct arena *a, struct str line, struct str raw, size_t at)
{
	static const char days[] = "SunMonTueWedThuFriSat";
	static const char months[] = "janfebmaraprmayjunjulaugsepoctnovdec";
	struct str from = find_from(raw, at), month = str_lower(a, str_sub(line, 3, 6));
	size_t m = str_find(str_of(months), month);
	uint64_t day = 1, year = 1970;
	unsigned dow;

	num_parse_u64(str_trim_left(str_sub(line, 0, 2), " \t"), 10, 31, &day);
	num_parse_u64(str_sub(line, 7, 11), 10, 9999, &year);
	dow = day_of_week((unsigned)year, m == STR_NPOS ? 1 : (unsigned)(m / 3) + 1, (unsigned)day);
	return arena_printf(a, "From %.*s %.3s %.3s %.2s %.8s %.4s\n", STR_FMT(from),
			    days + dow * 3, line.p + 3, line.p, line.p + 12, line.p + 7);
}

static bool has_crlf(struct str line)
{
	return str_ends(line, STR("\r\n"));
}

/* The line-end mode is the first or the last line's. */
static bool is_crlf_message(struct str s)
{
	size_t at = 0, last;

	if (!s.n)
		return false;
	if (has_crlf(mime_take_line(s, &at)))
		return true;
	last = s.n - (s.p[s.n - 1] == '\n');
	last = str_rchr(str_sub(s, 0, last), '\n');
	return has_crlf(last == STR_NPOS ? s : str_from(s, last + 1));
}

/* In CRLF mode a bare LF of the header is written as CR LF. */
static struct str mend_line_ends(struct mime_parse *p, struct str s)
{
	size_t bare = 0, n = 0;
	char *out;

	for (size_t i = 0; i < s.n; i++)
		bare += s.p[i] == '\n' && (!i || s.p[i - 1] != '\r');
	if (!bare || !budget_bytes(p->budget, s.n + bare))
		return s;
	out = arena_alloc(p->arena, s.n + bare);
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '\n' && (!i || s.p[i - 1] != '\r'))
			out[n++] = '\r';
		out[n++] = s.p[i];
	}
	return str_make(out, n);
}

/* A field's text from its name's first byte to its last line end: stored if it has a colon. */
static void store_field(struct mime_parse *p, struct mime_message *m, struct str text)
{
	size_t colon = str_chr(text, ':');
	struct str name, value;

	if (colon == STR_NPOS)
		return;
	name = str_trim_right(str_sub(text, 0, colon), " \t");
	value = str_from(text, colon + 1);
	if (m->flags & MIME_CRLF) {
		name = mend_line_ends(p, name);
		value = decode_crlf(p->arena, value, p->budget);
	}
	if (name.n > MIME_MAX_NAME || value.n > MIME_MAX_VALUE)
		m->flags |= MIME_TRUNCATED_HEADER;
	mime_headers_add(&m->root->headers, str_sub(name, 0, MIME_MAX_NAME),
			 str_sub(value, 0, MIME_MAX_VALUE), p->arena, p->budget);
}

static bool is_separator(struct str line, bool crlf)
{
	return str_eq(line, STR("\n")) || (crlf && str_eq(line, STR("\r\n")));
}

enum { MAX_BAD_LINES = 3 };

/* Returns the first byte of the body. */
static size_t read_fields(struct mime_parse *p, struct mime_message *m, struct str s)
{
	bool crlf = m->flags & MIME_CRLF;
	size_t at = 0, field = STR_NPOS;
	unsigned bad = 0;

	m->flags |= MIME_MISSING_SEPARATOR;
	while (at < s.n && budget_steps(p->budget, 1)) {
		size_t from = at;
		struct str line = mime_take_line(s, &at);
		if (line.p[0] == ' ' || line.p[0] == '\t') {
			field = field == STR_NPOS ? from : field;
			continue;
		}
		if (field != STR_NPOS)
			store_field(p, m, str_sub(s, field, from));
		if (is_separator(line, crlf)) {
			m->flags &= ~(unsigned)MIME_MISSING_SEPARATOR;
			return at;
		}
		if (str_starts(line, STR("--")))
			return from;
		if (!mime_is_field_line(line, true) && ++bad > MAX_BAD_LINES)
			return from;
		field = from;
	}
	if (field != STR_NPOS)
		store_field(p, m, str_sub(s, field, at));
	return at;
}

static void set_pristine(struct mime_parse *p, struct mime_message *m, struct str s, size_t body)
{
	struct str head = str_sub(s, 0, body), first;
	size_t at = body;

	m->pristine_headers = head;
	m->pristine_body = str_from(s, body);
	m->pristine = s;
	if (!(m->flags & MIME_CRLF))
		return;
	m->pristine_headers = mend_line_ends(p, head);
	/* A line that was looked at as a header and given back to the body is mended too. */
	if (m->flags & MIME_MISSING_SEPARATOR && at < s.n) {
		first = mend_line_ends(p, mime_take_line(s, &at));
		if (first.n != at - body && budget_bytes(p->budget, s.n))
			m->pristine_body = str_concat(p->arena, first, str_from(s, at));
	}
	if (m->pristine_headers.n + m->pristine_body.n != s.n && budget_bytes(p->budget, s.n))
		m->pristine = str_concat(p->arena, m->pristine_headers, m->pristine_body);
}

static bool is_blank(struct str line)
{
	for (size_t i = 0; i < line.n; i++)
		if (!ascii_is_space(line.p[i]))
			return false;
	return true;
}

enum { KEEP_LAST = 19 };

/* How many blank lines begin at the start of a line. *ret_next: the next byte that is no white space. */
static size_t blank_lines(struct str s, size_t at, size_t *ret_next)
{
	size_t n = 0, last = at;

	for (; at < s.n && ascii_is_space(s.p[at]); at++) {
		if (s.p[at] != '\n')
			continue;
		last = at + 1;
		n++;
	}
	*ret_next = at;
	return n + (at == s.n && last < at); /* the last one may have no end */
}

static size_t skip_lines(struct str s, size_t at, size_t n)
{
	while (n--)
		mime_take_line(s, &at);
	return at;
}

/* From the start of a line, or a byte that is no white space, on: the next line that begins with some; s.n: none. */
static size_t next_white_line(struct str s, size_t at)
{
	if (at < s.n && ascii_is_space(s.p[at]))
		return at;
	for (; at < s.n; at += BLOCK_BYTES) {
		block white = block_space(block_of(s, at + 1));
		unsigned bits = block_bits(block_is(block_of(s, at), '\n') & white);

		if (bits)
			return at + block_first(bits) + 1;
	}
	return s.n;
}

/* As many lines as stay have no more bytes than LONG_WHITE. */
enum { LONG_WHITE = KEEP_LAST + 1, WHITE_STEP = 16 };

/* Whether a run of white space is longer than that: four bytes of it would stand at a place that WHITE_STEP divides. */
static bool has_long_white(struct str s)
{
	for (size_t i = 0; i + 4 <= s.n; i += WHITE_STEP) {
		size_t from = i, to = i;
		uint32_t four;

		memcpy(&four, s.p + i, sizeof(four));
		if (four & 0xd0d0d0d0u) /* no letter is white space */
			continue;
		while (from && i - from <= LONG_WHITE && ascii_is_space(s.p[from - 1]))
			from--;
		while (to < s.n && to - from <= LONG_WHITE && ascii_is_space(s.p[to]))
			to++;
		if (to - from > LONG_WHITE)
			return true;
	}
	return false;
}

/*
 * Of a run of more than 20 blank lines 20 stay (21 at the body's start): the first one (two) and the
 * last 19.
 */
static struct str squeeze_blank_lines(struct mime_parse *p, struct str s)
{
	char *out = NULL;
	size_t at = 0, n = 0, copied = 0;

	if (!has_long_white(s))
		return s;
	while (at < s.n && budget_steps(p->budget, 1)) {
		size_t lines, keep, next;

		at = next_white_line(s, at);
		keep = at ? 1 : 2;
		lines = blank_lines(s, at, &next);
		if (lines > keep + KEEP_LAST) {
			size_t cut = skip_lines(s, at, keep);
			if (!out && !budget_bytes(p->budget, s.n))
				return s;
			out = out ? out : arena_alloc(p->arena, s.n);
			memcpy(out + n, s.p + copied, cut - copied);
			n += cut - copied;
			copied = skip_lines(s, cut, lines - keep - KEEP_LAST);
		}
		at = next;
	}
	if (!out)
		return s;
	memcpy(out + n, s.p + copied, s.n - copied);
	return str_make(out, n + s.n - copied);
}

/*
 * Text glued to a multipart's header that is not its first boundary: an empty line is put between, so
 * that it is no part header.
 */
static bool wants_empty_line(struct str type, struct str boundary, struct str body)
{
	size_t at = 0;
	struct str line;

	if (!str_starts(type, STR("multipart/")) || !body.n)
		return false;
	line = mime_take_line(body, &at);
	if (at == body.n || is_blank(line))
		return false;
	return str_is_none(boundary) || !str_starts(line, STR("--")) ||
	       !str_starts(str_from(line, 2), boundary);
}

/* An mbox or MBX line at raw's start: where the message begins. */
static size_t take_mbox_line(struct mime_parse *p, struct mime_message *m, struct str raw)
{
	size_t at = 0;
	struct str line = mime_take_line(raw, &at);

	if (is_mbox_line(line))
		m->mbox_line = line;
	else if (is_mbx_line(line))
		m->mbox_line = mbx_to_mbox(p->arena, line, raw, at);
	else
		return 0;
	return at;
}

struct mime_message *mime_read_head(struct mime_parse *p, struct str raw, int depth_left)
{
	struct mime_message *m = arena_zalloc(p->arena, sizeof(*m));
	struct mime_job *job;
	struct content_type ct;
	struct str s, body;
	size_t body_at;

	if (!raw.n)
		raw = STR("\n");
	m->root = mime_part_new(p);
	m->root->message = m;
	s = str_from(raw, take_mbox_line(p, m, raw));
	if (is_crlf_message(s))
		m->flags |= MIME_CRLF;
	body_at = read_fields(p, m, s);
	set_pristine(p, m, s, body_at);
	body = m->pristine_body;
	if (m->flags & MIME_CRLF)
		body = decode_crlf(p->arena, body, p->budget);
	body = squeeze_blank_lines(p, body);
	content_type_parse(p->arena, mime_headers_value(&m->root->headers, STR("content-type")),
			   &ct);
	m->root->type = ct.type;
	job = vec_must_push(&p->queue);
	*job = (struct mime_job){ m->root, ct.boundary, body,
				  wants_empty_line(ct.type, ct.boundary, body), depth_left };
	return m;
}
