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
#include "core/reader.h"
#include "core/vec.h"

#include <math.h>

enum {
	MAX_TAIL = 24,
	MAX_CLASS = 6,
	MAX_FREQUENCY = 800,
	MAX_TIMES = 8,
	MAX_LIVE = 12,
	LETTER_LENGTH = 8
};

/* What a piece or a branch stands for. */
struct piece {
	struct needs_set tail;     /* all strings it can be; n 0: too many to say */
	struct needs_set best;     /* every match of it holds one of these; n 0: not known */
	struct needs_window start; /* from its beginning */
	struct needs_alts alts;    /* the same by branches; n 0: not known apart */
	struct byteset bytes[NEEDS_BYTE_SETS]; /* rarest first */
	size_t byte_sets;
};

struct frame {
	struct piece branch; /* so far */
	bool whole;          /* tail is the whole branch, not only its end */
	struct piece done;   /* what the branches before have in common */
	bool has_done;
};

/* A window that begins at a piece of the whole expression, so far behind its start. */
struct begun {
	struct needs_alts alts;
	size_t back_min, back_max;
};

struct analysis {
	struct arena *a;
	struct begun live[MAX_LIVE]; /* still growing */
	size_t live_count;
	struct begun best; /* the rarest that has grown */
	double best_rarity;
	bool has_branches; /* the whole expression is an alternation: no such windows */
	struct rd in;
	struct vec frames; /* struct frame */
	bool failed;
};

static const struct str empty_string = { "", 0 };

static void of_nothing(struct piece *p)
{
	*p = (struct piece){ .tail = { &empty_string, 1, 1 } };
	needs_window_empty(&p->start);
}

static void of_anything(struct piece *p, size_t min_length)
{
	*p = (struct piece){ .byte_sets = 0 };
	needs_window_anything(&p->start, min_length);
}

/* A set of bytes of which one must be there; the rarest are kept. */
static void need_bytes(struct piece *p, const struct byteset *set)
{
	unsigned often = needs_frequency(set);
	size_t at = 0;

	while (at < p->byte_sets && needs_frequency(&p->bytes[at]) <= often) {
		if (!memcmp(&p->bytes[at], set, sizeof(*set)))
			return;
		at++;
	}
	if (at >= NEEDS_BYTE_SETS || often > MAX_FREQUENCY)
		return;
	for (size_t i = NEEDS_BYTE_SETS - 1; i > at; i--)
		p->bytes[i] = p->bytes[i - 1];
	p->bytes[at] = *set;
	if (p->byte_sets < NEEDS_BYTE_SETS)
		p->byte_sets++;
}

static struct frame *top(struct analysis *n)
{
	return VEC_LAST(&n->frames, struct frame);
}

static void start_branch(struct frame *f)
{
	of_nothing(&f->branch);
	f->whole = true;
}

static void open_frame(struct analysis *n)
{
	start_branch(vec_must_push(&n->frames));
}

/* A wider choice of beginnings makes a window worth less. */
static void keep_window(struct analysis *n, const struct begun *b)
{
	double rarity = needs_alts_rarity(b->alts) - log2((double)(b->back_max - b->back_min + 1));

	if (rarity <= n->best_rarity)
		return;
	n->best = *b;
	n->best_rarity = rarity;
}

/* A piece's branches, or the piece as its only one. */
static struct needs_alts alts_of(struct analysis *n, const struct piece *p)
{
	struct needs_window *w;

	if (p->alts.n)
		return p->alts;
	w = arena_alloc(n->a, sizeof(*w));
	*w = p->start;
	return (struct needs_alts){ w, 1 };
}

/* Only pieces of the whole expression: the distance from its start is known. */
static void grow_windows(struct analysis *n, const struct needs_window *prefix,
			 const struct piece *p)
{
	size_t kept = 0;

	for (size_t i = 0; i < n->live_count; i++) {
		n->live[i].alts = needs_alts_append(n->a, n->live[i].alts, &p->start);
		if (needs_alts_are_full(n->live[i].alts))
			keep_window(n, &n->live[i]);
		else
			n->live[kept++] = n->live[i];
	}
	n->live_count = kept;
	if (p->start.min_length && kept < MAX_LIVE && prefix->max_length <= NEEDS_MAX_BACK)
		n->live[n->live_count++] =
		    (struct begun){ alts_of(n, p), prefix->min_length, prefix->max_length };
}

static void append_needs(struct analysis *n, const struct piece *p)
{
	struct frame *f = top(n);

	if (n->frames.n == 1)
		grow_windows(n, &f->branch.start, p);
	if (f->branch.start.max_length == 0)
		f->branch.alts = alts_of(n, p);
	else
		f->branch.alts = needs_alts_append(n->a, f->branch.alts, &p->start);
	needs_window_append(&f->branch.start, &p->start);
	for (size_t i = 0; i < p->byte_sets; i++)
		need_bytes(&f->branch, &p->bytes[i]);
	f->branch.best = needs_better(f->branch.best, p->best);
}

/* The strings of the branch end here, and go on from what `tail` can be. */
static void break_tail(struct frame *f, struct needs_set tail)
{
	f->branch.best = needs_better(f->branch.best, f->branch.tail);
	f->branch.best = needs_better(f->branch.best, tail);
	f->whole = false;
	f->branch.tail = tail;
}

/* The branch goes on with this piece. */
static void append(struct analysis *n, const struct piece *p)
{
	struct frame *f = top(n);
	struct needs_set joined;

	append_needs(n, p);
	if (!needs_cross(n->a, f->branch.tail, p->tail, MAX_TAIL, &joined)) {
		break_tail(f, p->tail);
		return;
	}
	f->branch.tail = joined;
	f->branch.best = needs_better(f->branch.best, joined);
}

/* With a piece that stands there more than once: one copy before the break, one behind it. */
static void append_copies(struct analysis *n, const struct piece *again, struct needs_set one)
{
	struct frame *f = top(n);
	struct needs_set joined;

	append_needs(n, again);
	if (needs_cross(n->a, f->branch.tail, one, MAX_TAIL, &joined))
		f->branch.best = needs_better(f->branch.best, joined);
	break_tail(f, one);
}

/* Only what all branches need is needed. */
static void join_branch(struct analysis *n, struct piece *done, const struct piece *b)
{
	done->tail = needs_union(n->a, done->tail, b->tail, NEEDS_MAX_LITERALS);
	done->best = needs_union(n->a, done->best, b->best, NEEDS_MAX_LITERALS);
	done->alts = needs_alts_union(n->a, done->alts, b->alts);
	needs_window_join(&done->start, &b->start);
	done->byte_sets = done->byte_sets && b->byte_sets;
	if (done->byte_sets)
		byteset_union(&done->bytes[0], &b->bytes[0]);
}

/* The branch is complete: it joins the ones before. */
static void end_branch(struct analysis *n)
{
	struct frame *f = top(n);
	struct piece *b = &f->branch;

	b->best = needs_better(b->best, b->tail);
	if (!f->whole)
		b->tail.n = 0;
	if (n->frames.n == 1) {
		n->has_branches = n->has_branches || f->has_done;
		for (size_t i = 0; i < n->live_count; i++)
			keep_window(n, &n->live[i]);
		n->live_count = 0;
	}
	if (f->has_done)
		join_branch(n, &f->done, b);
	else
		f->done = *b;
	f->has_done = true;
	start_branch(f);
}

static void of_bytes(struct analysis *n, const struct byteset *raw, struct piece *ret)
{
	struct byteset folded = { { 0 } };
	size_t count;
	struct str *s;

	for (size_t w = 0; w < 4; w++) {
		for (uint64_t bits = raw->w[w]; bits; bits &= bits - 1)
			byteset_add(&folded,
				    byte_fold((uint8_t)(w * 64 + (unsigned)__builtin_ctzll(bits))));
	}
	*ret = (struct piece){ .byte_sets = 0 };
	needs_window_byte(&ret->start, &folded);
	need_bytes(ret, &folded);
	count = byteset_count(&folded);
	if (count > MAX_CLASS)
		return;
	s = arena_alloc(n->a, (count + 1) * sizeof(*s));
	ret->tail = (struct needs_set){ s, count, 1 };
	for (unsigned c = 0; c < 256; c++) {
		char byte = (char)c;

		if (byteset_has(&folded, (uint8_t)c))
			*s++ = str_dup(n->a, str_make(&byte, 1));
	}
}

static void of_char(struct analysis *n, uint8_t c, struct piece *ret)
{
	struct byteset set = { { 0 } };

	byteset_add(&set, c);
	of_bytes(n, &set, ret);
}

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
	of_bytes(n, &set, ret);
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
	of_bytes(n, &set, ret);
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
		of_nothing(ret);
		return;
	}
	if (memchr("RXN", c, 3)) {
		n->in.at += 2;
		of_anything(ret, 1);
		return;
	}
	if (c == 'g' || c == 'k') { /* \g{1} \k<name> */
		rd_until(&n->in, c == 'g' ? "}" : ">");
		n->in.at++;
		of_anything(ret, 0);
		return;
	}
	byte = take_byte(&n->in);
	if (byte < 0)
		n->failed = true;
	else
		of_char(n, (uint8_t)byte, ret);
}

/* Behind a piece: how often it may stand. */
struct repeat {
	size_t min, max; /* max SIZE_MAX: no end */
};

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

/* All strings of exactly `count` copies; false: too many. */
static bool spell_out(struct analysis *n, const struct piece *p, size_t count,
		      struct needs_set *ret)
{
	struct needs_set more;

	*ret = p->tail;
	for (size_t i = 1; i < count; i++) {
		if (!needs_cross(n->a, *ret, p->tail, MAX_TAIL, &more))
			return false;
		*ret = more;
	}
	return true;
}

/* The piece r.min times and more. */
static void append_repeated(struct analysis *n, struct piece *p, struct repeat r)
{
	struct piece again = *p;

	if (r.min == 1 && r.max == 1) {
		append(n, p);
		return;
	}
	needs_window_repeat(&again.start, r.min, r.max);
	again.alts.n = 0;
	if (r.min == 0) { /* it need not be there at all */
		again.best.n = 0;
		again.byte_sets = 0;
		if (r.max == 1)
			again.tail = needs_union(
			    n->a, p->tail, (struct needs_set){ &empty_string, 1, 1 }, MAX_TAIL);
		else
			again.tail.n = 0;
		append(n, &again);
		return;
	}
	again.best = needs_better(p->best, p->tail);
	again.best.times *= r.min < MAX_TIMES ? r.min : (size_t)MAX_TIMES;
	if (r.max == r.min && spell_out(n, p, r.min, &again.tail))
		append(n, &again);
	else
		append_copies(n, &again, p->tail);
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

	if (rd_peek_at(&n->in, 1) != '?' && rd_peek_at(&n->in, 1) != '*') {
		n->in.at++;
		open_frame(n);
		return;
	}
	for (size_t i = 0; i < ELEMENTS(plain); i++) {
		if (rd_accept_str(&n->in, plain[i])) {
			open_frame(n);
			return;
		}
	}
	if (take_flags(n))
		return;
	ahead.at += 2;
	rd_while(&ahead, "ims-");
	if (rd_accept(&ahead, ':')) {
		n->in = ahead;
		open_frame(n);
		return;
	}
	if (rd_accept(&ahead, '<') && rd_peek(&ahead) != '=' && rd_peek(&ahead) != '!') {
		rd_until(&ahead, ">");
		n->in.at = ahead.at + 1;
		open_frame(n);
		return;
	}
	/* lookaround takes no bytes; whatever else it is may take any */
	if (rd_peek_at(&n->in, 2) == '=' || rd_peek_at(&n->in, 2) == '!' ||
	    rd_peek_at(&n->in, 2) == '<')
		of_nothing(&p);
	else
		of_anything(&p, 0);
	if (rd_peek_at(&n->in, 1) == '*')
		n->failed = true; /* a verb may end the match early */
	skip_group(n);
	append_repeated(n, &p, take_repeat(&n->in));
}

static void close_group(struct analysis *n)
{
	struct piece p;

	end_branch(n);
	p = top(n)->done;
	vec_pop(&n->frames);
	if (p.start.max_length <= LETTER_LENGTH) /* the spellings of a letter: not worth it */
		p.alts.n = 0;
	n->in.at++;
	if (!n->frames.n)
		n->failed = true;
	else
		append_repeated(n, &p, take_repeat(&n->in));
}

static void take_one(struct analysis *n)
{
	int c = rd_peek(&n->in);
	struct piece p;

	of_nothing(&p);
	switch (c) {
	case '(': take_group(n); return;
	case ')': close_group(n); return;
	case '|':
		end_branch(n);
		n->in.at++;
		return;
	case '[': take_class(n, &p); break;
	case '\\': take_escape(n, &p); break;
	case '.':
		n->in.at++;
		of_anything(&p, 1);
		break;
	case '^':
	case '$': n->in.at++; break;
	default: n->in.at++; of_char(n, (uint8_t)c, &p);
	}
	if (!n->failed)
		append_repeated(n, &p, take_repeat(&n->in));
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
	open_frame(&n);
	while (!n.failed && !rd_is_end(&n.in))
		take_one(&n);
	if (!n.failed && n.frames.n == 1) {
		end_branch(&n);
		keep(a, &top(&n)->done, ret);
		keep_best_window(a, &n, &top(&n)->done, ret);
	}
	vec_done(&n.frames);
	arena_free(scratch);
}
