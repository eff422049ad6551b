/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which items of a group stand in a subject. Pieces of it are folded, bitmaps and nibbles name places, those
 * where only the hash or the bucket is right are sifted out without a branch, and what is left is compared.
 * Places come nearly in order.
 */
#include "rules/prefilter_private.h"

#include <assert.h>
#include <string.h>

static_assert((int)NEEDS_MAX_LITERAL <= (int)GRAMS_MARGIN && (int)NEEDS_WINDOW <= (int)GRAMS_MARGIN,
	      "what stands at a gram is folded all around it");

/* AT_ONCE: entries that are compared before one is looked at closer. */
enum { MAX_LISTED = GRAMS_PLACES + GRAMS_LISTED, AT_ONCE = 32 };

/* A piece under way. */
struct piece {
	struct prefilter_scan *scan;
	struct grams_piece grams;
	const struct prefilter_part *part;
	size_t at; /* where in the subject its first place is */
	size_t count;
	uint16_t place[MAX_LISTED]; /* where a gram of that length may stand */
	struct {
		uint32_t from, to; /* entries */
		uint16_t place;
	} sifted[MAX_LISTED];
	size_t sifted_count;
	struct nibbles_piece nibbles;
	struct {
		uint64_t bits; /* of sequences */
		uint16_t place;
	} standing[MAX_LISTED];
};

static uint64_t load64(const uint8_t *p)
{
	uint64_t x;

	memcpy(&x, p, sizeof(x));
	return x;
}

/* An item stands at the place, if that is not beyond the subject. */
static void hit_item(const struct piece *piece, const struct prefilter_item *it, size_t at)
{
	struct prefilter_scan *s = piece->scan;
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
static void check_item(const struct piece *piece, const struct prefilter_entry *e,
		       const uint8_t *folded, size_t at)
{
	const struct prefilter_item *it = &piece->part->items[e->item];

	if (e->offset <= at && stands_whole(it, folded - e->offset))
		hit_item(piece, it, at - e->offset);
}

/* Which of some entries, at most AT_ONCE, may stand there: a bit each. */
static uint32_t compare(const struct prefilter_entry *e, size_t n, uint64_t bytes)
{
	uint32_t same = 0;

	for (size_t i = 0; i < n; i++)
		same |= (uint32_t)(bytes << e[i].shift == e[i].bytes) << i;
	return same;
}

static void check_sifted(const struct piece *piece, const struct prefilter_table *t)
{
	for (size_t i = 0; i < piece->sifted_count; i++) {
		const uint8_t *folded = piece->grams.at + GRAMS_MARGIN + piece->sifted[i].place;
		size_t at = piece->at + piece->sifted[i].place;
		uint64_t bytes = load64(folded);
		uint32_t from = piece->sifted[i].from, to = piece->sifted[i].to;

		for (; from < to; from += AT_ONCE) {
			size_t n = to - from < AT_ONCE ? to - from : (size_t)AT_ONCE;

			for (uint32_t left = compare(&t->entry[from], n, bytes); left;
			     left &= left - 1)
				check_item(piece, &t->entry[from + (unsigned)__builtin_ctz(left)],
					   folded, at);
		}
	}
}

/* Leaves the places whose buckets have a gram like theirs. */
static void sift(struct piece *piece, const struct prefilter_table *t)
{
	size_t n = 0;

	for (size_t i = 0; i < piece->count; i++) {
		const uint8_t *folded = piece->grams.at + GRAMS_MARGIN + piece->place[i];
		uint64_t bytes = load64(folded);
		uint32_t hash = grams_hash((uint32_t)bytes);
		const struct prefilter_bucket *b = &t->bucket[hash >> t->shift];

		piece->sifted[n].from = b[0].start;
		piece->sifted[n].to = b[1].start;
		piece->sifted[n].place = piece->place[i];
		n += (b->tags & prefilter_tag(bytes << b->shift)) != 0;
	}
	piece->sifted_count = n;
}

static void list_places(struct piece *piece, size_t n, const uint64_t bits[GRAMS_WORDS])
{
	piece->count = 0;
	for (size_t i = 0; i * 64 < n; i++)
		piece->count += grams_list(bits[i], i * 64, piece->place + piece->count);
}

static void check_grams(struct piece *piece, size_t n, const struct prefilter_table *t)
{
	uint64_t bits[GRAMS_WORDS];

	grams_look(&piece->grams, n, &t->map, bits);
	list_places(piece, n, bits);
	if (!piece->count)
		return;
	sift(piece, t);
	check_sifted(piece, t);
}

/* Which of some sequences stand there. */
static uint64_t standing(const struct prefilter_sequences *q, const uint8_t *folded)
{
	uint64_t bits = q->bits;

	for (size_t k = 0; k < NEEDS_WINDOW; k++)
		bits &= q->masks->at[k][folded[k]];
	return bits;
}

static void hit_sequences(const struct piece *piece, const struct prefilter_masks *m, uint64_t bits,
			  size_t place)
{
	for (; bits; bits &= bits - 1) {
		const struct prefilter_item *it =
		    &piece->part->items[m->item[(unsigned)__builtin_ctzll(bits)]];

		if (stands_whole(it, piece->grams.at + GRAMS_MARGIN + place))
			hit_item(piece, it, piece->at + place);
	}
}

static void check_sequences(struct piece *piece, size_t n, const struct prefilter_sequences *q)
{
	uint64_t bits[GRAMS_WORDS];
	size_t count = 0;

	nibbles_look(&q->nibbles, &piece->nibbles, n, bits);
	list_places(piece, n, bits);
	for (size_t i = 0; i < piece->count; i++) {
		size_t place = piece->place[i];

		piece->standing[count].bits = standing(q, piece->grams.at + GRAMS_MARGIN + place);
		piece->standing[count].place = (uint16_t)place;
		count += piece->standing[count].bits != 0;
	}
	for (size_t i = 0; i < count; i++)
		hit_sequences(piece, q->masks, piece->standing[i].bits, piece->standing[i].place);
}

/* All that is looked for in a piece of n places, which has been folded. */
static void check_piece(struct piece *piece, size_t n)
{
	const struct prefilter_part *part = piece->part;

	if (part->table)
		check_grams(piece, n, part->table);
	if (part->sequence_count)
		nibbles_split(&piece->grams, n, &piece->nibbles);
	for (size_t k = 0; k < part->sequence_count; k++)
		check_sequences(piece, n, &part->sequences[k]);
}

void prefilter_find_items(struct prefilter_scan *s, const struct prefilter_part *part)
{
	struct piece piece;
	size_t n;

	piece.scan = s;
	piece.part = part;
	for (size_t at = 0; at < s->subject.n; at += n) {
		size_t left = s->subject.n - at, before = at ? (size_t)GRAMS_MARGIN : 0, after;

		n = left < GRAMS_PLACES ? left : (size_t)GRAMS_PLACES;
		after = left - n < GRAMS_MARGIN ? left - n : (size_t)GRAMS_MARGIN;
		grams_fold(&piece.grams, GRAMS_MARGIN - before, s->subject.p + at - before,
			   before + n + after);
		memset(piece.grams.at + GRAMS_MARGIN + n + after, 0, GRAMS_MARGIN);
		piece.at = at;
		check_piece(&piece, n);
	}
}
