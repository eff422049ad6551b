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

/* What chains of the same group share. */
struct chain_links {
	const struct gate *pair; /* of the group, without options in front, and once more */
	size_t min_length;       /* of the group */
	size_t most;             /* pairs that one of the chains asks for */
};

struct chain {
	const struct chain_links *links;
	size_t pairs; /* where one begins, at least */
};

/*
 * pcre: of the translator. False: it is nothing of the kind. *ret_pair: the group twice, as an expression, from a,
 * the first one without what may be left out where it begins; *ret_times: how often the group is there at least, 3
 * or more.
 */
bool chain_read(struct arena *a, struct str pcre, struct str *ret_pair, size_t *ret_times);
/*
 * The pair `wide` takes what `narrow` does, and more: the same but for what may be left out. A match of the narrow
 * chain has as many pairs of the wide one.
 */
bool chain_covers(struct str wide, struct str narrow);
/* Pairs in a row, `most` at most; SIZE_MAX: there may be any number. Its work is that of one gate_walk. */
size_t chain_count(const struct chain_links *l, struct str subject);
/* Where a match begins at the latest: behind that there are too few pairs. Its work is that of one gate_walk. */
size_t chain_last(const struct chain *c, struct str subject);
