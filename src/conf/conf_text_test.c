/* SPDX-License-Identifier: BSD-2-Clause */
/* conf/amavisd.conf and man/postern-config.5 are up to date; uncommented, the file says the defaults. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "conf/conf_testing.h"
#include "conf/conf_text.h"
#include "core/file.h"
#include "core/reader.h"

static void assert_file(const char *path, void (*make)(struct strbuf *))
{
	struct arena *a = arena_new();
	struct strbuf want;
	struct str got;
	struct err e = ERR_INIT;

	strbuf_init(&want, 0);
	make(&want);
	if (file_read(a, path, 1 << 24, &got, &e) < 0)
		fail_msg("%s", e.text);
	if (!str_eq(got, strbuf_str(&want)))
		fail_msg("%s is not what the table says: ninja -C build conf-generate", path);
	strbuf_done(&want);
	arena_free(a);
}

static void test_up_to_date(void **state)
{
	(void)state;
	assert_file(POSTERN_SOURCE_ROOT "/conf/amavisd.conf", conf_text_default_file);
	assert_file(POSTERN_SOURCE_ROOT "/man/postern-config.5", conf_text_man_page);
}

static bool is_setting_line(struct str line)
{
	return str_starts(line, STR("# $")) || str_starts(line, STR("# @")) ||
	       str_starts(line, STR("# %")) || str_starts(line, STR("#   "));
}

static void test_uncommented_gives_the_defaults(void **state)
{
	struct arena *a = arena_new();
	struct strbuf text, plain;
	struct conf_diags diags;
	struct conf *defaults, *c;
	struct str line;
	struct rd r;
	size_t settings = 0;

	(void)state;
	strbuf_init(&text, 0);
	strbuf_init(&plain, 0);
	conf_text_default_file(&text);
	r = rd_of(strbuf_str(&text));
	while (rd_line(&r, false, &line)) {
		settings += is_setting_line(line);
		strbuf_add(&plain, is_setting_line(line) ? str_from(line, 2) : line);
		strbuf_add_byte(&plain, '\n');
	}
	assert_true(settings > 480);
	defaults = load_text(a, "", &diags);
	c = load_text(a, strbuf_str(&plain).p, &diags);
	assert_string_equal(diags_text(a, &diags, CONF_NOTE).p, "");
	assert_true(conf_same(defaults, c));
	assert_true(conf_is_set(c, "log_level"));
	conf_free(c);
	/* As it stands it says nothing. */
	c = load_text(a, strbuf_str(&text).p, &diags);
	assert_int_equal(diags.count, 0);
	assert_true(conf_same(defaults, c));
	assert_false(conf_is_set(c, "log_level"));
	conf_free(c);
	conf_free(defaults);
	strbuf_done(&text);
	strbuf_done(&plain);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_up_to_date),
		cmocka_unit_test(test_uncommented_gives_the_defaults),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
