/* SPDX-License-Identifier: BSD-2-Clause */
#include "rules/prefilter_private.h"

#include "core/arena.h"
#include "core/bits.h"

/* Of a subject: where there are more, it is looked through once more behind them. */
enum { MAX_HITS = 512 };

void prefilter_scan_init(struct prefilter_scan *s, const struct prefilter *p, struct arena *a)
{
	*s = (struct prefilter_scan){ .filter = p, .arena = a };
	s->state = arena_calloc(a, p->rule_count + 1, sizeof(*s->state));
	s->found = arena_alloc(a, (p->rule_count + 1) * sizeof(uint32_t));
	traits_init(&s->traits, p->traits, a);
	s->open = arena_calloc(a, PREFILTER_MASK_WORDS, sizeof(*s->open));
	s->items = arena_calloc(a, bits_words(p->item_count) + 1, sizeof(*s->items));
	s->hits = arena_alloc(a, MAX_HITS * sizeof(*s->hits));
}

static void add_candidate(struct prefilter_scan *s, uint32_t rule)
{
	if (traits_allow(&s->traits, rule))
		s->found[s->found_count++] = rule;
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

/* All items of the subject are known: whether each clause that a rule asks for has one. */
static bool has_asked(const struct prefilter_scan *s, const struct prefilter_sought *w)
{
	const uint32_t *list;

	if (!w->asked)
		return true;
	list = s->filter->asks + w->asks;
	for (unsigned left = w->asked; left; left &= left - 1) {
		const uint32_t *end = list + 1 + *list;
		bool has = false;

		for (list++; list < end && !has; list++)
			has = bits_has(s->items, *list);
		if (!has)
			return false;
		list = end;
	}
	return true;
}

/* A clause of a rule has been seen: something of it begins at `at`. */
static void note(struct prefilter_scan *s, uint32_t rule, unsigned clause, size_t at)
{
	const struct prefilter_sought *w = &s->filter->sought[rule];
	struct prefilter_state *st = &s->state[rule];
	unsigned window = 1u << PREFILTER_WINDOW_CLAUSE;

	if (st->subject != s->now)
		*st = (struct prefilter_state){ .subject = s->now,
						.slot = st->slot,
						.seen = w->asked,
						.is_hopeless = !has_asked(s, w) };
	if (st->is_hopeless || (st->seen >> clause & 1 && clause != w->place))
		return;
	if (clause == w->place && !note_place(s, rule, at))
		return;
	if (st->seen >> clause & 1 || (clause == w->counted && ++st->times < w->times))
		return;
	st->seen |= (uint8_t)(1u << clause);
	if (clause != PREFILTER_WINDOW_CLAUSE && (st->seen | window) == (w->wanted | window))
		s->open[w->word] |= w->windows;
	if (st->seen == w->wanted)
		add_candidate(s, rule);
}

static void note_refs(struct prefilter_scan *s, const struct prefilter_item *item, size_t at)
{
	const uint32_t *ref = &s->filter->refs[item->refs];

	do
		note(s, *ref >> 3, *ref >> 1 & 3, at);
	while (!(*ref++ & 1));
}

void prefilter_piece_begins(struct prefilter_scan *s, size_t at)
{
	if (s->from == SIZE_MAX) {
		s->piece_at = at;
		s->piece_hits = s->hit_count;
	}
}

void prefilter_note_item(struct prefilter_scan *s, const struct prefilter_item *item, size_t at)
{
	uint32_t i = (uint32_t)(item - s->filter->items);
	bool again = bits_has(s->items, i);

	bits_add(s->items, i);
	s->has_items = true;
	if (item->refs == PREFILTER_NO_REFS || (again && !item->repeats && !s->notes))
		return;
	if (s->notes) {
		note_refs(s, item, at);
	} else if (s->from == SIZE_MAX && s->hit_count < MAX_HITS) {
		s->hits[s->hit_count++] = (struct prefilter_hit){ i, at };
	} else if (s->from == SIZE_MAX) { /* this piece's come again */
		s->from = s->piece_at;
		s->hit_count = s->piece_hits;
	}
}

/* Literals, and windows of few grams: first which there are, then for whom. */
static void scan_items(struct prefilter_scan *s, size_t group)
{
	s->hit_count = 0;
	s->from = SIZE_MAX;
	s->notes = false;
	prefilter_find_items(s, group, 0);
	for (size_t i = 0; i < s->hit_count; i++)
		note_refs(s, &s->filter->items[s->hits[i].item], s->hits[i].at);
	if (s->from == SIZE_MAX)
		return;
	s->notes = true;
	prefilter_find_items(s, group, s->from);
}

static void note_windows(struct prefilter_scan *s, size_t word, uint32_t left, size_t at)
{
	for (; left; left &= left - 1) {
		uint32_t rule = s->filter->windows[word][(unsigned)__builtin_ctz(left)];
		const struct prefilter_sought *w = &s->filter->sought[rule];

		note(s, rule, PREFILTER_WINDOW_CLAUSE, at);
		if (w->place != PREFILTER_WINDOW_CLAUSE)
			s->open[word] &= ~w->windows;
	}
}

/* Places where open windows may stand; c has NEEDS_WINDOW - 1 bytes more than these. */
static void check_windows(struct prefilter_scan *s, size_t word, const uint8_t *c, uint64_t places,
			  size_t at)
{
	const struct masks *m = s->filter->masks[word];

	for (; places; places &= places - 1) {
		size_t i = (unsigned)__builtin_ctzll(places);
		uint32_t left = s->open[word];

		for (size_t k = 0; left && k < NEEDS_WINDOW; k++)
			left &= m->at[k][c[i + k]];
		if (left)
			note_windows(s, word, left, at + i);
	}
}

/* 32 windows; behind the subject there are NULs. */
static void scan_word(struct prefilter_scan *s, size_t word)
{
	uint8_t end[MASKS_PLACES + 2 * MASKS_MARGIN];
	uint64_t places[MASKS_WORDS];

	for (size_t at = 0; at < s->subject.n && s->open[word]; at += MASKS_PLACES) {
		const uint8_t *c = (const uint8_t *)s->subject.p + at;
		size_t left = s->subject.n - at;
		size_t n = left < MASKS_PLACES ? left : (size_t)MASKS_PLACES;

		if (left < n + MASKS_MARGIN) {
			memcpy(end, c, left);
			memset(end + left, 0, MASKS_MARGIN);
			c = end;
		}
		masks_look(s->filter->masks[word], s->open[word], c, n, places);
		for (size_t i = 0; i * 64 < n; i++)
			check_windows(s, word, c + i * 64, places[i], at + i * 64);
	}
}

static void scan_windows(struct prefilter_scan *s, const struct prefilter_part *part)
{
	for (size_t i = 0; i < part->word_count; i++) {
		const struct prefilter_word *w = &part->words[i];

		s->open[w->word] |= w->plain;
		if (!s->has_high)
			s->open[w->word] &= ~w->high;
		if (s->open[w->word])
			scan_word(s, w->word);
		s->open[w->word] = 0;
	}
}

void prefilter_scan(struct prefilter_scan *s, struct str subject, size_t group)
{
	const struct prefilter_part *part = &s->filter->parts[group];

	s->subject = subject;
	s->found_count = 0;
	s->has_high = false;
	traits_begin(&s->traits, subject);
	s->now++;
	if (subject.n && (part->has_four || part->has_three || part->word_count)) {
		scan_items(s, group);
		scan_windows(s, part);
		if (s->has_items)
			memset(s->items, 0, bits_words(s->filter->item_count) * sizeof(*s->items));
		s->has_items = false;
	}
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
