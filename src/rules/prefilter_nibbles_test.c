/* SPDX-License-Identifier: BSD-2-Clause */
/* The quick forms against the plain one, and both against the sequences themselves. */
#include "rules/prefilter_nibbles.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

enum { SEQUENCES = 24 };

static const struct byteset any_byte = { { UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX } };
static uint32_t seed = 5;

static uint32_t next(void)
{
	seed = seed * 1103515245 + 12345;
	return seed >> 8;
}

static void make_sequence(struct needs_look *w)
{
	*w = (struct needs_look){ .length = 2 + next() % (NEEDS_WINDOW - 1) };
	for (size_t i = 0; i < w->length; i++) {
		for (size_t k = next() % 90 + 1; k; k--)
			byteset_add(&w->at[i], (uint8_t)next());
	}
}

/* The first `depth` of its bytes. */
static bool stands(const struct needs_look *w, size_t depth, const uint8_t *p)
{
	for (size_t i = 0; i < w->length && i < depth; i++) {
		if (!byteset_has(&w->at[i], p[i]))
			return false;
	}
	return true;
}

/* Sequences by turns in each bucket. */
static void fill(struct nibbles *b, struct needs_look w[SEQUENCES])
{
	struct byteset at[NIBBLES_BUCKETS][NEEDS_WINDOW] = { 0 };

	for (size_t i = 0; i < SEQUENCES; i++) {
		make_sequence(&w[i]);
		for (size_t k = 0; k < NEEDS_WINDOW; k++)
			byteset_union(&at[i % NIBBLES_BUCKETS][k],
				      k < w[i].length ? &w[i].at[k] : &any_byte);
	}
	for (unsigned i = 0; i < NIBBLES_BUCKETS; i++) {
		for (size_t k = 0; k < NEEDS_WINDOW; k++)
			nibbles_set(b, i, k, &at[i][k]);
	}
}

static void check_piece(const struct nibbles *b, const struct needs_look *w,
			const struct grams_piece *piece, size_t n, size_t *found)
{
	static struct nibbles_piece split;
	uint64_t plain[GRAMS_WORDS], quick[GRAMS_WORDS];

	nibbles_split(CPU_PLAIN, piece, n, &split);
	nibbles_look(CPU_PLAIN, b, &split, n, plain);
	for (unsigned form = CPU_PLAIN + 1; form <= cpu_vectors(); form++) {
		nibbles_split(form, piece, n, &split);
		nibbles_look(form, b, &split, n, quick);
		assert_memory_equal(quick, plain, (n + 63) / 64 * sizeof(*quick));
	}
	for (size_t i = 0; i < n; i++) {
		bool named = plain[i / 64] >> (i % 64) & 1;

		for (size_t k = 0; k < SEQUENCES; k++) {
			bool here = stands(&w[k], b->depth, piece->at + GRAMS_MARGIN + i);

			assert_true(!here || named);
			*found += here;
		}
	}
	assert_true(n % 64 == 0 || plain[n / 64] >> (n % 64) == 0);
}

static void test_same(void **state)
{
	struct needs_look w[SEQUENCES];
	static struct grams_piece piece;
	size_t found = 0;

	(void)state;
	for (size_t turn = 0; turn < 200; turn++) {
		size_t n = turn < 180 ? turn % 90 : GRAMS_PLACES - turn % 90;
		struct nibbles b = { .depth = 1 + turn % NEEDS_WINDOW };

		fill(&b, w);
		for (size_t i = 0; i < sizeof(piece.at); i++)
			piece.at[i] = (uint8_t)next();
		check_piece(&b, w, &piece, n, &found);
	}
	assert_true(found > 100);
}

/* A sequence alone in its bucket is found where it stands only, if it is of letters, digits and marks. */
static void test_exact(void **state)
{
	static const char text[] = "xx from fr0m frot 5 from";
	static struct grams_piece piece;
	static struct nibbles_piece split;
	struct nibbles b = { .depth = 4 };
	uint64_t bits[GRAMS_WORDS];

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		struct byteset one = { { 0 } };

		byteset_add(&one, (uint8_t) "from"[i]);
		nibbles_set(&b, 5, i, &one);
	}
	memcpy(piece.at + GRAMS_MARGIN, text, sizeof(text));
	memcpy(piece.at + GRAMS_MARGIN + 70, text, sizeof(text));
	for (unsigned form = CPU_PLAIN; form <= cpu_vectors(); form++) {
		nibbles_split(form, &piece, 100, &split);
		nibbles_look(form, &b, &split, 100, bits);
		assert_int_equal(bits[0], UINT64_C(1) << 3 | UINT64_C(1) << 20);
		assert_int_equal(bits[1], UINT64_C(1) << 9 | UINT64_C(1) << 26);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_same),
					    cmocka_unit_test(test_exact) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
