/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The pass over all parts in tree order that MIMEEval's tests share. It reads each part's own
 * Content-Type (not the type it inherits) and the raw, still encoded lines of the leaves.
 */
#include "checks/mime_private.h"

#include "core/block.h"
#include "core/budget.h"
#include "mime/content_type.h"
#include "mime/message.h"
#include "msg/msg.h"

struct pass {
	struct eval_call *call;
	struct mime_counts *n;
	double qp_bytes, qp_escapes, normal_chars, unicode_chars;
	/* Bytes of the last text/plain and text/html leaf that is no attachment. */
	bool has_text, has_html;
	double text_bytes, html_bytes;
};

struct part_view {
	struct content_type type;
	struct str encoding, disposition, charset;
	bool is_attachment, is_text;
};

static bool has(struct str s, struct str what)
{
	return str_find(s, what) != STR_NPOS;
}

static struct part_view view_part(const struct pass *p, struct mime_part *part)
{
	struct arena *a = p->call->arena;
	struct part_view v = { .encoding = str_lower(a, mime_part_encoding(part)) };
	struct str disposition = mime_headers_value(&part->headers, STR("content-disposition"));

	content_type_parse(a, mime_headers_value(&part->headers, STR("content-type")), &v.type);
	v.disposition = str_lower(a, disposition);
	v.charset = str_lower(a, v.type.charset);
	v.is_attachment = has(v.disposition, STR("attachment"));
	v.is_text = str_starts(v.type.type, STR("text"));
	return v;
}

/* The word "us" anywhere in it is enough, as in SpamAssassin. */
static bool is_ascii_charset(struct str charset)
{
	static const char *const names[] = {
		"us",    "ansi_x3.4-1968", "iso-ir-6", "ansi_x3.4-1986", "iso_646.irv:1991",
		"ascii", "ibm367",         "cp367"
	};

	if (!charset.n || str_eq(charset, STR("0")))
		return true;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (has(charset, str_of(names[i])))
			return true;
	}
	return false;
}

static bool has_letter(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (ascii_is_alpha(s.p[i]))
			return true;
	}
	return false;
}

/* Nothing but iso-8859-N, which is in use. */
static bool is_latin(struct str charset)
{
	struct str n = str_from(charset, 9);

	return str_starts(charset, STR("iso-8859-")) && (n.n == 1 || n.n == 2) &&
	       ascii_is_digit(n.p[0]) && ascii_is_digit(n.p[n.n - 1]);
}

static void count_charset(struct pass *p, struct str charset)
{
	const struct mime_conf *conf = p->call->conf;
	struct budget *b = p->call->budget;
	struct str rest = charset;

	if (has(charset, STR("iso-")) && !is_latin(charset) &&
	    regex_matches(conf->odd_charset, charset, b) &&
	    !regex_matches(conf->good_charset, charset, b))
		p->n->bad_iso_charset = true;
	if (!has_letter(charset))
		return;
	for (struct str w = next_word(&rest); w.n; w = next_word(&rest))
		p->n->has_caps_charset = p->n->has_caps_charset || locale_is_caps_charset(w);
	if (!conf->locale.all && !locale_charset_ok(&conf->locale, charset))
		p->n->faraway_charset = true;
}

static void count_headers(struct pass *p, const struct part_view *v)
{
	bool is_base64 = has(v->encoding, STR("base64"));

	if (str_eq(v->type.type, STR("multipart/alternative")))
		p->n->multipart_alternative = true;
	if (str_eq(v->type.type, STR("text/html")))
		p->n->body_html_count++;
	else if (v->is_text)
		p->n->body_text_count++;
	if (is_base64)
		p->n->base64_count++;
	else if (has(v->encoding, STR("quoted-printable")))
		p->n->qp_count++;
	if (v->is_attachment)
		p->n->attachment++;
	if (v->is_text && is_base64 && is_ascii_charset(v->charset) &&
	    !str_starts(v->disposition, STR("attachment")) &&
	    !str_starts(v->disposition, STR("inline")))
		p->n->base64_encoded_text = true;
	count_charset(p, v->charset);
}

static bool is_upper_hex(char c)
{
	return ascii_is_digit(c) || (c >= 'A' && c <= 'F');
}

/* An escape of a byte that needs none. */
static bool is_needless(char high, char low)
{
	switch (high) {
	case '0': return low == '9';
	case '3': return is_upper_hex(low) && low != 'D';
	case '2':
	case '4':
	case '5':
	case '6': return is_upper_hex(low);
	case '7': return is_upper_hex(low) && low != 'F';
	default: return false;
	}
}

/* Blanks at a line's end may be escaped; their run counts back. */
static double trailing_blanks(struct str line)
{
	struct str s = str_trim_right(line, " \t\r\n\f\v");
	double n = 0;

	while (str_ends(s, STR("=09")) || str_ends(s, STR("=20"))) {
		s = str_sub(s, 0, s.n - 3);
		n++;
	}
	return n;
}

static void count_qp_line(struct pass *p, struct str line)
{
	enum { LONG_LINE = 79 };
	double escapes = 0;

	if (str_starts(line, STR("SPAM: ")))
		return;
	if (line.n > LONG_LINE)
		p->n->qp_long_line = true;
	p->qp_bytes += (double)line.n;
	for (size_t i = 0; i < line.n;) {
		size_t at = str_chr(str_from(line, i), '=');

		if (at == STR_NPOS || i + at + 2 >= line.n)
			break;
		i += at;
		if (is_needless(line.p[i + 1], line.p[i + 2])) {
			escapes++;
			i += 2;
		}
		i++;
	}
	if (escapes > 0)
		p->qp_escapes += escapes - trailing_blanks(line);
}

static block is_unlawful(block b)
{
	return block_high(b) | block_is(b, '\0') | block_is(b, '\r');
}

/* NUL, CR, or beyond ASCII: 64 bytes at once. */
static bool is_illegal_ascii(struct str text)
{
	enum { MANY = 4 * BLOCK_BYTES };
	size_t i = 0;
	block bad = { 0 };

	for (; i + MANY <= text.n && !block_bits(bad); i += MANY) {
		const char *p = text.p + i;

		bad = is_unlawful(block_at(p)) | is_unlawful(block_at(p + 16)) |
		      is_unlawful(block_at(p + 32)) | is_unlawful(block_at(p + 48));
	}
	if (block_bits(bad))
		return true;
	for (; i < text.n; i += BLOCK_BYTES) {
		if (block_bits(is_unlawful(block_of(text, i))) & block_valid(text, i))
			return true;
	}
	return false;
}

/* &#xHHHH; with capital digits */
static void count_entities(struct pass *p, struct str text)
{
	enum { ENTITY = 8 };
	size_t found = 0;

	for (size_t i = 0; i + ENTITY <= text.n; i++) {
		const char *c = memchr(text.p + i, '&', text.n - i - (ENTITY - 1));

		if (!c)
			break;
		i = (size_t)(c - text.p);
		if (c[1] == '#' && c[2] == 'x' && is_upper_hex(c[3]) && is_upper_hex(c[4]) &&
		    is_upper_hex(c[5]) && is_upper_hex(c[6]) && c[7] == ';') {
			found++;
			i += ENTITY - 1;
		}
	}
	p->unicode_chars += (double)found;
	p->normal_chars += (double)(text.n - found * ENTITY);
}

static void count_qp(struct pass *p, struct str raw)
{
	size_t from = 0;

	while (from < raw.n && budget_steps(p->call->budget, 1)) {
		size_t end = str_chr(str_from(raw, from), '\n');
		struct str line = str_sub(raw, from, end == STR_NPOS ? raw.n : from + end + 1);

		from += line.n;
		count_qp_line(p, line);
	}
}

static void count_leaf(struct pass *p, const struct part_view *v, struct str raw)
{
	bool is_plain = str_eq(v->type.type, STR("text/plain"));

	if (str_eq(v->encoding, STR("quoted-printable")))
		count_qp(p, raw);
	if (!is_plain || !budget_steps(p->call->budget, 1 + raw.n / 64))
		return;
	if (str_is_none(v->type.charset) || str_eq(v->charset, STR("us-ascii")))
		p->n->ascii_text_illegal = p->n->ascii_text_illegal || is_illegal_ascii(raw);
	if (!v->encoding.n || str_eq(v->encoding, STR("0")) || str_eq(v->encoding, STR("7bit")) ||
	    str_eq(v->encoding, STR("8bit")))
		count_entities(p, raw);
}

/* Lengths for multipart_ratio: 0 for leaves that came before any multipart/alternative. */
static void count_bytes(struct pass *p, const struct part_view *v, struct str raw)
{
	double bytes = p->n->multipart_alternative ? (double)raw.n : 0;

	if (v->is_attachment)
		return;
	if (str_eq(v->type.type, STR("text/plain"))) {
		p->has_text = true;
		p->text_bytes = bytes;
	} else if (str_eq(v->type.type, STR("text/html"))) {
		p->has_html = true;
		p->html_bytes = bytes;
	}
}

static void finish(struct pass *p)
{
	struct mime_counts *n = p->n;

	if (p->qp_bytes > 0) {
		n->qp_ratio = p->qp_escapes / p->qp_bytes;
		/* The number of parts gives way to the number of needless escapes. */
		n->qp_count = p->qp_escapes;
	}
	if (p->normal_chars > 0)
		n->text_unicode_ratio = p->unicode_chars / p->normal_chars;
	if (n->multipart_alternative && p->has_text && p->has_html && p->html_bytes > 0)
		n->multipart_ratio = p->text_bytes / p->html_bytes;
	n->missing_boundary = (p->call->msg->mime->flags & MIME_OPEN_BOUNDARY) != 0;
}

const struct mime_counts *mime_counts(struct eval_call *call)
{
	struct mime_state *state = call_state(call, sizeof(*state));
	const struct mime_message *mime = call->msg->mime;
	struct pass p = { .call = call, .n = &state->counts };

	if (state->have_counts)
		return p.n;
	state->have_counts = true;
	p.n->multipart_ratio = 1;
	for (size_t i = 0; i < mime->part_count && budget_steps(call->budget, 1); i++) {
		struct mime_part *part = mime->parts[i];
		struct part_view v = view_part(&p, part);

		count_headers(&p, &v);
		if (!part->is_leaf)
			continue;
		count_leaf(&p, &v, part->raw);
		count_bytes(&p, &v, part->raw);
	}
	finish(&p);
	return p.n;
}
