/* SPDX-License-Identifier: BSD-2-Clause */
#include "rules/traits.h"

#include "core/arena.h"
#include "rules/rule.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

static const char *const rules[] = {
	"[0-9]{7}@",      /* a run, and a byte */
	"[0-9]{12}",      /* the same bytes, a longer run */
	"^\\s?\\S{1,9}$", /* no longer than 12 */
	"http:.*%",       /* "http" has the colon anyway */
	"[xyz]",          "#.*#",
};

enum { RULES = ELEMENTS(rules) };

static const uint8_t seldom[RULES + 1];

/* often: by rule, and one more. */
static const struct traits_table *table_of(struct arena *a, const uint8_t *often,
					   struct traits_wanted *ret)
{
	const struct rule *all[RULES + 1];

	for (size_t i = 0; i <= RULES; i++) {
		struct rule *r = arena_zalloc(a, sizeof(*r));
		struct needs *n = arena_zalloc(a, sizeof(*n));
		struct rx_source s;

		all[i] = r;
		if (i == RULES)
			break;
		assert_int_equal(rx_translate(a, str_of(rules[i]), false, &s, NULL), 0);
		needs_of(a, NULL, s.pcre, n);
		r->needs = n;
	}
	return traits_table_new(a, all, RULES + 1, often, ret);
}

/* Rules that a subject allows, a bit each; the last one needs nothing. */
static unsigned allowed(struct traits *t, const struct traits_wanted *wanted, const char *subject)
{
	unsigned bits = 0;

	traits_begin(t, str_of(subject));
	for (uint32_t i = 0; i <= RULES; i++)
		bits |= (unsigned)traits_allow(t, &wanted[i]) << i;
	return bits;
}

static void test_traits(void **state)
{
	static const struct {
		const char *subject;
		unsigned want;
	} cases[] = {
		{ "", 0x40 },
		{ "one", 0x44 },
		{ "1234567@", 0x45 },
		{ "1234567", 0x44 },
		{ "123456 7@", 0x44 },
		{ "x@0123456789012 ", 0x53 },
		{ "@01234567890 12 ", 0x41 },
		{ "HTTP:%20 ----", 0x48 },
		{ "http:", 0x44 },
		{ "XYlophone", 0x54 },
		{ "#", 0x44 },
		{ "# #", 0x64 },
		{ "one", 0x44 },
	};
	struct arena *a = arena_new();
	struct traits_wanted wanted[RULES + 1];
	struct traits t;

	(void)state;
	traits_init(&t, table_of(a, seldom, wanted), a);
	for (size_t i = 0; i < ELEMENTS(cases); i++) {
		unsigned got = allowed(&t, wanted, cases[i].subject);

		if (got != cases[i].want)
			fail_msg("'%s': %x", cases[i].subject, got);
	}
	arena_free(a);
}

/* Bytes that a long text has anyway are not looked for. */
static void test_long(void **state)
{
	struct arena *a = arena_new();
	char text[4096];
	struct traits_wanted wanted[RULES + 1];
	struct traits t;

	(void)state;
	traits_init(&t, table_of(a, seldom, wanted), a);
	memset(text, '-', sizeof(text));
	traits_begin(&t, str_make(text, 100));
	assert_false(traits_allow(&t, &wanted[4]));
	traits_begin(&t, str_make(text, sizeof(text)));
	assert_true(traits_allow(&t, &wanted[4]));
	arena_free(a);
}

/* Subjects together: each lacks what it lacks alone, and what is no fact is asked for as before. */
static void test_facts(void **state)
{
	static const char alphabet[] = "0123456789@ http:%xyz#\0-";
	static const uint8_t often[RULES + 1] = { 1, 3, 1, 2, 5, 5, 1 };
	struct arena *a = arena_new();
	struct traits_wanted wanted[RULES + 1];
	const struct traits_table *table = table_of(a, often, wanted);
	uint32_t seed = 1;
	uint64_t all = 0;
	size_t lacked = 0;
	struct traits t;

	(void)state;
	traits_init(&t, table, a);
	assert_true(traits_has_facts(table));
	for (size_t r = 0; r <= RULES; r++)
		all |= wanted[r].facts;
	for (size_t turn = 0; turn < 500; turn++) {
		char text[TRAITS_TOGETHER] = { 0 };
		uint64_t apart[TRAITS_TOGETHER / 64] = { 0 }, lacks[8] = { 0 };
		uint16_t begin[8], end[8];
		size_t at = 0;

		for (size_t i = 0; i < 8; i++) {
			begin[i] = (uint16_t)at;
			seed = seed * 1103515245 + 12345;
			for (size_t n = (seed >> 16) % (turn + 1) % 127; n; n--) {
				seed = seed * 1103515245 + 12345;
				text[at++] = alphabet[(seed >> 16) % 24 % (4 + turn % 21)];
			}
			end[i] = (uint16_t)at;
			apart[at / 64] |= UINT64_C(1) << at % 64;
			at++;
		}
		traits_lacking(
		    table,
		    &(struct traits_subjects){ str_make(text, at - 1), begin, end, 8, apart }, all,
		    lacks);
		for (size_t i = 0; i < 8; i++) {
			traits_begin(&t, str_make(text + begin[i], end[i] - begin[i]));
			for (size_t r = 0; r <= RULES; r++) {
				struct traits_wanted w = wanted[r];
				bool lack = w.facts & lacks[i];

				w.min_length = 0;
				w.max_length = UINT32_MAX;
				assert_true(!lack || !traits_allow(&t, &w));
				assert_true(w.more || lack == !traits_allow(&t, &w));
				lacked += lack;
			}
		}
	}
	assert_in_range(lacked, 500, 25000);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_traits),
		cmocka_unit_test(test_long),
		cmocka_unit_test(test_facts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
