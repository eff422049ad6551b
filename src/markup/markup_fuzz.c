/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Any bytes as a message: marked in three ways, and its own markup taken off. What must hold: nothing of a
 * message leaves the field it is put into, added fields are ASCII, bodies stay, output is bounded, and the
 * message that a report carries comes out as it went in.
 */
#include "core/arena.h"
#include "core/budget.h"
#include "core/must.h"
#include "core/strbuf.h"
#include "markup/markup.h"
#include "mime/charset.h"
#include "mime/message.h"
#include "msg/msg.h"
#include "rules/judge.h"
#include "rules/match.h"
#include "rules/ruleset.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { SAFE_0, SAFE_1, HAM, CONFIGS };

#define COMMON                                                                                     \
	"util_rb_tld com org net\nheader ANY From =~ /^/\nbody WORD /the/i\n"                      \
	"tflags WORD multiple\nscore WORD 0.001\nheader CAP Subject =~ /(?<CAP>.+)/\n"             \
	"add_header all Status _YESNO_, tests=_TESTS_\n"                                           \
	"add_header all Subject _HEADER(Subject)_ _HEADER(From:addr)_ _CAP_ _HEADER(ALL)_\n"       \
	"add_header all Relays _RELAYSUNTRUSTED_ _AUTHORDOMAIN_\nreport _PREVIEW_\n"               \
	"report _HEADER(Subject)_\nreport _SUMMARY_\nunsafe_report _SENDERDOMAIN_\n"               \
	"rewrite_header Subject [_HEADER(X-Tag)_]\n"

static const char *const texts[CONFIGS] = {
	COMMON "score ANY 9\nreport_safe 0\nrewrite_header From f\nrewrite_header To _CAP_\n",
	COMMON "score ANY 9\nreport_safe_copy_headers Received X-Mailer To\nrewrite_header To t\n",
	COMMON "score ANY -9\nfold_headers 0\nsubjprefix ANY [x]\n",
};

static struct ruleset *load(const char *text)
{
	const struct rules_text one = { .name = STR("a.cf"), .text = str_of(text) };
	struct rules_source source = { .texts = &one, .count = 1 };
	struct ruleset_options options = { .no_jit = true };
	struct ruleset *rs = NULL;

	must(ruleset_load(&source, &options, &rs, NULL) == 0);
	return rs;
}

static void check_fields(struct str fields)
{
	bool starts = true;

	for (size_t i = 0; i < fields.n; i++) {
		char c = fields.p[i];

		must(c == '\t' || c == '\n' || (c >= ' ' && c <= '~'));
		must(!starts || c == '\t' || str_starts(str_from(fields, i), STR("X-Spam-")));
		starts = c == '\n';
	}
	must(starts);
}

/* A message that ends in a line end comes back byte for byte. */
static void check_enclosed(const struct mime_message *m, struct str marked, struct arena *a)
{
	struct str got = markup_strip(NULL, marked, a);

	if (!str_is_none(m->mbox_line) || !str_ends(m->pristine, STR("\n")))
		return;
	must(str_eq(got, m->pristine));
}

static void check(const struct ruleset *rs, struct str raw, int config)
{
	struct arena *a = arena_new();
	static struct match_scratch *scratch;
	struct match_options options;
	struct judgement verdict;
	struct markup_input in = { .rules = rs,
				   .verdict = &verdict,
				   .date = STR("Mon, 01 Jan 2024 00:00:00 +0000"),
				   .hostname = STR("host.example"),
				   .time_s = 1,
				   .random = 2 };
	struct budget b;
	struct match *m;
	struct str out;

	scratch = scratch ? scratch : match_scratch_new();
	options = (struct match_options){ .scratch = scratch };
	budget_init_message(&b, raw.n);
	in.msg = msg_new(a, raw, NULL, 0, ruleset_msg_config(rs), &b);
	m = match_new(rs, in.msg, a, &b, &options);
	while (match_run(m) == MATCH_WAITS)
		match_expire(m);
	in.hits = match_hits(m);
	judge(rs, in.hits, NULL, a, &verdict);
	check_fields(markup_fields(&in, config != HAM, a));
	out = markup_rewrite(&in, a);
	if (!(verdict.spam && config == SAFE_1))
		must(str_ends(out, in.msg->mime->pristine_body));
	else if (!b.over)
		check_enclosed(in.msg->mime, out, a);
	markup_strip(rs, out, a);
	arena_free(a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct ruleset *rules[CONFIGS];
	struct str raw = str_make((const char *)data, size);
	struct arena *a = arena_new();

	if (!rules[0]) {
		charset_init();
		for (int i = 0; i < CONFIGS; i++)
			rules[i] = load(texts[i]);
	}
	must(markup_strip(rules[SAFE_0], raw, a).n <= 2 * raw.n + 4096);
	arena_free(a);
	check(rules[size % CONFIGS], raw, (int)(size % CONFIGS));
	return 0;
}
