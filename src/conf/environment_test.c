/* SPDX-License-Identifier: BSD-2-Clause */
/* Users and folders of the machine, and the search for configuration files. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "conf/conf_testing.h"
#include "core/file.h"

#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct str environment(struct arena *a, const char *text)
{
	struct conf_diags diags;
	struct conf *c = load_text(a, text, &diags);
	struct str ret;

	conf_diags_init(&diags, a);
	conf_check_environment(c, &diags);
	ret = diags_text(a, &diags, CONF_ERROR);
	conf_free(c);
	return ret;
}

static void test_user_and_folders(void **state)
{
	struct arena *a = arena_new();
	char dir[] = "/tmp/postern-conf-XXXXXX";
	const struct passwd *me = getpwuid(geteuid());
	struct str said;

	(void)state;
	assert_non_null(mkdtemp(dir));
	said = environment(a, "$daemon_user = 'no-such-user';\n$MYHOME = '/no/such/folder';");
	assert_true(strstr(said.p, "t:2:1: $MYHOME: /no/such/folder does not exist or cannot be "
				   "reached; make it: install -d -o ") != NULL);
	said = environment(a, arena_printf(a, "$MYHOME = '%s'; $TEMPBASE = '%s/t';", dir, dir).p);
	assert_true(strstr(said.p, "$TEMPBASE: ") != NULL);
	assert_true(strstr(said.p, "$MYHOME: ") == NULL);
	if (geteuid() == 0) {
		said =
		    environment(a, arena_printf(a, "$MYHOME='%s'; $daemon_user='nobody';", dir).p);
		assert_true(strstr(said.p, "does not belong to the user nobody; mend it: chown "
					   "nobody") != NULL);
	} else if (me) {
		said = environment(
		    a, arena_printf(a, "$MYHOME='%s'; $daemon_user='%s';", dir, me->pw_name).p);
		assert_string_equal(said.p, "");
	}
	rmdir(dir);
	arena_free(a);
}

static void test_search(void **state)
{
	static const char *const made[] = {
		"/usr", "/usr/share",  "/usr/share/amavis", "/usr/share/amavis/conf.d",
		"/etc", "/etc/amavis", "/etc/amavis/conf.d"
	};
	struct arena *a = arena_new();
	char dir[] = "/tmp/postern-conf-XXXXXX";
	const char *files[2], *file;

	(void)state;
	assert_non_null(mkdtemp(dir));
	assert_int_equal(conf_find_default_files(a, dir, files), 0);
	for (size_t i = 0; i < sizeof(made) / sizeof(made[0]); i++)
		assert_int_equal(mkdir(arena_printf(a, "%s%s", dir, made[i]).p, 0700), 0);
	assert_int_equal(conf_find_default_files(a, dir, files), 2);
	assert_string_equal(files[1], arena_printf(a, "%s/etc/amavis/conf.d", dir).p);
	file = arena_printf(a, "%s/etc/amavisd.conf", dir).p;
	assert_int_equal(file_replace(file, STR("1;\n"), 0600, NULL), 0);
	assert_int_equal(conf_find_default_files(a, dir, files), 1);
	assert_string_equal(files[0], file);
	unlink(file);
	for (size_t i = sizeof(made) / sizeof(made[0]); i-- > 0;)
		rmdir(arena_printf(a, "%s%s", dir, made[i]).p);
	assert_int_equal(rmdir(dir), 0);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_user_and_folders),
		cmocka_unit_test(test_search),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
