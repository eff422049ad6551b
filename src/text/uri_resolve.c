/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Resolving a reference against a base, RFC 3986 section 5.2 in its non-strict form: a scheme equal to
 * the base's is as if it were not there. "//www.x" without a base gets "http:" as readers give it.
 */
#include "core/arena.h"
#include "core/block.h"
#include "text/uri.h"

struct parsed {
	struct str scheme, authority, path, query,
	    fragment; /* none: not there; path is never none */
};

static size_t or_end(size_t at, struct str s)
{
	return at == STR_NPOS ? s.n : at;
}

static struct parsed parse(struct str s)
{
	struct parsed u = { 0 };
	size_t i = str_find_any(s, ":/?#");

	if (i != STR_NPOS && i > 0 && s.p[i] == ':') {
		u.scheme = str_sub(s, 0, i);
		s = str_from(s, i + 1);
	}
	if (str_starts(s, STR("//"))) {
		s = str_from(s, 2);
		i = or_end(str_find_any(s, "/?#"), s);
		u.authority = str_sub(s, 0, i);
		s = str_from(s, i);
	}
	i = or_end(str_find_any(s, "?#"), s);
	u.path = str_make(s.p ? s.p : "", i);
	s = str_from(s, i);
	if (s.n && s.p[0] == '?') {
		i = or_end(str_chr(s, '#'), s);
		u.query = str_sub(s, 1, i);
		s = str_from(s, i);
	}
	if (s.n &&
	    s.p[0] == '#') { /* a line feed ends the fragment, and the rest is lost (measured) */
		s = str_from(s, 1);
		u.fragment = str_sub(s, 0, or_end(str_chr(s, '\n'), s));
	}
	return u;
}

/* out has room for s.n bytes and may begin where s does not. Returns what was written. */
static size_t remove_dot_segments(struct str s, char *out)
{
	size_t n = 0, i = 0;
	bool lead = str_starts(s, STR("./")) || str_starts(s, STR("../"));

	if (lead)
		i = s.p[1] == '/' ? 1 : 2; /* "../x" and "./x" are "/x" */
	while (i < s.n) {
		struct str rest = str_from(s, i);
		size_t end;

		if (rest.n == 1 && rest.p[0] == '0')
			break; /* false to Perl: its loop ends */
		if (str_starts(rest, STR("/./")) || str_eq(rest, STR("/."))) {
			if (rest.n == 2) {
				out[n++] = '/';
				break;
			}
			i += 2;
			continue;
		}
		if (str_starts(rest, STR("/../")) || str_eq(rest, STR("/.."))) {
			while (n && out[n - 1] != '/')
				n--;
			n -= n > 0;
			if (rest.n == 3) {
				out[n++] = '/';
				break;
			}
			i += 3;
			continue;
		}
		end = or_end(str_chr(str_from(rest, 1), '/'), str_from(rest, 1)) + 1;
		memcpy(out + n, rest.p, end);
		n += end;
		i += end;
	}
	return n;
}

struct target {
	char *p;
	size_t n;
};

static void put(struct target *t, struct str s)
{
	memcpy(t->p + t->n, s.p ? s.p : "", s.n);
	t->n += s.n;
}

/* "www." or "ftp." with any digits before the dot. */
static bool starts_service(struct str s, const char *name)
{
	size_t i = 3;

	if (!str_starts_nocase(s, str_of(name)))
		return false;
	while (i < s.n && ascii_is_digit(s.p[i]))
		i++;
	return i < s.n && s.p[i] == '.';
}

static void put_start(struct target *t, struct str scheme, struct str authority)
{
	if (scheme.n && !str_eq(scheme, STR("0"))) {
		put(t, scheme);
		put(t, STR(":"));
	} else if (starts_service(authority, "www")) {
		put(t, STR("http:"));
	} else if (starts_service(authority, "ftp")) {
		put(t, STR("ftp:"));
	}
	if (!str_is_none(authority)) {
		put(t, STR("//"));
		put(t, authority);
	}
}

/* The base's path up to its last slash, with the reference's behind it. */
static struct str merge(const struct parsed *base, struct str path, char *room)
{
	size_t slash = str_rchr(base->path, '/'), n = 0;

	if (!str_is_none(base->authority) && (!base->path.n || str_eq(base->path, STR("0"))))
		room[n++] = '/';
	else if (slash != STR_NPOS)
		n = slash + 1;
	if (slash != STR_NPOS && n == slash + 1)
		memcpy(room, base->path.p, n);
	memcpy(room + n, path.p, path.n);
	return str_make(room, n + path.n);
}

static struct text to_chars(struct text t, struct arena *a)
{
	return (struct text){ text_utf8(a, t), true };
}

/* A scheme, "//", and nothing in it that is resolved or lost: no segment that begins with a dot, no line feed. */
static bool is_resolved(struct str s)
{
	if (!str_starts(s, STR("http://")) && !str_starts(s, STR("https://")))
		return false;
	for (size_t i = 0; i < s.n; i += BLOCK_BYTES) {
		block b = block_of(s, i);
		block dot = block_is(b, '/') & block_is(block_of(s, i + 1), '.');

		if (block_bits(dot | block_is(b, '\n')))
			return false;
	}
	return true;
}

struct text uri_resolve(struct text base, struct text ref, struct arena *a)
{
	struct parsed r, b;
	struct target t = { 0 };
	struct str query;
	bool own = true; /* path and query are the reference's */
	char *room;

	if (!base.s.n && (ref.chars || !base.chars) && is_resolved(ref.s))
		return ref;
	if (base.chars != ref.chars) {
		base = to_chars(base, a);
		ref = to_chars(ref, a);
	}
	r = parse(ref.s);
	b = parse(base.s);
	query = r.query;
	if (!str_is_none(r.scheme) && !str_is_none(b.scheme) && str_eq(r.scheme, b.scheme))
		r.scheme = STR_NONE;
	room = arena_alloc(a, base.s.n + ref.s.n + 1);
	t.p = arena_alloc(a, base.s.n + ref.s.n + 16);
	if (str_is_none(r.scheme)) {
		r.scheme = b.scheme;
		if (str_is_none(r.authority)) {
			r.authority = b.authority;
			own = r.path.n > 0;
			if (!own && str_is_none(query))
				query = b.query;
			if (own && r.path.p[0] != '/')
				r.path = merge(&b, r.path, room);
		}
	}
	put_start(&t, r.scheme, r.authority);
	if (own)
		t.n += remove_dot_segments(r.path, t.p + t.n);
	else
		put(&t, b.path);
	if (!str_is_none(query)) {
		put(&t, STR("?"));
		put(&t, query);
	}
	if (!str_is_none(r.fragment)) {
		put(&t, STR("#"));
		put(&t, r.fragment);
	}
	return (struct text){ str_make(t.p, t.n), ref.chars };
}
