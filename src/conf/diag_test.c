/* SPDX-License-Identifier: BSD-2-Clause */
/* Diagnostics: form, bound, printable. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "conf/conf_testing.h"

static void test_form(void **state)
{
	struct arena *a = arena_new();
	struct conf_diags diags;

	(void)state;
	conf_diags_init(&diags, a);
	conf_diag_add(&diags, CONF_ERROR, (struct conf_place){ "f", 3, 4 }, "bad\n\x1b \\%s", "@x");
	conf_diag_add(&diags, CONF_WARNING, (struct conf_place){ .file = "" }, "w");
	conf_diag_add(&diags, CONF_NOTE, (struct conf_place){ .file = "f" }, "n");
	assert_string_equal(diags_text(a, &diags, CONF_NOTE).p,
			    "f:3:4: bad\\n\\x1b \\@x\nwarning: w\nf: note: n\n");
	assert_int_equal(diags.errors, 1);
	assert_int_equal(diags.warnings, 1);
	/* The same again is no news; the same elsewhere is. */
	conf_diag_add(&diags, CONF_WARNING, (struct conf_place){ .file = "" }, "%s", "w");
	assert_int_equal(diags.warnings, 1);
	conf_diag_add(&diags, CONF_WARNING, (struct conf_place){ "f", 9, 0 }, "w");
	assert_int_equal(diags.warnings, 2);
	assert_non_null(strstr(diags_text(a, &diags, CONF_NOTE).p, "f:9: warning: w\n"));
	arena_free(a);
}

static void test_bound(void **state)
{
	struct arena *a = arena_new();
	struct conf_diags diags;

	(void)state;
	conf_diags_init(&diags, a);
	for (int i = 0; i < CONF_DIAG_MAX + 7; i++)
		conf_diag_add(&diags, CONF_ERROR, (struct conf_place){ .file = "" }, "%d", i);
	assert_int_equal(diags.count, CONF_DIAG_MAX);
	assert_int_equal(diags.more, 7);
	assert_int_equal(diags.errors, CONF_DIAG_MAX + 7);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_form),
					    cmocka_unit_test(test_bound) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
