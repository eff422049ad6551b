/* SPDX-License-Identifier: BSD-2-Clause */
/* What a report tells of the message's header: ranges for act/ to edit by, and the few values logs need. */
#pragma once

#include "core/str.h"

struct arena;
struct mime_headers;
struct report;

/* fields, header_end and the flags that go with them. */
void scan_report_fields(struct arena *a, struct str raw, struct report *r);
/* message_id, from, subject and the like: decoded, printable, bounded. */
void scan_report_values(struct arena *a, const struct mime_headers *h, struct report *r);
