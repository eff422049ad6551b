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
/* Without those that begin as another one does. */
struct needs_set needs_shortened(struct arena *a, struct needs_set x);
/* Of one of them at a place, as -log2. */
double needs_set_rarity(struct needs_set x);
/* Long and few enough to be looked for. */
bool needs_is_useful(struct needs_set x);

double needs_byte_frequency(uint8_t c);

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
/* Each of x, and each of x with next behind it. n 0: too many. */
struct needs_alts needs_alts_append_either(struct arena *a, struct needs_alts x,
					   const struct needs_window *next);
struct needs_alts needs_alts_union(struct arena *a, struct needs_alts x, struct needs_alts y);
/* Nothing can be added to any of them. */
bool needs_alts_are_full(struct needs_alts x);
/* Of one of them standing at a place. */
double needs_alts_rarity(struct needs_alts x);

enum { NEEDS_LIVE = 16, NEEDS_RUNS = 6 };

/* Bytes of a set, so many and more; length 0: it is something else. */
struct needs_word {
	struct byteset set;
	size_t length;
};

/* A run in the making, or one that every match holds. */
struct needs_running {
	struct needs_run run;
	double share; /* of mail's bytes that are in its set */
	size_t
	    choices; /* of these bytes those that are no literal's: it is worth as much as they tell */
};

/* Strings of which one is there, so far behind the beginning of what it belongs to. */
struct needs_found {
	struct needs_set set;
	size_t back_min, back_max;
	double rarity;
	size_t line; /* so far behind the beginning a newline may stand; then none in front of it */
};

enum { NEEDS_MARKS = 32, NEEDS_GROUPS = 10 };

/* How often each punctuation mark is there at least. */
struct needs_marks {
	uint8_t of[NEEDS_MARKS];
};

/* What a capturing group holds. */
struct needs_group {
	bool is_known;
	struct byteset alphabet;
	size_t min_length;
	struct needs_marks marks;
};

/* What a piece or a branch stands for. */
struct piece {
	struct needs_set tail;                   /* all strings it can be; n 0: too many to say */
	struct needs_found found[NEEDS_CLAUSES]; /* what every match of it holds besides */
	size_t found_count;
	struct needs_window start;             /* from its beginning */
	struct needs_alts alts;                /* the same by branches; n 0: not known apart */
	struct byteset bytes[NEEDS_BYTE_SETS]; /* rarest first */
	unsigned often[NEEDS_BYTE_SETS];       /* needs_frequency() of these */
	size_t byte_sets;
	struct needs_marks marks;
	struct byteset alphabet;  /* all bytes it may be made of, unfolded */
	struct byteset last;      /* what it ends with, folded, where it is not empty */
	size_t choices;           /* struct needs_running */
	struct needs_word word;   /* it is such words with one separator or more behind each */
	struct needs_running run; /* the rarest that it holds; length 0: none */
	bool is_impossible;       /* no subject of the kind holds it */
	bool is_class;            /* bytes of its alphabet, no group */
	bool is_optional;         /* `start` stands for `once` or nothing, which are told apart */
	struct needs_window once; /* in windows */
};

struct frame {
	unsigned group;                        /* its number where it captures; or 0 */
	struct piece branch;                   /* so far */
	bool whole;                            /* tail is the whole branch, not only its end */
	size_t tail_min, tail_max;             /* where in the branch tail begins */
	size_t line, tail_line;                /* needs_found.line of what comes next, of tail */
	struct needs_running runs[NEEDS_RUNS]; /* that go on with the branch */
	size_t run_count;
	size_t pieces;          /* that the branch has */
	bool is_ragged;         /* the last one may have several lengths */
	struct needs_word word; /* the first, where it is one */
	struct piece done;      /* what the branches before have in common */
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
	struct needs_group groups[NEEDS_GROUPS];
	unsigned captures; /* that have opened */
	bool renumbers;    /* "(?|": numbers do not tell which group it is */
	unsigned flags;    /* RX_TEXT_I, RX_TEXT_S: they have stood somewhere */
	bool ends;         /* "$" or its like came last in the whole expression */
	bool has_branches; /* the whole expression is an alternation: no such windows */
	bool is_plain;     /* subjects are */
	bool has_dropped;  /* a branch that no plain subject holds, or bytes of a class */
	struct rd in;
	struct vec frames; /* struct frame */
	bool failed;
};

/* needs_run.c: the branch goes on with the piece, before anything else is done to it. */
void needs_append_run(struct frame *f, const struct piece *p);
/* The branch is complete: its runs end. */
void needs_end_runs(struct frame *f);
/* What both hold: a run of either. */
void needs_join_runs(struct piece *done, const struct piece *b);

/* needs_count.c: the set's only byte, where it is a mark. */
void needs_count_byte(struct needs_marks *m, const struct byteset *set);
void needs_marks_add(struct needs_marks *m, const struct needs_marks *other);
void needs_marks_repeat(struct needs_marks *m, size_t times);
/* Those of both. */
void needs_marks_join(struct needs_marks *m, const struct needs_marks *other);
/* The mark whose number tells most, beyond what the clauses do. */
void needs_keep_mark(const struct needs_marks *m, struct needs *ret);
/* A capturing group has closed; its text is asked for once more. */
void needs_keep_group(struct analysis *n, unsigned number, const struct piece *p);
void needs_of_reference(const struct analysis *n, unsigned number, struct piece *ret);

/* Matches nothing but the empty string; may be anything of some length. */
void needs_of_nothing(struct piece *p);
void needs_of_anything(struct piece *p, size_t min_length);
/* One byte, whichever; a newline where flags allow. */
void needs_of_dot(const struct analysis *n, struct piece *p);
/* One byte of the set, or this one. */
void needs_of_bytes(struct analysis *n, const struct byteset *raw, struct piece *ret);
void needs_of_char(struct analysis *n, uint8_t c, struct piece *ret);
/* One of the set is there: kept where it is among the rarest. */
void needs_add_found(struct piece *p, struct needs_found f);
/* A group opens; its branch is complete; the open branch goes on with a piece. */
void needs_open_frame(struct analysis *n, unsigned group);
void needs_end_branch(struct analysis *n);
void needs_append_repeated(struct analysis *n, struct piece *p, struct rx_repeat r);
/* What the piece may be as a whole counts as found in it. */
void needs_end_tail(struct analysis *n, struct piece *p);
struct frame *needs_top(struct analysis *n);
