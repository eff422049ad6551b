/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which items of a group stand in a subject: what is noted of the pieces that it is in is compared. Places come nearly
 * in order.
 */
#include "rules/prefilter_piece.h"

/* Entries that are compared before one is looked at closer. */
enum { AT_ONCE = 32 };

/* A subject's part of a piece. */
struct part_of {
	struct prefilter_scan *scan;
	struct prefilter_piece *piece;
	const struct prefilter_part *part;
	size_t begin, end; /* its places in the piece */
	size_t from;       /* where in the subject they begin */
};

static void hit_item(const struct part_of *p, const struct prefilter_item *it,
		     const struct prefilter_range *at)
{
	const uint32_t *ref;

	if (it->refs & PREFILTER_SOLE) {
		prefilter_trigger(p->scan, it->refs & ~PREFILTER_SOLE, at);
		return;
	}
	ref = &p->scan->filter->refs[it->refs];
	do
		prefilter_trigger(p->scan, *ref >> 1, at);
	while (!(*ref++ & 1));
}

/* What is known of the item so far stands at the place. */
static bool stands_whole(const struct prefilter_item *it, const uint8_t *folded)
{
	return !it->is_longer || memcmp(folded, it->text, it->length) == 0;
}

/* An entry's bytes stand at the place: whether the item does, and not beyond the subject. */
static void check_item(const struct part_of *p, const struct prefilter_entry *e, size_t place)
{
	const struct prefilter_item *it = &p->part->items[e->item];
	size_t at = place - p->begin + p->from - e->offset;

	if (at <= p->scan->subject.n && at + it->length <= p->scan->subject.n &&
	    stands_whole(it, p->piece->grams.at + GRAMS_MARGIN + place - e->offset))
		hit_item(p, it, &(struct prefilter_range){ at, at, 1 });
}

/* Which of some entries, at most AT_ONCE, may stand there: a bit each. */
static uint32_t compare(const struct prefilter_entry *e, size_t n, uint64_t bytes)
{
	uint32_t same = 0;

	for (size_t i = 0; i < n; i++)
		same |= (uint32_t)(bytes << e[i].shift == e[i].bytes) << i;
	return same;
}

static void check_sifted(const struct part_of *p, const struct prefilter_sifted *it,
			 const struct prefilter_entry *entry)
{
	uint64_t bytes = prefilter_load(p->piece->grams.at + GRAMS_MARGIN + it->place);

	for (uint32_t from = it->from; from < it->to; from += AT_ONCE) {
		size_t n = it->to - from < AT_ONCE ? it->to - from : (size_t)AT_ONCE;

		for (uint32_t left = compare(&entry[from], n, bytes); left; left &= left - 1)
			check_item(p, &entry[from + (unsigned)__builtin_ctz(left)], it->place);
	}
}

/* Sequences that stand somewhere: of each the places that are near each other, up to now. */
struct open_ranges {
	uint64_t seen;
	struct prefilter_range of[64];
	uint8_t order[64]; /* as they were seen first */
	size_t count;
};

static void add_place(const struct part_of *p, const struct prefilter_item *item,
		      struct open_ranges *open, unsigned bit, size_t at)
{
	struct prefilter_range *r = &open->of[bit];

	if (!(open->seen >> bit & 1)) {
		open->seen |= UINT64_C(1) << bit;
		open->order[open->count++] = (uint8_t)bit;
		*r = (struct prefilter_range){ at, at, 0 };
	} else if (at >= r->last + PREFILTER_GAP) {
		hit_item(p, item, r);
		*r = (struct prefilter_range){ at, at, 0 };
	}
	r->last = at;
	r->count++;
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

		for (uint64_t bits = it[i].bits; bits; bits &= bits - 1) {
			unsigned bit = (unsigned)__builtin_ctzll(bits);
			const struct prefilter_item *item = &m->item[bit];

			if (at + item->length <= p->scan->subject.n && stands_whole(item, folded))
				add_place(p, item, &open, bit, at);
		}
	}
	for (size_t i = 0; i < open.count; i++)
		hit_item(p, &m->item[open.order[i]], &open.of[open.order[i]]);
}

/* All that is noted of it. */
static void go_through(const struct part_of *p)
{
	struct prefilter_piece *piece = p->piece;

	while (piece->sifted_next < piece->sifted_count &&
	       piece->sifted[piece->sifted_next].place < p->end)
		check_sifted(p, &piece->sifted[piece->sifted_next++], p->part->table->entry);
	for (size_t k = 0; k < p->part->sequence_count; k++) {
		struct prefilter_noted *noted = &piece->noted[k];

		uint32_t from = noted->next;

		while (noted->next < noted->end && piece->standing[noted->next].place < p->end)
			noted->next++;
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
