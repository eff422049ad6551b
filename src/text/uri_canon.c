/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The variants of a URI under which a rule may know it: what a reader's program makes of escapes,
 * missing schemes, ports, userinfo, odd IP addresses and redirectors. Each step is SpamAssassin's,
 * mistakes included, because rules are written against its results.
 */
#include "core/arena.h"
#include "core/budget.h"
#include "core/map.h"
#include "core/must.h"
#include "core/utf8.h"
#include "text/uri_canon_private.h"

/* Redirect targets inside targets inside targets: a URI of URI_MAX_LENGTH can hold some 700. */
enum { WORK_MAX = 2000, FEW_VARIANTS = 8 };

void uri_canon_add(struct uri_canon *c, struct vec *list, struct text t)
{
	if (!budget_bytes(c->l->budget, t.s.n + sizeof(t)) || list->n >= WORK_MAX)
		c->over = true;
	else
		VEC_ADD(list, struct text, t);
}

void uri_canon_add_joined(struct uri_canon *c, bool chars, const struct str *part, size_t parts)
{
	size_t n = 0, at = 0;
	char *p;

	for (size_t i = 0; i < parts; i++)
		n += part[i].n;
	p = arena_alloc(c->a, n);
	for (size_t i = 0; i < parts; at += part[i++].n)
		memcpy(p + at, part[i].p ? part[i].p : "", part[i].n);
	uri_canon_add(c, &c->variants, (struct text){ str_make(p, n), chars });
}

int uri_hex_value(char c)
{
	char l = ascii_lower(c);

	if (ascii_is_digit(c))
		return c - '0';
	return l >= 'a' && l <= 'f' ? l - 'a' + 10 : -1;
}

size_t uri_http_scheme(struct str s)
{
	if (str_starts_nocase(s, STR("http:")))
		return 5;
	return str_starts_nocase(s, STR("https:")) ? 6 : 0;
}

/* "%41" at s[i]: its value, -1 when there is none. */
static int escape_at(struct str s, size_t i)
{
	int hi, lo;

	if (i + 2 >= s.n || s.p[i] != '%')
		return -1;
	hi = uri_hex_value(s.p[i + 1]);
	lo = uri_hex_value(s.p[i + 2]);
	return hi < 0 || lo < 0 ? -1 : hi * 16 + lo;
}

static bool has_escape(struct str s)
{
	for (size_t i = 0, next; (next = str_chr(str_from(s, i), '%')) != STR_NPOS; i += next + 1)
		if (escape_at(s, i + next) >= 0)
			return true;
	return false;
}

static bool needs_escape(unsigned c)
{
	return c <= 0x20 || (c >= 0x7f && c <= 0xff) || c == '"' || c == '%' || c == '<' ||
	       c == '>';
}

struct text uri_decode(struct text uri, struct arena *a)
{
	static const char hex[] = "0123456789abcdef";
	char *out = arena_alloc(a, uri.s.n * 3);
	size_t n = 0;

	for (size_t at = 0; at < uri.s.n;) {
		int v = escape_at(uri.s, at);
		size_t from = at;
		unsigned c;

		if (v >= 0x21 && v <= 0x7e) {
			out[n++] = (char)v;
			at += 3;
			continue;
		}
		if (v >= 0) {
			memcpy(out + n, uri.s.p + at, 3);
			n += 3;
			at += 3;
			continue;
		}
		c = uri.chars ? utf8_next(uri.s, &at) : (unsigned char)uri.s.p[at++];
		if (needs_escape(c)) {
			out[n++] = '%';
			out[n++] = hex[c >> 4];
			out[n++] = hex[c & 15];
		} else {
			memcpy(out + n, uri.s.p + from, at - from);
			n += at - from;
		}
	}
	return (struct text){ str_make(out, n), uri.chars };
}

/* Without every `c`. The same slice when there is none. */
static struct str without(struct str s, char c, struct arena *a)
{
	size_t n = 0;
	char *p;

	if (str_chr(s, c) == STR_NPOS)
		return s;
	p = arena_alloc(a, s.n);
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] != c)
			p[n++] = s.p[i];
	return str_make(p, n);
}

static struct text trim_lines(struct text t, struct arena *a)
{
	t.s = without(t.s, '\n', a);
	t.s = str_from(t.s, text_space_at_start(t, false));
	t.s = str_sub(t.s, 0, t.s.n - text_space_at_end(t, false));
	t.s = without(t.s, '\r', a);
	return t;
}

/* Fragments, queries and paths without a host. */
static bool is_local(struct text t)
{
	return !t.s.n || text_length(t) <= 1 || strchr("#?&", t.s.p[0]) ||
	       (t.s.p[0] == '/' && t.s.p[1] != '/');
}

/* --- mail addresses --- */

static bool is_mail(struct str s)
{
	size_t at = str_find_any(s, ":@");

	return str_starts_nocase(s, STR("mailto:")) || (at != STR_NPOS && s.p[at] == '@');
}

/*
 * "<user@host>" whose "<" stands before any ? or &: the text between the brackets of the last such, none
 * when there is none.
 */
static struct str in_brackets(struct str s)
{
	size_t limit = str_find_any(s, "?&"), at = s.n, close = s.n;

	for (size_t i = s.n; i-- > 0;) {
		if (s.p[i] == '@')
			at = i;
		else if (s.p[i] == '>')
			close = i;
		else if (s.p[i] == '<' && i < limit && close < s.n && at > i + 1 && at + 1 < close)
			return str_sub(s, i + 1, close);
	}
	return STR_NONE;
}

static void canon_mail(struct uri_canon *c, struct text t)
{
	struct str s = t.s, rest = s, inner;
	size_t at = str_chr(s, '@'), end;

	if (at != STR_NPOS && at > 0) {
		end = str_chr(str_from(s, at + 1), '?');
		if (end != STR_NPOS && end > 0)
			uri_canon_add(c, &c->variants,
				      (struct text){ str_sub(s, 0, at + 1 + end), t.chars });
		end = str_find_any(str_from(s, at + 1), "?&");
		if (end != STR_NPOS && end > 0 && s.p[at + 1 + end] == '&')
			uri_canon_add(c, &c->variants,
				      (struct text){ str_sub(s, 0, at + 1 + end), t.chars });
	}
	if (str_chr(s, '%') != STR_NPOS && str_find(s, STR("%20")) != STR_NPOS) {
		if (str_starts_nocase(rest, STR("mailto:")) && str_starts(rest, STR("mailto:")))
			rest = str_from(rest, 7);
		while (str_starts(rest, STR("%20")))
			rest = str_from(rest, 3);
		at = str_chr(rest, '@');
		if (at != STR_NPOS && at > 0) {
			end = str_find_any(str_from(rest, at + 1), "?&%");
			if (end == STR_NPOS)
				end = rest.n - at - 1;
			if (end > 0)
				uri_canon_add_joined(
				    c, t.chars,
				    (struct str[]){ STR("mailto:"),
						    str_sub(rest, 0, at + 1 + end) },
				    2);
		}
	}
	inner = in_brackets(s);
	if (!str_is_none(inner))
		uri_canon_add_joined(c, t.chars, (struct str[]){ STR("mailto:"), inner }, 2);
}

/* --- scheme, escapes, entities --- */

static bool has_scheme(struct str s)
{
	size_t i = 0;

	while (i < s.n && (ascii_is_alnum(s.p[i]) || s.p[i] == '-' || s.p[i] == '_'))
		i++;
	return i > 0 && i < s.n && s.p[i] == ':';
}

/* `\` as `/`; exactly two slashes behind http: and https:. */
static struct str mend_slashes(struct str s, struct arena *a)
{
	size_t scheme = uri_http_scheme(s), n, from;
	char *p;

	if (!scheme && str_chr(s, '\\') == STR_NPOS)
		return s;
	p = arena_alloc(a, s.n + 2);
	memcpy(p, s.p, scheme);
	n = from = scheme;
	if (scheme) {
		for (int i = 0; i < 2 && from < s.n && (s.p[from] == '/' || s.p[from] == '\\'); i++)
			from++;
		p[n++] = '/';
		p[n++] = '/';
	}
	for (; from < s.n; from++)
		p[n++] = s.p[from] == '\\' ? '/' : s.p[from];
	return str_make(p, n);
}

/* "http://host?x" as "http://host/?x". */
static struct str mend_empty_path(struct str s, struct arena *a)
{
	size_t scheme = uri_http_scheme(s), end;

	if (!scheme || !str_starts(str_from(s, scheme), STR("//")))
		return s;
	end = str_find_any(str_from(s, scheme + 2), "/?#");
	if (end == STR_NPOS || end == 0 || s.p[scheme + 2 + end] == '/')
		return s;
	end += scheme + 2;
	return str_concat(a, str_concat(a, str_sub(s, 0, end), STR("/")), str_from(s, end));
}

/* "&#65;" "&#x41;" for 33-126, and six dots of other scripts, at s[0]: length and character. */
static size_t entity_at(struct str s, bool want_hex, char *ret)
{
	size_t i = want_hex ? 3 : 2, from;
	unsigned v = 0;

	if (!str_starts(s, want_hex ? STR("&#x") : STR("&#")))
		return 0;
	while (i < s.n && s.p[i] == '0')
		i++;
	for (from = i; i < s.n && i - from < 4; i++) {
		int d = uri_hex_value(s.p[i]);

		if (d < 0 || (!want_hex && d > 9))
			break;
		v = v * (want_hex ? 16 : 10) + (unsigned)d;
	}
	if (i >= s.n || s.p[i] != ';' || v < 33 || v > 126)
		return 0;
	*ret = (char)v;
	return i + 1;
}

static size_t dot_entity_at(struct str s, char *ret)
{
	static const char *const dots[] = { "&#x2e;",   "&#12290;", "&#x3002;", "&#65294;",
					    "&#xff0e;", "&#65377;", "&#xff61;" };

	*ret = '.';
	for (size_t i = 0; i < sizeof(dots) / sizeof(dots[0]); i++)
		if (str_starts_nocase(s, str_of(dots[i])))
			return strlen(dots[i]);
	return 0;
}

/* One of three passes: decimal, hexadecimal, dots. */
static struct str decode_entities(struct str s, int pass, struct arena *a)
{
	size_t n = 0, from = 0;
	char *p = NULL;

	if (str_chr(s, '&') == STR_NPOS)
		return s;
	for (size_t i = 0; i < s.n;) {
		char ch;
		size_t len = s.p[i] != '&' ? 0
			     : pass == 2   ? dot_entity_at(str_from(s, i), &ch)
					   : entity_at(str_from(s, i), pass == 1, &ch);

		if (!len) {
			i++;
			continue;
		}
		if (!p)
			p = arena_alloc(a, s.n);
		memcpy(p + n, s.p + from, i - from);
		n += i - from;
		p[n++] = ch;
		from = i += len;
	}
	if (!p)
		return s;
	memcpy(p + n, s.p + from, s.n - from);
	return str_make(p, n + s.n - from);
}

static void canon_one(struct uri_canon *c, size_t i)
{
	struct text uri = *VEC_AT(&c->work, struct text, i), n;

	if (uri_canon_plain(c, uri))
		return;
	n = uri = trim_lines(uri, c->a);
	*VEC_AT(&c->work, struct text, i) = uri;
	if (is_local(uri))
		return;
	if (is_mail(uri.s)) {
		canon_mail(c, uri);
		return;
	}
	n.s = mend_slashes(n.s, c->a);
	if (has_escape(n.s))
		n = uri_decode(n, c->a);
	if (!has_scheme(n.s))
		n.s = str_concat(
		    c->a, str_starts(n.s, STR("ftp.")) ? STR("ftp://") : STR("http://"), n.s);
	n.s = mend_empty_path(n.s, c->a);
	for (int pass = 0; pass < 3; pass++)
		n.s = decode_entities(n.s, pass, c->a);
	if (!str_eq(n.s, uri.s))
		uri_canon_add(c, &c->variants, n);
	uri_canon_web(c, n);
}

static bool has_text(const struct vec *v, struct text t)
{
	VEC_EACH (v, struct text, it)
		if (text_eq(*it, t))
			return true;
	return false;
}

/* The few variants of an ordinary URI are compared one by one: a table would outweigh them. */
static void take_once(struct uri_canon *c, struct map *seen, const struct vec *from,
		      struct vec *out)
{
	bool few = c->work.n + c->variants.n <= FEW_VARIANTS;

	VEC_EACH (from, struct text, it) {
		struct str key;

		if (few) {
			if (!has_text(out, *it))
				VEC_ADD(out, struct text, *it);
			continue;
		}
		key = text_utf8(c->a, *it);
		if (map_has(seen, key))
			continue;
		map_put(seen, key, c);
		VEC_ADD(out, struct text, *it);
	}
}

bool uri_canonicalise(const struct uri_list *l, struct text uri, struct vec *out)
{
	struct uri_canon c;
	struct map seen;

	c.l = l;
	c.a = l->arena;
	c.over = false;
	vec_init(&c.work, l->arena, sizeof(struct text), 0);
	vec_init(&c.variants, l->arena, sizeof(struct text), 0);
	uri_canon_add(&c, &c.work, uri);
	for (size_t i = 0; i < c.work.n && !c.over; i++)
		canon_one(&c, i);
	if (c.work.n == 1 && !c.variants.n && !out->n) {
		*out = c.work;
		return !c.over;
	}
	map_init(&seen, l->arena, false);
	take_once(&c, &seen, &c.work, out);
	take_once(&c, &seen, &c.variants, out);
	return !c.over;
}
