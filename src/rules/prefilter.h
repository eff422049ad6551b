/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * prefilter: which of a list's rules can match a subject at all. One pass over the subject folds its
 * bytes as they come and looks every three- and four-byte window up in a bitmap; where one may begin a
 * literal of rules/needs.h, the literal is compared, and its rules are candidates. Rules without literals
 * are listed apart: they are tried by the bytes and the length they need.
 */
#pragma once

#include "core/str.h"
#include "rules/needs.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct rule;
struct prefilter;

/* rules: by position; all memory from `a`, immutable from then on. */
struct prefilter *prefilter_new(struct arena *a, const struct rule *const *rules, size_t n);
/* Positions of rules without literals, ascending. */
const uint32_t *prefilter_always(const struct prefilter *p, size_t *ret_n);

/* What a scan needs to write on: one a message and prefilter. */
struct prefilter_scan {
	const struct prefilter *filter;
	struct str subject;     /* the last one */
	struct byteset present; /* folded bytes of the last subject */
	uint32_t *stamps, now;  /* which candidates the last subject has already */
	uint32_t *found;        /* candidates: positions */
	size_t found_count;
};

void prefilter_scan_init(struct prefilter_scan *s, const struct prefilter *p, struct arena *a);
/* Fills found[] with the positions whose literals are in the subject, and `present`. */
void prefilter_scan(struct prefilter_scan *s, struct str subject);
/* For a rule without literals: whether the last subject holds what else it needs. */
bool prefilter_may_match(const struct prefilter_scan *s, uint32_t position);
