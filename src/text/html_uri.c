/* SPDX-License-Identifier: BSD-2-Clause */
/* URIs in the attributes of start tags. */
#include "core/arena.h"
#include "core/budget.h"
#include "text/html_private.h"

struct text html_trim_uri(struct html_reader *h, struct text t)
{
	t.s = str_from(t.s, text_space_at_start(t, true));
	t.s = str_sub(t.s, 0, t.s.n - text_space_at_end(t, true));
	if (t.s.n > URI_MAX_LENGTH && text_length(t) > URI_MAX_LENGTH) {
		h->r->uri_truncated = true;
		t.s = str_sub(t.s, 0, text_offset_of(t, URI_MAX_LENGTH));
	}
	return t;
}

struct html_uri *html_uri_entry(struct html_reader *h, struct text key)
{
	struct html_uri *u = h->last_uri;
	struct str utf8;
	uint64_t hash;

	/* An anchor asks for its link's, and rows of images have one. */
	if (u && u->key.chars == key.chars && str_eq(u->key.s, key.s))
		return u;
	utf8 = text_utf8(h->arena, key);
	hash = map_hash(&h->uri_index, utf8);
	u = map_get_hashed(&h->uri_index, utf8, hash);
	if (u)
		return h->last_uri = u;
	if (!budget_bytes(h->budget, sizeof(*u) + 64 + utf8.n)) {
		h->stopped = h->r->over = true;
		return NULL;
	}
	u = arena_zalloc(h->arena, sizeof(*u));
	u->key = key;
	vec_init(&u->anchors, h->arena, sizeof(struct text), 0);
	map_add_kept(&h->uri_index, utf8, hash, u);
	VEC_ADD(&h->r->uris, struct html_uri *, u);
	return h->last_uri = u;
}

/* A URI of these schemes is no reference to be resolved. */
static bool is_opaque(struct str s)
{
	static const char *const schemes[] = { "data:", "mailto:", "file:", "cid:", "tel:" };

	for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++)
		if (str_starts_nocase(s, str_of(schemes[i])))
			return true;
	return false;
}

static void add_uri(struct html_reader *h, unsigned type, struct text value)
{
	struct text key = html_trim_uri(h, value);
	struct html_uri *u;

	if (!key.s.n)
		return;
	if (!is_opaque(key.s)) {
		struct text base =
		    str_is_none(h->base.s) ? (struct text){ STR(""), false } : h->base;

		if (!budget_bytes(h->budget, key.s.n + base.s.n)) {
			h->stopped = h->r->over = true;
			return;
		}
		key = uri_resolve(base, key, h->arena);
	}
	if (!key.s.n)
		return;
	u = html_uri_entry(h, key);
	if (u)
		u->types |= type;
}

/* Without U+FEFF, which some put into links to hide them. */
static struct text drop_bom(struct html_reader *h, struct text t)
{
	struct str bom = STR("\xef\xbb\xbf");
	struct str rest = t.s;
	size_t n = 0, hit;
	char *p;

	if (str_find(t.s, bom) == STR_NPOS)
		return t;
	p = arena_alloc(h->arena, t.s.n);
	while ((hit = str_find(rest, bom)) != STR_NPOS) {
		memcpy(p + n, rest.p, hit);
		n += hit;
		rest = str_from(rest, hit + 3);
	}
	memcpy(p + n, rest.p, rest.n);
	return (struct text){ str_make(p, n + rest.n), t.chars };
}

/* End of "http:" "https:" "ftp:" and up to two slashes; 0: another scheme. */
static size_t base_scheme(struct str s)
{
	size_t n;

	if (str_starts_nocase(s, STR("http:")))
		n = 5;
	else if (str_starts_nocase(s, STR("https:")))
		n = 6;
	else if (str_starts_nocase(s, STR("ftp:")))
		n = 4;
	else
		return 0;
	for (int i = 0; i < 2 && n < s.n && s.p[n] == '/'; i++)
		n++;
	return n;
}

/* A base without the file name at its end, if it looks like one: "http://h/d/i.html" -> "http://h/d/". */
static struct str drop_file_name(struct str s)
{
	size_t authority = base_scheme(s), slash, dot, name;

	slash = str_chr(str_from(s, authority), '/');
	if (slash == STR_NPOS || slash == 0)
		return s;
	slash += authority;
	dot = str_rchr(s, '.');
	if (dot == STR_NPOS || dot <= slash || s.n - dot - 1 < 2 || s.n - dot - 1 > 4 ||
	    str_chr(str_from(s, dot), '/') != STR_NPOS)
		return s;
	for (name = dot; name > slash + 1 && s.p[name - 1] != '/' && s.p[name - 1] != '.';)
		name--;
	return name < dot ? str_sub(s, 0, name) : s;
}

static void read_base(struct html_reader *h, struct html_attrs *attrs)
{
	struct text uri = html_attrs_get(attrs, HTML_ATTR_HREF);

	if (!uri.s.n || str_eq(uri.s, STR("0")))
		return;
	uri = html_trim_uri(h, uri);
	add_uri(h, URI_BASE, uri);
	if (!base_scheme(uri.s))
		return;
	uri.s = drop_file_name(uri.s);
	if (!str_ends(uri.s, STR("/")))
		uri.s = str_concat(h->arena, uri.s, STR("/"));
	h->base = uri;
}

/* "url" white space "=" white space at s[at]: the end of it, 0 when it is not there. */
static size_t url_equals(struct text t, size_t at)
{
	size_t i = at + 3;

	if (!str_starts_nocase(str_from(t.s, at), STR("url")) ||
	    text_ends_in_word((struct text){ str_sub(t.s, 0, at), t.chars }))
		return 0;
	i += text_space_at_start((struct text){ str_from(t.s, i), t.chars }, false);
	if (i >= t.s.n || t.s.p[i++] != '=')
		return 0;
	return i + text_space_at_start((struct text){ str_from(t.s, i), t.chars }, false);
}

/* The target of "5; url=http://..."; none when there is no url=. */
static struct str refresh_target(struct text content)
{
	struct str s = content.s;
	size_t line = str_chr(s, '\n'), from = 0, end;
	bool any = false;
	struct str t;

	for (size_t i = 0; i < s.n; i++) {
		size_t hit = ascii_lower(s.p[i]) == 'u' ? url_equals(content, i) : 0;

		if (!hit)
			continue;
		any = true;
		if (i <= line) /* one further down is noticed, but not cut away before */
			from = hit;
	}
	if (!any)
		return STR_NONE;
	t = str_from(s, from);
	end = str_chr(t, ';');
	if (end == STR_NPOS)
		return t;
	t = str_sub(t, 0, end);
	return str_sub(t, 0, end - text_space_at_end((struct text){ t, content.chars }, false));
}

static void read_meta(struct html_reader *h, struct html_attrs *attrs)
{
	struct text content;
	struct str target;

	if (!html_attrs_has(attrs, HTML_ATTR_HTTP_EQUIV) ||
	    !html_attrs_has(attrs, HTML_ATTR_CONTENT) ||
	    str_find_nocase(html_attrs_get(attrs, HTML_ATTR_HTTP_EQUIV).s, STR("refresh")) ==
		STR_NPOS)
		return;
	content = html_attrs_get(attrs, HTML_ATTR_CONTENT);
	target = refresh_target(content);
	if (!str_is_none(target))
		add_uri(h, URI_META, (struct text){ target, content.chars });
}

static void add_attr(struct html_reader *h, unsigned type, struct html_attrs *attrs,
		     enum html_attr which)
{
	if (html_attrs_has(attrs, which))
		add_uri(h, type, html_attrs_get(attrs, which));
}

/* The odd name's value takes the place of the plain one, for later readers too. */
static void take_odd(struct html_attrs *attrs, enum html_attr odd, enum html_attr plain)
{
	if (html_attrs_has(attrs, odd))
		html_attrs_set(attrs, plain, html_attrs_get(attrs, odd));
}

void html_read_uris(struct html_reader *h, const struct html_tag_def *tag, struct html_attrs *attrs)
{
	switch (tag->uri_type) {
	case URI_BODY:
	case URI_TABLE:
	case URI_TR:
	case URI_TD: add_attr(h, tag->uri_type, attrs, HTML_ATTR_BACKGROUND); break;
	case URI_A:
	case URI_AREA:
	case URI_LINK:
		take_odd(attrs, HTML_ATTR_ODD_HREF, HTML_ATTR_HREF);
		if (html_attrs_has(attrs, HTML_ATTR_HREF))
			html_attrs_set(attrs, HTML_ATTR_HREF,
				       drop_bom(h, html_attrs_get(attrs, HTML_ATTR_HREF)));
		add_attr(h, tag->uri_type, attrs, HTML_ATTR_HREF);
		add_attr(h, tag->uri_type, attrs, HTML_ATTR_SAFEREDIRECT);
		break;
	case URI_FORM: add_attr(h, URI_FORM, attrs, HTML_ATTR_ACTION); break;
	case URI_BASE: read_base(h, attrs); break;
	case URI_META: read_meta(h, attrs); break;
	default: /* img frame iframe embed script bgsound */
		take_odd(attrs, HTML_ATTR_ODD_SRC, HTML_ATTR_SRC);
		add_attr(h, tag->uri_type, attrs, HTML_ATTR_SRC);
	}
}
