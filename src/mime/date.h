/* SPDX-License-Identifier: BSD-2-Clause */
/* Date texts of mail headers to seconds, with SpamAssassin's leniencies and clamps. */
#pragma once

#include "core/str.h"

#include <stdbool.h>
#include <stdint.h>

/* Seconds since 1970 UTC; false where no date can be found. */
bool date_parse(struct str text, int64_t *ret);
/*
 * The same for who looks for dates in a line: s[colon] is the first colon of D Mon YYYY HH:MM:SS +ZZZZ with one blank
 * between and in front, and white space or the end of s behind. False: it is not, but may be another date.
 */
bool date_parse_at(struct str s, size_t colon, int64_t *ret);
