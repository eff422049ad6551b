/* SPDX-License-Identifier: BSD-2-Clause */
/* Whom to run as: what is told of names that do not exist, each at its place and all at once. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "conf/conf.h"
#include "conf/source.h"
#include "core/arena.h"
#include "core/strbuf.h"
#include "core/xalloc.h"
#include "proc/privilege.h"
#include "proc/settings_load.h"

#include <grp.h>
#include <pwd.h>
#include <unistd.h>

static const struct {
	const char *conf, *want; /* errors, with | between them */
} rows[] = {
	{ "$daemon_user = 'nobody';", "" },
	{ "$daemon_user = 'nobody'; $daemon_group = 'daemon'; @daemon_groups = ('sys', 'daemon');",
	  "" },
	{ "$daemon_user = 'no-such-user';\n$daemon_group = 'no-such-group';\n"
	  "@daemon_groups = ('daemon',\n 'nor-this');",
	  "t:1:1: $daemon_user: there is no user 'no-such-user'; make it: adduser --system "
	  "--group no-such-user, or name another|"
	  "t:2:1: $daemon_group: there is no group 'no-such-group'; make it: addgroup --system "
	  "no-such-group, or name another|"
	  "t:4:2: @daemon_groups: there is no group 'nor-this'; make it: addgroup --system "
	  "nor-this, or name another|" },
	{ "$daemon_user = 'root'; $daemon_group = 'daemon';",
	  "t:1:1: $daemon_user: 'root' is root; mail is never handled as root, name another "
	  "user|" },
	{ "$daemon_user = 'nobody'; $daemon_group = 'root';",
	  "t:1:26: $daemon_group: 'root' is root's group; a mail filter needs one of its own|" },
};

static struct privilege_user user_of(struct arena *a, const char *text, struct strbuf *said)
{
	struct conf_diags diags;
	struct privilege_user u;
	conf_diags_init(&diags, a);
	struct conf *c = conf_load_text(str_of(text), "t", conf_io_none(), &diags);
	conf_diags_init(&diags, a);
	settings_user(c, &u, &diags);
	for (size_t i = 0; i < diags.count; i++) {
		conf_diag_format(said, &diags.list[i]);
		strbuf_add_byte(said, '|');
	}
	conf_free(c);
	return u;
}

static void test_names(void **state)
{
	(void)state;
	for (size_t i = 0; i < ELEMENTS(rows); i++) {
		struct arena *a = arena_new();
		struct strbuf said;
		strbuf_init(&said, 0);
		(void)user_of(a, rows[i].conf, &said);
		if (!str_eq(strbuf_str(&said), str_of(rows[i].want)))
			fail_msg("%s: %s", rows[i].conf, said.p);
		strbuf_done(&said);
		arena_free(a);
	}
}

static void test_groups(void **state)
{
	struct arena *a = arena_new();
	struct strbuf said;
	struct privilege_user u;
	(void)state;
	strbuf_init(&said, 0);
	u = user_of(a, rows[1].conf, &said);
	assert_int_equal(u.uid, getpwnam("nobody")->pw_uid);
	assert_int_equal(u.gid, getgrnam("daemon")->gr_gid);
	assert_int_equal(u.group_count, 2);
	assert_int_equal(u.groups[1], getgrnam("sys")->gr_gid);
	assert_int_equal(u.is_set, geteuid() == 0);
	u = user_of(a, rows[0].conf, &said);
	assert_int_equal(u.gid, getpwnam("nobody")->pw_gid);
	strbuf_done(&said);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_names),
					    cmocka_unit_test(test_groups) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
