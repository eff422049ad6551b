/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * prefilter: which of a list's rules can match a subject, and where. In a pass over the subject, at each
 * place
 * - a three- and a four-byte window, folded, is looked up in a bitmap; where it may begin a literal of a
 *   rule, the literal is compared, and its rules are candidates;
 * - the next bytes are looked up in tables of "which rules may have this byte there", eight bytes deep:
 *   what is left of all rules may begin a match right here, or a little before.
 * Rules with neither are listed apart: they are tried by the bytes and the length they need.
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

/* rules: by position, with their needs; all memory from `a`, immutable from then on. */
struct prefilter *prefilter_new(struct arena *a, const struct rule *const *rules, size_t n);
/* Positions of rules that only prefilter_may_match() can leave out, ascending. */
const uint32_t *prefilter_always(const struct prefilter *p, size_t *ret_n);

/* PREFILTER_GAP: stretches that are nearer to each other than this are one. */
enum { PREFILTER_WINDOW_WORDS = 10, PREFILTER_GAP = 64 };

/* Where a match may begin: from first to last. */
struct prefilter_stretch {
	size_t first, last;
	uint32_t subject;       /* prefilter_scan.now: of another subject it means nothing */
	bool is_open, is_tried; /* not tried yet; there was one before */
};

/* What a scan needs to write on: one a message and prefilter. */
struct prefilter_scan {
	const struct prefilter *filter;
	struct str subject;     /* the last one */
	struct byteset present; /* folded bytes of the last subject */
	uint32_t *stamps, now;  /* which candidates the last subject has already */
	uint32_t *counts;       /* literals seen, for rules that need several */
	uint32_t *found;        /* candidates: positions */
	size_t found_count;
	uint64_t open[PREFILTER_WINDOW_WORDS]; /* rules to be looked for by window */
	struct prefilter_stretch *stretch;     /* by rule: not tried yet */
};

void prefilter_scan_init(struct prefilter_scan *s, const struct prefilter *p, struct arena *a);
/*
 * Fills found[] with the positions whose literals are in the subject, and `present`. Those among them
 * that are tried by window are not listed, but left to prefilter_windows().
 */
void prefilter_scan(struct prefilter_scan *s, struct str subject);
/* For a rule that is always tried: whether the last subject holds what it needs. */
bool prefilter_may_match(const struct prefilter_scan *s, uint32_t position);

/*
 * Looks for a match of the rule that begins in first..last; true: what follows is of no interest. again:
 * it has been called for the rule and this subject before.
 */
typedef bool (*prefilter_try_fn)(void *ctx, uint32_t position, size_t first, size_t last,
				 bool again);
/*
 * Calls fn for each stretch of the last subject in which matches of a rule may begin, in order; they do
 * not overlap, and PREFILTER_GAP bytes or more lie between two of them, so that fn is called at most once
 * for so many bytes, however dense the windows stand. first, n: only rules at these positions.
 */
void prefilter_windows(struct prefilter_scan *s, uint32_t first, uint32_t n, prefilter_try_fn fn,
		       void *ctx);
