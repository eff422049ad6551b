/* SPDX-License-Identifier: BSD-2-Clause */
/* Names of stored fields: found in any case, whether there are few or many, and after some were dropped. */
#include "mime/header.h"

#include "core/arena.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

/* Every third name begins with "x-drop". */
static struct str name_of(struct arena *a, size_t i, bool upper)
{
	return i % 3 ? arena_printf(a, upper ? "NAME-%zu" : "Name-%zu", i)
		     : arena_printf(a, upper ? "X-DROP-%zu" : "x-Drop-%zu", i);
}

static void check(const struct mime_headers *h, struct arena *a, size_t n, bool dropped)
{
	size_t groups = 0;

	for (size_t i = 0; i < n; i++) {
		const struct mime_header_group *g = mime_headers_group(h, name_of(a, i, true));

		if (dropped && i % 3 == 0) {
			assert_null(g);
			continue;
		}
		assert_non_null(g);
		assert_int_equal(g->count, 2);
		assert_true(str_eq(g->first->raw, STR("1\n")));
		assert_ptr_equal(g->first->next_same, g->last);
		assert_true(str_eq(mime_headers_value(h, name_of(a, i, false)), STR("2")));
		groups++;
	}
	assert_null(mime_headers_group(h, STR("Name-x")));
	assert_null(mime_headers_group(h, STR("")));
	for (const struct mime_header_group *g = h->groups; g; g = g->next)
		groups--;
	assert_int_equal(groups, 0);
}

static void test_names(void **state)
{
	static const size_t counts[] = { 0, 1, 3, 31, 32, 33, 34, 40, 500 };

	(void)state;
	for (size_t k = 0; k < sizeof(counts) / sizeof(counts[0]); k++) {
		struct arena *a = arena_new();
		struct mime_headers h;
		size_t n = counts[k];

		mime_headers_init(&h, a);
		for (int turn = 0; turn < 2; turn++)
			for (size_t i = 0; i < n; i++)
				mime_headers_add(&h, name_of(a, i, turn),
						 turn ? STR("2\n") : STR("1\n"), a, NULL);
		check(&h, a, n, false);
		assert_true(mime_headers_drop(&h, STR("X-DROP")) == (n > 0));
		check(&h, a, n, true);
		assert_int_equal(mime_headers_count(&h), 2 * (n - (n + 2) / 3));
		for (size_t i = 0; i < n; i += 3)
			for (int turn = 0; turn < 2; turn++)
				mime_headers_add(&h, name_of(a, i, turn),
						 turn ? STR("2\n") : STR("1\n"), a, NULL);
		check(&h, a, n, false);
		arena_free(a);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
