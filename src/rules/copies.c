/* SPDX-License-Identifier: BSD-2-Clause */
/* The text is read once, with the numbers of the groups that are open. */
#include "rules/copies.h"

#include "core/arena.h"
#include "core/strbuf.h"
#include "rules/rx_text.h"

#include <string.h>

enum { MAX_OPEN = 64, MAX_TIMES = 1000 };

static const char nothing[] = "[^\\x00-\\xff]";

struct reading {
	struct arena *a;
	struct rd in;
	struct str text;
	struct strbuf out;
	size_t open[MAX_OPEN]; /* their numbers; 0: it does not capture */
	size_t depth, groups;
	struct copies found;
};

static void copy(struct reading *r, size_t from)
{
	strbuf_add(&r->out, str_sub(r->text, from, r->in.at));
}

/* One that takes a byte. */
static bool skip_byte(struct rd *in)
{
	struct byteset set;
	bool negated;
	int c = rd_peek(in);

	if (c == '[')
		return rx_text_class(in, &set, &negated);
	if (c == '.' || (c == '\\' && memchr("dDsSwWN", rd_peek_at(in, 1), 7)))
		return rd_skip(in, c == '.' ? 1 : 2);
	return !memchr("()|^$", c, 5) && rx_text_byte(in) >= 0;
}

/* What the group holds has so many bytes. False: that is not to be told, or it may be empty or is too long. */
static bool add_lengths(struct reading *r, size_t group)
{
	struct copies *c = &r->found;
	size_t min = 0, max = 0;
	struct str body;
	struct rd in;

	if (!rx_text_plain_group(r->text, group, &body))
		return false;
	for (in = rd_of(body); !rd_is_end(&in);) {
		struct rx_repeat repeat;

		if (!skip_byte(&in))
			return false;
		repeat = rx_text_repeat(&in);
		if (repeat.max > COPIES_LENGTH)
			return false;
		min += repeat.min;
		max += repeat.max;
		if (max > COPIES_LENGTH)
			return false;
	}
	if (!min)
		return false;
	c->min = c->max && c->min < min ? c->min : (uint8_t)min;
	c->max = c->max > max ? c->max : (uint8_t)max;
	return true;
}

/* A copy of the group that ends here comes next; once in a group of its own, mostly. */
static bool take_copy(struct reading *r, size_t group)
{
	struct str copied = arena_printf(r->a, "\\g{%zu}", group);
	struct str alone = arena_printf(r->a, "(?:\\g{%zu})", group);
	struct rd next = r->in;
	bool is_alone = rd_accept_str(&next, alone);
	size_t times;

	if (!is_alone && !rd_accept_str(&next, copied))
		return true;
	if (!add_lengths(r, group))
		return false;
	r->in = next;
	times = rx_text_repeat(&next).min;
	times = times > 1 ? times : 1;
	times = times < MAX_TIMES ? times : (size_t)MAX_TIMES;
	if (!r->found.times || times < r->found.times)
		r->found.times = (uint16_t)times;
	strbuf_add(&r->out, str_of(nothing));
	return true;
}

/* False: how groups are numbered is beyond this reading. */
static bool open_group(struct reading *r)
{
	bool captures = rd_peek_at(&r->in, 1) != '?';
	int kind = rd_peek_at(&r->in, 2);
	bool is_named = kind == '<' && !memchr("=!", rd_peek_at(&r->in, 3), 2);

	if (rd_peek_at(&r->in, 1) == '*' || r->depth == MAX_OPEN)
		return false;
	if (!captures && (is_named || !memchr(":=!<>^-imsxn", kind, 12)))
		return false;
	r->groups += captures;
	r->open[r->depth++] = captures ? r->groups : 0;
	return rd_skip(&r->in, 1);
}

static bool take_one(struct reading *r)
{
	size_t from = r->in.at, group;
	struct byteset set;
	bool negated, ok;

	switch (rd_peek(&r->in)) {
	case '[': ok = rx_text_class(&r->in, &set, &negated); break;
	case '\\': ok = rd_skip(&r->in, 2); break;
	case '(': ok = open_group(r); break;
	case ')':
		if (!r->depth)
			return false;
		group = r->open[--r->depth];
		rd_skip(&r->in, 1);
		copy(r, from);
		return !group || take_copy(r, group);
	default: ok = rd_skip(&r->in, 1);
	}
	copy(r, from);
	return ok;
}

/* "(?i)" opens no group. */
static bool take_flags(struct reading *r)
{
	size_t from = r->in.at;
	struct str flags;

	if (!rx_text_is_flags(&r->in, &flags))
		return false;
	rd_skip(&r->in, flags.n + 3);
	copy(r, from);
	return true;
}

bool copies_read(struct arena *a, struct str pcre, struct str *ret_without, struct copies *ret)
{
	struct reading r = { .a = a, .in = rd_of(pcre), .text = pcre };
	bool ok = str_find(pcre, STR("\\g{")) != STR_NPOS;

	strbuf_init(&r.out, 0);
	while (ok && !rd_is_end(&r.in))
		ok = take_flags(&r) || take_one(&r);
	ok = ok && r.found.max && r.found.min * r.found.times >= COPIES_BYTES;
	if (ok) {
		*ret_without = str_dup(a, strbuf_str(&r.out));
		*ret = r.found;
	}
	strbuf_done(&r.out);
	return ok;
}

/* Letters in either case, and marks that differ as these do: it may be more than is so. */
static bool alike(char c, char other)
{
	return !((uint8_t)(c ^ other) & 0xdf);
}

bool copies_stand(const struct copies *c, struct str subject)
{
	for (size_t length = c->min; length <= c->max && length; length++) {
		size_t run = 0, wanted = length * c->times;

		for (size_t i = length; i < subject.n; i++) {
			run = alike(subject.p[i], subject.p[i - length]) ? run + 1 : 0;
			if (run == wanted)
				return true;
		}
	}
	return false;
}
