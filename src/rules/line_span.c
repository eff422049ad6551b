/* SPDX-License-Identifier: BSD-2-Clause */
/* Newlines of the expression are counted by the group; literals are looked for by their first two bytes. */
#include "rules/line_span.h"

#include "core/block.h"
#include "rules/byteset.h"
#include "rules/needs.h"
#include "rules/rx_text.h"

enum { MAX_DEPTH = 16 };

/* A group, or the whole. */
struct frame {
	size_t most, now; /* of the branches before, of this one */
	unsigned flags;   /* outside */
};

struct reading {
	struct rd in;
	struct frame frames[MAX_DEPTH];
	size_t depth;
	unsigned flags;
	bool failed;
};

static void add(struct reading *r, size_t newlines)
{
	struct rx_repeat repeat = rx_text_repeat(&r->in);
	struct frame *f = &r->frames[r->depth];

	if (newlines && repeat.max > LINE_SPAN_MAX)
		r->failed = true;
	else
		f->now += newlines * (newlines ? repeat.max : 0);
	r->failed = r->failed || f->now > LINE_SPAN_MAX;
}

static void next_branch(struct reading *r)
{
	struct frame *f = &r->frames[r->depth];

	f->most = f->now > f->most ? f->now : f->most;
	f->now = 0;
}

static void open_group(struct reading *r)
{
	unsigned outside = r->flags;
	struct str flags;

	if (rx_text_is_flags(&r->in, &flags)) {
		rd_skip(&r->in, flags.n + 3);
		r->flags = rx_text_flags(r->flags, flags);
		return;
	}
	switch (rx_text_open(&r->in, &flags)) {
	case RX_TEXT_PLAIN:
		if (r->depth + 1 == MAX_DEPTH) {
			r->failed = true;
			return;
		}
		r->frames[++r->depth] = (struct frame){ .flags = outside };
		r->flags = rx_text_flags(r->flags, flags);
		return;
	case RX_TEXT_LOOK: /* what must be there may be far away */
		r->failed = r->failed || rd_peek_at(&r->in, 2) == '=' ||
			    (rd_peek_at(&r->in, 2) == '<' && rd_peek_at(&r->in, 3) == '=') ||
			    !rx_text_skip_group(&r->in);
		rx_text_repeat(&r->in);
		return;
	default: r->failed = true;
	}
}

static void close_group(struct reading *r)
{
	size_t newlines;

	rd_skip(&r->in, 1);
	if (!r->depth) {
		r->failed = true;
		return;
	}
	next_branch(r);
	newlines = r->frames[r->depth].most;
	r->flags = r->frames[r->depth--].flags;
	add(r, newlines);
}

static void take_class(struct reading *r)
{
	struct byteset set;
	bool negated;

	if (!rx_text_class(&r->in, &set, &negated))
		r->failed = true;
	else
		add(r, byteset_has(&set, '\n') != negated);
}

static void take_escape(struct reading *r)
{
	int c = rd_peek_at(&r->in, 1);
	struct byteset set;

	if (c < 0 || !ascii_is_alnum((char)c) || c == 'x') {
		c = rx_text_byte(&r->in);
		r->failed = r->failed || c < 0;
		add(r, c == '\n');
		return;
	}
	rd_skip(&r->in, 2);
	if (memchr("dDsSwW", c, 6)) {
		set = rx_text_letter((char)c);
		add(r, byteset_has(&set, '\n'));
	} else if (memchr("NbBAzZ", c, 6)) {
		add(r, 0);
	} else {
		r->failed = true; /* what a group held, and whatever else */
	}
}

static void take_one(struct reading *r)
{
	int c = rd_peek(&r->in);

	switch (c) {
	case '(': open_group(r); return;
	case ')': close_group(r); return;
	case '[': take_class(r); return;
	case '\\': take_escape(r); return;
	case '|':
		rd_skip(&r->in, 1);
		next_branch(r);
		return;
	case '.':
		rd_skip(&r->in, 1);
		add(r, r->flags & RX_TEXT_S ? 1 : 0);
		return;
	case '^':
	case '$':
		rd_skip(&r->in, 1);
		add(r, 0);
		return;
	default:
		c = rx_text_byte(&r->in);
		r->failed = r->failed || c < 0;
		add(r, c == '\n');
	}
}

bool line_span_read(struct str pcre, size_t *ret_newlines)
{
	struct reading r = { .in = rd_of(pcre) };

	while (!r.failed && !rd_is_end(&r.in))
		take_one(&r);
	if (r.failed || r.depth)
		return false;
	next_branch(&r);
	*ret_newlines = r.frames[0].most;
	return true;
}

static bool stands_at(const char *p, struct str literal)
{
	for (size_t i = 2; i < literal.n; i++) {
		if (byte_fold((uint8_t)p[i]) != (uint8_t)literal.p[i])
			return false;
	}
	return true;
}

static size_t find(struct str subject, size_t from, struct str literal)
{
	char first = literal.p[0], second = literal.p[1];
	char first_up = ascii_upper(first), second_up = ascii_upper(second);

	for (; from + literal.n <= subject.n; from += BLOCK_BYTES) {
		struct str next = str_from(subject, from + 1);
		block a = block_of(subject, from), b = block_of(next, 0);
		unsigned bits = block_bits((block_is(a, first) | block_is(a, first_up)) &
					   (block_is(b, second) | block_is(b, second_up)));

		for (; bits; bits &= bits - 1) {
			size_t at = from + block_first(bits);

			if (at + literal.n <= subject.n && stands_at(subject.p + at, literal))
				return at;
		}
	}
	return STR_NPOS;
}

/* The begin of a line `newlines` before that of `at`, no earlier than from. */
static size_t line_begin(struct str subject, size_t from, size_t at, size_t newlines)
{
	for (; at > from; at--) {
		if (subject.p[at - 1] == '\n' && !newlines--)
			break;
	}
	return at;
}

bool line_span_next(const struct line_span *s, struct str subject, size_t *from, size_t *ret_last)
{
	size_t at = find(subject, *from, s->literal);

	if (at == STR_NPOS)
		return false;
	*from = line_begin(subject, *from, at, s->newlines);
	*ret_last = at;
	return true;
}
