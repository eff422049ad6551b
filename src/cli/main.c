/* SPDX-License-Identifier: BSD-2-Clause */
/* postern: the command line. One file per command; this one finds it. */
#include "cli/cli.h"
#include "cli/double.h"
#include "core/hash.h"
#include "core/xalloc.h"
#include "mime/charset.h"

#include <errno.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>

static const struct command {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *what;
} commands[] = {
	{ "scan", cli_scan, "verdicts on messages in files" },
	{ "explain", cli_explain, "why a message has its score, rule by rule" },
	{ "profile", cli_profile, "what scanning costs, by stage and by rule" },
	{ "lint", cli_lint, "what is wrong with rule files" },
	{ "send", cli_send, "hands a message to a mail server, to try a filter out" },
	{ "config", cli_config, "effective settings, with the place that set each" },
	{ "test-config", cli_test_config, "checks the configuration files" },
};

static void print_usage(FILE *f)
{
	fputs("usage: postern COMMAND [options]\n\n", f);
	for (size_t i = 0; i < ELEMENTS(commands); i++)
		fprintf(f, "  %-12s %s\n", commands[i].name, commands[i].what);
	fputs("\n'postern COMMAND --help' says more. The daemon is posternd.\n", f);
}

/* What could not be told was not done. */
static int with_output(int status)
{
	if (fflush(stdout) != EOF && !ferror(stdout))
		return status;
	fprintf(stderr, "postern: standard output cannot be written: %s\n", strerror(errno));
	return EX_IOERR;
}

int main(int argc, char **argv)
{
	setlocale(LC_CTYPE, "C.UTF-8");
	tzset();
	hash_seed();
	charset_init();
	if (argc && double_find(argv[0]))
		return double_find(argv[0])(argc, argv);
	if (argc < 2) {
		print_usage(stderr);
		return EX_USAGE;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
	    strcmp(argv[1], "help") == 0) {
		print_usage(stdout);
		return with_output(0);
	}
	if (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "version") == 0) {
		puts("postern " POSTERN_VERSION);
		return with_output(0);
	}
	for (size_t i = 0; i < ELEMENTS(commands); i++)
		if (strcmp(argv[1], commands[i].name) == 0)
			return with_output(commands[i].run(argc - 1, argv + 1));
	fprintf(stderr, "postern: no such command: %s\n", argv[1]);
	print_usage(stderr);
	return EX_USAGE;
}
