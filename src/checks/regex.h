/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * regex: the few regular expressions of eval tests: fixed ones of our own and those given as a rule's
 * argument. Compiled at load into the rule set's arena (with JIT, before the cage), matched on bytes
 * (REGEX_CHARS: on the characters of UTF-8) with ASCII classes, and bounded: a match that passes the
 * match limit counts as no match. The rule engine's own matcher is another matter and lives in rules/.
 */
#pragma once

#include "core/err.h"
#include "core/str.h"

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct budget;
struct regex;

enum { REGEX_MAX_GROUPS = 8 };

enum regex_flag {
	REGEX_NOCASE = 1u << 0,
	REGEX_MULTILINE = 1u << 1, /* ^ and $ at every line */
	REGEX_DOTALL = 1u << 2,
	REGEX_EXTENDED = 1u << 3,
	REGEX_CHARS = 1u << 4, /* texts are UTF-8; bytes of the pattern are Latin-1, as in Perl */
};

struct regex_found {
	size_t start, end;
	struct str group[REGEX_MAX_GROUPS]; /* [0] is the whole match; none where unset */
};

/* A bare pattern, as html_text_match and FreeMail take it. */
int regex_compile(struct arena *a, struct str pattern, unsigned flags, const struct regex **ret,
		  struct err *e);
/* A pattern in delimiters: /re/flags, m{re}flags, flags of imsx. */
int regex_compile_delimited(struct arena *a, struct str text, const struct regex **ret,
			    struct err *e);
/* A pattern of our own: it must compile. */
const struct regex *regex_must_compile(struct arena *a, const char *pattern, unsigned flags);

/* False too when the budget is used up or the match limit is passed. */
bool regex_matches(const struct regex *re, struct str s, struct budget *b);
/* Searches from byte `from` on; *ret is set only when it returns true. ret may be NULL. */
bool regex_find(const struct regex *re, struct str s, size_t from, struct budget *b,
		struct regex_found *ret);
