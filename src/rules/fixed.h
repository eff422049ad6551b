/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fixed: counts matches of expressions that are fixed strings, and no more than that: alternatives, in
 * groups or not, each of some bytes or classes in a row, where at any place strings of one length at most can
 * match. There the leftmost match ends where it ends, whichever alternative is taken, so one pass over the
 * subject gives what a search for each match would.
 */
#pragma once

#include "core/str.h"

#include <stddef.h>

struct arena;
struct fixed;

/*
 * pcre: of the translator (rx_source.pcre). NULL: it is no such expression (flags, anchors, repeats, captures,
 * `a|ab`, something behind a group), or has more or longer strings than are looked at.
 */
const struct fixed *fixed_new(struct arena *a, struct str pcre);
/* Matches that do not overlap, from the left; max 0: no bound. Linear, whatever the bound is. */
size_t fixed_count(const struct fixed *f, struct str subject, size_t max);
/* In bytes; 0 for NULL. */
size_t fixed_memory(const struct fixed *f);
