/* SPDX-License-Identifier: BSD-2-Clause */
/* What the files of explain/ share. */
#pragma once

#include "core/budget.h"
#include "core/vec.h"
#include "explain/explain.h"
#include "rules/match.h"

struct explain {
	struct explain_input in;
	const struct match_hits *hits;
	struct arena *a;
	struct budget budget;
	/* Lines that end in the file before each block of EXPLAIN_BLOCK bytes. */
	const size_t *lines_before;
};

enum { EXPLAIN_BLOCK = 1 << 16 };

/* place.c */
void explain_count_lines(struct explain *x);
/* The line of the file that p stands in; 0: it is no byte of the file. */
size_t explain_line_at(const struct explain *x, const char *p);
struct explain_excerpt explain_excerpt(struct str s, size_t from, size_t to);
/* detail: of the rule. */
void explain_place(struct explain *x, const struct rule_detail *detail,
		   const struct match_finds *finds, const struct match_place *p,
		   struct explain_place *ret);

/* explain.c: what the report would say behind the rule's description. */
const struct str *explain_logs(struct explain *x, size_t rule, size_t *ret_n);
/* What hit of this rule, at most max places. */
void explain_find(struct explain *x, size_t rule, size_t max, struct match_finds *ret);

/* tree.c */
void explain_meta(struct explain *x, size_t rule, struct explanation *ret);
