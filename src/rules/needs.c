/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One pass over the expression, a frame for each open group. A frame keeps the strings that the last
 * pieces of its branch can be (`tail`, while they are few), and the rarest sets of literals that every
 * match of the branch must hold one of, each with its distance from the branch's beginning. Branches are
 * joined by union. Whatever is odd (conditions, calls, references, verbs) counts as "could be anything".
 */
#include "rules/needs_private.h"

#include "core/arena.h"
#include "core/num.h"
#include "rules/rx_text.h"

/* MANY_BYTES: sets of more are all but some, of which it does not matter that some are left out. */
enum { LETTER_LENGTH = 8, MANY_BYTES = 128 };

static void take_class(struct analysis *n, struct piece *ret)
{
	struct byteset set;
	bool negated;

	if (!rx_text_class(&n->in, &set, &negated)) {
		n->failed = true;
		return;
	}
	if (negated)
		byteset_invert(&set);
	if (n->is_plain && (set.w[2] | set.w[3]) && byteset_count(&set) <= MANY_BYTES)
		n->has_dropped = true;
	needs_of_bytes(n, &set, ret);
}

static void take_reference(struct analysis *n, struct piece *ret)
{
	bool is_number = rd_peek_at(&n->in, 1) == 'g';
	struct str text = rd_until(&n->in, is_number ? "}" : ">");
	uint64_t number = 0;

	n->in.at++;
	if (!is_number || !num_parse_u64(str_from(text, 3), 10, UINT16_MAX, &number))
		number = NEEDS_GROUPS;
	needs_of_reference(n, (unsigned)number, ret);
}

static void take_escape(struct analysis *n, struct piece *ret)
{
	int c = rd_peek_at(&n->in, 1), byte;

	if (memchr("dDsSwW", c, 6)) {
		struct byteset set = rx_text_letter((char)c);

		n->in.at += 2;
		needs_of_bytes(n, &set, ret);
		return;
	}
	if (memchr("bBAzZK", c, 6)) {
		n->in.at += 2;
		needs_of_nothing(ret);
		return;
	}
	if (c == 'G') { /* where a search begins is a matter of its own */
		n->failed = true;
		return;
	}
	if (memchr("RXN", c, 3)) {
		n->in.at += 2;
		needs_of_anything(ret, 1);
		return;
	}
	if (c == 'g' || c == 'k') { /* \g{1} \k<name> */
		take_reference(n, ret);
		return;
	}
	byte = rx_text_byte(&n->in);
	if (byte < 0)
		n->failed = true;
	else
		needs_of_char(n, (uint8_t)byte, ret);
}

static void take_group(struct analysis *n)
{
	struct str flags, rest = rd_rest(&n->in);
	struct piece p;

	if (rx_text_is_flags(&n->in, &flags)) {
		n->in.at += flags.n + 3;
		n->flags |= rx_text_flags(0, flags);
		return;
	}
	switch (rx_text_open(&n->in, &flags)) {
	case RX_TEXT_PLAIN:
		n->flags |= rx_text_flags(0, flags);
		n->renumbers = n->renumbers || str_starts(rest, STR("(?|"));
		needs_open_frame(n, rx_text_captures(str_sub(rest, 0, 3)) ? ++n->captures : 0);
		return;
	case RX_TEXT_VERB: n->failed = true; return;
	case RX_TEXT_LOOK: needs_of_nothing(&p); break;
	default: needs_of_anything(&p, 0);
	}
	n->failed = !rx_text_skip_group(&n->in);
	n->captures += (unsigned)rx_text_captures(str_sub(rest, 0, rest.n - rd_left(&n->in)));
	if (!n->failed)
		needs_append_repeated(n, &p, rx_text_repeat(&n->in));
}

static void close_group(struct analysis *n)
{
	struct piece p;

	needs_end_branch(n);
	p = needs_top(n)->done;
	if (needs_top(n)->has_done)
		needs_keep_group(n, needs_top(n)->group, &p);
	else
		p.is_impossible = true;
	vec_pop(&n->frames);
	p.is_class = false;
	if (p.start.max_length <= (n->is_plain ? 1 : (size_t)LETTER_LENGTH))
		p.alts.n = 0; /* the spellings of a letter: not worth it */
	n->in.at++;
	if (!n->frames.n)
		n->failed = true;
	else
		needs_append_repeated(n, &p, rx_text_repeat(&n->in));
}

static void take_repeated(struct analysis *n, struct piece *p, bool ends)
{
	struct rx_repeat repeat = rx_text_repeat(&n->in);

	n->ends = ends && repeat.min && n->frames.n == 1;
	needs_append_repeated(n, p, repeat);
}

/* Where the subject ends, or in front of its last newline. */
static bool is_end(const struct analysis *n)
{
	int c = rd_peek_at(&n->in, 1);

	return rd_peek(&n->in) == '$' || (rd_peek(&n->in) == '\\' && (c == 'z' || c == 'Z'));
}

/* "&#", which plain subjects do not hold. */
static bool is_numeric_reference(struct rd in)
{
	rd_accept(&in, '\\');
	if (!rd_accept(&in, '&'))
		return false;
	rd_accept(&in, '\\');
	return rd_accept(&in, '#') && rx_text_repeat(&in).min;
}

static void take_one(struct analysis *n)
{
	int c = rd_peek(&n->in);
	bool ends = is_end(n);
	struct piece p;

	needs_of_nothing(&p);
	n->ends = false;
	if (n->is_plain && is_numeric_reference(n->in))
		needs_top(n)->branch.is_impossible = true;
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
		needs_of_dot(n, &p);
		break;
	case '^':
	case '$': n->in.at++; break;
	default: n->in.at++; needs_of_char(n, (uint8_t)c, &p);
	}
	if (n->failed)
		return;
	take_repeated(n, &p, ends);
}

static struct needs_clause clause_of(struct arena *a, const struct needs_found *f)
{
	struct str *literals = arena_calloc(a, f->set.n, sizeof(*literals));

	for (size_t i = 0; i < f->set.n; i++)
		literals[i] = str_dup(a, f->set.s[i]);
	return (struct needs_clause){ .literals = literals,
				      .count = f->set.n,
				      .times = f->set.times,
				      .back_min = f->back_min,
				      .back_max = f->back_max,
				      .rarity = f->rarity,
				      .line = f->line };
}

static bool holds_one(struct str s, struct needs_set of)
{
	for (size_t i = 0; i < of.n; i++) {
		if (str_find(s, of.s[i]) != STR_NPOS)
			return true;
	}
	return false;
}

/* Where one of x stands, one of y stands anyway, and y does not know better where. */
static bool implies(const struct needs_found *x, const struct needs_found *y)
{
	if (y->set.times > x->set.times || (y->back_max != SIZE_MAX && x->back_max == SIZE_MAX))
		return false;
	for (size_t i = 0; i < x->set.n; i++) {
		if (!holds_one(x->set.s[i], y->set))
			return false;
	}
	return true;
}

static void keep(struct arena *a, const struct piece *p, struct needs *ret)
{
	for (size_t i = 0; i < p->found_count; i++) {
		bool is_implied = false;

		for (size_t k = 0; k < p->found_count && !is_implied; k++)
			is_implied = k != i && implies(&p->found[k], &p->found[i]) &&
				     (k < i || !implies(&p->found[i], &p->found[k]));
		if (!is_implied)
			ret->clauses[ret->clause_count++] = clause_of(a, &p->found[i]);
	}
	ret->min_length = p->start.min_length;
	ret->run = p->run.run;
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

/* "^" first, and no (?m) anywhere. */
static bool is_anchored(struct rd in)
{
	struct str flags;

	while (rx_text_is_flags(&in, &flags)) {
		if (str_chr(flags, 'm') != STR_NPOS)
			return false;
		in.at += flags.n + 3;
	}
	return rd_accept(&in, '^') && rx_text_repeat(&in).min;
}

/* Of the subject, where a match goes from its beginning to its end; behind that may come a newline. */
static size_t max_length(struct analysis *n, bool is_anchored)
{
	size_t longest = needs_top(n)->done.start.max_length;

	return is_anchored && n->ends && !(n->flags & RX_TEXT_M) && longest < SIZE_MAX ? longest + 1
										       : SIZE_MAX;
}

/* The whole expression has been read. */
static void keep_all(struct arena *a, struct analysis *n, struct needs *ret)
{
	struct frame *f = needs_top(n);

	needs_end_branch(n);
	ret->is_anchored = ret->is_anchored && !n->has_branches;
	ret->is_impossible = !f->has_done;
	if (ret->is_impossible)
		return;
	needs_end_tail(n, &f->done);
	keep(a, &f->done, ret);
	needs_keep_mark(&f->done.marks, ret);
	ret->max_length = max_length(n, ret->is_anchored);
	keep_best_window(a, n, &f->done, ret);
}

/* False: nothing was left out because subjects are plain. */
static bool analyse(struct arena *a, struct arena *work, struct str pcre, bool is_plain,
		    struct needs *ret)
{
	_cleanup_(arena_freep) struct arena *own = work ? NULL : arena_new();
	struct analysis n = { .a = work ? work : own, .in = rd_of(pcre), .is_plain = is_plain };
	struct arena_mark mark = arena_get_mark(n.a);

	*ret = (struct needs){ .max_length = SIZE_MAX };
	vec_init(&n.frames, NULL, sizeof(struct frame), 0);
	needs_open_frame(&n, 0);
	ret->is_anchored = is_anchored(n.in);
	while (!n.failed && !rd_is_end(&n.in))
		take_one(&n);
	n.failed = n.failed || n.frames.n != 1;
	if (n.failed)
		ret->is_anchored = false;
	else
		keep_all(a, &n, ret);
	vec_done(&n.frames);
	arena_reset(n.a, mark);
	return !n.failed && n.has_dropped;
}

void needs_of(struct arena *a, struct arena *work, struct str pcre, struct needs *ret)
{
	analyse(a, work, pcre, false, ret);
}

/* A byte that is not ASCII, or "&#", as the translator writes them. */
static bool names_others(struct str pcre)
{
	for (size_t i = 0; i + 2 < pcre.n; i++) {
		if (pcre.p[i] == '\\' && pcre.p[i + 1] == 'x' &&
		    memchr("89abcdef", pcre.p[i + 2], 8))
			return true;
	}
	return str_find(pcre, STR("\\&\\#")) != STR_NPOS;
}

bool needs_of_plain(struct arena *a, struct arena *work, struct str pcre, struct needs *ret)
{
	struct needs plain;

	if (!names_others(pcre) || !analyse(a, work, pcre, true, &plain))
		return false;
	*ret = plain;
	return true;
}

bool needs_is_plain(struct str subject)
{
	uint64_t all = 0, eight;
	size_t i = 0;

	for (; i + sizeof(eight) <= subject.n; i += sizeof(eight)) {
		memcpy(&eight, subject.p + i, sizeof(eight));
		all |= eight;
	}
	for (; i < subject.n; i++)
		all |= (uint8_t)subject.p[i];
	if (all & UINT64_C(0x8080808080808080))
		return false;
	for (struct str rest = subject; (i = str_chr(rest, '&')) != STR_NPOS;) {
		rest = str_from(rest, i + 1);
		if (rest.n && rest.p[0] == '#')
			return false;
	}
	return true;
}
