/* SPDX-License-Identifier: BSD-2-Clause */
#include "rules/prefilter_private.h"

#include "core/arena.h"

#include <assert.h>

static_assert((int)NEEDS_MAX_LITERAL <= (int)GRAMS_MARGIN && (int)NEEDS_WINDOW <= (int)GRAMS_MARGIN,
	      "what stands at a gram is folded all around it");

void prefilter_scan_init(struct prefilter_scan *s, const struct prefilter *p, struct arena *a)
{
	*s = (struct prefilter_scan){ .filter = p, .arena = a };
	s->state = arena_calloc(a, p->rule_count + 1, sizeof(*s->state));
	s->found = arena_alloc(a, (p->rule_count + 1) * sizeof(uint32_t));
	s->open = arena_calloc(a, PREFILTER_WINDOW_WORDS, sizeof(uint64_t));
}

/* All bytes of the subject, folded. */
static void find_present(struct prefilter_scan *s)
{
	uint8_t seen[256] = { 0 };

	for (size_t i = 0; i < s->subject.n; i++)
		seen[(uint8_t)s->subject.p[i]] = 1;
	s->present = (struct byteset){ { 0 } };
	for (size_t i = 0; i < sizeof(seen); i += 8) {
		uint64_t eight; /* a bit each; the product has them side by side */

		memcpy(&eight, seen + i, sizeof(eight));
		s->present.w[i / 64] |= eight * 0x0102040810204080u >> 56 << (i % 64);
	}
	byteset_fold_down(&s->present);
	s->knows_present = true;
}

/* The only byte that folds to a set's only member; -1: there are more. */
static int only_byte(const struct byteset *set)
{
	unsigned c = byteset_next(set, 0);

	return c >= 0x80 || c == ' ' || (c >= 'a' && c <= 'z') || byteset_next(set, c + 1) < 256
		   ? -1
		   : (int)c;
}

static bool has_one_of(struct prefilter_scan *s, const struct byteset *set)
{
	uint64_t any = 0;
	int only;

	if (s->knows_high && !s->has_high && !(set->w[0] | set->w[1]))
		return false;
	only = s->knows_present ? -1 : only_byte(set);
	if (only >= 0)
		return memchr(s->subject.p, only, s->subject.n);
	if (!s->knows_present)
		find_present(s);
	for (size_t w = 0; w < 4; w++)
		any |= set->w[w] & s->present.w[w];
	return any;
}

static bool has_bytes(struct prefilter_scan *s, const struct needs *n)
{
	if (s->subject.n < n->min_length)
		return false;
	for (size_t i = 0; i < n->byte_sets; i++) {
		if (!has_one_of(s, &n->bytes[i]))
			return false;
	}
	return true;
}

static void add_candidate(struct prefilter_scan *s, uint32_t rule)
{
	const struct prefilter_sought *w = &s->filter->sought[rule];

	if (!w->asks_bytes || has_bytes(s, w->needs))
		s->found[s->found_count++] = rule;
}

static void close_windows(struct prefilter_scan *s, const struct prefilter_sought *w)
{
	for (uint32_t bit = w->from; bit < w->to; bit++)
		s->open[bit / 64] &= ~(UINT64_C(1) << (bit % 64));
}

/* All other clauses have been seen: from here on it is worth while to look for them. */
static void open_windows(struct prefilter_scan *s, const struct prefilter_sought *w)
{
	for (uint32_t bit = w->from; bit < w->to; bit++)
		s->open[bit / 64] |= UINT64_C(1) << (bit % 64);
}

/* Where the stretches of a rule are kept: most rules of a message never have one. */
static struct prefilter_stretch *slot_of(struct prefilter_scan *s, struct prefilter_state *st)
{
	const size_t size = PREFILTER_STRETCHES * sizeof(*s->stretch);

	if (!st->slot) {
		if (s->slots == s->max_slots) {
			struct prefilter_stretch *old = s->stretch;

			s->max_slots = s->max_slots ? s->max_slots * 2 : 8;
			s->stretch = arena_alloc(s->arena, s->max_slots * size);
			if (old)
				memcpy(s->stretch, old, s->slots * size);
		}
		st->slot = ++s->slots;
	}
	return &s->stretch[(st->slot - 1) * PREFILTER_STRETCHES];
}

/* A match may begin from first to last. Hits come nearly in order: what is near becomes one. */
static void add_stretch(struct prefilter_state *st, struct prefilter_stretch *all, size_t first,
			size_t last)
{
	struct prefilter_stretch *it = st->stretches ? &all[st->stretches - 1] : NULL;

	if (!it || (first >= it->last + PREFILTER_GAP && st->stretches < PREFILTER_STRETCHES)) {
		all[st->stretches++] = (struct prefilter_stretch){ first, last };
		return;
	}
	it->first = first < it->first ? first : it->first;
	it->last = last > it->last ? last : it->last;
	for (; st->stretches > 1 && it->first < it[-1].last + PREFILTER_GAP; it--) {
		it[-1].first = it->first < it[-1].first ? it->first : it[-1].first;
		it[-1].last = it->last > it[-1].last ? it->last : it[-1].last;
		st->stretches--;
	}
}

/* False: no match begins where this would be right. */
static bool note_place(struct prefilter_scan *s, uint32_t rule, size_t at)
{
	const struct prefilter_sought *w = &s->filter->sought[rule];
	size_t first = at > w->back_max ? at - w->back_max : 0;

	if (at < w->back_min || (w->is_anchored && first))
		return false;
	add_stretch(&s->state[rule], slot_of(s, &s->state[rule]), first,
		    w->is_anchored ? 0 : at - w->back_min);
	return true;
}

/* A clause of a rule has been seen: something of it begins at `at`. */
static void note(struct prefilter_scan *s, uint32_t rule, unsigned clause, size_t at)
{
	const struct prefilter_sought *w = &s->filter->sought[rule];
	struct prefilter_state *st = &s->state[rule];
	unsigned window = 1u << PREFILTER_WINDOW_CLAUSE;

	if (st->subject != s->now)
		*st = (struct prefilter_state){ .subject = s->now, .slot = st->slot };
	else if (st->seen >> clause & 1 && clause != w->place)
		return;
	if (clause == w->place && !note_place(s, rule, at))
		return;
	if (st->seen >> clause & 1 || (clause == w->counted && ++st->times < w->times))
		return;
	st->seen |= (uint8_t)(1u << clause);
	if (clause != PREFILTER_WINDOW_CLAUSE && (st->seen | window) == (w->wanted | window))
		open_windows(s, w);
	if (st->seen == w->wanted)
		add_candidate(s, rule);
}

static bool look_stands(const struct needs_look *w, const uint8_t *p)
{
	for (size_t i = 0; i < w->length; i++) {
		if (!byteset_has(&w->at[i], p[i]))
			return false;
	}
	return true;
}

/* What has this gram, against the bytes around it. */
static void check_gram(struct prefilter_scan *s, const struct prefilter_table *t, uint32_t gram,
		       size_t group, const uint8_t *folded, size_t at)
{
	const struct prefilter *p = s->filter;
	uint32_t bucket = grams_hash(gram, p->parts[group].seed) >> t->shift;

	for (uint32_t i = t->start[bucket]; i < t->start[bucket + 1]; i++) {
		const struct prefilter_entry *e = &t->entry[i];
		const uint32_t *ref = &p->refs[e->refs];

		if (e->gram != gram || e->group != group || e->offset > at ||
		    at - e->offset + e->length > s->subject.n)
			continue;
		if (e->what < p->text_count
			? memcmp(folded - e->offset, p->texts + e->what, e->length) != 0
			: !look_stands(p->looks[e->what - p->text_count], folded - e->offset))
			continue;
		do
			note(s, *ref >> 3, *ref >> 1 & 3, at - e->offset);
		while (!(*ref++ & 1));
	}
}

static uint32_t load32(const uint8_t *p)
{
	uint32_t x;

	memcpy(&x, p, sizeof(x));
	return x;
}

static void check_piece(struct prefilter_scan *s, const struct grams_piece *piece, size_t n,
			size_t group, size_t at)
{
	for (size_t w = 0; w * 32 < n; w++) {
		for (uint32_t left = piece->four[w] | piece->three[w]; left; left &= left - 1) {
			unsigned bit = (unsigned)__builtin_ctz(left);
			size_t i = w * 32 + bit;
			const uint8_t *folded = piece->at + GRAMS_MARGIN + i;
			uint32_t gram = load32(folded);

			if (piece->four[w] >> bit & 1)
				check_gram(s, &s->filter->four, gram, group, folded, at + i);
			if (piece->three[w] >> bit & 1)
				check_gram(s, &s->filter->three, gram & 0xffffff, group, folded,
					   at + i);
		}
	}
}

/* Literals, and windows of few grams, piece by piece. */
static void scan_grams(struct prefilter_scan *s, size_t group)
{
	const struct prefilter_part *part = &s->filter->parts[group];
	const struct grams_map *four = part->has_four ? &s->filter->four.map : NULL;
	const struct grams_map *three = part->has_three ? &s->filter->three.map : NULL;
	struct grams_piece piece;
	size_t n;

	piece.has_high = false;
	for (size_t at = 0; at < s->subject.n; at += n) {
		size_t left = s->subject.n - at, before = at ? (size_t)GRAMS_MARGIN : 0, after;

		n = left < GRAMS_PLACES ? left : (size_t)GRAMS_PLACES;
		after = left - n < GRAMS_MARGIN ? left - n : (size_t)GRAMS_MARGIN;
		grams_fold(&piece, GRAMS_MARGIN - before, s->subject.p + at - before,
			   before + n + after);
		memset(piece.at + GRAMS_MARGIN + n + after, 0, GRAMS_MARGIN);
		grams_look(&piece, n, four, three, part->seed);
		check_piece(s, &piece, n, group, at);
	}
	s->has_high = piece.has_high;
	s->knows_high = true;
}

static void note_windows(struct prefilter_scan *s, size_t word, uint64_t left, size_t at)
{
	for (; left; left &= left - 1) {
		uint32_t rule = s->filter->windows[word * 64 + (unsigned)__builtin_ctzll(left)];

		note(s, rule, PREFILTER_WINDOW_CLAUSE, at);
		if (s->filter->sought[rule].place != PREFILTER_WINDOW_CLAUSE)
			close_windows(s, &s->filter->sought[rule]);
	}
}

/* 64 windows over n places; c has NEEDS_WINDOW - 1 bytes more than these. */
static void scan_places(struct prefilter_scan *s, size_t word, const uint8_t *c, size_t n,
			size_t at)
{
	const struct masks *m = s->filter->masks[word];
	size_t i = masks_next(m, s->open[word], c, n, 0);

	for (; i < n; i = masks_next(m, s->open[word], c, n, i + 1)) {
		uint64_t left = s->open[word];

		for (size_t k = 0; left && k < NEEDS_WINDOW; k++)
			left &= m->at[k][c[i + k]];
		if (left)
			note_windows(s, word, left, at + i);
	}
}

/* The last places with NULs behind them. */
static void scan_word(struct prefilter_scan *s, size_t word)
{
	struct str t = s->subject;
	uint8_t end[2 * NEEDS_WINDOW] = { 0 };
	size_t rest = t.n < NEEDS_WINDOW ? t.n : (size_t)NEEDS_WINDOW - 1;

	scan_places(s, word, (const uint8_t *)t.p, t.n - rest, 0);
	memcpy(end, t.p + t.n - rest, rest);
	scan_places(s, word, end, rest, t.n - rest);
}

/* Bits of a word that lie in from..to of all words' bits. */
static uint64_t bits_within(size_t word, uint32_t from, uint32_t to)
{
	uint64_t first = word * 64, mask = UINT64_MAX;

	if (to <= first || from >= first + 64)
		return 0;
	if (from > first)
		mask <<= from - first;
	if (to < first + 64)
		mask &= UINT64_MAX >> (first + 64 - to);
	return mask;
}

static void scan_windows(struct prefilter_scan *s, const struct prefilter_part *part)
{
	const struct prefilter *p = s->filter;

	for (size_t w = part->from / 64; w * 64 < part->to; w++) {
		s->open[w] |= p->plain[w] & bits_within(w, part->from, part->to);
		if (!s->has_high)
			s->open[w] &= ~p->high[w];
		if (s->open[w])
			scan_word(s, w);
		s->open[w] = 0;
	}
}

void prefilter_scan(struct prefilter_scan *s, struct str subject, size_t group)
{
	const struct prefilter_part *part = &s->filter->parts[group];

	s->subject = subject;
	s->found_count = 0;
	s->knows_present = s->knows_high = false;
	s->now++;
	if (subject.n && (part->has_four || part->has_three || part->from < part->to))
		scan_grams(s, group);
	if (subject.n && part->from < part->to)
		scan_windows(s, part);
	for (size_t i = 0; i < part->always_count; i++)
		add_candidate(s, part->always[i]);
}

const struct prefilter_stretch *prefilter_stretches(const struct prefilter_scan *s,
						    uint32_t position, size_t *ret_n)
{
	const struct prefilter_sought *w = &s->filter->sought[position];

	*ret_n = w->place == PREFILTER_NO_PLACE ? 0 : s->state[position].stretches;
	return *ret_n ? &s->stretch[(s->state[position].slot - 1) * PREFILTER_STRETCHES] : NULL;
}
