/* SPDX-License-Identifier: BSD-2-Clause */
/* The rules that the settings name, read and compiled: the loader's work, and test-config's. */
#pragma once

#include <stdbool.h>

struct conf;
struct conf_diags;
struct log;
struct ruleset;

/*
 * *ret is NULL, and that is no failure, where the settings switch all spam checks off. What is wrong in the
 * rule files is told to diags as warnings (a rule that cannot be read is left out, as in SpamAssassin);
 * counts, and what has no effect yet, go to the log. -1, and an error in diags: files cannot be read, or
 * there are no rules at all. cache_dir: see rules_cache_dir(); NULL: nothing is taken from there or kept.
 */
int rules_load(const struct conf *c, const char *cache_dir, const struct log *log,
	       struct conf_diags *diags, struct ruleset **ret);
/* $postern_cache_dir, made where it is not there; NULL: there is none, which the log says why. */
const char *rules_cache_dir(const struct conf *c, const struct log *log);
/* Network checks may ask: not $sa_local_tests_only. */
bool rules_use_net(const struct conf *c);
