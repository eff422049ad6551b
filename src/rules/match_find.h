/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * match_find: a second look at one rule of a matching that is done: where in the message its expression
 * matches. Counting is the same as in the run (tflags multiple, maxhits, nosubject, range), places are
 * kept as well; nothing of the matching changes. For explain, not for the filter: each look searches the
 * rule's subjects anew. Rules of expressions only (enum match_find_view); evals and metas have no places.
 */
#pragma once

#include "core/str.h"

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct budget;
struct match;
struct mime_header;
struct uri;

enum match_find_view {
	FIND_NOTHING = 0, /* the rule is no expression over a text */
	FIND_HEADER,
	FIND_BODY,
	FIND_URI,
	FIND_RAWBODY,
	FIND_FULL,
	FIND_MIMEHEADER,
	FIND_URI_DETAIL,
	FIND_VIEW_COUNT
};

/* One match. */
struct match_place {
	struct str subject; /* the whole text it was found in, as the rule saw it */
	size_t from, to;    /* bytes of subject */
	/* Which subject, from 0: the paragraph of the body, the chunk of rawbody, the URI, the part. */
	size_t number;
	bool absent;           /* subject is what [if-unset: ] says */
	const struct uri *uri; /* of uri and uri_detail: the entry it belongs to; NULL: not known */
	bool joined;           /* of mimeheader with tflags concat: subject is of all its parts */
	const char *key;       /* of uri_detail: "raw", "domain" ... */
	bool differs;          /* of uri_detail: the key is a !~: no match is shown */
	const struct mime_header
	    *field; /* of mimeheader with a name: the part's field; NULL: absent */
};

enum match_find_flag {
	FIND_ABSENT = 1u << 0, /* the header is not there */
	FIND_LIMIT = 1u << 1,  /* a search was given up at the match limit */
	FIND_BUDGET = 1u << 2, /* or because the budget ended */
	FIND_NO_TAG =
	    1u << 3, /* a %{TAG} of the expression has no value, or the whole does not compile */
	FIND_IMPOSSIBLE = 1u << 4, /* the expression did not compile when it was loaded */
};

struct match_finds {
	enum match_find_view view;
	unsigned flags; /* enum match_find_flag */
	struct match_place *places;
	size_t place_count;   /* at most max of them */
	size_t total;         /* matches, as the rule counts them, of a negated rule too */
	size_t subject_count; /* texts that were searched */
	const struct str *
	    subjects; /* they (of uri_detail: the URIs as written); view of mimeheader: one a part */
	/*
	 * Of these literals (folded: rules/needs.h) each match holds one, and none stands in any subject:
	 * why nothing matched. NULL: that is not known.
	 */
	const struct str *lacks;
	size_t lack_count;
};

/*
 * After MATCH_DONE. rule: its index; it need not have hit, or be active. Memory from a; budget NULL: none.
 * Never fails: what cannot be searched is told by the flags.
 */
void match_find(struct match *m, size_t rule, size_t max, struct budget *budget, struct arena *a,
		struct match_finds *ret);
