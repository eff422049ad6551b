/* SPDX-License-Identifier: BSD-2-Clause */
#include "rules/expr.h"

#include "core/arena.h"
#include "core/bits.h"
#include "core/strbuf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* A..Z are 1..26, but Z is 0 and N is -3. */
static bool resolve(void *ctx, struct str name, struct expr_operand *ret)
{
	(void)ctx;
	ret->id = (uint32_t)(name.p[0] - 'A');
	return name.n == 1 && name.p[0] >= 'A' && name.p[0] <= 'Z';
}

static const struct expr_names names = { resolve, NULL };

static double value(const void *ctx, uint32_t id)
{
	(void)ctx;
	return id == 25 ? 0 : id == 'N' - 'A' ? -3 : id + 1.0;
}

static void test_values(void **state)
{
	static const struct {
		const char *text;
		double want;
	} cases[] = {
		{ "1", 1 },
		{ "A", 1 },
		{ "Z", 0 },
		{ "!A", 0 },
		{ "!Z", 1 },
		{ "!!A", 1 },
		{ "1.5", 1.5 },
		{ "A + B * C", 7 },
		{ "(A + B) * C", 9 },
		{ "C - B - A", 0 },
		{ "L / C / B", 2 },
		{ "- B + C", 1 },
		{ "C * - B", -6 },
		{ "A && B", 2 },
		{ "A && Z", 0 },
		{ "Z || C", 3 },
		{ "B || C", 2 },
		{ "Z || Z", 0 },
		{ "A && B && C", 3 },
		{ "Z && A || B", 2 },
		{ "A || Z && Z", 1 },
		{ "!A || B", 2 },
		{ "! (A && B)", 0 },
		{ "A ? B : C", 2 },
		{ "Z ? B : C", 3 },
		{ "Z ? B : Z ? C : D", 4 },
		{ "A ? Z ? B : C : D", 3 },
		{ "A > Z ? B + A : C", 3 },
		{ "A < B", 1 },
		{ "B < A", 0 },
		{ "A <= A", 1 },
		{ "A >= B", 0 },
		{ "A == A", 1 },
		{ "A != A", 0 },
		{ "C > B > A", 1 },
		{ "C > B > B", 0 },
		{ "A < B < C < D", 1 },
		{ "A < B < B < D", 0 },
		{ "(C > B > Z) + A", 2 },
		{ "A == A != B", 1 },
		{ "A == A == A", 1 },
		{ "A + B > B + Z", 1 },
		{ "A > Z && B > A", 1 },
		{ "C ^ A", 2 },
		{ "A ^ A", 0 },
		{ "A == A ^ B == B", 0 },
		{ "()", 0 },
		{ "A || ()", 1 },
		{ "((((A))))", 1 },
		{ "N", -3 },
		{ "N < Z", 1 },
		{ "A ~ && B", 2 }, /* what is no token is dropped */
		{ "( A + B + C ) > 5", 1 },
		{ "Z && 1 / Z", 0 }, /* not reached: no division */
	};

	(void)state;
	for (size_t i = 0; i < ELEMENTS(cases); i++) {
		struct arena *a = arena_new();
		struct str *tokens;
		struct expr *x = NULL;
		struct err e = ERR_INIT;
		size_t n = expr_tokenize(a, str_of(cases[i].text), &tokens);
		double v = -99;

		if (expr_compile(a, tokens, n, &names, &x, &e) < 0 ||
		    !expr_eval(x, value, NULL, &v) || v != cases[i].want) {
			print_error("%s: %s, %g instead of %g\n", cases[i].text, e.text, v,
				    cases[i].want);
			fail();
		}
		arena_free(a);
	}
}

static void test_errors(void **state)
{
	static const char *const cases[] = {
		"",      "A B",   "A +",   "+",     "A && && B", "(A",      "A)",
		"A ? B", "A : B", "? A",   "A ! B", "A (",       "A (B)",   "A ? (B : C)",
		"foo",   "A = B", "A & B", "0x10",  ".5",        "1.",      "A .. B",
		"A-- B", "!",     "( )A",  ") A (", "A ? B : ",  "A > > B",
	};

	(void)state;
	for (size_t i = 0; i < ELEMENTS(cases); i++) {
		struct arena *a = arena_new();
		struct str *tokens;
		struct expr *x = NULL;
		struct err e = ERR_INIT;
		size_t n = expr_tokenize(a, str_of(cases[i]), &tokens);

		if (expr_compile(a, tokens, n, &names, &x, &e) == 0) {
			print_error("taken: %s\n", cases[i]);
			fail();
		}
		assert_string_equal(e.text, "syntax error");
		arena_free(a);
	}
}

static void test_division(void **state)
{
	struct arena *a = arena_new();
	struct str *tokens;
	struct expr *x;
	struct err e = ERR_INIT;
	double v = 7;
	size_t n = expr_tokenize(a, STR("A / Z"), &tokens);

	(void)state;
	assert_int_equal(expr_compile(a, tokens, n, &names, &x, &e), 0);
	assert_false(expr_eval(x, value, NULL, &v));
	arena_free(a);
}

/* As many open operands as one likes: an error, not a smashed stack. */
static void test_depth(void **state)
{
	char text[4 * 1000 + 2];
	struct arena *a = arena_new();
	struct str *tokens;
	struct expr *x;
	struct err e = ERR_INIT;
	size_t n;

	(void)state;
	for (size_t i = 0; i < 1000; i++)
		memcpy(text + 4 * i, "A +(", 4);
	n = expr_tokenize(a, str_make(text, 4000), &tokens);
	assert_int_equal(expr_compile(a, tokens, n, &names, &x, &e), -1);
	for (size_t i = 0; i < 1000; i++)
		memcpy(text + 4 * i, "A + ", 4);
	text[4000] = 'A';
	n = expr_tokenize(a, str_make(text, 4001), &tokens);
	assert_int_equal(expr_compile(a, tokens, n, &names, &x, &e), 0);
	arena_free(a);
}

static void test_tokens(void **state)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
		{ "A-1", "A|-1" },      { "A - 1", "A|-|1" },   { "A&&!B", "A|&&|!|B" },
		{ "A!=B", "A|!=|B" },   { "A>=B", "A|>=|B" },   { "A&B", "A|B" },
		{ "A;B", "A|B" },       { "x::y z", "x::y|z" }, { "1e3", "1|e3" },
		{ "A?B:C", "A|?|B:C" },
	};

	(void)state;
	for (size_t i = 0; i < ELEMENTS(cases); i++) {
		struct arena *a = arena_new();
		struct str *tokens, got = STR("");
		size_t n = expr_tokenize(a, str_of(cases[i].text), &tokens);

		for (size_t k = 0; k < n; k++)
			got = arena_printf(a, "%.*s%s%.*s", STR_FMT(got), k ? "|" : "",
					   STR_FMT(tokens[k]));
		if (!str_eq(got, str_of(cases[i].want)))
			print_error("%s: %.*s\n", cases[i].text, STR_FMT(got));
		assert_true(str_eq(got, str_of(cases[i].want)));
		arena_free(a);
	}
}

static void check_ids(const char *text, const uint32_t *ids, size_t n, const char *want)
{
	char got[8] = "";

	for (size_t k = 0; k < n; k++)
		got[k] = (char)('A' + ids[k]);
	if (strcmp(got, want) != 0)
		fail_msg("%s: %s", text, got);
}

static void test_required_and_excluded(void **state)
{
	static const struct {
		const char *text, *want, *excluded;
	} cases[] = {
		{ "A", "A", "" },
		{ "!A", "", "A" },
		{ "!!A", "", "" },
		{ "!A && B && !C", "B", "AC" },
		{ "!(A && B) && !C", "", "C" },
		{ "!A || !B", "", "" },
		{ "(!A || B) && !C", "", "C" },
		{ "!A > B && !C", "", "C" },
		{ "A && B && C", "ABC", "" },
		{ "A && !B && (C + D > 1)", "A", "B" },
		{ "(C || D) && A", "A", "" },
		{ "(A && B) && C", "ABC", "" },
		{ "A && (B && C)", "ABC", "" },
		{ "A || B", "", "" },
		{ "A && B || C", "", "" },
		{ "A || B && C", "", "" },
		{ "(A || B && C) && D", "D", "" },
		{ "A ? B && C : D", "", "" },
		{ "A ? B : C && D", "", "" },
		{ "A && B ? C : D", "", "" },
		{ "(A ? B : C) && D", "D", "" },
		{ "A + B", "", "" },
		{ "A > B > C && D", "D", "" },
		{ "A && B > C", "A", "" },
		{ "!(A && B)", "", "" },
		{ "-A && B", "B", "" },
	};

	(void)state;
	for (size_t i = 0; i < ELEMENTS(cases); i++) {
		struct arena *a = arena_new();
		struct str *tokens;
		size_t n = expr_tokenize(a, str_of(cases[i].text), &tokens);
		uint32_t ids[8];
		struct expr *x;

		assert_int_equal(expr_compile(a, tokens, n, &names, &x, NULL), 0);
		n = expr_required(x, ids, ELEMENTS(ids) - 1);
		check_ids(cases[i].text, ids, n, cases[i].want);
		n = expr_excluded(x, ids, ELEMENTS(ids) - 1);
		check_ids(cases[i].text, ids, n, cases[i].excluded);
		assert_true(expr_required(x, ids, 1) <= 1);
		arena_free(a);
	}
}

static uint32_t next(uint32_t *seed)
{
	*seed = *seed * 1664525 + 1013904223;
	return *seed >> 16;
}

/* Of A..H, numbers, all operators. */
static void make_text(struct strbuf *b, uint32_t *seed)
{
	static const char *const before[] = { "", "", "", "", "!", "!", "-" };
	static const char *const between[] = { " && ", " && ", " && ", " || ", " || ",    " + ",
					       " - ",  " / ",  " > ",  " == ", " ? 1 : ", " ? " };
	unsigned n = 1 + next(seed) % 6, open = 0, questions = 0;

	for (unsigned i = 0; i < n; i++) {
		const char *op = between[next(seed) % ELEMENTS(between)];

		if (i && !questions)
			strbuf_add_c(b, op);
		else if (i)
			strbuf_add_c(b, " : ");
		questions = i && !questions && strcmp(op, " ? ") == 0;
		if (!questions && next(seed) % 3 == 0) {
			strbuf_add_c(b, next(seed) % 2 ? "(" : "!(");
			open++;
		}
		strbuf_add_c(b, before[next(seed) % ELEMENTS(before)]);
		if (next(seed) % 8 == 0)
			strbuf_printf(b, "%u", next(seed) % 3);
		else
			strbuf_printf(b, "%c", 'A' + (int)(next(seed) % 8));
		if (!questions && open && next(seed) % 2) {
			strbuf_add_byte(b, ')');
			open--;
		}
	}
	if (questions)
		strbuf_add_c(b, " : A");
	for (; open; open--)
		strbuf_add_byte(b, ')');
}

static double value_at(const void *ctx, uint32_t id)
{
	const struct expr_values *v = ctx;

	return id < v->n && bits_has(v->set, id) ? v->values[id] : 0;
}

/* What is told by tests, and what is not, is what steps give. G and H have no value at all. */
static void test_sets(void **state)
{
	static const double numbers[6] = { 1, 2, 3, -1, 0.5, 1 };
	uint32_t seed = 3;
	size_t whole = 0, zero = 0;

	(void)state;
	for (int round = 0; round < 5000; round++) {
		struct arena *a = arena_new();
		struct str *tokens;
		struct strbuf b;
		struct expr *x;
		size_t n;

		strbuf_init(&b, 1000);
		make_text(&b, &seed);
		n = expr_tokenize(a, strbuf_str(&b), &tokens);
		if (expr_compile(a, tokens, n, &names, &x, NULL) == 0)
			for (uint64_t set = 0; set < 64; set += 1 + next(&seed) % 4) {
				struct expr_values v = { &set, numbers, 6 };
				double one = 0, other = 0;

				one = expr_eval(x, value_at, &v, &one) ? one : 0;
				other = expr_eval_set(x, &v, &other) ? other : 0;
				if (one != other)
					fail_msg("%.*s: %g, %g", STR_FMT(strbuf_str(&b)), one,
						 other);
				whole++;
				zero += one == 0;
			}
		strbuf_done(&b);
		arena_free(a);
	}
	assert_true(zero > 1000 && whole - zero > 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values),   cmocka_unit_test(test_errors),
		cmocka_unit_test(test_division), cmocka_unit_test(test_depth),
		cmocka_unit_test(test_tokens),   cmocka_unit_test(test_required_and_excluded),
		cmocka_unit_test(test_sets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
