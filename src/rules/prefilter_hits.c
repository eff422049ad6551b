/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which items of a group stand in a subject: what is noted of the pieces that it is in is compared. Places come nearly
 * in order.
 */
#include "rules/prefilter_piece.h"

/* A subject's part of a piece. */
struct part_of {
	struct prefilter_scan *scan;
	struct prefilter_piece *piece;
	const struct prefilter_part *part;
	size_t begin, end; /* its places in the piece */
	size_t from;       /* where in the subject they begin */
};

/* An item's rules: the first, and where the others are. */
static void hit_rules(const struct part_of *p, uint32_t rule, const uint32_t *more,
		      const struct prefilter_range *at)
{
	const struct prefilter *f = p->scan->filter;
	const uint32_t *ref;

	if (rule & PREFILTER_SOLE) {
		prefilter_trigger(p->scan, rule & ~PREFILTER_SOLE, at);
		return;
	}
	ref = &f->refs[*more];
	do
		prefilter_fetch(f, *ref >> 1);
	while (!(*ref++ & 1));
	prefilter_trigger(p->scan, rule, at);
	ref = &f->refs[*more];
	do
		prefilter_trigger(p->scan, *ref >> 1, at);
	while (!(*ref++ & 1));
}

/* Whether it ends in the subject, and not beyond. */
static void take_hit(const struct part_of *p, const struct prefilter_hit *hit)
{
	const struct prefilter_item *it = &p->part->items[hit->item];
	size_t at = hit->place - p->begin + p->from - hit->offset;

	if (at <= p->scan->subject.n && at + it->length <= p->scan->subject.n)
		hit_rules(p, it->rule, &p->part->more[hit->item],
			  &(struct prefilter_range){ at, at, 1 });
}

/* Sequences that stand somewhere: of each the places that are near each other, up to now. */
struct open_ranges {
	uint64_t seen;
	struct prefilter_range of[64];
	uint8_t order[64]; /* as they were seen first */
	size_t count;
};

static void add_place(const struct part_of *p, const struct prefilter_masks *m,
		      struct open_ranges *open, unsigned bit, size_t at)
{
	struct prefilter_range *r = &open->of[bit];

	if (!(open->seen >> bit & 1)) {
		open->seen |= UINT64_C(1) << bit;
		open->order[open->count++] = (uint8_t)bit;
		*r = (struct prefilter_range){ at, at, 0 };
	} else if (at >= r->last + PREFILTER_GAP) {
		hit_rules(p, m->rule[bit], &m->more[bit], r);
		*r = (struct prefilter_range){ at, at, 0 };
	}
	r->last = at;
	r->count++;
}

/* Of sequences that stand there but for what is behind them, those that do as a whole in so many bytes. */
static uint64_t leave_whole(const struct prefilter_masks *m, uint64_t bits, const uint8_t *folded,
			    size_t room)
{
	bits &= m->fits[room < NEEDS_MAX_LITERAL ? room : (size_t)NEEDS_MAX_LITERAL];
	for (uint64_t left = bits & m->longer; left; left &= left - 1) {
		if (!prefilter_is_item(m->item[__builtin_ctzll(left)], folded))
			bits &= ~(left & -left);
	}
	return bits;
}

/* All that stands at n places: one that stands at many near each other is told of once. */
static void hit_sequences(const struct part_of *p, const struct prefilter_masks *m,
			  const struct prefilter_standing *it, size_t n)
{
	struct open_ranges open;

	open.seen = open.count = 0;
	for (size_t i = 0; i < n; i++) {
		const uint8_t *folded = p->piece->grams.at + GRAMS_MARGIN + it[i].place;
		size_t at = it[i].place - p->begin + p->from;
		uint64_t bits = leave_whole(m, it[i].bits, folded, p->scan->subject.n - at);

		for (; bits; bits &= bits - 1) {
			unsigned bit = (unsigned)__builtin_ctzll(bits);

			add_place(p, m, &open, bit, at);
		}
	}
	for (size_t i = 0; i < open.count; i++) {
		unsigned bit = open.order[i];

		hit_rules(p, m->rule[bit], &m->more[bit], &open.of[bit]);
	}
}

/* Where what stands in the subject ends: the last one has all that is left. */
static uint32_t end_of(const struct part_of *p, const struct prefilter_noted *noted)
{
	uint32_t at = noted->next;

	if (p->piece->next == p->piece->subjects)
		return noted->end;
	while (at < noted->end && p->piece->standing[at].place < p->end)
		at++;
	return at;
}

/* All that is noted of it. */
static void go_through(const struct part_of *p)
{
	struct prefilter_piece *piece = p->piece;

	while (piece->hit_next < piece->hit_count && piece->hits[piece->hit_next].place < p->end)
		take_hit(p, &piece->hits[piece->hit_next++]);
	for (size_t k = 0; k < p->part->sequence_count; k++) {
		struct prefilter_noted *noted = &piece->noted[k];

		uint32_t from = noted->next;

		noted->next = end_of(p, noted);
		hit_sequences(p, p->part->sequences[k].masks, &piece->standing[from],
			      noted->next - from);
	}
}

void prefilter_find_items(struct prefilter_scan *s, const struct prefilter_part *part)
{
	struct prefilter_piece *piece = s->piece;
	struct part_of p = { .scan = s, .piece = piece, .part = part };

	do {
		if (piece->next == piece->subjects)
			prefilter_piece_look(piece, part, s->subjects.next, s->subjects.count,
					     p.from);
		s->lacks = piece->lacks[piece->next];
		p.begin = piece->begin[piece->next++];
		p.end = p.begin + (s->subject.n - p.from) + 1; /* with the NUL behind it */
		go_through(&p);
		p.from += GRAMS_PLACES;
	} while (p.from < s->subject.n && s->subject.n > GRAMS_PLACES);
}
