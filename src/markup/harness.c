/* SPDX-License-Identifier: BSD-2-Clause */
#include "markup/harness.h"

#include "core/arena.h"

void markup_harness_init(struct markup_harness *h, const char *cf, const char *raw)
{
	harness_load(&h->rules, cf);
	assert_non_null(h->rules.rs);
	harness_scan(&h->rules, raw);
	h->arena = h->rules.arena;
	h->in = (struct markup_input){ .rules = h->rules.rs,
				       .msg = h->rules.msg,
				       .verdict = &h->rules.judgement,
				       .hits = match_hits(h->rules.match),
				       .date = STR("Mon, 01 Jan 2024 00:00:00 +0000"),
				       .hostname = STR("host.example"),
				       .time_s = 0x65920080,
				       .random = 0x12345678 };
}

void markup_harness_done(struct markup_harness *h)
{
	harness_done(&h->rules);
}

void markup_expect(const char *name, struct str got, const char *want)
{
	if (str_is_none(got))
		got = STR("(none)");
	if (!str_eq(got, str_of(want)))
		fail_msg("%s:\ngot  \"%.*s\"\nwant \"%s\"", name, STR_FMT(got), want);
}
