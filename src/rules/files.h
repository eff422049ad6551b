/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Finds and reads the files of a rule set, as SpamAssassin does: the *.pre of the site folder, *.pre and
 * *.cf of the rules folder, *.cf of the site folder, user preferences, extra lines. The only I/O of
 * rules/: for the loader and the command line, never in the cage.
 */
#pragma once

#include "core/err.h"
#include "core/str.h"
#include "rules/ruleset.h"

struct arena;

/* Each path NULL: the default places (below). A path may name a folder or one file. */
struct rules_paths {
	const char *rules;      /* --rules: else the first of RULES_DIRS that is there */
	const char *site;       /* --site: else the first of SITE_DIRS */
	const char *user_prefs; /* none by default */
	bool restricted;        /* user_prefs as a server reads it: last of all, restricted */
	const char *const *pre; /* extra lines in front of everything; NULL-ended or NULL */
	const char *const *cf;  /* --cf: extra lines behind everything; NULL-ended or NULL */
};

/*
 * /var/lib/spamassassin/4.000001, /usr/share/spamassassin, /usr/local/share/spamassassin; site:
 * /etc/spamassassin, /etc/mail/spamassassin. A missing folder or file is silently nothing; an
 * unreadable one is an error with its path. source->include, read and open_geo read files too; they live as
 * long as `a`.
 */
int rules_files_read(const struct rules_paths *paths, struct arena *a, struct rules_source *ret,
		     struct err *e);
/* The folder (or file) of rules that is read; NULL when none of the default places is there. */
const char *rules_files_folder(const struct rules_paths *paths);
/* The same of the site's configuration. */
const char *rules_files_site(const struct rules_paths *paths);
