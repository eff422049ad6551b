/* SPDX-License-Identifier: BSD-2-Clause */
/* `postern scan --report`: the report that SpamAssassin would put in front of the message. */
#pragma once

#include "core/str.h"

struct arena;
struct ruleset;
struct scan;
struct strbuf;

/*
 * "NAME:" and the report template, expanded, an empty line behind it; made printable, as most of it comes
 * from the message. Only after SCAN_DONE.
 */
void scan_report_text(struct strbuf *out, struct str name, const struct scan *s,
		      const struct ruleset *rules, struct arena *a);
