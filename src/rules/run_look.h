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
};

void run_look_init(struct run_look *l, const struct needs_run *run);
/* Whether so many bytes of the kind stand in a row somewhere. */
bool run_look_has(const struct run_look *l, size_t length, struct str text);
