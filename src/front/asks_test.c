/* SPDX-License-Identifier: BSD-2-Clause */
/* What becomes of reports that do not say what the virus engines said. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/xalloc.h"
#include "front/front_private.h"
#include "scan/scan.h"

enum { ASKED = REPORT_VIRUS_ASKED, OTHER = REPORT_SCORED };

static const struct row {
	const char *name;
	unsigned want;
	enum virus_result heard, says;
	unsigned flags;
	enum virus_result want_virus;
	bool mended;
} rows[] = {
	{ "clean", SCAN_WANT_VIRUS, VIRUS_CLEAN, VIRUS_CLEAN, ASKED, VIRUS_CLEAN, false },
	{ "found", SCAN_WANT_VIRUS, VIRUS_FOUND, VIRUS_FOUND, ASKED, VIRUS_FOUND, false },
	{ "failed", SCAN_WANT_VIRUS, VIRUS_UNCHECKED, VIRUS_UNCHECKED, ASKED, VIRUS_UNCHECKED,
	  false },
	{ "time was up", SCAN_WANT_VIRUS, VIRUS_CLEAN, VIRUS_UNCHECKED, ASKED, VIRUS_UNCHECKED,
	  false },
	{ "clean, and nobody was asked", SCAN_WANT_VIRUS, VIRUS_UNCHECKED, VIRUS_CLEAN, ASKED,
	  VIRUS_UNCHECKED, true },
	{ "not asked, it says", SCAN_WANT_VIRUS, VIRUS_UNCHECKED, VIRUS_UNCHECKED, OTHER,
	  VIRUS_UNCHECKED, true },
	{ "found, and it says clean", SCAN_WANT_VIRUS, VIRUS_FOUND, VIRUS_CLEAN, ASKED, VIRUS_FOUND,
	  true },
	{ "found, and it says nothing", SCAN_WANT_VIRUS, VIRUS_FOUND, VIRUS_UNCHECKED, ASKED,
	  VIRUS_FOUND, true },
	{ "clean, and it says found", SCAN_WANT_VIRUS, VIRUS_CLEAN, VIRUS_FOUND, ASKED, VIRUS_CLEAN,
	  true },
	{ "no engines were wanted", SCAN_WANT_SPAM, VIRUS_UNCHECKED, VIRUS_UNCHECKED, OTHER,
	  VIRUS_UNCHECKED, false },
};

static void test_reports(void **state)
{
	(void)state;
	for (size_t i = 0; i < ELEMENTS(rows); i++) {
		const struct row *w = &rows[i];
		struct arena *a = arena_new();
		struct str names[] = { STR("A") };
		struct front_msg m = { .arena = a, .want = w->want, .heard = w->heard };
		const struct report r = { .flags = w->flags,
					  .virus = w->says,
					  .score = 3,
					  .virus_names = names,
					  .virus_name_count = w->says == VIRUS_FOUND };
		const struct report *got = asks_check_report(&m, &r);

		if ((got != &r) != w->mended || got->virus != w->want_virus || got->score != 3 ||
		    got->virus_name_count != (w->want_virus == VIRUS_FOUND) ||
		    ((w->want & SCAN_WANT_VIRUS) && !(got->flags & REPORT_VIRUS_ASKED)))
			fail_msg("%s: mended %d virus %d names %zu flags %#x", w->name, got != &r,
				 got->virus, got->virus_name_count, got->flags);
		arena_free(a);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_reports) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
