/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What http and https URIs are also known as: without userinfo and default port, with the host in ACE
 * form or as the IP address that an odd number stands for, and the URIs that redirectors hide in them.
 */
#include "core/arena.h"
#include "core/block.h"
#include "core/must.h"
#include "core/utf8.h"
#include "text/tld.h"
#include "text/uri_canon_private.h"

#include <stdio.h>

enum { ODD_OCTET_MAX_DIGITS = 20 };

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
	size_t scheme = uri_http_scheme(t.s), end, at, host_end, i = 1;
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

static void add_web(struct uri_canon *c, const struct web *w, struct str host, struct str rest)
{
	uri_canon_add_joined(c, w->chars, (struct str[]){ w->proto, host, rest }, 3);
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

/* The URI without userinfo: a slice of it where it has none and the host stands as written. */
static struct str whole_of(const struct web *w, struct arena *a)
{
	if (w->proto.p + w->proto.n == w->host.p && w->host.p + w->host.n == w->rest.p)
		return str_make(w->proto.p, w->proto.n + w->host.n + w->rest.n);
	return str_concat(a, str_concat(a, w->proto, w->host), w->rest);
}

static void find_redirect(struct uri_canon *c, const struct web *w)
{
	struct str target;
	size_t at = 0, n = 0;

	if (c->l->redirect &&
	    c->l->redirect(c->l->redirect_ctx, whole_of(w, c->a), c->a, &target)) {
		uri_canon_add(c, &c->work, (struct text){ target, w->chars });
		return;
	}
	/* Any other: the first "http:" or "https:" in the rest, up to & or #. */
	for (; at < w->rest.n; at++) {
		size_t hit = str_find_nocase(str_from(w->rest, at), STR("http")), scheme;

		if (hit == STR_NPOS)
			return;
		at += hit;
		scheme = uri_http_scheme(str_from(w->rest, at));
		if (!scheme)
			continue;
		target = str_from(w->rest, at);
		n = str_find_any(str_from(target, scheme), "&#");
		target = n == STR_NPOS ? target : str_sub(target, 0, scheme + n);
		if (target.n > scheme)
			break;
	}
	if (at < w->rest.n && str_chr(target, '.') != STR_NPOS)
		uri_canon_add(c, &c->work, (struct text){ target, w->chars });
}

/* One part of a dotted address that may be octal or hexadecimal: "0x7f" "0177" "00127" -> decimal. */
static size_t read_odd_octet(struct str s, char out[24])
{
	uint64_t v = 0;
	size_t n = 0, i = 0, zeros = 0, from;

	if (s.n > 2 && s.p[0] == '0' && ascii_lower(s.p[1]) == 'x') {
		for (i = 2; i < s.n; i++)
			v = v >> 60 ? UINT64_MAX : v << 4 | (unsigned)uri_hex_value(s.p[i]);
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
			if (uri_hex_value(s.p[i]) < 0)
				return false;
		return true;
	}
	while (i < s.n && ascii_is_digit(s.p[i]))
		i++;
	return s.n && i == s.n;
}

/* Without leading zeros. */
static size_t count_digits(struct str s)
{
	if (s.n > 2 && ascii_lower(s.p[1]) == 'x')
		s = str_from(s, 2);
	return str_trim_left(s, "0").n;
}

static bool add_odd_quad(struct uri_canon *c, const struct web *w, struct str host)
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
		if (count_digits(part[i]) > ODD_OCTET_MAX_DIGITS)
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
static void add_number_host(struct uri_canon *c, const struct web *w, uint64_t v)
{
	char hex[24], out[24];
	int n = snprintf(hex, sizeof(hex), "%08llx", (unsigned long long)v), byte[4];

	must(n >= 8);
	for (int i = 0; i < 4; i++)
		byte[i] = uri_hex_value(hex[2 * i]) * 16 + uri_hex_value(hex[2 * i + 1]);
	n = snprintf(out, sizeof(out), "%d.%d.%d.%d", byte[0], byte[1], byte[2], byte[3]);
	add_web(c, w, str_make(out, (size_t)n), w->rest);
}

/* "http://foo/" as "http://www.foo.com/", as one browser does. */
static void add_guessed_com(struct uri_canon *c, const struct web *w, struct str ace)
{
	struct str name = ace;

	if (!str_eq(w->proto, STR("http://")) || w->auth.n || str_eq(ace, STR("localhost")) ||
	    (w->port.n && !str_eq(w->port, STR("80"))))
		return;
	if (str_starts(name, STR("www.")) && name.n > 4)
		name = str_from(name, 4);
	if (str_chr(name, '.') != STR_NPOS || tld_is_domain_valid(c->l->tlds, ace, c->a))
		return;
	uri_canon_add_joined(
	    c, w->chars, (struct str[]){ w->proto, STR("www."), name, STR(".com"), w->rest }, 5);
}

static void add_ip_forms(struct uri_canon *c, const struct web *w, struct str ace)
{
	struct str host = w->host;
	uint64_t v = 0;

	if (add_odd_quad(c, w, host))
		return;
	if (!is_odd_number(host)) {
		add_guessed_com(c, w, ace);
	} else if (host.n > 1 && ascii_lower(host.p[1]) == 'x') {
		for (size_t i = host.n > 10 ? host.n - 8 : 2; i < host.n; i++)
			v = v << 4 | (unsigned)uri_hex_value(host.p[i]);
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

static void add_host_forms(struct uri_canon *c, struct web *w)
{
	struct str no_port = drop_default_port(w), ace = host_to_ascii(w->host, c->a), h;
	bool changed;

	/* No ACE form: Perl has bytes in hand now, and takes them for characters. */
	if (w->chars && !utf8_is_ascii(ace))
		ace = text_utf8(c->a, (struct text){ ace, false });

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

void uri_canon_web(struct uri_canon *c, struct text n)
{
	struct web w;

	if (split_web(n, &w))
		add_host_forms(c, &w);
}

/* Bytes that no step of canonicalising looks for, but for marks in front of the path. */
static bool are_plain_bytes(struct str s)
{
	for (size_t i = 0; i < s.n; i += BLOCK_BYTES) {
		block b = block_of(s, i);
		block odd = block_below(b, '!') | ~block_below(b, 0x7f) | block_is(b, '%') |
			    block_is(b, '\\');

		odd |= block_is(b, '&') & block_is(block_of(s, i + 1), '#');
		if (block_bits(odd) & block_valid(s, i))
			return false;
	}
	return true;
}

/* Length of the host in front of s: a name with a dot besides "www.", its last label no number; 0: another. */
static size_t plain_host(struct str s)
{
	size_t n = 0, dots = 0, label = 0;

	for (; n < s.n && s.p[n] != '/'; n++) {
		char c = s.p[n];

		if (c == '.') {
			dots++;
			label = n + 1;
		} else if (!(c >= 'a' && c <= 'z') && !ascii_is_digit(c) && c != '-') {
			return 0;
		}
	}
	if (dots < 2 && (!dots || str_starts(s, STR("www."))))
		return 0;
	return label < n && !ascii_is_digit(s.p[label]) && s.p[n - 1] != '-' ? n : 0;
}

bool uri_canon_plain(struct uri_canon *c, struct text uri)
{
	struct web w;
	size_t scheme = str_starts(uri.s, STR("http://"))    ? 7
			: str_starts(uri.s, STR("https://")) ? 8
							     : 0;

	if (!scheme || !are_plain_bytes(uri.s))
		return false;
	w.chars = uri.chars;
	w.auth = w.port = STR("");
	w.proto = str_sub(uri.s, 0, scheme);
	w.host = str_from(uri.s, scheme);
	w.host = str_sub(w.host, 0, plain_host(w.host));
	w.rest = str_from(uri.s, scheme + w.host.n);
	if (w.host.n)
		find_redirect(c, &w);
	return w.host.n;
}
