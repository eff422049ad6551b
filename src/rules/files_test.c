/* SPDX-License-Identifier: BSD-2-Clause */
/* Which files are read, in which order. */
#include "rules/files.h"

#include "core/arena.h"
#include "core/file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static const char *const names[] = { "r/b.cf",  "r/a.CF",     "r/x.pre",
				     "r/y.txt", "r/empty.cf", "r/updates_spamassassin_org.cf",
				     "s/l.cf",  "s/i.pre",    "p.any" };

static void put(struct arena *a, const char *dir, const char *name, struct str text)
{
	struct err e = ERR_INIT;
	struct str path = arena_printf(a, "%s/%s", dir, name);

	assert_int_equal(file_replace(str_cstr(a, path), text, 0644, &e), 0);
}

static struct str order(struct arena *a, const struct rules_source *s)
{
	struct str got = STR("");

	for (size_t i = 0; i < s->count; i++) {
		struct str n = s->texts[i].name;
		size_t slash = str_rchr(n, '/');

		n = n.n ? str_from(n, slash == STR_NPOS ? 0 : slash + 1) : STR("-");
		got = arena_printf(a, "%.*s%.*s ", STR_FMT(got), STR_FMT(n));
	}
	return got;
}

static void test_order(void **state)
{
	char dir[] = "/tmp/rules-files-XXXXXX";
	struct arena *a = arena_new();
	const char *const cf[] = { "score A 1", "score B 2", NULL }, *const pre[] = { "# x", NULL };
	struct rules_paths paths = { 0 };
	struct rules_source s;
	struct rules_text *in;
	struct err e = ERR_INIT;

	(void)state;
	assert_non_null(mkdtemp(dir));
	mkdir(str_cstr(a, arena_printf(a, "%s/r", dir)), 0755);
	mkdir(str_cstr(a, arena_printf(a, "%s/s", dir)), 0755);
	for (size_t i = 0; i < ELEMENTS(names); i++)
		put(a, dir, names[i], i == 4 ? STR("") : str_of(names[i]));
	paths.rules = str_cstr(a, arena_printf(a, "%s/r", dir));
	paths.site = str_cstr(a, arena_printf(a, "%s/s", dir));
	paths.user_prefs = str_cstr(a, arena_printf(a, "%s/p.any", dir));
	paths.cf = cf;
	paths.pre = pre;
	assert_int_equal(rules_files_read(&paths, a, &s, &e), 0);
	assert_true(str_eq(
	    order(a, &s),
	    STR("(pre_config_text) i.pre x.pre updates_spamassassin_org.cf a.CF b.cf l.cf p.any "
		"(post_config_text) ")));
	assert_true(str_eq(s.texts[s.count - 1].text, STR("score A 1\nscore B 2\n")));
	assert_true(str_eq(s.texts[1].text, STR("s/i.pre")));
	/* a folder, a file, nothing */
	assert_int_equal(s.include(s.ctx, a, str_of(paths.rules), &in), 3);
	assert_int_equal(s.include(s.ctx, a, str_of(paths.user_prefs), &in), 1);
	assert_int_equal(s.include(s.ctx, a, STR("/nowhere/at/all.cf"), &in), 0);
	/* one file instead of a folder */
	paths = (struct rules_paths){ .rules = paths.user_prefs, .site = "/nowhere" };
	assert_int_equal(rules_files_read(&paths, a, &s, &e), 0);
	assert_true(str_eq(order(a, &s), STR("p.any ")));
	for (size_t i = 0; i < ELEMENTS(names); i++)
		unlink(str_cstr(a, arena_printf(a, "%s/%s", dir, names[i])));
	rmdir(str_cstr(a, arena_printf(a, "%s/r", dir)));
	rmdir(str_cstr(a, arena_printf(a, "%s/s", dir)));
	rmdir(dir);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_order) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
