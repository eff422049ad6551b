/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * chain: expressions that are one group several times in a row, (?:...){3}, with a group so large that a gate of
 * the whole would let too much through ("your name, address, phone" of forms). A gate of two in a row says
 * where one may begin that is not alone; so many of these must there be, one behind the other.
 */
#pragma once

#include "core/str.h"

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct gate;

struct chain {
	const struct gate *pair; /* of the group, without options in front, and once more */
	size_t pairs;            /* where one begins, at least */
	size_t min_length;       /* of the group */
};

/*
 * pcre: of the translator. False: it is nothing of the kind. *ret_pair: the group twice, as an expression, from a,
 * the first one without what may be left out where it begins; *ret_times: how often the group is there at least, 3
 * or more.
 */
bool chain_read(struct arena *a, struct str pcre, struct str *ret_pair, size_t *ret_times);
/* False: no match is there. Its work is that of one gate_walk. */
bool chain_may_match(const struct chain *c, struct str subject);
