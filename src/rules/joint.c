/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Joint automata over a subject: hardly a branch depends on what stands there, and a byte takes one lookup in a row.
 */
#include "rules/joint.h"

#include "core/bits.h"
#include "rules/joint_private.h"

#include <string.h>

/* Where an automaton is, and whose match has been known so far. */
struct reading {
	uint16_t row;
	uint64_t matched;
};

static inline void note(const struct joint_automaton *a, struct reading *r)
{
	if (__builtin_expect(r->row >= a->matching, false))
		r->matched |= joint_matched(a, r->row);
}

static inline void step(const struct joint_automaton *a, struct reading *r, unsigned class)
{
	const uint16_t *column = a->next + class;

	/* made before the row is known: a lookup waits for the one before, and for nothing else */
	__asm__("" : "+r"(column));
	r->row = column[2 * (size_t)r->row];
	note(a, r);
}

/* n is known where this is used, so that rows stay in registers. */
static inline __attribute__((always_inline)) void read_abreast(const struct joint_automaton *a,
							       size_t n, struct str subject,
							       uint64_t *matched)
{
	const uint8_t *p = (const uint8_t *)subject.p;
	bool is_line = subject.n && p[subject.n - 1] == '\n';
	struct reading r[JOINT_ABREAST];

	for (size_t k = 0; k < n; k++) {
		r[k] = (struct reading){ .row = a[k].start };
		note(&a[k], &r[k]);
	}
	for (size_t i = 0; i + is_line < subject.n; i++) {
		for (size_t k = 0; k < n; k++)
			step(&a[k], &r[k], a[k].class[p[i]]);
	}
	for (size_t k = 0; k < n; k++) {
		if (is_line)
			step(&a[k], &r[k], a[k].last_newline);
		step(&a[k], &r[k], a[k].end_class);
		matched[k] = r[k].matched;
	}
}

/* Bits of an automaton to where its numbers begin. */
static void put_bits(uint64_t *bits, size_t first, uint64_t matched)
{
	bits[first / 64] |= matched << first % 64;
	if (first % 64 && matched >> (64 - first % 64))
		bits[first / 64 + 1] |= matched >> (64 - first % 64);
}

/* Those that may match where copies stand. */
static void add_copies(const struct joint *j, struct str subject, uint64_t *bits)
{
	for (size_t i = 0; i < j->member_count; i++) {
		const struct copies *c = &j->members[i].copies;

		if (c->max && !bits_has(bits, i) && copies_stand(c, subject))
			bits_add(bits, i);
	}
}

/* Letters and digits are most of what classes are asked for. */
void joint_fetch(const struct joint *j)
{
	for (size_t i = 0; i < j->count; i++) {
		const struct joint_automaton *a = &j->automata[i];

		__builtin_prefetch(a);
		__builtin_prefetch(&a->class['0']);
		__builtin_prefetch(&a->class['a']);
		__builtin_prefetch(&a->class['z']);
	}
}

void joint_fetch_rows(const struct joint *j)
{
	enum { LINE = 64 };

	for (size_t i = 0; i < j->count; i++) {
		const struct joint_automaton *a = &j->automata[i];
		const char *row = (const char *)(a->next + 2 * (size_t)a->start);

		for (size_t at = 0; at < a->width * sizeof(*a->next); at += LINE)
			__builtin_prefetch(row + at);
	}
}

void joint_read(const struct joint *j, struct str subject, uint64_t *bits)
{
	uint64_t matched[JOINT_ABREAST];

	switch (j->count) {
	case 1: read_abreast(j->automata, 1, subject, matched); break;
	case 2: read_abreast(j->automata, 2, subject, matched); break;
	case 3: read_abreast(j->automata, 3, subject, matched); break;
	default: read_abreast(j->automata, JOINT_ABREAST, subject, matched);
	}
	memset(bits, 0, bits_words(j->member_count) * sizeof(*bits));
	for (size_t i = 0; i < j->count; i++)
		put_bits(bits, j->automata[i].first, matched[i]);
	if (j->has_copies)
		add_copies(j, subject, bits);
}

void joint_note_copies(struct joint *j)
{
	for (size_t i = 0; i < j->member_count; i++)
		j->has_copies = j->has_copies || j->members[i].copies.max;
}

size_t joint_count(const struct joint *j)
{
	return j ? j->member_count : 0;
}

size_t joint_expression(const struct joint *j, size_t number)
{
	return j->members[number].expression;
}

bool joint_is_exact(const struct joint *j, size_t number)
{
	return j->members[number].is_exact;
}

size_t joint_memory(const struct joint *j)
{
	size_t sum = j ? sizeof(*j) + j->member_count * sizeof(*j->members) : 0;

	for (size_t i = 0; j && i < j->count; i++)
		sum += sizeof(*j->automata) + j->automata[i].entries * sizeof(uint16_t);
	return sum;
}
