/* SPDX-License-Identifier: BSD-2-Clause */
/* Foreign bytes in JSON, which is UTF-8. */
#pragma once

#include "core/str.h"

#include <jansson.h>

/* UTF-8 as it is (control characters as JSON escapes them); anything else made printable, as in the log. */
json_t *json_text(struct str s);
