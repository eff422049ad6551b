/* SPDX-License-Identifier: BSD-2-Clause */
/* posternd's command line. */
#pragma once

#include "core/err.h"
#include "core/str.h"
#include "proc/plan.h"

#include <stddef.h>

enum verb {
	VERB_FOREGROUND = 0,
	VERB_DEBUG,
	VERB_START,
	VERB_STOP,
	VERB_RELOAD,
	VERB_TEST_CONFIG,
	VERB_DEBUG_VERB,
	VERB_HELP,
	VERB_VERSION,
	VERB_COUNT
};

struct options {
	enum verb verb;
	struct str files[PLAN_MAX_FILES]; /* -c, in order */
	size_t file_count;
	struct str argument; /* of debug-verb */
};

/* argv stays the caller's and outlives the options. */
int options_parse(int argc, char **argv, struct options *ret, struct err *e);
/* What --help prints. */
extern const char options_help[];
