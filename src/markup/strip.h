/* SPDX-License-Identifier: BSD-2-Clause */
/* What the files that take markup off share. */
#pragma once

#include "core/vec.h"
#include "markup/markup_private.h"

/* strip_enclosed.c: the message that a report carries, without the mbox line; none: m carries none. */
struct str strip_enclosed(const struct mime_message *m);
/* strip_header.c: header lines (LF only) without markup; what rewrite_header wrote goes too. */
struct str strip_header(struct str headers, const struct rules_report_settings *conf,
			struct arena *a);
