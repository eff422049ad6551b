/* SPDX-License-Identifier: BSD-2-Clause */
/* Address lists: "phrase/address" of each entry, "-" for none, ", " between. */
#include "mime/address.h"

#include "core/arena.h"
#include "core/strbuf.h"
#include "core/xalloc.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

static const struct {
	const char *in, *want;
} rows[] = {
	{ "a@b.com", "-/a@b.com" },
	{ "Foo <a@b.com>", "Foo /a@b.com" },
	{ "\"Foo, B\" <a@b.com>", "Foo, B /a@b.com" },
	{ "Foo <a@b.com> bar", "-/a@b.com" },
	{ "John <a@x.com> via L <l@x.com>", "-/a@x.com, -/l@x.com" },
	{ "Foo <a@b.com> <c@d.com>", "Foo /a@b.com" },
	{ "Foo <a@b.com><c@d.com>", "Foo /-" },
	{ "Foo, Bar <a@b.com>", "Foo/-, Bar /a@b.com" },
	{ "(c) a@b.com", " a@b.com/-" },
	{ "a@b.com (x (y) z)", "a@b.com (x  z)/-" },
	{ "a b@c.com", "a b@c.com/-" },
	{ "\"Foo\" x@y.com", "Foo x@y.com/-" },
	{ "\"a b\"@c.com", "-/\"a b\"@c.com" },
	{ "<\"a b\"@c.com>", "-/\"a b\"@c.com" },
	{ "'a@b.com'", "-/'a@b.com'" },
	{ "<<a@b.com>>", "-/-" },
	{ "<mailto:a@b.com>", "-/-" },
	{ "<@r1,@r2:u@h>", "-/-" },
	{ "<>", "-/-" },
	{ "\"Foo <a@b.com>", "-/a@b.com" },
	{ "=?UTF-8?Q?\"F\"_<n@f.com>?=", "-/n@f.com" },
	{ "<a@b.com", "" },
	{ ",a@b.com", "" },
	{ "a@b.com>", "a@b.com>/-" },
	{ "a@b.com, ", "-/a@b.com" },
	{ "x <a@b.com >", "x /a@b.com" },
	{ "me <a@b.com.>", "me /a@b.com." },
	{ "a@b.com (Real Name)", "Real Name/a@b.com" },
	{ "undisclosed-recipients:;", "" },
	{ "Group: a@x.com; b@y.com", "-/a@x.com, -/b@y.com" },
	{ "a@b.com, foo: c@d.com", "-/c@d.com" },
	{ "Foo: ; a@b.com", "" },
	{ "a@b@c.com", "-/a@b" },
	{ "a@@b.com", "-/a@" },
	{ "\"joe@x.com\"", "-/joe@x.com" },
	{ "\"joe@localhost\"", "joe@localhost/-" },
	{ "joe@x.com <joe@x.com>", "joe@x.com /joe@x.com" },
	{ "\"joe@x.com\"<joe@x.com>", "-/joe@x.com" },
	{ "a@[1.2.3.4]", "-/a@[1.2.3.4]" },
	{ "\"a\\\"b\" <c@d.ee>", "a\"b /c@d.ee" },
	{ "", "" },
	{ "  ", "" },
	{ ", ,<a@b.cc>", "-/a@b.cc" },
	/* A comment behind a quoted phrase may hold angles, and commas behind them. */
	{ "\"a-b\"  (<c@d.ee>)", "a-b/-" },
	{ "\"a\" (<x>, y) , b@c.dd", "a (/-, y) /-, -/b@c.dd" },
	{ "\"a\" (\"x\", y) , b@c.dd", "a (x/-, y) /-, -/b@c.dd" },
	{ "a (<c@d.ee>)", "-/c@d.ee" },
	{ "a@b.cc(<>)", "<>/a@b.cc" },
	{ "a@b.cc(<>) d", "" },
};

static void put(struct strbuf *b, struct str s)
{
	strbuf_add(b, str_is_none(s) ? STR("-") : s);
}

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < ELEMENTS(rows); i++) {
		struct arena *a = arena_new();
		struct address *list;
		size_t n = address_parse(a, str_of(rows[i].in), NULL, NULL, NULL, &list);
		struct strbuf b;
		strbuf_init(&b, 0);
		for (size_t k = 0; k < n; k++) {
			strbuf_add_c(&b, k ? ", " : "");
			put(&b, list[k].phrase);
			strbuf_add_byte(&b, '/');
			put(&b, list[k].address);
		}
		if (!str_eq(strbuf_str(&b), str_of(rows[i].want)))
			fail_msg("'%s': got '%s'", rows[i].in, b.p ? b.p : "");
		strbuf_done(&b);
		arena_free(a);
	}
}

static void test_hosts(void **state)
{
	(void)state;
	assert_true(address_host_is_valid(STR("a.b")));
	assert_true(address_host_is_valid(STR("A_x.example.COM..")));
	assert_false(address_host_is_valid(STR("localhost")));
	assert_false(address_host_is_valid(STR("-a.bc")));
	assert_false(address_host_is_valid(STR("a_b.com")));
	assert_false(address_host_is_valid(STR("a..com")));
	assert_false(address_host_is_valid(STR("")));
	assert_true(str_eq(address_host(STR("a@b@c")), STR("b")));
	assert_true(str_is_none(address_host(STR("abc"))));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_hosts),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
