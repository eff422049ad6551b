/* SPDX-License-Identifier: BSD-2-Clause */
/* How `postern scan` prints a verdict: for people, as JSON, as the four columns of verdict comparisons. */
#pragma once

#include "core/str.h"

#include <stdint.h>

struct arena;
struct report;
struct strbuf;

enum scan_format {
	SCAN_FORMAT_TEXT = 0,
	SCAN_FORMAT_JSON,
	SCAN_FORMAT_TSV,
	SCAN_FORMAT_REPORT, /* cli/scan_report_text.h makes it */
};

/* "NAME: spam, 7.0 points (5.0 needed)", a line. */
void scan_output_verdict(struct strbuf *out, struct str name, const struct report *r);
/* A line for each limit that left something out; nothing where none did. */
void scan_output_limits(struct strbuf *out, const struct report *r);
/*
 * One or more whole lines. tsv: path TAB score TAB rules TAB sub-rules, sorted, joined by commas, repeats kept.
 * steps: scan_steps(), told in JSON.
 */
void scan_output(struct strbuf *out, enum scan_format format, struct str name,
		 const struct report *report, uint64_t steps, struct arena *a);
