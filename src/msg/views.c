/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The arrays that body and rawbody rules are matched against. body: the Subject, then the text of all
 * parts, HTML rendered, white space squeezed, one element a paragraph. visible and invisible: the same
 * of what HTML shows and hides. rawbody: the parts' bytes, decoded but neither converted nor rendered.
 */
#include "msg/views.h"

#include "core/arena.h"
#include "core/block.h"
#include "core/budget.h"
#include "core/vec.h"
#include "mime/charset.h"
#include "mime/message.h"
#include "msg/msg.h"
#include "text/html.h"
#include "text/text_buf.h"

enum {
	LINE_MAX_BYTES = 2048,
	CUT_WINDOW =
	    1024, /* a part that is too long is cut at a boundary this near, if there is one */
};

/* One leaf's contribution to the three views. */
struct piece {
	struct text all, visible, invisible;
	bool has_text; /* text/plain or text/html */
};

enum view { VIEW_ALL, VIEW_VISIBLE, VIEW_INVISIBLE };

/* --- the parts' texts --- */

/* Without normalize_charset only UTF-8 is decoded, and only where it or nothing is declared. */
static struct charset_text decode_utf8_only(struct msg *m, struct str bytes, struct str charset)
{
	struct charset_text t = { bytes, false };

	if (str_eq_nocase(charset, STR("us-ascii")) || str_eq_nocase(charset, STR("utf-8")))
		t = charset_normalize(m->arena, bytes, STR("us-ascii"), true, false, m->budget);
	if (t.chars && !str_eq(t.text, bytes)) /* it was not UTF-8 */
		t = (struct charset_text){ bytes, false };
	return t;
}

static void read_part(struct msg *m, struct mime_part *p, struct piece *piece)
{
	struct str type = mime_part_effective_type(p), bytes, charset = p->charset;
	bool html = str_eq(type, STR("text/html"));
	struct charset_text t;
	struct html_result *r;

	*piece = (struct piece){ .has_text = html || str_eq(type, STR("text/plain")) };
	if (!piece->has_text)
		return;
	if (str_is_none(charset))
		charset = STR("us-ascii");
	bytes = mime_part_decoded(p);
	t = m->conf->normalize_charset
		? charset_normalize(m->arena, bytes, charset, true, false, m->budget)
		: decode_utf8_only(m, bytes, charset);
	piece->all = piece->visible = (struct text){ t.text, t.chars };
	piece->invisible = (struct text){ STR(""), false };
	if (!html)
		return;
	r = arena_alloc(m->arena, sizeof(*r));
	html_read(r, piece->all, bytes.n, m->arena, m->budget);
	m->html[m->html_count++] = r;
	piece->all = r->rendered;
	piece->visible = r->visible;
	piece->invisible = r->invisible;
}

static struct text piece_of(const struct piece *p, enum view view)
{
	return view == VIEW_ALL ? p->all : view == VIEW_VISIBLE ? p->visible : p->invisible;
}

/*
 * A part longer than `limit` characters (0: no limit) ends behind the first byte of `at` that stands at
 * the limit or up to CUT_WINDOW characters later; the bytes of `at` are tried in their order.
 */
static struct text cut(struct text t, size_t limit, const char *at)
{
	size_t from, end;

	if (!limit || t.s.n <= limit || text_length(t) <= limit)
		return t;
	from = text_offset_of(t, limit);
	end = from + text_offset_of((struct text){ str_from(t.s, from), t.chars }, CUT_WINDOW + 1);
	for (; *at; at++) {
		size_t hit = str_chr(str_sub(t.s, from, end), *at);

		if (hit != STR_NPOS)
			return (struct text){ str_sub(t.s, 0, from + hit + 1), t.chars };
	}
	return (struct text){ str_sub(t.s, 0, from), t.chars };
}

/* --- joining, squeezing, splitting --- */

/*
 * Bytes that squeeze() leaves as they are: all but white space and NUL, and but those that begin a character
 * that may be white space.
 */
static block is_kept(block b, bool chars)
{
	block kept = ~block_below(b, '!');

	if (!chars)
		return kept;
	return kept & ~(block_is(b, '\xc2') | block_in(b, 0xe1, 3));
}

/* Writes b, with white space as blanks, to out. Returns bits of what is neither kept nor single white space. */
static inline unsigned keep_block(block b, block next, bool chars, char *out)
{
	block space = block_space(b);
	block plain = is_kept(b, chars) | (space & is_kept(next, chars));

	b = (b & ~space) | (space & ' ');
	memcpy(out, &b, sizeof(b));
	return ~block_bits(plain) & 0xffff;
}

/*
 * From t[i] on: what is kept and single white space in front of it goes to out, which has room for that and 16 more
 * bytes. Returns how many bytes that were.
 */
static size_t keep_run(struct text t, size_t i, char *out)
{
	size_t n = 0;
	unsigned odd;

	for (; t.s.n - i - n > BLOCK_BYTES; n += BLOCK_BYTES) {
		const char *p = t.s.p + i + n;

		odd = keep_block(block_at(p), block_at(p + 1), t.chars, out + n);
		if (odd)
			return n + block_first(odd);
	}
	odd = keep_block(block_of(t.s, i + n), block_of(t.s, i + n + 1), t.chars, out + n);
	odd &= block_valid(t.s, i + n);
	return odd ? n + block_first(odd) : t.s.n - i;
}

/* Where white space that begins at i ends, if any does. */
static size_t white_end(struct text t, size_t i)
{
	while (i < t.s.n && ascii_is_space(t.s.p[i]))
		i++;
	if (t.chars && i < t.s.n && (unsigned char)t.s.p[i] >= 0x80)
		i += text_space_at_start((struct text){ str_from(t.s, i), true }, false);
	return i;
}

/* Appends what a run of white space becomes to out[n]; returns the new length. */
static size_t put_white(struct str run, char *out, size_t n)
{
	size_t first = run.n, last = 0;

	for (size_t i = run.n; i-- > 0;)
		if (run.p[i] == '\n') {
			last = first == run.n ? i : last;
			first = i;
		}
	if (first >= last) {
		out[n++] = ' ';
		return n;
	}
	if (first)
		out[n++] = ' ';
	out[n++] = '\n';
	if (last + 1 < run.n)
		out[n++] = ' ';
	return n;
}

/*
 * White space squeezed: a run with two line feeds or more is a line feed, with what stands before the
 * first and behind the last of them a blank each; any other run is a blank. NUL becomes a line feed too:
 * SpamAssassin uses it as a mark on the way. out has room for t.s.n + 16 bytes; returns how many it got.
 */
static size_t squeeze(struct text t, char *out)
{
	size_t n = 0, i = 0;

	while (i < t.s.n) {
		size_t kept = keep_run(t, i, out + n), end;

		n += kept;
		i += kept;
		if (i == t.s.n)
			break;
		end = white_end(t, i);
		if (end > i) {
			n = put_white(str_sub(t.s, i, end), out, n);
			i = end;
		} else {
			out[n++] = t.s.p[i] ? t.s.p[i] : '\n';
			i++;
		}
	}
	return n;
}

static void push_line(struct vec *lines, struct str s)
{
	VEC_ADD(lines, struct str, s);
}

/* Lines, those that are too long cut behind their last blank in reach. */
static void split_lines(struct str s, struct vec *lines)
{
	while (s.n) {
		size_t lf = str_chr(s, '\n');
		struct str line = str_sub(s, 0, lf == STR_NPOS ? s.n : lf + 1);

		s = str_from(s, line.n);
		while (line.n > LINE_MAX_BYTES) {
			size_t blank = str_rchr(str_sub(line, 0, LINE_MAX_BYTES + 1), ' ');
			size_t n = blank == STR_NPOS ? LINE_MAX_BYTES : blank + 1;

			push_line(lines, str_sub(line, 0, n));
			line = str_from(line, n);
		}
		if (line.n)
			push_line(lines, line);
	}
}

static struct msg_view as_view(const struct vec *lines)
{
	return (struct msg_view){ lines->data, lines->n };
}

/* What a leaf adds to a view: nothing where it is no text, or the budget is over. */
static struct text text_of(const struct msg *m, const struct piece *piece, enum view view)
{
	struct text none = { STR(""), false }, t;

	if (!piece->has_text)
		return none;
	t = cut(piece_of(piece, view), m->conf->body_part_scan_size, "\n ");
	return budget_bytes(m->budget, t.s.n) ? t : none;
}

/*
 * All leaves' texts as one, a line feed between each two once there is any text. In *joined where there are
 * several.
 */
static struct text join(const struct msg *m, const struct piece *piece, size_t leaves,
			enum view view, struct text_buf *joined)
{
	if (leaves == 1)
		return text_of(m, piece, view);
	for (size_t i = 0; i < leaves; i++) {
		if (joined->b.n)
			text_buf_add(joined, (struct text){ STR("\n"), false });
		text_buf_add(joined, text_of(m, &piece[i], view));
	}
	return (struct text){ strbuf_str(&joined->b), joined->chars };
}

static struct msg_view build_view(struct msg *m, const struct piece *piece, size_t leaves,
				  enum view view)
{
	struct str subject = STR("");
	struct text_buf joined;
	struct text t;
	struct vec lines;
	size_t n = 0;
	char *out;

	vec_init(&lines, m->arena, sizeof(struct str), 0);
	text_buf_init(&joined);
	t = join(m, piece, leaves, view, &joined);
	if (view != VIEW_INVISIBLE)
		subject = mime_headers_value(&m->mime->root->headers, STR("subject"));
	out = arena_alloc(m->arena, subject.n + 1 + t.s.n + BLOCK_BYTES);
	if (view != VIEW_INVISIBLE) {
		memcpy(out, subject.n ? subject.p : "", subject.n);
		out[subject.n] = '\n';
		n = subject.n + 1;
	}
	n += squeeze(t, out + n);
	text_buf_done(&joined);
	split_lines(str_make(out, n), &lines);
	return as_view(&lines);
}

/* --- rawbody --- */

static bool is_raw_text(const struct mime_part *p)
{
	struct str type = mime_part_effective_type(p);
	size_t n = str_starts(type, STR("text")) ? 4 : str_starts(type, STR("message")) ? 7 : 0;

	if (!n || str_eq(p->type, STR("text/calendar")))
		return false;
	return type.n == n || !(ascii_is_alnum(type.p[n]) || type.p[n] == '_');
}

/* Where a chunk that begins at s[0] ends: behind a line end, a '>' or a blank of its second half. */
static size_t chunk_end(struct str s)
{
	struct str second = str_sub(s, LINE_MAX_BYTES, 2 * LINE_MAX_BYTES);

	for (const char *at = "\n> "; *at; at++) {
		size_t hit = str_chr(second, *at);

		if (hit != STR_NPOS)
			return LINE_MAX_BYTES + hit + 1;
	}
	return LINE_MAX_BYTES + 1;
}

static void add_raw(struct vec *lines, struct str s)
{
	if (s.n <= LINE_MAX_BYTES) {
		push_line(lines, s);
		return;
	}
	while (s.n > 2 * LINE_MAX_BYTES) {
		size_t n = chunk_end(s);

		push_line(lines, str_sub(s, 0, n));
		s = str_from(s, n);
	}
	if (s.n)
		push_line(lines, s);
}

static struct msg_view build_rawbody(struct msg *m, struct mime_part *const *leaf, size_t leaves)
{
	struct vec lines;

	vec_init(&lines, m->arena, sizeof(struct str), 0);
	for (size_t i = 0; i < leaves; i++) {
		struct text t = { STR_NONE, false };

		if (!is_raw_text(leaf[i]))
			continue;
		t.s = mime_part_decoded(leaf[i]);
		add_raw(&lines, cut(t, m->conf->rawbody_part_scan_size, "\n> ").s);
	}
	return as_view(&lines);
}

/* --- all --- */

static bool hides_nothing(const struct piece *piece, size_t leaves)
{
	for (size_t i = 0; i < leaves; i++)
		if (piece[i].has_text && (piece[i].all.s.p != piece[i].visible.s.p ||
					  piece[i].all.s.n != piece[i].visible.s.n))
			return false;
	return true;
}

void msg_build_views(struct msg *m)
{
	size_t count = m->mime->part_count, leaves = 0;
	struct mime_part **leaf = arena_calloc(m->arena, count, sizeof(struct mime_part *));
	struct piece *piece = arena_calloc(m->arena, count, sizeof(*piece));

	for (size_t i = 0; i < count; i++)
		if (m->mime->parts[i]->is_leaf)
			leaf[leaves++] = m->mime->parts[i];
	m->html = arena_calloc(m->arena, leaves, sizeof(struct html_result *));
	m->html_count = 0;
	if (!leaves) /* a multipart without parts: no text, and no Subject either */
		return;
	for (size_t i = 0; i < leaves; i++)
		read_part(m, leaf[i], &piece[i]);
	m->body = build_view(m, piece, leaves, VIEW_ALL);
	m->visible = m->body;
	if (!hides_nothing(piece, leaves)) {
		m->visible = build_view(m, piece, leaves, VIEW_VISIBLE);
		m->invisible = build_view(m, piece, leaves, VIEW_INVISIBLE);
	}
	m->rawbody = build_rawbody(m, leaf, leaves);
}
