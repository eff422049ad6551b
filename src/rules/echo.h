/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * echo: whether an expression that asks for the same text twice ("the name in To: stands in the Subject"), or for
 * one line behind another, may match, before PCRE2 is asked: most of them run over the whole header of every
 * message. The expression is
 * read into a few steps in a row (literals, runs of bytes of a kind, lines that are passed over, what a group
 * held once more), which are tried with a bound on all work over one subject. They take all that the
 * expression takes and more: most lookaround and word bounds are left out, repeated groups are any of their
 * bytes. What is let through is for PCRE2.
 */
#pragma once

#include "core/str.h"

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct echo;
struct echo_lines;

/*
 * pcre: of the translator (rx_source.pcre). NULL: it asks for nothing twice, is too large, or beyond this
 * reading (calls, conditions, verbs, \K). by_line: it may ask for nothing twice where all its matches begin at a
 * line or with a newline, and hold the begin of another: in texts of many lines looking for that is cheap.
 */
const struct echo *echo_new(struct arena *a, struct str pcre, bool by_line);
/* What echo_next() may do for all its calls over one subject. */
size_t echo_work(struct str subject);
/*
 * The first place from *from to last where a match may begin goes to *from; false: there is none. lines: of
 * the subject (rules/echo_lines.h), for all echoes over it. *left: of echo_work(); when it is used up, every
 * place may be one.
 */
bool echo_next(const struct echo *e, struct echo_lines *lines, size_t *from, size_t last,
	       size_t *left);
