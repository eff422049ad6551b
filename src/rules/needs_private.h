/* SPDX-License-Identifier: BSD-2-Clause */
/* The parts of the analysis: sets of strings, windows of bytes. For needs*.c only. */
#pragma once

#include "rules/needs.h"

/* Strings; never changed once made. n 0: could be anything. */
struct needs_set {
	const struct str *s;
	size_t n;
	size_t times; /* how often one of them must be there */
};

/* What comes next in an expression, byte by byte. */
struct needs_window {
	struct byteset at[NEEDS_WINDOW]; /* which byte may stand at that distance */
	unsigned
	    ends; /* bit n: it may end after n bytes; bit NEEDS_WINDOW: after that many or more */
	size_t min_length, max_length; /* SIZE_MAX: no end */
};

/* x followed by y, at most max strings; false: too many or too long. */
bool needs_cross(struct arena *a, struct needs_set x, struct needs_set y, size_t max,
		 struct needs_set *ret);
/* Those of both; n 0 when there are too many or one of them is "anything". */
struct needs_set needs_union(struct arena *a, struct needs_set x, struct needs_set y, size_t max);
/* The one that is rarer in mail; "anything" is worth least. */
struct needs_set needs_better(struct needs_set x, struct needs_set y);
bool needs_is_useful(struct needs_set x);

/* How often such a byte stands at a place of mail, roughly, of 1,000. */
unsigned needs_frequency(const struct byteset *set);

void needs_window_empty(struct needs_window *w);
void needs_window_anything(struct needs_window *w, size_t min_length);
void needs_window_byte(struct needs_window *w, const struct byteset *set);
/* w, then next. */
void needs_window_append(struct needs_window *w, const struct needs_window *next);
/* w, min to max times (SIZE_MAX: no end). */
void needs_window_repeat(struct needs_window *w, size_t min, size_t max);
/* One of both. */
void needs_window_join(struct needs_window *w, const struct needs_window *other);
double needs_window_rarity(const struct needs_window *w);

/* The branches of an alternation apart, where they are few. n 0: only their union is known. */
struct needs_alts {
	const struct needs_window *w;
	size_t n;
};

/* Each of x, then next. */
struct needs_alts needs_alts_append(struct arena *a, struct needs_alts x,
				    const struct needs_window *next);
struct needs_alts needs_alts_union(struct arena *a, struct needs_alts x, struct needs_alts y);
/* Nothing can be added to any of them. */
bool needs_alts_are_full(struct needs_alts x);
/* Of one of them standing at a place. */
double needs_alts_rarity(struct needs_alts x);
