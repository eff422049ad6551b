/* SPDX-License-Identifier: BSD-2-Clause */
/* Where tags stand in a text, and the report made of one. */
#include "markup/harness.h"

#include "core/arena.h"

static const char mail[] = "Subject: subj\nX-Two: 1\nX-Two: 2\n\nbody text it\n";

static const struct {
	const char *text, *want;
} cases[] = {
	{ "", "" },
	{ "plain", "plain" },
	{ "_YESNO_", "No" },
	{ "a_YESNO_b", "aNob" },
	{ "_YESNO__YESNO_", "NoNo" },
	{ "__YESNO__", "_No_" },
	{ "_YESNO_REQD_", "_YESNO_REQD_" },
	{ "_A_YESNO_B_REQD_", "_A_YESNO_B_REQD_" },
	{ "_NOSUCH_ _REQD_", "_NOSUCH_ 5.0" },
	{ "_NOSUCH(x)_", "_NOSUCH(x)_" },
	{ "_yesno_", "_yesno_" },
	{ "_1_", "_1_" },
	{ "_YESNO", "_YESNO" },
	{ "_", "_" },
	{ "_YESNO(a,b)_", "b" },
	{ "_YESNO(a,b)c)_", "b)c" },
	{ "_YESNO(a,b)", "_YESNO(a,b)" },
	{ "_YESNO(a,\nb)_", "_YESNO(a,\nb)_" },
	{ "_REQD_YESNO(a", "5.0YESNO(a" },
	{ "_ADDEDHEADER_", "_ADDEDHEADER_" },
	{ "_HEADER(X-Two)_", "1\n2\n" },
	{ "_HEADER(Subject:raw)_", " subj\n" },
};

static void test_expand(void **state)
{
	struct markup_harness h;

	(void)state;
	markup_harness_init(&h, "body A /x/\n", mail);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		markup_expect(cases[i].text, markup_expand(&h.in, str_of(cases[i].text), h.arena),
			      cases[i].want);
	markup_harness_done(&h);
}

static const struct {
	const char *name, *cf, *want;
} reports[] = {
	{ "none", "body A /x/\n", "(no report template found)\n\n" },
	{ "one line", "body A /x/\nreport _TESTS_ x", "A x\n\n" },
	{ "empty lines at the end", "body A /x/\nreport x\nreport\nreport\nreport\n", "x\n\n" },
	{ "a tag that ends in lines", "body A /x/\nreport _SUMMARY_",
	  " 1.0 A                      BODY: No description available.\n\n" },
};

static void test_report(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(reports) / sizeof(*reports); i++) {
		struct markup_harness h;

		markup_harness_init(&h, reports[i].cf, mail);
		markup_expect(reports[i].name, markup_report(&h.in, h.arena), reports[i].want);
		markup_harness_done(&h);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_expand),
					    cmocka_unit_test(test_report) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
