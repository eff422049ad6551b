/* SPDX-License-Identifier: BSD-2-Clause */
/* Asking a subject for a literal, by the two of its bytes that mail has seldom. For prefilter*.c only. */
#pragma once

#include "core/str.h"

#include <stdbool.h>
#include <stdint.h>

struct ask {
	struct str text;       /* folded (byte_fold()) */
	uint8_t first, second; /* where these bytes are in it */
};

/* text: folded, of NEEDS_MAX_LITERAL bytes at most; kept. False: white space alone is not asked for. */
bool ask_init(struct ask *k, struct str text);
/* Whether the literal stands in the subject, which need not be folded. */
bool ask_stands_in(const struct ask *k, struct str subject);
/* The same without instructions that not every machine has, for tests. */
bool ask_stands_in_plain(const struct ask *k, struct str subject);
