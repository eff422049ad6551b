/* SPDX-License-Identifier: BSD-2-Clause */
/* The table of settings: whole, without double names, defaults of their own type, nearest names. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "conf/conf_private.h"
#include "conf/conf_testing.h"

#include <string.h>

static void test_rows_are_sound(void **state)
{
	(void)state;
	assert_true(setting_total() > 480);
	for (size_t i = 0; i < setting_total(); i++) {
		const struct setting *s = setting_at(i);
		size_t number = 0;

		assert_true(strchr("$@%", s->name[0]) != NULL);
		assert_true(s->doc[0] != '\0');
		assert_true(s->status != SETTING_IGNORED || s->why);
		assert_true(s->type != SETTING_WORD || s->why);
		assert_true((s->name[0] == '%') == (s->type == SETTING_HASH) ||
			    s->type == SETTING_ALIAS);
		assert_true(setting_find(s->name, strlen(s->name), &number) != NULL);
		if (s->type != SETTING_ALIAS)
			assert_int_equal(number, i); /* no name stands twice */
	}
}

static void test_defaults_are_of_their_type(void **state)
{
	struct arena *a = arena_new();
	struct conf_diags diags;
	struct conf *c = load_text(a, "", &diags);

	(void)state;
	assert_string_equal(diags_text(a, &diags, CONF_NOTE).p, "");
	for (size_t i = 0; i < setting_total(); i++) {
		const struct setting *s = setting_at(i);

		if (s->type != SETTING_ALIAS)
			assert_non_null(
			    conf_check_value(a, s, c->entries[i].value, c->entries[i].place, NULL));
	}
	conf_free(c);
	arena_free(a);
}

static void test_nearest(void **state)
{
	static const struct {
		const char *name, *want;
	} cases[] = {
		{ "$TMPBASE", "$TEMPBASE" },     { "$log_levl", "$log_level" },
		{ "@log_level", "$log_level" },  { "$LOG_LEVEL", "$log_level" },
		{ "$mynetwork", "@mynetworks" }, { "$postern_bare_fl", "$postern_bare_lf" },
		{ "$nothing_like_it", NULL },    { "$x", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *got = setting_nearest(cases[i].name, strlen(cases[i].name));

		if (cases[i].want && got)
			assert_string_equal(got, cases[i].want);
		else
			assert_ptr_equal(got, cases[i].want);
	}
}

static void test_alias(void **state)
{
	struct arena *a = arena_new();
	struct conf_diags diags;
	struct conf *c =
	    load_text(a, "$DO_SYSLOG = 1; $final_destiny_by_ccat{'9'} = D_PASS;", &diags);

	(void)state;
	assert_int_equal(diags.errors, 0);
	assert_true(conf_get_bool(c, "do_syslog"));
	assert_true(conf_get_bool(c, "$DO_SYSLOG"));
	assert_int_equal(
	    conf_hash_get(conf_get_hash(c, "final_destiny_maps_by_ccat"), STR("9"))->integer,
	    D_PASS);
	conf_free(c);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows_are_sound),
		cmocka_unit_test(test_defaults_are_of_their_type),
		cmocka_unit_test(test_nearest),
		cmocka_unit_test(test_alias),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
