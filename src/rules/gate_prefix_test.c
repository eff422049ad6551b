/* SPDX-License-Identifier: BSD-2-Clause */
/* Tables of how matches may begin: none is lost, and words that only share their bytes with others are told apart. */
#include "core/arena.h"
#include "rules/gate_private.h"
#include "rules/rx.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

/* With such a table, however small the gate is. */
static struct gate *make(struct arena *a, const char *perl)
{
	struct rx_source s;
	const struct gate *made;
	struct gate *g = arena_alloc(a, sizeof(*g));

	assert_int_equal(rx_translate(a, str_of(perl), false, &s, NULL), 0);
	made = gate_new(a, NULL, s.pcre, GATE_SMALL);
	assert_non_null(made);
	assert_null(made->prefix);
	*g = *made;
	gate_prefix_init(g, a, a);
	return g;
}

static unsigned next_random(uint32_t *seed)
{
	*seed = *seed * 1103515245u + 12345u;
	return *seed >> 16;
}

static struct str random_subject(struct arena *a, uint32_t *seed, size_t n)
{
	static const char bytes[] = "aabbbc1 \n.";
	char *p = arena_alloc(a, n + 1);

	for (size_t i = 0; i < n; i++)
		p[i] = bytes[next_random(seed) % (sizeof(bytes) - 1)];
	return str_make(p, n);
}

static void check(const struct gate *g, struct str s)
{
	struct gate_walk w;
	size_t at, want = 0;
	bool rest = false;

	for (size_t i = 0; i + GATE_DEPTH <= s.n; i++) {
		if (gate_may_begin(g, s, i))
			assert_true(gate_prefix_has(g, (const uint8_t *)s.p + i));
	}
	gate_walk_init(&w, g, s, 0, s.n);
	while (gate_walk_next(&w, &at, &rest) && !rest) {
		while (want < at)
			assert_false(gate_may_begin(g, s, want++));
		want++;
	}
	for (; !rest && want <= s.n; want++)
		assert_false(gate_may_begin(g, s, want));
}

static void test_none_is_missed(void **state)
{
	static const char *const perl[] = {
		"abc",
		"\\ba[ab]b?c",
		"(?m)^ab1",
		"(?i)(?:a ?b|B[ab]?1|c..)a",
		"(?m)ab.$",
		"[^a]b\\db",
		"(?:^|\\s)a b",
		"a(?:b|c[ab]{5,9}|\\x{e4})+1",
		"(?<=a)b(?:c|a\\n)(?=1)",
		"(?:abc|ab\\b|a1)\\n?b?",
		"(?:a?b|1(?:b|c)){4}",
	};
	struct arena *a = arena_new();
	uint32_t seed = 1;

	(void)state;
	for (size_t i = 0; i < ELEMENTS(perl); i++) {
		const struct gate *g = make(a, perl[i]);

		assert_non_null(g->prefix);
		for (size_t n = 0; n < 600; n += n < 40 ? 1 : 23)
			check(g, random_subject(a, &seed, n));
	}
	arena_free(a);
}

static void test_words(void **state)
{
	static const struct {
		const char *text;
		bool want;
	} rows[] = {
		{ "name: ab", true },  { "Address: ", true }, { "e-mail: ", true },
		{ "email 12", true },  { "phone no.", true }, { "nddress: ", false },
		{ "amail 12", false }, { "nhone no", false }, { "        ", false },
	};
	struct arena *a = arena_new();
	const struct gate *g = make(a, "(?i)(?:name|address|e-?mail|phone)[: ]+\\w{2}");

	(void)state;
	assert_non_null(g->prefix);
	for (size_t i = 0; i < ELEMENTS(rows); i++) {
		if (gate_prefix_has(g, (const uint8_t *)rows[i].text) != rows[i].want)
			fail_msg("%s", rows[i].text);
	}
	arena_free(a);
}

/* What may begin with nearly anything has none. */
static void test_none(void **state)
{
	static const char *const perl[] = {
		".{3}(?:a1|b2|c3|d4|e5|f6|g7|h8|i9|j0)",
		"\\s*...(?:a1|b2|c3|d4|e5|f6|g7|h8|i9|j0)",
	};
	struct arena *a = arena_new();

	(void)state;
	for (size_t i = 0; i < ELEMENTS(perl); i++)
		assert_null(make(a, perl[i])->prefix);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_none_is_missed),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
