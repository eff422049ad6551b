/* SPDX-License-Identifier: BSD-2-Clause */
/* Budget: see budget.h. */
#include "core/budget.h"

#include "core/xalloc.h"

#include <assert.h>

static const char *const kind_names[] = { "bytes", "parts", "depth", "steps", "stopped" };
static_assert(ELEMENTS(kind_names) == BUDGET_KIND_COUNT, "a name for each kind");

void budget_init(struct budget *b, uint64_t bytes, uint64_t parts, uint64_t depth, uint64_t steps)
{
	*b = (struct budget){ .left = { bytes, parts, depth, steps } };
}

/*
 * Output: eight times the input (HTML to text, several views) plus room for small mails. Parts: 1,000
 * a multipart as SpamAssassin, 10,000 in all. Depth: 100 levels, five times what SpamAssassin follows.
 */
void budget_init_message(struct budget *b, size_t n)
{
	budget_init(b, (uint64_t)n * 8 + (16u << 20), 10000, 100, (uint64_t)n * 1000 + 1000000000u);
}

bool budget_refuse(struct budget *b, enum budget_kind kind)
{
	bool stop = kind == BUDGET_STEPS && b->stop && *b->stop;

	b->over |= 1u << (stop ? BUDGET_STOPPED : kind);
	return false;
}

bool budget_descend(struct budget *b)
{
	return budget_take(b, BUDGET_DEPTH, 1);
}

void budget_ascend(struct budget *b)
{
	if (b)
		b->left[BUDGET_DEPTH]++;
}

const char *budget_kind_name(enum budget_kind kind)
{
	return kind < BUDGET_KIND_COUNT ? kind_names[kind] : "?";
}
