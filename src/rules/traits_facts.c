/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What many rules want of nearly each subject is found out for all subjects that stand together, by the word of 64
 * places, when a rule first asks. Of runs that are longer than a word, and of those of words, it is a little more than
 * what is wanted: those are asked for once more.
 */
#include "rules/traits_private.h"

enum { PLACES = BYTESET_LOOK_PLACES, WORDS = TRAITS_TOGETHER / PLACES };
/* Bytes that subjects of this length have anyway are in most lines, and no facts. */
enum { SELDOM = 200 };

/* The number of a fact that is the same, maybe a new one; TRAITS_FACTS: there is no room. */
static size_t number_of(struct traits_table *t, const struct traits_fact *f)
{
	size_t i = 0;

	while (i < t->fact_count && memcmp(&t->facts[i], f, sizeof(*f)) != 0)
		i++;
	if (i == t->fact_count && i < TRAITS_FACTS)
		t->facts[t->fact_count++] = *f;
	return i;
}

/* False: it is no fact. */
static bool add_fact(struct traits_table *t, const struct traits_fact *f, struct traits_wanted *w)
{
	size_t i = number_of(t, f);

	if (i == TRAITS_FACTS)
		return false;
	w->facts |= UINT64_C(1) << i;
	return true;
}

static bool add_sets(struct traits_table *t, struct traits_wanted *w)
{
	bool all = true;

	for (size_t i = 0; i < NEEDS_BYTE_SETS && w->sets[i]; i++) {
		const struct traits_set *set = &t->sets[w->sets[i] - 1];
		struct traits_fact f = { .set = set->look, .times = 1 };

		all = set->max_asked >= SELDOM && add_fact(t, &f, w) && all;
	}
	return all;
}

static bool add_mark(struct traits_table *t, struct traits_wanted *w)
{
	struct traits_fact f = { .times = w->mark_times };
	struct byteset mark = { { 0 } };

	byteset_add(&mark, w->mark);
	byteset_look_init(&f.set, &mark);
	return !w->mark || add_fact(t, &f, w);
}

static bool add_run(struct traits_table *t, struct traits_wanted *w)
{
	struct traits_fact f = { .kind = w->run, .length = w->run_length, .times = 1 };

	return !w->run || (add_fact(t, &f, w) && w->run_length <= PLACES &&
			   !t->kinds[w->run - 1].look.word_length);
}

void traits_choose_facts(struct traits_table *t, const uint8_t *often, size_t n,
			 struct traits_wanted *wanted)
{
	for (size_t i = 0; i < n; i++)
		wanted[i].any = wanted[i].more =
		    wanted[i].sets[0] || wanted[i].mark || wanted[i].run;
	for (unsigned level = 1; level <= UINT8_MAX; level++) {
		for (size_t i = 0; i < n; i++) {
			struct traits_wanted *w = &wanted[i];
			bool all;

			if (often[i] != level)
				continue;
			all = add_sets(t, w);
			all = add_mark(t, w) && all;
			w->more = !add_run(t, w) || !all;
		}
	}
}

bool traits_has_facts(const struct traits_table *t)
{
	return t->fact_count;
}

/* Which places of the text have it; a word more is empty. */
static void find_places(const struct traits_table *t, const struct traits_fact *f,
			const struct traits_subjects *s, uint64_t bits[WORDS + 1])
{
	if (f->kind)
		run_look_places(&t->kinds[f->kind - 1].look, f->length, s->text, s->apart, bits);
	else
		byteset_look_bits(t->form, &f->set, s->text, bits);
	bits[(s->text.n + PLACES - 1) / PLACES] = 0;
}

#define INLINE inline __attribute__((always_inline))

static INLINE uint32_t count_of(uint64_t bits)
{
	return (uint32_t)__builtin_popcountll(bits);
}

/* Adds that fact to those that subjects lack, where less than so many of their bits are set. */
static INLINE void add_lacking(const uint64_t bits[WORDS + 1], const struct traits_subjects *s,
			       uint32_t times, uint64_t fact, uint64_t *lacks)
{
	uint32_t before[WORDS + 1], n = 0; /* set in the words in front of each */

	for (size_t i = 0; i <= (s->text.n + PLACES - 1) / PLACES; i++) {
		before[i] = n;
		n += count_of(bits[i]);
	}
	for (size_t i = 0; i < s->count; i++) {
		size_t begin = s->begin[i], end = s->end[i];
		uint64_t to_begin = (UINT64_C(1) << begin % PLACES) - 1;
		uint64_t to_end = (UINT64_C(1) << end % PLACES) - 1;
		uint32_t has = before[end / PLACES] + count_of(bits[end / PLACES] & to_end) -
			       before[begin / PLACES] - count_of(bits[begin / PLACES] & to_begin);

		lacks[i] |= has < times ? fact : 0;
	}
}

static INLINE void add_all(const struct traits_table *t, const struct traits_subjects *subjects,
			   uint64_t facts, uint64_t *lacks)
{
	uint64_t bits[WORDS + 1];

	for (; facts; facts &= facts - 1) {
		unsigned k = (unsigned)__builtin_ctzll(facts);

		find_places(t, &t->facts[k], subjects, bits);
		add_lacking(bits, subjects, t->facts[k].times, UINT64_C(1) << k, lacks);
	}
}

#if defined(__x86_64__)

/* With an instruction that counts bits, which machines with AVX2 have. */
__attribute__((target("popcnt"))) static void add_quickly(const struct traits_table *t,
							  const struct traits_subjects *subjects,
							  uint64_t facts, uint64_t *lacks)
{
	add_all(t, subjects, facts, lacks);
}

#else
#define add_quickly add_all
#endif

void traits_lacking(const struct traits_table *t, const struct traits_subjects *subjects,
		    uint64_t facts, uint64_t *lacks)
{
	if (t->form == CPU_PLAIN)
		add_all(t, subjects, facts, lacks);
	else
		add_quickly(t, subjects, facts, lacks);
}
