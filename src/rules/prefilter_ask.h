/* SPDX-License-Identifier: BSD-2-Clause */
/* Asking a subject for a literal, by the two of its bytes that mail has seldom. For prefilter*.c only. */
#pragma once

#include "core/cpu.h"
#include "core/str.h"
#include "rules/needs.h"

#include <stdbool.h>
#include <stdint.h>

/* In one line of the processor's cache, or two in one. */
struct ask {
	char text[NEEDS_MAX_LITERAL]; /* folded (byte_fold()) */
	uint8_t length;
	uint8_t first, second;         /* where these bytes are in it */
	uint8_t first_bit, second_bit; /* that their other case lacks */
	bool is_last;                  /* of several: the caller's */
} __attribute__((aligned(32)));

/* text: folded, of NEEDS_MAX_LITERAL bytes at most. False: white space alone is not asked for. */
bool ask_init(struct ask *k, struct str text);
/* Whether the literal stands in the subject, which need not be folded. */
bool ask_stands_in(enum cpu_vectors form, const struct ask *k, struct str subject);
