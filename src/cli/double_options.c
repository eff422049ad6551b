/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli/double_options.h"

#include "cli/double_getopt.h"
#include "cli/double_log.h"
#include "core/num.h"

#include <stdio.h>
#include <sysexits.h>

static const char usage[] =
    "usage: spamassassin [options] [ < mailmessage | path ... ]\n"
    "       spamassassin -d|-r|-k [ < mailmessage | path ... ]\n"
    "\n"
    "  -L, --local                 only local tests: nobody is asked over the network\n"
    "  -t, --test-mode             print the report behind the message\n"
    "  -d, --remove-markup         take SpamAssassin's markup off\n"
    "  -r, --report                report as spam; -k, --revoke: take that back\n"
    "  -e, --exit-code[=N]         exit with N (5) when there was spam\n"
    "  -C DIR, --configpath=DIR    the rules' folder\n"
    "  --siteconfigpath=DIR        the site's folder (/etc/spamassassin)\n"
    "  -p FILE, --prefspath=FILE   user preferences (~/.spamassassin/user_prefs)\n"
    "  -x, --nocreate-prefs        do not create user preferences\n"
    "  --cf=LINE, --pre=LINE       a line of configuration behind, before all files\n"
    "  --lint                      check the rules: exit status 1 when something is wrong\n"
    "  --net                       with --lint: network tests too\n"
    "  --mbox, --mbx               the files are mailboxes, of these formats\n"
    "  --progress                  say how far it has come\n"
    "  -D, --debug [AREA,...]      say on standard error what is done\n"
    "  -u, --username=NAME         accepted; -4 and -6 too\n"
    "  -V, --version; -h, --help\n"
    "\n"
    "Not in this version of Postern (exit status 69): the networks and the learning of\n"
    "-r and -k; -W, -R, --add-to-*, --add-addr-to-*, --remove-from-*,\n"
    "--remove-addr-from-*.\n";

enum option_id {
	OPT_LOCAL = 1,
	OPT_NET,
	OPT_LINT,
	OPT_TEST_MODE,
	OPT_REMOVE_MARKUP,
	OPT_REPORT,
	OPT_REVOKE,
	OPT_PROGRESS,
	OPT_CREATE_PREFS,
	OPT_NO_PREFS,
	OPT_MBOX,
	OPT_MBX,
	OPT_EXIT_CODE,
	OPT_DEBUG,
	OPT_CONFIG,
	OPT_SITE,
	OPT_USER_PREFS,
	OPT_PRE,
	OPT_CF,
	OPT_HELP,
	OPT_VERSION,
	OPT_IGNORED,
	OPT_PIPE,
	OPT_STOP,
	OPT_LOG_TO_MBOX,
	OPT_GONE_F,
	OPT_GONE_ADD_FROM,
	OPT_GONE_W,
	OPT_GONE_M,
	OPT_ABSENT, /* from here on: what later versions bring */
	OPT_ABSENT_ARG,
};

static const struct double_opt options[] = {
	{ "local-only local L", DOUBLE_NO_ARG, OPT_LOCAL },
	{ "net", DOUBLE_NO_ARG, OPT_NET },
	{ "lint", DOUBLE_NO_ARG, OPT_LINT },
	{ "test-mode test t", DOUBLE_NO_ARG, OPT_TEST_MODE },
	{ "remove-markup despamassassinify d", DOUBLE_NO_ARG, OPT_REMOVE_MARKUP },
	{ "report r", DOUBLE_NO_ARG, OPT_REPORT },
	{ "revoke k", DOUBLE_NO_ARG, OPT_REVOKE },
	{ "progress", DOUBLE_NO_ARG, OPT_PROGRESS },
	{ "create-prefs", DOUBLE_NEGATABLE, OPT_CREATE_PREFS },
	{ "x", DOUBLE_NO_ARG, OPT_NO_PREFS },
	{ "mbox", DOUBLE_NO_ARG, OPT_MBOX },
	{ "mbx", DOUBLE_NO_ARG, OPT_MBX },
	{ "error-code exit-code e", DOUBLE_NUMBER_MAYBE, OPT_EXIT_CODE },
	{ "debug D", DOUBLE_ARG_MAYBE, OPT_DEBUG },
	{ "configpath config-file config-dir c C", DOUBLE_ARG, OPT_CONFIG },
	{ "siteconfigpath", DOUBLE_ARG, OPT_SITE },
	{ "prefspath prefs-file p", DOUBLE_ARG, OPT_USER_PREFS },
	{ "pre", DOUBLE_ARG, OPT_PRE },
	{ "cf", DOUBLE_ARG, OPT_CF },
	{ "help h ?", DOUBLE_NO_ARG, OPT_HELP },
	{ "version V", DOUBLE_NO_ARG, OPT_VERSION },
	{ "username u", DOUBLE_ARG, OPT_IGNORED },
	{ "4 ipv4only ipv4-only ipv4", DOUBLE_NO_ARG, OPT_IGNORED },
	{ "6", DOUBLE_NO_ARG, OPT_IGNORED },
	{ "pipe P", DOUBLE_NO_ARG, OPT_PIPE },
	{ "stop-at-threshold S", DOUBLE_NO_ARG, OPT_STOP },
	{ "log-to-mbox l", DOUBLE_ARG_MAYBE, OPT_LOG_TO_MBOX },
	{ "F", DOUBLE_NUMBER_MAYBE, OPT_GONE_F },
	{ "add-from", DOUBLE_NEGATABLE, OPT_GONE_ADD_FROM },
	{ "warning-from w", DOUBLE_ARG_MAYBE, OPT_GONE_W },
	{ "whitelist-factory M", DOUBLE_ARG_MAYBE, OPT_GONE_M },
	{ "add-to-welcomelist add-to-whitelist W", DOUBLE_NO_ARG, OPT_ABSENT },
	{ "add-to-blocklist add-to-blacklist", DOUBLE_NO_ARG, OPT_ABSENT },
	{ "remove-from-welcomelist remove-from-whitelist R", DOUBLE_NO_ARG, OPT_ABSENT },
	{ "add-addr-to-welcomelist add-addr-to-whitelist", DOUBLE_ARG, OPT_ABSENT_ARG },
	{ "add-addr-to-blocklist add-addr-to-blacklist", DOUBLE_ARG, OPT_ABSENT_ARG },
	{ "remove-addr-from-welcomelist remove-addr-from-whitelist", DOUBLE_ARG, OPT_ABSENT_ARG },
	{ NULL, DOUBLE_NO_ARG, 0 },
};

/* SpamAssassin's exit status for options it has removed. */
enum { EX_REMOVED = 2 };

static bool add_line(const char **lines, const char *line)
{
	size_t n = 0;

	while (lines[n])
		n++;
	if (n == DOUBLE_MAX_LINES)
		return false;
	lines[n] = line;
	return true;
}

static int removed(const char *option)
{
	double_warn("The %s option has been removed from spamassassin, please remove from your "
		    "commandline and re-run.",
		    option);
	return EX_REMOVED;
}

/* Old ones: those that do nothing are told of, those that did something end the program. */
static int take_old(int id)
{
	switch (id) {
	case OPT_PIPE:
		double_warn("The -P option is deprecated as 'pipe mode' is now the default "
			    "behavior, ignoring.");
		return -1;
	case OPT_STOP:
	case OPT_LOG_TO_MBOX:
		double_warn("The -%c option has been deprecated and is no longer supported, "
			    "ignoring.",
			    id == OPT_STOP ? 'S' : 'l');
		return -1;
	case OPT_GONE_F: return removed("-F");
	case OPT_GONE_ADD_FROM: return removed("--add-from");
	case OPT_GONE_W: return removed("-w");
	case OPT_GONE_M: return removed("-M");
	default: return -1;
	}
}

static void take_flag(struct double_options *o, int id, const struct double_opt_found *f)
{
	switch (id) {
	case OPT_LOCAL: o->local = true; break;
	case OPT_NET: o->net = true; break;
	case OPT_LINT: o->lint = true; break;
	case OPT_TEST_MODE: o->test_mode = true; break;
	case OPT_REMOVE_MARKUP: o->remove_markup = true; break;
	case OPT_REPORT: o->report = true; break;
	case OPT_REVOKE: o->revoke = true; break;
	case OPT_PROGRESS: o->progress = true; break;
	case OPT_CREATE_PREFS: o->no_prefs = f->negated; break;
	case OPT_NO_PREFS: o->no_prefs = true; break;
	case OPT_MBOX: o->format = MAILBOX_SA_MBOX; break;
	case OPT_MBX: o->format = MAILBOX_MBX; break;
	case OPT_DEBUG: o->debug = f->arg; break;
	case OPT_CONFIG: o->config = f->arg; break;
	case OPT_SITE: o->site = f->arg; break;
	case OPT_USER_PREFS: o->user_prefs = f->arg; break;
	default: break;
	}
}

static void take_exit_code(struct double_options *o, const char *arg)
{
	int64_t n = 0;

	num_parse_i64(str_of(arg), INT32_MIN, INT32_MAX, &n);
	o->has_exit_code = true;
	o->exit_code = n ? (int)n : 5;
}

static void print_version(void)
{
	puts("SpamAssassin version 4.0.1\n  as Postern " POSTERN_VERSION " does it, without Perl");
}

/* -1: go on. */
static int take_option(struct double_options *o, int id, const struct double_opt_found *f,
		       const char *word)
{
	if (id >= OPT_ABSENT) {
		o->absent = word;
		return -1;
	}
	switch (id) {
	case OPT_EXIT_CODE: take_exit_code(o, f->arg); return -1;
	case OPT_PRE:
	case OPT_CF:
		if (add_line(id == OPT_PRE ? o->pre : o->cf, f->arg))
			return -1;
		double_warn("more than %d lines of configuration", DOUBLE_MAX_LINES);
		return EX_USAGE;
	default: take_flag(o, id, f); return take_old(id);
	}
}

int double_options_read(struct double_options *o, int argc, char **argv)
{
	bool help = false, version = false, bad = false;
	struct double_opt_found found;
	struct double_getopt g;
	int id, status = -1;

	*o = (struct double_options){ 0 };
	double_getopt_init(&g, options, argc, argv);
	while (status < 0 && (id = double_getopt_next(&g, &found)) != DOUBLE_OPT_END) {
		if (id == DOUBLE_OPT_BAD)
			bad = true;
		else if (id == OPT_HELP)
			help = true;
		else if (id == OPT_VERSION)
			version = true;
		else
			status = take_option(o, id, &found, found.name);
	}
	o->operands = double_getopt_operands(&g, &o->operand_count);
	if (status >= 0)
		return status;
	if (bad) {
		fputs(usage, stderr);
		return EX_USAGE;
	}
	if (help || version)
		print_version();
	if (help)
		printf("\n%s", usage);
	return help || version ? EX_OK : -1;
}
