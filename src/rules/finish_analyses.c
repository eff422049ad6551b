/* SPDX-License-Identifier: BSD-2-Clause */
/* What is worked out of an expression, or was at an earlier start. */
#include "core/strbuf.h"
#include "rules/analyses.h"
#include "rules/load.h"

void load_needs(struct load *l, struct str pcre, struct needs *ret)
{
	struct analyses *known = l->options->analyses;
	struct str value = known ? analyses_find(known, ANALYSIS_NEEDS, pcre) : STR_NONE;
	struct strbuf b;

	if (!str_is_none(value) && needs_get(l->a, value, ret))
		return;
	needs_of(l->a, pcre, ret);
	if (!known)
		return;
	strbuf_init(&b, 0);
	needs_put(&b, ret);
	analyses_add(known, ANALYSIS_NEEDS, pcre, strbuf_str(&b));
	strbuf_done(&b);
}

const struct gate *load_gate(struct load *l, struct str pcre, enum gate_size size)
{
	struct analyses *known = l->options->analyses;
	enum analysis_kind kind = size == GATE_LARGE ? ANALYSIS_LARGE_GATE : ANALYSIS_GATE;
	struct str value = known ? analyses_find(known, kind, pcre) : STR_NONE;
	const struct gate *g;
	struct strbuf b;

	if (!str_is_none(value) && gate_get(l->a, value, &g))
		return g;
	g = gate_new(l->a, pcre, size);
	if (!known)
		return g;
	strbuf_init(&b, 0);
	gate_put(&b, g);
	analyses_add(known, kind, pcre, strbuf_str(&b));
	strbuf_done(&b);
	return g;
}
