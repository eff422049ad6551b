/* SPDX-License-Identifier: BSD-2-Clause */
/* The rule set of a double: files found and read as SpamAssassin does, what is wrong with them said as it does. */
#pragma once

#include "rules/ruleset.h"

struct arena;
struct double_log;
struct double_options;

/*
 * 0 and the rule set, the caller's; else an exit status, and what was wrong has been said. In between: user
 * preferences are created from SpamAssassin's template where they are missing and nothing forbids it.
 */
int double_rules_load(const struct double_options *o, const struct double_log *log, struct arena *a,
		      struct ruleset **ret);
/* What LANGUAGE, LC_ALL, LC_MESSAGES or LANG say, for `lang` lines. */
struct str double_rules_locale(void);
