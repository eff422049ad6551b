/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * needs: what a subject must hold for an expression to match at all: one of some literals (and one of
 * some others), a stretch of bytes of certain kinds, some bytes anywhere, a length, a long run of bytes of
 * one kind; and how far behind the match's beginning these stand, where that is known. Worked out from the
 * translator's plain PCRE2 text when rules are loaded; only ever too little, never too much. Case does not
 * count: literals and bytes are folded (byte_fold()); but it does in runs, of which it tells more.
 */
#pragma once

#include "core/str.h"
#include "rules/byteset.h"

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct strbuf;

enum {
	NEEDS_MAX_LITERALS = 200,
	NEEDS_MIN_LITERAL = 3,
	NEEDS_MAX_LITERAL = 24, /* bytes */
	NEEDS_CLAUSES = 3,
	NEEDS_BYTE_SETS = 3,
	NEEDS_WINDOW = 8,
	NEEDS_MAX_BACK = 24,
	NEEDS_FAR_BITS = 4 /* what stands at an unknown distance is worth so much less */
};

/* Bytes in a row: the first of at[0], the next of at[1] ... */
struct needs_look {
	struct byteset at[NEEDS_WINDOW];
	size_t length;
};

/*
 * So many bytes of a set, unfolded, stand in a row; length 0: nothing of the kind is needed. Words of less
 * than so many bytes, with other bytes of the set on both sides, are not among them (0 or 1: they may be).
 */
struct needs_run {
	struct byteset set, word;
	size_t length, word_length;
};

/* One of some literals is there; a match holds one that begins back_min to back_max bytes behind its beginning. */
struct needs_clause {
	const struct str *literals;
	size_t count, times;       /* so many are there */
	size_t back_min, back_max; /* SIZE_MAX: no bound */
	double rarity;             /* how unlikely one is at a place of mail, as -log2 */
	size_t line; /* behind so many bytes of the match no newline stands in front of it */
};

struct needs {
	struct needs_clause clauses[NEEDS_CLAUSES]; /* all of them hold; the rarest first */
	size_t clause_count;
	bool is_impossible; /* no subject of the kind holds a match */
	bool is_anchored;   /* matches begin at the beginning of the subject only */
	size_t min_length;  /* of the whole match, in bytes */
	size_t max_length;  /* of the subject; SIZE_MAX: no bound */
	struct needs_run run;
	/* One byte that is there so often; 0: none. */
	uint8_t mark, mark_times;
	/* At least one byte of each set is there. */
	struct byteset bytes[NEEDS_BYTE_SETS];
	size_t byte_sets;
	/* A match holds one of these windows, back_min to back_max (SIZE_MAX: no bound) bytes behind its beginning. */
	const struct needs_look *windows;
	size_t window_count, back_min, back_max;
	double window_rarity; /* how unlikely that is at a place of mail, as -log2; 0: certain */
};

/* The lower case of a byte, ISO 8859-1; all white space is a blank: what both sides are folded to. */
static inline uint8_t byte_fold(uint8_t c)
{
	uint8_t other = byte_other_case(c, true);

	return c >= '\t' && c <= '\r' ? ' ' : other > c ? other : c;
}

/* byte_fold() of each member: the other cases are 32 bits apart in one word. */
static inline void byteset_fold_down(struct byteset *set)
{
	const uint64_t space = 0x3e00, upper = 0x07fffffe, high = 0x7f7fffff;

	set->w[0] = (set->w[0] & ~space) | (set->w[0] & space ? UINT64_C(1) << ' ' : 0);
	set->w[1] = (set->w[1] & ~upper) | (set->w[1] & upper) << 32;
	set->w[3] = (set->w[3] & ~high) | (set->w[3] & high) << 32;
}

/* All bytes that byte_fold() makes a member. */
static inline void byteset_unfold(struct byteset *set)
{
	const uint64_t blank = UINT64_C(1) << ' ', spaces = 0x3e00;

	byteset_fold(set, true);
	set->w[0] = (set->w[0] & ~spaces) | (set->w[0] & blank ? spaces : 0);
}

/* How often one of such folded bytes stands at a place of mail, roughly, of 1,000. */
unsigned needs_frequency(const struct byteset *set);
/* How unlikely a folded text is at a place of mail, as -log2; what mail is full of counts as such. */
double needs_text_rarity(struct str text);
/* The same where it may be over `least`; else anything that is not. */
double needs_text_rarity_over(struct str text, double least);

/*
 * pcre: struct rx_source.pcre. Never fails: what is not understood needs nothing. Memory from a; `work` is another
 * arena, used and given back; NULL: one of its own.
 */
void needs_of(struct arena *a, struct arena *work, struct str pcre, struct needs *ret);

/*
 * Plain subjects hold ASCII alone and no "&#": most do. Expressions that take letters in many spellings need more of
 * these: of ten bytes that an "o" may begin with two are left, and all take one byte.
 */
bool needs_is_plain(struct str subject);
/* What plain subjects must hold. False: *ret is untouched, they need about as much as any. */
bool needs_of_plain(struct arena *a, struct arena *work, struct str pcre, struct needs *ret);

/* Needs as bytes of this machine and program, to be kept between starts (rules/analyses.h). */
void needs_put(struct strbuf *out, const struct needs *n);
/* False: these are no such bytes, and *ret is as it was. Memory from a. */
bool needs_get(struct arena *a, struct str bytes, struct needs *ret);
