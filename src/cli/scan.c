/* SPDX-License-Identifier: BSD-2-Clause */
/* `postern scan`: verdicts on messages in files. */
#include "cli/cli.h"
#include "cli/scan_rules.h"
#include "cli/scan_work.h"
#include "core/arena.h"
#include "core/num.h"
#include "rules/ruleset.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

static const char usage[] =
    "usage: postern scan [options] [FILE | FOLDER | - ]...\n"
    "\n"
    "Scans messages with SpamAssassin's rules and prints a verdict on each. A file is one message; "
    "a folder\n"
    "stands for all files in it, a Maildir for its new and cur messages; - is standard input (the "
    "default).\n"
    "\n"
    "  --tsv              path, score, rules, sub-rules: one line a message, TAB between; what "
    "one\n"
    "                     SpamAssassin process says of all of them, which keeps the first tags "
    "for\n"
    "                     patterns with %{TAG}\n"
    "  --alone            with --tsv: what it says of each message alone, as everywhere else\n"
    "  --json             one JSON object a line\n"
    "  --report           SpamAssassin's report of each message, after the rule files' template\n"
    "  --mbox             files are mboxes (so are names that end in .mbox without it)\n"
    "  --files-from LIST  paths, one a line, from LIST (-: standard input, as the lines come)\n"
    "  --jobs N           scan with N processes (1); output stays in input order\n"
    "  --stats            as the last line on standard error: messages, bytes, CPU seconds, "
    "seconds\n";

static const char usage_end[] =
    "  -h, --help\n"
    "\n"
    "Exit status: 0 all messages scanned, 1 some could not be read, 64 wrong usage,\n"
    "74 standard output cannot be written, 78 no rules.\n";

struct options {
	enum scan_format format;
	bool mbox, stats, alone;
	const char *files_from;
	struct scan_rules rules;
	unsigned jobs;
};

enum {
	OPT_TSV = 256,
	OPT_JSON,
	OPT_REPORT,
	OPT_MBOX,
	OPT_FILES,
	OPT_JOBS,
	OPT_STATS,
	OPT_ALONE,
	OPT_UNGATED, /* for tests: not told of */
};

static const struct option long_options[] = {
	{ "tsv", no_argument, NULL, OPT_TSV },
	{ "json", no_argument, NULL, OPT_JSON },
	{ "report", no_argument, NULL, OPT_REPORT },
	{ "mbox", no_argument, NULL, OPT_MBOX },
	{ "files-from", required_argument, NULL, OPT_FILES },
	{ "jobs", required_argument, NULL, OPT_JOBS },
	{ "stats", no_argument, NULL, OPT_STATS },
	{ "alone", no_argument, NULL, OPT_ALONE },
	{ "ungated", no_argument, NULL, OPT_UNGATED },
	SCAN_RULES_OPTIONS,
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

static int bad_usage(const char *why)
{
	if (why)
		fprintf(stderr, "postern scan: %s\n", why);
	fprintf(stderr, "Try 'postern scan --help'.\n");
	return EX_USAGE;
}

/* 0, or an exit status; -1 for --help. */
static int take_option(int c, struct options *o)
{
	int taken = scan_rules_take(&o->rules, c, optarg);
	uint64_t n;

	if (taken)
		return taken < 0 ? bad_usage("too many --cf") : 0;
	switch (c) {
	case OPT_TSV: o->format = SCAN_FORMAT_TSV; return 0;
	case OPT_JSON: o->format = SCAN_FORMAT_JSON; return 0;
	case OPT_REPORT: o->format = SCAN_FORMAT_REPORT; return 0;
	case OPT_MBOX: o->mbox = true; return 0;
	case OPT_FILES: o->files_from = optarg; return 0;
	case OPT_STATS: o->stats = true; return 0;
	case OPT_ALONE: o->alone = true; return 0;
	case OPT_UNGATED: o->rules.ungated = true; return 0;
	case OPT_JOBS:
		if (!num_parse_u64(str_of(optarg), 10, 1024, &n) || !n)
			return bad_usage("--jobs takes a number from 1 to 1024");
		o->jobs = (unsigned)n;
		return 0;
	case 'h': printf("%s%s%s", usage, scan_rules_usage, usage_end); return -1;
	default: return bad_usage(NULL);
	}
}

static int collect(const struct options *o, int argc, char **argv, struct scan_inputs *in)
{
	struct err e = ERR_INIT;

	if (!argc && o->jobs == 1 && o->files_from && strcmp(o->files_from, "-") == 0) {
		scan_inputs_follow_stdin(in);
		return 0;
	}
	if (o->files_from && scan_inputs_add_list(in, o->files_from, &e) < 0) {
		fprintf(stderr, "postern: %s\n", e.text);
		return -1;
	}
	for (int i = 0; i < argc; i++)
		scan_inputs_add(in, argv[i]);
	if (!argc && !o->files_from)
		scan_inputs_add(in, "-");
	return 0;
}

static int scan_all(const struct options *o, struct scan_inputs *in, const struct ruleset *rules)
{
	struct scan_work w = { .inputs = in,
			       .rules = rules,
			       .format = o->format,
			       .net = o->rules.net,
			       .jobs = o->jobs,
			       .alone = o->alone || o->format != SCAN_FORMAT_TSV,
			       .progress =
				   isatty(STDERR_FILENO) && !isatty(STDOUT_FILENO) && !in->lines };
	struct scan_totals t;
	struct err e = ERR_INIT;
	int r = scan_work_run(&w, &t, &e);

	if (r < 0)
		fprintf(stderr, "postern: %s\n", e.text);
	if (o->stats)
		fprintf(stderr, "%llu messages, %llu bytes, %.2f cpu-seconds, %.2f seconds\n",
			(unsigned long long)t.messages, (unsigned long long)t.bytes, t.cpu_seconds,
			t.seconds);
	return r < 0 ? EX_SOFTWARE : t.failed || in->unreadable ? 1 : 0;
}

int cli_scan(int argc, char **argv)
{
	struct options o = { .jobs = 1 };
	struct ruleset *rules = NULL;
	struct scan_inputs in;
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
	status = EX_NOINPUT;
	if (collect(&o, argc - optind, argv + optind, &in) < 0)
		goto out;
	status = EX_CONFIG;
	if (scan_rules_load(&o.rules, a, &rules) < 0)
		goto out;
	status = scan_all(&o, &in, rules);
out:
	ruleset_free(rules);
	arena_free(a);
	return status;
}
