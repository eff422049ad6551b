/* SPDX-License-Identifier: BSD-2-Clause */
#include "proc/options.h"

#include "core/xalloc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void test_parse(void **state)
{
	(void)state;
	static const struct {
		const char *argv[8];
		int verb; /* -1: refused */
		size_t files;
		const char *last_file, *argument;
	} cases[] = {
		{ { "posternd" }, VERB_FOREGROUND, 0, NULL, NULL },
		{ { "posternd", "-c", "a" }, VERB_FOREGROUND, 1, "a", NULL },
		{ { "posternd", "-ca", "-c", "b", "stop" }, VERB_STOP, 2, "b", NULL },
		{ { "posternd", "test-config", "-c", "b" }, VERB_TEST_CONFIG, 1, "b", NULL },
		{ { "posternd", "debug-verb", "probe" }, VERB_DEBUG_VERB, 0, NULL, "probe" },
		{ { "posternd", "debug-verb" }, -1, 0, NULL, NULL },
		{ { "posternd", "debug-verb", "a", "b" }, -1, 0, NULL, NULL },
		{ { "posternd", "-c" }, -1, 0, NULL, NULL },
		{ { "posternd", "-c", "" }, -1, 0, NULL, NULL },
		{ { "posternd", "start", "stop" }, -1, 0, NULL, NULL },
		{ { "posternd", "--role=front" }, -1, 0, NULL, NULL },
		{ { "posternd", "--help" }, VERB_HELP, 0, NULL, NULL },
		{ { "posternd", "-V" }, VERB_VERSION, 0, NULL, NULL },
	};
	for (size_t i = 0; i < ELEMENTS(cases); i++) {
		struct options o;
		int argc = 0;
		while (cases[i].argv[argc])
			argc++;
		int r = options_parse(argc, (char **)cases[i].argv, &o, NULL);
		if (r < 0 ? cases[i].verb != -1 : (int)o.verb != cases[i].verb)
			fail_msg("case %zu", i);
		if (r < 0)
			continue;
		assert_int_equal(o.file_count, cases[i].files);
		if (cases[i].last_file)
			assert_true(str_eq(o.files[o.file_count - 1], str_of(cases[i].last_file)));
		assert_true(str_eq(o.argument, str_of(cases[i].argument)));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_parse) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
