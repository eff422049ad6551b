/* SPDX-License-Identifier: BSD-2-Clause */
/* Content-Type values, read as SpamAssassin reads them: no grammar, first matches, fixed fall-backs. */
#pragma once

#include "core/str.h"

#include <stdbool.h>

struct arena;

struct content_type {
	struct str type;     /* lower case; never empty unless only odd bytes were given */
	struct str boundary; /* none: no such parameter; never empty */
	struct str charset;  /* none: no such parameter; may be empty */
	struct str name;     /* none: no such parameter; may be empty */
	bool missing;        /* no value: type and charset are the defaults */
};

/* value: decoded and unfolded; none or empty: missing. */
void content_type_parse(struct arena *a, struct str value, struct content_type *ret);
