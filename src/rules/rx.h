/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rx: the regular expressions of rules. Perl's syntax and warnings (SpamAssassin refuses whatever Perl
 * warns of) are checked by our own translator, which writes the same expression in a small, plain subset
 * of PCRE2's language; PCRE2 compiles and runs that. Matching is on bytes: no UTF, classes are ASCII,
 * and /i folds octets as ISO 8859-1 (Perl's /aa on octets).
 */
#pragma once

#include "core/err.h"
#include "core/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct budget;

/* A named group: (?<NAME>...). A name may stand at several groups. */
struct rx_name {
	struct str name;
	unsigned group;
};

/* What the translator made. */
struct rx_source {
	struct str perl; /* "(?mods)re", as errors quote it */
	struct str pcre; /* the same for PCRE2 */
	unsigned groups; /* capture groups */
	bool has_calls;  /* (?R), (?1), (?&name): see rx_compile() */
	const struct rx_name *names;
	size_t name_count;
};

/*
 * Takes /re/mods, m?re?mods or qr?re?mods apart. Fails with SpamAssassin's words: "missing regexp
 * delimiters" ... *ret is "(?mods)re", or "re" without mods.
 */
int rx_unquote(struct arena *a, struct str text, struct str *ret, struct err *e);
/* The lint-only filter: -1 and its text when the expression always matches ("empty", "contains '||'" ...). */
int rx_check_always(struct str quoted, struct err *e);
/*
 * perl: "(?mods)re". Fails with Perl's own text ("Nested quantifiers in regex; marked by <-- HERE in
 * m/...") or with ours, beginning "not supported: ", where PCRE2 cannot do what Perl can.
 */
int rx_translate(struct arena *a, struct str perl, bool captures, struct rx_source *ret,
		 struct err *e);

/* Character tables and compile settings: one per rule set. */
struct rx_tables;
struct rx_tables *rx_tables_new(struct arena *a);

struct gate;
struct rx;

enum rx_compile_flag {
	/*
	 * Else interpreted: no new executable memory in the cage. An expression with calls is interpreted
	 * all the same: compiled code counts none of what a call does, so the match limit would not end it.
	 */
	RX_JIT = 1u << 0,
	RX_WITHIN = 1u << 1,  /* for rx_match_within() too */
	RX_COUNTED = 1u << 2, /* for rx_count(): fixed strings (rules/fixed.h) without PCRE2 */
	/*
	 * Over a header's value. To compare what a group held is none of the steps that a search may take, and
	 * as long as the value: of one beyond 64 kB, which no mail has, it may take few.
	 */
	RX_HEADER = 1u << 3,
};

struct rx *rx_compile(const struct rx_tables *t, struct arena *a, const struct rx_source *source,
		      unsigned flags, struct err *e);
/* With a gate (rules/gate.h, of source->pcre) in front: it may know without PCRE2. NULL: without. */
struct rx *rx_compile_gated(const struct rx_tables *t, struct arena *a,
			    const struct rx_source *source, const struct gate *gate, unsigned flags,
			    struct err *e);
const struct rx_source *rx_source(const struct rx *rx);
/* NULL: it has none. */
const struct gate *rx_gate(const struct rx *rx);
/* Bytes of compiled code; JIT, gate and tables included. */
size_t rx_memory(const struct rx *rx);

/* Match data, JIT stack and limits: one per process or per message. */
struct rx_run;
struct rx_run *rx_run_new(void);
/* Cheaper to make: small expressions only, as it has no stack of its own. */
struct rx_run *rx_run_new_small(void);
struct rx_run *rx_run_free(struct rx_run *run);

enum rx_result { RX_NO_MATCH = 0, RX_MATCH, RX_LIMIT };
enum {
	RX_NOT_EMPTY_AT_START = 1u << 0,
	RX_AGAIN = 1u << 1,   /* it goes on in the subject of the last search */
	RX_WHETHER = 1u << 2, /* only whether is asked: nothing is known of groups then */
};

/*
 * Told of every search, for profiles (rules/cost.h): how many places a match could begin at, and how long it took
 * by its clock. NULL: nobody; that costs a branch a search.
 */
struct rx_watch {
	uint64_t (*now)(void *ctx);
	void (*searched)(void *ctx, const struct rx *rx, size_t bytes, uint64_t ns);
	void *ctx;
};

/* The watch stays the caller's. */
void rx_run_watch(struct rx_run *run, const struct rx_watch *watch);

/*
 * One search from `from` on. A search costs budget steps by the subject's length, and many when it ends
 * at the match limit; out of steps counts as RX_LIMIT.
 */
enum rx_result rx_match(const struct rx *rx, struct rx_run *run, struct budget *budget,
			struct str subject, size_t from, unsigned flags);
/* Whether its gate lets the subject from there on through; true where it has none. rx_match() asks by itself. */
bool rx_may_match(const struct rx *rx, struct str subject, size_t from);
/* Searches of one expression over one subject begin: what gates read is bounded for all of them together. */
void rx_run_subject(struct rx_run *run, struct str subject);
/* Where a match may begin: at first or later, and at last at the latest. */
struct rx_bounds {
	size_t first, last;
};
/* A match within bounds; it may look and end anywhere. flags: RX_WHETHER or none. Behind rx_run_subject(). */
enum rx_result rx_match_within(const struct rx *rx, struct rx_run *run, struct budget *budget,
			       struct str subject, struct rx_bounds bounds, unsigned flags);
/* Of the last RX_MATCH: where group i (0: the whole) begins and ends; false when it took no part. */
bool rx_group(const struct rx_run *run, unsigned i, size_t *ret_from, size_t *ret_to);
struct rx_counting {
	size_t max; /* 0: no bound */
	/* Called for every match, with rx_group() at hand; NULL: only how many there are is asked. */
	void (*each)(void *ctx, const struct rx *rx, struct str subject);
	void *ctx;
	bool limit; /* out: the search was given up */
};

/* Perl's m//g: counts non-overlapping matches of the subject. */
size_t rx_count(const struct rx *rx, struct rx_run *run, struct budget *budget, struct str subject,
		struct rx_counting *c);
/* Appends s with everything that is not a word character escaped by a backslash (Perl's quotemeta). */
struct strbuf;
void rx_quotemeta(struct strbuf *out, struct str s);
