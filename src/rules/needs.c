/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One pass over the expression, a frame for each open group. A frame keeps the strings that the last
 * pieces of its branch can be (`tail`, while they are few), and the best set of literals that every match
 * of the branch must hold one of. Branches are joined by union. Whatever is odd (conditions, calls,
 * references, verbs) counts as "could be anything".
 */
#include "rules/needs.h"

#include "core/arena.h"
#include "core/num.h"
#include "core/reader.h"
#include "core/vec.h"

enum { MAX_TAIL = 24, MAX_LITERAL = 24, MAX_CLASS = 6 };

struct set {
	struct str s[NEEDS_MAX_LITERALS];
	size_t n; /* 0: could be anything */
};

/* What a piece or a branch stands for. */
struct piece {
	struct set tail; /* all strings it can be; n 0: too many to say */
	struct set best; /* every match of it holds one of these; n 0: not known */
	size_t min_length;
	struct byteset bytes[NEEDS_BYTE_SETS]; /* rarest first */
	size_t byte_sets;
};

struct frame {
	struct piece branch; /* so far */
	bool whole;          /* tail is the whole branch, not only its end */
	struct piece done;   /* union of the branches before */
	bool has_done;
	bool is_look, is_odd;
};

struct analysis {
	struct arena *a;
	struct rd in;
	struct vec frames; /* struct frame */
	bool failed;
};

static size_t shortest(const struct set *set)
{
	size_t n = SIZE_MAX;

	for (size_t i = 0; i < set->n; i++)
		n = set->s[i].n < n ? set->s[i].n : n;
	return set->n ? n : 0;
}

/* Longer is rarer, fewer are rarer; beyond eight bytes length says no more. */
static long worth(const struct set *set)
{
	size_t len = shortest(set);

	if (!set->n || len < NEEDS_MIN_LENGTH)
		return -1;
	return (long)(len > 8 ? 8 : len) * 16 - (long)set->n;
}

static void keep_best(struct set *best, const struct set *candidate)
{
	if (worth(candidate) > worth(best))
		*best = *candidate;
}

static void add_string(struct set *set, struct str s, size_t max, bool *fits)
{
	for (size_t i = 0; i < set->n; i++) {
		if (str_eq(set->s[i], s))
			return;
	}
	if (set->n >= max || set->n >= NEEDS_MAX_LITERALS)
		*fits = false;
	else
		set->s[set->n++] = s;
}

/* Every string of a followed by every one of b; false: too many or too long. */
static bool cross(struct arena *a, const struct set *x, const struct set *y, struct set *ret)
{
	bool fits = x->n && y->n;

	ret->n = 0;
	for (size_t i = 0; i < x->n && fits; i++) {
		for (size_t k = 0; k < y->n && fits; k++) {
			if (x->s[i].n + y->s[k].n > MAX_LITERAL)
				return false;
			add_string(ret, str_concat(a, x->s[i], y->s[k]), MAX_TAIL, &fits);
		}
	}
	return fits;
}

static bool unite(struct set *to, const struct set *from, size_t max)
{
	bool fits = to->n && from->n;

	for (size_t i = 0; i < from->n && fits; i++)
		add_string(to, from->s[i], max, &fits);
	if (!fits)
		to->n = 0;
	return fits;
}

/* How often such bytes stand in mail, roughly, in a thousand. */
static unsigned long frequency(const struct byteset *set)
{
	static const uint8_t letters[26] = { 70, 13, 30, 35, 100, 20, 20, 40, 65, 2,  8, 40, 25,
					     65, 70, 20, 2,  60,  60, 80, 28, 10, 18, 3, 17, 2 };
	unsigned long sum = 0;

	for (unsigned c = 0; c < 256; c++) {
		if (!byteset_has(set, (uint8_t)c))
			continue;
		sum += c >= 'a' && c <= 'z'    ? letters[c - 'a']
		       : c == ' ' || c == '\n' ? 150
		       : c >= 0x80             ? 1
		       : c == '.' || c == '-'  ? 15
					       : 5;
	}
	return sum;
}

/* A set of bytes of which one must be there; the rarest are kept. */
static void need_bytes(struct piece *p, const struct byteset *set)
{
	unsigned long count = frequency(set);
	size_t at = 0;

	while (at < p->byte_sets && frequency(&p->bytes[at]) <= count) {
		if (!memcmp(&p->bytes[at], set, sizeof(*set)))
			return;
		at++;
	}
	if (at >= NEEDS_BYTE_SETS || count > 800)
		return;
	for (size_t i = NEEDS_BYTE_SETS - 1; i > at; i--)
		p->bytes[i] = p->bytes[i - 1];
	p->bytes[at] = *set;
	if (p->byte_sets < NEEDS_BYTE_SETS)
		p->byte_sets++;
}

static const struct piece nothing = { .tail = { .s = { { "", 0 } }, .n = 1 } };

static struct frame *top(struct analysis *n)
{
	return VEC_LAST(&n->frames, struct frame);
}

static void open_frame(struct analysis *n)
{
	struct frame *f = vec_must_push(&n->frames);

	f->branch = nothing;
	f->whole = true;
}

/* The branch goes on with this piece. */
static void append(struct analysis *n, const struct piece *p)
{
	struct frame *f = top(n);
	struct set joined;

	f->branch.min_length += p->min_length;
	for (size_t i = 0; i < p->byte_sets; i++)
		need_bytes(&f->branch, &p->bytes[i]);
	keep_best(&f->branch.best, &p->best);
	if (p->tail.n && f->branch.tail.n && cross(n->a, &f->branch.tail, &p->tail, &joined)) {
		f->branch.tail = joined;
		keep_best(&f->branch.best, &joined);
		return;
	}
	keep_best(&f->branch.best, &f->branch.tail);
	f->whole = false;
	f->branch.tail = p->tail;
}

/* The branch is complete: it joins the ones before. */
static void end_branch(struct analysis *n)
{
	struct frame *f = top(n);
	struct piece b = f->branch;

	keep_best(&b.best, &b.tail);
	if (!f->whole)
		b.tail.n = 0;
	if (!f->has_done) {
		f->done = b;
	} else {
		unite(&f->done.tail, &b.tail, MAX_TAIL);
		unite(&f->done.best, &b.best, NEEDS_MAX_LITERALS);
		if (b.min_length < f->done.min_length)
			f->done.min_length = b.min_length;
		f->done.byte_sets = f->done.byte_sets && b.byte_sets;
		if (f->done.byte_sets)
			byteset_union(&f->done.bytes[0], &b.bytes[0]);
	}
	f->has_done = true;
	f->branch = nothing;
	f->whole = true;
}

static void anything(struct piece *p, size_t min_length)
{
	*p = (struct piece){ .min_length = min_length };
}

static void of_bytes(struct analysis *n, const struct byteset *raw, struct piece *ret)
{
	struct byteset folded = { { 0 } };

	anything(ret, 1);
	for (unsigned c = 0; c < 256; c++) {
		if (byteset_has(raw, (uint8_t)c))
			byteset_add(&folded, byte_fold((uint8_t)c));
	}
	need_bytes(ret, &folded);
	if (byteset_count(&folded) > MAX_CLASS)
		return;
	for (unsigned c = 0; c < 256; c++) {
		char byte = (char)c;

		if (byteset_has(&folded, (uint8_t)c))
			ret->tail.s[ret->tail.n++] = str_dup(n->a, str_make(&byte, 1));
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
	ret->tail.n = byteset_count(&set) > MAX_CLASS ? 0 : ret->tail.n;
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
		*ret = nothing;
		return;
	}
	if (memchr("RXN", c, 3)) {
		n->in.at += 2;
		anything(ret, 1);
		return;
	}
	if (c == 'g' || c == 'k') { /* \g{1} \k<name> */
		rd_until(&n->in, c == 'g' ? "}" : ">");
		n->in.at++;
		anything(ret, 0);
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

/* The piece r.min times and more. */
static void append_repeated(struct analysis *n, struct piece *p, struct repeat r)
{
	size_t copies = r.min > 4 ? 4 : r.min;
	struct piece rest;

	if (r.min == 0 && r.max == 1 && p->tail.n && p->tail.n < MAX_TAIL) {
		bool fits = true;

		add_string(&p->tail, STR(""), MAX_TAIL, &fits);
		p->best.n = p->byte_sets = p->min_length = 0;
		append(n, p);
		return;
	}
	for (size_t i = 0; i < copies; i++)
		append(n, p);
	if (r.max == copies)
		return;
	/* what follows stands behind another copy, or behind something not known */
	anything(&rest, copies < r.min ? p->min_length * (r.min - copies) : 0);
	append(n, &rest);
	if (r.min) {
		struct piece last = { .tail = p->tail };

		append(n, &last);
	}
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
		p = nothing;
	else
		anything(&p, 0);
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
	n->in.at++;
	if (!n->frames.n)
		n->failed = true;
	else
		append_repeated(n, &p, take_repeat(&n->in));
}

static void take_one(struct analysis *n)
{
	int c = rd_peek(&n->in);
	struct piece p = nothing;

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
		anything(&p, 1);
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
	struct str *literals = arena_calloc(a, p->best.n + 1, sizeof(*literals));

	for (size_t i = 0; i < p->best.n; i++)
		literals[i] = str_dup(a, p->best.s[i]);
	ret->literals = literals;
	ret->literal_count = p->best.n;
	ret->min_length = p->min_length;
	ret->byte_sets = p->byte_sets;
	memcpy(ret->bytes, p->bytes, sizeof(ret->bytes));
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
		if (worth(&top(&n)->done.best) < 0)
			top(&n)->done.best.n = 0;
		keep(a, &top(&n)->done, ret);
	}
	vec_done(&n.frames);
	arena_free(scratch);
}
