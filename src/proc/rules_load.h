/* SPDX-License-Identifier: BSD-2-Clause */
/* The rules that the settings name, read and compiled: the loader's work, and test-config's. */
#pragma once

#include "core/err.h"

#include <stdbool.h>

struct conf;
struct log;
struct ruleset;

/*
 * *ret is NULL, and that is no failure, where the settings switch all spam checks off. Findings in the
 * rule files go to the log: errors of them at level 0, what has no effect at level 2. -1: files cannot be
 * read, or there are no rules at all.
 */
int rules_load(const struct conf *c, const struct log *log, struct ruleset **ret, struct err *e);
/* Network checks may ask: not $sa_local_tests_only. */
bool rules_use_net(const struct conf *c);
