/* SPDX-License-Identifier: BSD-2-Clause */
/* The table of replies, row by row. */
#include "act/outcome.h"

#include "core/arena.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define O(k, c, t)                                                                                 \
	{                                                                                          \
		.kind = (k), .reply = {(c), { "2.0.0", 5 }, { t, sizeof(t) - 1 } }                 \
	}
#define SENT O(OUTCOME_SENT, 250, "sent")
#define BEFORE O(OUTCOME_SENT_BEFORE, 250, "sent before")
#define DISCARDED O(OUTCOME_DISCARDED, 250, "discarded")
#define BOUNCED O(OUTCOME_BOUNCED, 250, "bounced")
#define REFUSED O(OUTCOME_REFUSED, 550, "refused")
#define FAILED O(OUTCOME_FAILED, 451, "failed")
#define NONE O(OUTCOME_NONE, 0, "")

static const struct row {
	const char *name;
	struct outcome in[3];
	size_t n;
	unsigned code;
	const char *text; /* NULL: any */
	bool needs_dsn, remember;
} rows[] = {
	{ "a 4xx before any dot: nobody got it", { FAILED }, 1, 451, "failed", false, false },
	{ "4xx for one of two, nothing sent", { FAILED, REFUSED }, 2, 451, "failed", false, false },
	{ "all 2xx", { SENT, SENT }, 2, 250, "sent", false, false },
	{ "all discarded", { DISCARDED, DISCARDED }, 2, 250, "discarded", false, false },
	{ "sent and discarded: the next hop's words",
	  { DISCARDED, SENT },
	  2,
	  250,
	  "sent",
	  false,
	  false },
	{ "bounced by policy", { BOUNCED }, 1, 250, "bounced", false, false },
	{ "all 5xx: that 5xx", { REFUSED, REFUSED }, 2, 550, "refused", false, false },
	{ "mixed 2xx and 5xx: 250 and a DSN", { SENT, REFUSED }, 2, 250, "sent", true, false },
	{ "discarded and 5xx", { REFUSED, DISCARDED }, 2, 250, "discarded", true, false },
	{ "4xx after another's dot was accepted: remembered",
	  { SENT, FAILED },
	  2,
	  451,
	  "failed",
	  false,
	  true },
	{ "4xx on the retry of a remembered one",
	  { BEFORE, FAILED },
	  2,
	  451,
	  "failed",
	  false,
	  true },
	{ "the retry brings the rest through", { BEFORE, SENT }, 2, 250, "sent", false, false },
	{ "all sent by an earlier try", { BEFORE, BEFORE }, 2, 250, "sent before", false, false },
	{ "something unknown is never a 250", { SENT, NONE }, 2, 451, NULL, false, true },
	{ "no recipients at all", { NONE }, 0, 451, NULL, false, false },
};

static void test_rows(void **state)
{
	struct arena *a = arena_new();

	(void)state;
	for (size_t i = 0; i < ELEMENTS(rows); i++) {
		const struct row *r = &rows[i];
		struct outcome_verdict v = outcome_decide(a, r->in, r->n);

		if (v.reply.code != r->code || v.needs_dsn != r->needs_dsn ||
		    v.remember != r->remember ||
		    (r->text && !str_eq(v.reply.text, str_of(r->text))))
			fail_msg("%s: %u %.*s dsn=%d remember=%d", r->name, v.reply.code,
				 STR_FMT(v.reply.text), v.needs_dsn, v.remember);
	}
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_rows) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
