/* SPDX-License-Identifier: BSD-2-Clause */
/* `postern profile`: what scanning costs, by stage and by rule, so that a site finds its own slow rules. */
#include "cli/profile.h"

#include "cli/cli.h"
#include "cli/scan_input.h"
#include "cli/scan_one.h"
#include "cli/scan_rules.h"
#include "core/arena.h"
#include "core/clock.h"
#include "core/map.h"
#include "core/num.h"
#include "core/strbuf.h"
#include "core/vec.h"
#include "scan/scan.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

static const char usage[] =
    "usage: postern profile [options] [FILE | FOLDER | - ]...\n"
    "\n"
    "Scans messages as 'postern scan' does, one after another, and says where the time goes: each "
    "stage,\n"
    "the dearest rules with how often each was run, over how many bytes, and how often it hit, and "
    "the\n"
    "dearest eval functions. Times are the clock's: other work on the machine is in them. Counts "
    "are the\n"
    "same each time. Rules over a field or URIs that one read tells of together have no run of "
    "their own:\n"
    "that read is part of its stage.\n"
    "\n"
    "  --top N            so many lines of each table (25)\n"
    "  --all              all rules that were run at all\n"
    "  --sort KEY         by time (the default), runs, bytes or hits\n"
    "  --json             one JSON object (see postern(1))\n"
    "  --mbox             files are mboxes (so are names that end in .mbox without it)\n"
    "  --files-from LIST  paths, one a line, from LIST (-: standard input)\n";

static const char usage_end[] =
    "  -h, --help\n"
    "\n"
    "Exit status: 0 all messages scanned, 1 some could not be read, 64 wrong usage, 78 no rules.\n";

enum { DEFAULT_TOP = 25, MAX_TOP = 1000000, CLOCK_LOOKS = 1000 };

enum sort_key { SORT_TIME = 0, SORT_RUNS, SORT_BYTES, SORT_HITS, SORT_KEY_COUNT };

static const char *const sort_names[] = { "time", "runs", "bytes", "hits" };
_Static_assert(ELEMENTS(sort_names) == SORT_KEY_COUNT, "a name each");

struct options {
	struct scan_rules rules;
	size_t top; /* 0: all */
	enum sort_key sort;
	bool json, mbox;
	const char *files_from;
};

enum { OPT_TOP = 256, OPT_ALL, OPT_SORT, OPT_JSON, OPT_MBOX, OPT_FILES };

static const struct option long_options[] = {
	{ "top", required_argument, NULL, OPT_TOP },
	{ "all", no_argument, NULL, OPT_ALL },
	{ "sort", required_argument, NULL, OPT_SORT },
	{ "json", no_argument, NULL, OPT_JSON },
	{ "mbox", no_argument, NULL, OPT_MBOX },
	{ "files-from", required_argument, NULL, OPT_FILES },
	SCAN_RULES_OPTIONS,
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

static int bad_usage(const char *why)
{
	if (why)
		fprintf(stderr, "postern profile: %s\n", why);
	fprintf(stderr, "Try 'postern profile --help'.\n");
	return EX_USAGE;
}

static int take_sort(struct options *o, const char *key)
{
	for (unsigned i = 0; i < SORT_KEY_COUNT; i++)
		if (strcmp(key, sort_names[i]) == 0) {
			o->sort = (enum sort_key)i;
			return 0;
		}
	return bad_usage("--sort takes time, runs, bytes or hits");
}

/* 0, or an exit status; -1 for --help. */
static int take_option(int c, struct options *o)
{
	int taken = scan_rules_take(&o->rules, c, optarg);
	uint64_t n;

	if (taken)
		return taken < 0 ? bad_usage("too many --cf") : 0;
	switch (c) {
	case OPT_TOP:
		if (!num_parse_u64(str_of(optarg), 10, MAX_TOP, &n) || !n)
			return bad_usage("--top takes a number from 1 on");
		o->top = (size_t)n;
		return 0;
	case OPT_ALL: o->top = 0; return 0;
	case OPT_SORT: return take_sort(o, optarg);
	case OPT_JSON: o->json = true; return 0;
	case OPT_MBOX: o->mbox = true; return 0;
	case OPT_FILES: o->files_from = optarg; return 0;
	case 'h': printf("%s%s%s", usage, scan_rules_usage, usage_end); return -1;
	default: return bad_usage(NULL);
	}
}

static uint64_t now(void *ctx)
{
	(void)ctx;
	return clock_mono_ns();
}

static uint64_t clock_cost(void)
{
	uint64_t began = clock_mono_ns();

	for (int i = 0; i < CLOCK_LOOKS; i++)
		clock_mono_ns();
	return (clock_mono_ns() - began) / CLOCK_LOOKS;
}

static uint64_t key_of(const struct rule_cost *c, enum sort_key key)
{
	const uint64_t values[SORT_KEY_COUNT] = { c->ns, c->runs, c->bytes, c->hits };

	return values[key];
}

static int compare(uint64_t x, uint64_t y, struct str a, struct str b)
{
	return x < y ? 1 : x > y ? -1 : str_cmp(a, b);
}

static int compare_rules(const void *a, const void *b)
{
	const struct profile_rule *x = a, *y = b;

	return compare(x->key, y->key, x->info.name, y->info.name);
}

static int compare_evals(const void *a, const void *b)
{
	const struct profile_eval *x = a, *y = b;

	return compare(x->key, y->key, x->function, y->function);
}

/* "check_for_x('y')" is of check_for_x; none: no eval rule. */
static struct str function_of(const struct rule_info *r)
{
	struct str s = str_trim(r->definition, " \t");

	switch (r->type) {
	case RULE_HEADER_EVAL:
	case RULE_BODY_EVAL:
	case RULE_RAWBODY_EVAL:
	case RULE_FULL_EVAL:
	case RULE_RBL_EVAL: return str_trim(str_sub(s, 0, str_chr(s, '(')), " \t");
	default: return STR_NONE;
	}
}

static void add_eval(struct vec *evals, struct map *index, const struct profile_rule *r)
{
	struct str name = function_of(&r->info);
	struct profile_eval *e;
	size_t at;

	if (str_is_none(name))
		return;
	at = (size_t)map_get(index, name);
	if (!at) {
		e = vec_must_push(evals);
		*e = (struct profile_eval){ .function = name };
		at = evals->n;
		map_put(index, name, (void *)at); // NOLINT(performance-no-int-to-ptr)
	}
	e = VEC_AT(evals, struct profile_eval, at - 1);
	e->rules++;
	e->cost.runs += r->cost.runs;
	e->cost.ns += r->cost.ns;
	e->cost.hits += r->cost.hits;
	e->cost.messages += r->cost.messages;
}

/* What the costs say, as tables. */
static void tabulate(struct profile *p, const struct ruleset *rs, const struct rule_costs *costs,
		     enum sort_key key, struct arena *a)
{
	struct vec rules, evals;
	struct map index;

	vec_init(&rules, a, sizeof(struct profile_rule), 0);
	vec_init(&evals, a, sizeof(struct profile_eval), 0);
	map_init(&index, a, false);
	for (size_t i = 0; i < ruleset_rule_count(rs); i++) {
		struct profile_rule r = { .cost = *rule_costs_get(costs, i) };

		if (!r.cost.runs && !r.cost.hits && !r.cost.ns)
			continue;
		ruleset_rule(rs, i, &r.info);
		r.key = key_of(&r.cost, key);
		*(struct profile_rule *)vec_must_push(&rules) = r;
		add_eval(&evals, &index, &r);
	}
	VEC_EACH (&evals, struct profile_eval, it)
		it->key = key_of(&it->cost, key);
	if (rules.n)
		qsort(rules.data, rules.n, sizeof(struct profile_rule), compare_rules);
	if (evals.n)
		qsort(evals.data, evals.n, sizeof(struct profile_eval), compare_evals);
	p->rules = rules.data;
	p->rule_count = rules.n;
	p->evals = evals.data;
	p->eval_count = evals.n;
	for (size_t i = 0; i < p->watch.stage_count; i++)
		p->ns += p->watch.stage[i].ns;
}

static void add_scan(struct profile *p, struct rule_costs *costs, const struct scan *s,
		     size_t bytes)
{
	if (scan_hits(s))
		rule_costs_add_hits(costs, scan_hits(s));
	p->messages++;
	p->bytes += bytes;
	p->steps += scan_steps(s);
}

/* n messages from the i-th on. Returns how many could be read. */
static size_t scan_some(const struct scan_inputs *in, size_t i, size_t n,
			struct scan_runner *runner, struct rule_costs *costs, struct profile *p)
{
	struct arena *a = arena_new();
	struct str raw[SCAN_TOGETHER];
	struct scan *scans[SCAN_TOGETHER];
	size_t count = 0;

	for (size_t k = 0; k < n; k++) {
		struct err e = ERR_INIT;

		if (scan_input_read(in, i + k, a, &raw[count], &e) == 0)
			count++;
		else
			fprintf(stderr, "postern: %s\n", e.text);
	}
	scan_runner_begin(runner, raw, count, scans);
	for (size_t k = 0; k < count; k++) {
		scan_runner_end(runner, scans[k]);
		add_scan(p, costs, scans[k], raw[k].n);
		scan_free(scans[k]);
	}
	arena_free(a);
	return count;
}

/* False: some could not be read. */
static bool scan_all(struct scan_inputs *in, struct scan_runner *runner, struct rule_costs *costs,
		     struct profile *p)
{
	bool all = !in->unreadable;

	for (size_t i = 0, n; i < in->list.n; i += n) {
		n = scan_inputs_together(in, i, SCAN_TOGETHER);
		all &= scan_some(in, i, n, runner, costs, p) == n;
	}
	return all;
}

static void print(const struct options *o, const struct profile *p)
{
	struct strbuf out;

	strbuf_init(&out, 0);
	if (o->json)
		profile_json(p, o->top, &out);
	else
		profile_text(p, o->top, &out);
	fwrite(out.p, 1, out.n, stdout);
	strbuf_done(&out);
}

/* An exit status. */
static int run(const struct options *o, struct scan_inputs *in, struct arena *a)
{
	struct ruleset *rules = NULL;
	struct scan_runner *runner;
	struct rule_costs *costs;
	struct profile p = { .clock_ns = clock_cost() };
	struct err e = ERR_INIT;
	int status;

	if (scan_rules_load(&o->rules, a, &rules) < 0)
		return EX_CONFIG;
	runner = scan_runner_new(rules, o->rules.net, false, &e);
	if (!runner) {
		fprintf(stderr, "postern: %s\n", e.text);
		ruleset_free(rules);
		return EX_SOFTWARE;
	}
	stopwatch_init(&p.watch, now, NULL);
	costs = rule_costs_new(rules, &p.watch, a);
	scan_runner_watch(runner, &p.watch, costs);
	status = scan_all(in, runner, costs, &p) ? 0 : 1;
	tabulate(&p, rules, costs, o->sort, a);
	print(o, &p);
	scan_runner_free(runner);
	ruleset_free(rules);
	return status;
}

int cli_profile(int argc, char **argv)
{
	struct options o = { .top = DEFAULT_TOP };
	struct scan_inputs in;
	struct err e = ERR_INIT;
	struct arena *a;
	int c, status;

	scan_rules_init(&o.rules);
	while ((c = getopt_long(argc, argv, "vh", long_options, NULL)) != -1) {
		status = take_option(c, &o);
		if (status)
			return status < 0 ? 0 : status;
	}
	a = arena_new();
	scan_inputs_init(&in, a);
	in.format = o.mbox ? MAILBOX_MBOX : MAILBOX_NONE;
	for (int i = optind; i < argc; i++)
		scan_inputs_add(&in, argv[i]);
	if (optind == argc && !o.files_from)
		scan_inputs_add(&in, "-");
	if (o.files_from && scan_inputs_add_list(&in, o.files_from, &e) < 0) {
		fprintf(stderr, "postern: %s\n", e.text);
		status = EX_NOINPUT;
	} else {
		status = run(&o, &in, a);
	}
	arena_free(a);
	return status;
}
