/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One pass over the expression, a frame for each open group. A frame keeps the strings that the last
 * pieces of its branch can be (`tail`, while they are few), and the best set of literals that every match
 * of the branch must hold one of. Branches are joined by union. Whatever is odd (conditions, calls,
 * references, verbs) counts as "could be anything".
 */
#include "rules/needs_private.h"

#include "core/arena.h"
#include "core/num.h"

enum { LETTER_LENGTH = 8 };

static int hex_value(int c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* A byte as the translator writes it: itself, \ and itself, or \xHH. -1: not a byte. */
static int take_byte(struct rd *in)
{
	int c = rd_peek(in), hi, lo;

	if (c != '\\') {
		in->at++;
		return c;
	}
	c = rd_peek_at(in, 1);
	if (c == 'x') {
		hi = hex_value(rd_peek_at(in, 2));
		lo = hex_value(rd_peek_at(in, 3));
		if (hi < 0 || lo < 0)
			return -1;
		in->at += 4;
		return hi * 16 + lo;
	}
	if (c < 0 || ascii_is_alnum((char)c))
		return -1;
	in->at += 2;
	return c;
}

static void take_class(struct analysis *n, struct piece *ret)
{
	struct byteset set = { { 0 } };
	bool negate;

	n->in.at++;
	negate = rd_accept(&n->in, '^');
	while (!rd_accept(&n->in, ']')) {
		int from = take_byte(&n->in), to = from;

		if (from >= 0 && rd_accept(&n->in, '-'))
			to = take_byte(&n->in);
		if (from < 0 || to < 0 || rd_is_end(&n->in)) {
			n->failed = true;
			return;
		}
		byteset_add_range(&set, (unsigned)from, (unsigned)to);
	}
	if (negate)
		byteset_invert(&set);
	needs_of_bytes(n, &set, ret);
}

static void of_letter(struct analysis *n, char letter, struct piece *ret)
{
	struct byteset set = { { 0 } };

	switch (ascii_lower(letter)) {
	case 'd': byteset_add_range(&set, '0', '9'); break;
	case 's':
		byteset_add_range(&set, '\t', '\r');
		byteset_add(&set, ' ');
		break;
	default:
		byteset_add_range(&set, '0', '9');
		byteset_add_range(&set, 'A', 'Z');
		byteset_add_range(&set, 'a', 'z');
		byteset_add(&set, '_');
	}
	if (letter >= 'A' && letter <= 'Z')
		byteset_invert(&set);
	needs_of_bytes(n, &set, ret);
}

static void take_escape(struct analysis *n, struct piece *ret)
{
	int c = rd_peek_at(&n->in, 1), byte;

	if (memchr("dDsSwW", c, 6)) {
		n->in.at += 2;
		of_letter(n, (char)c, ret);
		return;
	}
	if (memchr("bBAzZGK", c, 7)) {
		n->in.at += 2;
		needs_of_nothing(ret);
		return;
	}
	if (memchr("RXN", c, 3)) {
		n->in.at += 2;
		needs_of_anything(ret, 1);
		return;
	}
	if (c == 'g' || c == 'k') { /* \g{1} \k<name> */
		rd_until(&n->in, c == 'g' ? "}" : ">");
		n->in.at++;
		needs_of_anything(ret, 0);
		return;
	}
	byte = take_byte(&n->in);
	if (byte < 0)
		n->failed = true;
	else
		needs_of_char(n, (uint8_t)byte, ret);
}

static bool take_number(struct rd *in, size_t *ret)
{
	struct str digits = rd_while(in, "0123456789");
	uint64_t v = 0;

	*ret = num_parse_u64(digits, 10, 65535, &v) ? (size_t)v : 0;
	return digits.n;
}

static struct repeat take_repeat(struct rd *in)
{
	struct repeat r = { 1, 1 };

	switch (rd_peek(in)) {
	case '*': r = (struct repeat){ 0, SIZE_MAX }; break;
	case '+': r = (struct repeat){ 1, SIZE_MAX }; break;
	case '?': r = (struct repeat){ 0, 1 }; break;
	case '{':
		in->at++;
		take_number(in, &r.min);
		r.max = r.min;
		if (rd_accept(in, ',') && !take_number(in, &r.max))
			r.max = SIZE_MAX;
		break;
	default: return r;
	}
	in->at++;
	if (rd_peek(in) == '?' || rd_peek(in) == '+')
		in->at++;
	return r;
}

/* The whole of a group that is of no use. */
static void skip_group(struct analysis *n)
{
	size_t depth = 0;

	while (!rd_is_end(&n->in)) {
		int c = rd_peek(&n->in);

		if (c == '\\') {
			n->in.at += 2;
			continue;
		}
		if (c == '[') {
			struct piece ignored;

			take_class(n, &ignored);
			if (n->failed)
				return;
			continue;
		}
		n->in.at++;
		if (c == '(')
			depth++;
		else if (c == ')' && !--depth)
			return;
	}
}

/* Flags on their own, "(?i-s)": true when they were. */
static bool take_flags(struct analysis *n)
{
	struct rd ahead = n->in;

	ahead.at += 2;
	rd_while(&ahead, "ims-");
	if (!rd_accept(&ahead, ')'))
		return false;
	n->in = ahead;
	return true;
}

static void take_group(struct analysis *n)
{
	static const struct str plain[] = { { "(?:", 3 }, { "(?>", 3 }, { "(?|", 3 } };
	struct rd ahead = n->in;
	struct piece p;

	if (rd_peek_at(&n->in, 1) == '*') { /* a verb may end the match early */
		n->failed = true;
		return;
	}
	if (rd_peek_at(&n->in, 1) != '?') {
		n->in.at++;
		needs_open_frame(n);
		return;
	}
	for (size_t i = 0; i < ELEMENTS(plain); i++) {
		if (rd_accept_str(&n->in, plain[i])) {
			needs_open_frame(n);
			return;
		}
	}
	if (take_flags(n))
		return;
	ahead.at += 2;
	rd_while(&ahead, "ims-");
	if (rd_accept(&ahead, ':')) {
		n->in = ahead;
		needs_open_frame(n);
		return;
	}
	if (rd_accept(&ahead, '<') && rd_peek(&ahead) != '=' && rd_peek(&ahead) != '!') {
		rd_until(&ahead, ">");
		n->in.at = ahead.at + 1;
		needs_open_frame(n);
		return;
	}
	/* lookaround takes no bytes; whatever else it is may take any */
	if (rd_peek_at(&n->in, 2) == '=' || rd_peek_at(&n->in, 2) == '!' ||
	    rd_peek_at(&n->in, 2) == '<')
		needs_of_nothing(&p);
	else
		needs_of_anything(&p, 0);
	skip_group(n);
	needs_append_repeated(n, &p, take_repeat(&n->in));
}

static void close_group(struct analysis *n)
{
	struct piece p;

	needs_end_branch(n);
	p = needs_top(n)->done;
	vec_pop(&n->frames);
	if (p.start.max_length <= LETTER_LENGTH) /* the spellings of a letter: not worth it */
		p.alts.n = 0;
	n->in.at++;
	if (!n->frames.n)
		n->failed = true;
	else
		needs_append_repeated(n, &p, take_repeat(&n->in));
}

static void take_one(struct analysis *n)
{
	int c = rd_peek(&n->in);
	struct piece p;

	needs_of_nothing(&p);
	switch (c) {
	case '(': take_group(n); return;
	case ')': close_group(n); return;
	case '|':
		needs_end_branch(n);
		n->in.at++;
		return;
	case '[': take_class(n, &p); break;
	case '\\': take_escape(n, &p); break;
	case '.':
		n->in.at++;
		needs_of_any_byte(&p);
		break;
	case '^':
	case '$': n->in.at++; break;
	default: n->in.at++; needs_of_char(n, (uint8_t)c, &p);
	}
	if (!n->failed)
		needs_append_repeated(n, &p, take_repeat(&n->in));
}

static void keep(struct arena *a, const struct piece *p, struct needs *ret)
{
	size_t n = needs_is_useful(p->best) ? p->best.n : 0;
	struct str *literals = arena_calloc(a, n + 1, sizeof(*literals));

	for (size_t i = 0; i < n; i++)
		literals[i] = str_dup(a, p->best.s[i]);
	ret->literals = literals;
	ret->literal_count = n;
	ret->literal_times = p->best.times;
	ret->min_length = p->start.min_length;
	ret->byte_sets = p->byte_sets;
	memcpy(ret->bytes, p->bytes, sizeof(ret->bytes));
}

static void keep_windows(struct arena *a, struct needs_alts alts, struct needs *ret)
{
	struct needs_look *looks = arena_calloc(a, alts.n + 1, sizeof(*looks));

	for (size_t i = 0; i < alts.n; i++) {
		const struct needs_window *w = &alts.w[i];

		memcpy(looks[i].at, w->at, sizeof(looks[i].at));
		looks[i].length =
		    w->min_length < NEEDS_WINDOW ? w->min_length : (size_t)NEEDS_WINDOW;
	}
	ret->windows = looks;
	ret->window_count = alts.n;
}

/* The rarest of: the union of all beginnings, the beginnings apart, a window inside. */
static void keep_best_window(struct arena *a, struct analysis *n, const struct piece *whole,
			     struct needs *ret)
{
	struct needs_alts one = { &whole->start, 1 }, best = one;

	ret->window_rarity = needs_alts_rarity(one);
	if (needs_alts_rarity(whole->alts) > ret->window_rarity) {
		best = whole->alts;
		ret->window_rarity = needs_alts_rarity(best);
	}
	if (!n->has_branches && n->best_rarity > ret->window_rarity) {
		best = n->best.alts;
		ret->window_rarity = n->best_rarity;
		ret->back_min = n->best.back_min;
		ret->back_max = n->best.back_max;
	}
	keep_windows(a, best, ret);
}

void needs_of(struct arena *a, struct str pcre, struct needs *ret)
{
	struct arena *scratch = arena_new();
	struct analysis n = { .a = scratch, .in = rd_of(pcre) };

	*ret = (struct needs){ 0 };
	vec_init(&n.frames, NULL, sizeof(struct frame), 0);
	needs_open_frame(&n);
	while (!n.failed && !rd_is_end(&n.in))
		take_one(&n);
	if (!n.failed && n.frames.n == 1) {
		needs_end_branch(&n);
		keep(a, &needs_top(&n)->done, ret);
		keep_best_window(a, &n, &needs_top(&n)->done, ret);
	}
	vec_done(&n.frames);
	arena_free(scratch);
}
