/* SPDX-License-Identifier: BSD-2-Clause */
/* Built on msg_get_all(NAME:addr); see addresses.h for what is asked. */
#include "checks/addresses.h"

#include "core/arena.h"
#include "core/map.h"
#include "core/vec.h"
#include "msg/msg.h"
#include "text/tld.h"

enum { MAX_ADDRESSES = 10000 };

struct collection {
	const struct msg *msg;
	struct arena *arena;
	struct vec list;
	struct map seen;
};

static void start(struct collection *c, const struct msg *m, struct arena *a)
{
	*c = (struct collection){ .msg = m, .arena = a };
	vec_init(&c->list, a, sizeof(struct str), MAX_ADDRESSES);
	map_init(&c->seen, a, false);
}

/* Few are compared one by one; from so many on the map has them all. */
enum { FEW = 8 };

static bool is_seen(const struct collection *c, struct str addr)
{
	if (c->list.n >= FEW)
		return map_has(&c->seen, addr);
	VEC_EACH (&c->list, struct str, it) {
		if (str_eq(*it, addr))
			return true;
	}
	return false;
}

static void add(struct collection *c, struct str addr)
{
	struct str *to = is_seen(c, addr) ? NULL : vec_push(&c->list);

	if (!to)
		return;
	*to = addr;
	for (size_t i = c->list.n == FEW ? 0 : c->list.n - 1; c->list.n >= FEW && i < c->list.n;
	     i++)
		map_put(&c->seen, *VEC_AT(&c->list, struct str, i), NULL);
}

static struct str squeeze_dots(struct arena *a, struct str s)
{
	char *p;
	size_t n = 0;

	if (str_find(s, STR("..")) == STR_NPOS)
		return s;
	p = arena_alloc(a, s.n);
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] != '.' || n == 0 || p[n - 1] != '.')
			p[n++] = s.p[i];
	}
	return str_make(p, n);
}

static size_t add_header(struct collection *c, const char *spec, bool squeeze)
{
	const struct str *list;
	size_t n = msg_get_all(c->msg, str_of(spec), &list);

	for (size_t i = 0; i < n; i++) {
		if (squeeze && !list[i].n)
			continue;
		add(c, squeeze ? squeeze_dots(c->arena, list[i]) : list[i]);
	}
	return n;
}

static struct addresses finish(struct collection *c)
{
	return (struct addresses){ c->list.data, c->list.n };
}

struct addresses addresses_from(const struct msg *m, struct arena *a)
{
	static const char *const headers[] = { "From:addr", "Envelope-Sender:addr",
					       "Resent-Sender:addr", "X-Envelope-From:addr",
					       "EnvelopeFrom:addr" };
	struct collection c;

	start(&c, m, a);
	if (add_header(&c, "Resent-From:first:addr", false))
		return finish(&c);
	for (size_t i = 0; i < sizeof(headers) / sizeof(headers[0]); i++)
		add_header(&c, headers[i], true);
	return finish(&c);
}

/* The first " for <addr>;" of a line whose address has a lawful host; brackets may be missing. */
static struct str received_for(struct arena *a, struct str line)
{
	struct str rest = line;
	size_t at;

	while ((at = str_find(rest, STR(" for "))) != STR_NPOS) {
		struct str word = str_from(rest, at + 5);
		size_t end, sign;

		rest = word;
		if (str_starts(word, STR("<")))
			word = str_from(word, 1);
		end = str_find_any(word, " \t\r\n\f\v");
		word = str_sub(word, 0, end);
		/* The shortest host that a ; follows, with or without a > between. */
		sign = str_chr(word, '@');
		end = sign == STR_NPOS ? sign : str_chr(str_from(word, sign), ';');
		if (sign == STR_NPOS || sign == 0 || end == STR_NPOS)
			continue;
		word = str_sub(word, 0, sign + end);
		if (str_ends(word, STR(">")))
			word = str_sub(word, 0, word.n - 1);
		sign = str_rchr(word, '@');
		if (host_is_fqdn(host_to_ascii(str_from(word, sign + 1), a), a))
			return word;
		return STR_NONE;
	}
	return STR_NONE;
}

static void add_received(struct collection *c)
{
	const struct str *lines;
	size_t n = msg_get_all(c->msg, STR("Received"), &lines);

	for (size_t i = 0; i < n && i < 3; i++) {
		struct str addr = received_for(c->arena, lines[i]);

		if (!str_is_none(addr))
			add(c, addr);
	}
}

struct addresses addresses_to(const struct msg *m, struct arena *a)
{
	static const char *const headers[] = { "To:addr",
					       "Apparently-To:addr",
					       "Delivered-To:addr",
					       "Envelope-Recipients:addr",
					       "Apparently-Resent-To:addr",
					       "X-Envelope-To:addr",
					       "Envelope-To:addr",
					       "X-Delivered-To:addr",
					       "X-Original-To:addr",
					       "X-Rcpt-To:addr",
					       "X-Real-To:addr",
					       "Cc:addr" };
	struct collection c;
	size_t resent;

	start(&c, m, a);
	resent = add_header(&c, "Resent-To:first:addr", false);
	resent += add_header(&c, "Resent-Cc:first:addr", false);
	if (resent)
		return finish(&c);
	add_received(&c);
	for (size_t i = 0; i < sizeof(headers) / sizeof(headers[0]); i++)
		add_header(&c, headers[i], false);
	return finish(&c);
}

struct addresses addresses_of(const struct msg *m, struct str spec, struct arena *a)
{
	const struct str *list;
	size_t n = msg_get_all(m, spec, &list);
	struct addresses ret = { NULL, n };

	if (!n)
		return ret;
	ret.at = arena_alloc(a, n * sizeof(struct str));
	for (size_t i = 0; i < n; i++)
		ret.at[i] = str_lower(a, list[i]);
	return ret;
}
