/* SPDX-License-Identifier: BSD-2-Clause */
/* Which of SpamAssassin's programs we were called as; those that are not there yet say so. */
#include "cli/double.h"

#include "core/xalloc.h"

#include <stdio.h>
#include <string.h>
#include <sysexits.h>

static const struct program {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *instead; /* of one that is absent */
} programs[] = {
	{ "spamassassin", double_spamassassin, NULL },
	{ "sa-learn", double_absent, "Postern does not learn yet" },
	{ "sa-awl", double_absent, "Postern keeps no list of senders' scores yet" },
	{ "spamd", double_absent, "the daemon is posternd; it speaks SMTP and LMTP" },
	{ "spamc", double_absent, "'postern send' hands a message to the daemon" },
	{ "sa-check_spamd", double_absent, "the daemon is posternd; 'postern send' tries it out" },
};

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static const struct program *find(const char *name)
{
	for (size_t i = 0; i < ELEMENTS(programs); i++)
		if (strcmp(base_name(name), programs[i].name) == 0)
			return &programs[i];
	return NULL;
}

int (*double_find(const char *name))(int, char **)
{
	const struct program *p = find(name);

	return p ? p->run : NULL;
}

int double_absent(int argc, char **argv)
{
	const struct program *p = find(argv[0]);

	(void)argc;
	fprintf(stderr, "%s: not in this version of Postern (%s): %s\n", base_name(argv[0]),
		POSTERN_VERSION, p->instead);
	return EX_UNAVAILABLE;
}
