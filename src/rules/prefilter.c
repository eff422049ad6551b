/* SPDX-License-Identifier: BSD-2-Clause */
#include "rules/prefilter.h"

#include "core/arena.h"
#include "core/map.h"
#include "core/vec.h"
#include "rules/rule.h"

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
	bool used;
};

/* What a rule without literals needs. */
struct other_needs {
	size_t min_length, byte_sets;
	struct byteset bytes[NEEDS_BYTE_SETS];
};

struct prefilter {
	struct window_table three, four;
	struct literal *literals;
	size_t literal_count;
	uint32_t *always;
	size_t always_count;
	struct other_needs *needs; /* by position */
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

	t->used = true;
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

/* Only a rule that hits by matching can be left out when it cannot match. */
static bool is_gated(const struct rule *r)
{
	return !(r->flags & (RULE_NEGATED | RULE_EXISTS));
}

static void add_rule(struct builder *b, struct prefilter *p, const struct rule *r, uint32_t at)
{
	struct needs needs = { 0 };

	if (is_gated(r))
		needs_of(b->a, r->source.pcre, &needs);
	for (size_t i = 0; i < needs.literal_count; i++)
		add_literal(b, needs.literals[i], at);
	if (needs.literal_count)
		return;
	*(uint32_t *)vec_must_push(&b->always) = at;
	p->needs[at].min_length = needs.min_length;
	p->needs[at].byte_sets = needs.byte_sets;
	memcpy(p->needs[at].bytes, needs.bytes, sizeof(needs.bytes));
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
		i++;
	}
}

struct prefilter *prefilter_new(struct arena *a, const struct rule *const *rules, size_t n)
{
	struct prefilter *p = arena_zalloc(a, sizeof(*p));
	struct builder b = { .a = a };

	map_init(&b.literals, NULL, false);
	vec_init(&b.always, a, sizeof(uint32_t), 0);
	p->rule_count = n;
	p->needs = arena_calloc(a, n + 1, sizeof(*p->needs));
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
	s->found = arena_alloc(a, (p->rule_count + 1) * sizeof(uint32_t));
}

static void note_rules(struct prefilter_scan *s, const struct literal *l)
{
	for (size_t i = 0; i < l->rule_count; i++) {
		uint32_t r = l->rules[i];

		if (s->stamps[r] == s->now)
			continue;
		s->stamps[r] = s->now;
		s->found[s->found_count++] = r;
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

void prefilter_scan(struct prefilter_scan *s, struct str subject)
{
	const struct window_table *three = &s->filter->three, *four = &s->filter->four;

	const uint8_t *fold = s->filter->fold;
	struct byteset present = { { 0 } };
	uint32_t window = 0; /* of four bytes, the first one lowest; behind the subject are NULs */

	s->subject = subject;
	s->found_count = 0;
	s->now++;
	for (size_t i = 0; i < subject.n + 1; i++) {
		uint8_t c = i < subject.n ? fold[(uint8_t)subject.p[i]] : 0;
		uint32_t h4, h3, w3;

		if (i < subject.n)
			byteset_add(&present, c);
		window = window >> 8 | (uint32_t)c << 24;
		if (i < 3)
			continue;
		w3 = window & 0xffffffu;
		h4 = hash_of(window);
		h3 = hash_of(w3);
		if (four->map[h4 / 64] >> (h4 % 64) & 1)
			check_bucket(s, four, window, h4, i - 3);
		if (three->map[h3 / 64] >> (h3 % 64) & 1)
			check_bucket(s, three, w3, h3, i - 3);
	}
	s->present = present;
}

bool prefilter_may_match(const struct prefilter_scan *s, uint32_t position)
{
	const struct other_needs *n = &s->filter->needs[position];

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
