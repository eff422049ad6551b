/* SPDX-License-Identifier: BSD-2-Clause */
/* For tests only: .cf text to a rule set, a message through matching and judging, outcomes as text. */
#pragma once

#include "rules/judge.h"
#include "rules/match.h"
#include "rules/ruleset.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

struct harness {
	struct ruleset *rs;
	struct arena *arena;
	struct str texts; /* the diagnoses, one a line, without "config: " */
	struct msg *msg;
	struct match *match;
	struct judgement judgement;
};

/* A message of some text, URIs, a part that is none, fields that come twice or are empty. */
extern const char harness_mail[];

/*
 * SpamAssassin's own rules without anything that keeps expressions from being tried; sources from `a`, ruleset_free().
 * NULL where they are not installed.
 */
struct ruleset *harness_stock(struct arena *a);
/* Puts "loadplugin" lines for the engine's own plugins and a test plugin in front. */
void harness_load(struct harness *h, const char *cf);
void harness_load_with(struct harness *h, const char *cf, const struct ruleset_options *options);
/* Runs one message (LF line ends) to the end; every ask times out. */
void harness_scan(struct harness *h, const char *raw);
/* "NAME NAME(3) ..." in hit order; sub-rules behind, likewise. */
struct str harness_hits(const struct harness *h);
void harness_done(struct harness *h);

/* Loads, scans, compares the hits. Says which case failed. */
void harness_expect(const char *name, const char *cf, const char *raw, const char *want);
/* Loads and compares the diagnoses. */
void harness_expect_diags(const char *name, const char *cf, const char *want);
