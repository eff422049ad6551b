/* SPDX-License-Identifier: BSD-2-Clause */
/* `postern explain`: why one message has its score, rule by rule; and why a rule did not hit. */
#include "explain/explain.h"

#include "cli/cli.h"
#include "cli/explain_json.h"
#include "cli/json_text.h"
#include "cli/scan_input.h"
#include "cli/scan_one.h"
#include "cli/scan_output.h"
#include "cli/scan_rules.h"
#include "core/arena.h"
#include "core/budget.h"
#include "core/strbuf.h"
#include "ipc/report.h"
#include "rules/judge.h"
#include "rules/ruleset.h"
#include "scan/scan.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>

static const char usage[] =
    "usage: postern explain [options] [FILE | -]\n"
    "\n"
    "Scans one message and says why it has its score: of each rule that hit what matched and where "
    "it\n"
    "stands, of metas what they are made of, of eval rules what they say; of a rule that did not "
    "hit, why.\n"
    "- is standard input (the default).\n"
    "\n"
    "  --rule NAME        only this rule, whether it hit or not; may be repeated\n"
    "  --subrules         the sub-rules (__NAME) that hit too, not their names only\n"
    "  --json             one JSON object (see postern(1)), with sub-rules\n";

static const char usage_end[] =
    "  -h, --help\n"
    "\n"
    "Exit status: 0 explained, 1 the message could not be read, 64 wrong usage, 78 no rules.\n";

enum { MAX_ASKED = 256, LINE_WIDTH = 100 };

struct options {
	struct scan_rules rules;
	bool json, subrules;
	const char *asked[MAX_ASKED];
	size_t asked_count;
};

enum { OPT_RULE = 256, OPT_SUBRULES, OPT_JSON };

static const struct option long_options[] = {
	{ "rule", required_argument, NULL, OPT_RULE },
	{ "subrules", no_argument, NULL, OPT_SUBRULES },
	{ "json", no_argument, NULL, OPT_JSON },
	SCAN_RULES_OPTIONS,
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

static int bad_usage(const char *why)
{
	if (why)
		fprintf(stderr, "postern explain: %s\n", why);
	fprintf(stderr, "Try 'postern explain --help'.\n");
	return EX_USAGE;
}

/* 0, or an exit status; -1 for --help. */
static int take_option(int c, struct options *o)
{
	int taken = scan_rules_take(&o->rules, c, optarg);

	if (taken)
		return taken < 0 ? bad_usage("too many --cf") : 0;
	switch (c) {
	case OPT_RULE:
		if (o->asked_count == MAX_ASKED)
			return bad_usage("too many --rule");
		o->asked[o->asked_count++] = optarg;
		return 0;
	case OPT_SUBRULES: o->subrules = true; return 0;
	case OPT_JSON: o->json = true; return 0;
	case 'h': printf("%s%s%s", usage, scan_rules_usage, usage_end); return -1;
	default: return bad_usage(NULL);
	}
}

/* One scanned message, to be printed. */
struct explaining {
	const struct options *options;
	struct explain *explain;
	const struct report *report;
	const struct judgement *verdict;
	struct str name;
	struct arena *arena;
	struct strbuf *out;
};

static void add_rule(const struct explaining *e, struct str name)
{
	struct explanation x;

	strbuf_add_byte(e->out, '\n');
	explain_rule(e->explain, name, &x);
	explain_text(&x, e->out);
}

static void add_hits(const struct explaining *e, const struct report_hit *hits, size_t n)
{
	const struct report_hit **order = explain_order(hits, n, e->arena);

	for (size_t i = 0; i < n; i++)
		add_rule(e, order[i]->rule);
}

static void add_names(const struct explaining *e)
{
	const struct judgement *j = e->verdict;
	size_t column = 0;

	if (!j->subrule_count)
		return;
	strbuf_add_c(e->out, "\nSub-rules that hit (--subrules or --rule NAME explains them):");
	column = LINE_WIDTH;
	for (size_t i = 0; i < j->subrule_count; i++) {
		struct str name = j->subrules[i].rule;

		if (column + name.n + 1 > LINE_WIDTH) {
			strbuf_add_c(e->out, "\n   ");
			column = 3;
		}
		strbuf_printf(e->out, " %.*s", STR_FMT(name));
		column += name.n + 1;
	}
	strbuf_add_byte(e->out, '\n');
}

static void print_text(const struct explaining *e)
{
	const struct options *o = e->options;

	scan_output_verdict(e->out, e->name, e->report);
	scan_output_limits(e->out, e->report);
	for (size_t i = 0; i < o->asked_count; i++)
		add_rule(e, str_of(o->asked[i]));
	if (o->asked_count)
		return;
	add_hits(e, e->verdict->hits, e->verdict->hit_count);
	if (o->subrules)
		add_hits(e, e->verdict->subrules, e->verdict->subrule_count);
	else
		add_names(e);
}

static json_t *rule_value(const struct explaining *e, struct str name)
{
	struct explanation x;

	explain_rule(e->explain, name, &x);
	return explain_json(&x);
}

static json_t *hits_value(const struct explaining *e, const struct report_hit *hits, size_t n)
{
	const struct report_hit **order = explain_order(hits, n, e->arena);
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(list, rule_value(e, order[i]->rule));
	return list;
}

static json_t *over_value(const struct report *r)
{
	json_t *list = json_array();

	for (unsigned k = 0; k < BUDGET_STOPPED; k++)
		if (r->over_budget & 1u << k)
			json_array_append_new(list, json_string(budget_kind_name(k)));
	return list;
}

static void print_json(const struct explaining *e)
{
	const struct judgement *j = e->verdict;
	const struct options *o = e->options;
	bool all = !o->asked_count;
	json_t *v = json_object(), *asked = json_array();
	char *text;

	for (size_t i = 0; i < o->asked_count; i++)
		json_array_append_new(asked, rule_value(e, str_of(o->asked[i])));
	json_object_set_new(v, "path", json_text(e->name));
	json_object_set_new(v, "spam", json_boolean(e->report->score >= e->report->required));
	json_object_set_new(v, "score", json_real(e->report->score));
	json_object_set_new(v, "required", json_real(e->report->required));
	json_object_set_new(v, "stopped", json_boolean(e->report->flags & REPORT_STOPPED));
	json_object_set_new(v, "over_budget", over_value(e->report));
	json_object_set_new(v, "rules", hits_value(e, j->hits, all ? j->hit_count : 0));
	json_object_set_new(v, "subrules", hits_value(e, j->subrules, all ? j->subrule_count : 0));
	json_object_set_new(v, "asked", asked);
	/* printable ASCII only: what a message holds can do nothing to a terminal */
	text = json_dumps(v, JSON_COMPACT | JSON_ENSURE_ASCII | JSON_REAL_PRECISION(6));
	json_decref(v);
	for (const char *p = text; *p; p++) {
		if (*p == 0x7f)
			strbuf_add_c(e->out, "\\u007f");
		else
			strbuf_add_byte(e->out, *p);
	}
	strbuf_add_byte(e->out, '\n');
	free(text);
}

static void explain_message(const struct options *o, const struct ruleset *rules, struct scan *s,
			    struct str name, struct str raw)
{
	struct strbuf out;
	struct explaining e = { .options = o,
				.report = scan_report(s),
				.verdict = scan_judgement(s),
				.name = name,
				.arena = arena_new(),
				.out = &out };
	struct explain_input in = {
		.rules = rules, .match = scan_match(s), .verdict = e.verdict, .raw = raw
	};

	strbuf_init(&out, 0);
	e.explain = explain_new(&in, e.arena);
	if (o->json)
		print_json(&e);
	else
		print_text(&e);
	fwrite(out.p, 1, out.n, stdout);
	strbuf_done(&out);
	arena_free(e.arena);
}

/* An exit status. */
static int run(const struct options *o, const struct scan_inputs *in, struct arena *a)
{
	const struct scan_input *input = VEC_AT(&in->list, struct scan_input, 0);
	struct ruleset *rules = NULL;
	struct scan_runner *runner = NULL;
	struct err e = ERR_INIT;
	int status = EX_CONFIG;
	struct scan *s;
	struct str raw;

	if (scan_rules_load(&o->rules, a, &rules) < 0)
		goto out;
	status = 1;
	if (scan_input_read(in, 0, a, &raw, &e) < 0)
		goto out;
	status = EX_SOFTWARE;
	runner = scan_runner_new(rules, o->rules.net, false, &e);
	if (!runner)
		goto out;
	s = scan_runner_run(runner, raw);
	explain_message(o, rules, s, input->name, raw);
	scan_free(s);
	status = 0;
out:
	if (status && status != EX_CONFIG)
		fprintf(stderr, "postern: %s\n", e.text);
	scan_runner_free(runner);
	ruleset_free(rules);
	return status;
}

int cli_explain(int argc, char **argv)
{
	struct options o = { 0 };
	struct scan_inputs in;
	struct arena *a;
	int c, status;

	scan_rules_init(&o.rules);
	while ((c = getopt_long(argc, argv, "vh", long_options, NULL)) != -1) {
		status = take_option(c, &o);
		if (status)
			return status < 0 ? 0 : status;
	}
	if (argc - optind > 1)
		return bad_usage("one message at a time");
	a = arena_new();
	scan_inputs_init(&in, a);
	scan_inputs_add(&in, optind < argc ? argv[optind] : "-");
	if (in.unreadable)
		status = 1;
	else if (in.list.n != 1)
		status = bad_usage("one message: not a folder, nor an mbox of several");
	else
		status = run(&o, &in, a);
	arena_free(a);
	return status;
}
