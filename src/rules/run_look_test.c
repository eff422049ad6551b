/* SPDX-License-Identifier: BSD-2-Clause */
#include "rules/run_look.h"

#include "core/xalloc.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

/* Whether such a run begins there, byte by byte. */
static bool begins_run(const struct needs_run *run, struct str s)
{
	size_t word = 0;
	bool has_other = false; /* in front of the word */

	if (s.n < run->length)
		return false;
	for (size_t i = 0; i < run->length; i++) {
		uint8_t c = (uint8_t)s.p[i];

		if (!byteset_has(&run->set, c) ||
		    (!byteset_has(&run->word, c) && has_other && word && word < run->word_length))
			return false;
		has_other = has_other || !byteset_has(&run->word, c);
		word = byteset_has(&run->word, c) ? word + 1 : 0;
	}
	return true;
}

static bool has_run(const struct needs_run *run, struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (begins_run(run, str_from(s, i)))
			return true;
	}
	return !run->length;
}

/* A text of words of some length, which another byte ends now and then. */
static size_t make_text(char *text, size_t max, size_t turn)
{
	static const char *const of[] = { "aaaaaa.aaaaaa..c", "aaaaaaaaaaaaaaa.",
					  "aaaaaaaaaaaaaaaa" };
	uint32_t x = (uint32_t)turn * 2654435761u;
	size_t n = x % max;

	for (size_t i = 0; i < n; i++) {
		x = x * 1664525 + 1013904223;
		text[i] = of[turn % ELEMENTS(of)][x >> 16 & 15];
		if (text[i] == 'a' && !(x >> 8 & 0xff))
			text[i] = "c."[turn & 1];
	}
	return n;
}

enum { STEP = 97 };

/* Of texts that stand together: where a run is there is a bit, and of up to 64 bytes alone nowhere else. */
static void check_places(const struct needs_run *run, enum cpu_vectors form, struct str s)
{
	uint64_t bits[RUN_LOOK_WORDS], apart[RUN_LOOK_WORDS] = { 0 };
	struct run_look look;

	if (s.n > RUN_LOOK_WORDS * 64 || !run->length)
		return;
	run_look_init(&look, run);
	look.form = form;
	for (size_t i = STEP - 1; i < s.n; i += STEP)
		apart[i / 64] |= UINT64_C(1) << i % 64;
	run_look_places(&look, run->length, s, apart, bits);
	for (size_t at = 0; at < s.n; at += STEP) {
		bool want = has_run(run, str_sub(s, at, at + STEP - 1)), got = false;

		for (size_t i = at; i < s.n && i < at + STEP; i++)
			got = got || (bits[i / 64] >> i % 64 & 1);
		if (want != got)
			assert_true(got && (run->word_length > 1 || run->length > 64));
	}
}

static void test_run_look(void **state)
{
	size_t found = 0;

	(void)state;
	for (size_t turn = 0; turn < 6000; turn++) {
		struct needs_run run = { .length = turn % 7 ? turn % 90 : turn % 600,
					 .word_length = turn / 19 % 5 * 3 };
		struct run_look look;
		char text[2500];
		struct str s = { text, make_text(text, turn % 3 ? 150 : sizeof(text), turn) };
		bool want, got;

		byteset_add(&run.set, 'a');
		byteset_add(&run.set, '.');
		byteset_add(run.word_length ? &run.word : &run.set, 'a');
		run_look_init(&look, &run);
		want = has_run(&run, s);
		for (look.form = 0; look.form <= cpu_vectors(); look.form++) {
			got = run_look_has(&look, run.length, s);
			if (want != got)
				fail_msg("%.*s: %zu of words of %zu: %d", STR_FMT(s), run.length,
					 run.word_length, got);
			check_places(&run, look.form, s);
		}
		found += want;
	}
	assert_true(found > 1000 && found < 5000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_run_look),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
