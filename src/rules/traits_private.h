/* SPDX-License-Identifier: BSD-2-Clause */
/* What traits are known by. For traits*.c only. */
#pragma once

#include "rules/run_look.h"
#include "rules/traits.h"

struct traits_set {
	struct byteset_look look;
	uint32_t max_asked; /* in longer subjects it is there anyway */
};

/* Runs of one kind, whatever their length; the shortest that is asked for. */
struct traits_kind {
	struct run_look look;
	uint32_t shortest;
};

/* So many bytes of a set, or one run of some length. */
struct traits_fact {
	struct byteset_look set;
	uint32_t kind, length; /* a run: the number of its kind, from 1 */
	uint32_t times;
};

struct traits_table {
	enum cpu_vectors form;
	const struct traits_set *sets;
	const struct traits_kind *kinds;
	size_t kind_count;
	struct traits_fact facts[TRAITS_FACTS];
	size_t fact_count;
};

/* What each rule wants, which of it are facts; wanted: by rule. The table's sets and kinds are there. */
void traits_choose_facts(struct traits_table *t, const uint8_t *often, size_t n,
			 struct traits_wanted *wanted);
