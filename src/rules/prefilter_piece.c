/* SPDX-License-Identifier: BSD-2-Clause */
#include "rules/prefilter_piece.h"

#include "core/arena.h"

#include <assert.h>

static_assert((int)NEEDS_MAX_LITERAL <= (int)GRAMS_MARGIN && (int)NEEDS_WINDOW <= (int)GRAMS_MARGIN,
	      "what stands at a gram is folded all around it");

struct prefilter_piece *prefilter_piece_new(const struct prefilter *p, struct arena *a)
{
	struct prefilter_piece *piece = arena_alloc(a, sizeof(*piece));

	piece->noted = arena_alloc(a, (p->max_sequences + 1) * sizeof(*piece->noted));
	piece->standing = NULL;
	piece->hits = NULL;
	piece->max_standing = piece->max_hits = 0;
	piece->arena = a;
	piece->filter = p;
	memset(piece->grams.at, 0, GRAMS_MARGIN);
	piece->form = cpu_vectors();
	piece->subjects = piece->next = 0;
	return piece;
}

/* Leaves the places whose buckets have a gram like theirs: how many. */
static size_t sift(struct prefilter_piece *piece, const struct prefilter_table *t, size_t count)
{
	size_t n = 0;

	for (size_t i = 0; i < count; i++) {
		const uint8_t *folded = piece->grams.at + GRAMS_MARGIN + piece->place[i];
		uint64_t bytes = prefilter_load(folded);
		uint32_t hash = grams_hash((uint32_t)bytes);
		const struct prefilter_bucket *b = &t->bucket[hash >> t->shift];

		piece->sifted[n].from = b[0].start;
		piece->sifted[n].to = b[1].start;
		piece->sifted[n].place = piece->place[i];
		n += (b->tags & prefilter_tag(bytes << b->shift)) != 0;
	}
	return n;
}

/* Room for n more hits. */
static struct prefilter_hit *make_hits(struct prefilter_piece *piece, size_t n)
{
	size_t need = piece->hit_count + n, size = sizeof(*piece->hits);

	if (need > piece->max_hits) {
		piece->hits =
		    arena_grow(piece->arena, piece->hits, piece->max_hits * size, 2 * need * size);
		piece->max_hits = 2 * need;
	}
	return piece->hits;
}

/* Leaves the entries whose bytes stand there. */
static void compare(struct prefilter_piece *piece, const struct prefilter_part *part, size_t count)
{
	const struct prefilter_entry *entry = part->table->entry;

	for (size_t i = 0; i < count; i++)
		__builtin_prefetch(&entry[piece->sifted[i].from]);
	for (size_t i = 0; i < count; i++) {
		const struct prefilter_sifted *it = &piece->sifted[i];
		uint64_t bytes = prefilter_load(piece->grams.at + GRAMS_MARGIN + it->place);
		struct prefilter_hit *to = make_hits(piece, it->to - it->from + 1);
		size_t n = piece->hit_count;

		for (uint32_t k = it->from; k < it->to; k++) {
			to[n] = (struct prefilter_hit){ entry[k].item, it->place, entry[k].offset };
			__builtin_prefetch(&part->items[to[n].item]);
			n += bytes << entry[k].shift == entry[k].bytes;
		}
		piece->hit_count = n;
	}
}

/* Leaves the items that stand there as a whole. */
static void compare_items(struct prefilter_piece *piece, const struct prefilter_part *part)
{
	size_t n = 0;

	for (size_t i = 0; i < piece->hit_count; i++) {
		const struct prefilter_hit *it = &piece->hits[i];
		const struct prefilter_item *item = &part->items[it->item];
		const uint8_t *at = piece->grams.at + GRAMS_MARGIN + it->place - it->offset;

		prefilter_fetch(piece->filter, item->rule);
		piece->hits[n] = *it;
		n += prefilter_is_item(item, at);
	}
	piece->hit_count = n;
}

static void look_for_grams(struct prefilter_piece *piece, size_t n,
			   const struct prefilter_part *part)
{
	uint64_t bits[GRAMS_WORDS];
	size_t count;

	grams_look(&piece->grams, n, &part->table->map, bits);
	count = places_list(piece->form, bits, n, piece->place);
	compare(piece, part, sift(piece, part->table, count));
	compare_items(piece, part);
}

/* Which of some sequences stand there. */
static uint64_t standing(const struct prefilter_sequences *q, const uint8_t *folded)
{
	uint64_t bits = q->bits;

	for (size_t k = 0; k < NEEDS_WINDOW; k++)
		bits &= q->masks->at[folded[k]][k];
	return bits;
}

/* Room for n more. */
static struct prefilter_standing *make_room(struct prefilter_piece *piece, size_t n)
{
	size_t need = piece->standing_count + n, size = sizeof(*piece->standing);

	if (need > piece->max_standing) {
		piece->standing = arena_grow(piece->arena, piece->standing,
					     piece->max_standing * size, 2 * need * size);
		piece->max_standing = 2 * need;
	}
	return piece->standing;
}

static void look_for_sequences(struct prefilter_piece *piece, size_t n,
			       const struct prefilter_sequences *q, struct prefilter_noted *noted)
{
	uint64_t bits[GRAMS_WORDS];
	size_t listed, count = piece->standing_count;
	uint64_t all = 0;
	struct prefilter_standing *to;

	nibbles_look(piece->form, &q->nibbles, &piece->nibbles, n, bits);
	listed = places_list(piece->form, bits, n, piece->place);
	to = make_room(piece, listed + 1);
	for (size_t i = 0; i < listed; i++) {
		size_t place = piece->place[i];

		to[count].bits = standing(q, piece->grams.at + GRAMS_MARGIN + place);
		to[count].place = (uint16_t)place;
		all |= to[count].bits;
		count += to[count].bits != 0;
	}
	for (; all; all &= all - 1)
		prefilter_fetch(piece->filter, q->masks->rule[__builtin_ctzll(all)]);
	*noted = (struct prefilter_noted){ (uint32_t)piece->standing_count, (uint32_t)count };
	piece->standing_count = count;
}

/* A part of a subject, and what is around it: its places. */
static size_t fill_part(struct prefilter_piece *piece, struct str subject, size_t from)
{
	size_t left = subject.n - from, n = left < GRAMS_PLACES ? left : (size_t)GRAMS_PLACES;
	size_t before = from ? (size_t)GRAMS_MARGIN : 0;
	size_t after = left - n < GRAMS_MARGIN ? left - n : (size_t)GRAMS_MARGIN;

	grams_fold(&piece->grams, GRAMS_MARGIN - before, subject.p + from - before,
		   before + n + after);
	memset(piece->grams.at + GRAMS_MARGIN + n + after, 0, GRAMS_MARGIN);
	piece->begin[0] = 0;
	piece->lacks[0] = 0;
	piece->subjects = 1;
	return n;
}

/* Subjects one after the other: their places. */
static size_t fill(struct prefilter_piece *piece, const struct str *subjects, size_t n)
{
	size_t at = 0, i = 0;

	do {
		grams_fold(&piece->grams, GRAMS_MARGIN + at, subjects[i].p, subjects[i].n);
		piece->begin[i] = (uint16_t)at;
		at += subjects[i].n;
		piece->lacks[i] = 0;
		piece->end[i++] = (uint16_t)at;
		piece->grams.at[GRAMS_MARGIN + at++] = 0;
	} while (i < n && i < PREFILTER_SUBJECTS && subjects[i].n <= GRAMS_PLACES &&
		 at + subjects[i].n <= GRAMS_PLACES);
	memset(piece->grams.at + GRAMS_MARGIN + at, 0, GRAMS_MARGIN);
	piece->subjects = i;
	return at - 1;
}

/* As they are, for what is asked of all of them. */
static void copy_subjects(struct prefilter_piece *piece)
{
	memset(piece->apart, 0, sizeof(piece->apart));
	for (size_t i = 0; i < piece->subjects; i++) {
		size_t end = piece->end[i];

		memcpy(piece->text + piece->begin[i], piece->all[i].p, piece->all[i].n);
		piece->text[end] = 0;
		piece->apart[end / 64] |= UINT64_C(1) << end % 64;
	}
}

void prefilter_piece_learn(struct prefilter_piece *piece, uint64_t facts)
{
	struct traits_subjects all = {
		.text = { piece->text, piece->end[piece->subjects - 1] },
		.begin = piece->begin,
		.end = piece->end,
		.count = piece->subjects,
		.apart = piece->apart,
	};

	if (!piece->facts)
		copy_subjects(piece);
	traits_lacking(piece->filter->traits, &all, facts & ~piece->facts, piece->lacks);
	piece->facts |= facts;
}

void prefilter_piece_look(struct prefilter_piece *piece, const struct prefilter_part *part,
			  const struct str *subjects, size_t n, size_t from)
{
	bool whole = !from && subjects->n <= GRAMS_PLACES;
	size_t places = whole ? fill(piece, subjects, n) : fill_part(piece, *subjects, from);

	piece->all = subjects;
	piece->has_facts = whole && part->has_facts;
	piece->facts = piece->has_facts ? 0 : UINT64_MAX;
	piece->next = piece->hit_next = piece->hit_count = piece->standing_count = 0;
	if (part->table)
		look_for_grams(piece, places, part);
	if (part->sequence_count)
		nibbles_split(piece->form, &piece->grams, places, &piece->nibbles);
	for (size_t k = 0; k < part->sequence_count; k++)
		look_for_sequences(piece, places, &part->sequences[k], &piece->noted[k]);
}
