/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * `spamassassin -r` and `-k`: a message reported as spam, or a report taken back. Nothing is reported and nothing
 * is learned here yet. Where SpamAssassin 4.0.1 would not either (-L, no such plugin, switched off) the words
 * and the exit status are its own; where it would, one line for each thing left out says so, and the program
 * fails with EX_UNAVAILABLE once all messages have been read.
 */
#pragma once

#include <stdbool.h>

struct double_options;
struct ruleset;

/* False: SpamAssassin would have reported or learned something. Said on standard error; asked once a run. */
bool double_report_complete(const struct double_options *o, const struct ruleset *rules);
/* What SpamAssassin says of each message for which no report network was found. */
void double_report_message(const struct double_options *o);
