/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * explain: why a judged message has the score it has, rule by rule: what matched and where it stands, what
 * metas were made of, what evals said; and of a rule that did not hit, why not. A second pass over a
 * matching that is done (rules/match_find.h): nothing of it runs while mail is filtered.
 *
 * All text of the message and of the rule files in the results is foreign and raw, bounded in length:
 * who prints it makes it printable (explain_text() does). Work is bounded by a budget of its own.
 */
#pragma once

#include "core/str.h"
#include "rules/detail.h"
#include "rules/match_find.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct report_hit;
struct strbuf;

enum {
	EXPLAIN_PLACES = 5,      /* matches that are shown of one rule */
	EXPLAIN_MATCH = 200,     /* bytes of a match, of a value */
	EXPLAIN_CONTEXT = 30,    /* bytes before and behind it */
	EXPLAIN_DEPTH = 8,       /* of a meta's tree */
	EXPLAIN_NODES = 200,     /* in it */
	EXPLAIN_LITERALS = 12,   /* words that a message lacks */
	EXPLAIN_CHANGES = 256,   /* operands of a meta that are tried */
	EXPLAIN_DEFINITION = 400 /* bytes of a rule's definition */
};

struct explain_input {
	const struct ruleset *rules;
	struct match *match; /* done, and judged as: */
	const struct judgement *verdict;
	struct str raw; /* the message as it is in its file */
};

/* A stretch of a text, cut: before, match and after stand there one behind the other. */
struct explain_excerpt {
	struct str before, match, after;
	bool cut_before, cut_match, cut_after; /* the text goes on there */
};

struct explain_place {
	enum match_find_view view;
	struct explain_excerpt excerpt;
	size_t from, to; /* bytes of the text that was searched */
	/* From 1; 0: not of this view. Of body, rawbody and uri: which of `of` texts. */
	size_t number, of;
	/* Of headers: which of the values of that name from the top, and the byte in it. 0: cannot be told. */
	size_t instance, instances, instance_from;
	/* Of rawbody and mimeheader: the part, from 1 (the message itself is 1); its type. 0: not known. */
	size_t part;
	struct str part_type;
	size_t part_from; /* of rawbody: the byte in the part's decoded content */
	/* Line of the file, from 1, where the match begins (of headers: the field). 0: cannot be told. */
	size_t line;
	bool has_offset; /* the bytes stand in the file as they are, at: */
	size_t offset;
	struct str uri;       /* of uri and uri_detail: as written; none: not known */
	struct str uri_types; /* where it comes from: "a img parsed" */
	const char *key;      /* of uri_detail: "raw", "domain" ... */
	bool differs;         /* of uri_detail: it is shown because it does not match */
	bool absent;          /* the header is not there; this is its [if-unset:] */
};

enum explain_reason {
	EXPLAIN_HIT = 0,
	EXPLAIN_UNKNOWN,       /* no such rule */
	EXPLAIN_OFF,           /* not run: detail.off says why */
	EXPLAIN_CUT_OFF,       /* it would have counted, but a short-circuit came first */
	EXPLAIN_NOT_RUN,       /* the message's budget or time ended before */
	EXPLAIN_SILENT,        /* it hits only when a plugin says so, and none did */
	EXPLAIN_ABSENT,        /* the header is not there */
	EXPLAIN_NO_MATCH,      /* nothing matched */
	EXPLAIN_NOTHING_THERE, /* there was nothing to search */
	EXPLAIN_MATCHED,       /* a !~ whose expression did match */
	EXPLAIN_LIMIT,         /* a search was given up */
	EXPLAIN_NO_TAG,        /* a %{TAG} has no value */
	EXPLAIN_IMPOSSIBLE,    /* the expression cannot be compiled */
	EXPLAIN_EVAL_NO,       /* the function said no */
	EXPLAIN_META,          /* see meta.outcome */
	EXPLAIN_REASON_COUNT
};

/* A meta's operand in its tree, and that operand's operands behind it, one deeper. */
struct explain_node {
	unsigned depth; /* 1: of the rule itself */
	struct str name;
	double value;
	bool is_rule, is_meta;
	bool is_repeated;                  /* a meta whose own operands stand further up already */
	bool is_cut;                       /* too deep: its operands are left out */
	struct str expression;             /* of a meta */
	struct str definition;             /* of others: as written behind the name */
	struct str header;                 /* of header and mimeheader: what place speaks of */
	const struct explain_place *place; /* the first one, of what hit; NULL: none */
	size_t total;
	const struct str *says; /* of evals */
	size_t say_count;
};

/* A change of one operand that would make a meta true. */
struct explain_change {
	struct str name;
	double value; /* what it would have to be */
};

struct explanation {
	struct str name;
	enum explain_reason reason;
	bool is_known;             /* false: there is no such rule; detail is empty */
	struct rule_detail detail; /* detail.info.score: of a hit, as it counted */
	struct str description;
	uint32_t count; /* how often it is listed */
	double value;   /* what metas see of it */
	enum match_find_view view;
	unsigned flags; /* enum match_find_flag */
	const struct explain_place *places;
	size_t place_count, total; /* total: all matches */
	size_t subject_count;      /* texts that were searched */
	bool has_subject;          /* of headers that did not match: the value */
	struct explain_excerpt subject;
	const struct str
	    *lacks; /* words of which one would have to be there; at most EXPLAIN_LITERALS */
	size_t lack_count, lacks_left_out;
	const struct str *says; /* what an eval says of itself */
	size_t say_count;
	struct meta_detail meta; /* of metas */
	const struct explain_node *nodes;
	size_t node_count, nodes_left_out;
	const struct explain_change *changes;
	size_t change_count;
	struct str nearest[RULE_NEAREST_MAX]; /* of EXPLAIN_UNKNOWN */
	size_t nearest_count;
};

struct explain;

/* Lives in `a`, as do all results. */
struct explain *explain_new(const struct explain_input *in, struct arena *a);
/* Hit or not, known or not. */
void explain_rule(struct explain *x, struct str name, struct explanation *ret);
/* The verdict's hits, those that weigh most first; in `a`. */
const struct report_hit **explain_order(const struct report_hit *hits, size_t n, struct arena *a);

/* "header", "body" ... */
const char *explain_view_name(enum match_find_view view);
/* A word for programs: "hit", "unknown", "score", "net", "no-match" ... */
const char *explain_reason_word(const struct explanation *e);
/* A sentence on why it did not hit, without a full stop; printable. Nothing of a hit. */
void explain_why(const struct explanation *e, struct strbuf *out);
/* For people: some lines, indented; printable. */
void explain_text(const struct explanation *e, struct strbuf *out);
