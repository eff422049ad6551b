/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * name_set: names that configuration lists by the thousand, and of which mail asks for one after another that is
 * not there. Filled once, then read-only. Whoever asks cannot put anything in, so that what a question takes is
 * bounded by the set itself and needs no keyed hash; most questions end at the first place looked at.
 */
#pragma once

#include "core/str.h"

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct name_slot;

struct name_set {
	struct arena *arena;
	struct name_slot
	    *slots; /* open addressed; size is a power of two, at least twice the count */
	size_t count, size;
};

/* Empty; lives in `a`. */
void name_set_init(struct name_set *s, struct arena *a);
/* The name is copied; one that is there already stays. */
void name_set_add(struct name_set *s, struct str name);
bool name_set_has(const struct name_set *s, struct str name);
