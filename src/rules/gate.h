/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * gate: an automaton made of an expression when rules are loaded, which says where in a subject a match may
 * begin. Places whose first bytes cannot begin one are passed over 32 at a time; at the others the
 * automaton reads until it knows, some bytes at each in turn, so that no lookup waits for another place's.
 * Of an expression that is regular, it knows whether a match begins there: word bounds, lines, lookaround of
 * one byte and repetitions are taken as they are. What is beyond it (back-references, other
 * lookaround, what gives nothing back) is left out or stands for anything, long repetitions become
 * endless ones where the table would be too large, and what is then still too large is let through: there it
 * says that a match may begin, and PCRE2 decides.
 */
#pragma once

#include "core/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct gate;
struct strbuf;

/* Entries of two bytes that a table may have. */
enum gate_size { GATE_SMALL = 1 << 14, GATE_LARGE = 1 << 16 };

/*
 * pcre: struct rx_source.pcre. NULL: nothing can be said of it. Memory from a; immutable. `work` is another arena,
 * used and given back; NULL: one of its own.
 */
const struct gate *gate_new(struct arena *a, struct arena *work, struct str pcre,
			    size_t max_entries);
/* It never says that there may be a match: there is one or there is none. NULL: false. */
bool gate_is_exact(const struct gate *g);
/* A match begins where the subject does, if at all. NULL: false. */
bool gate_is_at_start(const struct gate *g);
/* A gate (NULL too) as bytes of this machine and program, to be kept between starts (rules/analyses.h). */
void gate_put(struct strbuf *out, const struct gate *g);
/* False: these are no such bytes. Memory from a. */
bool gate_get(struct arena *a, struct str bytes, const struct gate **ret);
/* Bytes of its tables. */
size_t gate_memory(const struct gate *g);

/* A walk is to come: what it reads first is asked for, lest it wait for one line of it after the other. */
void gate_fetch(const struct gate *g);
/* A while later: the tables, which the first lines tell of. */
void gate_fetch_tables(const struct gate *g);

/* False: no match begins at `at`. Reads to where that is clear, which may be the subject's end. */
bool gate_may_begin(const struct gate *g, struct str subject, size_t at);

enum gate_answer { GATE_NO = 0, GATE_PERHAPS, GATE_SURELY };

/* Places at which gates are asked at once. */
enum { GATE_ABREAST = 32 };

/* A gate that is asked whether a match begins at `at`. */
struct gate_place {
	const struct gate *gate;
	size_t at;
	enum gate_answer answer; /* out */
};

/*
 * n places, at most GATE_ABREAST, of one subject: some bytes are read at each in turn, so that no gate's lookup waits
 * for another's. Reads to where it is clear at each, which may be the subject's end.
 */
void gate_ask_places(struct gate_place *p, size_t n, struct str subject);

/* Blocks of places, and places, that are looked at in one go. */
enum { GATE_BLOCKS = 8, GATE_CHUNK = 320 };

/* Places of one subject from one to another. */
struct gate_walk {
	const struct gate *gate;
	struct str subject;
	size_t next,
	    last; /* the next place to look at; no match that begins behind `last` counts */
	size_t
	    end; /* no match begins here or later: what is left is too short, or it is behind `last` */
	size_t left; /* bytes that may still be read: a few times those there are */
	/* Places that have been looked at, and where a match may begin: from base on, ascending. */
	size_t base, count, given;
	uint16_t at[GATE_CHUNK];
	uint16_t row[GATE_CHUNK]; /* how far that has been read */
	bool whether;             /* of the caller: only whether there is a match is of interest */
	bool found;               /* one begins at some place up to those that were given */
	bool sure;                /* and at the place given last */
};

/* Bytes that may be read of a subject of n: a few times those there are. */
size_t gate_work(size_t n);
/* left is gate_work() of the subject; several walks over one share it where the caller carries it on. */
void gate_walk_init(struct gate_walk *w, const struct gate *g, struct str subject, size_t first,
		    size_t last);
/*
 * The next place where a match may begin, ascending; false: there is none. Work is linear: once too much
 * has been read, *ret_rest is set, and any place from *ret_at on may begin a match.
 */
bool gate_walk_next(struct gate_walk *w, size_t *ret_at, bool *ret_rest);
/* Whether there is a match that begins at from or later; g NULL: perhaps. */
enum gate_answer gate_ask(const struct gate *g, struct str subject, size_t from);
/* The same: false where there is none. */
bool gate_may_match(const struct gate *g, struct str subject, size_t from);
