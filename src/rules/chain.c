/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Groups in a row begin at places that are at least one group's length from each other, and behind all but the last
 * another one follows: if there are so many such places, taking the next one each time finds as many.
 */
#include "rules/chain.h"

#include "core/arena.h"
#include "rules/gate.h"
#include "rules/rx_text.h"

/* Of pairs in a subject of which it is asked how far from the end they are. */
enum { MAX_PLACES = 64 };

/* One piece, without its repetition. False: it takes no bytes, or is none that may be left out. */
static bool skip_piece(struct rd *in)
{
	struct byteset set;
	bool negated;
	int c = rd_peek(in);

	if (c == '[')
		return rx_text_class(in, &set, &negated);
	if (c == '(')
		return str_starts(rd_rest(in), STR("(?:")) && rx_text_skip_group(in);
	if (c == '\\' && memchr("dDsSwW", rd_peek_at(in, 1), 6))
		return rd_skip(in, 2);
	if (c == '\\' && memchr("bBAzZKGRXNgk", rd_peek_at(in, 1), 12))
		return false;
	return c == '.' ? rd_skip(in, 1) : !memchr("^$|)", c, 4) && rx_text_byte(in) >= 0;
}

static void skip_options(struct rd *in)
{
	for (struct rd next = *in; !rd_is_end(&next) && skip_piece(&next); *in = next) {
		if (rx_text_repeat(&next).min)
			return;
	}
}

/* A group that is there just once comes next. */
static bool is_group(struct rd in)
{
	struct rx_repeat r;

	if (!str_starts(rd_rest(&in), STR("(?:")) || !rx_text_skip_group(&in))
		return false;
	r = rx_text_repeat(&in);
	return r.min == 1 && r.max == 1;
}

/* On to the end of the branch. False: it cannot be read. */
static bool skip_branch(struct rd *in)
{
	struct byteset set;
	bool negated, ok = true;

	while (ok && !rd_is_end(in) && !memchr("|)", rd_peek(in), 2)) {
		int c = rd_peek(in);

		ok = c == '('   ? rx_text_skip_group(in)
		     : c == '[' ? rx_text_class(in, &set, &negated)
				: rd_skip(in, c == '\\' ? 2 : 1);
	}
	return ok;
}

struct copy {
	char *to;
	size_t n;
};

static int copy_to(struct copy *c, const struct rd *in, size_t end)
{
	memcpy(c->to + c->n, in->s.p + in->at, end - in->at);
	c->n += end - in->at;
	return c->n ? c->to[c->n - 1] : 0;
}

/*
 * The group without what may be left out where it and its first groups begin: "(?:your )?(?:(?:last )?name|phone)" is
 * "name|phone". Where the group matches, that does somewhere in it; and its places are fewer.
 */
static struct str without_options(struct arena *a, struct str group)
{
	struct copy out = { arena_alloc(a, group.n + 1), 0 };
	struct rd in = rd_of(group);
	int last;

	if (str_find(group, STR("\\g")) != STR_NPOS || str_find(group, STR("\\k")) != STR_NPOS)
		return group;
	while (!rd_is_end(&in)) {
		skip_options(&in);
		if (is_group(in)) {
			copy_to(&out, &in, in.at + 3);
			in.at += 3;
			continue;
		}
		do { /* the rest of the branch, and of those around it that end there too */
			struct rd end = in;

			if (!skip_branch(&end))
				return group;
			end.at += !rd_is_end(&end);
			last = copy_to(&out, &in, end.at);
			in = end;
		} while (!rd_is_end(&in) && last == ')');
	}
	return str_make(out.to, out.n);
}

bool chain_read(struct arena *a, struct str pcre, struct str *ret_pair, size_t *ret_times)
{
	struct rd in = rd_of(pcre);
	struct rx_repeat repeat;
	struct str flags, group;
	size_t from, end;

	if (rx_text_is_flags(&in, &flags))
		rd_skip(&in, flags.n + 3);
	from = in.at;
	if (rd_peek(&in) != '(' || !rx_text_skip_group(&in))
		return false;
	end = in.at;
	repeat = rx_text_repeat(&in);
	if (!rd_is_end(&in) || repeat.min < 3)
		return false;
	group = str_sub(pcre, from, end);
	*ret_pair =
	    str_concat(a, str_concat(a, str_sub(pcre, 0, from), without_options(a, group)), group);
	*ret_times = repeat.min;
	return true;
}

/* A piece of an expression that is the same in another one, or is none: what it means does not hang on its place. */
static size_t piece_length(struct rd in)
{
	size_t from = in.at;
	struct byteset set;
	bool negated;

	if (rd_is_end(&in))
		return 0;
	switch (rd_peek(&in)) {
	case '[': return rx_text_class(&in, &set, &negated) ? in.at - from : 0;
	case '\\': return memchr("gk", rd_peek_at(&in, 1), 2) ? 0 : 2;
	case '(':
		if (rd_peek_at(&in, 1) != '?')
			return 1;
		return rd_peek_at(&in, 2) == ':' ? 3 : 0;
	default: return 1;
	}
}

static bool same_piece(struct rd *x, struct rd *y)
{
	size_t n = piece_length(*x);

	if (!n || !str_starts(rd_rest(y), str_sub(rd_rest(x), 0, n)))
		return false;
	return rd_skip(x, n) && rd_skip(y, n);
}

/* A group that may be left out, and no more than that is said of it. */
static bool skip_option(struct rd *in)
{
	size_t from;

	if (!str_starts(rd_rest(in), STR("(?:")) || !rx_text_skip_group(in) || rd_peek(in) != '?')
		return false;
	from = in->at;
	rx_text_repeat(in);
	return in->at == from + 1;
}

bool chain_covers(struct str wide, struct str narrow)
{
	struct rd w = rd_of(wide), n = rd_of(narrow);
	struct str flags;

	if (rx_text_is_flags(&w, &flags)) {
		if (!str_starts(narrow, str_sub(wide, 0, flags.n + 3)))
			return false;
		w.at = n.at = flags.n + 3;
	}
	while (!rd_is_end(&w)) {
		struct rd before = w;

		if (same_piece(&w, &n))
			continue;
		w = before;
		if (!skip_option(&w))
			return false;
	}
	return rd_is_end(&n);
}

size_t chain_count(const struct chain_links *l, struct str subject)
{
	struct gate_walk w;
	size_t at, next = 0, count = 0;
	bool rest = false;

	gate_walk_init(&w, l->pair, subject, 0, subject.n);
	while (count < l->most && gate_walk_next(&w, &at, &rest)) {
		if (rest)
			return SIZE_MAX;
		if (at < next)
			continue;
		next = at + l->min_length;
		count++;
	}
	return count;
}

size_t chain_last(const struct chain *c, struct str subject)
{
	size_t places[MAX_PLACES], n = 0, at, last, left = c->pairs - 1;
	struct gate_walk w;
	bool rest = false;

	gate_walk_init(&w, c->links->pair, subject, 0, subject.n);
	while (gate_walk_next(&w, &at, &rest)) {
		if (rest || n == MAX_PLACES)
			return subject.n;
		places[n++] = at;
	}
	if (!n)
		return subject.n;
	last = places[--n];
	while (n-- && left) {
		if (places[n] + c->links->min_length > last)
			continue;
		last = places[n];
		left--;
	}
	return last;
}
