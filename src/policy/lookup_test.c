/* SPDX-License-Identifier: BSD-2-Clause */
/* Lookup tables: the examples of amavisd's README.lookups, and the keys a hash is asked for. */
#include "policy/lookup.h"

#include "conf/conf.h"
#include "conf/source.h"
#include "core/arena.h"
#include "core/strbuf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static struct conf *load(struct arena *a, const char *text)
{
	struct conf_diags diags;
	struct conf *c;

	conf_diags_init(&diags, a);
	c = conf_load_text(str_of(text), "test", conf_io_system(), &diags);
	if (diags.errors)
		fail_msg("%s: %.*s", text, STR_FMT(diags.list[0].text));
	return c;
}

/* The value for an address: its text, "undef" when nobody knows. */
static struct str ask(struct arena *a, const char *tables, const char *addr)
{
	struct str text = arena_printf(a, "$recipient_delimiter = '+'; %s", tables);
	struct conf *c = load(a, text.p);
	struct lookup_opts opts = { .conf = c, .recipient_delimiter = STR("+") };
	const struct conf_value *v;
	struct conf_diags diags;
	struct lookup *l;
	struct str ret;

	conf_diags_init(&diags, a);
	l = lookup_new(a, &opts, conf_get_value(c, "@spam_kill_level_maps"), &diags);
	if (diags.errors)
		fail_msg("%s: %.*s", tables, STR_FMT(diags.list[0].text));
	v = lookup_find(l, str_of(addr));
	ret = v ? str_dup(a, conf_text(a, v)) : STR("undef");
	conf_free(c);
	return ret;
}

static void test_tables(void **state)
{
	static const char acl[] = "@spam_kill_level_maps = ([qw( me.ac.uk !.ac.uk .uk )], 7);";
	static const struct {
		const char *tables, *addr, *want;
	} rows[] = {
		{ acl, "u@me.ac.uk", "1" },
		{ acl, "u@you.ac.uk", "0" },
		{ acl, "u@them.co.uk", "1" },
		{ acl, "u@UK", "1" },
		{ acl, "u@some.com", "7" },
		{ "@spam_kill_level_maps = (['!boss@x.com', '.x.com']);", "Boss@X.com", "0" },
		{ "@spam_kill_level_maps = (['!boss@x.com', '.x.com']);", "u@x.com", "1" },
		{ "@spam_kill_level_maps = (['x.com']);", "u@sub.x.com", "undef" },
		{ "@spam_kill_level_maps = (['!.']);", "u@x.com", "0" },
		{ "@spam_kill_level_maps = ({'.example.com' => 3, '.' => 9});", "u@a.b.example.com",
		  "3" },
		{ "@spam_kill_level_maps = ({'.example.com' => 3, '.' => 9});", "u@other", "9" },
		{ "@spam_kill_level_maps = ({'u+x@a.com' => 1, 'u@a.com' => 2});", "U+x@A.com",
		  "1" },
		{ "@spam_kill_level_maps = ({'u+x@a.com' => 1, 'u@a.com' => 2});", "u+y@a.com",
		  "2" },
		{ "@spam_kill_level_maps = ({'u@' => 4});", "u+z@b.com", "4" },
		{ "@spam_kill_level_maps = ({'a.com' => undef, '.' => 5}, 6);", "u@a.com", "6" },
		{ "@spam_kill_level_maps = ({'@' => 8, '.' => 1});", "", "8" },
		{ "@spam_kill_level_maps = (new_RE(qr/^a/i, [qr/^b/ => 12]), 1.5);", "Abc@x", "1" },
		{ "@spam_kill_level_maps = (new_RE(qr/^a/i, [qr/^b/ => 12]), 1.5);", "bc@x", "12" },
		{ "@spam_kill_level_maps = (new_RE(qr/^a/i, [qr/^b/ => 12]), 1.5);", "c@x", "1.5" },
		{ "@spam_kill_level_maps = (\\$sa_kill_level_deflt); $sa_kill_level_deflt = 6.5;",
		  "u@x", "6.5" },
		{ "@spam_kill_level_maps = ();", "u@x", "undef" },
	};
	struct arena *a = arena_new();

	(void)state;
	for (size_t i = 0; i < ELEMENTS(rows); i++) {
		struct str got = ask(a, rows[i].tables, rows[i].addr);

		if (!str_eq(got, str_of(rows[i].want)))
			fail_msg("%s <%s>: got %.*s, want %s", rows[i].tables, rows[i].addr,
				 STR_FMT(got), rows[i].want);
	}
	arena_free(a);
}

static void test_keys(void **state)
{
	struct arena *a = arena_new();
	struct lookup_opts opts = { .recipient_delimiter = STR("+") };
	struct str keys[LOOKUP_KEYS_MAX];
	struct strbuf b;
	char deep[600];
	size_t n;

	(void)state;
	strbuf_init(&b, 0);
	n = lookup_keys(a, &opts, STR("User+Foo@Sub.Example.com"), keys);
	for (size_t i = 0; i < n; i++)
		strbuf_printf(&b, "%.*s ", STR_FMT(keys[i]));
	assert_string_equal(b.p, "User+Foo@Sub.Example.com user+foo@sub.example.com "
				 "user@sub.example.com user+foo@ user@ sub.example.com "
				 ".sub.example.com .example.com .com . ");
	/* Of a name with hundreds of labels the last ones count, and the work is bounded. */
	memset(deep, 'a', sizeof(deep));
	for (size_t i = 1; i < sizeof(deep); i += 2)
		deep[i] = '.';
	memcpy(deep, "u@", 2);
	n = lookup_keys(a, &opts, str_make(deep, sizeof(deep)), keys);
	assert_true(n <= LOOKUP_KEYS_MAX && str_eq(keys[n - 1], STR(".")));
	strbuf_done(&b);
	arena_free(a);
}

/* What cannot be a table is told where it stands, all of it, and the rest works. */
static void test_errors(void **state)
{
	struct arena *a = arena_new();
	struct conf_diags diags;
	struct conf *c;
	struct lookup_opts opts = { 0 };
	struct lookup *l;

	(void)state;
	conf_diags_init(&diags, a);
	c = conf_load_text(STR("@spam_kill_level_maps = (new_RE([qr/a(b/, 5]),\n  new_RE(qr/x/), "
			       "q_sql_s('f'), 7);"),
			   "test", conf_io_none(), &diags);
	conf_diags_init(&diags, a);
	opts.conf = c;
	l = lookup_new(a, &opts, conf_get_value(c, "@spam_kill_level_maps"), &diags);
	assert_int_equal(diags.errors, 2);
	assert_non_null(strstr(diags.list[0].text.p, "missing closing parenthesis"));
	assert_int_equal(diags.list[0].place.line, 1);
	assert_int_equal(diags.list[0].place.col, 34);
	assert_int_equal(diags.list[1].place.line, 2);
	assert_true(lookup_is_true(l, STR("anybody")));
	conf_free(c);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tables),
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_errors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
