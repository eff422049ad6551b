/* SPDX-License-Identifier: BSD-2-Clause */
#include "rules/prefilter.h"

#include "core/arena.h"
#include "core/map.h"
#include "core/vec.h"
#include "rules/rule.h"

enum { NO_RULE = UINT32_MAX };
enum { MAP_BITS = 16, MAP_WORDS = (1 << MAP_BITS) / 64 };

/* A literal, found by the window of 3 or 4 bytes that stands `offset` bytes in. */
struct literal {
	struct str text;
	uint32_t window, offset;
	uint32_t next;   /* of the same bucket, + 1; 0: the last */
	uint32_t *rules; /* positions */
	size_t rule_count;
};

/* Literals by windows of one length. */
struct window_table {
	uint64_t map[MAP_WORDS]; /* by hash: may begin a window */
	uint32_t *buckets;       /* literal + 1 */
	uint32_t mask;
};

/* What a pair of bytes may begin. */
enum pair { PAIR_THREE = 1u << 0, PAIR_FOUR = 1u << 1 };

/* Which of 64 windows may have a byte at a distance. */
struct window_masks {
	uint64_t at[NEEDS_WINDOW][256];
};

/* Bits from `from` up to, but not with, `to`. */
struct range {
	uint32_t from, to;
};

struct prefilter {
	struct window_table three, four;
	uint8_t pairs[1 << 16]; /* enum pair: most places are done with after one look */
	struct literal *literals;
	size_t literal_count;
	uint32_t *always;
	size_t always_count;
	struct window_masks *masks[PREFILTER_WINDOW_WORDS];
	uint32_t windows[PREFILTER_WINDOW_WORDS * 64]; /* bit -> position, ascending */
	uint64_t plain[PREFILTER_WINDOW_WORDS];        /* of rules without literals */
	size_t window_count, window_words;
	struct range *range; /* by position: its windows */
	const struct rule *const *rules;
	size_t rule_count;
	uint8_t fold[256];
};

static uint32_t load24(const char *p)
{
	return (uint32_t)(uint8_t)p[0] | (uint32_t)(uint8_t)p[1] << 8 |
	       (uint32_t)(uint8_t)p[2] << 16;
}

static uint32_t load32(const char *p)
{
	return load24(p) | (uint32_t)(uint8_t)p[3] << 24;
}

static uint32_t hash_of(uint32_t window)
{
	return (window * 0x9e3779b1u) >> (32 - MAP_BITS);
}

/* Rare bytes make rare windows. */
static unsigned rarity(uint8_t c)
{
	static const char common[] = "etaoinsrh ldcumfpgwyb.v,k-/:=0123456789";
	const char *at = memchr(common, c, sizeof(common) - 1);

	return at ? (unsigned)(at - common) : 40;
}

/* The window of a literal that is likely the rarest. */
static void choose_window(struct literal *l)
{
	size_t len = l->text.n >= 4 ? 4 : 3;
	unsigned best = 0;

	for (size_t i = 0; i + len <= l->text.n; i++) {
		unsigned sum = 1;

		for (size_t k = 0; k < len; k++)
			sum += rarity((uint8_t)l->text.p[i + k]);
		if (sum <= best)
			continue;
		best = sum;
		l->offset = (uint32_t)i;
	}
	l->window = len == 4 ? load32(l->text.p + l->offset) : load24(l->text.p + l->offset);
}

static void table_init(struct window_table *t, struct arena *a, size_t literals)
{
	uint32_t size = 64;

	while (size < literals * 2)
		size *= 2;
	t->mask = size - 1;
	t->buckets = arena_calloc(a, size, sizeof(uint32_t));
}

static void table_add(struct window_table *t, struct literal *all, size_t i)
{
	uint32_t h = hash_of(all[i].window);

	t->map[h / 64] |= UINT64_C(1) << (h % 64);
	all[i].next = t->buckets[h & t->mask];
	t->buckets[h & t->mask] = (uint32_t)i + 1;
}

struct builder {
	struct arena *a;
	struct map literals; /* text -> struct vec * of positions */
	struct vec always;
};

static void add_literal(struct builder *b, struct str text, uint32_t position)
{
	struct vec *v = map_get(&b->literals, text);

	if (!v) {
		v = arena_zalloc(b->a, sizeof(*v));
		vec_init(v, b->a, sizeof(uint32_t), 0);
		map_put(&b->literals, text, v);
	}
	if (!v->n || *VEC_LAST(v, uint32_t) != position)
		*(uint32_t *)vec_must_push(v) = position;
}

static void add_window(struct prefilter *p, struct arena *a, const struct needs_look *w,
		       uint32_t at)
{
	size_t bit = p->window_count++, word = bit / 64;

	if (!p->masks[word])
		p->masks[word] = arena_zalloc(a, sizeof(struct window_masks));
	p->windows[bit] = at;
	if (!p->rules[at]->needs->literal_count)
		p->plain[word] |= UINT64_C(1) << (bit % 64);
	p->window_words = word + 1;
	for (size_t i = 0; i < NEEDS_WINDOW; i++) {
		for (unsigned c = 0; c < 256; c++) {
			if (i >= w->length || byteset_has(&w->at[i], p->fold[c]))
				p->masks[word]->at[i][c] |= UINT64_C(1) << (bit % 64);
		}
	}
}

/* A rule's windows stand in one word: its places then come in ascending order. */
static void begin_windows(struct prefilter *p, size_t n)
{
	size_t used = p->window_count % 64;

	if (used + n <= 64)
		return;
	while (p->window_count % 64)
		p->windows[p->window_count++] = NO_RULE;
}

static void add_rule(struct builder *b, struct prefilter *p, const struct rule *r, uint32_t at)
{
	const struct needs *needs = r->needs;
	bool fits;

	if (r->by_window)
		begin_windows(p, needs->window_count);
	fits = r->by_window && p->window_count + needs->window_count <= ELEMENTS(p->windows);
	p->range[at].from = (uint32_t)p->window_count;
	for (size_t i = 0; fits && i < needs->window_count; i++)
		add_window(p, b->a, &needs->windows[i], at);
	p->range[at].to = (uint32_t)p->window_count;
	for (size_t i = 0; needs && i < needs->literal_count; i++)
		add_literal(b, needs->literals[i], at);
	if (!fits && !(needs && needs->literal_count))
		*(uint32_t *)vec_must_push(&b->always) = at;
}

static void build_tables(struct prefilter *p, struct builder *b)
{
	size_t n = map_count(&b->literals), i = 0;

	p->literals = arena_calloc(b->a, n + 1, sizeof(*p->literals));
	p->literal_count = n;
	table_init(&p->three, b->a, n);
	table_init(&p->four, b->a, n);
	MAP_EACH (&b->literals, it) {
		struct literal *l = &p->literals[i];
		struct vec *v = it->value;

		l->text = str_dup(b->a, it->key);
		l->rules = v->data;
		l->rule_count = v->n;
		choose_window(l);
		table_add(l->text.n >= 4 ? &p->four : &p->three, p->literals, i);
		p->pairs[l->window & 0xffff] |= l->text.n >= 4 ? PAIR_FOUR : PAIR_THREE;
		i++;
	}
}

struct prefilter *prefilter_new(struct arena *a, const struct rule *const *rules, size_t n)
{
	struct prefilter *p = arena_zalloc(a, sizeof(*p));
	struct builder b = { .a = a };

	map_init(&b.literals, NULL, false);
	vec_init(&b.always, a, sizeof(uint32_t), 0);
	p->rules = rules;
	p->rule_count = n;
	p->range = arena_calloc(a, n + 1, sizeof(*p->range));
	for (unsigned c = 0; c < 256; c++)
		p->fold[c] = byte_fold((uint8_t)c);
	for (size_t i = 0; i < n; i++)
		add_rule(&b, p, rules[i], (uint32_t)i);
	build_tables(p, &b);
	p->always = b.always.data;
	p->always_count = b.always.n;
	map_done(&b.literals);
	return p;
}

const uint32_t *prefilter_always(const struct prefilter *p, size_t *ret_n)
{
	*ret_n = p->always_count;
	return p->always;
}

void prefilter_scan_init(struct prefilter_scan *s, const struct prefilter *p, struct arena *a)
{
	*s = (struct prefilter_scan){ .filter = p };
	s->stamps = arena_calloc(a, p->rule_count + 1, sizeof(uint32_t));
	s->counts = arena_calloc(a, p->rule_count + 1, sizeof(uint32_t));
	s->stretch = arena_calloc(a, p->rule_count + 1, sizeof(*s->stretch));
	s->found = arena_alloc(a, (p->rule_count + 1) * sizeof(uint32_t));
}

/* Its literals are there: run it, or open its windows. */
static void note_candidate(struct prefilter_scan *s, uint32_t r)
{
	struct range w = s->filter->range[r];

	if (w.from == w.to)
		s->found[s->found_count++] = r;
	for (uint32_t bit = w.from; bit < w.to; bit++)
		s->open[bit / 64] |= UINT64_C(1) << (bit % 64);
}

static void note_rules(struct prefilter_scan *s, const struct literal *l)
{
	for (size_t i = 0; i < l->rule_count; i++) {
		uint32_t r = l->rules[i];

		if (s->stamps[r] != s->now) {
			s->stamps[r] = s->now;
			s->counts[r] = 0;
		}
		if (++s->counts[r] == s->filter->rules[r]->needs->literal_times)
			note_candidate(s, r);
	}
}

static bool is_at(const struct prefilter_scan *s, const struct literal *l, size_t at)
{
	const uint8_t *fold = s->filter->fold;

	for (size_t i = 0; i < l->text.n; i++) {
		if (fold[(uint8_t)s->subject.p[at + i]] != (uint8_t)l->text.p[i])
			return false;
	}
	return true;
}

/* The literals of one bucket against the subject around `at`. */
static void check_bucket(struct prefilter_scan *s, const struct window_table *t, uint32_t window,
			 uint32_t hash, size_t at)
{
	for (uint32_t i = t->buckets[hash & t->mask]; i; i = s->filter->literals[i - 1].next) {
		const struct literal *l = &s->filter->literals[i - 1];

		if (l->window != window || at < l->offset ||
		    at - l->offset + l->text.n > s->subject.n)
			continue;
		if (is_at(s, l, at - l->offset))
			note_rules(s, l);
	}
}

/* The literals whose window stands at `at`. */
static void look_at(struct prefilter_scan *s, uint32_t window, unsigned pair, size_t at)
{
	const struct window_table *three = &s->filter->three, *four = &s->filter->four;
	uint32_t h;

	if (pair & PAIR_FOUR) {
		h = hash_of(window);
		if (four->map[h / 64] >> (h % 64) & 1)
			check_bucket(s, four, window, h, at);
	}
	if (pair & PAIR_THREE) {
		h = hash_of(window & 0xffffffu);
		if (three->map[h / 64] >> (h % 64) & 1)
			check_bucket(s, three, window & 0xffffffu, h, at);
	}
}

void prefilter_scan(struct prefilter_scan *s, struct str subject)
{
	const uint8_t *fold = s->filter->fold, *pairs = s->filter->pairs;
	struct byteset present = { { 0 } };
	uint32_t window = 0; /* of four bytes, the first one lowest; behind the subject is a NUL */

	s->subject = subject;
	s->found_count = 0;
	memset(s->open, 0, sizeof(s->open));
	s->now++;
	for (size_t i = 0; i < subject.n; i++) {
		uint8_t c = fold[(uint8_t)subject.p[i]];

		byteset_add(&present, c);
		window = window >> 8 | (uint32_t)c << 24;
		if (pairs[window & 0xffff] && i >= 3)
			look_at(s, window, pairs[window & 0xffff], i - 3);
	}
	window >>= 8;
	if (subject.n >= 3)
		look_at(s, window, pairs[window & 0xffff], subject.n - 3);
	s->present = present;
}

bool prefilter_may_match(const struct prefilter_scan *s, uint32_t position)
{
	const struct needs *n = s->filter->rules[position]->needs;

	if (!n)
		return true;
	if (s->subject.n < n->min_length)
		return false;
	for (size_t i = 0; i < n->byte_sets; i++) {
		uint64_t any = 0;

		for (size_t w = 0; w < 4; w++)
			any |= n->bytes[i].w[w] & s->present.w[w];
		if (!any)
			return false;
	}
	return true;
}

/* Bits of a word that lie in a range of all words' bits. */
static uint64_t bits_within(size_t word, struct range r)
{
	uint64_t from = word * 64, mask = UINT64_MAX;

	if (r.to <= from || r.from >= from + 64)
		return 0;
	if (r.from > from)
		mask <<= r.from - from;
	if (r.to < from + 64)
		mask &= UINT64_MAX >> (from + 64 - r.to);
	return mask;
}

/* Windows of rules at these positions: those without literals join, others leave. */
static void open_windows(struct prefilter_scan *s, uint32_t first, uint32_t n)
{
	const struct prefilter *p = s->filter;
	size_t end = n < p->rule_count - first ? first + n : p->rule_count;
	struct range r = { p->range[first].from, p->range[end - 1].to };

	for (size_t w = 0; w < p->window_words; w++)
		s->open[w] = (s->open[w] | p->plain[w]) & bits_within(w, r);
}

static void close_windows(struct prefilter_scan *s, uint32_t r)
{
	struct range w = s->filter->range[r];

	for (uint32_t bit = w.from; bit < w.to; bit++)
		s->open[bit / 64] &= ~(UINT64_C(1) << (bit % 64));
}

/* What is calling, while the windows of the last subject are looked for. */
struct trying {
	struct prefilter_scan *s;
	prefilter_try_fn fn;
	void *ctx;
	size_t word;
};

/* The stretch of a rule in this subject. */
static struct prefilter_stretch *stretch_of(struct trying *t, uint32_t r)
{
	struct prefilter_stretch *it = &t->s->stretch[r];

	if (it->subject != t->s->now)
		*it = (struct prefilter_stretch){ .subject = t->s->now };
	return it;
}

static void try_stretch(struct trying *t, uint32_t r)
{
	struct prefilter_stretch *it = stretch_of(t, r);

	if (!it->is_open)
		return;
	it->is_open = false;
	if ((!it->is_tried && !prefilter_may_match(t->s, r)) ||
	    t->fn(t->ctx, r, it->first, it->last, it->is_tried))
		close_windows(t->s, r);
	it->is_tried = true;
}

/* A window stands at `at`: a match may begin somewhat before. */
static void note_window(struct trying *t, uint32_t r, size_t at)
{
	const struct needs *n = t->s->filter->rules[r]->needs;
	struct prefilter_stretch *it = stretch_of(t, r);
	size_t first = at > n->back_max ? at - n->back_max : 0;

	if (at < n->back_min)
		return;
	if (it->is_open && first < it->last + PREFILTER_GAP) {
		it->last = at - n->back_min;
		return;
	}
	try_stretch(t, r);
	it->first = first;
	it->last = at - n->back_min;
	it->is_open = true;
}

static void note_windows(struct trying *t, uint64_t left, size_t at)
{
	for (; left; left &= left - 1)
		note_window(
		    t, t->s->filter->windows[t->word * 64 + (unsigned)__builtin_ctzll(left)], at);
}

/* 64 windows over n places; c has NEEDS_WINDOW - 1 bytes more than these. */
static void scan_places(struct trying *t, const uint8_t *c, size_t n, size_t at)
{
	const struct window_masks *m = t->s->filter->masks[t->word];
	const uint64_t *open = &t->s->open[t->word];

	for (size_t i = 0; i < n && *open; i++, c++) {
		uint64_t left = *open & m->at[0][c[0]] & m->at[1][c[1]];

		for (size_t k = 2; left && k < NEEDS_WINDOW; k++)
			left &= m->at[k][c[k]];
		if (left)
			note_windows(t, left, at + i);
	}
}

/* The last places with NULs behind them; then what has not been tried yet. */
static void scan_word(struct trying *t)
{
	struct str s = t->s->subject;
	uint8_t end[2 * NEEDS_WINDOW] = { 0 };
	size_t rest = s.n < NEEDS_WINDOW ? s.n : (size_t)NEEDS_WINDOW - 1;

	scan_places(t, (const uint8_t *)s.p, s.n - rest, 0);
	memcpy(end, s.p + s.n - rest, rest);
	scan_places(t, end, rest, s.n - rest);
	for (uint64_t left = t->s->open[t->word]; left; left &= left - 1)
		try_stretch(t,
			    t->s->filter->windows[t->word * 64 + (unsigned)__builtin_ctzll(left)]);
}

void prefilter_windows(struct prefilter_scan *s, uint32_t first, uint32_t n, prefilter_try_fn fn,
		       void *ctx)
{
	struct trying t = { s, fn, ctx, 0 };

	if (!s->filter->window_count || !s->subject.n || !n)
		return;
	open_windows(s, first, n);
	for (; t.word < s->filter->window_words; t.word++) {
		if (s->open[t.word])
			scan_word(&t);
	}
}
