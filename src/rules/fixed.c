/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The strings side by side, a bit each: those that begin with a byte, of these the ones that go on with the
 * next, until one has ended. Most bytes begin none or are a match by themselves, which a table tells.
 */
#include "rules/fixed.h"

#include "core/arena.h"
#include "core/block.h"
#include "core/num.h"
#include "core/reader.h"
#include "rules/byteset.h"
#include "rules/rx_text.h"

/* BLOCKS: that are looked at together. */
enum { MAX_STRINGS = 64, MAX_LENGTH = 16, AT_ONCE = 8, BLOCKS = 16 };

/* What a byte says. The first two are counts. */
enum { NO_MATCH = 0, IS_MATCH = 1, MAY_BEGIN = 2 * AT_ONCE };

struct fixed {
	uint8_t first[256];
	int only;      /* all that may begin in ASCII: a match of one byte; -1: it is not so */
	size_t length; /* of the longest */
	uint64_t end[MAX_LENGTH]; /* the strings whose last byte this is */
	uint64_t has[][256];      /* by place: the strings that may have the byte there */
};

struct string {
	struct byteset at[MAX_LENGTH];
	size_t n;
};

struct strings {
	struct string s[MAX_STRINGS];
	size_t n;
};

/* \d and its like. */
static bool take_letter(struct rd *in, char *ret)
{
	struct rd ahead = *in;
	struct str letter;

	if (!rd_accept(&ahead, '\\'))
		return false;
	letter = rd_while(&ahead, "dDsSwW");
	if (!letter.n)
		return false;
	*ret = letter.p[0];
	in->at += 2;
	return true;
}

/* A byte or a class. What stands for something else than itself is never a bare letter or digit. */
static bool take_set(struct rd *in, struct byteset *ret)
{
	int c = rd_peek(in);
	bool negated;
	char letter;

	if (c == '[') {
		if (!rx_text_class(in, ret, &negated))
			return false;
		if (negated)
			byteset_invert(ret);
		return true;
	}
	if (take_letter(in, &letter)) {
		*ret = rx_text_letter(letter);
		return true;
	}
	if (c < 0 || (c != '\\' && c != '_' && !ascii_is_alnum((char)c)))
		return false;
	c = rx_text_byte(in);
	if (c < 0)
		return false;
	*ret = (struct byteset){ { 0 } };
	byteset_add(ret, (uint8_t)c);
	return true;
}

static bool take_string(struct rd *in, struct string *ret)
{
	ret->n = 0;
	while (!rd_is_end(in) && rd_peek(in) != '|' && rd_peek(in) != ')') {
		if (ret->n == MAX_LENGTH || !take_set(in, &ret->at[ret->n++]))
			return false;
	}
	return ret->n > 0;
}

/* A group is a whole alternative, so its parentheses change nothing. */
static bool take_strings(struct str pcre, struct strings *ret)
{
	struct rd in = rd_of(pcre);
	size_t depth = 0;

	ret->n = 0;
	do {
		while (rd_accept_str(&in, STR("(?:")))
			depth++;
		if (ret->n == MAX_STRINGS || !take_string(&in, &ret->s[ret->n++]))
			return false;
		for (; rd_accept(&in, ')'); depth--) {
			if (!depth)
				return false;
		}
	} while (rd_accept(&in, '|'));
	return rd_is_end(&in) && !depth;
}

/* Some bytes begin with both. */
static bool can_meet(const struct string *a, const struct string *b)
{
	for (size_t i = 0; i < a->n && i < b->n; i++) {
		uint64_t both = 0;

		for (size_t w = 0; w < 4; w++)
			both |= a->at[i].w[w] & b->at[i].w[w];
		if (!both)
			return false;
	}
	return true;
}

static bool has_one_length_anywhere(const struct strings *all)
{
	for (size_t i = 0; i < all->n; i++) {
		for (size_t k = 0; k < i; k++) {
			if (all->s[i].n != all->s[k].n && can_meet(&all->s[i], &all->s[k]))
				return false;
		}
	}
	return true;
}

static void add_string(struct fixed *f, const struct string *s, uint64_t bit)
{
	for (size_t i = 0; i < s->n; i++) {
		for (unsigned c = byteset_next(&s->at[i], 0); c < 256;
		     c = byteset_next(&s->at[i], c + 1))
			f->has[i][c] |= bit;
	}
	f->end[s->n - 1] |= bit;
}

static uint8_t what_it_says(const struct fixed *f, unsigned c)
{
	if (f->has[0][c] & f->end[0])
		return IS_MATCH;
	return f->has[0][c] ? MAY_BEGIN : NO_MATCH;
}

/* The one byte of ASCII that means anything, and is a match; -1: there is none, or there are more. */
static int only_ascii(const struct fixed *f)
{
	int only = -1;

	for (int c = 0; c < 0x80; c++) {
		if (f->first[c] == MAY_BEGIN || (f->first[c] == IS_MATCH && only >= 0))
			return -1;
		if (f->first[c] == IS_MATCH)
			only = c;
	}
	return only;
}

static const struct fixed *build(struct arena *a, const struct strings *all)
{
	size_t length = 0;
	struct fixed *f;

	for (size_t i = 0; i < all->n; i++)
		length = all->s[i].n > length ? all->s[i].n : length;
	f = arena_zalloc(a, sizeof(*f) + length * sizeof(f->has[0]));
	f->length = length;
	for (size_t i = 0; i < all->n; i++)
		add_string(f, &all->s[i], UINT64_C(1) << i);
	for (unsigned c = 0; c < 256; c++)
		f->first[c] = what_it_says(f, c);
	f->only = only_ascii(f);
	return f;
}

const struct fixed *fixed_new(struct arena *a, struct str pcre)
{
	struct strings *all = xzalloc(sizeof(*all));
	const struct fixed *f =
	    take_strings(pcre, all) && has_one_length_anywhere(all) ? build(a, all) : NULL;

	x_free(all);
	return f;
}

size_t fixed_memory(const struct fixed *f)
{
	return f ? sizeof(*f) + f->length * sizeof(f->has[0]) : 0;
}

/* Of the match that begins the subject; 0: none does. */
static size_t match_length(const struct fixed *f, struct str s)
{
	uint64_t alive = UINT64_MAX;

	for (size_t i = 0; i < f->length && i < s.n; i++) {
		alive &= f->has[i][(uint8_t)s.p[i]];
		if (alive & f->end[i])
			return i + 1;
		if (!alive)
			return 0;
	}
	return 0;
}

/* Goes on to `to`, or behind a match that begins before it. */
static size_t count_to(const struct fixed *f, struct str subject, size_t *at, size_t to)
{
	size_t n = 0;

	while (*at < to) {
		size_t length = match_length(f, str_from(subject, *at));

		n += length > 0;
		*at += length ? length : 1;
	}
	return n;
}

/* The same by what bytes say, some at once. */
static size_t count_by_table(const struct fixed *f, struct str subject, size_t *at, size_t to)
{
	size_t n = 0;

	while (*at < to && to - *at >= AT_ONCE) {
		const uint8_t *p = (const uint8_t *)subject.p + *at;
		unsigned sum = 0;

		for (size_t i = 0; i < AT_ONCE; i++)
			sum += f->first[p[i]];
		if (sum >= MAY_BEGIN) {
			n += count_to(f, subject, at, *at + AT_ONCE);
		} else {
			n += sum;
			*at += AT_ONCE;
		}
	}
	return n + count_to(f, subject, at, to);
}

/* How often a byte stands in some blocks of ASCII. False: they are not. */
static bool count_ascii(const char *p, size_t blocks, char only, size_t *ret)
{
	block sum = { 0 }, any = { 0 };
	size_t n = 0;

	for (size_t i = 0; i < blocks; i++) {
		block b = block_at(p + i * BLOCK_BYTES);

		any |= b;
		sum -= block_is(b, only);
	}
	for (size_t i = 0; i < BLOCK_BYTES; i++)
		n += sum[i];
	*ret = n;
	return !block_bits(block_high(any));
}

/* All blocks; what is left is less than one. */
static size_t count_blocks(const struct fixed *f, struct str subject, size_t *at)
{
	size_t n = 0, more;

	while (*at < subject.n && subject.n - *at >= BLOCK_BYTES) {
		size_t blocks = (subject.n - *at) / BLOCK_BYTES;

		blocks = blocks < BLOCKS ? blocks : (size_t)BLOCKS;
		if (count_ascii(subject.p + *at, blocks, (char)f->only, &more))
			*at += blocks * BLOCK_BYTES;
		else
			more = count_by_table(f, subject, at, *at + blocks * BLOCK_BYTES);
		n += more;
	}
	return n;
}

size_t fixed_count(const struct fixed *f, struct str subject, size_t max)
{
	size_t at = 0, n = f->only >= 0 ? count_blocks(f, subject, &at) : 0;

	n += count_by_table(f, subject, &at, subject.n);
	return max && n > max ? max : n;
}
