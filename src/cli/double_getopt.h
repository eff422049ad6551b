/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Options as SpamAssassin's programs read them (Getopt::Long with bundling, no abbreviations, case
 * sensitive): "-tL", "-pFILE", "-p FILE", "--prefspath=FILE", "--prefspath FILE"; options and operands may
 * be mixed; "--" ends the options. An optional argument is the next word unless that begins with "-" (of a
 * number: unless it is none), which getopt_long(3) cannot do: "-D dns", "-D -L".
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum double_arg {
	DOUBLE_NO_ARG = 0,
	DOUBLE_NEGATABLE, /* --name, --noname, --no-name */
	DOUBLE_ARG,
	DOUBLE_ARG_MAYBE,    /* else "" */
	DOUBLE_NUMBER_MAYBE, /* else "0" */
};

struct double_opt {
	const char *names; /* "report r": all of them, apart by blanks; a letter alone is "-r" */
	enum double_arg arg;
	int id; /* > 0 */
};

struct double_getopt {
	const struct double_opt *opts; /* ends with names NULL */
	int argc;
	char **argv;
	int at;             /* the next word */
	const char *bundle; /* what is left of "-xyz" */
	bool ended;         /* behind "--" */
	int operands;       /* words that are no options; they are moved to the front of argv */
};

enum { DOUBLE_OPT_END = 0, DOUBLE_OPT_BAD = -1 };

struct double_opt_found {
	const char *name; /* the table's names */
	const char *arg;  /* NULL: it takes none */
	bool negated;
};

/* argv[0] is not looked at. */
void double_getopt_init(struct double_getopt *g, const struct double_opt *opts, int argc,
			char **argv);
/* The next option's id; DOUBLE_OPT_BAD: it was no good, and said so on standard error: go on. */
int double_getopt_next(struct double_getopt *g, struct double_opt_found *ret);
/* After DOUBLE_OPT_END: the words that were no options. */
char **double_getopt_operands(const struct double_getopt *g, int *ret_n);
