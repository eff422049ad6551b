/* SPDX-License-Identifier: BSD-2-Clause */
/* Files and folders as the language sees them: run-parts names, includes, table files, first lines. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "conf/conf_testing.h"
#include "core/file.h"

#include <stdlib.h>
#include <unistd.h>

static const struct {
	const char *name, *text;
} files[] = {
	{ "10-a", "$virus_admin = 'a'; $log_level = 1;\n" },
	{ "20_b", "$virus_admin = 'b';\n" },
	{ "30-c.dpkg-old", "$virus_admin = 'c';\n" },
	{ "hash", "# comment\nA@B.Com\n\"x # y\"@c.d  val ue  # c\n.e.f 5.0\n\n" },
	{ "array", "one # c\n\n  # only\ntwo\n" },
	{ "domain", "mail.example.com\nmore\n" },
	{ "loop", "include_config_files('DIR/loop');\n" },
};

static char dir[] = "/tmp/postern-conf-XXXXXX";

static int setup(void **state)
{
	struct arena *a = arena_new();

	*state = a;
	if (!mkdtemp(dir))
		return -1;
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		const char *text = files[i].text;

		if (str_eq(str_of(files[i].name), STR("loop")))
			text = arena_printf(a, "include_config_files('%s/loop');", dir).p;
		if (file_replace(arena_printf(a, "%s/%s", dir, files[i].name).p, str_of(text), 0600,
				 NULL) < 0)
			return -1;
	}
	return 0;
}

static int teardown(void **state)
{
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		unlink(arena_printf(*state, "%s/%s", dir, files[i].name).p);
	rmdir(dir);
	arena_free(*state);
	return 0;
}

static struct conf *load(struct arena *a, const char *text, struct conf_diags *diags)
{
	struct str full = arena_printf(a, "my $dir = '%s';\n%s", dir, text);

	conf_diags_init(diags, a);
	return conf_load_text(full, "t", conf_io_system(), diags);
}

static void test_folder(void **state)
{
	const char *path = dir;
	struct arena *a = *state;
	struct conf_diags diags;
	struct conf *c;

	/* The table files in the folder are no configuration: an error each, the rest is read. */
	conf_diags_init(&diags, a);
	c = conf_load(&path, 1, conf_io_system(), &diags);
	assert_string_equal(conf_get_cstr(c, "virus_admin"), "b");
	assert_int_equal(conf_get_int(c, "log_level"), 1);
	assert_string_equal(conf_place_of(c, "virus_admin").file,
			    arena_printf(a, "%s/20_b", dir).p);
	conf_free(c);
}

static void test_tables(void **state)
{
	struct conf_diags diags;
	struct conf *c =
	    load(*state,
		 "@inet_acl = (read_hash(\"$dir/hash\"), read_array(\"$dir/array\"));\n"
		 "chomp($mydomain = `head -n 1 /dev/null`);\n"
		 "include_config_files(\"$dir/10-a\", \"$dir/20_b\");\n"
		 "include_optional_config_files(\"$dir/none\");",
		 &diags);

	assert_int_equal(diags.errors, 0);
	assert_string_equal(shown(*state, c, "@inet_acl").p,
			    "({'a@b.com' => 1, 'x # y@c.d' => 'val ue', '.e.f' => '5.0'}, ['one', "
			    "'two'])");
	assert_string_equal(conf_get_cstr(c, "mydomain"), "");
	assert_string_equal(conf_get_cstr(c, "virus_admin"), "b");
	conf_free(c);
}

static void test_first_line(void **state)
{
	struct conf_diags diags;
	struct conf *c;

	c = load(*state, arena_printf(*state, "chomp($mydomain = `head -n 1 %s/domain`);", dir).p,
		 &diags);
	assert_int_equal(diags.count, 0);
	assert_string_equal(conf_get_cstr(c, "mydomain"), "mail.example.com");
	conf_free(c);
	c = load(*state, "chomp($mydomain = `head -n 1 /no/such/file`);", &diags);
	assert_string_equal(
	    diags_text(*state, &diags, CONF_WARNING).p,
	    "t:2:19: warning: /no/such/file: No such file or directory; the setting "
	    "becomes empty, write its value here\n");
	conf_free(c);
}

static void test_include_loop(void **state)
{
	struct conf_diags diags;
	struct conf *c =
	    load(*state, "include_config_files(\"$dir/loop\"); $log_level = 2;", &diags);

	assert_int_equal(diags.errors, 1);
	assert_int_equal(conf_get_int(c, "log_level"), 2);
	conf_free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_folder),
		cmocka_unit_test(test_tables),
		cmocka_unit_test(test_first_line),
		cmocka_unit_test(test_include_loop),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
