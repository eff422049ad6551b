/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * markup_dump RULES.cf MESSAGE...: scans each message with the rules (as with -L) and prints, behind a line
 * of their lengths, the rewritten message, the report, and the rewritten message with its markup taken off.
 * For comparison with SpamAssassin (tests/parity/test_markup.py); date, host and boundary are fixed. Not
 * installed.
 */
#include "checks/checks.h"
#include "core/arena.h"
#include "core/budget.h"
#include "core/file.h"
#include "markup/markup.h"
#include "mime/charset.h"
#include "msg/msg.h"
#include "rules/judge.h"
#include "rules/match.h"
#include "rules/ruleset.h"

#include <stdio.h>
#include <stdlib.h>

enum { MAX_FILE = 64 << 20, NOW_S = 1704067200 };

static struct ruleset *load(struct arena *a, const char *path)
{
	struct rules_text text = { .name = STR("test.cf") };
	struct rules_source source = { .texts = &text, .count = 1 };
	struct ruleset_options options = { .plugins = checks_plugins,
					   .plugin_count = checks_plugin_count,
					   .no_jit = true };
	struct ruleset *rs = NULL;
	struct err e = ERR_INIT;
	size_t n;

	if (file_read(a, path, MAX_FILE, &text.text, &e) < 0 ||
	    ruleset_load(&source, &options, &rs, &e) < 0) {
		fprintf(stderr, "markup_dump: %s\n", e.text);
		exit(1);
	}
	for (const struct rules_diag *d = ruleset_diags(rs, &n); n; d++, n--)
		fprintf(stderr, "%.*s\n", STR_FMT(d->text));
	return rs;
}

static void dump(const struct ruleset *rs, struct str raw)
{
	struct arena *a = arena_new();
	struct match_options options = { 0 };
	struct judgement verdict;
	struct markup_input in = { .rules = rs,
				   .verdict = &verdict,
				   .date = STR("Mon, 01 Jan 2024 00:00:00 +0000"),
				   .hostname = STR("host.example"),
				   .time_s = NOW_S,
				   .random = 0x12345678 };
	struct str message, report, stripped;
	struct budget budget;
	struct match *m;

	budget_init_message(&budget, raw.n);
	in.msg = msg_new(a, raw, NULL, (int64_t)NOW_S * 1000, ruleset_msg_config(rs), &budget);
	m = match_new(rs, in.msg, a, &budget, &options);
	while (match_run(m) == MATCH_WAITS)
		match_expire(m);
	in.hits = match_hits(m);
	judge(rs, in.hits, NULL, a, &verdict);
	message = markup_rewrite(&in, a);
	report = markup_report(&in, a);
	stripped = markup_strip(rs, message, a);
	printf("%zu %zu %zu\n", message.n, report.n, stripped.n);
	fwrite(message.p, 1, message.n, stdout);
	fwrite(report.p, 1, report.n, stdout);
	fwrite(stripped.p, 1, stripped.n, stdout);
	arena_free(a);
}

int main(int argc, char **argv)
{
	struct arena *a = arena_new();
	struct err e = ERR_INIT;
	struct ruleset *rs;

	if (argc < 3) {
		fprintf(stderr, "markup_dump RULES.cf MESSAGE...\n");
		return 2;
	}
	charset_init();
	rs = load(a, argv[1]);
	for (int i = 2; i < argc; i++) {
		struct str raw;

		if (file_read(a, argv[i], MAX_FILE, &raw, &e) < 0) {
			fprintf(stderr, "markup_dump: %s\n", e.text);
			return 1;
		}
		dump(rs, raw);
	}
	ruleset_free(rs);
	arena_free(a);
	return 0;
}
