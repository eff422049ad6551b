/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * redirector_pattern: what URI a redirector's URI hides. Every URI of every message is shown to all patterns, of which
 * hardly one ever fits: each says beforehand which bytes a URI must hold for that.
 */
#pragma once

#include "core/str.h"
#include "rules/byteset.h"

struct arena;
struct load;
struct rx;

struct redirector {
	const struct rx *rx;
	struct byteset holds; /* folded bytes of every URI that it matches */
};

/* rx, compiled of pcre, joins the rule set's. */
void redirect_add(struct load *l, const struct rx *rx, struct str pcre);
/* As msg.h wants it; ctx: a rule set. */
bool redirect_find(const void *ctx, struct str uri, struct arena *a, struct str *ret);
