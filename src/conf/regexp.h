/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * qr/.../ of a configuration as PCRE2 compiles it. The one place where that happens: loading a
 * configuration compiles every regexp in it for its errors, so that they are all told at once, at their
 * places, whether something uses the setting yet or not; who uses one compiles it again for itself.
 */
#pragma once

struct arena;
struct conf;
struct conf_diags;
struct conf_value;

/* re: CONF_REGEXP. A pcre2_code that is freed with the arena; NULL, and an error at its place, where it is none. */
void *conf_regexp_compile(struct arena *a, const struct conf_value *re, struct conf_diags *diags);
/* All that the files have set, at any depth: tables, scanners, policy banks, variables of their own. */
void conf_check_regexps(const struct conf *c, struct conf_diags *diags);
