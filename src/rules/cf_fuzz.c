/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Any bytes as a .cf file: loaded, run over one small message, judged. What must hold: every rule can be
 * told about, no rule hits without a score, and the same text gives the same outcome twice.
 */
#include "core/arena.h"
#include "core/budget.h"
#include "core/must.h"
#include "core/strbuf.h"
#include "msg/msg.h"
#include "rules/judge.h"
#include "rules/match.h"
#include "rules/ruleset.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char preamble[] = "loadplugin Mail::SpamAssassin::Plugin::MIMEHeader\n"
			       "loadplugin Mail::SpamAssassin::Plugin::URIDetail\n"
			       "loadplugin Mail::SpamAssassin::Plugin::ReplaceTags\n"
			       "loadplugin Mail::SpamAssassin::Plugin::Shortcircuit\n"
			       "loadplugin Mail::SpamAssassin::Plugin::DNSEval\n"
			       "body __FIRST /a/\n";

static const char mail[] =
    "From: joe@example.com\nSubject: cheap pills\nContent-Type: text/plain; name=x.txt\n"
    "\nDear friend, buy now at http://www.example.com/pills for $100.\n";

static struct ruleset *load(struct str text)
{
	const struct rules_text texts[] = {
		{ .name = STR("pre"), .text = { preamble, sizeof(preamble) - 1 } },
		{ .name = STR("a.cf"), .text = text, .restricted = text.n & 8 }
	};
	struct rules_source source = { .texts = texts, .count = 2 };
	struct ruleset_options o = {
		.lint = text.n & 1, .net = text.n & 2, .bayes = text.n & 4, .no_jit = true
	};
	struct ruleset *rs = NULL;

	must(ruleset_load(&source, &o, &rs, NULL) == 0);
	return rs;
}

static struct str outcome(const struct ruleset *rs, struct arena *a)
{
	struct match_options o = { .net = true };
	struct budget b;
	struct judgement j;
	struct match *m;
	struct str s;

	budget_init_message(&b, sizeof(mail));
	b.left[BUDGET_STEPS] = 1000000;
	m = match_new(rs, msg_new(a, str_of(mail), NULL, 0, ruleset_msg_config(rs), &b), a, &b, &o);
	while (match_run(m) == MATCH_WAITS)
		match_expire(m);
	judge(rs, match_hits(m), NULL, a, &j);
	for (size_t i = 0; i < j.hit_count; i++)
		must(j.hits[i].count > 0 && j.hits[i].score != 0);
	s = judge_tests(j.hits, j.hit_count, true, a);
	return arena_printf(a, "%.3f %.*s %.*s", j.score, STR_FMT(s),
			    STR_FMT(judge_tests(j.subrules, j.subrule_count, true, a)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = str_make((const char *)data, size);
	struct arena *a = arena_new();
	struct ruleset *one = load(text), *two = load(text);
	size_t diags, n = 0, i;
	const struct rules_diag *d = ruleset_diags(one, &diags);

	for (size_t k = 0; k < diags; k++)
		n += d[k].severity == RULES_ERROR;
	must(n <= ruleset_error_count(one));
	must(ruleset_rule_count(one) == ruleset_rule_count(two));
	for (size_t k = 0; k < ruleset_rule_count(one); k++) {
		struct rule_info r;

		ruleset_rule(one, k, &r);
		must(ruleset_find(one, r.name, &i) && i == k);
	}
	must(str_eq(outcome(one, a), outcome(two, a)));
	ruleset_free(one);
	ruleset_free(two);
	arena_free(a);
	return 0;
}
