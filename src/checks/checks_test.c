/* SPDX-License-Identifier: BSD-2-Clause */
/* The tables themselves: no function twice, types that exist. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "checks/checks.h"

#include "core/map.h"

static void test_tables(void **state)
{
	struct map names;

	(void)state;
	map_init(&names, NULL, false);
	for (size_t i = 0; i < checks_plugin_count; i++) {
		const struct plugin *p = checks_plugins[i];
		const struct eval_def *e = p->evals;

		assert_true(str_starts(str_of(p->name), STR("Mail::SpamAssassin::Plugin::")));
		for (; e && e->name; e++) {
			if (map_has(&names, str_of(e->name)))
				fail_msg("%s twice", e->name);
			map_put(&names, str_of(e->name), NULL);
			assert_non_null(e->fn);
			assert_true(e->types < 2 * EVAL_RBL);
		}
		assert_true(!p->directives || p->conf_new || p->directives[0].set);
	}
	map_done(&names);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tables),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
