/* SPDX-License-Identifier: BSD-2-Clause */
/* An expression as nodes, and the table made of them: for gate*.c only. */
#pragma once

#include "core/str.h"
#include "core/vec.h"
#include "rules/byteset.h"
#include "rules/gate.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;

enum { GATE_NODES = 60000 };

/* What a node does; the next one is the one behind it where nothing else is said. */
enum gate_op {
	GATE_BYTE = 0, /* takes a byte of sets[arg] */
	GATE_LOOK,     /* asks for what looks[arg] says of what is in front and behind */
	GATE_SPLIT,    /* goes on behind it and `to` further on */
	GATE_JUMP,     /* goes on `to` further on */
	GATE_MATCH,
};

struct gate_node {
	uint8_t op; /* enum gate_op */
	uint16_t arg;
	int32_t to; /* in nodes, from this one */
};

/* Asks for a byte in front and one behind, or that there is none: both must be as is said. */
struct gate_look {
	struct byteset front, next;
	bool front_start; /* or nothing is in front */
	bool next_end;    /* or nothing comes */
	bool next_last;   /* or nothing but a newline */
};

struct gate_program {
	struct vec nodes; /* struct gate_node */
	struct vec sets;  /* struct byteset */
	struct vec looks; /* struct gate_look */
	bool is_exact;    /* else it takes what the expression takes, and more */
};

/*
 * GATE_SPELL_OUT: each repetition is as often there as is said; else long ones become endless. GATE_BY_GROUP: a
 * back-reference takes what its group takes, where that is plain; else anything, which is known soon.
 */
enum gate_how { GATE_SPELL_OUT = 1u << 0, GATE_BY_GROUP = 1u << 1 };
/* how: of these. False: it is too large or beyond this reading. */
bool gate_read(struct arena *scratch, struct str pcre, unsigned how, struct gate_program *ret);

/*
 * Which places cannot begin a match, by the bytes there: a place is left when for one of some buckets
 * all of its bytes are in the bucket's sets. A set is kept as the product of its members' halves.
 */
/* GATE_SHUFFLES: of eight buckets each. */
enum { GATE_PREFIX = 4, GATE_BLOCK = 32, GATE_SHUFFLES = 2, GATE_BUCKETS = 8 * GATE_SHUFFLES };

struct gate_halves {
	uint8_t low[16], high[16]; /* buckets, by half of a byte */
};

struct gate_filter {
	/*
	 * Bits for n * GATE_BLOCK places from p on. One byte stands in front of these, GATE_PREFIX - 1
	 * behind them.
	 */
	void (*look)(const struct gate_filter *f, const uint8_t *p, size_t n, uint32_t *ret);
	/* How many bytes, of n at p, stand in front of the first stop; or fewer. NULL: not on this machine. */
	size_t (*pass)(const struct gate_halves *stops, const uint8_t *p, size_t n);
	bool looks_before;
	uint8_t shuffles;          /* that have buckets: 1 to GATE_SHUFFLES */
	struct gate_halves before; /* what may stand in front */
	struct gate_halves at[GATE_SHUFFLES][GATE_PREFIX];
};

/* A row that most bytes of mail lead back to, and those that may not: they are passed over many at a time. */
enum { GATE_LOOPS = 4 };

struct gate_loop {
	uint16_t row;
	struct gate_halves stops;
};

/* The same for more bytes, place by place: buckets by class and by how far behind the place. */
enum { GATE_DEPTH = 8, GATE_SIEVE_BUCKETS = 8 };

struct gate_sieve {
	uint8_t at[GATE_DEPTH];
};

/*
 * Kinds of what stands in front of a place or behind it, as far as the expression asks: bytes, a newline that
 * is the last byte of the subject, and its edge.
 */
enum { GATE_KINDS = 16, GATE_LAST_NEWLINE = GATE_KINDS - 2, GATE_EDGE = GATE_KINDS - 1 };

/*
 * The first rows: there is a match, there may be one, there is none. In a table a row is named by half its first
 * entry's index: what is read there is the next lookup's address, and 16 bits are enough.
 */
enum { GATE_FOUND = 0, GATE_MAYBE, GATE_DEAD, GATE_FINAL_ROWS };

struct gate_paths;

/* What every walk reads comes first: most gates are walked once a message, and fetched from afar. */
struct gate {
	uint16_t width;       /* entries of a row, even; so the name of the row GATE_DEAD too */
	uint8_t last_newline; /* class of a newline that is the last byte */
	uint8_t end_class;
	uint8_t shortest; /* bytes that stand where a match begins, at least; at most GATE_DEPTH */
	bool is_exact;    /* it never says that there may be a match */
	bool starts_only; /* a match begins where the subject does */
	uint8_t loop_count;
	uint8_t prefix_bits;            /* 1 << prefix_bits of them */
	const uint16_t *next;           /* by row and class: the next row */
	const struct gate_sieve *sieve; /* by class: width of them; NULL where starts_only */
	const uint64_t *prefix;         /* bits by gate_prefix_at(); NULL: there is no such table */
	uint64_t prefix_mask;           /* of the classes that are looked up */
	size_t entries;
	uint16_t start[GATE_KINDS]; /* row, by the kind of what is in front of the first byte */
	struct gate_filter filter;
	uint8_t class[256], kind[256]; /* of bytes */
	struct gate_loop loops[GATE_LOOPS];
};

static inline uint16_t gate_next(const struct gate *g, uint16_t row, unsigned class)
{
	const uint16_t *column = g->next + class;

	/* made before the row is known: a lookup waits for the one before, and for nothing else */
	__asm__("" : "+r"(column));
	return column[2 * (size_t)row];
}

static inline uint16_t gate_dead(const struct gate *g)
{
	return g->width;
}

static inline bool gate_is_final(const struct gate *g, uint16_t row)
{
	return row <= gate_dead(g);
}

/* GATE_PREFIX_BYTES: fewer than are there where a place is looked at: none is the subject's last one. */
enum { GATE_PREFIX_BYTES = 6, GATE_PREFIX_MIN_BITS = 6, GATE_PREFIX_MAX_BITS = 15 };

/* classes: of the first bytes, the first one lowest. */
static inline uint64_t gate_prefix_at(const struct gate *g, uint64_t classes)
{
	return classes * UINT64_C(0x9e3779b97f4a7c15) >> (64 - g->prefix_bits);
}

/* Whether matches begin with these bytes, of which GATE_DEPTH are there; or may, by a hash. */
static inline bool gate_prefix_has(const struct gate *g, const uint8_t *p)
{
	uint64_t classes = 0, at;

	for (unsigned i = 0; i < GATE_PREFIX_BYTES; i++)
		classes |= (uint64_t)g->class[p[i]] << i * 8;
	at = gate_prefix_at(g, classes & g->prefix_mask);
	return g->prefix[at / 64] >> at % 64 & 1;
}

/* Makes that table, from next[], where such beginnings are few; memory from a. */
void gate_prefix_init(struct gate *g, struct arena *a, struct arena *scratch);

/* The first bytes of matches: of each path, classes by place. */
struct gate_bucket {
	struct byteset at[GATE_DEPTH];
};

/* By class: how many of 1,000 bytes of mail are of it. */
void gate_class_frequencies(const struct gate *g, unsigned ret[256]);
struct gate_paths *gate_paths_new(struct arena *a, const struct gate *g);
/* Bytes that stand where a match begins, at least, as far as these are looked at. */
size_t gate_paths_shortest(const struct gate_paths *t);
/*
 * All paths into so many buckets, so that few places of mail are in one by their first `depth` bytes. Returns how
 * many it took.
 */
size_t gate_paths_sort(struct gate_paths *t, size_t depth, struct gate_bucket *to, size_t count);

/* Its tables, from next[]; memory from a. */
void gate_filter_init(struct gate *g, struct arena *a, struct arena *scratch);
/* The form of look() for this machine. */
void gate_filter_choose(struct gate_filter *f);
/* The same work without the machine's own instructions; for tests. */
void gate_filter_plain(const struct gate_filter *f, const uint8_t *p, size_t n, uint32_t *ret);
/* One place, which is not the first one; left: how many bytes stand there. */
bool gate_filter_has(const struct gate_filter *f, const uint8_t *p, size_t left);
