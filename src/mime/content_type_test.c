/* SPDX-License-Identifier: BSD-2-Clause */
/* Content-Type values as SpamAssassin reads them; NULL stands for "no such parameter". */
#include "mime/content_type.h"

#include "core/arena.h"
#include "core/xalloc.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

struct row {
	const char *in, *type, *boundary, *charset, *name;
};

static const struct row rows[] = {
	{ "", "text/plain", NULL, "us-ascii", NULL },
	{ "0", "text/plain", NULL, "us-ascii", NULL },
	{ "text/html (c)", "text/html", NULL, NULL, NULL },
	{ "text/html charset=x", "text/html", NULL, "x", NULL },
	{ "\"text/html\"", "text/html", NULL, NULL, NULL },
	{ "\"text/foo\"", "text/foo", NULL, NULL, NULL },
	{ "text", "text/plain", NULL, NULL, NULL },
	{ "text html", "text/plain", NULL, NULL, NULL },
	{ "text-x/y", "text/plain", NULL, NULL, NULL },
	{ "text/htmlx", "text/plain", NULL, NULL, NULL },
	{ "text/ html", "text/plain", NULL, NULL, NULL },
	{ "text/html,text/plain", "text/plain", NULL, NULL, NULL },
	{ "text/html/x", "text/html", NULL, NULL, NULL },
	{ "text/calendar", "text/calendar", NULL, NULL, NULL },
	{ "html", "html", NULL, NULL, NULL },
	{ "texthtml", "texthtml", NULL, NULL, NULL },
	{ "a/b/c", "a/b", NULL, NULL, NULL },
	{ "multipart mixed", "multipartmixed", NULL, NULL, NULL },
	{ "IMAGE/GIF;x", "image/gif", NULL, NULL, NULL },
	{ ";charset=x", "text/plain", NULL, "x", NULL },
	{ "m/x; boundary=a b", "m/x", "a", NULL, NULL },
	{ "m/x; boundary=\"a b \"", "m/x", "a b ", NULL, NULL },
	{ "m/x; boundary='a'", "m/x", "'a'", NULL, NULL },
	{ "m/x; boundary=\"\"", "m/x", NULL, NULL, NULL },
	{ "m/x; boundary=a\"b\"", "m/x", NULL, NULL, NULL },
	{ "m/x; boundary==_x", "m/x", "=_x", NULL, NULL },
	{ "m/x; boundary=\"a\\\"b\"", "m/x", "a\\", NULL, NULL },
	{ "m/x; boundary=\"open", "m/x", "open", NULL, NULL },
	{ "m/x; x-boundary=a", "m/x", "a", NULL, NULL },
	{ "m/x; xboundary=a", "m/x", NULL, NULL, NULL },
	{ "m/x; BOUNDARY = Ab", "m/x", "Ab", NULL, NULL },
	{ "t/x; charset=utf-8 ; x", "t/x", NULL, "utf-8 ", NULL },
	{ "t/x; charset=\"utf-8\" ;", "t/x", NULL, "utf-8\" ", NULL },
	{ "t/x; charset=utf-8 (c)", "t/x", NULL, "utf-8 (c)", NULL },
	{ "t/x; charset=", "t/x", NULL, "", NULL },
	{ "t/x; charset='utf-8'", "t/x", NULL, "utf-8", NULL },
	{ "t/x; name=a;b.html", "t/x", NULL, NULL, "a" },
	{ "t/x; filename=\"a.html\" ; x", "t/x", NULL, NULL, "a.html\" " },
	{ "t/x; name=\"a;b.htm\"", "t/x", NULL, NULL, "a" },
	{ "t/x; name*0=ab; name*1=\"c.html\"", "t/x", NULL, NULL, "abc.html" },
	{ "t/x; name*1=b; filename*0=a", "t/x", NULL, NULL, "ab" },
	{ "t/x; name*=utf-8''a", "t/x", NULL, NULL, NULL },
	{ "t/x; name*0*=a", "t/x", NULL, NULL, NULL },
	{ "t/x; name*1=name*0= ", "t/x", NULL, NULL, "name*0= " },
};

static void check(const struct row *r, const char *what, struct str got, const char *want)
{
	if (want ? !str_eq(got, str_of(want)) || str_is_none(got) : !str_is_none(got))
		fail_msg("%s: %s: got '%.*s', want '%s'", r->in, what, STR_FMT(got),
			 want ? want : "none");
}

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < ELEMENTS(rows); i++) {
		struct arena *a = arena_new();
		struct content_type ct;
		content_type_parse(a, str_of(rows[i].in), &ct);
		check(&rows[i], "type", ct.type, rows[i].type);
		check(&rows[i], "boundary", ct.boundary, rows[i].boundary);
		check(&rows[i], "charset", ct.charset, rows[i].charset);
		check(&rows[i], "name", ct.name, rows[i].name);
		arena_free(a);
	}
}

static void test_missing(void **state)
{
	struct arena *a = arena_new();
	struct content_type ct;

	(void)state;
	content_type_parse(a, STR_NONE, &ct);
	assert_true(ct.missing);
	content_type_parse(a, STR(";x"), &ct);
	assert_true(ct.missing);
	content_type_parse(a, STR("text/html"), &ct);
	assert_false(ct.missing);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_missing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
