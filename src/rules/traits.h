/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * traits: what a subject is like besides the texts that stand in it: how long it is, which bytes it has and which
 * runs of bytes of one kind. Found out when a rule first asks, once for all rules of a list.
 */
#pragma once

#include "core/str.h"
#include "rules/needs.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct rule;
struct traits_table;

/* What a rule needs of these: in lengths of bytes, numbers of a table's sets and runs (from 1; 0: none). */
struct traits_wanted {
	uint32_t min_length, max_length;
	uint32_t run_length;
	uint8_t mark, mark_times;
	uint16_t run;
	uint16_t sets[NEEDS_BYTE_SETS];
	bool any, more; /* besides lengths; and besides facts */
	uint64_t facts; /* bits */
};

/* FACTS: at most so many. What is asked of so many bytes together. */
enum { TRAITS_FACTS = 64, TRAITS_TOGETHER = 1024 };

/*
 * Subjects that stand together, one byte apart: from begin to end in a text of at most TRAITS_TOGETHER bytes; apart: a
 * bit for each byte that is between them, 64 a word, the first one lowest.
 */
struct traits_subjects {
	struct str text;
	const uint16_t *begin, *end;
	size_t count;
	const uint64_t *apart;
};

/*
 * Fills what each of n rules needs of these (its needs may be NULL: nothing), by position. Bytes that each literal of a
 * clause has anyway, or each window where the rule is looked for by these, and those that nearly each subject of the
 * length has, are not asked for. Memory from a; immutable. What rules want for which often[] is not 0 become facts,
 * while there is room: the lowest first.
 */
const struct traits_table *traits_table_new(struct arena *a, const struct rule *const *rules,
					    size_t n, const uint8_t *often,
					    struct traits_wanted *ret);

/* What is known of runs of one set of bytes. */
struct traits_run {
	uint32_t subject; /* its number; of another one nothing is known */
	uint32_t has;     /* one that long there is */
	uint32_t lacks;   /* none that long there is */
};

/* Of one subject at a time; one a message and table. */
struct traits {
	const struct traits_table *table;
	struct str subject;
	uint32_t number;
	struct traits_run *runs;
};

void traits_init(struct traits *t, const struct traits_table *table, struct arena *a);
void traits_begin(struct traits *t, struct str subject);
/* False: the subject has not what a rule needs. */
bool traits_allow(struct traits *t, const struct traits_wanted *w);

bool traits_has_facts(const struct traits_table *t);
/*
 * Of these facts adds to each subject's those that it lacks. A few may be missing there: runs of more than 64 bytes,
 * and those of words.
 */
void traits_lacking(const struct traits_table *t, const struct traits_subjects *subjects,
		    uint64_t facts, uint64_t *lacks);
