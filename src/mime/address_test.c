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
#include <stdio.h>

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

static unsigned next_random(unsigned *seed)
{
	*seed = *seed * 1103515245u + 12345u;
	return *seed >> 16;
}

static struct str list_text(struct arena *a, struct str value)
{
	struct address *list;
	size_t n = address_parse(a, value, NULL, NULL, NULL, &list);
	struct strbuf b;
	struct str ret;

	strbuf_init(&b, 0);
	for (size_t k = 0; k < n; k++) {
		put(&b, list[k].phrase);
		strbuf_add_byte(&b, '/');
		put(&b, list[k].address);
		strbuf_add_byte(&b, '\n');
	}
	ret = str_dup(a, strbuf_str(&b));
	strbuf_done(&b);
	return ret;
}

/* So many blanks in front that the usual forms are not seen as such change nothing. */
static void test_usual(void **state)
{
	static const char *const names[] = { "",         " ",         "A b ",       "A b",
					     "\"A b\" ", "\"A\"",     "\"A, <b\" ", "\"A:\" x ",
					     "\"\"",     "\"A\\\"\" " };
	static const char *const opens[] = { "", "<", "< ", "<<" };
	static const char *const addresses[] = { "a@b",   "a.c@b.d", "@b",    "a@",      "a",
						 "a b@c", "a@b@c",   "a,b@c", "\"a\"@b", "a@b\t" };
	static const char *const ends[] = { "", ">", " >", ">>", "> ", ">,", "> (c)", ">\n" };
	enum { BLANKS = 65 };
	char line[200];

	(void)state;
	memset(line, ' ', BLANKS);
	for (size_t i = 0; i < 10 * 4 * 10 * 8; i++) {
		struct arena *a = arena_new();
		struct str s, t;

		snprintf(line + BLANKS, sizeof(line) - BLANKS, "%s%s%s%s", names[i % 10],
			 opens[i / 10 % 4], addresses[i / 40 % 10], ends[i / 400]);
		s = str_of(line + BLANKS);
		t = list_text(a, str_of(line));
		if (!str_eq(list_text(a, s), t))
			fail_msg("'%s': %s", s.p, t.p);
		arena_free(a);
	}
}

/* The same of any bytes behind something that is no blank. */
static void test_random(void **state)
{
	static const char letters[] = "aab.@@<> \"\"(,:;\\)\t[";
	enum { BLANKS = 65, MOST = 14 };
	unsigned seed = 1;

	(void)state;
	for (size_t i = 0; i < 20000; i++) {
		struct arena *a = arena_new();
		char line[BLANKS + 1 + MOST];
		size_t n = next_random(&seed) % MOST;
		struct str s = str_make(line + BLANKS, n + 1);

		memset(line, ' ', BLANKS);
		line[BLANKS] = "a\"<"[next_random(&seed) % 3];
		for (size_t k = 0; k < n; k++)
			line[BLANKS + 1 + k] = letters[next_random(&seed) % (sizeof(letters) - 1)];
		if (!str_eq(list_text(a, s), list_text(a, str_make(line, BLANKS + s.n))))
			fail_msg("'%.*s'", STR_FMT(s));
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
		cmocka_unit_test(test_usual),
		cmocka_unit_test(test_random),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
