/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the doubles of SpamAssassin's programs say on standard error, in its form: "Nov 22 19:51:40.863 [26567]
 * warn: text", and with -D "dbg: area: text". Further lines of a text begin with "AREA: [...] ";
 * control and 8-bit bytes are written as escapes.
 */
#pragma once

#include "core/str.h"
#include "core/xalloc.h"

#include <stdbool.h>

/* Which areas -D has named. */
struct double_log {
	bool on;
	struct str areas; /* "dns,config", "all,norules" */
};

/* -D's argument; empty: all. NULL: no -D. */
void double_log_init(struct double_log *log, const char *areas);
bool double_log_wants(const struct double_log *log, const char *area);
/* "dbg: AREA: text". */
void double_dbg(const struct double_log *log, const char *area, const char *fmt, ...)
    _printf_(3, 4);
/* "info: text": with -D, whatever its areas. */
void double_info(const struct double_log *log, struct str text);
/* "warn: text": always. */
void double_warn(const char *fmt, ...) _printf_(1, 2);
