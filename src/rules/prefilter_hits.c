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

/* An item stands at the place, if that is not beyond the subject. */
static void hit_item(const struct part_of *p, const struct prefilter_item *it, size_t at)
{
	struct prefilter_scan *s = p->scan;
	const uint32_t *ref = &s->filter->refs[it->refs];

	if (at + it->length > s->subject.n)
		return;
	do
		prefilter_trigger(s, *ref >> 1, at);
	while (!(*ref++ & 1));
}

/* What is known of the item so far stands at the place. */
static bool stands_whole(const struct prefilter_item *it, const uint8_t *folded)
{
	return !it->is_longer || memcmp(folded, it->text, it->length) == 0;
}

/* An entry's bytes stand at the place. */
static void check_item(const struct part_of *p, const struct prefilter_entry *e, size_t place)
{
	const struct prefilter_item *it = &p->part->items[e->item];
	size_t at = place - p->begin + p->from;

	if (e->offset <= at &&
	    stands_whole(it, p->piece->grams.at + GRAMS_MARGIN + place - e->offset))
		hit_item(p, it, at - e->offset);
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

static void hit_sequences(const struct part_of *p, const struct prefilter_masks *m,
			  const struct prefilter_standing *it)
{
	for (uint64_t bits = it->bits; bits; bits &= bits - 1) {
		const struct prefilter_item *item =
		    &p->part->items[m->item[(unsigned)__builtin_ctzll(bits)]];

		if (stands_whole(item, p->piece->grams.at + GRAMS_MARGIN + it->place))
			hit_item(p, item, it->place - p->begin + p->from);
	}
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

		for (; noted->next < noted->end && piece->standing[noted->next].place < p->end;
		     noted->next++)
			hit_sequences(p, p->part->sequences[k].masks,
				      &piece->standing[noted->next]);
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
