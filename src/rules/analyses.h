/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * analyses: what was worked out of expressions (rules/needs.h, rules/gate.h, rules/rx.h), kept between starts: most of
 * a start's time goes there. A value is found by the whole text of its expression, so no change of rules
 * can make it wrong; a file that other sources of this program made (analysis_version.sh), a damaged or a
 * cut one is as none at all. Values are read with bounds all the same.
 *
 *	file = magic, version u64, checksum u64 of all behind it, entries
 *	entry = kind u32, key length u32, value length u32, key, value
 *
 * Numbers are the machine's own: the magic shows another byte order as another file.
 */
#pragma once

#include "core/map.h"
#include "core/str.h"

#include <stdbool.h>
#include <stdint.h>

struct arena;
struct strbuf;

enum analysis_kind {
	ANALYSIS_NEEDS = 0,
	ANALYSIS_PLAIN_NEEDS, /* empty: there are none */
	ANALYSIS_GATE,
	ANALYSIS_LARGE_GATE,
	ANALYSIS_JOINT, /* automata of several (rules/joint.h): their texts, told apart by NULs */
	ANALYSIS_TRANSLATION, /* of Perl's expression into PCRE2's */
	ANALYSIS_KIND_COUNT
};

struct analyses {
	struct arena *arena;
	struct map known[ANALYSIS_KIND_COUNT]; /* expression -> struct analysis * */
	bool has_new; /* something was added: the file is to be written again */
};

/* All memory from `a`. */
void analyses_init(struct analyses *s, struct arena *a);
/*
 * The content of a file, which outlives s. False: none of it is taken. Call it on a new set only.
 */
bool analyses_read(struct analyses *s, struct str file);
/* None: not known. Lives as long as the file or the arena. */
struct str analyses_find(struct analyses *s, enum analysis_kind kind, struct str expression);
/* Copies both. */
void analyses_add(struct analyses *s, enum analysis_kind kind, struct str expression,
		  struct str value);
/* A file of all that was found or added since analyses_read(): what no rule needs any more goes. */
void analyses_write(const struct analyses *s, struct strbuf *out);
