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
#include "text/tld.h"
#include "text/uri.h"

#include <stdio.h>

/* Redirect targets inside targets inside targets: a URI of URI_MAX_LENGTH can hold some 700. */
enum { WORK_MAX = 2000, ODD_OCTET_MAX_BYTES = 20 };

struct canon {
	const struct uri_list *l;
	struct arena *a;
	struct vec work;     /* struct text: the URI and the targets found in it */
	struct vec variants; /* struct text */
	bool over;
};

static void add(struct canon *c, struct vec *list, struct text t)
{
	if (!budget_bytes(c->l->budget, t.s.n + sizeof(t)) || list->n >= WORK_MAX)
		c->over = true;
	else
		*(struct text *)vec_must_push(list) = t;
}

/* Up to six slices in one, as a variant. */
static void add_joined(struct canon *c, bool chars, const struct str *part, size_t parts)
{
	size_t n = 0, at = 0;
	char *p;

	for (size_t i = 0; i < parts; i++)
		n += part[i].n;
	p = arena_alloc(c->a, n);
	for (size_t i = 0; i < parts; at += part[i++].n)
		memcpy(p + at, part[i].p ? part[i].p : "", part[i].n);
	add(c, &c->variants, (struct text){ str_make(p, n), chars });
}

static int hex_value(char c)
{
	char l = ascii_lower(c);

	if (ascii_is_digit(c))
		return c - '0';
	return l >= 'a' && l <= 'f' ? l - 'a' + 10 : -1;
}

/* "%41" at s[i]: its value, -1 when there is none. */
static int escape_at(struct str s, size_t i)
{
	int hi, lo;

	if (i + 2 >= s.n || s.p[i] != '%')
		return -1;
	hi = hex_value(s.p[i + 1]);
	lo = hex_value(s.p[i + 2]);
	return hi < 0 || lo < 0 ? -1 : hi * 16 + lo;
}

static bool has_escape(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (escape_at(s, i) >= 0)
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

/* Without every byte of `set`. The same slice when there is none. */
static struct str without(struct str s, const char *set, struct arena *a)
{
	size_t n = 0;
	char *p;

	if (str_find_any(s, set) == STR_NPOS)
		return s;
	p = arena_alloc(a, s.n);
	for (size_t i = 0; i < s.n; i++)
		if (!s.p[i] || !strchr(set, s.p[i]))
			p[n++] = s.p[i];
	return str_make(p, n);
}

static struct str without_controls(struct str s, struct arena *a)
{
	size_t n = 0, first = 0;
	char *p;

	while (first < s.n && (unsigned char)s.p[first] > ' ')
		first++;
	if (first == s.n)
		return s;
	p = arena_alloc(a, s.n);
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] > ' ')
			p[n++] = s.p[i];
	return str_make(p, n);
}

static struct text trim_lines(struct text t, struct arena *a)
{
	t.s = without(t.s, "\n", a);
	t.s = str_from(t.s, text_space_at_start(t, false));
	t.s = str_sub(t.s, 0, t.s.n - text_space_at_end(t, false));
	t.s = without(t.s, "\r", a);
	return t;
}

/* Fragments, queries and paths without a host. */
static bool is_local(struct text t)
{
	return text_length(t) <= 1 || strchr("#?&", t.s.p[0]) ||
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

static void canon_mail(struct canon *c, struct text t)
{
	struct str s = t.s, rest = s, inner;
	size_t at = str_chr(s, '@'), end;

	if (at != STR_NPOS && at > 0) {
		end = str_chr(str_from(s, at + 1), '?');
		if (end != STR_NPOS && end > 0)
			add(c, &c->variants, (struct text){ str_sub(s, 0, at + 1 + end), t.chars });
		end = str_find_any(str_from(s, at + 1), "?&");
		if (end != STR_NPOS && end > 0 && s.p[at + 1 + end] == '&')
			add(c, &c->variants, (struct text){ str_sub(s, 0, at + 1 + end), t.chars });
	}
	if (str_find(s, STR("%20")) != STR_NPOS) {
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
				add_joined(c, t.chars,
					   (struct str[]){ STR("mailto:"),
							   str_sub(rest, 0, at + 1 + end) },
					   2);
		}
	}
	inner = in_brackets(s);
	if (!str_is_none(inner))
		add_joined(c, t.chars, (struct str[]){ STR("mailto:"), inner }, 2);
}

/* --- scheme, escapes, entities --- */

static size_t http_scheme(struct str s)
{
	if (str_starts_nocase(s, STR("http:")))
		return 5;
	return str_starts_nocase(s, STR("https:")) ? 6 : 0;
}

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
	size_t scheme = http_scheme(s), n, from;
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
	size_t scheme = http_scheme(s), end;

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
		int d = hex_value(s.p[i]);

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

	if (str_find(s, STR("&#")) == STR_NPOS)
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

/* --- http and https: host variants --- */

struct web {
	bool chars;
	struct str proto; /* "http://" as written */
	struct str auth;  /* with its @; may be empty */
	struct str host;
	struct str rest; /* port, path and all */
	struct str port; /* digits as written, may be empty */
};

static bool split_web(struct text t, struct web *w)
{
	size_t scheme = http_scheme(t.s), end, at, host_end, i = 1;
	struct str s;

	if (!scheme || !str_starts(str_from(t.s, scheme), STR("//")))
		return false;
	*w = (struct web){ .chars = t.chars, .auth = STR(""), .port = STR("") };
	w->proto = str_sub(t.s, 0, scheme + 2);
	s = str_from(t.s, scheme + 2);
	end = str_find_any(s, "/?#");
	at = str_chr(str_sub(s, 0, end), '@');
	/* Userinfo, unless no host would be left behind it: then "user@" is the host. */
	if (at != STR_NPOS && at + 1 < s.n && !strchr("/?#:", s.p[at + 1])) {
		w->auth = str_sub(s, 0, at + 1);
		s = str_from(s, at + 1);
	}
	host_end = str_find_any(s, "/?#:");
	w->host = str_sub(s, 0, host_end);
	if (!w->host.n)
		return false;
	w->rest = str_from(s, w->host.n);
	if (w->rest.n && w->rest.p[0] == ':') {
		while (i < w->rest.n && ascii_is_digit(w->rest.p[i]))
			i++;
		w->port = str_sub(w->rest, 1, i);
	}
	return true;
}

static void add_web(struct canon *c, const struct web *w, struct str host, struct str rest)
{
	add_joined(c, w->chars, (struct str[]){ w->proto, host, rest }, 3);
}

/* The rest without a default port; the same slice when it has none. `:80x` is not one, `:80/` is. */
static struct str drop_default_port(const struct web *w)
{
	struct str port = str_eq(w->proto, STR("http://")) ? STR(":80") : STR(":443");
	struct str tail;

	if (!str_starts(w->rest, port))
		return w->rest;
	tail = str_from(w->rest, port.n);
	if (tail.n && (ascii_is_alnum(tail.p[0]) || tail.p[0] == '_' ||
		       (w->chars && (unsigned char)tail.p[0] >= 0x80)))
		return w->rest;
	return tail;
}

static void find_redirect(struct canon *c, const struct web *w)
{
	struct str parts[] = { w->proto, w->host, w->rest }, whole, target;
	size_t at = 0, n = 0;

	whole = str_concat(c->a, str_concat(c->a, parts[0], parts[1]), parts[2]);
	for (size_t i = 0; c->l->redirect && i < c->l->redirect_count; i++) {
		if (!c->l->redirect(c->l->redirect_ctx, i, whole, c->a, &target) ||
		    str_chr(target, '.') == STR_NPOS)
			continue;
		add(c, &c->work, (struct text){ target, w->chars });
		return;
	}
	/* Any other: the first "http:" or "https:" in the rest, up to & or #. */
	for (; at < w->rest.n; at++) {
		size_t hit = str_find_nocase(str_from(w->rest, at), STR("http")), scheme;

		if (hit == STR_NPOS)
			return;
		at += hit;
		scheme = http_scheme(str_from(w->rest, at));
		if (!scheme)
			continue;
		target = str_from(w->rest, at);
		n = str_find_any(str_from(target, scheme), "&#");
		target = n == STR_NPOS ? target : str_sub(target, 0, scheme + n);
		if (target.n > scheme)
			break;
	}
	if (at < w->rest.n && str_chr(target, '.') != STR_NPOS)
		add(c, &c->work, (struct text){ target, w->chars });
}

/* One part of a dotted address that may be octal or hexadecimal: "0x7f" "0177" "00127" -> decimal. */
static size_t read_odd_octet(struct str s, char out[24])
{
	uint64_t v = 0;
	size_t n = 0, i = 0, zeros = 0, from;

	if (s.n > 2 && s.p[0] == '0' && ascii_lower(s.p[1]) == 'x') {
		for (i = 2; i < s.n; i++)
			v = v >> 60 ? UINT64_MAX : v << 4 | (unsigned)hex_value(s.p[i]);
		/* A 0 is taken for a leading zero, as below. */
		return v ? (size_t)snprintf(out, 24, "%lld", (long long)v) : 0;
	}
	while (zeros < s.n && s.p[zeros] == '0')
		zeros++;
	from = zeros;
	n = s.n - from;
	if (zeros && n && s.p[from] != '8' && s.p[from] != '9' &&
	    n <= (s.p[from] < '4' ? 3u : 2u)) {
		for (i = from; i < s.n && s.p[i] < '8'; i++)
			v = v * 8 + (unsigned)(s.p[i] - '0');
		if (i == s.n)
			return (size_t)snprintf(out, 24, "%llu", (unsigned long long)v);
	}
	/* Leading zeros go, and a lone 0 with them: "127.0.0.1" has the variant "127...1". */
	memcpy(out, s.p + from, n);
	return n;
}

static bool is_odd_number(struct str s)
{
	size_t i = 0;

	if (s.n > 2 && s.p[0] == '0' && ascii_lower(s.p[1]) == 'x') {
		for (i = 2; i < s.n; i++)
			if (hex_value(s.p[i]) < 0)
				return false;
		return true;
	}
	while (i < s.n && ascii_is_digit(s.p[i]))
		i++;
	return s.n && i == s.n;
}

static bool add_odd_quad(struct canon *c, const struct web *w, struct str host)
{
	struct str part[4], rest = host;
	char out[4 * 25];
	size_t n = 0;
	int parts = 0;

	while (parts < 4 && str_cut(&rest, '.', &part[parts]))
		if (!is_odd_number(part[parts++]))
			return false;
	if (parts != 4 || !str_is_none(rest))
		return false;
	for (int i = 0; i < 4; i++)
		if (part[i].n > ODD_OCTET_MAX_BYTES)
			return true; /* as written is all that can be said of it */
	for (int i = 0; i < 4; i++) {
		n += read_odd_octet(part[i], out + n);
		if (i < 3)
			out[n++] = '.';
	}
	add_web(c, w, str_make(out, n), w->rest);
	return true;
}

/* A number printed with at least eight hexadecimal digits; the first eight are the address. */
static void add_number_host(struct canon *c, const struct web *w, uint64_t v)
{
	char hex[24], out[24];
	int n = snprintf(hex, sizeof(hex), "%08llx", (unsigned long long)v), byte[4];

	must(n >= 8);
	for (int i = 0; i < 4; i++)
		byte[i] = hex_value(hex[2 * i]) * 16 + hex_value(hex[2 * i + 1]);
	n = snprintf(out, sizeof(out), "%d.%d.%d.%d", byte[0], byte[1], byte[2], byte[3]);
	add_web(c, w, str_make(out, (size_t)n), w->rest);
}

/* "http://foo/" as "http://www.foo.com/", as one browser does. */
static void add_guessed_com(struct canon *c, const struct web *w, struct str ace)
{
	struct str name = ace;

	if (!str_eq(w->proto, STR("http://")) || w->auth.n || str_eq(ace, STR("localhost")) ||
	    (w->port.n && !str_eq(w->port, STR("80"))))
		return;
	if (str_starts(name, STR("www.")) && name.n > 4)
		name = str_from(name, 4);
	if (str_chr(name, '.') != STR_NPOS || tld_is_domain_valid(c->l->tlds, ace, c->a))
		return;
	add_joined(c, w->chars, (struct str[]){ w->proto, STR("www."), name, STR(".com"), w->rest },
		   5);
}

static void add_ip_forms(struct canon *c, const struct web *w, struct str ace)
{
	struct str host = w->host;
	uint64_t v = 0;

	if (add_odd_quad(c, w, host))
		return;
	if (!is_odd_number(host)) {
		add_guessed_com(c, w, ace);
	} else if (host.n > 1 && ascii_lower(host.p[1]) == 'x') {
		for (size_t i = host.n > 10 ? host.n - 8 : 2; i < host.n; i++)
			v = v << 4 | (unsigned)hex_value(host.p[i]);
		add_number_host(c, w, v);
	} else {
		for (size_t i = 0; i < host.n; i++) {
			unsigned d = (unsigned)(host.p[i] - '0');

			if (__builtin_mul_overflow(v, 10, &v) || __builtin_add_overflow(v, d, &v)) {
				v = UINT64_MAX;
				break;
			}
		}
		add_number_host(c, w, v);
	}
}

static struct str alnum_end(struct str s)
{
	size_t n = s.n;

	while (n && !ascii_is_alnum(s.p[n - 1]))
		n--;
	return str_sub(s, 0, n);
}

static void canon_web(struct canon *c, struct web *w)
{
	struct str no_port = drop_default_port(w), ace = host_to_ascii(w->host, c->a), h;
	bool changed;

	if (w->port.n && no_port.n != w->rest.n)
		add_web(c, w, w->host, no_port);
	changed = !str_eq(ace, str_lower(c->a, w->host));
	if (changed) {
		add_web(c, w, ace, w->rest);
		if (w->port.n && no_port.n && !str_eq(no_port, STR("0")))
			add_web(c, w, ace, no_port);
		w->host = ace;
	}
	h = without_controls(w->host, c->a);
	if (h.n != w->host.n) {
		w->host = h;
		add_web(c, w, h, w->rest);
	}
	find_redirect(c, w);
	if (str_chr(w->host, '@') != STR_NPOS && str_chr(w->host, '@') > 0) {
		w->host = str_from(w->host, str_chr(w->host, '@') + 1);
		add_web(c, w, w->host, w->rest);
	}
	h = alnum_end(w->host);
	if (h.n != w->host.n) {
		w->host = h;
		add_web(c, w, h, w->rest);
	}
	add_ip_forms(c, w, ace);
}

static void canon_one(struct canon *c, size_t i)
{
	struct text uri = trim_lines(*VEC_AT(&c->work, struct text, i), c->a), n = uri;
	struct web w;

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
		add(c, &c->variants, n);
	if (split_web(n, &w))
		canon_web(c, &w);
	planted_fault(i == 3 && c->variants.n > 8);
}

static void take_once(struct canon *c, struct map *seen, const struct vec *from, struct vec *out)
{
	VEC_EACH (from, struct text, it) {
		struct str key = text_utf8(c->a, *it);

		if (map_has(seen, key))
			continue;
		map_put(seen, key, c);
		*(struct text *)vec_must_push(out) = *it;
	}
}

bool uri_canonicalise(const struct uri_list *l, struct text uri, struct vec *out)
{
	struct canon c = { .l = l, .a = l->arena };
	struct map seen;

	vec_init(&c.work, l->arena, sizeof(struct text), 0);
	vec_init(&c.variants, l->arena, sizeof(struct text), 0);
	add(&c, &c.work, uri);
	for (size_t i = 0; i < c.work.n && !c.over; i++)
		canon_one(&c, i);
	map_init(&seen, l->arena, false);
	take_once(&c, &seen, &c.work, out);
	take_once(&c, &seen, &c.variants, out);
	return !c.over;
}
