/* SPDX-License-Identifier: BSD-2-Clause */
/* The parts of the analysis: sets of strings, windows of bytes. For needs*.c only. */
#pragma once

#include "core/reader.h"
#include "core/vec.h"
#include "rules/needs.h"
#include "rules/rx_text.h"

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

enum { NEEDS_LIVE = 12 };

/* What a piece or a branch stands for. */
struct piece {
	struct needs_set tail;     /* all strings it can be; n 0: too many to say */
	struct needs_set best;     /* every match of it holds one of these; n 0: not known */
	struct needs_window start; /* from its beginning */
	struct needs_alts alts;    /* the same by branches; n 0: not known apart */
	struct byteset bytes[NEEDS_BYTE_SETS]; /* rarest first */
	size_t byte_sets;
};

struct frame {
	struct piece branch; /* so far */
	bool whole;          /* tail is the whole branch, not only its end */
	struct piece done;   /* what the branches before have in common */
	bool has_done;
};

/* A window that begins at a piece of the whole expression, so far behind its start. */
struct begun {
	struct needs_alts alts;
	size_t back_min, back_max;
};

struct analysis {
	struct arena *a;
	struct begun live[NEEDS_LIVE]; /* still growing */
	size_t live_count;
	struct begun best; /* the rarest that has grown */
	double best_rarity;
	bool has_branches; /* the whole expression is an alternation: no such windows */
	struct rd in;
	struct vec frames; /* struct frame */
	bool failed;
};

/* Matches nothing but the empty string; may be anything of some length. */
void needs_of_nothing(struct piece *p);
void needs_of_anything(struct piece *p, size_t min_length);
/* One byte, whichever. */
void needs_of_any_byte(struct piece *p);
/* One byte of the set, or this one. */
void needs_of_bytes(struct analysis *n, const struct byteset *raw, struct piece *ret);
void needs_of_char(struct analysis *n, uint8_t c, struct piece *ret);
/* A group opens; its branch is complete; the open branch goes on with a piece. */
void needs_open_frame(struct analysis *n);
void needs_end_branch(struct analysis *n);
void needs_append_repeated(struct analysis *n, struct piece *p, struct rx_repeat r);
struct frame *needs_top(struct analysis *n);
