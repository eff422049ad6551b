/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * copies: expressions in which what a group held is asked for again right behind it, ([a-z]{1,2})(?:\1){3}. A match
 * either takes none of these copies, and then an automaton can tell of it; or what the group held stands there
 * so often in a row, which few texts have.
 */
#pragma once

#include "core/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;

/*
 * COPIES_LENGTH: of what the group holds, at most; COPIES_BYTES: of its copies, at least: less stands in many
 * texts.
 */
enum { COPIES_LENGTH = 4, COPIES_BYTES = 3 };

/* A text of min to max bytes and so many copies of it. */
struct copies {
	uint8_t min, max; /* max 0: there are none */
	uint16_t times;   /* at least 1 */
};

/*
 * pcre: of the translator. *ret_without, from a: the expression without all matches that take a copy; *ret: what each
 * of those needs. False: there is no such copy, or what the group holds may be empty or is too long, or its copies
 * are too short.
 */
bool copies_read(struct arena *a, struct str pcre, struct str *ret_without, struct copies *ret);
/* Whether such texts stand in a row somewhere; case does not count. */
bool copies_stand(const struct copies *c, struct str subject);
