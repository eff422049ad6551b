/* SPDX-License-Identifier: BSD-2-Clause */
#include "rules/analyses.h"

#include "core/arena.h"
#include "core/strbuf.h"
#include "rules/gate.h"
#include "rules/needs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void fill(struct analyses *s)
{
	analyses_add(s, ANALYSIS_NEEDS, STR("a+"), STR("needs of a+"));
	analyses_add(s, ANALYSIS_GATE, STR("a+"), STR("gate of a+"));
	analyses_add(s, ANALYSIS_GATE, STR(""), STR(""));
}

static struct str written(struct arena *a)
{
	struct analyses s;
	struct strbuf b;
	struct str file;

	analyses_init(&s, a);
	assert_false(s.has_new);
	fill(&s);
	assert_true(s.has_new);
	strbuf_init(&b, 0);
	analyses_write(&s, &b);
	file = str_dup(a, strbuf_str(&b));
	strbuf_done(&b);
	return file;
}

static void assert_known(struct analyses *s, enum analysis_kind kind, const char *key,
			 const char *want)
{
	struct str value = analyses_find(s, kind, str_of(key));

	if (want)
		assert_true(!str_is_none(value) && str_eq(value, str_of(want)));
	else
		assert_true(str_is_none(value));
}

static void test_round_trip(void **state)
{
	struct arena *a = arena_new();
	struct analyses s;

	(void)state;
	analyses_init(&s, a);
	assert_true(analyses_read(&s, written(a)));
	assert_false(s.has_new);
	assert_known(&s, ANALYSIS_NEEDS, "a+", "needs of a+");
	assert_known(&s, ANALYSIS_GATE, "a+", "gate of a+");
	assert_known(&s, ANALYSIS_GATE, "", "");
	assert_known(&s, ANALYSIS_LARGE_GATE, "a+", NULL);
	assert_known(&s, ANALYSIS_GATE, "b", NULL);
	arena_free(a);
}

/* What nobody asked for is not written again. */
static void test_unused_go(void **state)
{
	struct arena *a = arena_new();
	struct analyses s, next;
	struct strbuf b;

	(void)state;
	analyses_init(&s, a);
	assert_true(analyses_read(&s, written(a)));
	assert_known(&s, ANALYSIS_GATE, "a+", "gate of a+");
	strbuf_init(&b, 0);
	analyses_write(&s, &b);
	analyses_init(&next, a);
	assert_true(analyses_read(&next, strbuf_str(&b)));
	assert_known(&next, ANALYSIS_GATE, "a+", "gate of a+");
	assert_known(&next, ANALYSIS_NEEDS, "a+", NULL);
	strbuf_done(&b);
	arena_free(a);
}

static bool is_taken(struct arena *a, struct str file)
{
	struct analyses s;
	bool taken;

	analyses_init(&s, a);
	taken = analyses_read(&s, file);
	if (!taken) {
		assert_known(&s, ANALYSIS_GATE, "a+", NULL);
		assert_known(&s, ANALYSIS_NEEDS, "a+", NULL);
	}
	return taken;
}

/* Each byte changed (the version's too), each cut, and bytes behind the end. */
static void test_never_trusted(void **state)
{
	struct arena *a = arena_new();
	struct str file = written(a), other = str_dup(a, file);
	char *bytes = (char *)other.p;
	struct strbuf longer;

	(void)state;
	assert_true(is_taken(a, file));
	for (size_t i = 0; i < file.n; i++) {
		bytes[i] ^= 0x20;
		assert_false(is_taken(a, other));
		bytes[i] ^= 0x20;
		assert_false(is_taken(a, str_sub(file, 0, i)));
	}
	assert_true(is_taken(a, other));
	strbuf_init(&longer, 0);
	strbuf_add(&longer, file);
	strbuf_add_byte(&longer, 'x');
	assert_false(is_taken(a, strbuf_str(&longer)));
	strbuf_done(&longer);
	arena_free(a);
}

static const char *const expressions[] = {
	"(?i)\\b(?:buy|sell)\\x20now",
	"^abc$",
	"a*",
	"(?:word|other){3}.{0,40}third",
	"[a-z]{4}\\d[a-z]{4}",
	"(?:one|two|three)\\s(?:four|five|six)",
	"",
};

/* What comes back is worth the same bytes; no part of them is taken for the whole. */
static void test_needs_and_gates(void **state)
{
	struct arena *a = arena_new();

	(void)state;
	for (size_t i = 0; i < ELEMENTS(expressions); i++) {
		struct str pcre = str_of(expressions[i]);
		const struct gate *g = gate_new(a, NULL, pcre, GATE_SMALL), *gate_again;
		struct strbuf needs_bytes, gate_bytes, again;
		struct needs n, needs_again;

		strbuf_init(&needs_bytes, 0);
		strbuf_init(&gate_bytes, 0);
		strbuf_init(&again, 0);
		needs_of(a, NULL, pcre, &n);
		needs_put(&needs_bytes, &n);
		assert_true(needs_get(a, strbuf_str(&needs_bytes), &needs_again));
		needs_put(&again, &needs_again);
		assert_true(str_eq(strbuf_str(&again), strbuf_str(&needs_bytes)));
		for (size_t k = 0; k < needs_bytes.n; k++)
			assert_false(needs_get(a, str_sub(strbuf_str(&needs_bytes), 0, k), &n));
		strbuf_clear(&again);
		gate_put(&gate_bytes, g);
		assert_true(gate_get(a, strbuf_str(&gate_bytes), &gate_again));
		assert_true(!g == !gate_again);
		gate_put(&again, gate_again);
		assert_true(str_eq(strbuf_str(&again), strbuf_str(&gate_bytes)));
		for (size_t k = 1; k < gate_bytes.n; k += 7)
			assert_false(
			    gate_get(a, str_sub(strbuf_str(&gate_bytes), 0, k), &gate_again));
		strbuf_done(&needs_bytes);
		strbuf_done(&gate_bytes);
		strbuf_done(&again);
	}
	arena_free(a);
}

/* A table that leads out of itself is not taken: each of its entries, and the head's numbers. */
static void test_gate_stays_inside(void **state)
{
	struct arena *a = arena_new();
	struct str text = STR("(?:one|two|three)\\s(?:four|five|six)");
	const struct gate *g = gate_new(a, NULL, text, GATE_SMALL), *again;
	struct strbuf b;

	(void)state;
	assert_non_null(g);
	strbuf_init(&b, 0);
	gate_put(&b, g);
	assert_true(gate_get(a, strbuf_str(&b), &again));
	for (size_t at = b.n - sizeof(uint32_t); at > b.n - 100 * sizeof(uint32_t);
	     at -= sizeof(uint32_t)) {
		uint32_t was, out = UINT32_MAX - 3;

		memcpy(&was, b.p + at, sizeof(was));
		memcpy(b.p + at, &out, sizeof(out));
		assert_false(gate_get(a, strbuf_str(&b), &again));
		memcpy(b.p + at, &was, sizeof(was));
	}
	strbuf_done(&b);
	arena_free(a);
}

/* Each byte of the head, and some of the table, changed: what is taken is walked within its table. */
static void test_gate_damaged(void **state)
{
	static const uint8_t changes[] = { 0x01, 0x02, 0x40, 0xff };
	struct arena *a = arena_new();
	const struct gate *g =
	    gate_new(a, NULL, STR("(?:one|two|three)\\s(?:four|five|six)"), GATE_SMALL);
	struct str subject = STR("a one\nfour, and two fiv three six\xff");
	const struct gate *again;
	size_t taken = 0, step;
	struct strbuf b;

	(void)state;
	strbuf_init(&b, 0);
	gate_put(&b, g);
	step = b.n / 4000 + 1;
	for (size_t at = 0; at < b.n; at += at < 1500 ? 1 : step) {
		for (size_t i = 0; i < ELEMENTS(changes); i++) {
			b.p[at] = (char)(b.p[at] ^ changes[i]);
			if (gate_get(a, strbuf_str(&b), &again)) {
				taken++;
				for (size_t k = 0; k < subject.n; k++)
					gate_may_match(again, str_from(subject, k), 0);
			}
			b.p[at] = (char)(b.p[at] ^ changes[i]);
		}
	}
	assert_true(taken > 0);
	strbuf_done(&b);
	arena_free(a);
}

/* No literal is longer than what is folded around a place. */
static void test_needs_stay_inside(void **state)
{
	static const size_t lengths[] = { 24, 0, 2, 25, 200, 300, SIZE_MAX };
	struct arena *a = arena_new();
	struct strbuf b;
	struct needs n, again;

	(void)state;
	needs_of(a, NULL, STR("abcdefghijk"), &n);
	assert_int_equal(n.clause_count, 1);
	assert_int_equal(n.clauses[0].count, 1);
	n.window_count = 0;
	strbuf_init(&b, 0);
	for (size_t i = 0; i < ELEMENTS(lengths); i++) {
		/* nothing but the length is wrong: so many bytes are there */
		strbuf_clear(&b);
		strbuf_add(&b, str_make((const char *)&n, sizeof(n)));
		strbuf_add(&b, str_make((const char *)&lengths[i], sizeof(lengths[i])));
		for (size_t k = 0; k < lengths[i] && k < 1000; k++)
			strbuf_add_byte(&b, 'x');
		assert_true(needs_get(a, strbuf_str(&b), &again) == (i == 0));
	}
	strbuf_clear(&b);
	needs_put(&b, &n);
	assert_true(needs_get(a, strbuf_str(&b), &again));
	b.p[offsetof(struct needs, is_anchored)] = 2;
	assert_false(needs_get(a, strbuf_str(&b), &again));
	strbuf_done(&b);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),        cmocka_unit_test(test_unused_go),
		cmocka_unit_test(test_never_trusted),     cmocka_unit_test(test_needs_and_gates),
		cmocka_unit_test(test_gate_stays_inside), cmocka_unit_test(test_gate_damaged),
		cmocka_unit_test(test_needs_stay_inside),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
