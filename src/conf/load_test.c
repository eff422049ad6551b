/* SPDX-License-Identifier: BSD-2-Clause */
/* Whole configurations: defaults, the founding lines, Debian's folders, printing and reading back. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "conf/conf_testing.h"

#include <string.h>
#include <unistd.h>

static const char founding[] = "$mydomain = 'example.com';\n"
			       "$daemon_user  = 'vscan';\n"
			       "$daemon_group = 'sweep';\n"
			       "%s\n"
			       "$inet_socket_port = 10025;\n"
			       "$forward_method = 'smtp:127.0.0.1:10026';\n"
			       "$notify_method = $forward_method;\n";

static void assert_text(struct str got, const char *want)
{
	assert_true(got.p != NULL);
	assert_int_equal(got.n, strlen(want));
	assert_memory_equal(got.p, want, got.n);
}

static void check_founding(const struct conf *c)
{
	const struct conf_value *ports = conf_get_list(c, "inet_socket_port");

	assert_text(conf_get_str(c, "mydomain"), "example.com");
	assert_text(conf_get_str(c, "daemon_user"), "vscan");
	assert_text(conf_get_str(c, "daemon_group"), "sweep");
	assert_int_equal(ports->count, 1);
	assert_int_equal(ports->items[0]->integer, 10025);
	assert_text(conf_get_str(c, "forward_method"), "smtp:127.0.0.1:10026");
	assert_text(conf_get_str(c, "notify_method"), "smtp:127.0.0.1:10026");
	assert_int_equal(conf_place_of(c, "notify_method").line, 7);
}

static void test_founding_lines(void **state)
{
	struct arena *a = arena_new();
	struct conf_diags diags;
	struct conf *c;

	(void)state;
	c = load_text(a, arena_printf(a, founding, "$TMPBASE = $MYHOME/tmp").p, &diags);
	assert_string_equal(diags_text(a, &diags, CONF_WARNING).p,
			    "t:4:1: $TMPBASE: unknown setting, and the value is not quoted and the "
			    "semicolon is missing; write $TEMPBASE = \"$MYHOME/tmp\";\n");
	check_founding(c);
	conf_free(c);
	c = load_text(a, arena_printf(a, founding, "$TEMPBASE = \"$MYHOME/tmp\";").p, &diags);
	assert_int_equal(diags.count, 0);
	check_founding(c);
	assert_text(conf_get_str(c, "TEMPBASE"), "/var/amavis/tmp");
	conf_free(c);
	arena_free(a);
}

static void test_port_list(void **state)
{
	struct arena *a = arena_new();
	struct conf_diags diags;
	struct conf *c = load_text(a, "$inet_socket_port = [10024, 10026];", &diags);
	const struct conf_value *ports = conf_get_list(c, "inet_socket_port");

	(void)state;
	assert_int_equal(diags.errors, 0);
	assert_int_equal(ports->count, 2);
	assert_int_equal(ports->items[1]->integer, 10026);
	conf_free(c);
	arena_free(a);
}

static void test_no_files(void **state)
{
	struct arena *a = arena_new();
	struct conf_diags diags;
	struct conf *c;

	(void)state;
	conf_diags_init(&diags, a);
	c = conf_load(NULL, 0, conf_io_none(), &diags);
	assert_int_equal(diags.count, 0);
	assert_int_equal(conf_get_list(c, "inet_socket_port")->items[0]->integer, 10024);
	assert_text(conf_get_str(c, "inet_socket_bind"), "127.0.0.1");
	assert_text(conf_get_str(c, "forward_method"), "smtp:[127.0.0.1]:10025");
	assert_true(conf_get_real(c, "sa_tag2_level_deflt") == 5.0);
	assert_false(conf_is_defined(c, "sa_kill_level_deflt"));
	assert_int_equal(conf_get_destiny(c, "final_virus_destiny"), D_PASS);
	assert_int_equal(conf_get_destiny(c, "final_banned_destiny"), D_PASS);
	assert_int_equal(conf_get_bytes(c, "postern_message_memory"), 1u << 30);
	assert_text(conf_get_str(c, "myhostname"), "localhost.localdomain");
	assert_false(conf_is_set(c, "final_virus_destiny"));
	conf_free(c);
	arena_free(a);
}

static void test_after_defaults(void **state)
{
	struct arena *a = arena_new();
	struct conf_diags diags;
	struct conf *c = load_text(a,
				   "$MYHOME = '/h'; $mydomain = 'd';\n"
				   "$mailfrom_notify_admin = 'a@d';\n$unix_socketname = '/s';",
				   &diags);

	(void)state;
	assert_text(conf_get_str(c, "TEMPBASE"), "/h");
	assert_text(conf_get_str(c, "db_home"), "/h/db");
	assert_text(conf_get_str(c, "pid_file"), "/h/amavisd.pid");
	assert_text(conf_get_str(c, "X_HEADER_LINE"), "Postern at d");
	/* A UNIX socket was named, so no port is opened by default. */
	assert_false(conf_is_defined(c, "inet_socket_port"));
	assert_string_equal(shown(a, c, "%banned_rules").p, "('DEFAULT' => \\$banned_filename_re)");
	conf_free(c);
	arena_free(a);
}

static void round_trip(struct arena *a, const struct conf *c, unsigned flags)
{
	struct conf_diags diags;
	struct strbuf out, again;
	struct conf *copy;

	strbuf_init(&out, 0);
	strbuf_init(&again, 0);
	conf_print(c, flags, &out);
	conf_diags_init(&diags, a);
	copy = conf_load_text(strbuf_str(&out), "printed", conf_io_none(), &diags);
	if (diags.errors)
		print_error("%s", diags_text(a, &diags, CONF_ERROR).p);
	assert_int_equal(diags.errors, 0);
	assert_true(conf_same(c, copy));
	conf_print(copy, flags, &again);
	assert_string_equal(strbuf_str(&out).p, strbuf_str(&again).p);
	conf_free(copy);
	strbuf_done(&out);
	strbuf_done(&again);
}

static void test_print_reads_back(void **state)
{
	struct arena *a = arena_new();
	struct conf_diags diags;
	struct conf *c = load_text(
	    a,
	    "my $own = 'x'; @local_domains_acl = ('a\\'b', \"\\x01\\$\\@\\\"\\\\\", $own);\n"
	    "  @mynetworks_maps = (\\$own, new_RE(qr'a\\'b\\\\c$x'i, [qr/d/ => 0.1]));\n"
	    "$penpals_halflife = 2 * 3e4; $reputation_factor = 0.1 + 0.2;\n"
	    "$policy_bank{'A'} = { log_level => 3, bypass_spam_checks_maps => [sub { c('x') }] };\n"
	    "$notify_sender_templ = <<'E';\n[text]\n$x\nE\n",
	    &diags);

	(void)state;
	assert_int_equal(diags.errors, 0);
	round_trip(a, c, 0);
	round_trip(a, c, CONF_PRINT_PLACES);
	conf_free(c);
	c = load_text(a, "", &diags);
	round_trip(a, c, CONF_PRINT_PLACES);
	conf_free(c);
	arena_free(a);
}

static void test_places_survive(void **state)
{
	struct arena *a = arena_new();
	struct conf_diags diags;
	struct strbuf out;
	struct conf *c = load_text(a, "\n\n   $log_level = 3;", &diags);
	struct conf *copy;

	(void)state;
	strbuf_init(&out, 0);
	conf_print(c, CONF_PRINT_PLACES, &out);
	copy = conf_load_text(strbuf_str(&out), "printed", conf_io_none(), &diags);
	assert_string_equal(conf_place_of(copy, "log_level").file, "t");
	assert_int_equal(conf_place_of(copy, "log_level").line, 3);
	assert_int_equal(conf_place_of(copy, "log_level").col, 4);
	assert_false(conf_is_set(copy, "max_servers"));
	strbuf_done(&out);
	conf_free(c);
	conf_free(copy);
	arena_free(a);
}

static void test_debian_folders(void **state)
{
	static const char *const folders[] = { "/usr/share/amavis/conf.d", "/etc/amavis/conf.d" };
	struct arena *a = arena_new();
	struct conf_diags diags;
	struct conf *c;

	(void)state;
	if (access(folders[0], R_OK) != 0 || access(folders[1], R_OK) != 0) {
		arena_free(a);
		skip(); /* the package amavisd-new is not installed here */
	}
	conf_diags_init(&diags, a);
	c = conf_load(folders, 2, conf_io_system(), &diags);
	assert_int_equal(diags.errors, 0);
	assert_text(conf_get_str(c, "daemon_user"), "amavis");
	assert_text(conf_get_str(c, "TEMPBASE"), "/var/lib/amavis/tmp");
	assert_text(conf_get_str(c, "QUARANTINEDIR"), "/var/lib/amavis/virusmails");
	assert_int_equal(conf_get_bytes(c, "sa_mail_body_size_limit"), 200 * 1024);
	assert_true(conf_get_real(c, "sa_tag2_level_deflt") == 6.31);
	assert_int_equal(conf_get_destiny(c, "final_spam_destiny"), D_PASS);
	assert_int_equal(conf_get_list(c, "bypass_virus_checks_maps")->items[0]->integer, 1);
	assert_text(conf_get_list(c, "av_scanners")->items[0]->items[0]->text, "ClamAV-clamd");
	assert_text(
	    conf_hash_get(conf_hash_get(conf_get_hash(c, "policy_bank"), STR("AM.PDP-SOCK")),
			  STR("protocol"))
		->text,
	    "AM.PDP");
	assert_true(conf_get_str(c, "notify_sender_templ").n > 100);
	round_trip(a, c, CONF_PRINT_PLACES);
	conf_check_sense(c, &diags);
	assert_true(strstr(diags_text(a, &diags, CONF_WARNING).p,
			   "/usr/share/amavis/conf.d/20-package:8:1: warning: this switches all "
			   "virus checks off") != NULL);
	assert_true(strstr(diags_text(a, &diags, CONF_WARNING).p,
			   "/usr/share/amavis/conf.d/20-package:15:1: warning: this switches all "
			   "spam checks off") != NULL);
	conf_free(c);
	arena_free(a);
}

static void test_resolve(void **state)
{
	struct arena *a = arena_new();
	struct conf_diags diags;
	struct conf *c = load_text(a,
				   "@virus_admin_maps = (\\%virus_admin, \\$virus_admin);\n"
				   "$virus_admin = 'late@x'; $virus_admin{'a'} = 1; my $x = \\$x; "
				   "@inet_acl = (\\$x);",
				   &diags);
	const struct conf_value *maps = conf_get_list(c, "virus_admin_maps");
	const struct conf_value *destinies = conf_get_hash(c, "final_destiny_maps_by_ccat");

	(void)state;
	assert_int_equal(conf_resolve(c, maps->items[0])->kind, CONF_HASH);
	assert_text(conf_resolve(c, maps->items[1])->text, "late@x");
	assert_int_equal(conf_resolve(c, conf_hash_get(destinies, STR("9")))->integer, D_DISCARD);
	/* $x = \$x never ends in Perl; here it is nothing. */
	assert_int_equal(conf_resolve(c, conf_get_list(c, "inet_acl")->items[0])->kind, CONF_UNDEF);
	assert_ptr_equal(conf_resolve(c, destinies), destinies);
	conf_free(c);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_founding_lines),   cmocka_unit_test(test_port_list),
		cmocka_unit_test(test_no_files),         cmocka_unit_test(test_after_defaults),
		cmocka_unit_test(test_print_reads_back), cmocka_unit_test(test_places_survive),
		cmocka_unit_test(test_debian_folders),   cmocka_unit_test(test_resolve),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
