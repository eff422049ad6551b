/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * run_look: whether a text has a run of bytes of one kind (needs.h, struct needs_run): 64 places at a time. Only
 * what may be a run of words is looked at byte by byte.
 */
#pragma once

#include "core/str.h"
#include "rules/byteset_look.h"
#include "rules/needs.h"

#include <stdbool.h>
#include <stddef.h>

struct run_look {
	struct byteset_look set, word;
	size_t word_length; /* 0: any word will do */
	enum cpu_vectors form;
};

void run_look_init(struct run_look *l, const struct needs_run *run);
/* Whether so many bytes of the kind stand in a row somewhere. */
bool run_look_has(const struct run_look *l, size_t length, struct str text);
/*
 * Where in a text of at most so many words of 64 places they are, a bit each as byteset_look_bits() has them: one in
 * each run at least, where it begins or, with words, not far behind that; there may be others. apart: places of a byte
 * that divides what stands together; no run goes over it.
 */
enum { RUN_LOOK_WORDS = 16 };
void run_look_places(const struct run_look *l, size_t length, struct str text,
		     const uint64_t *apart, uint64_t *bits);
