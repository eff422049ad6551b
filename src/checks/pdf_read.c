/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reads PDF parts line by line, as SpamAssassin does: no object is parsed and no stream inflated. An
 * image's size counts only where one line says both sides of it.
 */
#include "checks/pdf_private.h"

#include "checks/regex.h"
#include "core/arena.h"
#include "core/budget.h"
#include "core/encode.h"
#include "core/must.h"
#include "core/num.h"
#include "core/strbuf.h"
#include "mime/message.h"
#include "msg/msg.h"

#include <openssl/evp.h>

enum { FUZZY_LINES = 70, MAX_VALUE = 256, MAX_TAG = 2048, MAX_FOUND = 10000, MAX_URIS = 20 };

struct reader {
	struct eval_call *call;
	struct pdf_state *state;
	struct strbuf fuzzy, names; /* what the two fuzzy digests are made of */
	size_t lines;
	bool fuzzy_done, in_image;
	struct pdf_size total;
	double area;
	size_t uris;
};

static void append_tag(struct reader *r, struct str tag, struct str value)
{
	struct plugin_host *host = r->call->host;
	struct str old = host->get_tag(host, tag);

	if (!value.n)
		return;
	if (str_is_none(old))
		host->set_tag(host, tag, value);
	else if (old.n < MAX_TAG)
		host->set_tag(
		    host, tag,
		    arena_printf(r->call->arena, "%.*s %.*s", STR_FMT(old), STR_FMT(value)));
}

static void push(struct vec *list, struct str value)
{
	struct str *to = vec_push(list);

	if (to)
		*to = value;
}

static struct str md5_hex(struct arena *a, struct str data)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned n = 0;
	struct strbuf hex;
	struct str text;

	if (!EVP_Digest(data.p ? data.p : "", data.n, digest, &n, EVP_md5(), NULL))
		return STR("");
	strbuf_init(&hex, 0);
	encode_hex(&hex, str_make((const char *)digest, n));
	text = str_upper(a, strbuf_str(&hex));
	strbuf_done(&hex);
	return text;
}

static bool take_number(struct str *rest, double *ret)
{
	size_t n = 0;

	while (n < rest->n && ascii_is_digit(rest->p[n]))
		n++;
	*ret = arg_number(str_sub(*rest, 0, n));
	*rest = str_from(*rest, n);
	return n > 0;
}

static bool take_white(struct str *rest)
{
	struct str trimmed = str_trim_left(*rest, " \t\r\n\f\v");
	bool any = trimmed.n < rest->n;

	*rest = trimmed;
	return any;
}

/* "W n n H n n cm": a transformation that draws an image. */
static bool is_matrix(struct str line, struct pdf_size *ret)
{
	double n[6];

	for (size_t i = 0; i < 6; i++) {
		if (!take_number(&line, &n[i]) || !take_white(&line))
			return false;
	}
	*ret = (struct pdf_size){ .width = n[0], .height = n[3] };
	return str_eq(line, STR("cm"));
}

/* "/Width N/Height M" with nothing between. */
static bool has_sides(struct str line, struct pdf_size *ret)
{
	size_t at;

	while ((at = str_find(line, STR("/Width"))) != STR_NPOS) {
		struct str rest = str_from(line, at + 6);

		line = rest;
		if (!rest.n || !ascii_is_space(rest.p[0]))
			continue;
		rest = str_from(rest, 1);
		if (!take_number(&rest, &ret->width) || !str_starts(rest, STR("/Height")) ||
		    rest.n < 8 || !ascii_is_space(rest.p[7]))
			continue;
		rest = str_from(rest, 8);
		if (take_number(&rest, &ret->height))
			return true;
	}
	return false;
}

static bool starts_side(struct str line, struct str name)
{
	return str_starts(line, name) && line.n > name.n + 1 && ascii_is_space(line.p[name.n]) &&
	       ascii_is_digit(line.p[name.n + 1]);
}

static void read_image(struct reader *r, struct str line)
{
	struct pdf_size size = { 0 }, *to;

	if (!is_matrix(line, &size)) {
		/* A side alone on its line hides what else the line says. */
		if (starts_side(line, STR("/Width")) || starts_side(line, STR("/Height")) ||
		    !has_sides(line, &size))
			return;
	}
	if (size.width <= 0 || size.height <= 0)
		return;
	r->fuzzy_done = true;
	r->in_image = false;
	r->total.height += size.height;
	r->total.width += size.width;
	r->area += size.height * size.width;
	r->state->images++;
	to = vec_push(&r->state->sizes);
	if (to)
		*to = size;
	append_tag(r, STR("PDFIMGDIM"),
		   arena_printf(r->call->arena, "%.0fx%.0f", size.height, size.width));
}

static void add_fuzzy(struct reader *r, struct str line)
{
	struct pdf_size unused;

	if (r->fuzzy_done)
		return;
	if (++r->lines < FUZZY_LINES && !str_starts(line, STR("%")) &&
	    !str_starts(line, STR("/Height")) && !str_starts(line, STR("/Width")) &&
	    !str_starts(line, STR("/MediaBox")) && !str_starts(line, STR("/CropBox")) &&
	    !is_matrix(line, &unused))
		strbuf_add(&r->fuzzy, str_trim_right(line, " \t\r\n\f\v"));
	if (r->lines < FUZZY_LINES && str_find(line, STR("stream")) != STR_NPOS)
		r->fuzzy_done = true;
}

static struct str drop_utf16(struct arena *a, struct str s)
{
	char *p;
	size_t n = 0;

	if (!str_starts(s, STR("\xfe\xff")) && !str_starts(s, STR("\xff\xfe")))
		return s;
	p = arena_alloc(a, s.n);
	for (size_t i = 2; i < s.n; i++) {
		if (s.p[i])
			p[n++] = s.p[i];
	}
	return str_make(p, n);
}

static struct str unescape(struct arena *a, struct str s)
{
	char *p = arena_alloc(a, s.n);
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '\\' && i + 3 < s.n && s.p[i + 1] >= '0' && s.p[i + 1] <= '3' &&
		    s.p[i + 2] >= '0' && s.p[i + 2] <= '7' && s.p[i + 3] >= '0' &&
		    s.p[i + 3] <= '7') {
			p[n++] = (char)((s.p[i + 1] - '0') * 64 + (s.p[i + 2] - '0') * 8 +
					(s.p[i + 3] - '0'));
			i += 3;
		} else if (s.p[i] == '\\' && i + 1 < s.n && memchr("()\\", s.p[i + 1], 3)) {
			p[n++] = s.p[++i];
		} else {
			p[n++] = s.p[i];
		}
	}
	return str_make(p, n);
}

static struct str unhex(struct arena *a, struct str s)
{
	char *p = arena_alloc(a, s.n);
	size_t n = 0;

	for (size_t i = 0; i + 1 < s.n; i++) {
		uint64_t byte;

		if (!num_parse_u64(str_sub(s, i, i + 2), 16, 255, &byte))
			continue;
		p[n++] = (char)byte;
		i++;
	}
	return str_make(p, n);
}

/* "(text)" with escapes, or "<hex>", after up to two blanks. */
static bool take_value(struct arena *a, struct str rest, struct str *ret)
{
	size_t end = 0;

	for (size_t i = 0; i < 2 && rest.n && ascii_is_space(rest.p[0]); i++)
		rest = str_from(rest, 1);
	if (str_starts(rest, STR("<"))) {
		end = str_chr(rest, '>');
		if (end == STR_NPOS)
			return false;
		*ret = drop_utf16(a, unhex(a, str_sub(rest, 1, end)));
		return true;
	}
	if (!str_starts(rest, STR("(")))
		return false;
	do {
		size_t next = str_chr(str_from(rest, end + 1), ')');

		if (next == STR_NPOS)
			return false;
		end += next + 1;
	} while (rest.p[end - 1] == '\\');
	planted_fault(end > 6 && rest.p[1] == '\\' && rest.p[2] == '1');
	*ret = drop_utf16(a, unescape(a, str_sub(rest, 1, end)));
	return true;
}

static void read_text_detail(struct reader *r, struct str line, struct str key,
			     enum pdf_detail detail, struct str tag)
{
	struct str value;
	size_t at = str_find(line, key);

	/* Only the first few places are tried: a line may be a megabyte of them. */
	for (int tries = 0; tries < 4 && at != STR_NPOS; tries++) {
		line = str_from(line, at + key.n);
		if (take_value(r->call->arena, line, &value)) {
			value = str_sub(value, 0, MAX_VALUE);
			push(&r->state->details[detail], value);
			append_tag(r, tag, value);
			return;
		}
		at = str_find(line, key);
	}
}

/* "/CreationDate (D:2008..." */
static void read_date_detail(struct reader *r, struct str line, struct str key,
			     enum pdf_detail detail)
{
	size_t at = str_find(line, key), n = 0;
	struct str rest;

	if (at == STR_NPOS)
		return;
	rest = str_from(line, at + key.n);
	for (size_t i = 0; i < 2 && rest.n && ascii_is_space(rest.p[0]); i++)
		rest = str_from(rest, 1);
	if (!str_starts(rest, STR("(D:")))
		return;
	rest = str_from(rest, 3);
	while (n < rest.n && ascii_is_digit(rest.p[n]))
		n++;
	if (n)
		push(&r->state->details[detail], str_sub(rest, 0, n < MAX_VALUE ? n : MAX_VALUE));
}

/* Text in front of which a dot cannot stand. */
static bool has_dot(struct str s)
{
	size_t at = str_chr(s, '.');

	return at != STR_NPOS && at;
}

static void add_uri(struct reader *r, struct str uri)
{
	struct str *to;

	VEC_EACH (&r->state->uris, struct str, it) {
		if (str_eq(*it, uri))
			return;
	}
	to = vec_push(&r->state->uris);
	if (to)
		*to = uri;
	r->uris++;
}

/* False: the line looked like one with a URI but is rubbish, and SpamAssassin reads nothing else in it. */
static bool read_uri(struct reader *r, struct str line)
{
	const struct pdf_conf *conf = r->call->conf;
	struct arena *a = r->call->arena;
	struct regex_found found;
	struct str uri = STR("");

	if (r->uris >= MAX_URIS || !regex_find(conf->uri, line, 0, r->call->budget, &found))
		return true;
	if (has_dot(found.group[1]))
		take_value(a, found.group[1], &uri);
	if (!has_dot(uri) && !str_is_none(found.group[2]))
		uri = drop_utf16(a, unescape(a, found.group[2]));
	uri = str_sub(uri, 0, MAX_VALUE);
	if (!has_dot(uri) || memchr(uri.p, '\0', uri.n))
		return false;
	add_uri(r, uri);
	return true;
}

static void read_line(struct reader *r, struct str line)
{
	size_t n = 1;

	add_fuzzy(r, line);
	if (str_chr(line, '/') == STR_NPOS && !r->in_image)
		return;
	if (str_find(line, STR("/Image")) != STR_NPOS)
		r->in_image = true;
	if (str_starts(line, STR("/Encrypt")))
		r->state->encrypted = true;
	if (r->in_image)
		read_image(r, line);
	if (str_starts(line, STR("/"))) {
		while (n < line.n && ascii_is_alpha(line.p[n]))
			n++;
		strbuf_add(&r->names, str_sub(line, 1, n));
	}
	if (str_chr(line, '/') == STR_NPOS || !read_uri(r, line))
		return;
	read_text_detail(r, line, STR("/Author"), PDF_AUTHOR, STR("PDFAUTHOR"));
	read_text_detail(r, line, STR("/Creator"), PDF_CREATOR, STR("PDFCREATOR"));
	read_date_detail(r, line, STR("/CreationDate"), PDF_CREATED);
	read_date_detail(r, line, STR("/ModDate"), PDF_MODIFIED);
	read_text_detail(r, line, STR("/Producer"), PDF_PRODUCER, STR("PDFPRODUCER"));
	read_text_detail(r, line, STR("/Title"), PDF_TITLE, STR("PDFTITLE"));
}

/* "%PDF-1.4" within the first kilobyte. */
static bool find_version(struct str data, struct str *ret)
{
	enum { MAX_BEFORE = 1024 };
	struct str head = str_sub(data, 0, MAX_BEFORE + 8);
	size_t at;

	while ((at = str_find(head, STR("%PDF-"))) != STR_NPOS) {
		struct str v = str_sub(head, at + 5, at + 8);

		if (v.n == 3 && ascii_is_digit(v.p[0]) && v.p[1] == '.' && ascii_is_digit(v.p[2])) {
			*ret = v;
			return true;
		}
		head = str_from(head, at + 1);
	}
	return false;
}

static void finish(struct reader *r, struct str data)
{
	struct arena *a = r->call->arena;
	struct str fuzzy = strbuf_str(&r->fuzzy), names = strbuf_str(&r->names);
	struct str fuzzy_md5 = fuzzy.n ? md5_hex(a, fuzzy) : STR("");
	struct pdf_size *to;

	if (r->total.height > 0 && (to = vec_push(&r->state->sizes)))
		*to = r->total;
	if (r->area > 0) {
		r->state->has_area = true;
		r->state->area = r->area;
		append_tag(r, STR("PDFIMGAREA"), arena_printf(a, "%.0f", r->area));
	}
	push(&r->state->md5, md5_hex(a, data));
	append_tag(r, STR("PDFMD5"), fuzzy_md5);
	if (fuzzy.n) {
		push(&r->state->fuzzy, fuzzy_md5);
		append_tag(r, STR("PDFMD5FUZZY1"), fuzzy_md5);
	}
	if (names.n) {
		push(&r->state->fuzzy, md5_hex(a, names));
		append_tag(r, STR("PDFMD5FUZZY2"), md5_hex(a, names));
	}
}

static void read_part(struct eval_call *call, struct pdf_state *state, struct mime_part *p)
{
	struct reader r = { .call = call, .state = state };
	struct str data = mime_part_decoded(p), rest, line, version;

	if (str_starts(data, STR("\xef\xbb\xbf")))
		data = str_from(data, 3);
	if (!find_version(data, &version))
		return;
	append_tag(&r, STR("PDFVERSION"), version);
	if (p->name.n) {
		append_tag(&r, STR("PDFNAME"), p->name);
		push(&state->names, p->name);
	}
	strbuf_init(&r.fuzzy, data.n + 1);
	strbuf_init(&r.names, data.n + 1);
	rest = data;
	while (str_cut(&rest, '\n', &line) && budget_steps(call->budget, 1 + line.n / 16)) {
		if (line.n)
			read_line(&r, line);
	}
	finish(&r, data);
	strbuf_done(&r.fuzzy);
	strbuf_done(&r.names);
}

static bool is_pdf(const struct mime_part *p)
{
	static const char *const types[] = { "image/pdf", "application/pdf", "image/octet-stream",
					     "application/octet-stream" };

	for (size_t i = 0; i < 4; i++) {
		if (str_eq(p->type, str_of(types[i])))
			return i < 2 || str_ends_nocase(p->name, STR(".pdf")) ||
			       str_ends_nocase(p->name, STR(".fdf"));
	}
	return false;
}

const struct pdf_state *pdf_read(struct eval_call *call)
{
	struct pdf_state *state = call_state(call, sizeof(*state));
	const struct mime_message *mime = call->msg->mime;
	struct reader tags = { .call = call, .state = state };

	if (state->done)
		return state;
	state->done = true;
	vec_init(&state->names, call->arena, sizeof(struct str), MAX_FOUND);
	vec_init(&state->sizes, call->arena, sizeof(struct pdf_size), MAX_FOUND);
	vec_init(&state->md5, call->arena, sizeof(struct str), MAX_FOUND);
	vec_init(&state->fuzzy, call->arena, sizeof(struct str), MAX_FOUND);
	vec_init(&state->uris, call->arena, sizeof(struct str), MAX_FOUND);
	for (size_t i = 0; i < PDF_DETAIL_COUNT; i++)
		vec_init(&state->details[i], call->arena, sizeof(struct str), MAX_FOUND);
	for (size_t i = 0; i < mime->part_count && budget_steps(call->budget, 1); i++) {
		if (!mime->parts[i]->is_leaf || !is_pdf(mime->parts[i]))
			continue;
		state->count++;
		read_part(call, state, mime->parts[i]);
	}
	append_tag(&tags, STR("PDFCOUNT"), arena_printf(call->arena, "%.0f", state->count));
	append_tag(&tags, STR("PDFIMGCOUNT"), arena_printf(call->arena, "%.0f", state->images));
	return state;
}
