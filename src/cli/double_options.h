/* SPDX-License-Identifier: BSD-2-Clause */
/* The options of `spamassassin`, as its release 4.0.1 has them. */
#pragma once

#include "cli/scan_mailbox.h"

#include <stdbool.h>

enum { DOUBLE_MAX_LINES = 1024 };

struct double_options {
	bool local, net, lint, test_mode, remove_markup, report, revoke, progress, no_prefs;
	enum mailbox_format format; /* --mbox, --mbx */
	bool has_exit_code;
	int exit_code;          /* -e: of the process when there was spam */
	const char *debug;      /* -D's areas, "" for all; NULL: none */
	const char *config;     /* -C: rules */
	const char *site;       /* --siteconfigpath */
	const char *user_prefs; /* -p */
	const char *absent;     /* an option for AWL, which is not in this version; NULL: none */
	const char *pre[DOUBLE_MAX_LINES + 1]; /* --pre and --cf lines, NULL-ended */
	const char *cf[DOUBLE_MAX_LINES + 1];
	char **operands;
	int operand_count;
};

/* -1: go on; else the exit status: wrong usage, --help, --version. All has been said. */
int double_options_read(struct double_options *o, int argc, char **argv);
